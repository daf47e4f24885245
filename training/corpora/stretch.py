"""The longest stretch of a MIDI file that has one metre (4/4 or 3/4) and one tempo, cut out on bar lines."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from training.corpora.items import SkippedError
from training.corpora.song import NoteTable

LEAST_BARS = 4
MOST_BARS = 1_000
_METRES = {(4, 4): 4, (2, 2): 4, (3, 4): 3}
"""Metres that are read, and their quarter notes in a bar."""
_TEMPO_RANGE_BPM = (20.0, 400.0)
_SAME_TEMPO = 0.04
"""A tempo counts as unchanged within this share of that at the stretch's beginning."""
_EARLY_BEATS = 1 / 16
"""A note played this much before a bar line belongs to the bar that begins."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `start_beats` to `end_beats` (quarter notes from the file's beginning): whole bars, one metre, one tempo."""

    start_beats: float
    end_beats: float
    bar_beats: int
    tempo_bpm: float

    @property
    def bars(self) -> int:
        """Bars of the stretch."""
        return round((self.end_beats - self.start_beats) / self.bar_beats)

    def cut(self, table: NoteTable) -> NoteTable:
        """The notes that begin in the stretch, from its first downbeat; what sounds on is cut at its end."""
        onsets = table.onsets_beats - self.start_beats
        length = self.end_beats - self.start_beats
        inside = (onsets >= -_EARLY_BEATS) & (onsets < length - _EARLY_BEATS)
        durations = np.minimum(table.durations_beats[inside], length - onsets[inside])
        return NoteTable(onsets[inside], durations, table.pitches[inside], table.velocities[inside])


def longest_stretch(score: Any) -> Stretch:
    """The longest stretch of a symusic score; bars without notes at either end do not count.

    A file that tells no metre is in 4/4 and one that tells no tempo goes at 120 BPM (Standard MIDI Files, RP-001).

    Raises
    ------
    SkippedError
        If nothing of `LEAST_BARS` bars or more is left.
    """
    onsets = [track.notes.numpy()["time"] for track in score.tracks if len(track.notes)]
    if not onsets:
        raise SkippedError("no notes")
    beats = np.sort(np.concatenate(onsets)) / score.tpq
    stretches = [found for span in _spans(score, float(beats[-1])) if (found := _trim(span, beats)) is not None]
    if not stretches:
        raise SkippedError(_why_nothing_fits(score))
    best = max(stretches, key=lambda stretch: stretch.bars)
    if best.bars < LEAST_BARS:
        raise SkippedError(f"fewer than {LEAST_BARS} bars of one metre and tempo")
    if best.bars > MOST_BARS:
        raise SkippedError(f"longer than {MOST_BARS:,} bars")
    return best


def _spans(score: Any, last_beat: float) -> list[Stretch]:
    """Spans between changes of metre or tempo, from the first bar line on, in metres and tempi that are read."""
    metres = _changes(
        [(event.time / score.tpq, (event.numerator, event.denominator)) for event in score.time_signatures]
    )
    metres = metres if metres and metres[0][0] <= 0 else [(0.0, (4, 4)), *metres]
    tempi = [(event.time / score.tpq, float(event.qpm)) for event in score.tempos]
    tempi = tempi if tempi and tempi[0][0] <= 0 else [(0.0, 120.0), *tempi]
    spans = []
    for index, (start, metre) in enumerate(metres):
        following = metres[index + 1][0] if index + 1 < len(metres) else math.inf
        if metre not in _METRES:
            continue
        bar = _METRES[metre]
        end = min(following, start + math.ceil((last_beat + _EARLY_BEATS - start) / bar + 1e-9) * bar)
        for first, last, tempo in _tempo_spans(tempi, start, end):
            first_line = start + math.ceil((first - start) / bar - 1e-6) * bar
            last_line = start + math.floor((last - start) / bar + 1e-6) * bar
            if last_line > first_line:
                spans.append(Stretch(first_line, last_line, bar, tempo))
    return spans


def _changes(events: list[tuple[float, Any]]) -> list[tuple[float, Any]]:
    """Events without those that repeat what holds already; of several at one time the last counts."""
    kept: list[tuple[float, Any]] = []
    for time, value in sorted(events, key=lambda event: event[0]):
        if kept and kept[-1][0] == time:
            kept.pop()
        if not kept or kept[-1][1] != value:
            kept.append((time, value))
    return kept


def _tempo_spans(tempi: list[tuple[float, float]], start: float, end: float) -> list[tuple[float, float, float]]:
    """(first, last, tempo) of the spans of about one tempo between two times; unusual tempi are left out."""
    borders = [start, *(time for time, _ in tempi if start < time < end), end]
    spans: list[list[float]] = []
    for first, last in itertools.pairwise(borders):
        tempo = [value for time, value in tempi if time <= first][-1]
        if spans and abs(tempo / spans[-1][2] - 1) <= _SAME_TEMPO:
            spans[-1][1] = last
        else:
            spans.append([first, last, tempo])
    low, high = _TEMPO_RANGE_BPM
    return [(first, last, tempo) for first, last, tempo in spans if low <= tempo <= high]


def _trim(span: Stretch, beats: Any) -> Stretch | None:
    """The span from its first bar with a note to its last; None where there is no note."""
    inside = beats[(beats >= span.start_beats - _EARLY_BEATS) & (beats < span.end_beats - _EARLY_BEATS)]
    if not len(inside):
        return None
    first, last = (int((beat - span.start_beats + _EARLY_BEATS) // span.bar_beats) for beat in (inside[0], inside[-1]))
    start = span.start_beats + first * span.bar_beats
    return Stretch(start, start + (last - first + 1) * span.bar_beats, span.bar_beats, span.tempo_bpm)


def _why_nothing_fits(score: Any) -> str:
    if all((event.numerator, event.denominator) not in _METRES for event in score.time_signatures) and len(
        score.time_signatures
    ):
        return "the metre is neither 4/4 nor 3/4"
    if any(not _TEMPO_RANGE_BPM[0] <= event.qpm <= _TEMPO_RANGE_BPM[1] for event in score.tempos):
        return "the tempo lies outside 20 to 400 BPM"
    return f"fewer than {LEAST_BARS} bars of one metre and tempo"
