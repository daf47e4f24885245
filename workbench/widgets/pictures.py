"""Matplotlib figures as pictures that a notebook keeps, and shows on dark paper where its theme is dark."""

from __future__ import annotations

import base64
import io
from html import escape
from typing import TYPE_CHECKING, Any

from IPython.display import Image
from PIL import Image as Pixels

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_LARGE_BYTES = 150_000
_STYLE = (
    "<style>.bf-figure { max-width: 100%; } [data-jp-theme-light='false'] .bf-figure, .vscode-dark .bf-figure "
    "{ filter: invert(.9) hue-rotate(180deg); }</style>"
)
"""Lightness is turned round, hues stay: an element keeps its colour."""


class Picture(Image):
    """A PNG that lies in the notebook; the page's theme decides whether its paper is light or dark.

    Parameters
    ----------
    png
        The picture; beyond 150 kB it is kept in 256 colors.
    alt
        Tells what it shows to those who cannot see it.
    """

    def __init__(self, png: bytes, *, alt: str | None = None) -> None:
        super().__init__(data=_small(png), format="png", alt=alt, embed=True)  # type: ignore[no-untyped-call]
        self._page = _webp(png)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        """As PNG for whatever exports a notebook, and as HTML for whoever looks at it."""
        data, metadata = super()._repr_mimebundle_(include, exclude)  # type: ignore[no-untyped-call]
        source = f"data:image/webp;base64,{base64.b64encode(self._page).decode()}"
        html = f'{_STYLE}<img class="bf-figure" alt="{escape(self.alt or "")}" src="{source}">'
        return {**data, "text/html": html}, metadata


def _small(png: bytes) -> bytes:
    """The picture in 256 colors where it is large, as spectrograms are; that takes a third of the bytes."""
    if len(png) <= _LARGE_BYTES:
        return png
    out = io.BytesIO()
    Pixels.open(io.BytesIO(png)).convert("RGB").quantize(256).save(out, "PNG", optimize=True)
    return out.getvalue()


def _webp(png: bytes) -> bytes:
    """The picture as WebP: without loss, but for a large one."""
    out = io.BytesIO()
    lossless = len(png) <= _LARGE_BYTES
    Pixels.open(io.BytesIO(png)).convert("RGB").save(out, "WEBP", lossless=lossless, quality=90)
    return out.getvalue()


def embedded(figure: Figure, *, alt: str | None = None) -> Picture:
    """A figure as a PNG that is stored in the notebook itself; `alt` describes it to those who cannot see it."""
    from workbench.output.figures.drawing import to_png

    return Picture(to_png(figure), alt=alt)
