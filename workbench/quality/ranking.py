"""Candidates in order: the best first, then each that is good and unlike those before it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from workbench.domain.elements import is_drums
from workbench.domain.plan import Plan
from workbench.domain.results import QualityReport, Ranking
from workbench.domain.score import Score
from workbench.quality.merits import quality_of, reason_of

_QUALITY = 0.5
"""Weight of quality against distance in choosing the next one."""

Song = tuple[Plan, Score]


def distance_of(first: Song, second: Song) -> float:
    """How unlike two songs are, 0 (the same notes and sounds) to 1.

    For each element and for the chords, the share of notes (place in the song to a 24th of a beat, and pitch above the
    tonic) that only one of the two has: the Jaccard distance of the two sets. Elements, chords, and the share of
    elements with other sounds count as one each; so does the tempo, in full from a third of an octave on.
    """
    names = {*first[1].parts, *second[1].parts}
    terms = [_apart(_cells(first[1], name), _cells(second[1], name)) for name in names]
    terms.append(_apart(_chords(first[1]), _chords(second[1])))
    terms.append(sum(first[0].patches.get(name) != second[0].patches.get(name) for name in names) / len(names))
    ratio = max(first[0].tempo_bpm, second[0].tempo_bpm) / min(first[0].tempo_bpm, second[0].tempo_bpm)
    terms.append(min(1.0, (ratio - 1.0) / 0.26))
    return round(sum(terms) / len(terms), 4)


def rank(
    songs: Sequence[Song], reports: Sequence[QualityReport], merits: Sequence[Mapping[str, float]] = ()
) -> tuple[tuple[int, Ranking], ...]:
    """Numbers of the candidates from the best on, with their quality and the least distance from those before.

    The first has the best quality; each next one has the best mean of quality and distance (maximal marginal
    relevance, Carbonell and Goldstein 1998). Of equals the earlier comes first.

    Parameters
    ----------
    songs, reports
        Plan and score of each candidate, and what was measured of it.
    merits
        What `merits_of` finds of each; without them the checks alone decide. Quality is the mean of those that every
        candidate has, and half of that where a check failed.
    """
    weighed = list(merits) or [{"checks": quality_of(report)} for report in reports]
    shared = set.intersection(*(set(one) for one in weighed)) if weighed else set()
    quality = [_quality(one, shared, report) for one, report in zip(weighed, reports, strict=True)]
    order: list[tuple[int, Ranking]] = []
    left = list(range(len(songs)))
    while left:
        near = {
            number: min((distance_of(songs[number], songs[other]) for other, _ in order), default=None)
            for number in left
        }
        best = max(left, key=lambda number: (_worth(quality[number], near[number]), -number))
        order.append((best, Ranking(quality[best], near[best], weighed[best], reason_of(best, weighed))))
        left.remove(best)
    return tuple(order)


def _quality(merits: Mapping[str, float], shared: Collection[str], report: QualityReport) -> float:
    """Mean of the merits that every candidate has, 0 to 1.

    What is broken stands behind what is whole, however well it is composed: a failed check halves it.
    """
    whole = float(np.mean([merits[name] for name in sorted(shared)]))
    return round(whole if report.passed else whole / 2.0, 4)


def _worth(quality: float, distance: float | None) -> float:
    return quality if distance is None else _QUALITY * quality + (1.0 - _QUALITY) * distance


def _cells(score: Score, element: str) -> set[tuple[int, int]]:
    part = score.parts.get(element)
    tonic = 0 if is_drums(element) else score.key.tonic
    return {(round(24 * note.onset_beats), note.pitch - tonic) for note in part.notes} if part else set()


def _chords(score: Score) -> set[tuple[int, int, str]]:
    """The chord of each beat, counted from the tonic."""
    return {
        (beat, (chord.root - score.key.tonic) % 12, chord.quality)
        for chord in score.chords
        for beat in range(round(chord.onset_beats), round(chord.end_beats))
    }


def _apart(first: set, second: set) -> float:  # type: ignore[type-arg]
    return 1.0 - len(first & second) / len(first | second) if first | second else 0.0
