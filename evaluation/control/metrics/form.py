"""What returns and what differs: likeness of sections, and how long an element repeats one bar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

import numpy as np

from workbench.domain.elements import is_drums
from workbench.domain.plan import SectionPlan
from workbench.domain.score import Part, Score

Cells = frozenset[tuple[int, int]]
"""Notes of a bar as (12th of a quarter note, pitch)."""

_GRID = 12


def bar_cells(part: Part, score: Score) -> list[Cells]:
    """The notes of each bar, without velocity, length and microtiming; a section in another key is heard in the song's.

    A chorus that comes back a tone higher is the same chorus.
    """
    shifts = [
        0 if is_drums(part.element) or section.key is None else (section.key.tonic - score.key.tonic + 5) % 12 - 5
        for section in score.sections
        for _ in range(section.bars)
    ]
    bars: list[set[tuple[int, int]]] = [set() for _ in range(score.bars)]
    for note in part.notes:
        bar = min(int((note.onset_beats + 1e-6) // score.metre.bar_beats), score.bars - 1)
        bars[bar].add((round((note.onset_beats - bar * score.metre.bar_beats) * _GRID), note.pitch - shifts[bar]))
    return [frozenset(cells) for cells in bars]


def longest_run(part: Part, score: Score) -> int:
    """Most bars in a row that hold the very same notes; bars without an onset end a run."""
    longest = run = 0
    before: Cells = frozenset()
    for cells in bar_cells(part, score):
        run = 0 if not cells else run + 1 if cells == before else 1
        before, longest = cells, max(longest, run)
    return longest


def section_likeness(score: Score) -> tuple[list[float], list[float]]:
    """Likeness of each pair of sections: of those that repeat each other, and of those that differ, 0..1 each.

    Two sections are compared bar by bar over the bars that both have, element by element where both play: notes in
    common against all notes (Dice). Sections of one label repeat each other.
    """
    bars = {name: bar_cells(part, score) for name, part in score.parts.items()}
    repeated: list[float] = []
    different: list[float] = []
    for one, other in combinations(score.sections, 2):
        likeness = _likeness(bars, one, other)
        if likeness is not None:
            (repeated if one.label == other.label else different).append(likeness)
    return repeated, different


def _likeness(bars: Mapping[str, list[Cells]], one: SectionPlan, other: SectionPlan) -> float | None:
    """Mean over the elements that play in both; None if none does."""
    both = [name for name in bars if name in one.elements and name in other.elements]
    values = [value for name in both if (value := _dice(_pairs(bars[name], one, other))) is not None]
    return float(np.mean(values)) if values else None


def _pairs(bars: list[Cells], one: SectionPlan, other: SectionPlan) -> Iterator[tuple[Cells, Cells]]:
    for bar in range(min(one.bars, other.bars)):
        yield bars[one.start_bar + bar], bars[other.start_bar + bar]


def _dice(pairs: Iterator[tuple[Cells, Cells]]) -> float | None:
    common = total = 0
    for first, second in pairs:
        common += 2 * len(first & second)
        total += len(first) + len(second)
    return common / total if total else None
