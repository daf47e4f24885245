"""Pairs of texts that differ in a word: whether the song moves the way that was asked, heard from outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from evaluation.control.outside import MEASURES, Received, received
from evaluation.criteria import Row, at_least, observed
from workbench.domain.arrays import Floats
from workbench.domain.clock import Tell
from workbench.domain.data_files import read_yaml
from workbench.domain.paths import data_dir
from workbench.domain.request import parse_request
from workbench.output.files.midi_files import midi_bytes
from workbench.pipeline import generate

LEAST_MOVED = 0.9
"""Share of the pairs: 18 of 20."""
_SECONDS = 24.0


@dataclass(frozen=True, slots=True)
class WordPair:
    """Two words, and what an outside ear hears more of with the second."""

    before: str
    after: str
    measure: str


@dataclass(frozen=True, slots=True)
class Moved:
    """How a pair moved its measure: values with the first and with the second word, one of each text."""

    pair: WordPair
    before: tuple[float, ...]
    after: tuple[float, ...]

    @property
    def rises(self) -> int:
        """In how many texts the measure is higher with the second word, by as much as counts."""
        return int(np.sum(self._changes >= MEASURES[self.pair.measure][1]))

    @property
    def holds(self) -> bool:
        """Whether most texts rise."""
        return self.rises > len(self.before) / 2

    @property
    def change(self) -> float:
        """Median of the changes."""
        return float(np.median(self._changes))

    @property
    def _changes(self) -> Floats:
        changes: Floats = np.array(self.after) - np.array(self.before)
        return changes


@cache
def load_pairs() -> tuple[tuple[str, ...], tuple[WordPair, ...]]:
    """The texts, each with a place for the word, and the pairs of `data/suites/word_pairs.yaml`."""
    data: dict[str, Any] = read_yaml(data_dir() / "suites" / "word_pairs.yaml")
    pairs = tuple(WordPair(str(one["from"]), str(one["to"]), str(one["measure"])) for one in data["pairs"])
    return tuple(map(str, data["texts"])), pairs


def move_pairs(*, seed: int = 0, progress: Tell | None = None) -> list[Moved]:
    """Make both songs of every pair over every text, and measure them.

    Parameters
    ----------
    seed : int
        Of every song: both of a pair have the same.
    progress : callable, optional
        Called with the pair that begins.
    """
    texts, pairs = load_pairs()
    moved = []
    for pair in pairs:
        if progress:
            progress(f"{pair.before} -> {pair.after}")
        values = [
            tuple(MEASURES[pair.measure][0](_made(text.format(word), seed)) for text in texts)
            for word in (pair.before, pair.after)
        ]
        moved.append(Moved(pair, *values))
    return moved


def judge_pairs(moved: Sequence[Moved]) -> list[Row]:
    """The bar, and each pair beside it."""
    rows: list[Row] = [
        at_least(
            "pairs of words that move the song as asked", float(np.mean([one.holds for one in moved])), LEAST_MOVED,
            "share", len(moved),
        )
    ]  # fmt: skip
    for one in moved:
        pair, n = one.pair, len(one.before)
        name = f"{pair.before} -> {pair.after}: {pair.measure} rises in {one.rises} of {n}"
        rows.append(observed(name + ("" if one.holds else " (not moved)"), one.change, "", n))
    return rows


def _made(concept: str, seed: int) -> Received:
    track = generate(
        parse_request(
            {
                "project_id": "pair",
                "parameters": {"creative": {"concept": concept}, "technical": {"duration": _SECONDS}},
                "options": {"seed": seed, "preview": True},
            }
        )
    )
    return received(track.master, midi_bytes(track.score))
