"""Bass, pads and leads: a phrase is found by the network, returns, and is varied where a listener expects it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from workbench.composition.surround import context_for, register_lift
from workbench.composition.tonal import symbol_bias
from workbench.domain.plan import Plan, SectionPlan
from workbench.domain.score import Note
from workbench.domain.seeding import generator
from workbench.domain.theory import Chord
from workbench.models.context import Bits, SongContext
from workbench.models.elements import get_spec
from workbench.models.history import Rows
from workbench.models.registry import load_model
from workbench.models.sampling import PartWriter
from workbench.models.spec import Settings, surroundings
from workbench.models.tokenizer import decode_pitched


@dataclass(frozen=True, slots=True)
class Manner:
    """How an element unfolds: bars of its phrase, which bars of eight are written anew, how it is drawn.

    Each `rest_bars`-th bar holds a note, and with `speaks_chords` each bar whose chords are new.
    """

    phrase_bars: int
    fresh_bars: tuple[int, ...]
    settings: Settings
    rest_bars: int
    speaks_chords: bool = False


MANNERS = {
    "bass": Manner(4, (7,), Settings(nucleus=0.95, polyphony=1), rest_bars=1),
    "pads": Manner(4, (7,), Settings(nucleus=0.93, polyphony=5), rest_bars=4, speaks_chords=True),
    "leads": Manner(4, (6, 7), Settings(nucleus=0.94, polyphony=1), rest_bars=2),
}


def write_melodic(
    plan: Plan, element: str, chords: tuple[Chord, ...], streams: Mapping[str, Bits]
) -> tuple[Rows, tuple[Note, ...]]:
    """Rows and notes of a pitched element."""
    manner = MANNERS[element]
    writer, context = melodic_writer(plan, element, chords, streams)
    harmony = bar_harmony(context)
    first: dict[str, SectionPlan] = {}
    for number, section in enumerate(plan.sections):
        if element not in section.elements:
            writer.rest(section.bars)
            continue
        model = first.setdefault(section.label, section)
        rng = generator(plan.seed, element, section.label, number)
        alone = len(section.elements) == 1
        presence = 1.0 if alone else plan.parts[element].presence
        silent = _silent_bars(section, presence, generator(plan.seed, element, section.label))
        for bar in range(section.bars):
            way = replace(manner, rest_bars=1) if alone else manner
            _write_bar(writer, section, model, bar, bar in silent, way, harmony, rng, free_of_key=element == "bass")
    return writer.rows, decode_pitched(writer.rows, get_spec(element), context)


def melodic_writer(
    plan: Plan, element: str, chords: tuple[Chord, ...], streams: Mapping[str, Bits], *, ahead: Rows | None = None
) -> tuple[PartWriter, SongContext]:
    """The network of a pitched element, ready to write, and its surroundings; `ahead` are bars that stand already."""
    spec = get_spec(element)
    context = context_for(plan, spec, chords, streams, _source(plan, element))
    writer = PartWriter(
        load_model(element, plan.models.get(element)),
        surroundings(spec, context),
        context.bar_beats,
        MANNERS[element].settings,
        symbol_bias=symbol_bias(spec, context, plan.parts[element], register_lift(plan, element)),
        ahead=ahead,
    )
    return writer, context


def _write_bar(
    writer: PartWriter,
    section: SectionPlan,
    model: SectionPlan,
    bar: int,
    silent: bool,
    manner: Manner,
    harmony: list[tuple[tuple[int, str, float], ...]],
    rng: np.random.Generator,
    *,
    free_of_key: bool,
) -> None:
    """One bar: a rest, a return of what was, or something new.

    What is told from the tonic may only return over the same chords; the bass, told from the root, may over others.
    """
    if silent:
        writer.rest(1)
        return
    now = section.start_bar + bar
    source = _source_bar(section, model, bar, manner)
    returns = source is not None and bar % 8 not in manner.fresh_bars
    if returns and source is not None and (free_of_key or harmony[source] == harmony[now]):
        writer.copy(source, 1)
    else:
        new_chord = now == 0 or harmony[now] != harmony[now - 1]
        writer.sample(1, rng, may_rest=bool(bar % manner.rest_bars) and not (manner.speaks_chords and new_chord))


def _source_bar(section: SectionPlan, model: SectionPlan, bar: int, manner: Manner) -> int | None:
    if model is not section and bar < model.bars:
        return model.start_bar + bar
    return section.start_bar + bar % manner.phrase_bars if bar >= manner.phrase_bars else None


def _silent_bars(section: SectionPlan, presence: float, rng: np.random.Generator) -> set[int]:
    """Bars in which the element pauses: whole pairs, the last of each four first, so that phrases breathe."""
    if presence >= 0.95 or section.bars < 4:
        return set()
    pairs = list(range(section.bars // 2))
    order = sorted(pairs, key=lambda pair: (pair % 2 == 0, pair == 0, rng.random()))
    pauses = order[: round((1.0 - presence) * len(pairs))]
    return {2 * pair + half for pair in pauses for half in (0, 1)}


def bar_harmony(context: SongContext) -> list[tuple[tuple[int, str, float], ...]]:
    """The chord at each beat of each bar, as words that can be compared."""
    pairs = context.chord_at_beats()
    words = [(-1, "", -1.0) if pair is None else (pair[0].root, pair[0].quality, float(pair[0].bass)) for pair in pairs]
    return [tuple(words[bar * context.bar_beats : (bar + 1) * context.bar_beats]) for bar in range(context.bars)]


def _source(plan: Plan, element: str) -> str:
    """Which kind of playing to ask for: sustained and sequenced where the style sustains, as played elsewhere."""
    if element == "pads":
        return "accompaniment" if plan.parts[element].sustain >= 0.5 else "played"
    if element == "bass":
        return "accompaniment"
    return "played"
