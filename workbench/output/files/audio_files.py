"""Audio files: encode to bytes, decode again, exactly as a listener's player would.

The same audio, delivery and seed give the same bytes: dither comes from the seed, and no format here writes a date.
"""

from __future__ import annotations

import errno
import io
import os
from contextlib import nullcontext
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from workbench.domain.audio import Audio
from workbench.domain.errors import AudioFileError, OutputError, ParameterError, reason
from workbench.domain.files import replaced_file
from workbench.domain.plan import Delivery
from workbench.domain.units import gain_to_db
from workbench.dsp.levels import peak_of
from workbench.dsp.parallel import blocks
from workbench.output.files.formats import FORMATS, SOUND_SUFFIXES
from workbench.output.files.stamping import stamp
from workbench.output.files.tags import Tags
from workbench.output.files.wave_chunks import wave_head

_PIECE_FRAMES = 1 << 16


# 320 kbit/s: with libsndfile's lame, compression 0 in constant mode is the highest rate; its default is about 145.
_MP3 = {"format": "MP3", "subtype": "MPEG_LAYER_III", "bitrate_mode": "CONSTANT", "compression_level": 0.0}


def encode(audio: Audio, delivery: Delivery, *, seed: int = 0) -> bytes:
    """Encode audio in the delivery's format and bit depth.

    WAV, AIFF and FLAC hold 16- or 24-bit integers with TPDF dither drawn from `seed`, noise-shaped at 16 bits; MP3 is
    320 kbit/s constant, of the float samples.

    Raises
    ------
    ParameterError
        If format, bit depth or sample rate cannot be written, or differ between audio and delivery.
    AudioFileError
        If a sample is not finite, or lies over full scale where integers are written.

    Examples
    --------
    >>> silence = Audio(np.zeros((2, 480), dtype=np.float32), 48000)
    >>> encode(silence, Delivery(format="flac"))[:4]
    b'fLaC'
    """
    buffer = io.BytesIO()
    _write(buffer, audio, delivery, seed)
    return buffer.getvalue()


def encode_to(path: Path, audio: Audio, delivery: Delivery, *, seed: int = 0) -> None:
    """`encode` straight into a file, piece by piece: no copy of the sound is held.

    Raises
    ------
    ParameterError, AudioFileError
        As `encode`.
    OSError
        If the file cannot be written.
    """
    import soundfile

    path.touch()  # tells in the system's own words where nothing can be written
    try:
        _write(path, audio, delivery, seed)
    except soundfile.LibsndfileError as error:
        # libsndfile keeps the system's reason to itself: a little more of the file asks for it again.
        with path.open("ab", buffering=0) as file:
            file.write(bytes(_PIECE_FRAMES))
        raise OSError(errno.EIO, error.error_string or os.strerror(errno.EIO), str(path)) from None


def _write(target: Path | io.BytesIO, audio: Audio, delivery: Delivery, seed: int) -> None:
    _check(audio, delivery)
    if delivery.format == "wav":
        with target.open("wb") if isinstance(target, Path) else nullcontext(target) as file:
            _write_wave(file, audio, delivery, seed)
    else:
        _write_encoded(target, audio, delivery, seed)


def _write_wave(file: BinaryIO, audio: Audio, delivery: Delivery, seed: int) -> None:
    from workbench.dsp.dither import interleaved, quantised

    file.write(wave_head(audio.samples.shape[1], audio.sample_rate_hz, delivery.bit_depth))
    for steps in quantised(audio.samples, **_dither(delivery), seed=seed, size=_PIECE_FRAMES):
        file.write(interleaved(steps, delivery.bit_depth).data)


def _write_encoded(target: Path | io.BytesIO, audio: Audio, delivery: Delivery, seed: int) -> None:
    import soundfile

    from workbench.dsp.dither import quantised

    options = _MP3 if delivery.format == "mp3" else _integer_format(delivery)
    with soundfile.SoundFile(target, "w", audio.sample_rate_hz, 2, **options) as file:
        if delivery.format == "mp3":
            for start, stop in blocks(audio.samples.shape[1], _PIECE_FRAMES):
                file.write(audio.samples[:, start:stop].T)
            return
        for steps in quantised(audio.samples, **_dither(delivery), seed=seed, size=_PIECE_FRAMES):
            # libsndfile takes the upper bits of 32.
            file.write(np.left_shift(steps.T, 32 - delivery.bit_depth, order="C"))


def _dither(delivery: Delivery) -> dict[str, Any]:
    """How samples become integers: shaped where 16 bits are few."""
    return {"bit_depth": delivery.bit_depth, "shaped": delivery.bit_depth <= 16}


def _integer_format(delivery: Delivery) -> dict[str, Any]:
    return {"format": delivery.format.upper(), "subtype": f"PCM_{delivery.bit_depth}"}


def decode(data: bytes) -> Audio:
    """Decode the bytes of a stereo audio file.

    Raises
    ------
    AudioFileError
        If the bytes are not a stereo audio file of a known format.
    """
    import soundfile

    try:
        samples, sample_rate_hz = soundfile.read(io.BytesIO(data), dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as error:
        raise AudioFileError(f"audio: expected a WAV, AIFF, FLAC or MP3 file: {error.error_string}") from None
    if samples.shape[1] != 2:
        raise AudioFileError(f"audio: expected 2 channels, got {samples.shape[1]}")
    return Audio(np.ascontiguousarray(samples.T), int(sample_rate_hz))


def roundtrip(audio: Audio, delivery: Delivery, *, seed: int = 0) -> Audio:
    """Encode and decode: what the listener of the written file hears.

    Parameters
    ----------
    audio : Audio of shape (2, n)
        At the delivery's sample rate.
    delivery : Delivery
        Format and bit depth.
    seed : int
        Of the dither.

    Returns
    -------
    Audio of shape (2, n)

    Raises
    ------
    ParameterError, AudioFileError
        As `encode`.

    Examples
    --------
    >>> tone = Audio(np.full((2, 480), 0.25, dtype=np.float32), 48000)
    >>> heard = roundtrip(tone, Delivery(format="wav", bit_depth=24))
    >>> bool(np.abs(heard.samples - 0.25).max() < 2 / 2**23)
    True
    """
    if delivery.format == "mp3":
        return decode(encode(audio, delivery, seed=seed))
    from workbench.dsp.dither import on_steps

    # A format without loss gives back the very steps that were written.
    _check(audio, delivery)
    return Audio(on_steps(audio.samples, **_dither(delivery), seed=seed), audio.sample_rate_hz)


def write_audio(
    audio: Audio, path: str | Path, delivery: Delivery | None = None, *, seed: int = 0, tags: Tags | None = None
) -> Path:
    """Write one audio file; it appears whole or not at all, and what was there stays until then.

    Parameters
    ----------
    audio : Audio of shape (2, n)
    path : path
        Where to.
    delivery : Delivery, optional
        Format and bit depth; without it the suffix of `path` decides, at 24 bits.
    seed : int
        Of the dither.
    tags : Tags, optional
        Texts of the file; with them it is sealed.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    OutputError
        If the file cannot be written.
    ParameterError, AudioFileError
        As `encode`.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = write_audio(Audio(np.zeros((2, 480), np.float32), 48000), f"{folder}/silence.flac")
    ...     decode(path.read_bytes()).samples.shape
    (2, 480)
    """
    path = Path(path)
    delivery = delivery or delivery_of(path, audio.sample_rate_hz)
    try:
        with replaced_file(path) as place:
            encode_to(place, audio, delivery, seed=seed)
            if tags is not None:
                stamp(place, delivery.format, tags)
    except (ParameterError, AudioFileError):
        raise
    except (OSError, ValueError) as error:
        raise OutputError(f"{path} cannot be written: {reason(error)}") from None
    return path


def delivery_of(path: str | Path, sample_rate_hz: int) -> Delivery:
    """What is written under a name: the format that its suffix tells, at 24 bits.

    Raises
    ------
    ParameterError
        If the suffix belongs to no format that is written.

    Examples
    --------
    >>> delivery_of("song.aif", 48000).format
    'aiff'
    """
    path = Path(path)
    form = {".aif": "aiff"}.get(path.suffix.lower(), path.suffix.lower().removeprefix("."))
    if form in FORMATS:
        return Delivery(format=form, sample_rate_hz=sample_rate_hz)
    raise ParameterError(f"{path.name}: expected a suffix of {', '.join(SOUND_SUFFIXES)}, got {path.suffix!r}")


def _check(audio: Audio, delivery: Delivery) -> None:
    if audio.samples.shape[1] == 0:
        raise AudioFileError("audio: expected samples to write, got none")
    if delivery.format not in FORMATS:
        raise ParameterError(f"format: expected one of {', '.join(FORMATS)}, got {delivery.format!r}")
    if delivery.format != "mp3" and delivery.bit_depth not in (16, 24):
        raise ParameterError(f"bit_depth: expected 16 or 24, got {delivery.bit_depth}")
    if delivery.sample_rate_hz != audio.sample_rate_hz:
        raise ParameterError(
            f"sample rate: the delivery says {delivery.sample_rate_hz} Hz, the audio has {audio.sample_rate_hz} Hz"
        )
    if delivery.format == "mp3" and audio.sample_rate_hz > 48000:
        raise ParameterError(f"mp3 has no sample rate of {audio.sample_rate_hz} Hz: use 44100 or 48000")
    peak = peak_of(audio.samples)
    if not np.isfinite(peak):
        raise AudioFileError("audio: expected finite samples, got NaN or infinity")
    if delivery.format != "mp3" and peak > 1.0:
        raise AudioFileError(
            f"audio: expected samples up to full scale, got {gain_to_db(peak):+.2f} dBFS: lower the gain"
        )
