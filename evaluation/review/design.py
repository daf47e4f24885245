"""Blind sessions: what is heard in which order under which letter. Whoever listens sees letters alone.

AB asks which of two versions is preferred, ABX whether X is A or B (a difference is heard or it is not), and the
MUSHRA-like session (after ITU-R BS.1534-3) rates several versions from 0 to 100 beside an open reference, with the
reference and two low-passed anchors hidden among them. An AB session may hold controls, in which one of the two is an
anchor: they tell who listens. Sounds are cut to the same stretch and matched in loudness.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from evaluation.degradations import muffled
from workbench.analysis.levels import LONGEST_SECONDS, at_equal_loudness
from workbench.domain.audio import Audio, check_audible
from workbench.domain.errors import ParameterError
from workbench.domain.seeding import generator

Kind = Literal["ab", "abx", "mushra"]
Item = Mapping[str, Audio]
"""One piece of music: its sound by version."""

REFERENCE, ANCHOR, MID_ANCHOR = "reference", "anchor", "mid anchor"
NO_PREFERENCE = "no preference"
_LETTERS = "ABCDEFGH"
_ANCHOR_OCTAVES = {ANCHOR: 2.5146, MID_ANCHOR: 1.5146}
"""Octaves below 20 kHz at which the anchors are cut: at 3.5 and 7 kHz, as BS.1534-3 says."""
_MOST_RATED = len(_LETTERS) - len(_ANCHOR_OCTAVES)


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """One question. `versions` tells by letter what is heard; `open` is a sound that is named (the reference), if any.

    In ABX the letter X stands for the version of one of the others.
    """

    item: str
    versions: Mapping[str, str]
    sounds: Mapping[str, Audio]
    open: Audio | None = None

    @property
    def digest(self) -> str:
        """What is heard, whatever it is called: 16 hexadecimal digits of the sounds by version."""
        by_version = {version: self.sounds[letter] for letter, version in self.versions.items()}
        whole = hashlib.sha256()
        for version in sorted(by_version):
            whole.update(f"{version} {by_version[version].sample_rate_hz} ".encode())
            whole.update(np.ascontiguousarray(by_version[version].samples).tobytes())
        return whole.hexdigest()[:16]


@dataclass(frozen=True, slots=True, eq=False)
class ListeningSession:
    """The trials of one reviewer in their order."""

    kind: Kind
    name: str
    reviewer: str
    trials: tuple[Trial, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a reviewer said to one trial.

    `choice` is the version chosen (AB) or `NO_PREFERENCE`, or the one that X was said to be (ABX); `truth` is what X
    was; `ratings` are 0 to 100 by version (MUSHRA). `heard_seconds` tells how long each version was listened to, and
    `digest` which sounds these were.
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
    digest: str = ""


def ab_session(
    items: Mapping[str, Item], *, name: str, reviewer: str, seed: int = 0, repeats: int = 1, controls: int = 0,
    longest_seconds: float = LONGEST_SECONDS,
) -> ListeningSession:  # fmt: skip
    """Which of two versions is preferred: each item `repeats` times, with both orders equally often where possible.

    Parameters
    ----------
    items
        By name: two versions of one piece, by the versions' names, which must be the same throughout.
    name, reviewer
        Of the session, and of who listens; seed, name and reviewer give order and letters.
    controls
        Questions that set a version beside itself without anything above 3.5 kHz. Whoever does not prefer the version
        in at least half of them is left out of the results.
    """
    session = _paired("ab", items, name, reviewer, seed, repeats, longest_seconds)
    if not controls:
        return session
    added = _controls(items, controls, seed, name, reviewer, longest_seconds)
    return replace(session, trials=_shuffled([*session.trials, *added], seed, name, reviewer, "with controls"))


def abx_session(
    items: Mapping[str, Item], *, name: str, reviewer: str, seed: int = 0, repeats: int = 4,
    longest_seconds: float = LONGEST_SECONDS,
) -> ListeningSession:  # fmt: skip
    """Whether a difference is heard: X is one of the two, and each is X equally often where possible."""
    return _paired("abx", items, name, reviewer, seed, repeats, longest_seconds)


def mushra_session(
    items: Mapping[str, Item], *, name: str, reviewer: str, seed: int = 0, longest_seconds: float = LONGEST_SECONDS
) -> ListeningSession:
    """How good versions are beside an open reference: each item needs a version called "reference".

    Two low-passed anchors are added, and the reference is hidden once more among the letters.
    """
    trials = []
    for item, versions in items.items():
        if REFERENCE not in versions or not 2 <= len(versions) <= _MOST_RATED:
            raise ParameterError(f"item {item!r}: expected {REFERENCE!r} and one to five versions beside it")
        check_audible(versions)
        anchors = {anchor: muffled(versions[REFERENCE], octaves) for anchor, octaves in _ANCHOR_OCTAVES.items()}
        whole = {**versions, **anchors}
        sounds = at_equal_loudness(whole, longest_seconds=longest_seconds, together=True)
        order = generator(seed, name, reviewer, item).permutation(sorted(sounds))
        letters = dict(zip(_LETTERS, map(str, order), strict=False))
        trials.append(
            Trial(item, letters, {letter: sounds[version] for letter, version in letters.items()}, sounds[REFERENCE])
        )
    return ListeningSession("mushra", name, reviewer, _shuffled(trials, seed, name, reviewer))


def _paired(
    kind: Kind, items: Mapping[str, Item], name: str, reviewer: str, seed: int, repeats: int, longest_seconds: float
) -> ListeningSession:
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
    return ListeningSession(kind, name, reviewer, _shuffled(trials, seed, name, reviewer))


def _controls(
    items: Mapping[str, Item], count: int, seed: int, name: str, reviewer: str, longest_seconds: float
) -> list[Trial]:
    """A version beside its anchor: items and versions in turn, letters by chance."""
    pairs = [(item, version) for item, versions in items.items() for version in sorted(versions)]
    trials = []
    for number in range(count):
        item, version = pairs[number % len(pairs)]
        sound = items[item][version]
        both = {version: sound, ANCHOR: muffled(sound, _ANCHOR_OCTAVES[ANCHOR])}
        level = at_equal_loudness(both, longest_seconds=longest_seconds, together=True)
        order = generator(seed, name, reviewer, "control", number).permutation([version, ANCHOR])
        letters = dict(zip("AB", map(str, order), strict=True))
        trials.append(Trial(item, letters, {letter: level[heard] for letter, heard in letters.items()}))
    return trials


def _balanced(count: int, *names: Any) -> list[bool]:
    """As many True as False, or one more of either, in a random order."""
    rng = generator(0, *map(str, names), "turns")
    turns = [index % 2 == 0 for index in range(count)]
    if count % 2 and rng.random() < 0.5:
        turns = [not turn for turn in turns]
    return [turns[index] for index in rng.permutation(count)]


def _shuffled(trials: Sequence[Trial], seed: int, name: str, reviewer: str, what: str = "order") -> tuple[Trial, ...]:
    return tuple(trials[index] for index in generator(seed, name, reviewer, what).permutation(len(trials)))
