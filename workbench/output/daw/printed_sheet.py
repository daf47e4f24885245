"""A lead sheet as PDF: what MuseScore, a program of its own (GPL), prints of the MusicXML that we write."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from workbench.domain.errors import OutputError
from workbench.output.daw import lead_sheet
from workbench.output.daw.session import DawSession

PROGRAMS = ("mscore4", "musescore4", "mscore", "musescore", "mscore3", "musescore3", "mscore4portable")
"""What MuseScore is called; the first that is installed prints."""
_LONGEST_SECONDS = 120.0
_TRIES = 2
"""MuseScore 3 ends by a signal now and then as it closes."""


def documents(session: DawSession, version: str) -> Mapping[str, bytes]:
    """The printed sheet. MuseScore writes the date into it: it is not the same bytes twice.

    Raises
    ------
    OutputError
        If MuseScore is not installed, or prints nothing.
    ParameterError
        If the song has no melody.
    """
    sheet = lead_sheet.documents(session, version)["{name}.musicxml"]
    program = next((path for name in PROGRAMS if (path := shutil.which(name))), None)
    if program is None:
        raise OutputError("a printed lead sheet needs MuseScore, which is not installed: expected --daw musicxml")
    with tempfile.TemporaryDirectory(prefix="beatsfoundry-sheet-") as scratch:
        return {"{name}.pdf": _printed(program, sheet, Path(scratch))}


def _printed(program: str, sheet: bytes, folder: Path) -> bytes:
    source, target = folder / "sheet.musicxml", folder / "sheet.pdf"
    source.write_bytes(sheet)
    # Its settings are its own: without a screen, and without a first start that asks.
    environment = {**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "QT_QPA_PLATFORM": "offscreen"}
    for _ in range(_TRIES):
        try:
            subprocess.run(
                [program, "-o", str(target), str(source)], env=environment, capture_output=True, check=False,
                timeout=_LONGEST_SECONDS,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            raise OutputError(f"{Path(program).name} printed no lead sheet: {type(error).__name__}") from None
        if target.is_file() and target.stat().st_size > 0:
            return target.read_bytes()
    raise OutputError(f"{Path(program).name} printed no lead sheet")
