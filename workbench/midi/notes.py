"""Notes out of events: what begins is paired with what ends it, by channel, pitch and program."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workbench.midi.events import Event

_ENDS_ALL = {120, *range(123, 128)}
"""Controllers that end every note of a channel: all sound off, all notes off, and the mode messages that imply it."""
_HELD_DRUM_BEATS = 0.25
"""Length of a drum hit that nothing ends."""


@dataclass(frozen=True, slots=True, eq=False)
class NoteColumns:
    """Notes as arrays (n,) in order of onset, then pitch: onsets and lengths in ticks, MIDI pitch and velocity."""

    onsets: npt.NDArray[np.int64]
    lengths: npt.NDArray[np.int64]
    pitches: npt.NDArray[np.int64]
    velocities: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.onsets)


@dataclass(frozen=True, slots=True, eq=False)
class ChannelNotes:
    """Notes of one channel under one program; `held` counts those that nothing ended."""

    channel: int
    program: int
    notes: NoteColumns
    held: int


_Row = list[int]
"""Onset, end (-1 while the note sounds), pitch and velocity: a plain list, as a file holds many thousands of them."""
_ONSET, _END, _PITCH = 0, 1, 2
_Key = tuple[int, int]
"""Channel and pitch, or channel and program."""


@dataclass(slots=True)
class _Reading:
    """A track while it is read: notes by channel and program, notes that sound, ends by channel and pitch."""

    rows: defaultdict[_Key, list[_Row]]
    sounding: defaultdict[_Key, deque[_Row]]
    ends: defaultdict[_Key, list[int]]

    def begin(self, channel: int, program: int, row: _Row) -> None:
        """Begin a note; those of its pitch that ended as they began get no other end."""
        self.rows[channel, program].append(row)
        sounding = self.sounding[channel, row[_PITCH]]
        while sounding and sounding[0][_END] >= 0:
            sounding.popleft()
        sounding.append(row)

    def end(self, channel: int, pitch: int, tick: int) -> None:
        """End the first of the notes of a pitch that sound.

        An end on the tick of the beginning was often meant for the note before: a later one counts, if there is any.
        """
        key = channel, pitch
        self.ends[key].append(tick)
        sounding = self.sounding[key]
        if not sounding:
            return
        row = sounding[0]
        row[_END] = tick
        if row[_ONSET] != tick:
            sounding.popleft()

    def end_all(self, channel: int, tick: int) -> None:
        """End whatever sounds on a channel, but not what begins on this tick: set-ups stand behind it in some files."""
        for pitch in range(128):
            sounding = self.sounding[channel, pitch]
            while sounding and sounding[0][_ONSET] < tick:
                row = sounding.popleft()
                row[_END] = tick if row[_END] < 0 else row[_END]


def lines_of(
    events: Sequence[Event], ticks_per_beat: float, programs: Mapping[int, int], drum_channels: frozenset[int]
) -> list[ChannelNotes]:
    """The lines of a track by channel and program, as each note finds them.

    A note that nothing ends lasts until its own pitch begins again or is ended next, else until the track ends; a drum
    hit a sixteenth at most. Of several notes of one pitch that sound, the first that began ends first.

    Parameters
    ----------
    events : sequence
        Of one track, in order.
    ticks_per_beat : float
    programs : mapping channel -> program
        What holds until the track says something else.
    drum_channels : set of int
        Channels (from 0) that play percussion.
    """
    reading = _Reading(defaultdict(list), defaultdict(deque), defaultdict(list))
    program = defaultdict[int, int](int, programs)
    begin, end = reading.begin, reading.end
    for tick, status, data in events:
        if status >= 0xF0:
            continue
        channel = status & 0x0F
        if status < 0xA0:
            pitch, velocity = data
            if velocity and status >= 0x90:
                begin(channel, program[channel], [tick, -1, pitch, velocity])
            else:
                end(channel, pitch, tick)
        elif status & 0xF0 == 0xC0:
            program[channel] = data[0]
        elif status & 0xF0 == 0xB0 and data[0] in _ENDS_ALL:
            reading.end_all(channel, tick)
    last = events[-1][0] if events else 0
    longest = max(1, round(_HELD_DRUM_BEATS * ticks_per_beat))
    held = {
        channel: _end_held(reading, channel, last, longest if channel in drum_channels else None)
        for channel in {key[0] for key in reading.rows}
    }
    return [_line(channel, number, rows, held[channel]) for (channel, number), rows in sorted(reading.rows.items())]


def _line(channel: int, program: int, rows: list[_Row], held: set[int]) -> ChannelNotes:
    onsets, ends, pitches, velocities = np.array(rows, np.int64).T
    order = np.lexsort((pitches, onsets))
    columns = NoteColumns(onsets[order], (ends - onsets)[order], pitches[order], velocities[order])
    return ChannelNotes(channel, program, columns, sum(id(row) in held for row in rows) if held else 0)


def _end_held(reading: _Reading, channel: int, last: int, longest: int | None) -> set[int]:
    """Give an end to the notes of a channel that have none; returns which they were."""
    own = [row for (number, _), rows in reading.rows.items() if number == channel for row in rows]
    held = [row for row in own if row[_END] < 0]
    begins: defaultdict[int, list[int]] = defaultdict(list)
    for row in own if held else ():
        begins[row[_PITCH]].append(row[_ONSET])
    borders = {
        pitch: sorted([*begins[pitch], *reading.ends.get((channel, pitch), ())]) for pitch in {n[_PITCH] for n in held}
    }
    for row in held:
        pitch, onset = row[_PITCH], row[_ONSET]
        after = bisect_right(borders[pitch], onset)
        stop = borders[pitch][after] if after < len(borders[pitch]) else max(last, onset + 1)
        row[_END] = stop if longest is None else min(stop, onset + longest)
    return {id(row) for row in held}
