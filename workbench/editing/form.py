"""Edits of the form: extend, shorten, reorder, loop. The song is laid out anew from bars of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from workbench.domain.automation import Lane, laid
from workbench.domain.edit_state import LockedBars, MutedBars
from workbench.domain.errors import ParameterError
from workbench.domain.moves import relaid, with_lanes
from workbench.domain.plan import SectionPlan
from workbench.domain.score import Note, Part
from workbench.domain.theory import Chord
from workbench.editing.beside import recorded_elements
from workbench.editing.edits import Extend, Loop, Reorder, Shorten
from workbench.editing.rewriting import varied
from workbench.editing.song import Song, bars_of, one_section, open_bars, ranges, section_names, spelled


@dataclass(frozen=True, slots=True)
class LaidSection:
    """A section of the new song: the section that it comes from, and the old bar that each of its bars repeats."""

    section: SectionPlan
    sources: tuple[int, ...]


def extend(song: Song, edit: Extend, seed: int) -> Song:
    """A section's music goes on before its last bar, in step with its phrases of four."""
    index = one_section(song.plan, edit.section)
    section = song.plan.sections[index]
    phrase = section.bars // 4 * 4 or section.bars
    added = [section.start_bar + (section.bars - 1 + step) % phrase for step in range(edit.bars)]
    bars = [*_bars(section)[:-1], *added, section.end_bar - 1]
    longer = lay_out(
        song, [LaidSection(s, tuple(bars if i == index else _bars(s))) for i, s in enumerate(song.plan.sections)]
    )
    if not edit.strength:
        return longer
    recorded = recorded_elements(song)
    if recorded:
        longer = longer.with_remarks("recordings come back as they are")
    start = section.start_bar + section.bars - 1
    for element in [name for name in longer.score.parts if name not in recorded]:
        place = open_bars(longer, element, (range(start, start + edit.bars),), named=False)
        longer = varied(longer, element, place, edit.strength, seed)
    return longer


def shorten(song: Song, edit: Shorten, seed: int) -> Song:
    """Bars before a section's last one are taken out."""
    index = one_section(song.plan, edit.section)
    section = song.plan.sections[index]
    if edit.bars >= section.bars:
        raise ParameterError(
            f"{edit.section} has {section.bars} bars, so at most {section.bars - 1} can be taken out: "
            "leave it out with reorder to drop it whole"
        )
    bars = _bars(section)
    kept = (*bars[: section.bars - 1 - edit.bars], bars[-1])
    return lay_out(song, [LaidSection(s, kept if i == index else _bars(s)) for i, s in enumerate(song.plan.sections)])


def reorder(song: Song, edit: Reorder, seed: int) -> Song:
    """Sections in another order."""
    chosen = [song.plan.sections[one_section(song.plan, text)] for text in edit.sections]
    return lay_out(song, [LaidSection(section, _bars(section)) for section in chosen])


def loop(song: Song, edit: Loop, seed: int) -> Song:
    """A place alone, to be played round and round."""
    pieces = bars_of(song.plan, edit.section, edit.bars)
    if len(pieces) > 1:
        raise ParameterError(
            f"a loop is one stretch of bars, but {edit.section!r} is {spelled(pieces)}: name one of them"
        )
    inside = [(s, tuple(bar for bar in _bars(s) if bar in pieces[0])) for s in song.plan.sections]
    song = lay_out(song, [LaidSection(section, bars) for section, bars in inside if bars])
    return replace(song, plan=replace(song.plan, delivery=replace(song.plan.delivery, loop=True)))


def lay_out(song: Song, pieces: Sequence[LaidSection]) -> Song:
    """The song with its bars in another order: notes, chords, locks, mutes and moving parameters go with their bars.

    Raises
    ------
    ParameterError
        If a locked bar would be lost.
    """
    order = [source for piece in pieces for source in piece.sources]
    _refuse_lost_locks(song, order)
    sections, start = [], 0
    for piece in pieces:
        sections.append(replace(piece.section, start_bar=start, bars=len(piece.sources)))
        start += len(piece.sources)
    parts = {name: Part(name, _moved_notes(song, part.notes, order)) for name, part in song.score.parts.items()}
    score = replace(song.score, parts=parts, chords=_moved_chords(song, order))
    locks = tuple(
        LockedBars(name, piece.start, piece.stop)
        for name in dict.fromkeys(lock.element for lock in song.state.locks)
        for piece in ranges(bar for bar, source in enumerate(order) if source in song.locked_bars(name))
    )
    state = replace(song.state, locks=locks, mutes=_moved_mutes(song, order))

    def moving(lane: Lane) -> Lane:
        return laid(lane, order, song.bar_beats)

    plan = replace(
        song.plan,
        mix={name: with_lanes(move, moving) for name, move in song.plan.mix.items()},
        patch_settings={name: relaid(values, moving) for name, values in song.plan.patch_settings.items()},
    )
    moved = replace(song, plan=plan, score=score, state=state).with_sections(sections)
    return moved.with_sections(_with_own_chords(moved, section) for section in sections)


def _bars(section: SectionPlan) -> tuple[int, ...]:
    return tuple(range(section.start_bar, section.end_bar))


def _refuse_lost_locks(song: Song, order: Sequence[int]) -> None:
    lost = set(range(song.plan.bars)) - set(order)
    for lock in song.state.locks:
        gone = lost & set(range(lock.first_bar, lock.end_bar))
        if gone:
            names = ", ".join(section_names(song.plan.sections))
            raise ParameterError(
                f"{lock.element} is locked in {spelled(ranges(gone))}, which would be lost: unlock it first "
                f"(the song holds {names})"
            )


def _moved_notes(song: Song, notes: Sequence[Note], order: Sequence[int]) -> tuple[Note, ...]:
    by_bar: dict[int, list[Note]] = {}
    for note in notes:
        by_bar.setdefault(song.bar_of(note), []).append(note)
    return tuple(
        sorted(_moved(note, bar - source, song) for bar, source in enumerate(order) for note in by_bar.get(source, ()))
    )


def _moved(note: Note, bars: int, song: Song) -> Note:
    return replace(note, onset_beats=round(note.onset_beats + bars * song.bar_beats, 9)) if bars else note


def _moved_chords(song: Song, order: Sequence[int]) -> tuple[Chord, ...]:
    chords: list[Chord] = []
    for bar, source in enumerate(order):
        first, end = source * song.bar_beats, (source + 1) * song.bar_beats
        for chord in song.score.chords:
            onset, stop = max(chord.onset_beats, first), min(chord.end_beats, end)
            if stop <= onset:
                continue
            placed = replace(chord, onset_beats=onset + (bar - source) * song.bar_beats, duration_beats=stop - onset)
            last = chords[-1] if chords else None
            if last and (last.root, last.quality, last.bass) == (placed.root, placed.quality, placed.bass):
                chords[-1] = replace(last, duration_beats=last.duration_beats + placed.duration_beats)
            else:
                chords.append(placed)
    return tuple(chords)


def _moved_mutes(song: Song, order: Sequence[int]) -> tuple[MutedBars, ...]:
    mutes: list[MutedBars] = []
    for mute in song.state.mutes:
        inside = range(mute.first_bar, mute.end_bar)
        for piece in ranges(bar for bar, source in enumerate(order) if source in inside):
            sources = [order[bar] if bar in piece else -1 for bar in range(len(order))]
            mutes.append(MutedBars(mute.element, piece.start, piece.stop, _moved_notes(song, mute.notes, sources)))
    return tuple(mutes)


def _with_own_chords(song: Song, section: SectionPlan) -> SectionPlan:
    """A section whose chords a user stated has those that now lie there."""
    if not section.chords:
        return section
    start, end = section.start_bar * song.bar_beats, section.end_bar * song.bar_beats
    own = []
    for chord in song.score.chords:
        onset, stop = max(chord.onset_beats, start), min(chord.end_beats, end)
        if stop > onset:
            own.append(replace(chord, onset_beats=onset - start, duration_beats=stop - onset))
    return replace(section, chords=tuple(own))
