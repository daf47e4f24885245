"""The longest stretch of a MIDI file that has one metre (4/4 or 3/4) and one tempo, cut out on bar lines."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from training.corpora.items import SkippedError
from training.corpora.song import NoteTable
from workbench.midi.file import MidiFile

LEAST_BARS = 4
MOST_BARS = 1_000
_METRES = {(4, 4): 4, (2, 2): 4, (8, 8): 4, (3, 4): 3}
"""Metres that are read, and their quarter notes in a bar."""
_TEMPO_RANGE_BPM = (20.0, 400.0)
_SAME_TEMPO = 0.04
"""The tempo of a bar counts as unchanged within this share of the mean so far: takes breathe from beat to beat."""
_EARLY_BEATS = 1 / 16
"""A note played this much before a bar line belongs to the bar that begins."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `start_beats` to `end_beats` (quarter notes from the file's beginning): whole bars, one metre, one tempo.

    A loop is played `repeats` times, so that it is as long as what is learned from.
    """

    start_beats: float
    end_beats: float
    bar_beats: int
    tempo_bpm: float
    repeats: int = 1

    @property
    def bars(self) -> int:
        """Bars of the stretch, repetitions counted."""
        return self.bars_of_file * self.repeats

    @property
    def bars_of_file(self) -> int:
        """Bars of the stretch in the file."""
        return round((self.end_beats - self.start_beats) / self.bar_beats)

    def cut(self, table: NoteTable) -> NoteTable:
        """The notes that begin in the stretch, from its first downbeat; what sounds on is cut at its end."""
        onsets = table.onsets_beats - self.start_beats
        length = self.end_beats - self.start_beats
        inside = (onsets >= -_EARLY_BEATS) & (onsets < length - _EARLY_BEATS)
        durations = np.minimum(table.durations_beats[inside], length - onsets[inside])
        passes = np.repeat(np.arange(self.repeats) * length, int(inside.sum()))
        return NoteTable(
            np.tile(onsets[inside], self.repeats) + passes,
            np.tile(durations, self.repeats),
            np.tile(table.pitches[inside], self.repeats),
            np.tile(table.velocities[inside], self.repeats),
        )


def longest_stretch(score: MidiFile) -> Stretch:
    """The longest stretch of a file; bars without notes at either end do not count.

    A file that tells no metre is in 4/4 and one that tells no tempo goes at 120 BPM (Standard MIDI Files, RP-001).

    Raises
    ------
    SkippedError
        If nothing of `LEAST_BARS` bars or more is left, unless the whole file is a shorter loop.
    """
    if not score.parts:
        raise SkippedError("no notes")
    beats = np.sort(np.concatenate([part.notes.onsets for part in score.parts])) / score.ticks_per_beat
    stretches = [found for span in _spans(score, float(beats[-1])) if (found := _trim(span, beats)) is not None]
    if not stretches:
        raise SkippedError(_why_nothing_fits(score))
    best = max(stretches, key=lambda stretch: stretch.bars)
    if best.bars < LEAST_BARS and _holds_all(best, beats):
        return replace(best, repeats=math.ceil(LEAST_BARS / best.bars))
    if best.bars < LEAST_BARS:
        raise SkippedError(f"fewer than {LEAST_BARS} bars of one metre and tempo")
    if best.bars > MOST_BARS:
        raise SkippedError(f"longer than {MOST_BARS:,} bars")
    return best


def loop_repeats(score: MidiFile) -> int:
    """How often a file is played to be long enough: once, or more often if it is a loop."""
    try:
        return longest_stretch(score).repeats
    except SkippedError:
        return 1


def _holds_all(stretch: Stretch, beats: npt.NDArray[np.float64]) -> bool:
    """Whether every note of a file lies in a stretch, so that the file is a loop and not a torn piece."""
    return bool(beats[0] >= stretch.start_beats - _EARLY_BEATS and beats[-1] < stretch.end_beats - _EARLY_BEATS)


def _spans(score: MidiFile, last_beat: float) -> list[Stretch]:
    """Spans between changes of metre or tempo, from the first bar line on, in metres and tempi that are read."""
    metres = score.metres if score.metres and score.metres[0][0] <= 0 else ((0.0, (4, 4)), *score.metres)
    low, high = _TEMPO_RANGE_BPM
    spans = []
    for index, (start, metre) in enumerate(metres):
        following = metres[index + 1][0] if index + 1 < len(metres) else math.inf
        if metre not in _METRES:
            continue
        bar = _METRES[metre]
        bars = math.ceil((last_beat + _EARLY_BEATS - start) / bar + 1e-9)
        if following < math.inf:
            bars = min(bars, math.floor((following - start) / bar + 1e-6))
        for first, last, tempo in _tempo_spans(score, start, bar, bars):
            if low <= tempo <= high:
                spans.append(Stretch(start + first * bar, start + last * bar, bar, tempo))
    return spans


def _tempo_spans(score: MidiFile, start: float, bar: int, bars: int) -> list[tuple[int, int, float]]:
    """(first bar, bar after the last, mean tempo) of the spans of about one tempo, in `bars` bars from `start` on."""
    inside = {math.floor((at - start) / bar + 1e-6) for at, _ in score.tempi if at > start}
    changing = sorted(number for number in inside if 0 <= number < bars)
    borders = sorted({0, bars, *changing, *(number + 1 for number in changing)}) if bars > 0 else []
    times = score.seconds_at([start + border * bar for border in borders])
    spans: list[tuple[int, int, float]] = []
    for (first, last), (begins, ends) in zip(itertools.pairwise(borders), itertools.pairwise(times), strict=True):
        tempo = (last - first) * bar * 60.0 / float(ends - begins)
        if spans and abs(tempo / spans[-1][2] - 1) <= _SAME_TEMPO:
            since, until, mean = spans[-1]
            beats = (until - since) * bar * 60.0
            whole = beats / mean + float(ends - begins)
            spans[-1] = (since, last, (last - since) * bar * 60.0 / whole)
        else:
            spans.append((first, last, tempo))
    return spans


def _trim(span: Stretch, beats: npt.NDArray[np.float64]) -> Stretch | None:
    """The span from its first bar with a note to its last; None where there is no note."""
    inside = beats[(beats >= span.start_beats - _EARLY_BEATS) & (beats < span.end_beats - _EARLY_BEATS)]
    if not len(inside):
        return None
    first, last = (int((beat - span.start_beats + _EARLY_BEATS) // span.bar_beats) for beat in (inside[0], inside[-1]))
    start = span.start_beats + first * span.bar_beats
    return Stretch(start, start + (last - first + 1) * span.bar_beats, span.bar_beats, span.tempo_bpm)


def _why_nothing_fits(score: MidiFile) -> str:
    if score.metres and all(metre not in _METRES for _, metre in score.metres):
        return "the metre is neither 4/4 nor 3/4"
    if any(not _TEMPO_RANGE_BPM[0] <= tempo <= _TEMPO_RANGE_BPM[1] for _, tempo in score.tempi):
        return "the tempo lies outside 20 to 400 BPM"
    return f"fewer than {LEAST_BARS} bars of one metre and tempo"
