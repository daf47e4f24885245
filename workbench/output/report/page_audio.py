"""Sound for pages and notebooks: small files that a browser plays, and the same as addresses that need no file."""

from __future__ import annotations

import base64
import io
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from workbench.domain.audio import Audio
from workbench.domain.cores import thread_count
from workbench.domain.results import Track

MIME = "audio/ogg"
# Vorbis is encoded three times as fast as MP3 and is as small; 0.5 gives about 110 kbit/s.
_COMPRESSION = 0.5
_COARSER = (_COMPRESSION, 0.8, 1.0)
"""Compression levels that are tried in turn until a long sound is small enough."""

LARGEST_BYTES = 2_000_000
"""Of the sound in a notebook; as text it takes a third more, and a notebook with a song stays below 3 MB."""

_BLOCK_FRAMES = 8192
_HIGHEST_RATE_HZ = 48000
MOST_SECONDS = 720.0
"""Of sound in one page, about 18 MB of text: MLflow shows no page above 50 MB, and a browser loads it at once."""


def encode_for_page(audio: Audio, *, compression: float = _COMPRESSION) -> bytes:
    """The audio as Ogg Vorbis for listening in a page: small, and good enough to judge the music by.

    `compression` is 0 (largest) to 1 (smallest). Rates above 48 kHz are halved, as loudspeakers in a browser play no
    more.
    """
    import soundfile

    samples, rate = audio.samples, audio.sample_rate_hz
    while rate > _HIGHEST_RATE_HZ:
        samples, rate = _halved(samples), rate // 2
    frames = np.clip(samples.T, -1.0, 1.0)
    buffer = io.BytesIO()
    with soundfile.SoundFile(
        buffer, "w", rate, 2, format="OGG", subtype="VORBIS", compression_level=compression
    ) as file:
        # The encoder takes its input on the stack: a long song in one piece would overflow it.
        for start in range(0, len(frames), _BLOCK_FRAMES):
            file.write(frames[start : start + _BLOCK_FRAMES])
    return buffer.getvalue()


def small_for_page(audio: Audio) -> bytes:
    """The audio as `encode_for_page` gives it, a long one more compressed, so that a notebook can hold it."""
    data = b""
    for compression in _COARSER:
        data = encode_for_page(audio, compression=compression)
        if len(data) <= LARGEST_BYTES:
            break
    return data


def _halved(samples: Any) -> Any:
    from scipy.signal import resample_poly

    return resample_poly(samples, 1, 2, axis=1).astype(np.float32)


def data_address(audio: Audio) -> str:
    """The audio as an address that holds it all, for a page that stands alone."""
    return f"data:{MIME};base64,{base64.b64encode(encode_for_page(audio)).decode()}"


def track_addresses(track: Track, *, most_seconds: float = MOST_SECONDS) -> dict[str, str]:
    """The sound of a track for a page that stands alone, by "master" and element.

    The stems of a long song would make a page that hardly opens: where all sounds together are longer than
    `most_seconds`, the master is in it alone.
    """
    sounds = {"master": track.master, **track.mix.stems}
    if sum(audio.duration_seconds for audio in sounds.values()) > most_seconds:
        sounds = {"master": track.master}
    # The encoder releases the interpreter lock.
    with ThreadPoolExecutor(max_workers=thread_count()) as pool:
        return dict(zip(sounds, pool.map(data_address, sounds.values()), strict=True))
