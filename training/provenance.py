"""Where weights come from: the very data, the state of the code, and the machine's arithmetic."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from training.dataset import EncodedPart


def data_hash(parts: Sequence[EncodedPart]) -> str:
    """The sha256 of everything that is trained and validated on, as the network is given it."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(f"{part.corpus}/{part.song_id}/{part.split}".encode(errors="surrogateescape"))
        for table in (part.rows, part.conditioning.prefix):
            digest.update(np.ascontiguousarray(table).tobytes())
    return digest.hexdigest()


def git_revision() -> str | None:
    """The commit of this code, with "-dirty" where files differ from it; None outside of a checkout."""
    command = ["git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        done = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() or None if done.returncode == 0 else None
