"""The control suite in the notes: what was stated is kept, sections return and differ, nothing clashes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evaluation.control.human_notes import load_human
from evaluation.control.metrics.clashes import TONAL, clashes
from evaluation.control.metrics.form import longest_run, section_likeness
from evaluation.control.metrics.request_adherence import STATEMENTS, kept
from evaluation.criteria import Row, at_least, at_most, observed
from workbench.analysis.symbolic import scale_consistency
from workbench.concept.style import load_style
from workbench.domain.plan import Plan
from workbench.domain.request import GenerationRequest
from workbench.domain.score import Score

LEAST_REPEATED, MOST_DIFFERENT, LONGEST_RUN_BARS = 0.75, 0.6, 8


@dataclass(frozen=True, slots=True)
class Composed:
    """A request with what came of it."""

    request: GenerationRequest
    plan: Plan
    score: Score


def judge_notes(songs: Sequence[Composed]) -> list[Row]:
    """Every bar that needs no sound."""
    return [*_statements(songs), *_scale(songs), *_form(songs), *_runs(songs), *_clashes(songs)]


def _statements(songs: Sequence[Composed]) -> list[Row]:
    results = [kept(song.request, song.plan, song.score) for song in songs]
    rows: list[Row] = []
    for statement in STATEMENTS:
        values = [result[statement] for result in results if statement in result]
        if values:
            lost = [song.request.project_id for song, result in zip(songs, results, strict=True)
                    if not result.get(statement, True)]  # fmt: skip
            aside = f" ({', '.join(lost[:4])} not)" if lost else ""
            rows.append(at_least(f"{statement} as stated{aside}", float(np.mean(values)), 1.0, "share", len(values)))
    return rows


def _scale(songs: Sequence[Composed]) -> list[Row]:
    human = load_human()["scale_consistency"]
    values = []
    for song in songs:
        notes = [note for name in TONAL if name in song.score.parts for note in song.score.parts[name].notes]
        if notes and song.request.parameters.technical.chords is None:
            values.append(scale_consistency(notes, song.score.key))
    median, low, high = float(np.median(values)), human.low or 0.0, human.high or 1.0
    inside = float(np.mean([low <= value <= high for value in values]))
    return [
        at_least("scale consistency, median, at least the human 5th percentile", median, low, "share", len(values)),
        at_most("scale consistency, median, at most the human 95th percentile", median, high, "share", len(values)),
        observed("scale consistency, songs within the human range", inside, "share", len(values)),
        observed("scale consistency, human median", human.value or 0.0, "share", human.n),
    ]


def _form(songs: Sequence[Composed]) -> list[Row]:
    repeated: list[float] = []
    different: list[float] = []
    for song in songs:
        same, other = section_likeness(song.score)
        repeated += same
        different += other
    return [
        at_least("likeness of repeated sections, mean", _mean(repeated), LEAST_REPEATED, "0..1", len(repeated)),
        observed("likeness of repeated sections, highest tenth", _quantile(repeated, 0.9), "0..1", len(repeated)),
        at_most("likeness of different sections, mean", _mean(different), MOST_DIFFERENT, "0..1", len(different)),
    ]


def _runs(songs: Sequence[Composed]) -> list[Row]:
    played: list[int] = []
    looped: list[int] = []
    for song in songs:
        longest = max(longest_run(part, song.score) for part in song.score.parts.values())
        (looped if load_style(song.plan.style).built_on_loops else played).append(longest)
    return [
        at_most("longest run of identical bars", max(played, default=0), LONGEST_RUN_BARS, "bars", len(played)),
        observed("longest run of identical bars, styles built on loops", max(looped, default=0), "bars", len(looped)),
    ]


def _clashes(songs: Sequence[Composed]) -> list[Row]:
    human = load_human()["strong_beat_clashes"]
    counts = [clashes(song.score) for song in songs]
    together = sum(count for _, count in counts)
    share = sum(clashing for clashing, _ in counts) / max(1, together)
    return [
        at_most("clashes on strong beats, not above human", share, human.value or 0.0, "share", together),
    ]


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else float("nan")


def _quantile(values: Sequence[float], share: float) -> float:
    return float(np.quantile(values, share)) if values else float("nan")
