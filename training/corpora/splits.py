"""Which songs train and which validate: decided by hashes, so that the same song falls on the same side anywhere."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Literal

Split = Literal["train", "validation"]


def share_of(text: str) -> float:
    """A steady number in [0, 1) from a text.

    Examples
    --------
    >>> 0.0 <= share_of("a song") < 1.0
    True
    """
    return hashlib.sha256(text.encode()).digest()[0] / 256


def split_by_name(name: str, validation_share: float = 0.12) -> Split:
    """The side of a file or title; the same name in two folders falls on the same side."""
    return "validation" if share_of(name) < validation_share else "train"


def source_split(song_id: str) -> Literal["train", "validation", "test"]:
    """The side of a POP909 or Billboard song ("pop909_001", "billboard_0003"), wherever it was downloaded from.

    One rule for all the sets that are made of these songs, so that a melody, its chords and an accompaniment made over
    them do not leak into each other: of 100 buckets of SHA-1 five are for tests and five for validation.

    Examples
    --------
    >>> source_split("pop909_001"), source_split("pop909_022")
    ('train', 'validation')
    """
    bucket = int(hashlib.sha1(song_id.encode(), usedforsecurity=False).hexdigest(), 16) % 100
    return "test" if bucket < 5 else "validation" if bucket < 10 else "train"


def split_by_content(digests: Sequence[str], validation_share: float = 0.15) -> list[Split]:
    """Sides for files by the hash of their content (hexadecimal): equal contents share a side.

    Where there are two contents or more, each side gets at least one.

    Examples
    --------
    >>> split_by_content(["ff", "80", "ff"])
    ['train', 'validation', 'train']
    """
    contents = sorted(set(digests))
    border = sum(int(digest[:8].ljust(8, "0"), 16) / 16**8 < validation_share for digest in contents)
    border = min(max(border, 1), len(contents) - 1) if len(contents) > 1 else 0
    held_out = set(contents[:border])
    return ["validation" if digest in held_out else "train" for digest in digests]
