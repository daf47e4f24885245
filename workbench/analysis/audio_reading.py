"""The gatekeeper for foreign audio: what it lets through is finite, mono or stereo, at a sensible rate, and whole."""

from __future__ import annotations

import contextlib
import os
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from workbench.analysis.containers import Mended, mend
from workbench.analysis.loudness import integrated_loudness
from workbench.domain.arrays import Signal
from workbench.domain.audio import LOUDEST, Audio
from workbench.domain.errors import AudioFileError, ParameterError, reason
from workbench.domain.file_formats import HEAD_BYTES, is_sound, named_format
from workbench.dsp.loudness import without_offset

RATE_RANGE_HZ = (8000, 192000)
LONGEST_SECONDS = 3600.0
FORMATS = ("WAV", "WAVEX", "RF64", "W64", "AIFF", "FLAC", "MP3", "MPEG", "OGG", "AU", "CAF")
LEAST_MUSIC_SECONDS, SILENT_LUFS = 3.0, -60.0
"""What is followed as an example is longer and louder than this."""
_EXPECTED = "WAV, AIFF, FLAC, MP3, OGG or Opus"
_BLOCK = 1 << 18
_UNHEARD_SECONDS = 0.2
"""What a decoder may hold back: the delay of an encoder, and a damaged frame or two."""
_TALKATIVE = threading.Lock()
_UNKNOWN_LENGTH = 0xFFFFFF00
"""Data sizes from here on mean 'not known yet': programs that write into a pipe leave them behind."""


@dataclass(frozen=True, slots=True, eq=False)
class Incoming:
    """Foreign audio that was let in.

    `audio` is stereo; `channels` is 1 where the file was mono, which then stands in both. `notes` tell what was
    repaired or left out, each in a few words.
    """

    audio: Audio
    channels: int
    notes: tuple[str, ...] = ()

    @property
    def note(self) -> str:
        """The notes in one line; empty if there are none."""
        return "; ".join(self.notes)


def open_audio(path: str | Path, *, sample_rate_hz: int | None = None) -> Incoming:
    """Let a WAV, AIFF, FLAC, MP3, OGG or Opus file in: open, check, and say what was repaired or left out.

    Every command and function that takes foreign audio passes through here. Headers that were never closed, RF64 and
    BW64, chunks without padding, MPEG files without their length and chained Ogg files are read whole.

    Parameters
    ----------
    path : path
        The file.
    sample_rate_hz : int, optional
        Resample to this rate, 8 to 192 kHz; without it the file's own rate is kept.

    Returns
    -------
    Incoming
        Stereo sound of shape (2, n), finite, the file's channels, and notes.

    Raises
    ------
    AudioFileError
        If the file is missing, is no audio, is empty, is cut short or lies about its length, has more than two
        channels, holds NaN, infinite or absurdly high values, has a rate outside 8 to 192 kHz, or is longer than an
        hour.
    ParameterError
        If `sample_rate_hz` is outside 8 to 192 kHz.

    Examples
    --------
    >>> import soundfile
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     soundfile.write(f"{folder}/mono.wav", np.zeros(48000), 48000)
    ...     incoming = open_audio(f"{folder}/mono.wav", sample_rate_hz=44100)
    >>> incoming.channels, incoming.audio.samples.shape
    (1, (2, 44100))
    """
    source = _existing(path)
    if sample_rate_hz is not None and not RATE_RANGE_HZ[0] <= sample_rate_hz <= RATE_RANGE_HZ[1]:
        raise ParameterError(f"sample_rate_hz: expected {RATE_RANGE_HZ[0]} to {RATE_RANGE_HZ[1]}, got {sample_rate_hz}")
    samples, rate, notes = _decode(source)
    _check_values(source, samples)
    audio = Audio(_as_stereo(samples), rate)
    if sample_rate_hz not in (None, rate):
        audio = _resampled(audio, int(sample_rate_hz or rate))
    return Incoming(audio, samples.shape[0], notes)


def open_music(path: str | Path) -> Incoming:
    """`open_audio` for what is to be followed as an example: three seconds long at least, and not silent.

    Parameters
    ----------
    path : path
        The file.

    Returns
    -------
    Incoming
        At the file's own rate.

    Raises
    ------
    AudioFileError
        As `open_audio`, or if the file is shorter or quieter than -60 LUFS.

    Examples
    --------
    >>> import soundfile
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     soundfile.write(f"{folder}/hit.wav", np.ones(4000), 8000)
    ...     open_music(f"{folder}/hit.wav")
    Traceback (most recent call last):
    workbench.domain.errors.AudioFileError: ...hit.wav: expected at least 3 s, got 0.5 s
    """
    incoming = open_audio(path)
    if incoming.audio.duration_seconds < LEAST_MUSIC_SECONDS:
        raise AudioFileError(
            f"{path}: expected at least {LEAST_MUSIC_SECONDS:g} s, got {incoming.audio.duration_seconds:.3g} s"
        )
    sounding = Audio(without_offset(incoming.audio.samples), incoming.audio.sample_rate_hz)
    loudness = integrated_loudness(sounding)
    if loudness <= SILENT_LUFS:
        raise AudioFileError(f"{path}: expected music, got silence ({loudness:.0f} LUFS)")
    return incoming


def read_audio(path: str | Path, *, sample_rate_hz: int | None = None) -> Audio:
    """The sound of a file as stereo, mono in both channels: `open_audio` without its notes.

    Parameters
    ----------
    path, sample_rate_hz
        As for `open_audio`.

    Returns
    -------
    Audio of shape (2, n)

    Raises
    ------
    AudioFileError, ParameterError
        As `open_audio`.

    Examples
    --------
    >>> import soundfile
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     soundfile.write(f"{folder}/mono.wav", np.array([0.0, 0.5, -0.5]), 48000)
    ...     read_audio(f"{folder}/mono.wav").samples.tolist()
    [[0.0, 0.5, -0.5], [0.0, 0.5, -0.5]]
    """
    return open_audio(path, sample_rate_hz=sample_rate_hz).audio


def _existing(path: str | Path) -> Path:
    source = Path(path)
    try:
        if not source.is_file():
            found = "a folder" if source.is_dir() else "nothing"
            raise AudioFileError(f"{source}: expected an audio file, found {found}")
        if source.stat().st_size == 0:
            raise AudioFileError(f"{source}: the file is empty (0 bytes)")
    except (OSError, ValueError) as error:
        raise AudioFileError(f"{str(source)!r}: cannot be read as audio ({reason(error)})") from None
    return source


def _decode(source: Path) -> tuple[Signal, int, tuple[str, ...]]:
    """Samples (channels, n), their rate, and remarks on them."""
    import soundfile

    try:
        with _hushed(source), contextlib.ExitStack() as opened:
            file, mended = mend(source)
            opened.enter_context(file)
            if mended is None:
                return (*_decode_stream(source, source), ())
            samples, rate = _joined(source, mended)
            _check_whole(source, samples.shape[1] / rate, mended)
            return samples, rate, mended.notes
    except (soundfile.SoundFileError, RuntimeError, OSError, ValueError, MemoryError) as error:
        raise AudioFileError(f"{source}: cannot be read as audio ({_explained(source, error)})") from None


def _joined(source: Path, mended: Mended) -> tuple[Signal, int]:
    """The streams of a file one after the other.

    Raises
    ------
    ValueError
        If they differ in rate or channels.
    """
    pieces = [_decode_stream(source, stream) for stream in mended.streams]
    forms = {(samples.shape[0], rate) for samples, rate in pieces}
    if len(forms) > 1:
        listed = ", ".join(f"{channels} channels at {rate} Hz" for channels, rate in sorted(forms))
        raise ValueError(f"it holds streams of different forms ({listed}): convert it to one")
    return np.concatenate([samples for samples, _ in pieces], axis=1), pieces[0][1]


def _check_whole(source: Path, seconds: float, mended: Mended) -> None:
    """Refuse a file of which the decoder heard less than its container counts."""
    if mended.seconds is not None and seconds < mended.seconds - max(_UNHEARD_SECONDS, 0.01 * mended.seconds):
        raise AudioFileError(
            f"{source}: {seconds:.1f} s of {mended.seconds:.1f} s can be decoded: it is damaged, convert it to WAV"
        )


def _decode_stream(source: Path, stream: Path | BinaryIO) -> tuple[Signal, int]:
    import soundfile

    with soundfile.SoundFile(os.fsencode(stream) if isinstance(stream, Path) else stream) as file:
        _check_header(source, file)
        samples = _read_blocks(file)
        declared, rate, name = int(file.frames), int(file.samplerate), str(file.format)
    if samples.shape[1] == 0:
        raise AudioFileError(f"{source}: the file holds no samples")
    if name not in ("MP3", "MPEG") and samples.shape[1] < declared < 1 << 40:
        raise AudioFileError(
            f"{source}: the header promises {declared} frames, the file holds {samples.shape[1]}: it is damaged"
        )
    return samples, rate


def _check_values(source: Path, samples: Signal) -> None:
    if not np.isfinite(samples).all():
        raise AudioFileError(f"{source}: the file holds samples that are NaN or infinite: export it again")
    loudest = float(np.abs(samples).max())
    if loudest > LOUDEST:
        raise AudioFileError(f"{source}: the file holds samples of {loudest:.3g}, full scale is 1: export it again")


@contextlib.contextmanager
def _hushed(source: Path) -> Iterator[None]:
    """Hold back what the MP3 decoder writes to standard error by itself: the reason stands in our own line."""
    try:
        with source.open("rb") as file:
            others = file.read(4) in (b"RIFF", b"RF64", b"fLaC", b"OggS", b"FORM")
        kept = None if others else os.dup(2)
    except OSError:
        kept = None
    if kept is None:
        yield
        return
    # One at a time: standard error belongs to the whole process.
    with _TALKATIVE:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            os.close(nowhere)


def _check_header(source: Path, file: Any) -> None:
    low, high = RATE_RANGE_HZ
    if not low <= file.samplerate <= high:
        raise AudioFileError(f"{source}: expected a sample rate of {low} to {high} Hz, got {file.samplerate} Hz")
    if file.channels > 2:
        raise AudioFileError(
            f"{source}: expected mono or stereo, got {file.channels} channels: mix it down to stereo first"
        )
    if file.format not in FORMATS:
        raise AudioFileError(f"{source}: expected WAV, AIFF, FLAC, MP3 or OGG, got {file.format}")
    if LONGEST_SECONDS * file.samplerate < file.frames < 1 << 40:
        raise AudioFileError(
            f"{source}: expected at most {LONGEST_SECONDS:g} s, got {file.frames / file.samplerate:.0f} s"
        )
    promised = re.search(r"(?mi)^\s*(?:data|ssnd)\s*:\s*(\d+) \(should be (\d+)\)", file.extra_info)
    if promised and int(promised[2]) < int(promised[1]) < _UNKNOWN_LENGTH:
        raise AudioFileError(
            f"{source}: the header promises {promised[1]} bytes, the file holds {promised[2]}: it is cut short"
        )


def _read_blocks(file: Any) -> Signal:
    """Read what is really there, at most an hour, whatever the header says."""
    blocks: list[Signal] = []
    frames = 0
    while frames <= LONGEST_SECONDS * file.samplerate:
        block = file.read(_BLOCK, dtype="float32", always_2d=True)
        if not len(block):
            return np.concatenate(blocks, axis=0).T if blocks else np.zeros((file.channels, 0), np.float32)
        blocks.append(block)
        frames += len(block)
    raise AudioFileError(f"{file.name}: expected at most {LONGEST_SECONDS:g} s of audio, the file goes on")


def _as_stereo(samples: Signal) -> Signal:
    pair = np.repeat(samples, 2, axis=0) if samples.shape[0] == 1 else samples
    return np.ascontiguousarray(pair, dtype=np.float32)


def _resampled(audio: Audio, sample_rate_hz: int) -> Audio:
    import soxr

    converted = soxr.resample(audio.samples.T, audio.sample_rate_hz, sample_rate_hz, quality="VHQ")
    return Audio(np.ascontiguousarray(converted.T, dtype=np.float32), sample_rate_hz)


def _explained(source: Path, error: BaseException) -> str:
    """Why a file cannot be decoded; what it is instead, where that is known."""
    with source.open("rb") as file:
        named = named_format(file.read(HEAD_BYTES))
    return _reason(error) if is_sound(named) else f"it is {named}; expected {_EXPECTED}"


def _reason(error: BaseException) -> str:
    text = " ".join(str(getattr(error, "error_string", None) or error).split())
    if "does not exist" in text:
        return "no sound found in it"
    if "SF_INFO struct incomplete" in text:
        return "its header lacks a sample rate or channels"
    if text.startswith("Internal"):
        return "it is damaged or cut short"
    return text.removeprefix("Error : ").rstrip(".") or type(error).__name__
