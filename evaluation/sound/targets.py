"""The mixer's target spectra, made anew from the shaping half of the references: `beatsfoundry evaluate targets`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from workbench.domain.errors import OutputError, reason

TARGETS_FILE = Path(__file__).resolve().parents[2] / "workbench" / "mixing" / "targets.yaml"
_HEAD = """\
# Third-octave spectra that mixes are moved towards, in dB about their mean from 40 Hz to 16 kHz, for bands from 31.6 Hz
# to 15.8 kHz: the median of the references of each family that shape, never of those that judge. Their features lie in
# data/references. Made by `beatsfoundry evaluate targets --write`; do not edit by hand.
"""


def add_to(subjects: Any) -> None:
    """Add the parser of this subject."""
    parser = subjects.add_parser("targets", help="the mixer's target spectra, made anew from half of the references")
    parser.add_argument("--write", action="store_true", help="write them into workbench/mixing/targets.yaml")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the targets, or write them."""
    text = targets_text()
    if not options.write:
        print(text, end="")
        return 0
    try:
        TARGETS_FILE.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{TARGETS_FILE} cannot be written: {reason(error)}") from None
    print(TARGETS_FILE)
    return 0


def targets_text() -> str:
    """The targets as the mixer's data file holds them; the shipped references alone give them, on any machine."""
    from workbench.analysis.reference_halves import family_names, halves

    lines = [_HEAD + "families:"]
    for family in family_names():
        names = halves(family).shaping
        curve = ", ".join(f"{round(float(level), 1) + 0.0:.1f}" for level in shaped(names))
        lines += [f"  # {', '.join(names)}", f"  {family}: [{curve}]"]
    return "\n".join(lines) + "\n"


def shaped(names: tuple[str, ...]) -> Any:
    """Median of the tracks' spectra in the mixer's bands, each about its mean, (28,)."""
    import numpy as np

    from evaluation.sound.families import BANDS, FLOOR_DB
    from workbench.analysis.references import ReferenceLibrary
    from workbench.analysis.spectrum import THIRD_OCTAVE_HZ

    shipped = ReferenceLibrary().shipped
    library = ReferenceLibrary(shipped=shipped, own=shipped)
    levels = [np.maximum(library.get(name).third_octave_db, FLOOR_DB) for name in names]
    median = np.median([level - level[BANDS].mean() for level in levels], axis=0)
    in_mixer = np.array([31.0 < hz < 16_200.0 for hz in THIRD_OCTAVE_HZ])
    return (median - median[BANDS].mean())[in_mixer]
