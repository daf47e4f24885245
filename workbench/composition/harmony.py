"""Chords of the whole song: the user's where given, else the network's by section, in loops that return."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from workbench.composition.approaches import with_approaches
from workbench.composition.conditioning import context_for
from workbench.composition.harmonic_rhythm import bars_per_chord, loop_bars
from workbench.composition.modes import STATED_EVERY_BARS, state_mode
from workbench.composition.phrases import habit
from workbench.composition.tonal import bass_bias, quality_bias, root_bias
from workbench.domain.chord_symbols import CHORD_QUALITIES
from workbench.domain.plan import Plan, SectionPlan
from workbench.domain.seeding import generator
from workbench.domain.theory import Chord, Key, character_tone
from workbench.models.elements import HARMONY
from workbench.models.grid import SLOTS_PER_BAR, SLOTS_PER_BEAT
from workbench.models.history import BAR_COLUMN, STEP_COLUMN, SYMBOL_COLUMN
from workbench.models.part_writer import PartWriter
from workbench.models.pattern_prior import PatternPrior
from workbench.models.registry import load_network
from workbench.models.spec import BAR_STEP, conditioning_of
from workbench.models.tokenizer import decode_chords

_TRIAD = {
    "7": "maj", "maj7": "maj", "maj6": "maj", "9": "maj", "maj9": "maj", "min7": "min", "min6": "min", "min9": "min",
    "minmaj7": "min", "hdim7": "dim", "dim7": "dim",
}  # fmt: skip
_SAME_AGAIN = -4.5
_HOME_FIRST = 1.5
_BROAD_BARS = 2.0
"""Bars a chord up to which sections have progressions of their own; where chords last longer, one carries the song."""
_PHRASE_BARS, _TURN_BARS = 4, 2
_TO_AND_FRO, _HEARD = -1.8, -1.5
"""Nats on the chord before that one, and on each other chord of the loop, where a change is due."""
_OPENED_BEFORE = -2.5
"""Nats on the chord with which another section began: a chorus sets out from elsewhere than its verse."""
_EARLY_BEATS = 0.1
_SHARED = 0.12
"""Share of songs that one progression carries through verses and choruses."""
_FRAMING, _CONTRASTING = ("intro", "outro"), ("bridge", "breakdown", "interlude", "solo", "break")
_PEDAL_BARS = 4
"""A pedal on the dominant holds the last half of a section, at most so many bars: before it the bass goes its way."""
_LADDER = {"sevenths": ("maj7", "7", "min7", "hdim7"), "ninths": ("maj9", "9", "min9", "hdim7")}


def write_chords(plan: Plan) -> tuple[Chord, ...]:
    """Chords in song time that cover every bar without gaps."""
    written = _network_chords(plan)
    bar_beats = plan.metre.bar_beats
    chords: list[Chord] = []
    for section in plan.sections:
        start, end = section.start_bar * bar_beats, section.end_bar * bar_beats
        if section.chords:
            chords += [replace(chord, onset_beats=chord.onset_beats + start) for chord in section.chords]
        else:
            key = section.key or plan.key
            modal = _in_mode(written, key, (start, end), bar_beats)
            led = with_approaches(modal, plan, section, key)
            own = [_keeping_mode(chord, colour(chord, plan, key), key) for chord in led]
            chords += [over_pedal(chord, section, key, bar_beats) for chord in own]
    if not plan.sections[-1].chords and plan.sections[-1].bars > 1:
        chords = _close(chords, plan)
    return join(chords)


def _in_mode(chords: Sequence[Chord], key: Key, span: tuple[float, float], bar_beats: float) -> list[Chord]:
    """The chords between two times, each few bars of which state the mode of the key."""
    if character_tone(key) is None:
        return cut(chords, *span)
    length = STATED_EVERY_BARS * bar_beats
    starts = np.arange(span[0], span[1], length).tolist()
    pieces = (cut(chords, start, min(start + length, span[1])) for start in starts)
    return [chord for piece in pieces for chord in state_mode(piece, key, bar_beats)]


def _keeping_mode(chord: Chord, coloured: Chord, key: Key) -> Chord:
    """The coloured chord, unless it lost the tone of the mode, as a power chord may."""
    tone = character_tone(key)
    return chord if tone in chord.pitch_classes and tone not in coloured.pitch_classes else coloured


def _network_chords(plan: Plan) -> tuple[Chord, ...]:
    context = context_for(plan, HARMONY, (), {}, "played")
    bias = np.concatenate(
        [np.tile(_roots(plan, section), (section.bars * context.bar_beats, 1)) for section in plan.sections]
    )
    attribute_bias = {"bass": bass_bias(HARMONY.symbols)}
    writer = PartWriter(
        load_network("harmony", plan.models.get("harmony")),
        conditioning_of(HARMONY, context),
        context.bar_beats,
        replace(HARMONY.settings, nucleus=0.92, attribute_temperature=0.75, pace=0.0),
        prior=_pace_prior(plan),
        symbol_bias=bias,
        attribute_bias=attribute_bias,
    )
    first: dict[tuple[str, str], SectionPlan] = {}
    openings: set[int] = set()
    for number, section in enumerate(plan.sections):
        # A section that comes back in another mode has other chords.
        model = first.setdefault((_progression(plan, section), (section.key or plan.key).mode), section)
        if model is section:
            if plan.harmony.bars_per_chord <= _BROAD_BARS:
                writer.forget()
            rng = generator(plan.seed, "harmony", section.label, number)
            # The writer looks the bias up at each chord, so that sections may differ in mode.
            attribute_bias["quality"] = _qualities(plan, section)
            bias[section.start_bar * context.bar_beats] += _opening(section, openings)
            pace = bars_per_chord(plan, section)
            _write_loop(writer, bias, min(loop_bars(plan, section), section.bars), pace, rng)
            if section.name not in _FRAMING and plan.harmony.bars_per_chord <= _BROAD_BARS:
                openings.update(_symbols(writer, section.start_bar)[:1])
        while writer.bars < section.end_bar:
            done = writer.bars - section.start_bar
            source = _source_bar(plan, section, model, done)
            if source < 0:
                _write_turn(writer, bias, rng)
            else:
                writer.copy(source, 1)
    return decode_chords(writer.rows, plan.key, plan.bars, context.bar_beats)


def _pace_prior(plan: Plan) -> PatternPrior:
    paces = [bars_per_chord(plan, section) for section in plan.sections]
    known = sorted(set(paces))
    numbers = [
        known.index(pace) for pace, section in zip(paces, plan.sections, strict=True) for _ in range(section.bars)
    ]
    return PatternPrior([_pace(pace) for pace in known], numbers, 1.0)


def _progression(plan: Plan, section: SectionPlan) -> str:
    """A name for the progression of a section: its own, or that of the whole song."""
    own = section.name in (*_FRAMING, *_CONTRASTING)
    return section.label if own or habit(plan, "harmony", "shared") >= _SHARED else ""


def _has_turn(plan: Plan, model: SectionPlan) -> bool:
    """Whether a section has a second phrase that ends on other chords than its first."""
    return plan.harmony.turns and loop_bars(plan, model) == _PHRASE_BARS and model.bars >= 2 * _PHRASE_BARS


def _source_bar(plan: Plan, section: SectionPlan, model: SectionPlan, bar: int) -> int:
    """The bar (of the song) whose chords come again in a bar of a section; -1 where a turn is to be written."""
    if not _has_turn(plan, model):
        return model.start_bar + bar % min(loop_bars(plan, model), model.bars)
    if model is not section or bar >= 2 * _PHRASE_BARS:
        return model.start_bar + bar % (2 * _PHRASE_BARS)
    return -1 if bar >= 2 * _PHRASE_BARS - _TURN_BARS else model.start_bar + bar % _PHRASE_BARS


def _write_turn(writer: PartWriter, bias: npt.NDArray[np.float64], rng: np.random.Generator) -> None:
    """One bar with another chord than the bar before, and than the same bar of the phrase before."""
    bar_beats = len(bias) // writer.length
    beats = slice(writer.bars * bar_beats, (writer.bars + 1) * bar_beats)
    for back, cost in ((1, _SAME_AGAIN), (_PHRASE_BARS, _TO_AND_FRO)):
        bias[beats, _symbols(writer, writer.bars - back)] += cost
    writer.sample(1, rng)


def _opening(section: SectionPlan, openings: Set[int]) -> npt.NDArray[np.float64]:
    """Nats on the first chord of a section, (symbols,): at home at first, then elsewhere than the sections before."""
    nats = np.zeros(HARMONY.symbols)
    if section.name in _FRAMING or not openings:
        nats[0] = _HOME_FIRST
    else:
        nats[list(openings)] = _OPENED_BEFORE
    return nats


def _symbols(writer: PartWriter, bar: int) -> list[int]:
    """The chords that begin in a bar, as the network tells them."""
    rows = writer.rows[writer.rows[:, BAR_COLUMN] == bar]
    return [int(symbol) for symbol in rows[rows[:, STEP_COLUMN] != BAR_STEP, SYMBOL_COLUMN]]


def _roots(plan: Plan, section: SectionPlan) -> npt.NDArray[np.float64]:
    borrowed = plan.harmony.borrowed.get(section.name, 0.0)
    return root_bias(section.key or plan.key, HARMONY.symbols, borrowed=borrowed)


def _qualities(plan: Plan, section: SectionPlan) -> npt.NDArray[np.float64]:
    bare, borrowed = plan.harmony.colour == "power", plan.harmony.borrowed.get(section.name, 0.0)
    return quality_bias(section.key or plan.key, HARMONY.symbols, bare=bare, borrowed=borrowed)


def over_pedal(chord: Chord, section: SectionPlan, key: Key, bar_beats: float = 4.0) -> Chord:
    """The chord over the section's pedal point, unless the pedal would rub against one of its tones.

    The tonic holds a whole section, the dominant its last half, at most four bars.

    Examples
    --------
    >>> section = SectionPlan("build", "build", -4, 8, 0.6, ("bass",), pedal="dominant")
    >>> over_pedal(Chord.parse("F"), section, Key.parse("C")).symbol()
    'F/G'
    """
    if not section.pedal or (section.pedal == "dominant" and chord.onset_beats < _pedal_from(section, bar_beats)):
        return chord
    bass = (key.tonic + (7 if section.pedal == "dominant" else 0)) % 12
    rubs = any((tone - bass) % 12 in (1, 11) for tone in chord.pitch_classes)
    return chord if rubs else replace(chord, bass=bass)


def _pedal_from(section: SectionPlan, bar_beats: float) -> float:
    """Where the dominant begins to hold, in quarter notes."""
    bars = min(_PEDAL_BARS, -(-section.bars // 2))
    return (section.end_bar - bars) * bar_beats - _EARLY_BEATS


def _write_loop(
    writer: PartWriter, bias: npt.NDArray[np.float64], bars: int, bars_per_chord: float, rng: np.random.Generator
) -> None:
    """A loop at the style's pace: where a change is due the chord before is unlikely, elsewhere it is held."""
    pace = max(1, round(bars_per_chord))
    recent: list[int] = []
    for bar in range(bars):
        if bar % pace:
            writer.copy(writer.bars - 1, 1)
            continue
        bar_beats = len(bias) // writer.length
        beats = slice(writer.bars * bar_beats, (writer.bars + 1) * bar_beats)
        bias[beats, list(set(recent[:-2]))] += _HEARD
        for back, cost in zip(recent[:-3:-1], (_SAME_AGAIN, _TO_AND_FRO), strict=False):
            bias[beats, back] += cost
        writer.sample(1, rng)
        recent.append(int(writer.rows[-1, SYMBOL_COLUMN]))


def _pace(bars_per_chord: float) -> npt.NDArray[np.float64]:
    """Probability of a chord in each slot, (48, symbols): on the bar line, and in mid-bar where the pace is quick."""
    middle = float(np.interp(bars_per_chord, [0.5, 1.0, 2.0], [0.7, 0.12, 0.01]))
    slots = np.full(SLOTS_PER_BAR, 0.002)
    slots[0], slots[2 * SLOTS_PER_BEAT] = 0.99, middle
    return np.repeat(slots[:, None] / HARMONY.symbols, HARMONY.symbols, axis=1)


def cut(chords: Sequence[Chord], start_beats: float, end_beats: float) -> list[Chord]:
    """The chords between two times, cut at both."""
    result = []
    for chord in chords:
        onset, end = max(chord.onset_beats, start_beats), min(chord.end_beats, end_beats)
        if end > onset:
            result.append(replace(chord, onset_beats=onset, duration_beats=end - onset))
    return result


def join(chords: Sequence[Chord]) -> tuple[Chord, ...]:
    """Neighbours that are the same chord become one."""
    joined: list[Chord] = []
    for chord in chords:
        last = joined[-1] if joined else None
        if last and (last.root, last.quality, last.bass) == (chord.root, chord.quality, chord.bass):
            joined[-1] = replace(last, duration_beats=chord.end_beats - last.onset_beats)
        else:
            joined.append(chord)
    return tuple(joined)


def colour(chord: Chord, plan: Plan, key: Key | None = None) -> Chord:
    """The chord in the size that the style speaks in: power chords, triads, sevenths or ninths.

    What is added comes from the scale: the seventh above a root of the key is the key's own.
    """
    kind = plan.harmony.colour
    if kind == "power":
        plain = chord.quality in ("maj", "min", "7", "maj7", "min7", "sus4", "sus2", "9", "maj9", "min9")
        return replace(chord, quality="5" if plain else chord.quality)
    triad = _TRIAD.get(chord.quality, chord.quality)
    if kind == "triads" or triad not in ("maj", "min", "dim"):
        return replace(chord, quality=triad if kind == "triads" else chord.quality)
    if chord.quality not in ("maj", "min", "dim", "maj7", "7", "min7", "hdim7"):
        return chord
    return replace(chord, quality=_extend(chord.root, triad, key or plan.key, _LADDER[kind]))


def _extend(root: int, triad: str, key: Key, ladder: tuple[str, ...]) -> str:
    major, dominant, minor, diminished = ladder
    if triad == "dim":
        return diminished
    if triad == "min":
        ninth_in_key = (root + 2) % 12 in key.pitch_classes
        return minor if ninth_in_key or minor == "min7" else "min7"
    leading = (root + 11) % 12 in key.pitch_classes
    quality = major if leading else dominant
    ninth_in_key = (root + 2) % 12 in key.pitch_classes
    return quality if ninth_in_key or len(CHORD_QUALITIES[quality]) == 4 else {"maj9": "maj7", "9": "7"}[quality]


def _close(chords: list[Chord], plan: Plan) -> list[Chord]:
    """The last bar comes home to the tonic."""
    bar = (plan.bars - 1) * plan.metre.bar_beats
    kept = cut(chords, 0.0, bar)
    key = plan.sections[-1].key or plan.key
    third = "dim" if key.mode == "locrian" else "min" if key.has_minor_third else "maj"
    tonic = Chord(bar, plan.metre.bar_beats, key.tonic, third, key.tonic)
    return [*kept, colour(tonic, plan, key)]
