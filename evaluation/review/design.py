"""Blind sessions: what is heard in which order under which letter. Whoever listens sees letters alone.

AB asks which of two versions is preferred, ABX whether X is A or B (a difference is heard or it is not), and the
MUSHRA-like session (after ITU-R BS.1534) rates several versions from 0 to 100 beside an open reference, with the
reference and a low-passed anchor hidden among them. Sounds are cut to the same stretch and matched in loudness.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from evaluation.degradations import muffled
from workbench.analysis.levels import LONGEST_SECONDS, at_equal_loudness
from workbench.domain.audio import Audio, check_audible
from workbench.domain.errors import ParameterError
from workbench.domain.seeding import generator

Kind = Literal["ab", "abx", "mushra"]
Item = Mapping[str, Audio]
"""One piece of music: its sound by version."""

REFERENCE, ANCHOR = "reference", "anchor"
_LETTERS = "ABCDEFGH"
_ANCHOR_OCTAVES = 2.5146
"""Octaves below 20 kHz at which the anchor is cut: 3.5 kHz, as BS.1534 says."""


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """One question. `versions` tells by letter what is heard; `open` is a sound that is named (the reference), if any.

    In ABX the letter X stands for the version of one of the others.
    """

    item: str
    versions: Mapping[str, str]
    sounds: Mapping[str, Audio]
    open: Audio | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Session:
    """The trials of one reviewer in their order."""

    kind: Kind
    name: str
    reviewer: str
    trials: tuple[Trial, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a reviewer said to one trial.

    `choice` is the version chosen (AB), or the one that X was said to be (ABX); `truth` is what X was; `ratings` are
    0 to 100 by version (MUSHRA). `heard_seconds` tells how long each version was listened to.
    """

    session: str
    kind: Kind
    reviewer: str
    item: str
    trial: int
    choice: str = ""
    truth: str = ""
    ratings: Mapping[str, float] | None = None
    comment: str = ""
    heard_seconds: Mapping[str, float] | None = None


def ab_session(
    items: Mapping[str, Item], *, name: str, reviewer: str, seed: int = 0, repeats: int = 1,
    longest_seconds: float = LONGEST_SECONDS,
) -> Session:  # fmt: skip
    """Which of two versions is preferred: each item `repeats` times, with both orders equally often where possible.

    Parameters
    ----------
    items
        By name: two versions of one piece, by the versions' names, which must be the same throughout.
    name, reviewer
        Of the session, and of who listens; seed, name and reviewer give order and letters.
    """
    return _paired("ab", items, name, reviewer, seed, repeats, longest_seconds)


def abx_session(
    items: Mapping[str, Item], *, name: str, reviewer: str, seed: int = 0, repeats: int = 4,
    longest_seconds: float = LONGEST_SECONDS,
) -> Session:  # fmt: skip
    """Whether a difference is heard: X is one of the two, and each is X equally often where possible."""
    return _paired("abx", items, name, reviewer, seed, repeats, longest_seconds)


def mushra_session(
    items: Mapping[str, Item], *, name: str, reviewer: str, seed: int = 0, longest_seconds: float = LONGEST_SECONDS
) -> Session:
    """How good versions are beside an open reference: each item needs a version called "reference".

    A low-passed anchor is added, and the reference is hidden once more among the letters.
    """
    trials = []
    for item, versions in items.items():
        if REFERENCE not in versions or len(versions) < 2 or len(versions) >= len(_LETTERS):
            raise ParameterError(f"item {item!r}: expected {REFERENCE!r} and one to six versions beside it")
        check_audible(versions)
        whole = {**versions, ANCHOR: muffled(versions[REFERENCE], _ANCHOR_OCTAVES)}
        sounds = at_equal_loudness(whole, longest_seconds=longest_seconds, together=True)
        order = generator(seed, name, reviewer, item).permutation(sorted(sounds))
        letters = dict(zip(_LETTERS, map(str, order), strict=False))
        trials.append(
            Trial(item, letters, {letter: sounds[version] for letter, version in letters.items()}, sounds[REFERENCE])
        )
    return Session("mushra", name, reviewer, _shuffled(trials, seed, name, reviewer))


def _paired(
    kind: Kind, items: Mapping[str, Item], name: str, reviewer: str, seed: int, repeats: int, longest_seconds: float
) -> Session:
    names = {tuple(sorted(versions)) for versions in items.values()}
    if len(names) != 1 or len(next(iter(names))) != 2:
        raise ParameterError("session: expected the same two versions of every item")
    trials = []
    turns = _balanced(len(items) * repeats, seed, name, reviewer)
    for item, versions in items.items():
        sounds = at_equal_loudness(versions, longest_seconds=longest_seconds, together=True)
        first, second = sorted(versions)
        for _ in range(repeats):
            turned, other = turns.pop(), generator(seed, name, reviewer, item, len(turns)).random() < 0.5
            letters = {"A": second, "B": first} if (turned if kind == "ab" else other) else {"A": first, "B": second}
            if kind == "abx":
                letters["X"] = second if turned else first
            trials.append(Trial(item, letters, {letter: sounds[version] for letter, version in letters.items()}))
    return Session(kind, name, reviewer, _shuffled(trials, seed, name, reviewer))


def _balanced(count: int, *names: Any) -> list[bool]:
    """As many True as False, or one more of either, in a random order."""
    rng = generator(0, *map(str, names), "turns")
    turns = [index % 2 == 0 for index in range(count)]
    if count % 2 and rng.random() < 0.5:
        turns = [not turn for turn in turns]
    return [turns[index] for index in rng.permutation(count)]


def _shuffled(trials: Sequence[Trial], seed: int, name: str, reviewer: str) -> tuple[Trial, ...]:
    return tuple(trials[index] for index in generator(seed, name, reviewer, "order").permutation(len(trials)))
