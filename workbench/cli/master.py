"""`beatsfoundry master`: any mix to a finished master."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.cli.parser import printable
from workbench.domain.errors import OutputError, ParameterError, reason

if TYPE_CHECKING:
    from workbench.analysis.loudness import LoudnessMeasurement
    from workbench.output.files.tags import Tags

_MOST_OFF_LU = 0.1
"""A master that lies further from its target is warned of."""
_MONO = "mono: written to both channels, and measured so"


def add_to(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser("master", help="master an audio file", description=master.__doc__)
    parser.add_argument("file", metavar="FILE", type=Path, help="mix: WAV, AIFF, FLAC, MP3, OGG or Opus")
    parser.add_argument("--out", metavar="FILE", type=Path, required=True, help="WAV, AIFF, FLAC or MP3 to write")
    parser.add_argument(
        "--delivery", metavar="NAME", default="streaming",
        help="where it goes: streaming, apple, club, loud, film, broadcast-us, game or archive (default: streaming)",
    )  # fmt: skip
    parser.add_argument(
        "--style", metavar="NAME", default="clean",
        help="processing style, one of your own, or neutral: loudness and ceiling, nothing else (default: clean)",
    )  # fmt: skip
    parser.add_argument(
        "--match", metavar="REFERENCE", help="id of a reference track, or an audio file, to bring the sound nearer to"
    )
    parser.add_argument("--amount", metavar="A", type=float, help="how far to match, 0 to 1 (default: 0.5)")
    parser.add_argument("--title", metavar="TEXT", help="title of the recording (default: the name of FILE)")
    parser.add_argument("--artist", metavar="TEXT", default="", help="who plays")
    parser.add_argument("--isrc", metavar="CODE", default="", help="its International Standard Recording Code")
    parser.add_argument("--overwrite", action="store_true", help="replace the file if it is there")
    parser.set_defaults(run=master)


def master(options: argparse.Namespace) -> int:
    """Master a mix for a place of delivery, nearer to a reference if one is named, and measure what was written."""
    from workbench.analysis.audio_reading import open_audio
    from workbench.analysis.loudness import measure_loudness
    from workbench.domain.deliveries import load_delivery
    from workbench.mastering import Match, load_style, master_below, match
    from workbench.mixing import load_colour
    from workbench.output import delivery_of, roundtrip, write_audio
    from workbench.output.files.tags import parse_isrc

    _check_target(options)
    options.isrc = parse_isrc(options.isrc) if options.isrc else ""
    if options.amount is not None and not options.match:
        raise ParameterError("--amount says how far to match a reference: name one with --match, or leave it out")
    amount = 0.5 if options.amount is None else options.amount
    nearer = Match(amount, amount, amount)
    wanted, _ = load_delivery(options.delivery), load_style(options.style)
    load_colour(options.style)  # a style that is broken in its other part is refused everywhere
    incoming = open_audio(options.file)
    audio = incoming.audio
    delivery = delivery_of(options.out, audio.sample_rate_hz)
    if options.match:
        audio = match(audio, _reference(options.match), nearer)
    mastered, decoded = master_below(
        audio,
        target_lufs=wanted.target_lufs,
        ceiling_dbtp=wanted.ceiling_dbtp,
        processing_style=options.style,
        heard=lambda done: roundtrip(done, delivery),
    )
    heard = measure_loudness(decoded)
    write_audio(mastered, options.out, delivery, tags=_tags(options, heard))
    print(
        f"{options.out}: {heard.integrated_loudness_lufs:.2f} LUFS, {heard.true_peak_dbtp:.2f} dBTP, "
        f"peak to loudness {heard.plr_db:.1f} dB"
    )
    for note in (*incoming.notes, *((_MONO,) if incoming.channels == 1 else ())):
        print(f"beatsfoundry: {printable(str(options.file))}: {note}", file=sys.stderr)
    off = heard.integrated_loudness_lufs - wanted.target_lufs
    if abs(off) > _MOST_OFF_LU:
        print(
            f"beatsfoundry: {printable(str(options.out))}: {abs(off):.2f} LU {'above' if off > 0 else 'below'} "
            f"the {wanted.target_lufs:g} LUFS of {options.delivery}, as near as its peaks and the format allow",
            file=sys.stderr,
        )
    return 0


def _tags(options: argparse.Namespace, heard: LoudnessMeasurement) -> Tags:
    """What the master says of itself. What made the mix is not known here, so nothing is said of it."""
    from workbench.output.files.tags import SOFTWARE, Tags

    return Tags(
        title=printable(options.title or options.file.stem),
        statement=f"Mastered with {SOFTWARE}.",
        artist=printable(options.artist),
        isrc=options.isrc,
        extra={"part": "master"},
        loudness_lufs=heard.integrated_loudness_lufs,
        true_peak_dbtp=heard.true_peak_dbtp,
    )


def _check_target(options: argparse.Namespace) -> None:
    """Refuse a file that cannot be written, or that is still needed, before any work is done.

    Raises
    ------
    OutputError
        One line.
    """
    out: Path = options.out
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{out} cannot be written: {out.parent}: {reason(error)}") from None
    if out.is_dir():
        raise OutputError(f"{out} is a folder: name a file")
    if not out.exists():
        return
    for source, what in ((options.file, "the mix that is mastered"), (Path(options.match or ""), "the reference")):
        if source.is_file() and out.samefile(source):
            raise OutputError(f"{out} is {what}, which stays as it is: choose another name")
    if not options.overwrite:
        raise OutputError(f"{out} is there already: choose another name or give --overwrite")


def _reference(name: str) -> Any:
    """Measurements of a reference by id, else of an audio file."""
    from workbench.analysis.audio_reading import open_music
    from workbench.analysis.profile import measure
    from workbench.analysis.references import ReferenceLibrary

    if Path(name).is_file():
        return measure(open_music(name).audio)
    return ReferenceLibrary().get(name).measured
