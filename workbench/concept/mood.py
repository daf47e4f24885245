"""Mood: words of feeling in free text as valence and arousal, each -1 to 1.

The axes are those of Russell's circumplex ("A circumplex model of affect", 1980): valence from sad to happy, arousal
from still to excited. A hand-made lexicon of musical mood words leads. Where a text holds none of them, a table of
3,300 everyday words helps out with less weight: a ridge regression rated them (`training/tools/mood_words.py`), fitted
on the lexicon and on EmoBank (Buechel and Hahn, "EmoBank: Studying the impact of annotation perspective and
representation format on dimensional emotion analysis", EACL 2017, CC BY-SA 4.0), over wordllama's embeddings (MIT).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from workbench.concept.phrases import Hit, compile_phrases, find_phrases, join_words, normalise
from workbench.domain.data_files import read_shipped

ESTIMATE_WEIGHT = 0.2
"""A word that is only in the table counts this often against a word of the lexicon."""

_OF_THE_TRADE = frozenset(
    ["chords", "delay", "delays", "echo", "echoes", "hats", "kick", "kicks", "leads", "left", "right", "riff", "riffs"]
)
"""Names of elements, drums and effects, which are no feelings, whatever the table thinks of kicks."""

_POINTED = 0.4
"""From here on a word points clearly to one side of an axis."""

_OPPOSED = 0.45
"""Two words contradict each other from here on, on either side of an axis."""

MOOD_FIELD_WEIGHT = 2.0
"""Words of the field "mood" count this often against words of the concept."""


@dataclass(frozen=True, slots=True)
class Mood:
    """A place in the plane of feeling. `weight` says how much was found (0 nothing); `words` are what it stands on.

    The conflicts tell of words that pull against each other on an axis ("happy" and "sad"): this is their middle.
    """

    valence: float
    arousal: float
    weight: float
    words: tuple[str, ...]
    valence_conflict: str = ""
    arousal_conflict: str = ""

    def blend(self, valence: float, arousal: float) -> tuple[float, float]:
        """Mix with a prior: one word counts for two thirds, several for more, none for nothing.

        A word that points the way of the prior never pulls it back: "hard" does not calm what is harder by itself.
        """
        share = self.weight / (self.weight + 0.5)
        return _blended(self.valence, valence, share), _blended(self.arousal, arousal, share)

    def describe(self) -> str:
        """The words in quotes, for a sentence."""
        return join_words([f"'{word}'" for word in self.words])


def _blended(felt: float, usual: float, share: float) -> float:
    mixed = share * felt + (1 - share) * usual
    if felt >= _POINTED and usual > felt:
        return usual
    return _clip(usual if felt <= -_POINTED and usual < felt else mixed)


@cache
def load_lexicon() -> Mapping[str, tuple[float, float]]:
    """Mood words and their (valence, arousal)."""
    return {
        normalise(str(word)): (float(v), float(a))
        for word, (v, a) in read_shipped("workbench.concept", "mood.yaml")["words"].items()
    }


@cache
def lexicon_pattern() -> re.Pattern[str]:
    """Finds words of feeling."""
    return compile_phrases(load_lexicon())


@cache
def load_table() -> Mapping[str, tuple[float, float]]:
    """Everyday words outside the lexicon and their estimated (valence, arousal)."""
    with resources.files("workbench.concept").joinpath("mood_words.npz").open("rb") as file:
        data = np.load(file, allow_pickle=False)
        words, scores = bytes(data["words"]).decode().split(" "), data["scores"] / 100.0
    rated = {word: (valence, arousal) for word, (valence, arousal) in zip(words, scores.tolist(), strict=True)}
    return {word: place for word, place in rated.items() if word not in load_lexicon()}


_Felt = tuple[str, float, float, float]


def read_mood(concept: str, mood: str | None = None) -> Mood:
    """Read valence and arousal from the concept and the stated mood.

    A negated word counts half and the other way round ("not sad"); "very" and "slightly" scale.

    Examples
    --------
    >>> read_mood("a calm, peaceful morning").arousal < -0.5
    True
    """
    found = _read(concept, 1.0) + _read(mood or "", MOOD_FIELD_WEIGHT)
    total = sum(weight for _, weight, _, _ in found)
    if not found:
        return Mood(0.0, 0.0, 0.0, ())
    valence = sum(weight * value for _, weight, value, _ in found) / total
    arousal = sum(weight * value for _, weight, _, value in found) / total
    words = tuple(dict.fromkeys(word for word, *_ in found))
    return Mood(_clip(valence), _clip(arousal), total, words, _conflict(found, 2), _conflict(found, 3))


def _conflict(found: list[_Felt], axis: int) -> str:
    """Two words on opposite sides of an axis, in a sentence; estimated words are too weak for it."""
    ordered = sorted((felt for felt in found if felt[1] >= 1.0), key=lambda felt: float(felt[axis]))
    if ordered and float(ordered[0][axis]) <= -_OPPOSED and float(ordered[-1][axis]) >= _OPPOSED:
        return f"'{ordered[-1][0]}' pulls against '{ordered[0][0]}', so that the middle is taken"
    return ""


def _read(text: str, weight: float) -> list[_Felt]:
    """Words of feeling with weight, valence and arousal: those of the lexicon, or else those of the table."""
    plain = normalise(text)
    hits = find_phrases(plain, lexicon_pattern())
    if hits:
        return [(f"not {hit.phrase}" if hit.negated else hit.phrase, weight, *_felt(hit)) for hit in hits]
    table = load_table()
    known = [word for word in re.findall(r"[a-z]+", plain) if word in table and word not in _OF_THE_TRADE]
    return [(word, weight * ESTIMATE_WEIGHT, *table[word]) for word in known]


def _felt(hit: Hit) -> tuple[float, float]:
    factor = hit.strength * (-0.5 if hit.negated else 1.0)
    valence, arousal = load_lexicon()[hit.phrase]
    return valence * factor, arousal * factor


def _clip(value: float) -> float:
    return max(-1.0, min(1.0, value))
