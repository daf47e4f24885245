"""Mood: words of feeling in free text as valence and arousal, each -1 to 1.

The axes are those of Russell's circumplex ("A circumplex model of affect", 1980): valence from sad to happy, arousal
from still to excited. A hand-made lexicon of musical mood words leads.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml

from workbench.concept.phrases import Hit, compile_phrases, find_phrases, join_words, normalise

MOOD_FIELD_WEIGHT = 2.0
"""Words of the field "mood" count this often against words of the concept."""


@dataclass(frozen=True, slots=True)
class Mood:
    """A place in the plane of feeling. `weight` says how much was found (0 nothing); `words` are what it stands on."""

    valence: float
    arousal: float
    weight: float
    words: tuple[str, ...]

    def blend(self, valence: float, arousal: float) -> tuple[float, float]:
        """Mix with a prior: one word counts for two thirds, several for more, none for nothing."""
        share = self.weight / (self.weight + 0.5)
        return (
            _clip(share * self.valence + (1 - share) * valence),
            _clip(share * self.arousal + (1 - share) * arousal),
        )

    def describe(self) -> str:
        """The words in quotes, for a sentence."""
        return join_words([f"'{word}'" for word in self.words])


@cache
def load_lexicon() -> Mapping[str, tuple[float, float]]:
    """Mood words and their (valence, arousal)."""
    text = resources.files("workbench.concept").joinpath("mood.yaml").read_text(encoding="utf-8")
    return {normalise(str(word)): (float(v), float(a)) for word, (v, a) in yaml.safe_load(text)["words"].items()}


@cache
def _pattern() -> re.Pattern[str]:
    return compile_phrases(load_lexicon())


def read_mood(concept: str, mood: str | None = None) -> Mood:
    """Read valence and arousal from the concept and the stated mood.

    A negated word counts half and the other way round ("not sad"); "very" and "slightly" scale.

    Examples
    --------
    >>> read_mood("a calm, peaceful morning").arousal < -0.5
    True
    """
    hits = [(hit, 1.0) for hit in find_phrases(normalise(concept), _pattern())]
    hits += [(hit, MOOD_FIELD_WEIGHT) for hit in find_phrases(normalise(mood or ""), _pattern())]
    total = sum(weight for _, weight in hits)
    if not hits:
        return Mood(0.0, 0.0, 0.0, ())
    valence = sum(weight * _felt(hit)[0] for hit, weight in hits) / total
    arousal = sum(weight * _felt(hit)[1] for hit, weight in hits) / total
    words = tuple(dict.fromkeys(f"not {hit.phrase}" if hit.negated else hit.phrase for hit, _ in hits))
    return Mood(_clip(valence), _clip(arousal), total, words)


def _felt(hit: Hit) -> tuple[float, float]:
    factor = hit.strength * (-0.5 if hit.negated else 1.0)
    valence, arousal = load_lexicon()[hit.phrase]
    return valence * factor, arousal * factor


def _clip(value: float) -> float:
    return max(-1.0, min(1.0, value))
