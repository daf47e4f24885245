"""`beatsfoundry master`: any mix to a finished master."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any


def add_to(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser("master", help="master an audio file", description=master.__doc__)
    parser.add_argument("file", metavar="FILE", type=Path, help="mix: WAV, AIFF, FLAC, MP3 or OGG")
    parser.add_argument("--out", metavar="FILE", type=Path, required=True, help="WAV, AIFF, FLAC or MP3 to write")
    parser.add_argument(
        "--delivery", metavar="NAME", default="streaming",
        help="where it goes: streaming, apple, club, loud, film, broadcast-us, game or archive (default: streaming)",
    )  # fmt: skip
    parser.add_argument(
        "--style", metavar="NAME", default="clean", help="processing style, or one of your own (default: clean)"
    )
    parser.add_argument(
        "--match", metavar="REFERENCE", help="id of a reference track, or an audio file, to bring the sound nearer to"
    )
    parser.add_argument("--amount", metavar="A", type=float, default=0.5, help="how far, 0 to 1 (default: 0.5)")
    parser.add_argument("--overwrite", action="store_true", help="replace the file if it is there")
    parser.set_defaults(run=master)


def master(options: argparse.Namespace) -> int:
    """Master a mix for a place of delivery, nearer to a reference if one is named, and measure what was written."""
    from workbench.analysis.loudness import measure_loudness
    from workbench.analysis.reading import read_audio
    from workbench.domain.deliveries import load_delivery
    from workbench.domain.errors import OutputError
    from workbench.mastering import Match, load_style, match
    from workbench.output import write_audio
    from workbench.pipeline import master_below

    if options.out.exists() and not options.overwrite:
        raise OutputError(f"{options.out} is there already: choose another name or give --overwrite")
    wanted, _ = load_delivery(options.delivery), load_style(options.style)
    audio = read_audio(options.file)
    amount = Match(options.amount, options.amount, options.amount)
    if not options.out.parent.is_dir():
        raise OutputError(f"{options.out} cannot be written: {options.out.parent} is not a folder")
    if options.match:
        audio = match(audio, _reference(options.match), amount)
    draft = options.out.with_name(f".draft-{options.out.name}")
    try:
        _, decoded = master_below(
            audio,
            target_lufs=wanted.target_lufs,
            ceiling_dbtp=wanted.ceiling_dbtp,
            processing_style=options.style,
            heard=lambda done: read_audio(write_audio(done, draft)),
        )
        draft.replace(options.out)
    finally:
        draft.unlink(missing_ok=True)
    heard = measure_loudness(decoded)
    print(
        f"{options.out}: {heard.integrated_loudness_lufs:.2f} LUFS, {heard.true_peak_dbtp:.2f} dBTP, "
        f"peak to loudness {heard.plr_db:.1f} dB"
    )
    return 0


def _reference(name: str) -> Any:
    """Measurements of a reference by id, else of an audio file."""
    from workbench.analysis.profile import measure
    from workbench.analysis.reading import read_audio
    from workbench.analysis.references import ReferenceLibrary

    if Path(name).is_file():
        return measure(read_audio(name))
    return ReferenceLibrary().get(name).measured
