"""Matplotlib figures as pictures that a notebook keeps, and shows on dark paper where its theme is dark."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from IPython.display import Image

if TYPE_CHECKING:
    from matplotlib.figure import Figure

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
        The picture.
    alt
        Tells what it shows to those who cannot see it.
    """

    def __init__(self, png: bytes, *, alt: str | None = None) -> None:
        super().__init__(data=png, format="png", alt=alt, embed=True)  # type: ignore[no-untyped-call]

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        """As PNG for whatever exports a notebook, and as HTML for whoever looks at it."""
        data, metadata = super()._repr_mimebundle_(include, exclude)  # type: ignore[no-untyped-call]
        source = f"data:image/png;base64,{data['image/png'].strip()}"
        html = f'{_STYLE}<img class="bf-figure" alt="{escape(self.alt or "")}" src="{source}">'
        return {**data, "text/html": html}, metadata


def embedded(figure: Figure, *, alt: str | None = None) -> Picture:
    """A figure as a PNG that is stored in the notebook itself; `alt` describes it to those who cannot see it."""
    from workbench.output.figures.drawing import to_png

    return Picture(to_png(figure), alt=alt)
