"""Where the user's store lies, and how large it may become."""

from __future__ import annotations

import os
from pathlib import Path

from workbench.domain.errors import OutputError, ParameterError
from workbench.domain.paths import home_dir
from workbench.store.store import Store

DEFAULT_LIMIT_BYTES = 4_000_000_000
SMALLEST_LIMIT_BYTES = 1_000_000
_LIMIT_FILE = "limit"


def store_folder() -> Path:
    """The folder that the environment variable `BEATSFOUNDRY_CACHE` names, else `cache/stages` in the user's own."""
    stated = os.environ.get("BEATSFOUNDRY_CACHE")
    return Path(stated).expanduser() if stated else home_dir() / "cache" / "stages"


def open_store(folder: str | Path | None = None) -> Store:
    """The user's store, or the one in a folder, with the limit that was set for it; nothing is written yet.

    Parameters
    ----------
    folder : path, optional
        `store_folder()` by default.

    Returns
    -------
    Store
        Of at most 4 GB where no limit was set.

    Examples
    --------
    >>> open_store("absent").limit_bytes
    4000000000
    """
    place = Path(folder).expanduser() if folder else store_folder()
    try:
        limit = int((place / _LIMIT_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        limit = DEFAULT_LIMIT_BYTES
    return Store(place, limit)


def set_limit(limit_bytes: int, folder: Path | None = None) -> Store:
    """Set how many bytes the store may hold, and make room at once if it holds more.

    Raises
    ------
    ParameterError
        If the limit is below 1 MB.
    OutputError
        If the folder cannot be written.
    """
    if limit_bytes < SMALLEST_LIMIT_BYTES:
        raise ParameterError(f"cache limit: expected at least 1 MB, got {limit_bytes} bytes; --no-cache does without")
    place = folder or store_folder()
    try:
        place.mkdir(parents=True, exist_ok=True)
        (place / _LIMIT_FILE).write_text(f"{limit_bytes}\n", encoding="utf-8")
    except OSError as error:
        raise OutputError(f"folder {place} cannot be written: {error.strerror or error}") from None
    store = Store(place, limit_bytes)
    store.make_room(0)
    return store
