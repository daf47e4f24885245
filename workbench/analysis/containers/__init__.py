"""What real files do to their containers, set right before libsndfile decodes them.

Each module looks at one family of files and says how its sound is to be read: as it is (None), or as a `Mended`.
Nothing is decoded here, and nothing beyond the bytes that a container calls sound is ever passed on.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from workbench.analysis.containers import flac, mpeg, ogg, wave
from workbench.analysis.containers.spliced import Mended

__all__ = ["Mended", "mend"]


def mend(path: Path) -> tuple[BinaryIO, Mended | None]:
    """The open file, and how to read its sound where its container says too little.

    Parameters
    ----------
    path : Path
        Any file.

    Returns
    -------
    file : binary file
        The caller closes it.
    mended : Mended or None
        None where the file is read as it is.

    Raises
    ------
    ValueError
        If the container contradicts itself in a way that would lose sound; the message is the reason.

    Examples
    --------
    >>> from tempfile import NamedTemporaryFile
    >>> with NamedTemporaryFile(suffix=".txt") as other:
    ...     file, mended = mend(Path(other.name))
    ...     file.close()
    >>> mended is None
    True
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
