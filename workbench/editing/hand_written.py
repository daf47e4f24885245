"""The edit that writes notes by hand: found by their place, put on the grid, kept to one voice where one plays."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from workbench.composition.bass_line import TIE_BEATS
from workbench.domain.elements import element_of, is_drums, kind_of
from workbench.domain.errors import ParameterError
from workbench.domain.score import Note
from workbench.domain.song import DRUM_ROLES, drum_role
from workbench.editing.edits import Add
from workbench.editing.note_edit import NamedNote, NewNote, NoteChange, Notes, NoteValues
from workbench.editing.rewriting import introduced
from workbench.editing.song import Song, bars_of, ranges, spelled
from workbench.editing.transposing import note_name

_NEAR_BEATS = 0.002
"""A note is meant by a place this near, a tick of 480 to the quarter: places are written with few decimals."""
_GRID = 48
"""Parts of a quarter note on which 32nds and sextuplets lie; a place near one of them is that very number."""
_ON_GRID_BEATS = 1e-4
_APART_BEATS = 1 / 64
_MOST_LISTED = 6


def write_notes(song: Song, edit: Notes, seed: int) -> Song:
    """Remove, change and add single notes of an element; all else stays the same notes.

    Raises
    ------
    ParameterError
        If a note is not there, or is there twice; if a pitch or place does not fit, or a lock or a mute is in the way.
    """
    element = edit.element
    _check_places(song, edit)
    part = song.score.parts.get(element)
    before = part.notes if part else ()
    gone = [_find(song, element, before, named) for named in edit.remove or ()]
    changes = [(_find(song, element, before, named), named) for named in edit.change or ()]
    _check_single_use(song, element, [*gone, *(note for note, _ in changes)])
    fresh = [_changed(song, element, note, change) for note, change in changes]
    fresh += [_new(song, element, note) for note in edit.add or ()]
    leaving = {*gone, *(note for note, _ in changes)}
    after = _in_voices(song, element, [note for note in before if note not in leaving], fresh)
    if not after.notes:
        raise ParameterError(f"no note of {element} would be left: mute or drop it instead")
    _check_open(song, element, before, after.notes)
    song = _brought_in(song, element, {song.bar_of(note) for note in fresh}).with_notes(element, after.notes)
    if not after.cut:
        return song
    notes = "1 note ends" if after.cut == 1 else f"{after.cut} notes end"
    return song.with_remarks(f"{notes} earlier: where the next one begins, or with the song")


@dataclass(frozen=True, slots=True)
class _Voices:
    """Notes that no longer overlap where they may not, and how many became shorter for it."""

    notes: tuple[Note, ...]
    cut: int


def _check_places(song: Song, edit: Notes) -> None:
    named = (*(edit.add or ()), *(edit.remove or ()), *(edit.change or ()))
    wanted: list[NamedNote | NoteValues] = [*named, *(one.to for one in edit.change or ())]
    muted = _muted_bars(song, edit.element)
    for one in wanted:
        if one.bar is not None:
            bars_of(song.plan, None, (one.bar, one.bar))
            if one.bar - 1 in muted:
                raise ParameterError(f"{edit.element} is muted in bar {one.bar}: unmute it first")
        if one.beat is not None and one.beat >= 1 + song.bar_beats - _NEAR_BEATS:
            raise ParameterError(
                f"beat {one.beat:g} is not in a bar of {song.plan.metre}: "
                f"expected quarter notes from 1 to below {1 + song.bar_beats:g}"
            )


def _find(song: Song, element: str, notes: Sequence[Note], named: NamedNote) -> Note:
    """The note that is meant: of the pitch, or the role, and nearest to the place.

    Raises
    ------
    ParameterError
        If there is none; the message lists what the bar holds.
    """
    onset = _onset(song, named.bar, named.beat)
    near = [
        note for note in notes if abs(note.onset_beats - onset) <= _NEAR_BEATS and _is_pitch(element, note, named.pitch)
    ]
    if near:
        return min(near, key=lambda note: (abs(note.onset_beats - onset), note))
    here = [note for note in notes if song.bar_of(note) == named.bar - 1]
    listed = ", ".join(f"{_sound(element, n.pitch)} at beat {_beat(song, n):g}" for n in here[:_MOST_LISTED])
    rest = f" and {len(here) - _MOST_LISTED} more" if len(here) > _MOST_LISTED else ""
    raise ParameterError(
        f"{element} plays no {_sound(element, named.pitch)} at bar {named.bar}, beat {named.beat:g}: "
        f"that bar holds {listed + rest or 'no notes of it'}"
    )


def _is_pitch(element: str, note: Note, pitch: int | str) -> bool:
    if isinstance(pitch, str):
        return is_drums(element) and drum_role(note.pitch) == pitch
    return note.pitch == pitch


def _check_single_use(song: Song, element: str, notes: Sequence[Note]) -> None:
    twice = [note for note in notes if notes.count(note) > 1] if len(set(notes)) < len(notes) else []
    if twice:
        raise ParameterError(f"{_where(song, element, twice[0])} is named twice: expected each note once")


def _changed(song: Song, element: str, note: Note, change: NoteChange) -> Note:
    """A note with the values that were named; it keeps its deviation from the grid."""
    to = change.to
    onset = note.onset_beats
    if to.bar is not None or to.beat is not None:
        bar = song.bar_of(note) + 1 if to.bar is None else to.bar
        onset = _onset(song, bar, _beat(song, note) if to.beat is None else to.beat)
    pitch = note.pitch if to.pitch is None else _number(element, to.pitch)
    if pitch != note.pitch:
        _check_pitch(element, pitch)
    length = note.duration_beats if to.length_beats is None else round(to.length_beats, 6)
    velocity = note.velocity if to.velocity is None else to.velocity
    shift = note.shift_beats if to.shift_beats is None else to.shift_beats
    return Note(onset, pitch, length, velocity, shift)


def _new(song: Song, element: str, note: NewNote) -> Note:
    pitch = _number(element, note.pitch)
    _check_pitch(element, pitch)
    length = round(note.length_beats, 6)
    return Note(_onset(song, note.bar, note.beat), pitch, length, note.velocity, note.shift_beats or 0.0)


def _number(element: str, pitch: int | str) -> int:
    if isinstance(pitch, int):
        return pitch
    if not is_drums(element):
        raise ParameterError(f"{pitch} is a drum role, but {element} has pitches: expected a MIDI number")
    return DRUM_ROLES[pitch]


def _check_pitch(element: str, pitch: int) -> None:
    low, high = element_of(element).compass
    if not low <= pitch <= high:
        raise ParameterError(
            f"{element} plays MIDI {low} to {high} ({note_name(low)} to {note_name(high)}), "
            f"got {pitch} ({note_name(pitch)})"
        )


def _onset(song: Song, bar: int, beat: float) -> float:
    """A place in quarter notes from the start of the song; near the grid it is the grid's own number."""
    whole = math.floor(beat + _NEAR_BEATS) - 1
    part = beat - 1 - whole
    slot = round(part * _GRID)
    start = (bar - 1) * song.bar_beats
    if abs(part - slot / _GRID) < _ON_GRID_BEATS:
        return start + (whole + slot / _GRID)
    return round(start + whole + part, 6)


def _beat(song: Song, note: Note) -> float:
    return round(note.onset_beats - song.bar_of(note) * song.bar_beats + 1, 6)


def _in_voices(song: Song, element: str, standing: Sequence[Note], fresh: Sequence[Note]) -> _Voices:
    """Standing notes and fresh ones, where none of the fresh overlaps another of its voice; the standing stay else.

    Raises
    ------
    ParameterError
        If two notes of one voice begin together.
    """
    tie = TIE_BEATS if kind_of(element) == "bass" and song.plan.parts[element].slides else 0.0
    new, result, cut = set(fresh), [], 0
    for voice in _voices(element, [*standing, *fresh]):
        for note, following in zip_longest(voice, voice[1:]):
            room = song.score.length_beats - note.onset_beats
            touched = note in new or following in new
            if touched and following:
                _check_apart(song, element, note, following)
                room = min(room, following.onset_beats - note.onset_beats + tie)
            shorter = touched and note.duration_beats > room + 1e-6
            result.append(replace(note, duration_beats=round(room, 6)) if shorter else note)
            cut += shorter
    return _Voices(tuple(sorted(result)), cut)


def _voices(element: str, notes: Iterable[Note]) -> list[list[Note]]:
    """Notes, sorted, of which one sounds at a time: all of a single line, else those of one pitch."""
    voices: dict[int, list[Note]] = {}
    for note in sorted(notes):
        voices.setdefault(0 if element_of(element).single_line else note.pitch, []).append(note)
    return list(voices.values())


def _check_apart(song: Song, element: str, note: Note, following: Note) -> None:
    if following.onset_beats - note.onset_beats >= _APART_BEATS - 1e-9:
        return
    rule = "one note at a time" if element_of(element).single_line else "a pitch once at a time"
    raise ParameterError(
        f"{element} plays {rule}, and two would begin together: {_where(song, element, note)} and "
        f"{_where(song, element, following)}; remove or change one of them"
    )


def _check_open(song: Song, element: str, before: Sequence[Note], after: Sequence[Note]) -> None:
    """Refuse an edit that reaches into bars that are locked, be it by a note that it cuts."""
    bars = {song.bar_of(note) for note in set(before) ^ set(after)}
    locked = bars & song.locked_bars(element)
    if locked:
        raise ParameterError(
            f"{element} is locked in {spelled(ranges(locked))}: unlock it first, or choose another place"
        )


def _muted_bars(song: Song, element: str) -> set[int]:
    mutes = [one for one in song.state.mutes if one.element == element]
    return {bar for one in mutes for bar in range(one.first_bar, one.end_bar)}


def _brought_in(song: Song, element: str, bars: set[int]) -> Song:
    """The song in which an element plays in the sections of some bars."""
    if element not in song.score.parts:
        song = introduced(song, Add(element=element))
    absent = bars - song.playing_bars(element)
    for piece in ranges(absent):
        song = song.with_players(element, piece, playing=True)
    return song.with_remarks(f"{element} comes in at {spelled(ranges(absent))}") if absent else song


def _where(song: Song, element: str, note: Note) -> str:
    return f"{_sound(element, note.pitch)} at bar {song.bar_of(note) + 1}, beat {_beat(song, note):g}"


def _sound(element: str, pitch: int | str) -> str:
    """A pitch as its element's players call it.

    Examples
    --------
    >>> _sound("bass", 40), _sound("percussion", 38), _sound("percussion", "snare")
    ('E2 (40)', 'snare (38)', 'snare')
    """
    if isinstance(pitch, str):
        return pitch
    return f"{drum_role(pitch) if is_drums(element) else note_name(pitch)} ({pitch})"
