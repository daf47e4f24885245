"""The formats that a session can be written in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from workbench.domain.errors import unknown_name
from workbench.output.daw import ableton, ardour, dawproject, hydrogen, lead_sheet, lmms, printed_sheet, reaper
from workbench.output.daw.session import DawSession

Documents = Callable[[DawSession, str], Mapping[str, bytes]]
"""A session and the version of BeatsFoundry to the files beside the stems; `{name}` in a path is the session's name."""


@dataclass(frozen=True, slots=True)
class SessionFormat:
    """A format: the suffix of its session file, how it is packed, and where its stems lie (None: it takes none)."""

    suffix: str
    packing: Literal["zip", "folder", "file"]
    media: str | None
    documents: Documents


FORMATS: Mapping[str, SessionFormat] = {
    "dawproject": SessionFormat(".dawproject", "zip", dawproject.MEDIA, dawproject.documents),
    "reaper": SessionFormat(".rpp", "folder", reaper.MEDIA, reaper.documents),
    "ableton": SessionFormat(".als", "folder", ableton.MEDIA, ableton.documents),
    "ardour": SessionFormat(".ardour", "folder", ardour.MEDIA, ardour.documents),
    "lmms": SessionFormat(".mmp", "file", None, lmms.documents),
    "hydrogen": SessionFormat(".h2song", "file", None, hydrogen.documents),
    "musicxml": SessionFormat(".musicxml", "file", None, lead_sheet.documents),
    "pdf": SessionFormat(".pdf", "file", None, printed_sheet.documents),
}
"""Formats by the name that `--daw` takes."""


def find_format(name: str) -> SessionFormat:
    """The format of a name.

    Raises
    ------
    ParameterError
        If there is none.
    """
    if name not in FORMATS:
        raise unknown_name("daw", name, FORMATS)
    return FORMATS[name]
