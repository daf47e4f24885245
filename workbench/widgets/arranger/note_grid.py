"""What the note editor shows: some bars of one element, in rows of pitches or of drum roles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workbench.domain.elements import element_of, is_drums
from workbench.domain.errors import ParameterError
from workbench.domain.score import Note
from workbench.domain.song import DRUM_ROLES, drum_role
from workbench.editing import Song
from workbench.editing.song import bars_of, check_element
from workbench.editing.swinging import swing_of
from workbench.editing.transposing import note_name
from workbench.output.figures.palette import element_colour

MOST_BARS = 8
"""Bars that are shown at once: more would leave no room to point at a note."""
_MARGIN = 5
"""Rows beyond the highest and the lowest note, so that there is where to move them."""
_LEAST_ROWS = 20
_BLACK = (1, 3, 6, 8, 10)


def note_grid(song: Song, element: str, first: int, last: int) -> dict[str, Any]:
    """Plain values for the page.

    `chords` holds a text for each bar, `swing` that of sixteenths and of eighths. A row is `{"pitch", "label",
    "black"}`, the highest first; a note is `[bar, beat, pitch, length_beats, velocity, row, shift_beats]`, bars and
    beats from 1 as the edit `notes` names them.

    Raises
    ------
    ParameterError
        If the element or the bars are not in the song.
    """
    bars = _bars(song, first, last)
    check_element(song, str(element))
    notes = song.score.parts[element].notes
    rows = _drum_rows() if is_drums(element) else _pitch_rows(element, notes)
    row_of = {row["pitch"]: index for index, row in enumerate(rows)}
    return {
        "element": element,
        "colour": element_colour(element),
        "drums": is_drums(element),
        "first": bars[0] + 1,
        "last": bars[-1] + 1,
        "bar_beats": song.bar_beats,
        "rows": rows,
        "notes": [_note(song, element, note, row_of) for note in notes if song.bar_of(note) in bars],
        "swing": [swing_of(song, element, (bars[0] + 1, bars[-1] + 1), step_beats=step) for step in (0.25, 0.5)],
        "chords": [_chords(song, bar) for bar in bars],
        "locked": sorted(bar + 1 for bar in song.locked_bars(element) & set(bars)),
    }


def _bars(song: Song, first: int, last: int) -> range:
    whole = all(isinstance(bar, int) and not isinstance(bar, bool) for bar in (first, last))
    if not whole or not 1 <= first <= last:
        raise ParameterError(
            f"bars: expected two whole numbers from 1, the first and the last, got {first!r}, {last!r}"
        )
    (bars,) = bars_of(song.plan, None, (first, last))
    return bars[:MOST_BARS]


def _chords(song: Song, bar: int) -> str:
    """The chords that sound in a bar, as the edit `chords` takes them."""
    start, end = bar * song.bar_beats, (bar + 1) * song.bar_beats
    inside = [one for one in song.score.chords if one.onset_beats < end - 1e-6 and one.end_beats > start + 1e-6]
    return " ".join(one.symbol(song.score.key_at(max(start, one.onset_beats))) for one in inside)


def _drum_rows() -> list[dict[str, Any]]:
    rows = [{"pitch": pitch, "label": role.replace("_", " "), "black": False} for role, pitch in DRUM_ROLES.items()]
    return rows[::-1]


def _pitch_rows(element: str, notes: Sequence[Note]) -> list[dict[str, Any]]:
    pitches = [note.pitch for note in notes] or [sum(element_of(element).compass) // 2]
    spread = max(_MARGIN, (_LEAST_ROWS - (max(pitches) - min(pitches))) // 2)
    low = min(min(pitches), max(element_of(element).compass[0], min(pitches) - spread))
    high = max(max(pitches), min(element_of(element).compass[1], max(pitches) + spread))
    return [
        {"pitch": pitch, "label": note_name(pitch), "black": pitch % 12 in _BLACK} for pitch in range(high, low - 1, -1)
    ]


def _note(song: Song, element: str, note: Note, row_of: dict[int, int]) -> list[Any]:
    bar = song.bar_of(note)
    beat = round(note.onset_beats - bar * song.bar_beats + 1, 6)
    row = row_of[DRUM_ROLES[drum_role(note.pitch)] if is_drums(element) else note.pitch]
    return [bar + 1, beat, note.pitch, note.duration_beats, note.velocity, row, round(note.shift_beats, 6)]
