"""The edit that moves pitches: of the song with its key, of a place with its chords, or of one element."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from workbench.domain.elements import PITCHED_ELEMENTS, element_of
from workbench.domain.errors import ParameterError
from workbench.domain.score import Note
from workbench.domain.theory import Chord, Key
from workbench.editing.edits import Transpose
from workbench.editing.song import Bars, Song, bars_of, check_element, ranges, spelled

_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")


def transpose(song: Song, edit: Transpose, seed: int) -> Song:
    """Move pitches; without an element the chords move along, and with the whole song its key.

    Raises
    ------
    ParameterError
        If an element that is named would leave its range, or one that moves with the others fits in no octave; if a
        lock is in the way, or the place or the element is not in the song.
    """
    bars = bars_of(song.plan, edit.section, edit.bars)
    muted = {silenced.element for silenced in song.state.mutes}
    elements = (
        [edit.element] if edit.element else [name for name in PITCHED_ELEMENTS if name in {*song.score.parts, *muted}]
    )
    shifts: dict[str, int] = {}
    for element in elements:
        if element not in muted:
            check_element(song, element)
        _check_open(song, element, bars)
        shifts[element] = _shift(song, element, bars, edit.semitones, folded=edit.element is None)
        song = _moved(song, element, bars, shifts[element])
    if edit.element is None:
        song = _moved_harmony(song, bars, edit.semitones)
    if bars == (range(song.plan.bars),):
        song = _moved_register(song, shifts)
    return song


def _shift(song: Song, element: str, bars: Bars, semitones: int, *, folded: bool) -> int:
    """By how much an element moves: as asked, or if `folded` by as few octaves less as bring it into its range.

    Notes that lie outside already, as an imported melody may, are no hindrance as long as they come no further out.
    """
    inside = {bar for piece in bars for bar in piece}
    part = song.score.parts.get(element)
    muted = [note for mute in song.state.mutes if mute.element == element for note in mute.notes]
    pitches = [note.pitch for note in (*(part.notes if part else ()), *muted) if song.bar_of(note) in inside]
    if not pitches:
        return semitones
    lowest, highest = min(pitches), max(pitches)
    low, high = element_of(element).compass
    octave = -12 if semitones > 0 else 12
    for shift in range(semitones, octave, octave) if folded else (semitones,):
        if min(low, lowest) <= lowest + shift and highest + shift <= max(high, highest):
            return shift
    where = f"MIDI {lowest + semitones} to {highest + semitones}"
    named = f"{note_name(lowest + semitones)} to {note_name(highest + semitones)}"
    raise ParameterError(
        f"{element} would lie at {where} ({named}) by {semitones:+d} semitones, "
        f"expected {low} to {high} ({note_name(low)} to {note_name(high)})"
    )


def note_name(pitch: int) -> str:
    """A MIDI pitch by name, middle C as C4.

    Examples
    --------
    >>> note_name(60), note_name(23), note_name(5)
    ('C4', 'B0', 'F-1')
    """
    return f"{_NAMES[pitch % 12]}{pitch // 12 - 1}"


def _check_open(song: Song, element: str, bars: Bars) -> None:
    locked = {bar for piece in bars for bar in piece} & song.locked_bars(element)
    if locked:
        raise ParameterError(
            f"{element} is locked in {spelled(ranges(locked))}: unlock it first, or choose another place"
        )


def _moved(song: Song, element: str, bars: Bars, semitones: int) -> Song:
    inside = {bar for piece in bars for bar in piece}

    def move(note: Note) -> Note:
        return replace(note, pitch=note.pitch + semitones) if song.bar_of(note) in inside else note

    mutes = tuple(
        replace(mute, notes=tuple(map(move, mute.notes))) if mute.element == element else mute
        for mute in song.state.mutes
    )
    part = song.score.parts.get(element)
    notes = [move(note) for note in part.notes] if part else []
    song = replace(song, state=replace(song.state, mutes=mutes))
    return song.with_notes(element, notes) if part else song


def _moved_harmony(song: Song, bars: Bars, semitones: int) -> Song:
    locked = {bar for piece in bars for bar in piece} & song.locked_bars("harmony")
    if locked:
        raise ParameterError(
            f"harmony is locked in {spelled(ranges(locked))}: unlock it first, or choose another place"
        )
    spans = [(piece.start * song.bar_beats, piece.stop * song.bar_beats) for piece in bars]
    seams = {*song.state.seams, *_parting(song.score.chords, spans)}
    chords = _rejoined([part for chord in song.score.chords for part in _moved_inside(chord, spans, semitones)], seams)
    left = tuple(sorted(seams & {chord.onset_beats for chord in chords}))
    song = replace(song, score=replace(song.score, chords=chords), state=replace(song.state, seams=left))
    whole = bars == (range(song.plan.bars),)
    home = song.plan.key
    if whole:
        key = _moved_key(home, semitones)
        song = replace(song, plan=replace(song.plan, key=key), score=replace(song.score, key=key))
    sections = []
    for section in song.plan.sections:
        start = section.start_bar * song.bar_beats
        placed = [replace(chord, onset_beats=chord.onset_beats + start) for chord in section.chords]
        moved = _rejoined([part for chord in placed for part in _moved_inside(chord, spans, semitones)], seams)
        back = tuple(replace(chord, onset_beats=chord.onset_beats - start) for chord in moved)
        covered = any(piece.start <= section.start_bar and section.end_bar <= piece.stop for piece in bars)
        own = section.key or (None if whole else home)
        moved_key = _moved_key(own, semitones) if covered and own else section.key
        if not whole and covered and moved_key == home:
            moved_key = None  # the song's own again
        sections.append(replace(section, chords=back, key=moved_key))
    return song.with_sections(sections)


def _moved_key(key: Key, semitones: int) -> Key:
    return Key((key.tonic + semitones) % 12, key.mode)


def _moved_inside(chord: Chord, spans: list[tuple[float, float]], semitones: int) -> list[Chord]:
    """A chord as up to three: what lies inside a span is moved, what lies outside stays."""
    borders = sorted({chord.onset_beats, chord.end_beats, *(b for span in spans for b in span)})
    edges = [border for border in borders if chord.onset_beats <= border <= chord.end_beats]
    parts: list[Chord] = []
    for onset, end in itertools.pairwise(edges):
        shift = semitones if any(first <= onset < last for first, last in spans) else 0
        parts.append(replace(chord.transposed(shift), onset_beats=onset, duration_beats=end - onset))
    return parts


def _parting(chords: Iterable[Chord], spans: list[tuple[float, float]]) -> Iterator[float]:
    """Borders of spans within chords."""
    for chord in chords:
        yield from (border for span in spans for border in span if chord.onset_beats < border < chord.end_beats)


def _rejoined(chords: Iterable[Chord], seams: Collection[float]) -> tuple[Chord, ...]:
    """Chords, of which those that an edit parted at a seam and that are equal again are one."""
    joined: list[Chord] = []
    for chord in chords:
        before = joined[-1] if joined else None
        if (
            before is not None
            and chord.onset_beats in seams
            and before.end_beats == chord.onset_beats
            and (before.root, before.quality, before.bass) == (chord.root, chord.quality, chord.bass)
        ):
            joined[-1] = replace(before, duration_beats=chord.end_beats - before.onset_beats)
        else:
            joined.append(chord)
    return tuple(joined)


def _moved_register(song: Song, shifts: Mapping[str, int]) -> Song:
    """The plan asks for the elements where they lie now, as far as they can be played, over an octave at least."""
    parts = dict(song.plan.parts)
    for element, shift in shifts.items():
        traits, (lowest, highest) = parts[element], element_of(element).compass
        octave = min(12, traits.high_pitch - traits.low_pitch)
        low = min(max(lowest, traits.low_pitch + shift), highest - octave)
        high = max(min(highest, traits.high_pitch + shift), low + octave)
        parts[element] = replace(traits, low_pitch=low, high_pitch=high)
    return replace(song, plan=replace(song.plan, parts=parts))
