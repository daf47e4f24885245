"""Chance by name: each place in a song has its own, so no draw depends on what was drawn elsewhere or on order."""

from __future__ import annotations

import hashlib

import numpy as np


def derived_seed(seed: int, *names: str | int) -> int:
    """A 32-bit seed for the place that `names` describe.

    Examples
    --------
    >>> derived_seed(0, "dither", "bass") != derived_seed(0, "dither", "pads")
    True
    """
    text = "/".join(str(part) for part in (seed, *names))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")


def generator(seed: int, *names: str | int) -> np.random.Generator:
    """A generator for the place that `names` describe; the same seed and names give the same numbers.

    Examples
    --------
    >>> bool(generator(1, "bass", 3).random() == generator(1, "bass", 3).random())
    True
    """
    text = "/".join(str(part) for part in (seed, *names))
    return np.random.default_rng(int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "big"))
