"""`beatsfoundry samples`: what a folder of samples or an instrument file holds, and what is wrong with it."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.rendering.sampler import SampleFacts, Zone


def add_to(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "samples", help="check samples and show how they are mapped", description=samples.__doc__
    )
    parser.add_argument("path", metavar="PATH", type=Path, help="folder of WAV, FLAC, AIFF or OGG, or .sfz, .sf2, .sf3")
    parser.add_argument(
        "--preset", metavar="NAME", help="preset of a SoundFont by name or bank:program (default: the first)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=samples)


def samples(options: argparse.Namespace) -> int:
    """Look at every sample of a folder (corrupt, silent, clipped, mislabelled), and at the keys that each one plays.

    The exit code is 1 if a sample that is mapped is missing.
    """
    from workbench.domain.errors import ParameterError
    from workbench.rendering.sampler import Instrument, index_folder, load_instrument, near_names, told_missing

    facts = index_folder(options.path) if options.path.is_dir() else []
    try:
        instrument = load_instrument(options.path, preset=options.preset)
    except ParameterError:
        if not facts:
            raise
        # Samples that neither name a drum nor have a pitch: there is an index, but nothing to map.
        instrument = Instrument(options.path.name, ())
    missing = instrument.missing()
    if options.json:
        index = [{**asdict(one), "path": str(one.path)} for one in facts]
        zones = [asdict(zone) for zone in instrument.zones]
        print(json.dumps(
            {"samples": index, "zones": zones, "missing": missing, "left_out": instrument.left_out}, indent=1
        ))  # fmt: skip
    else:
        _tables(facts, instrument.zones)
        _notes(options.path, instrument.left_out)
    if missing:
        print(f"{options.path}: {told_missing(missing)}{near_names(instrument)}", file=sys.stderr)
    return 1 if missing else 0


def _notes(path: Path, left_out: tuple[str, ...]) -> None:
    """What the file asks for and nobody plays, and the presets that a SoundFont holds."""
    from workbench.rendering.sampler import list_presets

    for sentence in left_out:
        print(f"not played: {sentence}")
    if path.suffix.lower() in (".sf2", ".sf3"):
        presets = list_presets(path)
        print(f"{len(presets)} presets: {', '.join(f'{one.number} {one.name}' for one in presets)}")


def _tables(facts: list[SampleFacts], zones: tuple[Zone, ...]) -> None:
    from rich.console import Console
    from rich.table import Table

    if facts:
        index = Table("sample", "seconds", "peak dB", "pitch", "drum", "problems")
        for one in facts:
            pitch = "" if one.pitch is None else f"{one.pitch:.1f}"
            index.add_row(
                one.path.name, f"{one.seconds:.2f}", f"{one.peak_db:.1f}", pitch, one.name.role or "",
                "; ".join(one.problems),
            )  # fmt: skip
        Console().print(index)
    mapping = Table("keys", "velocities", "root", "sample", "turn")
    for zone in sorted(zones, key=lambda zone: (zone.low_key, zone.low_velocity, zone.sequence)):
        mapping.add_row(
            f"{zone.low_key}-{zone.high_key}", f"{zone.low_velocity}-{zone.high_velocity}", f"{zone.root:.1f}",
            zone.sample, f"{zone.sequence[0]} of {zone.sequence[1]}",
        )  # fmt: skip
    Console().print(mapping)
    print(f"{len(facts)} samples, {sum(bool(one.problems) for one in facts)} with problems, {len(zones)} zones")
