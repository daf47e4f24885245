"""The gatekeeper for foreign audio: whatever it lets through is finite stereo float32 at a sensible rate."""

from __future__ import annotations

import contextlib
import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from workbench.domain.audio import Audio, Samples
from workbench.domain.errors import AudioFileError

RATE_RANGE_HZ = (8000, 192000)
LONGEST_SECONDS = 3600.0
FORMATS = ("WAV", "WAVEX", "RF64", "W64", "AIFF", "FLAC", "MP3", "MPEG", "OGG", "AU", "CAF")
_BLOCK = 1 << 18
_LOUDEST = 1000.0
"""60 dB above full scale: what lies higher is no sound, and its power would leave the range of floats."""
_TALKATIVE = threading.Lock()
_UNKNOWN_LENGTH = 0xFFFFFF00
"""Data sizes from here on mean 'not known yet': programs that write into a pipe leave them behind."""


def read_audio(path: str | Path, *, sample_rate_hz: int | None = None) -> Audio:
    """Read a WAV, AIFF, FLAC, MP3 or OGG file as stereo; mono is doubled, of more channels the first two are kept.

    Parameters
    ----------
    path
        The file.
    sample_rate_hz
        Resample to this rate; without it the file's own rate is kept.

    Raises
    ------
    AudioFileError
        If the file is missing, is no audio, is empty, is cut short or lies about its length, holds NaN, infinite or
        absurdly high values, has a rate outside 8 to 192 kHz, or is longer than an hour.
    """
    source = Path(path)
    if not source.is_file():
        raise AudioFileError(f"{source}: expected an audio file, found {'a folder' if source.is_dir() else 'nothing'}")
    if source.stat().st_size == 0:
        raise AudioFileError(f"{source}: the file is empty (0 bytes)")
    samples, rate = _decode(source)
    audio = Audio(_as_stereo(samples), rate)
    return audio if sample_rate_hz in (None, rate) else _resampled(audio, int(sample_rate_hz or rate))


def repair_note(path: str | Path) -> str:
    """What `read_audio` changes of a file beyond its form, in words; empty if nothing.

    Raises
    ------
    AudioFileError
        If the file cannot be read.
    """
    channels = channel_count(path)
    return f"of {channels} channels the first two are taken" if channels > 2 else ""


def channel_count(path: str | Path) -> int:
    """How many channels a file has, before `read_audio` makes two of them.

    Raises
    ------
    AudioFileError
        If the file cannot be read.
    """
    import soundfile

    try:
        with _hushed(Path(path)):
            return int(soundfile.info(str(path)).channels)
    except (soundfile.SoundFileError, RuntimeError, OSError) as error:
        raise AudioFileError(f"{path}: cannot be read as audio ({_reason(error)})") from None


def _decode(source: Path) -> tuple[Samples, int]:
    import soundfile

    try:
        with _hushed(source), soundfile.SoundFile(str(source)) as file:
            _check_header(source, file)
            samples = _read_blocks(file)
            declared, rate, name = int(file.frames), int(file.samplerate), str(file.format)
    except (soundfile.SoundFileError, RuntimeError, OSError, ValueError, MemoryError) as error:
        raise AudioFileError(f"{source}: cannot be read as audio ({_reason(error)})") from None
    if samples.shape[1] == 0:
        raise AudioFileError(f"{source}: the file holds no samples")
    if name not in ("MP3", "MPEG") and samples.shape[1] < declared < 1 << 40:
        raise AudioFileError(
            f"{source}: the header promises {declared} frames, the file holds {samples.shape[1]}: it is damaged"
        )
    if not np.isfinite(samples).all():
        raise AudioFileError(f"{source}: the file holds samples that are NaN or infinite: export it again")
    loudest = float(np.abs(samples).max())
    if loudest > _LOUDEST:
        raise AudioFileError(f"{source}: the file holds samples of {loudest:.3g}, full scale is 1: export it again")
    return samples, rate


@contextlib.contextmanager
def _hushed(source: Path) -> Iterator[None]:
    """Hold back what the MP3 decoder writes to standard error by itself: the reason is told in our own line."""
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


def _read_blocks(file: Any) -> Samples:
    """Read what is really there, at most an hour, whatever the header says."""
    blocks: list[Samples] = []
    frames = 0
    while frames <= LONGEST_SECONDS * file.samplerate:
        block = file.read(_BLOCK, dtype="float32", always_2d=True)
        if not len(block):
            return np.concatenate(blocks, axis=0).T if blocks else np.zeros((file.channels, 0), np.float32)
        blocks.append(block)
        frames += len(block)
    raise AudioFileError(f"{file.name}: expected at most {LONGEST_SECONDS:g} s of audio, the file goes on")


def _as_stereo(samples: Samples) -> Samples:
    pair = np.repeat(samples, 2, axis=0) if samples.shape[0] == 1 else samples[:2]
    return np.ascontiguousarray(pair, dtype=np.float32)


def _resampled(audio: Audio, sample_rate_hz: int) -> Audio:
    import soxr

    converted = soxr.resample(audio.samples.T, audio.sample_rate_hz, sample_rate_hz, quality="VHQ")
    return Audio(np.ascontiguousarray(converted.T, dtype=np.float32), sample_rate_hz)


def _reason(error: BaseException) -> str:
    text = " ".join(str(getattr(error, "error_string", None) or error).split())
    if "does not exist" in text:
        return "no sound found in it"
    return text.removeprefix("Error : ").rstrip(".") or type(error).__name__
