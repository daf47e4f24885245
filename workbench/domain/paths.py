"""Where the data files that ship with the product lie."""

from __future__ import annotations

import os
from pathlib import Path

MODEL_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
"""What a fine-tuned network may be called: nothing that could lead out of its folder."""


def data_dir() -> Path:
    """The folder of shipped data: `workbench/_data` in an installed wheel, else `data/` of the repository."""
    package = Path(__file__).resolve().parent.parent
    packed = package / "_data"
    return packed if packed.is_dir() else package.parent / "data"


def is_file(path: str | Path) -> bool:
    """Whether a path is a file; False for one that no system could have, too long or with a NUL byte.

    Examples
    --------
    >>> is_file(__file__), is_file("x" * 5000), is_folder("x" + chr(0))
    (True, False, False)
    """
    try:
        return Path(path).is_file()
    except (OSError, ValueError):
        return False


def is_folder(path: str | Path) -> bool:
    """Whether a path is a folder; False for one that no system could have."""
    try:
        return Path(path).is_dir()
    except (OSError, ValueError):
        return False


def home_dir() -> Path:
    """The user's own folder: the environment variable `BEATSFOUNDRY_HOME`, else `~/.beatsfoundry`."""
    stated = os.environ.get("BEATSFOUNDRY_HOME")
    return Path(stated).expanduser() if stated else Path.home() / ".beatsfoundry"


def workspace() -> Path:
    """The folder that holds `runs/`: the nearest one at or above the current folder with a pyproject.toml or runs/.

    So a notebook in `notebooks/` and a command in the root write to the same store.
    """
    here = Path.cwd()
    marks = ("runs", "pyproject.toml")
    return next((folder for folder in (here, *here.parents) if any((folder / mark).exists() for mark in marks)), here)
