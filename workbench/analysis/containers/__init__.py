"""What real files do to their containers, set right before libsndfile decodes them.

Each module looks at one family of files and says how its sound is to be read: as it is (None), or as a `Mended`.
Nothing is decoded here, and nothing beyond the bytes that a container calls sound is ever passed on.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from workbench.analysis.containers import flac, mpeg, ogg, wave
from workbench.analysis.containers.spliced import Mended

__all__ = ["Mended", "foreign_format", "mend"]

_FOREIGN = (
    (4, b"ftyp", "an MP4 or M4A file"),
    (0, bytes.fromhex("3026b2758e66cf11"), "a WMA file"),
    (0, bytes.fromhex("1a45dfa3"), "a Matroska or WebM file"),
    (0, b"MAC ", "a Monkey's Audio file"),
    (0, b"wvpk", "a WavPack file"),
    (0, b"DSD ", "a DSD file"),
    (0, b"MThd", "a MIDI file"),
    (0, b"%PDF", "a PDF file"),
    (0, b"PK\3\4", "a ZIP archive"),
    (0, bytes.fromhex("00051607"), "what macOS stores beside a file (AppleDouble)"),
)


def mend(path: Path) -> tuple[BinaryIO, Mended | None]:
    """The open file, and how to read its sound where its container says too little; the caller closes the file.

    Raises
    ------
    ValueError
        If the container contradicts itself in a way that would lose sound; the message is the reason.
    """
    file = path.open("rb")
    try:
        size = path.stat().st_size
        for family in (wave, flac, ogg, mpeg):
            file.seek(0)
            found = family.mend(file, size)
            if found is not None:
                return file, found
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file, None


def foreign_format(path: Path) -> str:
    """What a file is that holds no sound of a format that is read, in words; empty where that is not known."""
    with path.open("rb") as file:
        head = file.read(16)
    return next((name for place, magic, name in _FOREIGN if head[place:].startswith(magic)), "")
