"""Drafts beside their places, known as living or dead by a lock that the system lets go when a process ends.

A process that is killed leaves its draft behind. Whoever writes beside it next takes the draft's lock, if no living
process holds it, and clears it away.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

LOCK = "lock"
REPLACED = "replaced"
"""What a draft calls a folder that it moved aside: it goes back where its place is empty."""
_RANDOM = 8
"""Characters that `tempfile.mkdtemp` adds."""


@contextlib.contextmanager
def draft_beside(target: Path) -> Iterator[Path]:
    """A new, locked folder beside `target`, gone at the end; drafts there of dead processes are cleared away first.

    Raises
    ------
    OSError
        If it cannot be made.
    """
    sweep(target.parent)
    draft = Path(tempfile.mkdtemp(prefix=f".{target.name[:80]}-", dir=target.parent))
    held = None
    try:
        held = claim(draft / LOCK)
        os.write(held, os.fsencode(target.name))
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        if held is not None:
            os.close(held)


def sweep(folder: Path) -> None:
    """Clear away the drafts in a folder whose processes are dead; what one of them had moved aside goes back."""
    with contextlib.suppress(OSError):
        for lock in folder.glob(f".*-{'?' * _RANDOM}/{LOCK}"):
            with abandoned(lock) as dead:
                if dead:
                    _clear(lock.parent)


def claim(path: Path) -> int:
    """Make a file that is locked for as long as this process lives, or until the returned descriptor is closed.

    It gets its name once it is locked, so that nobody finds it unlocked in between.
    """
    made = path.with_name(f".{path.name}.{os.getpid()}")
    held = os.open(made, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        made.rename(path)
    except OSError:
        os.close(held)
        raise
    return held


@contextlib.contextmanager
def abandoned(path: Path) -> Iterator[bool]:
    """Whether the process that claimed a file is dead; if so, the file is ours until the end of the block."""
    try:
        held = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        yield False
        return
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        dead = path.exists()
    except OSError:
        dead = False
    try:
        yield dead
    finally:
        os.close(held)


def _clear(draft: Path) -> None:
    target = draft.with_name(os.fsdecode((draft / LOCK).read_bytes()) or draft.name)
    if (draft / REPLACED).exists() and not target.exists():
        (draft / REPLACED).rename(target)
    shutil.rmtree(draft, ignore_errors=True)
