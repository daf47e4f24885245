"""Beats to seconds and back where the tempo changes from section to section."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TempoMap:
    """Tempi in quarter notes a minute, each from a place (quarter notes, ascending, the first is 0) to the next one.

    Examples
    --------
    >>> TempoMap((0.0, 4.0), (120.0, 60.0)).seconds_at(6.0)
    4.0
    """

    starts_beats: tuple[float, ...]
    tempi_bpm: tuple[float, ...]

    def seconds_at(self, beats: float) -> float:
        """When a place sounds; the first and the last tempo go on beyond the ends."""
        seconds = 0.0
        for number, tempo_bpm in enumerate(self.tempi_bpm):
            start = self.starts_beats[number]
            last = number + 1 == len(self.tempi_bpm)
            end = beats if last else min(beats, self.starts_beats[number + 1])
            seconds += (end - start) * 60.0 / tempo_bpm
            if last or beats <= self.starts_beats[number + 1]:
                break
        return seconds

    def beats_at(self, seconds: float) -> float:
        """The place that sounds at a time: the inverse of `seconds_at`.

        Examples
        --------
        >>> TempoMap((0.0, 4.0), (120.0, 60.0)).beats_at(4.0)
        6.0
        """
        times = [self.seconds_at(start) for start in self.starts_beats]
        number = max(0, bisect_right(times, seconds) - 1)
        return self.starts_beats[number] + (seconds - times[number]) * self.tempi_bpm[number] / 60.0

    def tempo_at(self, beats: float) -> float:
        """Tempo from a place on, in quarter notes a minute."""
        return self.tempi_bpm[max(0, bisect_right(self.starts_beats, beats + 1e-9) - 1)]

    def beats_at_tempo(self, tempo_bpm: float) -> Callable[[float], float]:
        """A function from places to the beats at which they would sound at one tempo."""
        return lambda beats: round(self.seconds_at(beats) * tempo_bpm / 60.0, 9)
