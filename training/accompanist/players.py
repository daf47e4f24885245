"""What the players write: drums drawn from the style's grid, a bass with the kick, voicings that move little.

Fills, figures, swing and touch are the composition's own and are added there (`compose.finished_line`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from workbench.composition.drum_figures import with_figures
from workbench.composition.drum_sheet import ROLES, drum_grids, loop_bars
from workbench.composition.phrases import resting_bars
from workbench.composition.slot_mask import rhythm_of
from workbench.composition.voicing import chords_within
from workbench.domain.arrays import Integers
from workbench.domain.plan import PartTraits, Plan, SectionPlan
from workbench.domain.score import Note
from workbench.domain.seeding import generator
from workbench.domain.theory import Chord
from workbench.models.grid import OFFSET_BINS, SIXTEENTH_SLOTS, SLOTS_PER_BAR, SLOTS_PER_BEAT, slot_to_beats
from workbench.models.history import BAR_COLUMN, SLOT_COLUMN, STEP_COLUMN, SYMBOL_COLUMN
from workbench.models.spec import BAR_STEP, VELOCITY_BINS
from workbench.models.tokenizer import with_bar_lines

_LEAST_EXPECTED = 0.0125
"""Cells below it are in no pattern: the grid holds them for networks, which have an opinion of their own on them."""
_LOUD = {"kick": 12, "snare": 12, "clap": 12, "crash": 13, "closed_hat": 9, "percussion": 8}
_USUAL_LOUD, _OFF_BEAT_SOFTER, _LOUD_SPREAD = 10, 1.5, 0.8
"""Velocity classes, of 16: the usual one on a beat, how much softer it is beside one, and its spread."""
_OFFSET_SPREAD = 1.0
_HAND, _MIDDLE_VELOCITY, _VELOCITY_SPREAD = 4, 84, 5.0
_FIFTH = 0.2
"""How often a bass that plays with the kick takes the fifth off the beat."""


def play_drums(plan: Plan) -> Integers:
    """Rows of percussion. Each section label has a groove of two or four bars; its fourth bar may end otherwise."""
    grids, grid_of_bar = drum_grids(plan)
    written = []
    for section in plan.sections:
        if "percussion" not in section.elements:
            continue
        for bar in range(section.bars):
            place = section.start_bar + bar
            strokes = _strokes(grids[grid_of_bar[place]], plan, section, bar)
            strokes[:, BAR_COLUMN] = place
            written.append(strokes)
    return with_figures(with_bar_lines(np.concatenate([_NO_STROKES, *written]), plan.bars), plan)


_NO_STROKES = np.zeros((0, 6), np.int64)


def _strokes(grid: npt.NDArray[np.float64], plan: Plan, section: SectionPlan, bar: int) -> Integers:
    """Strokes of one bar. The draws are the groove's and come again; what the grid expects may differ each time."""
    chances = _chances(plan, section, bar)
    struck = (chances < grid) & (grid > _LEAST_EXPECTED)
    closed, opened = ROLES.index("closed_hat"), ROLES.index("open_hat")
    struck[:, closed] &= ~struck[:, opened]
    slots, roles = np.nonzero(struck)
    rng = generator(plan.seed, "strokes", section.label, bar % loop_bars(plan))
    louder, later = rng.normal(0.0, _LOUD_SPREAD, grid.shape), rng.normal(0.0, _OFFSET_SPREAD, grid.shape)
    loud = np.array([_LOUD.get(role, _USUAL_LOUD) for role in ROLES])[roles]
    loud = loud - _OFF_BEAT_SOFTER * (slots % SLOTS_PER_BEAT > 0) + louder[slots, roles]
    offsets = OFFSET_BINS // 2 + np.rint(later[slots, roles])
    empty = np.zeros_like(slots)
    columns = [empty, slots, empty, roles, np.clip(np.rint(loud), 1, VELOCITY_BINS - 1), offsets]
    return np.stack(columns, axis=1).astype(np.int64)


def _chances(plan: Plan, section: SectionPlan, bar: int) -> npt.NDArray[np.float64]:
    """Uniform draws (48, roles) of a bar of a groove; now and then the second half of a fourth bar has its own."""
    shape = (SLOTS_PER_BAR, len(ROLES))
    chances = generator(plan.seed, "groove", section.label, bar % loop_bars(plan)).random(shape)
    turn = generator(plan.seed, "turn", section.label, section.start_bar + bar)
    if bar % 4 == 3 and turn.random() < plan.variation:
        chances[SLOTS_PER_BAR // 2 :] = turn.random(shape)[SLOTS_PER_BAR // 2 :]
    return chances


def play_bass_line(plan: Plan, chords: Sequence[Chord], drums: Integers) -> tuple[Note, ...]:
    """Bass tones in the style's rhythm, or with the kick where it has none. Figures take their bars from this line."""
    traits = plan.parts["bass"]
    kicks = _onsets_of(drums, "kick")
    notes: list[Note] = []
    near = (traits.low_pitch + traits.high_pitch) // 2 - 3
    for section, bar in _playing_bars(plan, "bass"):
        begin = (section.start_bar + bar) * plan.metre.bar_beats
        rng = generator(plan.seed, "bass line", section.label, bar % 4)
        slots = _rhythm(traits, rng) or kicks.get(section.start_bar + bar, [])
        onsets = {begin + slot_to_beats(slot) for slot in slots}
        fifths = {onset: rng.random() < _FIFTH for onset in sorted(onsets)}
        for chord, start, end in chords_within(chords, begin, begin + plan.metre.bar_beats):
            if not chord.sounds:
                continue
            near = nearest_pitch(chord.bass, near, traits)
            struck = sorted({start, *(onset for onset in onsets if start <= onset < end)})
            for onset, until in pairwise([*struck, end]):
                fifth = near + 7
                leaps = fifths.get(onset, False) and onset != start and fifth % 12 in chord.pitch_classes
                pitch = fifth if leaps and fifth <= traits.high_pitch else near
                notes.append(Note(round(onset, 6), pitch, round(until - onset, 6), _velocity(rng)))
    return tuple(notes)


def play_chords(plan: Plan, chords: Sequence[Chord]) -> tuple[Note, ...]:
    """Voicings, each as near to the one before as can be, held or in the style's rhythm."""
    traits = plan.parts["pads"]
    notes: list[Note] = []
    hand: tuple[int, ...] = ()
    for section, bar in _playing_bars(plan, "pads"):
        begin = (section.start_bar + bar) * plan.metre.bar_beats
        rng = generator(plan.seed, "chords", section.label, bar % 4)
        onsets = {begin + slot_to_beats(slot) for slot in _rhythm(traits, rng)}
        for chord, start, end in chords_within(chords, begin, begin + plan.metre.bar_beats):
            if not chord.sounds:
                continue
            hand = voicing(chord, hand, traits)
            struck = sorted({start, *(onset for onset in onsets if start <= onset < end)})
            for onset, until in pairwise([*struck, end]):
                velocity = _velocity(rng)
                notes += [Note(round(onset, 6), pitch, round(until - onset, 6), velocity) for pitch in hand]
    return tuple(notes)


def nearest_pitch(pitch_class: int, near: int, traits: PartTraits) -> int:
    """The pitch of a class within the register that lies nearest; of two the lower.

    Examples
    --------
    >>> nearest_pitch(7, 36, PartTraits(low_pitch=28, high_pitch=50))
    31
    """
    pitches = [pitch for pitch in range(traits.low_pitch, traits.high_pitch + 1) if pitch % 12 == pitch_class]
    return min(pitches, key=lambda pitch: (abs(pitch - near), pitch))


def voicing(chord: Chord, before: Sequence[int], traits: PartTraits) -> tuple[int, ...]:
    """The close position of a chord's first four tones that moves least from the voicing before.

    The first one lies in the middle of the register.

    Examples
    --------
    >>> traits = PartTraits(low_pitch=48, high_pitch=72)
    >>> voicing(Chord(0.0, 4.0, 5, "maj", 5), (60, 64, 67), traits)
    (60, 65, 69)
    """
    tones = chord.pitch_classes[:_HAND]
    middle = (traits.low_pitch + traits.high_pitch) / 2

    def cost(pitches: tuple[int, ...]) -> float:
        if not before:
            return abs(sum(pitches) / len(pitches) - middle)
        moves = sum(min(abs(pitch - other) for other in before) for pitch in pitches)
        return moves + 0.1 * abs(sum(pitches) / len(pitches) - middle)

    return min(_positions(tones, traits), key=lambda pitches: (cost(pitches), pitches))


def _positions(tones: Sequence[int], traits: PartTraits) -> Iterator[tuple[int, ...]]:
    """Close positions of some pitch classes, from each lowest tone in the register's lower two thirds."""
    top = traits.low_pitch + max(12, 2 * (traits.high_pitch - traits.low_pitch) // 3)
    for lowest in range(traits.low_pitch, top):
        if lowest % 12 in tones:
            yield tuple(sorted(lowest + (tone - lowest) % 12 for tone in tones))


def _playing_bars(plan: Plan, element: str) -> Iterator[tuple[SectionPlan, int]]:
    """The bars (from their section's start) in which an element plays."""
    for section in plan.sections:
        if element not in section.elements:
            continue
        resting = resting_bars(plan, element, section)
        for bar in range(section.bars):
            if bar not in resting:
                yield section, bar


def _rhythm(traits: PartTraits, rng: np.random.Generator) -> list[int]:
    """Slots of a bar drawn from the style's rhythm; none where it has none."""
    chances = rhythm_of(traits.rhythm)
    if chances is None:
        return []
    luck = rng.random(SLOTS_PER_BAR)
    return [slot for slot in SIXTEENTH_SLOTS.tolist() if luck[slot] < chances[slot]]


def _onsets_of(drums: Integers, role: str) -> dict[int, list[int]]:
    """Slots in which a drum is struck, by bar."""
    strokes = drums[(drums[:, STEP_COLUMN] != BAR_STEP) & (drums[:, SYMBOL_COLUMN] == ROLES.index(role))]
    found: dict[int, list[int]] = {}
    for bar, slot in strokes[:, [BAR_COLUMN, SLOT_COLUMN]].tolist():
        found.setdefault(bar, []).append(slot)
    return found


def _velocity(rng: np.random.Generator) -> int:
    return int(np.clip(round(rng.normal(_MIDDLE_VELOCITY, _VELOCITY_SPREAD)), 40, 120))
