"""A score played to a MIDI port in time, with a clock that other machines follow.

What is sent is what the MIDI file of the song holds. The clock is that of MIDI 1.0: 24 a quarter note between start and
stop; from a later bar on, a song position and continue.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.domain.errors import ParameterError
from workbench.domain.score import Score
from workbench.output.files.midi_files import TICKS_PER_BEAT, midi_bytes
from workbench.session.midi_ports import Output

if TYPE_CHECKING:
    import mido

CLOCKS_PER_BEAT = 24
_ALL_NOTES_OFF = 123
_POSITIONS_PER_BEAT = 4
_LAST_POSITION = 16383


@dataclass(frozen=True, slots=True)
class TimedMessage:
    """A message, and when it is due, in seconds from the first bar that is played."""

    seconds: float
    message: mido.Message


def timed_messages(
    score: Score, patches: Mapping[str, str] | None = None, *, first_bar: int = 1, clock: bool = True
) -> list[TimedMessage]:
    """What there is to send, in order of time.

    Parameters
    ----------
    score : Score
    patches : mapping, optional
        Patches by element (`Plan.patches`): their General MIDI programs are sent first.
    first_bar : int
        Where to begin, from 1.
    clock : bool
        Whether start, clock and stop are sent.

    Raises
    ------
    ParameterError
        If the song has no such bar.
    """
    placed = placed_messages(score, patches, first_bar=first_bar, clock=clock)
    offset = score.tempo_map.seconds_at((first_bar - 1) * score.metre.bar_beats)
    return [TimedMessage(score.tempo_map.seconds_at(beat) - offset, message) for beat, _, message in placed]


Placed = tuple[float, int, Any]
"""Beat, rank among what falls on it, message."""


def placed_messages(
    score: Score, patches: Mapping[str, str] | None = None, *, first_bar: int = 1, clock: bool = True
) -> list[Placed]:
    """What there is to send with the beats of the song that it falls on, in order; parameters as of `timed_messages`.

    Raises
    ------
    ParameterError
        If the song has no such bar.
    """
    bars = round(score.length_beats / score.metre.bar_beats)
    if not 1 <= first_bar <= bars:
        raise ParameterError(f"first bar {first_bar}: expected 1 to {bars}")
    start = (first_bar - 1) * score.metre.bar_beats
    placed = [*_notes(score, patches, start), *(_clock(score, start) if clock else ())]
    # On one moment the clock comes first, so that whoever follows it knows the beat when the note comes.
    placed.sort(key=lambda one: one[:2])
    return placed


def _notes(score: Score, patches: Mapping[str, str] | None, start: float) -> Iterator[Placed]:
    """Channel messages of the song's MIDI file; of what comes before the start only programs."""
    import mido

    file = mido.MidiFile(file=io.BytesIO(midi_bytes(score, patches=patches)))
    tick, sounding = 0, set()
    for message in mido.merge_tracks(file.tracks):
        tick += message.time
        if message.is_meta:
            continue
        beat, plain = tick / TICKS_PER_BEAT, message.copy(time=0)
        if message.type == "program_change":
            yield max(beat, start), 1, plain
        elif message.type == "note_on" and message.velocity and beat >= start:
            sounding.add((message.channel, message.note))
            yield beat, 3, plain
        elif message.type in ("note_on", "note_off") and (message.channel, message.note) in sounding:
            sounding.discard((message.channel, message.note))
            yield beat, 2, plain


def _clock(score: Score, start: float) -> Iterator[Placed]:
    import mido

    if start > 0:
        position = min(_LAST_POSITION, round(start * _POSITIONS_PER_BEAT))
        yield start, -2, mido.Message("songpos", pos=position)
    yield start, -1, mido.Message("continue" if start > 0 else "start")
    for number in range(round((score.length_beats - start) * CLOCKS_PER_BEAT)):
        yield start + number / CLOCKS_PER_BEAT, 0, mido.Message("clock")
    yield score.length_beats, 4, mido.Message("stop")


def play(
    score: Score,
    port: Output,
    patches: Mapping[str, str] | None = None,
    *,
    first_bar: int = 1,
    clock: bool = True,
    now: Callable[[], float] = time.perf_counter,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Play a score to a port; returns when it is over. However it ends, no note goes on sounding.

    Parameters
    ----------
    score, patches, first_bar, clock
        As for `timed_messages`.
    port
        Takes messages by `send`, as the ports of mido do.
    now, sleep
        The clock that is played by, in seconds.

    Raises
    ------
    ParameterError
        If the song has no such bar.
    """
    messages = timed_messages(score, patches, first_bar=first_bar, clock=clock)
    began, ended = now(), False
    try:
        for one in messages:
            # Each wait is measured from the beginning, so that no delay adds up.
            left = one.seconds - (now() - began)
            if left > 0:
                sleep(left)
            port.send(one.message)
        ended = True
    finally:
        hush(port, stop=clock and not ended)


def hush(port: Output, *, stop: bool) -> None:
    """End every note, and the clock where it still goes."""
    import mido

    if stop:
        port.send(mido.Message("stop"))
    for channel in range(16):
        port.send(mido.Message("control_change", channel=channel, control=_ALL_NOTES_OFF, value=0))
