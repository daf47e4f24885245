"""How results show themselves in a notebook: the classes stay plain, what draws them is found by name."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_DRAWN_BY = "workbench.output.report.showing"
# Named, not imported: what draws stands above the words, and only a notebook needs it.


class Shown:
    """A value that a notebook shows as the last line of a cell: one line as text, and a page that plays by itself."""

    __slots__ = ()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        bundle: dict[str, str] = import_module(_DRAWN_BY).mime_bundle(self)
        return bundle
