"""Edits that write notes or chords anew: regenerate, vary, chords, style, add."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

from workbench.composition.rewrite import rewrite_chords, rewrite_element, with_chords, write_whole_element
from workbench.concept.chords import place_chords
from workbench.concept.style import Style, load_style
from workbench.concept.traits import adapt_groove, adapt_parts
from workbench.domain.elements import ELEMENTS, PITCHED_ELEMENTS, is_drums
from workbench.domain.errors import ParameterError
from workbench.domain.plan import Plan, SectionPlan
from workbench.domain.seeding import derived_seed, generator
from workbench.domain.theory import Chord
from workbench.editing.beside import composable, recorded_elements, with_heard_chords
from workbench.editing.edits import Add, ChangeStyle, Chords, Regenerate, Vary
from workbench.editing.song import Bars, Song, bars_of, check_element, check_unlocked, open_bars, ranges, spelled
from workbench.plugins import PLUGIN_PREFIX
from workbench.rendering import load_kit, load_patch


def regenerate(song: Song, edit: Regenerate, seed: int) -> Song:
    """Compose a place anew, each element in sight of what stands."""
    bars = bars_of(song.plan, edit.section, edit.bars)
    if edit.element == "harmony":
        return new_harmony(song, open_bars(song, "harmony", bars, named=True), seed)
    elements = [edit.element] if edit.element else list(song.score.parts)
    open_places = {name: open_bars(song, name, bars, named=edit.element is not None) for name in elements}
    if not any(open_places.values()):
        raise ParameterError(f"nothing can be written anew in {spelled(bars)}: whatever plays there is locked")
    for element, place in open_places.items():
        song = written(song, element, place, seed)
    return song


def vary(song: Song, edit: Vary, seed: int) -> Song:
    """Compose some bars of a place anew; of one seed, a greater strength takes the same bars and more."""
    bars = bars_of(song.plan, edit.section, edit.bars)
    for element in [edit.element] if edit.element else list(song.score.parts):
        place = open_bars(song, element, bars, named=edit.element is not None)
        song = varied(song, element, place, edit.strength, seed)
    return song


def varied(song: Song, element: str, place: Bars, strength: float, seed: int) -> Song:
    """The song with a share of some bars of an element composed anew."""
    single = [bar for piece in place for bar in piece]
    order = generator(seed, "vary", element).permutation(single)
    chosen = [int(bar) for bar in order[: math.ceil(strength * len(single) - 1e-9)]]
    return written(song, element, ranges(chosen), seed)


def chords(song: Song, edit: Chords, seed: int) -> Song:
    """State the chords of a place and write what follows them anew."""
    bars = bars_of(song.plan, edit.section, edit.bars)
    fresh = list(song.score.chords)
    for piece in open_bars(song, "harmony", bars, named=True):
        start = piece.start * song.bar_beats
        line = place_chords(edit.chords, len(piece), song.bar_beats, song.score.key_at(start))
        placed = [replace(chord, onset_beats=chord.onset_beats + start) for chord in line]
        fresh = list(with_chords(fresh, placed, [(piece.start, piece.stop)], song.bar_beats))
    return with_harmony(song, fresh, bars, seed, stated=True)


def new_harmony(song: Song, bars: Bars, seed: int) -> Song:
    """The song with other chords in some bars, and what follows them written anew."""
    bare = song.with_sections(
        replace(section, chords=()) if any(_inside(section, piece) for piece in bars) else section
        for section in song.plan.sections
    )
    fresh = rewrite_chords(bare.plan, bare.score, bars, seed)
    return with_harmony(bare, fresh, bars, seed, stated=False)


def with_harmony(song: Song, fresh: Iterable[Chord], bars: Bars, seed: int, *, stated: bool) -> Song:
    """The song on other chords in some bars; bass, pads and leads are composed anew over them.

    Raises
    ------
    ParameterError
        If one of them is locked there: it would clash.
    """
    places, recorded = {}, recorded_elements(song)
    for element in PITCHED_ELEMENTS:
        if element in song.score.parts and element not in recorded:
            places[element] = open_bars(song, element, bars, named=False)
            locked = {bar for piece in bars for bar in piece} & song.locked_bars(element)
            if locked & song.playing_bars(element):
                raise ParameterError(f"the chords cannot change under {element}, locked in {spelled(ranges(locked))}")
    song = replace(song, score=replace(song.score, chords=tuple(fresh)))
    song = song.with_sections(_with_stated(song, section, bars, stated) for section in song.plan.sections)
    for element, place in places.items():
        song = written(song, element, place, seed)
    return song


def written(song: Song, element: str, place: Bars, seed: int) -> Song:
    """The song with some bars of an element composed anew; all that it plays is composed as a song's part is."""
    if not place:
        return song
    plan, score = plan_for(song, element, derived_seed(seed, element)), composable(song)
    all_bars = {bar for piece in place for bar in piece}
    if all_bars == _planned(song, element):
        notes = write_whole_element(plan, score, element)
    else:
        notes = rewrite_element(plan, score, element, place, derived_seed(seed, element))
    return song.with_notes(element, notes)


def style(song: Song, edit: ChangeStyle, seed: int) -> Song:
    """One element in another style: its traits, its groove, its sound, and all its notes anew."""
    check_element(song, edit.element)
    check_unlocked(song, edit.element)
    manner = load_style(edit.style)
    song = _in_style(song, edit.element, manner)
    if not edit.keep_patch:
        song = with_patch(song, edit.element, manner.patches_of(edit.element)[0])
    return written(song, edit.element, open_bars(song, edit.element, (range(song.plan.bars),), named=True), seed)


def add(song: Song, edit: Add, seed: int) -> Song:
    """An element where it does not play yet, composed to what stands."""
    bars = bars_of(song.plan, edit.section, edit.bars)
    playing = song.playing_bars(edit.element) if edit.element in song.score.parts else set()
    place = ranges({bar for piece in bars for bar in piece} - playing)
    if not place:
        raise ParameterError(f"{edit.element} plays in {spelled(bars)} already: regenerate it, or choose another place")
    if song.locked_bars(edit.element) & {bar for piece in place for bar in piece}:
        raise ParameterError(f"{edit.element} is locked in {spelled(place)}: unlock it first")
    if edit.patch or edit.style:
        check_unlocked(song, edit.element)
    # Drums need no chords, and are added where none is heard.
    song = introduced(song if is_drums(edit.element) else with_heard_chords(song), edit)
    for piece in place:
        song = song.with_players(edit.element, piece, playing=True)
    return written(song, edit.element, place, seed)


def plan_for(song: Song, element: str, seed: int) -> Plan:
    """The plan by which an element is written: the song's, or in the style that the element was given."""
    plan = replace(song.plan, seed=seed)
    if element not in song.state.styles:
        return plan
    manner = load_style(song.state.styles[element])
    groove = adapt_groove(manner, plan.metre, swing_percent=plan.groove.swing_percent)
    return replace(plan, model_style=manner.model_style, groove=groove)


def with_patch(song: Song, element: str, patch: str) -> Song:
    """The song with an element on another patch or kit, as that is: what was set of the one before is let go.

    Raises
    ------
    ParameterError
        If there is no such patch; the message lists those that there are.
    """
    if not patch.startswith(PLUGIN_PREFIX):
        load_kit(patch) if is_drums(element) else load_patch(element, patch)
    settings = {name: values for name, values in song.plan.patch_settings.items() if name != element}
    plan = replace(song.plan, patches={**song.plan.patches, element: patch}, patch_settings=settings)
    return replace(song, plan=plan)


def introduced(song: Song, edit: Add) -> Song:
    """The song in which an element has a style, traits and a patch, and an empty part if it had none."""
    manner = load_style(edit.style or song.state.styles.get(edit.element) or song.plan.style)
    new = edit.element not in song.score.parts
    if new or edit.style:
        song = _in_style(song, edit.element, manner)
    if edit.patch or new or edit.style:
        song = with_patch(song, edit.element, edit.patch or manner.patches_of(edit.element)[0])
    if not new:
        return song
    palette = tuple(name for name in ELEMENTS if name in {*song.plan.palette, edit.element})
    return replace(song, plan=replace(song.plan, palette=palette)).with_notes(edit.element, ())


def _in_style(song: Song, element: str, manner: Style) -> Song:
    plan = song.plan
    traits = adapt_parts(
        manner, [element], texture_density=plan.texture_density, valence=plan.valence, arousal=plan.arousal
    )
    styles = {**song.state.styles, element: manner.name}
    if manner.name == plan.style:
        del styles[element]
    plan = replace(plan, parts={**plan.parts, element: traits[element]})
    return replace(song, plan=plan, state=replace(song.state, styles=styles))


def _planned(song: Song, element: str) -> set[int]:
    """Bars of the sections that an element plays in, muted or not."""
    return {
        bar
        for section in song.plan.sections
        if element in section.elements
        for bar in range(section.start_bar, section.end_bar)
    }


def _with_stated(song: Song, section: SectionPlan, bars: Bars, stated: bool) -> SectionPlan:
    """The section with the chords that a user states there; one that is touched in part keeps what it had beside."""
    touched = any(piece.start < section.end_bar and section.start_bar < piece.stop for piece in bars)
    if not touched or not (stated or section.chords):
        return section
    start = section.start_bar * song.bar_beats
    inside = with_chords((), song.score.chords, [(section.start_bar, section.end_bar)], song.bar_beats)
    return replace(section, chords=tuple(replace(chord, onset_beats=chord.onset_beats - start) for chord in inside))


def _inside(section: SectionPlan, piece: range) -> bool:
    return piece.start <= section.start_bar and section.end_bar <= piece.stop
