"""What sections have of their own: bars, tempo, key, feel, pedal; and bars that meet the duration all the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from workbench.concept.brief import Brief
from workbench.concept.starters import Completed
from workbench.concept.statements import Statements
from workbench.concept.structure import allot_around
from workbench.concept.style import Style
from workbench.domain.errors import ParameterError
from workbench.domain.plan import Decision, SectionPlan, Source, tempo_map
from workbench.domain.request import Technical
from workbench.domain.song import numbered, of_section
from workbench.domain.theory import Key, Metre

_LOOK_AROUND = 0.4
"""Share of the bars by which lengths are tried up and down until the seconds fit."""


def with_said_bars(done: Completed, extracted: Statements, style: Style) -> Completed:
    """The request with the bars that its text gives to sections, where it states none itself.

    Sections that neither the text's structure nor a form of the style holds are left out: "a four-bar hook" in a style
    without hooks is a tune.
    """
    technical = done.request.parameters.technical
    if extracted.section_bars is None or technical.section_bars is not None:
        return done
    names = technical.structure or (extracted.structure.value if extracted.structure else None)
    forms = (names,) if names else (*style.forms, extracted.sections.value if extracted.sections else ())
    bars = {
        reference: count
        for reference, count in extracted.section_bars.value.items()
        if any(reference in {*form, *(f"{name} {number}" for name, number in numbered(form))} for form in forms)
    }
    if not bars:
        return done
    parameters = done.request.parameters.model_copy(
        update={"technical": technical.model_copy(update={"section_bars": bars})}
    )
    origins = {**done.origins, "section_bars": f"the text '{extracted.section_bars.words}'"}
    return Completed(done.request.model_copy(update={"parameters": parameters}), origins)


def lay_bars(
    names: Sequence[str],
    total_bars: int,
    style: Style,
    technical: Technical,
    *,
    metre: Metre,
    tempo_bpm: float,
    seconds: float | None,
) -> tuple[int, ...]:
    """Bars of each section: those that are stated, the others so that the whole lasts as long as wanted.

    Parameters
    ----------
    names : sequence of str
    total_bars : int
        Bars of the song at its own tempo.
    style : Style
    technical : Technical
        `section_bars` and `section_tempos` are looked at.
    metre : Metre
    tempo_bpm : float
    seconds : float, optional
        The duration that is asked for; None leaves it to the sections.

    Raises
    ------
    ParameterError
        If the stated bars leave no room, or miss the duration by more than a bar.
    """
    counted = numbered(names)
    stated = {place: of_section(technical.section_bars, *one) for place, one in enumerate(counted)}
    fixed = {place: bars for place, bars in stated.items() if bars is not None}
    tempi = [of_section(technical.section_tempos, *one) or tempo_bpm for one in counted]
    if not fixed and not technical.section_tempos:
        return allot_around(names, total_bars, style, {})

    def length(bars: Sequence[int]) -> float:
        return sum(count * metre.bar_beats * 60.0 / tempo for count, tempo in zip(bars, tempi, strict=True))

    if seconds is None:
        usual = total_bars if not fixed else _with_usual(names, total_bars, style, fixed)
        return allot_around(names, usual, style, fixed)
    reach = max(4, round(_LOOK_AROUND * total_bars))
    least = sum(fixed.values()) + len(names) - len(fixed)
    totals = range(max(least, total_bars - reach), max(least, total_bars + 2 * reach) + 1)
    candidates = [allot_around(names, total, style, fixed) for total in totals]
    open_places = [place for place in range(len(names)) if place not in fixed]
    best = min(candidates, key=lambda bars: abs(length(bars) - seconds))
    best = _trimmed(best, open_places, lambda bars: abs(length(bars) - seconds), metre.bar_beats * 60.0 / tempo_bpm)
    if abs(length(best) - seconds) > metre.bar_beats * 60.0 / tempo_bpm:
        what = "section_bars" if fixed else "section_tempos"
        raise ParameterError(
            f"{what} give {length(best):.1f} s where a duration of {seconds:g} s is asked for: "
            "expected both to agree within a bar; leave the duration or one section open"
        )
    return best


_LIFTED = ("chorus", "drop", "refrain", "hook", "theme", "verse")
"""Sections that a key change lifts when they come for the last time, the likeliest first."""


def with_key_change(brief: Brief, names: Sequence[str], key: Key) -> Brief:
    """The brief in which the last chorus, and what follows it, lies higher, where the text asks for a key change.

    A form in which no section comes back has nothing to lift, and keys that the request states by section stay.
    """
    extracted, technical = brief.extracted.key_change, brief.request.parameters.technical
    lifted = next((name for name in _LIFTED if names.count(name) > 1), None)
    if extracted is None or technical.section_keys is not None or lifted is None:
        return brief
    counted = numbered(names)
    place = counted.index((lifted, names.count(lifted)))
    higher = str(Key((key.tonic + extracted.value) % 12, key.mode))
    keys = {f"{name} {number}": higher for name, number in counted[place:]}
    parameters = brief.request.parameters.model_copy(
        update={"technical": technical.model_copy(update={"section_keys": keys})}
    )
    origins = {**brief.origins, "section_keys": f"the text '{extracted.words}'"}
    return replace(brief, request=brief.request.model_copy(update={"parameters": parameters}), origins=origins)


def _trimmed(
    bars: tuple[int, ...], places: Sequence[int], miss: Callable[[Sequence[int]], float], enough: float
) -> tuple[int, ...]:
    """Lengths with a few bars more or less in single sections, until the duration is missed by no more than a bar.

    Whole groups of sections at slow tempi move by many seconds at once; one section alone comes nearer.
    """
    while miss(bars) > enough:
        changed = [
            (*bars[:place], bars[place] + step, *bars[place + 1 :])
            for place in places
            for step in (-2, -1, 1, 2)
            if bars[place] + step > 0
        ]
        nearest = min(changed, key=miss, default=bars)
        if miss(nearest) >= miss(bars):
            return bars
        bars = nearest
    return bars


def _with_usual(names: Sequence[str], total_bars: int, style: Style, fixed: Mapping[int, int]) -> int:
    """Bars in all where the stated lengths replace the usual ones."""
    usual = allot_around(names, max(total_bars, len(names)), style, {})
    return sum(fixed.get(place, bars) for place, bars in enumerate(usual))


def with_details(sections: Sequence[SectionPlan], technical: Technical, style: Style) -> tuple[SectionPlan, ...]:
    """The sections with their own tempo, key and feel, and the pedal that the style sets beneath them."""
    counted = numbered([section.name for section in sections])
    return tuple(
        replace(
            section,
            tempo_bpm=of_section(technical.section_tempos, *one),
            key=_key(technical, *one),
            feel=of_section(technical.section_feels, *one) or "normal",
            pedal=style.pedals.get(section.name, ""),
        )
        for section, one in zip(sections, counted, strict=True)
    )


def section_key(technical: Technical, name: str, number: int, home: Key) -> Key:
    """The key of the `number`-th section of a name."""
    return _key(technical, name, number) or home


def _key(technical: Technical, name: str, number: int) -> Key | None:
    text = of_section(technical.section_keys, name, number)
    return Key.parse(text) if text else None


def with_length(
    decisions: Sequence[Decision], sections: Sequence[SectionPlan], metre: Metre, tempo_bpm: float
) -> tuple[Decision, ...]:
    """Decisions in which the duration is that of the sections as they are laid, each at its tempo."""
    bars = sections[-1].end_bar
    seconds = tempo_map(tempo_bpm, metre, sections).seconds_at(bars * metre.bar_beats)
    value = f"{seconds:.1f} s ({bars} bars)"
    return tuple(replace(one, value=value) if one.parameter == "duration" else one for one in decisions)


def detail_decisions(brief: Brief) -> tuple[Decision, ...]:
    """A decision for each thing that a section has of its own, and for the variation."""
    technical = brief.request.parameters.technical
    lines = []
    for field in ("section_bars", "section_tempos", "section_keys", "section_feels"):
        values = getattr(technical, field)
        if values:
            value = "; ".join(f"{name}: {value}" for name, value in values.items())
            source: Source = "text" if "text" in brief.origins.get(field, "") else "stated"
            lines.append(Decision(field, value, source, brief.why_stated(field)))
    if technical.variation is None:
        lines.append(Decision("variation", "0.5", "default", "the request leaves it open"))
    else:
        lines.append(Decision("variation", f"{technical.variation:g}", "stated", brief.why_stated("variation")))
    return tuple(lines)
