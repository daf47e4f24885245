"""A song under edit: plan, score and what earlier edits left; and where in it a place, a lock or a mute lies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from workbench.domain.edit_state import EditState
from workbench.domain.elements import ELEMENTS
from workbench.domain.errors import ParameterError
from workbench.domain.plan import Plan, SectionPlan
from workbench.domain.score import Note, Part, Score
from workbench.domain.song import parse_section_name

Bars = tuple[range, ...]
"""Ranges of bars from 0, in order, that do not touch."""


@dataclass(frozen=True, slots=True)
class Song:
    """What an edit takes and gives: it returns a new song and leaves this one as it is."""

    plan: Plan
    score: Score
    state: EditState
    remarks: tuple[str, ...] = ()
    """What the edit that is being made has to tell beside what it did."""

    def with_remarks(self, *remarks: str) -> Song:
        """The song with more to tell."""
        return replace(self, remarks=(*self.remarks, *remarks))

    @property
    def bar_beats(self) -> float:
        """Length of one bar in quarter notes."""
        return self.plan.metre.bar_beats

    def bar_of(self, note: Note) -> int:
        """The bar, from 0, in which a note begins: it belongs to this bar, however long it sounds."""
        return min(int((note.onset_beats + 1e-6) // self.bar_beats), self.plan.bars - 1)

    def with_notes(self, element: str, notes: Iterable[Note]) -> Song:
        """The song with other notes of an element; the elements stay in the house's order."""
        parts = {**self.score.parts, element: Part(element, tuple(sorted(notes)))}
        ordered = {name: parts[name] for name in sorted(parts, key=_place)}
        return replace(self, score=replace(self.score, parts=ordered))

    def with_sections(self, sections: Iterable[SectionPlan]) -> Song:
        """The song with other sections, in plan and score alike."""
        laid = tuple(sections)
        return replace(self, plan=replace(self.plan, sections=laid), score=replace(self.score, sections=laid))

    def without(self, element: str) -> Song:
        """The song without an element: neither palette, sections nor parts know it; its traits and patch stay."""
        parts = {name: part for name, part in self.score.parts.items() if name != element}
        palette = tuple(name for name in self.plan.palette if name != element)
        song = replace(self, plan=replace(self.plan, palette=palette), score=replace(self.score, parts=parts))
        return song.with_players(element, range(self.plan.bars), playing=False)

    def with_players(self, element: str, bars: range, *, playing: bool) -> Song:
        """The song with an element written into, or out of, the sections that `bars` touch, or cover."""
        return self.with_sections(
            _with_player(section, element, playing)
            if (_touches(section, bars) if playing else _covers(section, bars))
            else section
            for section in self.plan.sections
        )

    def playing_bars(self, element: str) -> set[int]:
        """Bars of the sections that an element plays in, where it is not muted."""
        inside = {
            bar
            for section in self.plan.sections
            if element == "harmony" or element in section.elements
            for bar in range(section.start_bar, section.end_bar)
        }
        muted = {
            bar for mute in self.state.mutes if mute.element == element for bar in range(mute.first_bar, mute.end_bar)
        }
        return inside - muted

    def locked_bars(self, element: str) -> set[int]:
        """Bars in which an element may not change."""
        return {
            bar for lock in self.state.locks if lock.element == element for bar in range(lock.first_bar, lock.end_bar)
        }


def section_names(sections: Sequence[SectionPlan]) -> tuple[str, ...]:
    """What each section is called.

    Parameters
    ----------
    sections : sequence of SectionPlan

    Returns
    -------
    tuple of str
        Its name, with a number from 1 where the name comes more than once.

    Examples
    --------
    >>> verse = SectionPlan("verse", "verse", 0, 4, 0.5, ())
    >>> section_names([verse, SectionPlan("chorus", "chorus", 4, 4, 0.8, ()), verse])
    ('verse 1', 'chorus', 'verse 2')
    """
    names = [section.name for section in sections]
    return tuple(
        f"{name} {names[: index + 1].count(name)}" if names.count(name) > 1 else name
        for index, name in enumerate(names)
    )


def find_sections(plan: Plan, text: str) -> tuple[int, ...]:
    """The sections that a text names: one by its number, or all of a name.

    Raises
    ------
    ParameterError
        If there is none; the message lists those that there are.
    """
    names = section_names(plan.sections)
    wanted = text.strip().lower()
    digits = wanted[len(wanted.rstrip("0123456789")) :]
    name = parse_section_name(text) if wanted not in names else wanted
    exact = [index for index, own in enumerate(names) if own in (wanted, f"{name} {digits}".strip())]
    found = exact or [index for index, section in enumerate(plan.sections) if section.name == name and not digits]
    if digits == "1" and not found:
        found = [index for index, own in enumerate(names) if own == name]
    if not found:
        raise ParameterError(f"section {text!r} is not in the song: expected one of {', '.join(names)}")
    return tuple(found)


def one_section(plan: Plan, text: str) -> int:
    """The one section that a text names.

    Raises
    ------
    ParameterError
        If it names none, or more than one.
    """
    found = find_sections(plan, text)
    if len(found) > 1:
        names = section_names(plan.sections)
        raise ParameterError(
            f"section {text!r} is there {len(found)} times: say {' or '.join(names[i] for i in found)}"
        )
    return found[0]


def bars_of(plan: Plan, section: str | None, bars: tuple[int, int] | None) -> Bars:
    """The bars of a place: a section, bars counted from 1, or the whole song.

    Raises
    ------
    ParameterError
        If the place is named twice, or is not in the song.
    """
    if section is not None and bars is not None:
        raise ParameterError(f"expected a section or bars, got both: section {section!r} and bars {list(bars)}")
    if section is not None:
        places = [plan.sections[index] for index in find_sections(plan, section)]
        return ranges(bar for place in places for bar in range(place.start_bar, place.end_bar))
    first, last = bars or (1, plan.bars)
    if last > plan.bars:
        raise ParameterError(f"bar {last} is not in the song: expected bars 1 to {plan.bars}")
    return (range(first - 1, last),)


def ranges(bars: Iterable[int]) -> Bars:
    """Single bars as ranges.

    Examples
    --------
    >>> ranges([7, 2, 3, 4])
    (range(2, 5), range(7, 8))
    """
    found: list[range] = []
    for bar in sorted(set(bars)):
        if found and found[-1].stop == bar:
            found[-1] = range(found[-1].start, bar + 1)
        else:
            found.append(range(bar, bar + 1))
    return tuple(found)


def spelled(bars: Bars) -> str:
    """Ranges as a musician reads them.

    Examples
    --------
    >>> spelled((range(0, 4), range(8, 9)))
    'bars 1 to 4, bar 9'
    """
    return ", ".join(f"bars {r.start + 1} to {r.stop}" if len(r) > 1 else f"bar {r.start + 1}" for r in bars)


def open_bars(song: Song, element: str, bars: Bars, *, named: bool) -> Bars:
    """Those of some bars in which an element plays and may change.

    An edit that names the element is refused where it is locked or does not play; one that is meant for all passes by.

    Raises
    ------
    ParameterError
        If `named`, and any of the bars are locked, or none of them is played.
    """
    wanted = {bar for piece in bars for bar in piece} & song.playing_bars(element)
    locked = wanted & song.locked_bars(element)
    if named and element != "harmony":
        check_element(song, element)
    if named and not wanted:
        raise ParameterError(f"{element} does not play in {spelled(bars)}: add it there first")
    if named and locked:
        raise ParameterError(
            f"{element} is locked in {spelled(ranges(locked))}: unlock it first, or choose another place"
        )
    return ranges(wanted - locked)


def check_element(song: Song, element: str) -> None:
    """Refuse an element that the song does not have.

    Raises
    ------
    ParameterError
        One line that lists those that it has.
    """
    if element not in song.score.parts:
        raise ParameterError(f"{element} is not in the song: expected one of {', '.join(song.score.parts)}")


def check_unlocked(song: Song, element: str) -> None:
    """Refuse a change that reaches every bar of an element, such as its sound, while any bar of it is locked.

    Raises
    ------
    ParameterError
        One line.
    """
    if song.locked_bars(element):
        raise ParameterError(f"{element} is locked: unlock it first")


def _place(element: str) -> int:
    return ELEMENTS.index(element) if element in ELEMENTS else len(ELEMENTS)


def _with_player(section: SectionPlan, element: str, playing: bool) -> SectionPlan:
    others = [name for name in section.elements if name != element]
    return replace(section, elements=tuple(sorted([*others, element] if playing else others, key=_place)))


def _touches(section: SectionPlan, bars: range) -> bool:
    return section.start_bar < bars.stop and section.end_bar > bars.start


def _covers(section: SectionPlan, bars: range) -> bool:
    return bars.start <= section.start_bar and section.end_bar <= bars.stop
