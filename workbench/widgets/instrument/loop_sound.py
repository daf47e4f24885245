"""Bars of a song as the engine of the page plays them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from workbench.domain.audio import Audio
from workbench.output.report.page_audio import encode_for_page

LONGEST_SECONDS = 20.0
"""Shorter bars go as samples, which nothing encodes or decodes, longer ones as Ogg Vorbis; notebooks keep no more."""


def loop_of(stems: Mapping[str, Audio], bars: tuple[int, int], **more: Any) -> tuple[dict[str, Any], list[bytes]]:
    """A message for the page with one buffer a stem: 16-bit samples, left and right in turn, or Ogg Vorbis.

    Examples
    --------
    >>> message, buffers = loop_of({"bass": Audio(np.zeros((2, 4), np.float32), 48000)}, (1, 1))
    >>> message["sound"]["names"], message["sound"]["form"], len(buffers[0])
    (['bass'], 's16', 16)
    """
    first = next(iter(stems.values()))
    plain = first.duration_seconds <= LONGEST_SECONDS
    buffers = [_samples(stem) if plain else encode_for_page(stem) for stem in stems.values()]
    message = {
        "names": list(stems),
        "form": "s16" if plain else "ogg",
        "rate": first.sample_rate_hz,
        "seconds": first.duration_seconds,
        "bars": list(bars),
    }
    return {"sound": message | more}, buffers


def first_seconds(audio: Audio) -> Audio:
    """A copy of the first seconds of a stem: what a notebook can hold of it."""
    frames = int(LONGEST_SECONDS * audio.sample_rate_hz)
    return Audio(audio.samples[:, :frames].copy(), audio.sample_rate_hz)


def resting_loop(stems: Mapping[str, Audio], bars: tuple[int, int]) -> dict[str, Any]:
    """The stems together as one sound for a notebook that is opened without its kernel, some 15 kB a second.

    Examples
    --------
    >>> loop = resting_loop({"bass": Audio(np.zeros((2, 48000), np.float32), 48000)}, (1, 1))
    >>> loop["names"], loop["form"], loop["seconds"], type(loop["data"]).__name__
    (['loop'], 'ogg', 1.0, 'bytes')
    """
    first = next(iter(stems.values()))
    mixed = Audio(np.sum([stem.samples for stem in stems.values()], axis=0), first.sample_rate_hz)
    return {
        "names": ["loop"],
        "form": "ogg",
        "rate": first.sample_rate_hz,
        "seconds": mixed.duration_seconds,
        "bars": list(bars),
        "data": encode_for_page(mixed),
    }


def _samples(audio: Audio) -> bytes:
    return np.round(np.clip(audio.samples.T, -1.0, 1.0) * 32767.0).astype("<i2").tobytes()
