"""Edits that keep the notes or move them as they are: lock, unlock, tempo, patch, sound, mix, mute, unmute, drop."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from workbench.domain.edit_state import Lock as Held
from workbench.domain.edit_state import Mute as Silenced
from workbench.domain.errors import ParameterError
from workbench.domain.moves import EqMove, StripMove
from workbench.domain.song import ELEMENTS
from workbench.editing.edits import Drop, Lock, Mix, Mute, Patch, Sound, Tempo, Unlock, Unmute
from workbench.editing.song import (
    Bars,
    Song,
    bars_of,
    check_element,
    check_unlocked,
    find_sections,
    open_bars,
    ranges,
    told,
)
from workbench.editing.writing import with_patch
from workbench.mastering import load_style
from workbench.mixing import load_colour
from workbench.rendering import load_sounds

_CHANNEL = ("gain_db", "pan", "mute", "eq", "reverb_send_db", "delay_send_db")


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
    """The same notes on another patch or kit; refused where the element is locked in any bar."""
    check_element(song, edit.element)
    check_unlocked(song, edit.element)
    return with_patch(song, edit.element, edit.patch)


def sound(song: Song, edit: Sound, seed: int) -> Song:
    """The same notes on the same patch with some of its parameters set; refused where the element is locked."""
    check_element(song, edit.element)
    check_unlocked(song, edit.element)
    settings = {**song.plan.patch_settings.get(edit.element, {}), **edit.settings}
    plan = replace(song.plan, patch_settings={**song.plan.patch_settings, edit.element: settings})
    load_sounds([edit.element], plan)  # refuses what the patch does not have
    return replace(song, plan=plan)


def mix(song: Song, edit: Mix, seed: int) -> Song:
    """A channel moved, or another processing style for all; a lock holds notes and sound, not the fader."""
    moves = edit.model_dump(include=set(_CHANNEL), exclude_none=True)
    if (edit.element is None) == bool(moves) or not (moves or edit.processing_style):
        raise ParameterError(f"expected an element with {', '.join(_CHANNEL)}, or a processing_style for the song")
    plan = song.plan
    if edit.processing_style:
        load_colour(edit.processing_style)
        load_style(edit.processing_style)
        plan = replace(plan, processing_style=edit.processing_style)
    if edit.element:
        check_element(song, edit.element)
        if "eq" in moves:
            moves["eq"] = tuple(EqMove(**band) for band in moves["eq"])
        move = replace(plan.mix.get(edit.element, StripMove()), **moves)
        plan = replace(plan, mix={**plan.mix, edit.element: move})
    return replace(song, plan=plan)


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
    check_unlocked(song, edit.element)
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
