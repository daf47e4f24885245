"""Edits that keep the notes or move them as they are: lock, unlock, transpose, tempo, patch, mute, unmute, drop."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import replace

from workbench.domain.edit_state import Lock as Held
from workbench.domain.edit_state import Mute as Silenced
from workbench.domain.errors import ParameterError
from workbench.domain.score import Note
from workbench.domain.song import ELEMENTS
from workbench.domain.theory import Chord, Key
from workbench.editing.edits import Drop, Lock, Mute, Patch, Tempo, Transpose, Unlock, Unmute
from workbench.editing.song import Bars, Song, bars_of, check_element, find_sections, open_bars, ranges, told
from workbench.editing.writing import PITCHED, with_patch


def lock(song: Song, edit: Lock, seed: int) -> Song:
    """Hold an element, or everything, in a place."""
    bars = bars_of(song.plan, edit.section, edit.bars)
    locks = song.state.locks
    for element in _lockable(song, edit.element):
        mine = song.locked_bars(element) | {bar for piece in bars for bar in piece}
        locks = (*(held for held in locks if held.element != element), *_held(element, mine))
    return replace(song, state=replace(song.state, locks=locks))


def unlock(song: Song, edit: Unlock, seed: int) -> Song:
    """Let go of an element, or of everything, in a place."""
    bars = {bar for piece in bars_of(song.plan, edit.section, edit.bars) for bar in piece}
    locks = song.state.locks
    for element in _lockable(song, edit.element):
        mine = song.locked_bars(element) - bars
        locks = (*(held for held in locks if held.element != element), *_held(element, mine))
    if locks == song.state.locks:
        raise ParameterError(f"nothing is locked in {told(ranges(bars))}")
    return replace(song, state=replace(song.state, locks=locks))


def transpose(song: Song, edit: Transpose, seed: int) -> Song:
    """Move pitches; without an element the chords move along, and with the whole song its key."""
    bars = bars_of(song.plan, edit.section, edit.bars)
    muted = {silenced.element for silenced in song.state.mutes}
    elements = [edit.element] if edit.element else [name for name in PITCHED if name in {*song.score.parts, *muted}]
    for element in elements:
        if element not in muted:
            check_element(song, element)
        song = _moved(song, element, bars, edit.semitones)
    if edit.element is None:
        song = _moved_harmony(song, bars, edit.semitones)
    if bars == (range(song.plan.bars),):
        song = _moved_register(song, elements, edit.semitones)
    return song


def tempo(song: Song, edit: Tempo, seed: int) -> Song:
    """The same notes at another tempo."""
    if edit.section:
        slower = find_sections(song.plan, edit.section)
        return song.with_sections(
            replace(section, tempo_bpm=edit.bpm) if index in slower else section
            for index, section in enumerate(song.plan.sections)
        )
    ratio = edit.bpm / song.plan.tempo_bpm
    song = song.with_sections(
        replace(section, tempo_bpm=section.tempo_bpm and section.tempo_bpm * ratio) for section in song.plan.sections
    )
    return replace(song, plan=replace(song.plan, tempo_bpm=edit.bpm), score=replace(song.score, tempo_bpm=edit.bpm))


def patch(song: Song, edit: Patch, seed: int) -> Song:
    """The same notes on another patch or kit."""
    check_element(song, edit.element)
    return with_patch(song, edit.element, edit.patch)


def mute(song: Song, edit: Mute, seed: int) -> Song:
    """Take notes out of what sounds, and keep them."""
    place = open_bars(song, edit.element, bars_of(song.plan, edit.section, edit.bars), named=True)
    bars = {bar for piece in place for bar in piece}
    notes = song.score.parts[edit.element].notes
    silenced = tuple(
        Silenced(edit.element, p.start, p.stop, tuple(note for note in notes if song.bar_of(note) in p)) for p in place
    )
    kept = [note for note in notes if song.bar_of(note) not in bars]
    song = replace(song, state=replace(song.state, mutes=(*song.state.mutes, *silenced)))
    song = song.with_notes(edit.element, kept)
    if not song.playing_bars(edit.element):
        return song.without(edit.element)
    for piece in place:
        song = song.with_players(edit.element, piece, playing=False)
    return song


def unmute(song: Song, edit: Unmute, seed: int) -> Song:
    """Give the kept notes back to each mute that a place touches."""
    bars = bars_of(song.plan, edit.section, edit.bars)
    back = [mute for mute in song.state.mutes if mute.element == edit.element and _touched(mute, bars)]
    if not back:
        raise ParameterError(f"{edit.element} is not muted in {told(bars)}")
    standing = song.score.parts[edit.element].notes if edit.element in song.score.parts else ()
    mutes = tuple(mute for mute in song.state.mutes if mute not in back)
    palette = tuple(name for name in ELEMENTS if name in {*song.plan.palette, edit.element})
    song = replace(song, plan=replace(song.plan, palette=palette), state=replace(song.state, mutes=mutes))
    for silenced in back:
        song = song.with_players(edit.element, range(silenced.first_bar, silenced.end_bar), playing=True)
    return song.with_notes(edit.element, [*standing, *(note for silenced in back for note in silenced.notes)])


def drop(song: Song, edit: Drop, seed: int) -> Song:
    """Take an element out for good."""
    muted = any(silenced.element == edit.element for silenced in song.state.mutes)
    if not muted:
        check_element(song, edit.element)
    if song.locked_bars(edit.element):
        raise ParameterError(f"{edit.element} is locked: unlock it first")
    mutes = tuple(silenced for silenced in song.state.mutes if silenced.element != edit.element)
    styles = {name: style for name, style in song.state.styles.items() if name != edit.element}
    song = replace(song, state=replace(song.state, mutes=mutes, styles=styles))
    return song.without(edit.element) if edit.element in song.score.parts else song


def _lockable(song: Song, element: str | None) -> tuple[str, ...]:
    if element not in (None, "harmony"):
        check_element(song, element)
    return (element,) if element else ("harmony", *song.score.parts)


def _held(element: str, bars: Iterable[int]) -> tuple[Held, ...]:
    return tuple(Held(element, piece.start, piece.stop) for piece in ranges(bars))


def _touched(silenced: Silenced, bars: Bars) -> bool:
    return any(piece.start < silenced.end_bar and silenced.first_bar < piece.stop for piece in bars)


def _moved(song: Song, element: str, bars: Bars, semitones: int) -> Song:
    inside = {bar for piece in bars for bar in piece}
    locked = inside & song.locked_bars(element)
    if locked:
        raise ParameterError(f"{element} is locked in {told(ranges(locked))}: unlock it first, or choose another place")

    def move(note: Note) -> Note:
        return replace(note, pitch=note.pitch + semitones) if song.bar_of(note) in inside else note

    mutes = tuple(
        replace(mute, notes=tuple(map(move, mute.notes))) if mute.element == element else mute
        for mute in song.state.mutes
    )
    part = song.score.parts.get(element)
    notes = [move(note) for note in part.notes] if part else []
    everything = [*notes, *(note for mute in mutes for note in mute.notes if mute.element == element)]
    if any(not 0 <= note.pitch <= 127 for note in everything):
        raise ParameterError(f"{element} would leave the range of MIDI, 0 to 127, by {semitones:+d} semitones")
    song = replace(song, state=replace(song.state, mutes=mutes))
    return song.with_notes(element, notes) if part else song


def _moved_harmony(song: Song, bars: Bars, semitones: int) -> Song:
    locked = {bar for piece in bars for bar in piece} & song.locked_bars("harmony")
    if locked:
        raise ParameterError(f"harmony is locked in {told(ranges(locked))}: unlock it first, or choose another place")
    spans = [(piece.start * song.bar_beats, piece.stop * song.bar_beats) for piece in bars]
    chords: list[Chord] = []
    for chord in song.score.chords:
        chords += _moved_inside(chord, spans, semitones)
    song = replace(song, score=replace(song.score, chords=tuple(chords)))
    whole = bars == (range(song.plan.bars),)
    home = song.plan.key
    if whole:
        key = _moved_key(home, semitones)
        song = replace(song, plan=replace(song.plan, key=key), score=replace(song.score, key=key))
    sections = []
    for section in song.plan.sections:
        start = section.start_bar * song.bar_beats
        placed = [replace(chord, onset_beats=chord.onset_beats + start) for chord in section.chords]
        moved = [part for chord in placed for part in _moved_inside(chord, spans, semitones)]
        back = tuple(replace(chord, onset_beats=chord.onset_beats - start) for chord in moved)
        covered = any(piece.start <= section.start_bar and section.end_bar <= piece.stop for piece in bars)
        own = section.key or (None if whole else home)
        moved_key = _moved_key(own, semitones) if covered and own else section.key
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
        root, bass = (chord.root + shift) % 12, (chord.bass + shift) % 12
        parts.append(replace(chord, onset_beats=onset, duration_beats=end - onset, root=root, bass=bass))
    return parts


def _moved_register(song: Song, elements: Iterable[str], semitones: int) -> Song:
    parts = dict(song.plan.parts)
    for element in elements:
        traits = parts[element]
        low, high = max(0, traits.low_pitch + semitones), min(127, traits.high_pitch + semitones)
        parts[element] = replace(traits, low_pitch=low, high_pitch=high)
    return replace(song, plan=replace(song.plan, parts=parts))
