"""Which songs belong together, and on which side of the split they stand."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workbench.domain.errors import ParameterError
from workbench.domain.request import GenerationRequest
from workbench.domain.score import Score

SPLITS = ("train", "validation", "test")


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares of the groups that validate and test, 0..1 each; the rest trains."""

    validation: float = 0.1
    test: float = 0.1

    def __post_init__(self) -> None:
        if min(self.validation, self.test) < 0.0 or self.validation + self.test >= 1.0:
            raise ParameterError(
                f"shares of validation {self.validation:g} and test {self.test:g}: expected 0 or more, below 1 together"
            )


def score_signature(score: Score) -> npt.NDArray[np.uint32]:
    """The signature (128,) of a song by the bars of all its parts."""
    from workbench.analysis.near_duplicates import bar_shingles, signature_of

    return signature_of(
        bar_shingles(
            [note.onset_beats for note in part.notes], [note.pitch for note in part.notes], score.metre.bar_beats
        )
        for part in score.parts.values()
    )


def material_of(request: GenerationRequest) -> str:
    """What two requests have in common that may give the same song in other clothes: the concept and the seed."""
    return f"{request.options.seed} {request.parameters.creative.concept}"


def joined_groups(names: Sequence[str], signatures: npt.NDArray[np.uint32], materials: Sequence[str]) -> dict[str, str]:
    """The group of each song, called after its first member: near duplicates, and songs of the same material."""
    from workbench.analysis.near_duplicates import near_duplicate_groups

    parent = {name: name for name in names}

    def root(name: str) -> str:
        while parent[name] != name:
            name = parent[name]
        return name

    for labels in (near_duplicate_groups(signatures).tolist(), materials):
        first: dict[object, str] = {}
        for label, name in zip(labels, names, strict=True):
            one, other = root(first.setdefault(label, name)), root(name)
            parent[max(one, other)] = min(one, other)
    return {name: root(name) for name in names}


def split_groups(groups: Mapping[str, str], shares: Shares) -> dict[str, str]:
    """The side of each song: groups in the order of their hashes, the first test, the next validate, the others train.

    Each side with a share gets one group at least, where there are three or more.

    Examples
    --------
    >>> sides = split_groups({str(number): str(number) for number in range(10)}, Shares(0.2, 0.1))
    >>> [list(sides.values()).count(name) for name in ("train", "validation", "test")]
    [7, 2, 1]
    """
    ordered = sorted(set(groups.values()), key=lambda name: hashlib.sha256(name.encode()).digest())
    count = len(ordered)
    enough = count >= len(SPLITS)
    tests = max(round(shares.test * count), int(enough and shares.test > 0))
    validations = max(round(shares.validation * count), int(enough and shares.validation > 0))
    side = {
        name: "test" if place < tests else "validation" if place < tests + validations else "train"
        for place, name in enumerate(ordered)
    }
    return {name: side[group] for name, group in groups.items()}
