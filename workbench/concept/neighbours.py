"""The style nearest to words that no list holds, by a table of word vectors.

The table holds 64-d vectors of some 11,000 English words, reduced from wordllama's static embeddings (MIT) by
`training/tools/word_vectors.py`. Each word of a text looks for its nearest keyword in every style; what stands out in
one style against the others speaks for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from workbench.concept.mood import load_lexicon
from workbench.concept.phrases import normalise
from workbench.concept.style import list_styles, load_style
from workbench.domain.arrays import Singles

LEAST_LETTERS = 3
LEAST_LIKENESS = 0.25
"""Cosines below this are noise."""
LEAST_SCORE = 0.1
"""A style must stand out so far, or else it is not nearer than the others."""
_SHARE_OF_WEIGHT = 0.5
"""Part of a keyword's say that does not depend on its weight."""

_EMPTY_TEXT = """
about all and any are back been beat before but can come each for from get had has have her his how into its just
less like make many more most music much must new not off one only other our out over own piece put say see she some
something song sort such than that the their them then there these they thing this track tune two under very want was
way well were what when where which who will with you your
"""
_COUNTED_TEXT = """
bar bars bass beats bpm chord chords drum drumming drums element elements fast faster feel half instrumental key lead
leads major melody metre minor minute minutes pad pads percussion second seconds slow slower swing swung tempo time
vocals
"""
_EMPTY = frozenset(f"{_EMPTY_TEXT} {_COUNTED_TEXT}".split())
"""Words of grammar, words that every style shares, and those of statements, which are read elsewhere."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The nearest style, how far it stands out, and the pair of words that speaks loudest for it."""

    style: str
    score: float
    word: str
    keyword: str


def nearest_style(text: str) -> Neighbour | None:
    """The style whose keywords lie nearest to the words of a text; None if none stands out.

    Words of feeling are left to the mood.

    Examples
    --------
    >>> nearest_style("monks praying on a mountain").style
    'cinematic'
    """
    words = [word for word in _words(text) if word in _table() and word not in load_lexicon()]
    if not words:
        return None
    likeness = np.array([[_likeness(word, name)[0] for name in list_styles()] for word in words])
    standing_out = likeness - likeness.mean(axis=1, keepdims=True)
    scores = standing_out.sum(axis=0)
    best = int(np.argmax(scores))
    if scores[best] < LEAST_SCORE:
        return None
    name, word = list_styles()[best], words[int(np.argmax(standing_out[:, best]))]
    return Neighbour(name, float(scores[best]), word, _likeness(word, name)[1])


@cache
def _likeness(word: str, style: str) -> tuple[float, str]:
    """How near the nearest keyword of a style is to a word, and which it is."""
    keywords, vectors, weights = _keywords(style)
    near = np.maximum(vectors @ _table()[word] - LEAST_LIKENESS, 0.0) ** 2 * weights
    best = int(np.argmax(near))
    return float(near[best]), keywords[best]


@cache
def _keywords(style: str) -> tuple[tuple[str, ...], Singles, Singles]:
    """Keywords and names of a style that have a vector, their vectors (n, 64), and their say (n)."""
    loaded = load_style(style)
    weights = {**loaded.keywords, **dict.fromkeys(loaded.aliases, 1.0)}
    known = {phrase: words for phrase in weights if (words := [w for w in _words(phrase) if w in _table()])}
    rows = [np.sum([_table()[word] for word in words], axis=0) for words in known.values()]
    vectors = np.stack([row / (np.linalg.norm(row) + 1e-9) for row in rows])
    say = np.array([_SHARE_OF_WEIGHT + weights[phrase] for phrase in known], dtype=np.float32)
    return tuple(known), vectors.astype(np.float32), say


@cache
def _table() -> Mapping[str, Singles]:
    with resources.files("workbench.concept").joinpath("word_vectors.npz").open("rb") as file:
        data = np.load(file, allow_pickle=False)
        words, vectors = bytes(data["words"]).decode().split(" "), data["vectors"].astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9
    return dict(zip(words, vectors, strict=True))


def _words(text: str) -> list[str]:
    return [word for word in re.findall(rf"[a-z]{{{LEAST_LETTERS},}}", normalise(text)) if word not in _EMPTY]
