"""Addresses of databases in folders of any name.

In an address "?" begins a query, "#" a fragment and "%20" is a space; MLflow and SQLAlchemy take addresses apart at
several places, and not all put them together again alike. A folder whose path holds such signs is reached through a
link of a plain name in the user's folder.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path

from workbench.domain.errors import TrackingError
from workbench.domain.paths import home_dir

_SQLITE = "sqlite:///"
_MEANS_MORE = re.compile(r"[?#%]")


def sqlite_address(path: Path) -> str:
    """The address of a SQLite database; its folder need not be there yet.

    Raises
    ------
    TrackingError
        If the folder's name needs a link and none can be made.

    Examples
    --------
    >>> sqlite_address(Path("/srv/runs/mlflow.db"))
    'sqlite:////srv/runs/mlflow.db'
    """
    place = path.expanduser().absolute()
    folder = _link_to(place.parent) if _MEANS_MORE.search(str(place.parent)) else place.parent
    return f"{_SQLITE}{folder / place.name}"


def sqlite_path(address: str) -> Path | None:
    """Where the database of an address lies, links followed; None for other addresses.

    Examples
    --------
    >>> str(sqlite_path("sqlite:////srv/runs/mlflow.db")), sqlite_path("http://127.0.0.1:5000")
    ('/srv/runs/mlflow.db', None)
    """
    return Path(address.removeprefix(_SQLITE)).expanduser().resolve() if address.startswith(_SQLITE) else None


def _link_to(folder: Path) -> Path:
    """A link that leads to a folder and has nothing in its own path that would mean more than it says."""
    roots = (home_dir() / "links", Path(tempfile.gettempdir()) / f"beatsfoundry-{os.getuid()}" / "links")
    root = next((root for root in roots if not _MEANS_MORE.search(str(root.absolute()))), None)
    if root is None:
        raise TrackingError(f"{folder}: a database cannot be reached in a folder of this name: rename it without ? # %")
    link = root.absolute() / hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    try:
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not link.is_symlink() or Path(os.readlink(link)) != folder:
            made = link.with_name(f".{link.name}.{os.getpid()}")
            made.unlink(missing_ok=True)
            made.symlink_to(folder, target_is_directory=True)
            made.replace(link)
    except OSError as error:
        raise TrackingError(f"{folder}: no link to it can be made in {root} ({error.strerror or error})") from None
    return link
