"""Edits that keep the notes or move them as they are: lock, unlock, tempo, patch, sound, mix, mute, unmute, drop."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from workbench.domain.edit_state import LockedBars, MutedBars
from workbench.domain.elements import ELEMENTS
from workbench.domain.errors import ParameterError
from workbench.domain.moves import EqMove, StripMove
from workbench.domain.plugin_forms import insert_of, plugin_settings
from workbench.domain.score import Note
from workbench.editing.edits import (
    HIGHEST_BPM,
    LOWEST_BPM,
    ChangePatch,
    Drop,
    Lock,
    Mix,
    Mute,
    Sound,
    Tempo,
    Unlock,
    Unmute,
)
from workbench.editing.rewriting import with_patch
from workbench.editing.song import (
    Song,
    bars_of,
    check_element,
    check_unlocked,
    find_sections,
    open_bars,
    ranges,
    spelled,
)
from workbench.mastering import load_style
from workbench.mixing import load_colour
from workbench.plugins import checked_insert
from workbench.rendering import load_sounds

_CHANNEL = ("gain_db", "pan", "mute", "eq", "reverb_send_db", "delay_send_db", "inserts")

_SAME_BPM = 1e-6


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
        raise ParameterError(f"nothing is locked in {spelled(ranges(bars))}")
    return replace(song, state=replace(song.state, locks=locks))


def tempo(song: Song, edit: Tempo, seed: int) -> Song:
    """The same notes at another tempo."""
    if edit.section:
        slower = find_sections(song.plan, edit.section)
        return song.with_sections(
            replace(section, tempo_bpm=edit.bpm) if index in slower else section
            for index, section in enumerate(song.plan.sections)
        )
    song = song.with_sections(
        replace(section, tempo_bpm=section.tempo_bpm and _in_proportion(song, section.tempo_bpm, edit.bpm))
        for section in song.plan.sections
    )
    return replace(song, plan=replace(song.plan, tempo_bpm=edit.bpm), score=replace(song.score, tempo_bpm=edit.bpm))


def _in_proportion(song: Song, tempo_bpm: float, new_bpm: float) -> float:
    """A section's own tempo beside a new one of the song; it lands on four decimals where it may, so that the way back
    leads back.

    Raises
    ------
    ParameterError
        If it would leave the range of tempi.
    """
    exact = tempo_bpm * new_bpm / song.plan.tempo_bpm
    plain = round(exact, 4)
    moved = plain if abs(plain - exact) < _SAME_BPM else round(exact, 9)
    if not LOWEST_BPM <= moved <= HIGHEST_BPM:
        raise ParameterError(
            f"a section at {tempo_bpm:g} BPM would go at {moved:g} in proportion, "
            f"expected {LOWEST_BPM:g} to {HIGHEST_BPM:g}: give it a tempo of its own first"
        )
    return moved


def patch(song: Song, edit: ChangePatch, seed: int) -> Song:
    """The same notes on another patch or kit; refused where the element is locked in any bar."""
    check_element(song, edit.element)
    check_unlocked(song, edit.element)
    return with_patch(song, edit.element, edit.patch)


def sound(song: Song, edit: Sound, seed: int) -> Song:
    """The same notes on the same patch with some of its parameters set; refused where the element is locked."""
    check_element(song, edit.element)
    check_unlocked(song, edit.element)
    settings = {**song.plan.patch_settings.get(edit.element, {}), **plugin_settings(edit.settings)}
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
        if "inserts" in moves:
            moves["inserts"] = tuple(checked_insert(insert_of(one)) for one in edit.inserts or ())
        move = replace(plan.mix.get(edit.element, StripMove()), **moves)
        # A move that moves nothing is none, so that the way back leads to the same plan.
        others = {name: other for name, other in plan.mix.items() if name != edit.element}
        plan = replace(plan, mix=others if move == StripMove() else {**plan.mix, edit.element: move})
    return replace(song, plan=plan)


def mute(song: Song, edit: Mute, seed: int) -> Song:
    """Take notes out of what sounds, and keep them."""
    place = open_bars(song, edit.element, bars_of(song.plan, edit.section, edit.bars), named=True)
    bars = {bar for piece in place for bar in piece}
    notes = song.score.parts[edit.element].notes
    playing = song.playing_bars(edit.element) - bars
    silent, kept = _muted(song, edit.element)
    taken = [note for note in notes if song.bar_of(note) in bars]
    song = _with_muted(song, edit.element, silent | bars, [*kept, *taken])
    song = song.with_notes(edit.element, [note for note in notes if song.bar_of(note) not in bars])
    if not playing:
        return song.without(edit.element)
    for section in song.plan.sections:
        own = range(section.start_bar, section.end_bar)
        if bars & set(own) and not playing & set(own):
            song = song.with_players(edit.element, own, playing=False)
    return song


def unmute(song: Song, edit: Unmute, seed: int) -> Song:
    """Give the kept notes of the muted bars of a place back."""
    bars = bars_of(song.plan, edit.section, edit.bars)
    silent, kept = _muted(song, edit.element)
    back = silent & {bar for piece in bars for bar in piece}
    if not back:
        raise ParameterError(f"{edit.element} is not muted in {spelled(bars)}")
    standing = song.score.parts[edit.element].notes if edit.element in song.score.parts else ()
    palette = tuple(name for name in ELEMENTS if name in {*song.plan.palette, edit.element})
    song = replace(song, plan=replace(song.plan, palette=palette))
    song = _with_muted(song, edit.element, silent - back, [n for n in kept if song.bar_of(n) not in back])
    for piece in ranges(back):
        song = song.with_players(edit.element, piece, playing=True)
    return song.with_notes(edit.element, [*standing, *(note for note in kept if song.bar_of(note) in back)])


def _muted(song: Song, element: str) -> tuple[set[int], list[Note]]:
    """The bars in which an element is muted, and the notes that it would play there."""
    mine = [silenced for silenced in song.state.mutes if silenced.element == element]
    bars = {bar for silenced in mine for bar in range(silenced.first_bar, silenced.end_bar)}
    return bars, [note for silenced in mine for note in silenced.notes]


def _with_muted(song: Song, element: str, bars: set[int], notes: Iterable[Note]) -> Song:
    """The song with an element muted in some bars and no others; put in one way, whatever edits led there."""
    ordered = sorted(notes)
    mine = [
        MutedBars(element, piece.start, piece.stop, tuple(note for note in ordered if song.bar_of(note) in piece))
        for piece in ranges(bars)
    ]
    others = [silenced for silenced in song.state.mutes if silenced.element != element]
    mutes = sorted([*others, *mine], key=lambda silenced: (silenced.element, silenced.first_bar))
    return replace(song, state=replace(song.state, mutes=tuple(mutes)))


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


def _held(element: str, bars: Iterable[int]) -> tuple[LockedBars, ...]:
    return tuple(LockedBars(element, piece.start, piece.stop) for piece in ranges(bars))
