"""Recordings: kept in the user's folder under a name of their content, and played bar by bar.

A recording that nobody has cut is played sample for sample. Where bars that did not follow each other meet, one fades
into the other over 5 ms.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from workbench.analysis.audio_reading import read_audio
from workbench.domain.arrays import Signal
from workbench.domain.audio import Audio
from workbench.domain.errors import OutputError, ParameterError, reason
from workbench.domain.files import atomic_file
from workbench.domain.naming import latin_id
from workbench.domain.paths import home_dir
from workbench.domain.plan import Plan
from workbench.domain.recordings import RECORDING_PREFIX, marked_bar
from workbench.domain.score import Note, Score

CROSSFADE_SECONDS = 0.005
_DIGITS = 16
_LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class Recording:
    """A file in the user's folder of recordings."""

    name: str
    path: Path


def keep_recording(audio: Audio, name: str) -> str:
    """Keep a sound in the user's folder, in 32-bit floats, and return the patch that plays it.

    The same sound under the same name is kept once.

    Raises
    ------
    OutputError
        If the folder cannot be written.
    """
    import soundfile

    digest = hashlib.sha256(f"{audio.sample_rate_hz}:".encode())
    digest.update(np.ascontiguousarray(audio.samples).data)
    own = f"{latin_id(name)[:_LONGEST_NAME] or 'sound'}-{digest.hexdigest()[:_DIGITS]}"
    path = _folder() / f"{own}.wav"
    try:
        if not path.is_file():
            with atomic_file(path) as place:
                soundfile.write(place, audio.samples.T, audio.sample_rate_hz, subtype="FLOAT")
    except (OSError, soundfile.LibsndfileError) as error:
        raise OutputError(
            f"{path} cannot be written: {reason(error) if isinstance(error, OSError) else error}"
        ) from None
    return RECORDING_PREFIX + own


def find_recording(patch: str) -> Recording:
    """The recording that a patch names.

    Raises
    ------
    ParameterError
        If it is not in the user's folder.
    """
    name = patch.removeprefix(RECORDING_PREFIX)
    path = _folder() / f"{name}.wav"
    if not name or Path(name).name != name or not path.is_file():
        raise ParameterError(f"recording {name!r} is not in {_folder()}: import its folder of stems again")
    return Recording(name, path)


def play_recordings(score: Score, plan: Plan) -> dict[str, Audio]:
    """The stems of a song of recordings, (2, n) each, all of one length.

    Raises
    ------
    ParameterError
        If a recording is not there.
    AudioFileError
        If its file is damaged.
    """
    rate = plan.delivery.sample_rate_hz
    edges = [round(score.seconds_at_bar(bar) * rate) for bar in range(score.bars + 1)]
    bar_samples = plan.bar_seconds * rate
    played = {}
    for name, part in score.parts.items():
        sound = read_audio(find_recording(plan.patches[name]).path, sample_rate_hz=rate).samples
        played[name] = _played(sound, part.notes, edges, bar_samples, score.metre.bar_beats, rate)
    length = max(samples.shape[1] for samples in played.values())
    return {name: Audio(_padded(samples, length), rate) for name, samples in played.items()}


def _folder() -> Path:
    return home_dir() / "recordings"


def _padded(samples: Signal, length: int) -> Signal:
    if samples.shape[1] == length:
        return samples
    return np.pad(samples, ((0, 0), (0, length - samples.shape[1])))


def _played(
    sound: Signal, notes: Sequence[Note], edges: Sequence[int], bar_samples: float, bar_beats: float, rate: int
) -> Signal:
    """A recording by its marks: `edges` are the song's bar lines in samples, its own lie `bar_samples` apart."""
    last_bar = math.ceil(sound.shape[1] / bar_samples - 1e-6) - 1
    runs: list[list[int]] = []
    for note in sorted(notes):
        bar, source = round(note.onset_beats / bar_beats), marked_bar(note)
        if runs and runs[-1][0] + runs[-1][2] == bar and runs[-1][1] + runs[-1][2] == source:
            runs[-1][2] += 1
        else:
            runs.append([bar, source, 1])
    fade = max(1, round(CROSSFADE_SECONDS * rate))
    pieces = [_piece(sound, run, edges, bar_samples, last_bar, fade) for run in runs]
    length = max((at + piece.shape[1] for at, piece in pieces), default=edges[-1])
    out = np.zeros((2, length), np.float32)
    for at, piece in pieces:
        out[:, at : at + piece.shape[1]] += piece
    return out


def _piece(
    sound: Signal, run: Sequence[int], edges: Sequence[int], bar_samples: float, last_bar: int, fade: int
) -> tuple[int, Signal]:
    """Where a run of bars begins in the song, and its sound: it fades in where it does not begin with the recording,
    and out, beyond its last bar, where it does not end with it.
    """
    bar, source, count = run
    start = round(source * bar_samples)
    ends = source + count > last_bar
    stop = sound.shape[1] if ends else start + edges[bar + count] - edges[bar]
    ramp = np.arange(1, fade + 1, dtype=np.float32) / np.float32(fade + 1)
    piece = sound[:, start : stop if ends else stop + fade].copy()
    if start > 0 and piece.shape[1]:
        inside = min(fade, piece.shape[1])
        piece[:, :inside] *= ramp[:inside]
    if not ends:
        beyond = piece.shape[1] - (stop - start)
        if beyond > 0:
            piece[:, -beyond:] *= ramp[::-1][:beyond]
    return edges[bar], piece
