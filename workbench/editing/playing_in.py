"""What was played over some bars, as the edit `notes` that writes it down."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from workbench.domain.elements import element_of, is_drums, kind_of
from workbench.domain.errors import ParameterError
from workbench.domain.score import Note
from workbench.domain.song import DRUM_ROLES, drum_role
from workbench.editing.song import Song, bars_of, check_element

FINEST_BEATS = 1 / 4
"""The grid that a take without quantization is written on; the deviation keeps where each note was played."""
_SHORTEST_BEATS = 1 / 64
_MOST_BEATS = 256.0


@dataclass(frozen=True, slots=True)
class Take:
    """What was played, as an edit, and what of it could not be written.

    Attributes
    ----------
    edit : dict or None
        For `modify`; None where nothing is left to write.
    added : int
        Notes of the take that the edit holds.
    remarks : tuple of str
        What was left out and what gave way, and why.
    """

    edit: dict[str, Any] | None
    added: int
    remarks: tuple[str, ...] = ()


def played_in(
    song: Song,
    element: str,
    played: Iterable[tuple[float, float, int, int]],
    bars: tuple[int, int],
    *,
    grid_beats: float = 0.0,
    strength: float = 1.0,
    overdub: bool = False,
) -> Take:
    """Write down what was played on an element over some bars.

    A note that is nearest to the end of the bars belongs to their beginning, as they loop. Of notes that would begin
    together where one plays at a time, the last that was pressed stays.

    Parameters
    ----------
    song : Song
        As it stands; nothing is changed.
    element : str
        Who played.
    played : iterable of (float, float, int, int)
        Onset and length in quarter notes from the first bar on, MIDI pitch, velocity 1 to 127.
    bars : tuple of int
        First and last bar, counted from 1.
    grid_beats : float
        Notes are moved to multiples of it; 0 leaves them where they were played.
    strength : float
        How far they are moved, 0 (not) to 1 (all the way).
    overdub : bool
        Keep what the element plays there; without it the take is all that it plays in these bars.

    Returns
    -------
    Take

    Raises
    ------
    ParameterError
        If the element or bars are not in the song, or a number is outside its range.

    Examples
    --------
    A take of two notes on a grid of eighths: `played_in(song, "bass", [(0.04, 0.4, 36, 100), (0.55, 0.4, 43, 90)],
    (1, 1), grid_beats=0.5).edit["add"]` begins on beats 1 and 1.5.
    """
    check_element(song, element)
    (place,) = bars_of(song.plan, None, bars)
    if not 0.0 <= grid_beats <= 4.0 or not 0.0 <= strength <= 1.0:
        raise ParameterError(f"grid {grid_beats:g}, strength {strength:g}: expected 0 to 4 quarter notes and 0 to 1")
    heard = [_checked(one) for one in played]
    fitting = [one for one in heard if _plays(element, one[2])]
    fresh = _fresh(element, fitting, len(place) * song.bar_beats, grid_beats, strength)
    standing = [note for note in song.score.parts[element].notes if song.bar_of(note) in place]
    gone = [note for note in standing if not overdub or _in_the_way(song, element, note, place, fresh)]
    edit = _edit(song, element, place, [fresh[at] for at in sorted(fresh)], gone) if fresh else None
    remarks = _remarks(element, len(heard), len(fitting), len(fresh))
    return Take(edit, len(fresh), (*remarks, *(_gave_way(element, len(gone)) if overdub else ())))


def _fresh(
    element: str, notes: Iterable[tuple[float, float, int, int]], total_beats: float, grid_beats: float, strength: float
) -> dict[tuple[float, int], dict[str, Any]]:
    """Notes as an edit adds them, by onset and sound; of those that cannot stand together the last pressed stays."""
    grid, keep = grid_beats or FINEST_BEATS, strength if grid_beats else 0.0
    fresh: dict[tuple[float, int], dict[str, Any]] = {}
    for onset, length, pitch, velocity in notes:
        new = _written(onset, length, pitch, velocity, total=total_beats, grid=grid, keep=keep)
        sound = DRUM_ROLES[drum_role(pitch)] if is_drums(element) else pitch
        # What is pressed last goes last, where it replaces what began with it.
        at = (new["onset"], 0 if _one_voice(element) else sound)
        fresh.pop(at, None)
        fresh[at] = new | {"pitch": sound}
    return fresh


def _remarks(element: str, heard: int, fitting: int, fresh: int) -> tuple[str, ...]:
    """What was left out, and why."""
    low, high = element_of(element).compass
    out_of_compass, replaced = heard - fitting, fitting - fresh
    remarks = [f"{_count(out_of_compass)} left out: {element} plays MIDI {low} to {high}"] if out_of_compass else []
    return (*remarks, *([f"{_count(replaced)} left out: another began with it"] if replaced else []))


def _gave_way(element: str, gone: int) -> tuple[str, ...]:
    """What an overdub took the place of: notes that began together with its own."""
    if not gone:
        return ()
    why = f"{element} plays one at a time" if _one_voice(element) else "the same was struck again"
    return (f"{_count(gone)} that stood there gave way: {why}",)


def _checked(note: tuple[float, float, int, int]) -> tuple[float, float, int, int]:
    try:
        onset, length, pitch, velocity = note
        numbers = (float(onset), float(length), int(pitch), int(velocity))
    except (TypeError, ValueError):
        raise ParameterError(f"{note!r}: expected onset, length, pitch and velocity of a note") from None
    fits = (
        0 <= numbers[0] <= 1e6 and 0 <= numbers[1] <= 1e6 and numbers[2] in range(128) and numbers[3] in range(1, 128)
    )
    if not fits:
        raise ParameterError(f"{note!r}: expected an onset and a length from 0, a pitch 0 to 127, a velocity 1 to 127")
    return numbers


def _plays(element: str, pitch: int) -> bool:
    low, high = element_of(element).compass
    return is_drums(element) or low <= pitch <= high


def _one_voice(element: str) -> bool:
    return kind_of(element) in ("bass", "melody")


def _written(
    onset: float, length: float, pitch: int, velocity: int, *, total: float, grid: float, keep: float
) -> dict[str, Any]:
    """A played note on the grid: `keep` of its way there is moved, the rest stays as its deviation."""
    step = math.floor(onset / grid + 0.5)
    shift = (onset - step * grid) * (1.0 - keep)
    at = step * grid
    sounding = max(grid, round(length / grid) * grid) if keep == 1.0 else length
    # A take that is played over a loop ends where it begins.
    at = at - total if at >= total - 1e-6 else at
    return {
        "onset": round(max(0.0, at), 6),
        "length_beats": round(min(_MOST_BEATS, max(_SHORTEST_BEATS, sounding)), 6),
        "velocity": velocity,
        "shift_beats": round(max(-0.5, min(0.5, shift)), 6),
    }


def _in_the_way(song: Song, element: str, note: Note, place: range, fresh: dict[tuple[float, int], Any]) -> bool:
    """Whether a new note begins where this one does, on the same pitch or in the one voice."""
    sound = 0 if _one_voice(element) else DRUM_ROLES[drum_role(note.pitch)] if is_drums(element) else note.pitch
    onset = note.onset_beats - place.start * song.bar_beats
    return any(abs(onset - at) < 1e-3 and sound == other for at, other in fresh)


def _edit(song: Song, element: str, place: range, fresh: list[dict[str, Any]], gone: list[Note]) -> dict[str, Any]:
    def named(onset: float, pitch: int) -> dict[str, Any]:
        bar = int((onset + 1e-6) // song.bar_beats)
        return {"bar": bar + 1, "beat": round(onset - bar * song.bar_beats + 1, 6), "pitch": pitch}

    add = [
        named(new["onset"] + place.start * song.bar_beats, new["pitch"])
        | {"length_beats": new["length_beats"], "velocity": new["velocity"]}
        | ({"shift_beats": new["shift_beats"]} if new["shift_beats"] else {})
        for new in fresh
    ]
    remove = [named(note.onset_beats, note.pitch) for note in gone]
    return {"edit": "notes", "element": element, "add": add} | ({"remove": remove} if remove else {})


def _count(number: int) -> str:
    return "1 note" if number == 1 else f"{number} notes"
