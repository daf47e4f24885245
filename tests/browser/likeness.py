"""Whether a view looks like its picture in the documentation, whatever song stands in it.

Notes, waveforms and places differ from run to run; how much of the view is drawn on, and in which colours, does not. A
view that is blank, broken off or without its style differs in one of them.
"""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_FRAME = (slice(96, 768), slice(128, 1228))
"""Rows and columns of the notebook in a window of 1280 by 800 pixels: JupyterLab's own bars lie outside."""
_CELL = 16
_DRAWN = 2.0
"""Mean difference of neighbouring pixels, of 255, from which on something is drawn in a cell."""
_STRONG = 0.002
"""Share of the pixels from which on a colour counts."""


def unlike(picture: bytes, view: bytes) -> str:
    """What makes a view unlike a picture, both as PNG; empty if nothing does.

    Examples
    --------
    >>> from pathlib import Path
    >>> mixer = Path("docs/images/mixer.png").read_bytes()
    >>> unlike(mixer, mixer)
    ''
    """
    kept, seen = _pixels(picture), _pixels(view)
    share = _drawn(seen) / _drawn(kept)
    if not 0.75 <= share <= 1.35:
        return f"{share:.2f} times as much is drawn as in the picture"
    strong = np.flatnonzero(_colours(kept) > _STRONG)
    missing = [int(colour) for colour in strong if _colours(seen)[colour] < 0.25 * _colours(kept)[colour]]
    return f"{len(missing)} of its {len(strong)} colours are missing" if len(missing) > 1 else ""


def _pixels(data: bytes) -> NDArray[np.int_]:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), dtype=int)[_FRAME]


def _drawn(pixels: NDArray[np.int_]) -> float:
    """Share of the cells in which something is drawn."""
    grey = pixels.mean(axis=2)
    edges = np.abs(np.diff(grey, axis=0))[:, :-1] + np.abs(np.diff(grey, axis=1))[:-1]
    rows, columns = (length // _CELL for length in edges.shape)
    cells = edges[: rows * _CELL, : columns * _CELL].reshape(rows, _CELL, columns, _CELL).mean(axis=(1, 3))
    return float((cells > _DRAWN).mean())


def _colours(pixels: NDArray[np.int_]) -> NDArray[np.float64]:
    """Share of each of 512 colours."""
    red, green, blue = (pixels[..., channel] // 32 for channel in range(3))
    return np.bincount((64 * red + 8 * green + blue).ravel(), minlength=512) / red.size
