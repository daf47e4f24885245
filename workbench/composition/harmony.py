"""Chords of the whole song: the user's where given, else the network's by section, in loops that return."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from workbench.composition.surround import context_for
from workbench.composition.tonal import quality_bias, root_bias
from workbench.domain.plan import Plan, SectionPlan
from workbench.domain.seeding import generator
from workbench.domain.theory import CHORD_QUALITIES, SCALES, Chord, Key
from workbench.models.elements import HARMONY
from workbench.models.registry import load_model
from workbench.models.sampling import PartWriter, Settings
from workbench.models.spec import surroundings
from workbench.models.tokenizer import decode_chords

_TRIAD = {
    "7": "maj", "maj7": "maj", "maj6": "maj", "9": "maj", "maj9": "maj", "min7": "min", "min6": "min", "min9": "min",
    "minmaj7": "min", "hdim7": "dim", "dim7": "dim",
}  # fmt: skip
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
            chords += [colour(chord, plan) for chord in cut(written, start, end)]
    if not plan.sections[-1].chords and plan.sections[-1].bars > 1:
        chords = _close(chords, plan)
    return join(chords)


def _network_chords(plan: Plan) -> tuple[Chord, ...]:
    context = context_for(plan, HARMONY, (), {}, "played")
    beats = plan.bars * context.bar_beats
    bias = np.tile(root_bias(plan.key, HARMONY.symbols), (beats, 1))
    writer = PartWriter(
        load_model("harmony"),
        surroundings(HARMONY, context),
        context.bar_beats,
        Settings(nucleus=0.92, attribute_temperature=0.8, polyphony=1, on_downbeat=True),
        symbol_bias=bias,
        attribute_bias={"quality": quality_bias(plan.key, HARMONY.symbols)},
    )
    first: dict[str, SectionPlan] = {}
    for occurrence, section in enumerate(plan.sections):
        model = first.setdefault(section.label, section)
        rng = generator(plan.seed, "harmony", section.label, occurrence if model is section else 0)
        _write_section(writer, section, model, plan.harmony.loop_bars, rng)
    return decode_chords(writer.rows, plan.key, plan.bars, context.bar_beats)


def _write_section(
    writer: PartWriter, section: SectionPlan, model: SectionPlan, loop_bars: int, rng: np.random.Generator
) -> None:
    """A loop is written once and returns; a section that returns brings its chords back."""
    loop = min(loop_bars, section.bars)
    if model is section:
        writer.sample(loop, rng)
    while writer.bars < section.end_bar:
        done = writer.bars - section.start_bar
        source = model.start_bar + done % min(loop_bars, model.bars)
        writer.copy(source, 1)


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
            joined[-1] = replace(last, duration_beats=last.duration_beats + chord.duration_beats)
        else:
            joined.append(chord)
    return tuple(joined)


def colour(chord: Chord, plan: Plan) -> Chord:
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
    return replace(chord, quality=_extend(chord.root, triad, plan.key, _LADDER[kind]))


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
    third = "min" if 3 in SCALES[plan.key.mode] else "maj"
    tonic = Chord(bar, plan.metre.bar_beats, plan.key.tonic, third, plan.key.tonic)
    return [*kept, colour(tonic, plan)]
