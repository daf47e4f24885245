"""Matplotlib figures as pictures that a notebook keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.display import Image
    from matplotlib.figure import Figure


def embedded(figure: Figure, *, alt: str | None = None) -> Image:
    """A figure as a PNG that is stored in the notebook itself; `alt` describes it to those who cannot see it."""
    from IPython.display import Image

    from workbench.output.figures.drawing import to_png

    return Image(data=to_png(figure), format="png", alt=alt, embed=True)  # type: ignore[no-untyped-call]
