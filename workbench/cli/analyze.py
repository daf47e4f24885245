"""`beatsfoundry analyze`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.cli.parser import printable
from workbench.cli.progress import progress_bar
from workbench.domain.errors import AudioFileError, ParameterError
from workbench.domain.naming import distinct_names
from workbench.domain.paths import is_folder
from workbench.domain.sound_files import SUFFIXES, files_below

if TYPE_CHECKING:
    from rich.table import Table

    from workbench.analysis.profile import AnalysisResult
    from workbench.analysis.second_ear import SecondOpinion
    from workbench.domain.audio import Audio

_FILES_A_TABLE = 4
_ASKED_FIRST = (
    "tempo_bpm", "integrated_loudness_lufs", "true_peak_dbtp", "loudness_range_lu", "duration_seconds",
    "short_term_max_lufs", "momentary_max_lufs", "peak_to_loudness_lu", "crest_factor_db", "spectral_centroid_hz",
    "stereo_correlation", "dc_offset",
)  # fmt: skip
"""Measurements that people look for first, in this order, after the key."""


def add_to(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser("analyze", help="measure audio files", description=analyze.__doc__)
    parser.add_argument(
        "files",
        metavar="FILE",
        nargs="+",
        help="WAV, AIFF, FLAC, MP3, OGG or Opus; of a folder every such file below",
    )
    parser.add_argument("--json", action="store_true", help="print a list of all measurements as JSON")
    parser.add_argument(
        "--pictures", metavar="DIR", type=Path,
        help="draw spectrogram, loudness, phase correlation, mono loss, mel spectrum, chroma with chords and tempogram "
        "of each file, and all spectra over each other, as PNG",
    )  # fmt: skip
    parser.add_argument(
        "--second-ear", action="store_true",
        help="print beside ours what librosa hears: tempo, key, tuning, share of the energy that is percussive",
    )  # fmt: skip
    parser.add_argument(
        "--dual-mono", action="store_true",
        help="measure mono files as two speakers play them, 3 LU louder than one channel counts in BS.1770",
    )  # fmt: skip
    parser.add_argument("--quiet", action="store_true", help="show no progress")
    parser.set_defaults(run=analyze)


def analyze(options: argparse.Namespace) -> int:
    """Measure loudness, true peak, dynamics, spectrum, stereo image, tempo and key of audio files.

    Files that cannot be read do not hold up the others: those are listed first, then the error.
    """
    second_ear = options.second_ear and not options.json
    heard, failed = _measure(
        _files(options.files), dual_mono=options.dual_mono, quiet=options.quiet,
        keep_sound=options.pictures is not None, second_ear=second_ear,
    )  # fmt: skip
    results = [one.result for one in heard]
    if options.pictures is not None and results:
        _draw([(one.result.path, one.sound) for one in heard if one.sound is not None], options.pictures)
    if options.json and results:
        from workbench.output import to_json

        print(to_json([result.to_dict() for result in results]), end="", flush=True)
    elif results:
        _tables(results)
        for one in heard:
            if one.second is not None:
                print(_second_ear_line(one.result, one.second))
    if failed:
        raise AudioFileError("; ".join(str(error) for error in failed))
    return 0


def _files(named: list[str]) -> list[str]:
    """The files that are named, a folder's in its place."""
    files: list[str] = []
    for name in named:
        below = [str(path) for path in files_below(name)] if is_folder(name) else [name]
        if not below:
            raise ParameterError(f"{name}: expected a folder with {', '.join(SUFFIXES)} files, found none")
        files += below
    return files


@dataclass(frozen=True, slots=True)
class _Heard:
    """A file that was read once: what was measured, and its sound and librosa's opinion where they are asked for."""

    result: AnalysisResult
    sound: Audio | None
    second: SecondOpinion | None


def _measure(
    files: list[str], *, dual_mono: bool, quiet: bool, keep_sound: bool, second_ear: bool
) -> tuple[list[_Heard], list[AudioFileError]]:
    """Measurements of the files that can be read, and why the others cannot."""
    from workbench.analysis.audio_reading import open_audio
    from workbench.analysis.profile import analyze_incoming

    heard, failed = [], []
    with progress_bar("analyze", quiet=quiet) as progress:
        for number, file in enumerate(files, start=1):
            try:
                incoming = open_audio(file)
                result = analyze_incoming(incoming, file, dual_mono=dual_mono)
                sound = incoming.audio if keep_sound else None
                heard.append(_Heard(result, sound, _second_opinion(incoming.audio) if second_ear else None))
                progress(number / len(files), file)
            except AudioFileError as error:
                failed.append(error)
    return heard, failed


def _second_opinion(audio: Audio) -> SecondOpinion:
    from workbench.analysis.second_ear import second_opinion

    return second_opinion(audio)


def _draw(files: Sequence[tuple[str, Audio]], folder: Path) -> None:
    """Two pictures a file, over time and as music, and one with the spectra of all (a song's stems) over each other."""
    from workbench.domain.errors import OutputError
    from workbench.output.figures.diagnostic_figures import diagnostics, spectra
    from workbench.output.figures.drawing import to_png
    from workbench.output.figures.listening_figures import listening

    # What a name holds that is no text, no font can draw.
    names = [printable(name) for name in distinct_names([Path(file) for file, _ in files])]
    sounds = dict(zip(names, (sound for _, sound in files), strict=True))
    pictures = {f"{name}-over-time.png": to_png(diagnostics(audio)) for name, audio in sounds.items()}
    pictures |= {f"{name}-music.png": to_png(listening(audio, title=name)) for name, audio in sounds.items()}
    pictures["spectra.png"] = to_png(spectra(sounds))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in pictures.items():
            (folder / name).write_bytes(data)
    except OSError as error:
        raise OutputError(f"{folder}: pictures cannot be written ({error.strerror})") from None


def _second_ear_line(result: AnalysisResult, other: SecondOpinion) -> str:
    """Librosa's estimates, each followed by ours."""
    ours = result.measurements.numbers
    key = str(other.key.key) if other.key is not None and other.key.is_tonal else "none"
    return (
        f"{printable(result.path)}: librosa hears {other.tempo_bpm:.1f} BPM by its beat tracker and "
        f"{other.fitted_bpm:.2f} by a line through its onsets (ours {ours.get('tempo_bpm', 0.0):.2f}), key {key} "
        f"(ours {result.measurements.key or 'none'}), tuning {other.tuning_cents:+.0f} cents "
        f"(ours {ours.get('tuning_cents', 0.0):+.0f}), {other.percussive_share:.0%} percussive"
    )


def _tables(results: list[AnalysisResult]) -> None:
    """Files beside each other, as many as fit in one table; what is most asked for stands first."""
    from rich.console import Console

    for first in range(0, len(results), _FILES_A_TABLE):
        Console().print(_table(results[first : first + _FILES_A_TABLE]))
    for result in results:
        for note in result.notes:
            print(f"{printable(result.path)}: {note}")


def _table(results: list[AnalysisResult]) -> Table:
    from rich.markup import escape
    from rich.table import Table

    table = Table("measurement")
    for heading in _headings([result.path for result in results]):
        table.add_column(escape(printable(heading)), justify="right", overflow="fold")
    numbers = [result.measurements.numbers for result in results]
    named = {name for one in numbers for name in one}
    table.add_row("key", *(result.measurements.key or "none" for result in results))
    for name in [*(name for name in _ASKED_FIRST if name in named), *sorted(named - set(_ASKED_FIRST))]:
        table.add_row(name, *(f"{one[name]:.4g}" if name in one else "" for one in numbers))
    table.add_row("channels", *(str(result.channels) for result in results))
    table.add_row("sample_rate_hz", *(str(result.sample_rate_hz) for result in results))
    return table


def _headings(paths: list[str]) -> list[str]:
    """Names of files; whole paths where two are called the same.

    Examples
    --------
    >>> _headings(["a/mix.wav", "b/song.wav"]), _headings(["a/mix.wav", "b/mix.wav"])
    (['mix.wav', 'song.wav'], ['a/mix.wav', 'b/mix.wav'])
    """
    names = [Path(path).name for path in paths]
    return names if len(set(names)) == len(names) else list(paths)
