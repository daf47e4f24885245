"""Bass, pads and leads: a phrase is found by the network, returns, and is developed where a listener expects it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from workbench.composition.gates import SlotGate
from workbench.composition.phrases import (
    TRIES,
    BarPlan,
    Phrasing,
    carries,
    first_slot_of_pick_up,
    plan_bars,
    stands_still,
)
from workbench.composition.surround import (
    context_for,
    register_lift,
    section_of_bar,
    states_chords_alone,
)
from workbench.composition.tonal import symbol_bias
from workbench.domain.plan import Plan, SectionPlan
from workbench.domain.score import Note
from workbench.domain.seeding import generator
from workbench.domain.theory import Chord
from workbench.models.context import Bits, SongContext
from workbench.models.elements import get_spec
from workbench.models.grid import SLOTS_PER_BEAT
from workbench.models.history import Rows
from workbench.models.registry import load_network
from workbench.models.sampling import PartWriter
from workbench.models.spec import surroundings
from workbench.models.tokenizer import decode_pitched


@dataclass(frozen=True, slots=True)
class Manner:
    """How an element unfolds and how it is drawn.

    Each `rest_bars`-th bar holds a note, and with `speaks_chords` each bar whose chords are new. A `free_of_key`
    element is told from the root, so that its bars may return over other chords that stand on the same of their tones.
    A `single_line` keeps the rhythm of a motif where the chords under it have changed, and takes other pitches.
    """

    phrasing: Phrasing
    nucleus: float
    polyphony: int
    rest_bars: int
    speaks_chords: bool = False
    free_of_key: bool = False
    single_line: bool = False


MANNERS = {
    "bass": Manner(Phrasing(4, 4, (7,)), nucleus=0.95, polyphony=1, rest_bars=1, free_of_key=True),
    "pads": Manner(Phrasing(4, 4, (7,)), nucleus=0.93, polyphony=5, rest_bars=4, speaks_chords=True),
    "leads": Manner(Phrasing(4, 2, (6, 7)), nucleus=0.94, polyphony=1, rest_bars=2, single_line=True),
}

_LEAST_TO_PAUSE = 4
_Beats = tuple[tuple[int, str, int], ...]
"""Root, quality and bass at each beat of a bar."""


def write_melodic(
    plan: Plan, element: str, chords: tuple[Chord, ...], streams: Mapping[str, Bits]
) -> tuple[Rows, tuple[Note, ...]]:
    """Rows and notes of a pitched element."""
    first_slots: dict[int, int] = {}
    writer, context = melodic_writer(plan, element, chords, streams, first_slots=first_slots)
    Line(writer, plan, element, context, first_slots).write()
    return writer.rows, decode_pitched(writer.rows, get_spec(element), context)


def melodic_writer(
    plan: Plan,
    element: str,
    chords: tuple[Chord, ...],
    streams: Mapping[str, Bits],
    *,
    ahead: Rows | None = None,
    first_slots: Mapping[int, int] | None = None,
) -> tuple[PartWriter, SongContext]:
    """The network of a pitched element, ready to write, and its surroundings.

    `ahead` are bars that stand already; `first_slots` closes bars before a slot (for upbeats) and may grow.
    """
    spec, manner = get_spec(element), MANNERS[element]
    context = context_for(plan, spec, chords, streams, _source_word(plan, element))
    keys = [section.key or plan.key for section in section_of_bar(plan)]
    writer = PartWriter(
        load_network(element, plan.models.get(element)),
        surroundings(spec, context),
        context.bar_beats,
        replace(spec.settings, nucleus=manner.nucleus, polyphony=manner.polyphony),
        prior=SlotGate(
            spec.symbols,
            triplets=plan.groove.steps_per_beat == 3,
            first_slots={} if first_slots is None else first_slots,
        ),
        symbol_bias=symbol_bias(
            spec, context, plan.parts[element], register_lift(plan, element), keys, states_chords_alone(plan, element)
        ),
        ahead=ahead,
    )
    return writer, context


class Line:
    """One element on its way through the song, section by section and bar by bar.

    `first_slots` is what the writer was made with.
    """

    def __init__(
        self, writer: PartWriter, plan: Plan, element: str, context: SongContext, first_slots: dict[int, int]
    ) -> None:
        self._writer, self._plan, self._element = writer, plan, element
        self._harmony, self._first_slots = _bar_harmony(context), first_slots
        self._manner = MANNERS[element]
        self._alone = states_chords_alone(plan, element)
        self._bar_beats = round(plan.metre.bar_beats)

    def write(self) -> None:
        """Every section in order; the first of a label is the model of those that follow."""
        first: dict[str, SectionPlan] = {}
        times: Counter[str] = Counter()
        for number, section in enumerate(self._plan.sections):
            if self._element not in section.elements:
                self._writer.rest(section.bars)
                continue
            if section.label not in first:
                self._writer.forget()
            model = first.setdefault(section.label, section)
            bars = plan_bars(self._plan, self._element, section, model, times[section.label], self._manner.phrasing)
            times[section.label] += 1
            rng = generator(self._plan.seed, self._element, section.label, number)
            for bar, what in enumerate(bars):
                self._write_bar(what, rng, speaks=bar % self._rest_bars(section) == 0)
                self._move_on(rng)

    def write_anew(self, bars: range, rng: np.random.Generator) -> None:
        """The next bars, within a song that stands: each section is its own model, and nothing from outside returns.

        A few bars do not pause: who asks for new ones wants to hear them.
        """
        for section in self._plan.sections:
            plans = plan_bars(self._plan, self._element, section, section, 0, self._manner.phrasing)
            for bar, what in enumerate(plans, section.start_bar):
                if bar not in bars:
                    continue
                pauses = what.way in ("rest", "pick-up") and len(bars) >= _LEAST_TO_PAUSE
                stays = pauses or what.source in bars
                self._write_bar(what if stays else BarPlan("new"), rng, speaks=bar % self._rest_bars(section) == 0)
                self._move_on(rng)

    def _rest_bars(self, section: SectionPlan) -> int:
        return 1 if carries(self._element, section) else self._manner.rest_bars

    def _write_bar(self, what: BarPlan, rng: np.random.Generator, *, speaks: bool) -> None:
        """One bar. What is told from the tonic may only return over the same chords."""
        writer, now = self._writer, self._writer.bars
        new_chord = now == 0 or self._harmony[now] != self._harmony[now - 1]
        may_rest = not speaks and not (self._manner.speaks_chords and new_chord)
        fits = what.source >= 0 and self._may_return(what.source, now)
        if what.way == "rest":
            writer.rest(1)
        elif what.way == "pick-up" and self._manner.single_line:
            self._first_slots[now] = first_slot_of_pick_up(rng, self._bar_beats)
            writer.sample(1, rng, may_rest=False)
        elif what.way == "pick-up":
            writer.rest(1)
        elif fits and what.way == "copy":
            writer.copy(what.source, 1)
        elif fits and what.way == "vary":
            beat = self._bar_beats // 2 + int(rng.random() < 0.4)
            writer.vary(what.source, SLOTS_PER_BEAT * beat, rng, may_rest=may_rest)
        elif what.way == "copy" and self._manner.single_line and self._has_notes(what.source):
            writer.echo(what.source, rng)
        else:
            writer.sample(1, rng, may_rest=may_rest)

    def _may_return(self, source: int, now: int) -> bool:
        """Whether a bar fits the chords of another.

        Told from the root, it does where these stand on the same of their tones; a line that states thirds needs the
        same third as well.
        """
        before, here = self._harmony[source], self._harmony[now]
        if before == here or not self._manner.free_of_key:
            return before == here
        alike = not self._alone[now] or [quality for _, quality, _ in before] == [quality for _, quality, _ in here]
        return alike and _inversions(before) == _inversions(here)

    def _move_on(self, rng: np.random.Generator) -> None:
        """No bar is heard more often in a row than listeners bear."""
        for _ in range(TRIES):
            if not stands_still(self._writer, self._plan):
                return
            self._writer.undo()
            self._writer.sample(1, rng, may_rest=False)

    def _has_notes(self, bar: int) -> bool:
        return int((self._writer.rows[:, 0] == bar).sum()) > 1


def _bar_harmony(context: SongContext) -> list[_Beats]:
    """The chord at each beat of each bar, as words that can be compared."""
    pairs = context.chord_at_beats()
    words = [(-1, "", -1) if pair is None else (pair[0].root, pair[0].quality, pair[0].bass) for pair in pairs]
    return [tuple(words[bar * context.bar_beats : (bar + 1) * context.bar_beats]) for bar in range(context.bars)]


def _inversions(beats: _Beats) -> list[int]:
    """How far the bass of each beat lies above its root."""
    return [(bass - root) % 12 for root, _, bass in beats]


def _source_word(plan: Plan, element: str) -> str:
    """Which kind of playing to ask for: sustained and sequenced where the style sustains, as played elsewhere."""
    if element == "pads":
        return "accompaniment" if plan.parts[element].sustain >= 0.5 else "played"
    if element == "bass":
        return "accompaniment"
    return "played"
