"""`beatsfoundry samples`: what a folder of samples or an instrument holds, what plays when, and what is wrong."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.domain.errors import counted

if TYPE_CHECKING:
    from workbench.rendering.sampler import Instrument, SampleFacts, Zone


def add_to(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "samples", help="check samples and show how they are mapped", description=samples.__doc__
    )
    parser.add_argument("path", metavar="PATH", type=Path, help="folder of sound files, or .sfz, .sf2, .sf3")
    parser.add_argument(
        "--preset", metavar="NAME", help="preset of a SoundFont by name or bank:program (default: the first)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=samples)


def samples(options: argparse.Namespace) -> int:
    """Look at every sample of a folder or instrument (corrupt, silent, clipped, mislabelled), and at what each plays.

    The exit code is 1 if a sample that is mapped is missing.
    """
    from workbench.rendering.sampler import look_at

    facts, instrument = look_at(options.path, preset=options.preset)
    missing = instrument.missing()
    if options.json:
        index = [{**asdict(one), "path": str(one.path)} for one in facts]
        zones = [asdict(zone) for zone in instrument.zones]
        print(json.dumps(
            {"samples": index, "zones": zones, "missing": missing, "left_out": instrument.left_out}, indent=1
        ))  # fmt: skip
    else:
        _index(facts)
        _mapping(instrument.zones)
        print(_summary(facts, instrument))
        _notes(options.path, instrument.left_out)
    if missing:
        from workbench.rendering.sampler import missing_text, near_names

        print(f"{options.path}: {missing_text(missing)}{near_names(instrument)}", file=sys.stderr)
    return 1 if missing else 0


def _summary(facts: list[SampleFacts], instrument: Instrument) -> str:
    """Counts of samples and zones, and the keys that sound.

    Examples
    --------
    >>> from workbench.rendering.sampler import Instrument, Zone
    >>> _summary([], Instrument("two", (Zone("a.wav", 0, 40), Zone("b.wav", 48, 127))))
    '0 samples, 0 with problems, 2 zones on keys 0-40, 48-127'
    """
    wrong = sum(bool(one.problems) for one in facts)
    keys = {key for zone in instrument.zones for key in range(zone.low_key, zone.high_key + 1)}
    first = [key for key in sorted(keys) if key - 1 not in keys]
    last = [key for key in sorted(keys) if key + 1 not in keys]
    spans = ", ".join(f"{low}-{high}" if low < high else f"{low}" for low, high in zip(first, last, strict=True))
    zones = counted(len(instrument.zones), "zone")
    return f"{counted(len(facts), 'sample')}, {wrong} with problems, {zones}{f' on keys {spans}' if spans else ''}"


def _notes(path: Path, left_out: tuple[str, ...]) -> None:
    """What the file asks for and nobody plays, and the presets that a SoundFont holds."""
    from workbench.rendering.sampler import list_presets

    for sentence in left_out:
        print(f"not played: {sentence}")
    if path.suffix.lower() in (".sf2", ".sf3"):
        presets = list_presets(path)
        print(f"{counted(len(presets), 'preset')}: {', '.join(f'{one.number} {one.name}' for one in presets)}")


def _index(facts: list[SampleFacts]) -> None:
    from rich.console import Console
    from rich.table import Table

    if not facts:
        return
    index = Table("sample", "seconds", "peak dB", "pitch", "drum", "problems")
    for one in facts:
        pitch = "" if one.pitch is None else f"{one.pitch:.1f}"
        index.add_row(
            one.path.name, f"{one.seconds:.2f}", f"{one.peak_db:.1f}", pitch, one.name.role or "",
            "; ".join(one.problems),
        )  # fmt: skip
    Console().print(index)


def _mapping(zones: tuple[Zone, ...]) -> None:
    from rich.console import Console
    from rich.table import Table

    mapping = Table("keys", "velocities", "root", "sample", "turn", "when")
    for zone in sorted(zones, key=lambda zone: (zone.low_key, zone.low_velocity, zone.sequence)):
        mapping.add_row(
            f"{zone.low_key}-{zone.high_key}", f"{zone.low_velocity}-{zone.high_velocity}", f"{zone.root:.1f}",
            zone.sample, f"{zone.sequence[0]} of {zone.sequence[1]}", str(zone.conditions),
        )  # fmt: skip
    Console().print(mapping)
