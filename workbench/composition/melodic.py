"""Bass, pads and leads: a phrase is found by the network, returns, and is developed where a listener expects it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from workbench.composition.conditioning import (
    context_for,
    pitch_table,
    register_lift,
    section_of_bar,
    states_chords_alone,
)
from workbench.composition.manners import MANNERS, Manner
from workbench.composition.phrases import (
    TRIES,
    BarPlan,
    carries,
    first_slot_of_pick_up,
    plan_bars,
    stands_still,
)
from workbench.composition.slot_mask import SlotMask, rhythm_of
from workbench.composition.song_likeness import song_likeness, to_and_fro
from workbench.composition.tonal import symbol_bias
from workbench.composition.tunes import PHRASE_BARS, plan_tune
from workbench.composition.voicing import nearest_tone
from workbench.domain.arrays import Bytes, Integers
from workbench.domain.elements import kind_of
from workbench.domain.plan import Plan, SectionPlan
from workbench.domain.score import Note
from workbench.domain.seeding import generator
from workbench.domain.theory import Chord
from workbench.models.context import SongContext
from workbench.models.elements import get_spec
from workbench.models.grid import SLOTS_PER_BEAT
from workbench.models.history import BAR_COLUMN, SLOT_COLUMN, STEP_COLUMN, SYMBOL_COLUMN
from workbench.models.part_writer import PartWriter
from workbench.models.registry import load_network
from workbench.models.spec import BAR_STEP, Settings, conditioning_of
from workbench.models.tokenizer import decode_pitched, with_bar_lines

_LEAST_TO_PAUSE = 4
_TAKES = 8
"""How often a new phrase of a tune is drawn."""
_TO_AND_FRO = 6.0
"""Nats that a phrase loses whose every move leaps to and fro: nobody sings that."""
_Beats = tuple[tuple[int, str, int], ...]
"""Root, quality and bass at each beat of a bar."""


def write_melodic(
    plan: Plan, element: str, chords: tuple[Chord, ...], streams: Mapping[str, Bytes]
) -> tuple[Integers, tuple[Note, ...]]:
    """Rows and notes of a pitched element."""
    silences: dict[int, tuple[int, int]] = {}
    writer, context = melodic_writer(plan, element, chords, streams, silences=silences)
    Line(writer, plan, element, context, silences).write()
    return writer.rows, decode_pitched(writer.rows, get_spec(element), context)


def melodic_writer(
    plan: Plan,
    element: str,
    chords: tuple[Chord, ...],
    streams: Mapping[str, Bytes],
    *,
    ahead: Integers | None = None,
    silences: Mapping[int, tuple[int, int]] | None = None,
) -> tuple[PartWriter, SongContext]:
    """The network of a pitched element, ready to write, and its conditioning.

    `ahead` are bars that stand already; `silences` closes slots of bars (for upbeats and breaths) and may grow.
    """
    spec, manner = get_spec(element), MANNERS[kind_of(element)]
    context = context_for(plan, spec, chords, streams, _source_word(plan, element))
    keys = [section.key or plan.key for section in section_of_bar(plan)]
    writer = PartWriter(
        load_network(element, plan.models.get(element)),
        conditioning_of(spec, context),
        context.bar_beats,
        _settings(spec.settings, manner),
        prior=SlotMask(
            spec.symbols,
            triplets=plan.groove.steps_per_beat == 3,
            silences={} if silences is None else silences,
            downbeat=manner.downbeat,
            rhythm=rhythm_of(plan.parts[element].rhythm) if plan.groove.steps_per_beat == 4 else None,
        ),
        symbol_bias=symbol_bias(
            spec, context, plan.parts[element], register_lift(plan, element), keys, states_chords_alone(plan, element)
        ),
        ahead=ahead,
    )
    return writer, context


class Line:
    """One element on its way through the song, section by section and bar by bar.

    `silences` is what the writer was made with.
    """

    def __init__(
        self,
        writer: PartWriter,
        plan: Plan,
        element: str,
        context: SongContext,
        silences: dict[int, tuple[int, int]],
    ) -> None:
        self._writer, self._plan, self._element = writer, plan, element
        self._context, self._harmony, self._silences = context, _bar_harmony(context), silences
        self._manner = MANNERS[kind_of(element)]
        self._lowest = pitch_table(get_spec(element), context)[:, 0]
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
            # A tune begins with another idea; who accompanies it goes on as before.
            if section.label not in first and self._manner.sings:
                self._writer.forget()
            model = first.setdefault(section.label, section)
            returns = times[section.label]
            times[section.label] += 1
            if self._manner.sings:
                self._write_tune(section, plan_tune(self._plan, self._element, section, model, returns), number)
                continue
            bars = plan_bars(self._plan, self._element, section, model, returns, self._manner.phrasing)
            rng = generator(self._plan.seed, self._element, section.label, number)
            for bar, what in enumerate(bars):
                self._write_bar(what, rng, speaks=bar % self._rest_bars(section) == 0)
                self._move_on(rng)

    def _write_tune(self, section: SectionPlan, bars: Sequence[BarPlan], number: int) -> None:
        """The phrases of a section; of each that is new several are drawn, and the most song-like stays."""
        for start in range(0, len(bars), PHRASE_BARS):
            phrase = bars[start : start + PHRASE_BARS]
            fresh = any(bar.way in ("new", "echo") for bar in phrase)
            takes = [self._take(phrase, section, number, start, take) for take in range(_TAKES if fresh else 1)]
            self._writer.take(takes[0] if len(takes) == 1 else max(takes, key=self._likeness))

    def _take(self, phrase: Sequence[BarPlan], section: SectionPlan, number: int, start: int, take: int) -> Integers:
        """One draw of a phrase, as rows; the writer stands afterwards where it stood."""
        rng = generator(self._plan.seed, self._element, section.label, number, start, take)
        before = len(self._writer.rows)
        for what in phrase:
            self._write_bar(what, rng, speaks=True)
            self._move_on(rng)
        rows = self._writer.rows[before:].copy()
        for _ in phrase:
            self._writer.undo()
        return rows

    def _likeness(self, rows: Integers) -> float:
        """How song-like a draw of the next bars is."""
        notes = decode_pitched(rows, get_spec(self._element), self._context)
        start, bars = self._writer.bars, int(rows[-1, BAR_COLUMN]) + 1 - self._writer.bars
        likeness = song_likeness(notes, self._context.chords, float(start * self._bar_beats), bars, self._bar_beats)
        return likeness - _TO_AND_FRO * to_and_fro(notes)

    def write_anew(self, bars: range, rng: np.random.Generator) -> None:
        """The next bars, within a song that stands: each section is its own model, and nothing from outside returns.

        A few bars do not pause: who asks for new ones wants to hear them.
        """
        for section in self._plan.sections:
            plans = self._planned(section)
            for bar, what in enumerate(plans, section.start_bar):
                if bar not in bars:
                    continue
                pauses = what.way in ("rest", "pick-up") and len(bars) >= _LEAST_TO_PAUSE
                stays = pauses or what.source in bars
                self._write_bar(
                    what if stays else BarPlan("new", silence=what.silence),
                    rng,
                    speaks=bar % self._rest_bars(section) == 0,
                )
                self._move_on(rng)

    def _planned(self, section: SectionPlan) -> list[BarPlan]:
        """What happens in a section that is its own model."""
        if self._manner.sings:
            return plan_tune(self._plan, self._element, section, section, 0)
        return plan_bars(self._plan, self._element, section, section, 0, self._manner.phrasing)

    def _rest_bars(self, section: SectionPlan) -> int:
        return 1 if carries(self._element, section) else self._manner.rest_bars

    def _write_bar(self, what: BarPlan, rng: np.random.Generator, *, speaks: bool) -> None:
        """One bar. What is encoded from the tonic may only return over the same chords."""
        writer, now = self._writer, self._writer.bars
        if what.silence:
            self._silences[now] = what.silence
        new_chord = now == 0 or self._harmony[now] != self._harmony[now - 1]
        may_rest = not speaks and not (self._manner.speaks_chords and new_chord)
        fits = what.source >= 0 and self._may_return(what.source, now)
        if what.way == "rest":
            writer.rest(1)
        elif what.way == "pick-up" and self._manner.sings:
            self._silences[now] = (0, first_slot_of_pick_up(rng, self._bar_beats))
            writer.sample(1, rng, may_rest=False)
        elif what.way == "pick-up":
            writer.rest(1)
        elif fits and what.way == "copy":
            writer.copy(what.source, 1)
        elif fits and what.way == "vary":
            beat = self._bar_beats // 2 + int(rng.random() < 0.4)
            writer.vary(what.source, SLOTS_PER_BEAT * beat, rng, may_rest=may_rest)
        elif what.source >= 0 and self._manner.keeps_rhythm and self._has_notes(what.source):
            writer.echo(what.source, rng)
        elif what.way == "copy" and self._manner.chordal and self._has_notes(what.source):
            writer.take(self._moved_to_chords(what.source, now))
        else:
            writer.sample(1, rng, may_rest=may_rest)
        if what.silence:
            self._breathe(*what.silence)

    def _moved_to_chords(self, source: int, bar: int) -> Integers:
        """An earlier bar of chords on the chords of another: the same strikes, each note on the nearest new tone."""
        notes = self._writer.rows[self._writer.rows[:, BAR_COLUMN] == source]
        notes = notes[notes[:, STEP_COLUMN] != BAR_STEP].copy()
        beats, symbols = self._context.chord_at_beats(), get_spec(self._element).symbols
        for note in notes:
            beat = note[SLOT_COLUMN] // SLOTS_PER_BEAT
            here, before = bar * self._bar_beats + beat, source * self._bar_beats + beat
            pair = beats[here]
            if pair is not None:
                pitch = nearest_tone(int(note[SYMBOL_COLUMN] + self._lowest[before]), pair[0])
                symbol = max(0, pitch - int(self._lowest[here]))
                note[SYMBOL_COLUMN] = symbol if symbol < symbols else symbol - 12
        notes[:, BAR_COLUMN] = 0
        rows = with_bar_lines(notes, 1)
        rows[:, BAR_COLUMN] = bar
        return rows

    def _breathe(self, first_slot: int, end_slot: int) -> None:
        """Leave out what the last bar begins in a breath, unless nothing else would be left."""
        bar = self._writer.rows[self._writer.rows[:, BAR_COLUMN] == self._writer.bars - 1]
        heard = (
            (bar[:, STEP_COLUMN] == BAR_STEP) | (bar[:, SLOT_COLUMN] < first_slot) | (bar[:, SLOT_COLUMN] >= end_slot)
        )
        if not heard.all() and heard.sum() > 1:
            self._writer.undo()
            self._writer.take(bar[heard])

    def _may_return(self, source: int, now: int) -> bool:
        """Whether a bar fits the chords of another.

        Told from the root, it does where these stand on the same of their tones; a line that states thirds needs the
        same third as well.
        """
        before, here = self._harmony[source], self._harmony[now]
        if before == here or not self._manner.free_of_key:
            return before == here
        alike = not self._alone[now] or [quality for _, quality, _ in before] == [quality for _, quality, _ in here]
        return alike and _inversions(before) == _inversions(here) and self._stays_in_key(source, now)

    def _stays_in_key(self, source: int, now: int) -> bool:
        """Whether the tones of a bar, encoded from the root, belong to key or chord where it returns."""
        notes = self._writer.rows[self._writer.rows[:, BAR_COLUMN] == source]
        key = self._context.bar_keys[now]
        beats = self._context.chord_at_beats()
        for slot, symbol in notes[notes[:, STEP_COLUMN] != BAR_STEP][:, [SLOT_COLUMN, SYMBOL_COLUMN]].tolist():
            beat = now * self._bar_beats + slot // SLOTS_PER_BEAT
            pair = beats[beat]
            chord = pair[0].pitch_classes if pair is not None else ()
            if (symbol + int(self._lowest[beat])) % 12 not in {*chord, *(key.pitch_classes if key else range(12))}:
                return False
        return True

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


def _settings(usual: Settings, manner: Manner) -> Settings:
    guidance = usual.guidance if manner.guidance is None else manner.guidance
    return replace(usual, nucleus=manner.nucleus, polyphony=manner.polyphony, guidance=guidance)


def _source_word(plan: Plan, element: str) -> str:
    """Which kind of playing to ask for: sustained and sequenced where the style sustains, as played elsewhere."""
    if kind_of(element) == "chords":
        return "accompaniment" if plan.parts[element].sustain >= 0.5 else "played"
    if kind_of(element) == "bass":
        return "accompaniment"
    return "played"
