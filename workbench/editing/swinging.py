"""Swing by hand: what lies between the steps of a grid is played late, as an edit `notes`."""

from __future__ import annotations

from typing import Any

from workbench.domain.errors import ParameterError
from workbench.domain.score import Note
from workbench.editing.song import Song, bars_of, check_element

STRAIGHT, LATEST = 50.0, 75.0
"""Per cent of a pair of steps that the first one takes: even, and as a dotted note; two thirds are a triplet's."""
_NEAR_BEATS = 1e-3


def swung(
    song: Song, element: str, bars: tuple[int, int], percent: float, *, step_beats: float = 0.25
) -> dict[str, Any] | None:
    """The edit that gives an element some swing; other deviations from the grid stay.

    Parameters
    ----------
    song : Song
    element : str
    bars : tuple of int
        First and last bar, counted from 1.
    percent : float
        Share of a pair of steps that the first one takes: 50 is straight, 66.7 a triplet, 75 a dotted note.
    step_beats : float
        The step in quarter notes, 0.25 for sixteenths and 0.5 for eighths.

    Returns
    -------
    dict or None
        For `modify`; None where nothing would change.

    Raises
    ------
    ParameterError
        If the element or bars are not in the song, or a number is outside its range.
    """
    check_element(song, element)
    if isinstance(percent, bool) or not isinstance(percent, int | float) or not STRAIGHT <= percent <= LATEST:
        raise ParameterError(f"swing {percent!r}: expected {STRAIGHT:g} (straight) to {LATEST:g} per cent")
    if step_beats not in (0.25, 0.5):
        raise ParameterError(f"step {step_beats!r}: expected 0.25 (sixteenths) or 0.5 (eighths) quarter notes")
    shift = round((percent - STRAIGHT) / 100.0 * 2.0 * step_beats, 6)
    changes = [
        {"bar": bar + 1, "beat": round(place + 1, 6), "pitch": note.pitch, "to": {"shift_beats": shift}}
        for note, bar, place in _between(song, element, bars, step_beats)
        if abs(note.shift_beats - shift) > 1e-6
    ]
    return {"edit": "notes", "element": element, "change": changes} if changes else None


def swing_of(song: Song, element: str, bars: tuple[int, int], *, step_beats: float = 0.25) -> float:
    """How much an element swings there, in per cent as `swung` takes it; straight where nothing lies between steps."""
    shifts = [note.shift_beats for note, _, _ in _between(song, element, bars, step_beats)]
    mean = sum(shifts) / len(shifts) if shifts else 0.0
    return round(min(LATEST, max(STRAIGHT, STRAIGHT + 100.0 * mean / (2.0 * step_beats))), 1)


def _between(song: Song, element: str, bars: tuple[int, int], step: float) -> list[tuple[Note, int, float]]:
    """Notes on every second step, with their bar (from 0) and their place in it."""
    (inside,) = bars_of(song.plan, None, bars)
    found = []
    for note in song.score.parts[element].notes:
        bar = song.bar_of(note)
        place = note.onset_beats - bar * song.bar_beats
        number = round(place / step)
        if bar in inside and number % 2 and abs(place - number * step) < _NEAR_BEATS:
            found.append((note, bar, place))
    return found
