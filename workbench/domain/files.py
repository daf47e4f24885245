"""Atomic writing: a file or a folder appears whole, or what was there stays as it was."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from workbench.domain.drafts import REPLACED, draft_beside

_CONTENT = "content"


@contextlib.contextmanager
def replaced_file(path: Path) -> Iterator[Path]:
    """A place to write a file to; at the end of the block it replaces `path`, unless the block raised.

    The place carries the file's own name, so that its suffix may decide the format. The folder must be there.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    with draft_beside(path) as draft:
        yield draft / path.name
        (draft / path.name).replace(path)


@contextlib.contextmanager
def atomic_file(path: Path) -> Iterator[Path]:
    """As `replaced_file`; the parent folders are made.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    with parents_made(path), replaced_file(path) as place:
        yield place


@contextlib.contextmanager
def atomic_folder(path: Path) -> Iterator[Path]:
    """An empty folder to fill; at the end of the block it replaces the folder `path`, unless the block raised.

    The parent folders are made. A folder that was there is gone only once the new one stands in its place.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    with parents_made(path), draft_beside(path) as draft:
        content = draft / _CONTENT
        content.mkdir()
        yield content
        swap_folder(content, path, draft / REPLACED)


@contextlib.contextmanager
def parents_made(path: Path) -> Iterator[None]:
    """The parent folders of `path` stand during the block; if it raises, those that were made for it go again.

    Raises
    ------
    OSError
        If they cannot be made.
    """
    stood = nearest_folder(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        for parent in path.parents:
            if parent == stood or not parent.is_dir() or any(parent.iterdir()):
                break
            parent.rmdir()
        raise


def nearest_folder(path: Path) -> Path:
    """The closest ancestor that exists."""
    return next(parent for parent in path.parents if parent.exists())


def swap_folder(content: Path, path: Path, aside: Path) -> None:
    """Rename a folder to `path`; one that was there is moved aside, and comes back if the renaming fails."""
    if path.exists():
        path.rename(aside)
    try:
        content.rename(path)
    except OSError:
        if aside.exists():
            aside.rename(path)
        raise


def write_text_atomically(path: Path, text: str) -> None:
    """Write a text file in UTF-8, whole or not at all.

    What has no UTF-8, as bytes of file names from other systems, is escaped as JSON does: it reads back the same.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    with atomic_file(path) as place:
        place.write_text(text, encoding="utf-8", errors="backslashreplace")
