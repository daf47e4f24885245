"""Files as programs, recorders and people leave them, made of our own sound: each maker returns the bytes of one."""

from __future__ import annotations

import io
import struct

import numpy as np
import soundfile

RATE = 44100


def sound(seconds: float = 4.0, channels: int = 2, seed: int = 0) -> np.ndarray:
    """Plucked tones over a hiss that comes and goes, so that bit rates vary; (n, channels)."""
    times = np.arange(round(seconds * RATE)) / RATE
    tone = 0.3 * np.sin(2 * np.pi * 220 * times) * np.exp(-6 * (times % 0.5))
    hiss = 0.1 * np.random.default_rng(seed).standard_normal((times.size, channels)) * (times % 1.5 > 0.75)[:, None]
    return tone[:, None] + hiss


def encoded(samples: np.ndarray, kind: str, subtype: str, rate: int = RATE, **options: object) -> bytes:
    """Samples as a file of libsndfile's making."""
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, rate, format=kind, subtype=subtype, **options)
    return buffer.getvalue()


def chunk(name: bytes, data: bytes, *, size: int | None = None, padded: bool = True) -> bytes:
    """A RIFF chunk that may state another size than it has."""
    return name + struct.pack("<I", len(data) if size is None else size) + data + b"\0" * (padded and len(data) % 2)


def form(bits: int = 16, channels: int = 2, tag: int = 1) -> bytes:
    """The chunk that describes samples."""
    frame = channels * bits // 8
    return chunk(b"fmt ", struct.pack("<HHIIHH", tag, channels, RATE, RATE * frame, frame, bits))


def pcm(samples: np.ndarray) -> bytes:
    """16-bit integers."""
    return np.round(np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()


def wave(*chunks: bytes, magic: bytes = b"RIFF", size: int | None = None) -> bytes:
    """A WAV file of chunks, with the size that is true or the one that is stated."""
    body = b"WAVE" + b"".join(chunks)
    return magic + struct.pack("<I", len(body) if size is None else size) + body


def long_wave(samples: np.ndarray, magic: bytes, *behind: bytes, stated: int | None = None) -> bytes:
    """RF64 or BW64: the data size is in the chunk ds64."""
    data = pcm(samples)
    sizes = struct.pack("<QQQI", 0, len(data) if stated is None else stated, len(samples), 0)
    return wave(
        chunk(b"ds64", sizes), form(), chunk(b"data", data, size=0xFFFFFFFF), *behind, magic=magic, size=2**32 - 1
    )


def mp3(samples: np.ndarray, *, variable: bool = False) -> bytes:
    """MP3 with an info header in its first frame."""
    mode = {"bitrate_mode": "VARIABLE", "compression_level": 0.3} if variable else {}
    return encoded(samples, "MP3", "MPEG_LAYER_III", **mode)


def first_frame_bytes(data: bytes) -> int:
    """Length of the first frame of an MPEG-1 layer III file at 44.1 kHz: 144 bit rate / rate."""
    kbits = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)[data[2] >> 4]
    return 144000 * kbits // RATE + (data[2] >> 1 & 1)


def piped_mp3(samples: np.ndarray) -> bytes:
    """A file of changing bit rate without the info header: the encoder could not go back."""
    data = mp3(samples, variable=True)
    return data[first_frame_bytes(data) :]


def unfilled_mp3(samples: np.ndarray, *, flags: bytes) -> bytes:
    """The same with an info header that was never filled."""
    data = bytearray(mp3(samples, variable=True))
    at = data.index(b"Xing")
    data[at + 4 : at + 16] = flags + bytes(8)
    return bytes(data)


def piped_flac(samples: np.ndarray, total: int = 0) -> bytes:
    """FLAC whose header states no length, or another."""
    data = bytearray(encoded(samples, "FLAC", "PCM_16"))
    packed = int.from_bytes(data[18:26], "big")
    data[18:26] = (packed >> 36 << 36 | total).to_bytes(8, "big")
    return bytes(data)


def chained(kind: str, *seconds: float, rate: int = RATE) -> bytes:
    """Ogg streams one after the other."""
    return b"".join(encoded(sound(length, seed=n), "OGG", kind, rate) for n, length in enumerate(seconds))
