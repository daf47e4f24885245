"""What key, chords and register make plausible, as biases beside the networks' own opinion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from workbench.composition.conditioning import pitch_table
from workbench.composition.modes import contradicting_tone
from workbench.domain.chord_symbols import CHORD_QUALITIES
from workbench.domain.elements import Kind, kind_of
from workbench.domain.plan import PartTraits
from workbench.domain.theory import SCALES, Key, character_tone
from workbench.models.context import SongContext
from workbench.models.spec import ElementSpec

_OUT_OF_REGISTER = -1.2
"""Nats for each semitone outside the register, at most eight of them."""
_BIAS: Mapping[Kind, Mapping[str, float]] = {
    "bass": {"chord": 1.0, "root": 0.8, "third": 0.0, "foreign": -6.0, "rubbing": -0.8},
    "chords": {"chord": 2.0, "root": 0.0, "third": 0.0, "foreign": -5.0, "rubbing": -2.0},
    "melody": {"chord": -0.2, "root": 0.0, "third": 0.0, "foreign": -6.0, "rubbing": -0.4},
}
"""Nats for chord tones, the bass and the third, for tones in neither chord nor scale and those that rub on it."""
_ALONE: Mapping[Kind, Mapping[str, float]] = {
    "bass": {"chord": 0.5, "third": 1.2},
    "chords": {"root": 0.6},
    "melody": {"chord": 1.8, "third": 0.6},
}
"""Nats more where nobody else states the chord: pads without bass need its root, lines without pads its tones and above
all its third, which tells major from minor."""
_SLASH = 2.5
"""Nats more for the bass of a chord that stands on another tone than its root: nobody else plays it."""
_CHARACTER: Mapping[Kind, float] = {"bass": 0.6, "chords": 0.8, "melody": 1.6}
_CONTRADICTING = -8.0
"""Nats for the tone that makes a mode, and for the one that would make it major or minor."""
_BORROWED: dict[bool, frozenset[tuple[int, int]]] = {
    False: frozenset({(5, 3), (8, 4), (10, 4), (3, 4), (0, 4)}),
    True: frozenset({(5, 4), (1, 4), (0, 3)}),
}
"""Roots above the tonic with the third of their chord: in major iv, bVI, bVII and bIII, in minor IV and bII."""
_FOREIGN_CHORD_TONE = -2.6
_FOREIGN_TONIC = -12.0
_DIMINISHED = -2.0
_NO_THIRD = {"5": -5.0, "sus": -2.5}
_INVERSION, _FOREIGN_BASS = -1.3, -3.5


def symbol_bias(
    spec: ElementSpec,
    context: SongContext,
    traits: PartTraits,
    lift: npt.NDArray[np.int64],
    keys: Sequence[Key],
    alone: Sequence[bool],
) -> npt.NDArray[np.float64]:
    """Bias in nats by beat of the song and symbol, (beats, symbols).

    `lift` (bars,) moves the register in semitones, `keys` holds the key of each bar, `alone`
    whether the element has to state the chord by itself there. Tones of the scale a semitone
    above a chord tone rub against it (the "avoid notes" of jazz theory) and are rare.
    """
    kind = kind_of(spec.name)
    usual = _BIAS[kind]
    exposed = {name: value + _ALONE[kind].get(name, 0.0) for name, value in usual.items()}
    pitches = pitch_table(spec, context)
    bias = np.zeros(pitches.shape)
    for beat, pair in enumerate(context.chord_at_beats()):
        weights = exposed if alone[beat // context.bar_beats] else usual
        classes = pitches[beat] % 12
        tones = set() if pair is None else set(pair[0].pitch_classes)
        in_chord = _among(tones)[classes]
        foreign = ~in_chord & ~_among(keys[beat // context.bar_beats].pitch_classes)[classes]
        rubbing = ~in_chord & ~foreign & _among([(tone + 1) % 12 for tone in tones])[classes]
        bias[beat] += weights["chord"] * in_chord + weights["foreign"] * foreign + weights["rubbing"] * rubbing
        bias[beat] += _modal(classes, keys[beat // context.bar_beats], tones, kind)
        if pair is not None:
            inverted = _SLASH if kind == "bass" and pair[0].bass != pair[0].root else 0.0
            bias[beat] += (weights["root"] + inverted) * (classes == pair[0].bass)
            bias[beat] += weights["third"] * _among(pair[0].pitch_classes[1:2])[classes]
    moved = np.repeat(lift, context.bar_beats)[:, None]
    # Within the plan's register: a lift takes from the bottom, a fall from the top.
    below = traits.low_pitch + np.maximum(moved, 0) - pitches
    above = pitches - traits.high_pitch - np.minimum(moved, 0)
    outside = np.maximum(below, 0) + np.maximum(above, 0)
    bias += _OUT_OF_REGISTER * np.minimum(outside, 8)
    return bias


def _among(pitch_classes: Iterable[int]) -> npt.NDArray[np.bool_]:
    """Which of the twelve pitch classes are among some."""
    table = np.zeros(12, bool)
    table[list(pitch_classes)] = True
    return table


def _modal(classes: npt.NDArray[np.int64], key: Key, tones: set[int], kind: Kind) -> npt.NDArray[np.float64]:
    """Bias towards the tone that makes the key's mode and away from the one against it, unless a chord has that."""
    character, against = character_tone(key), contradicting_tone(key)
    if character is None:
        return np.zeros(len(classes))
    shunned = against not in tones
    bias: npt.NDArray[np.float64] = _CHARACTER[kind] * (classes == character)
    bias += _CONTRADICTING * shunned * (classes == against)
    return bias


def root_bias(key: Key, symbols: int, foreign: float = -1.5, borrowed: float = 0.0) -> npt.NDArray[np.float64]:
    """Bias in nats on chord roots above the tonic, (symbols,): roots outside the scale and "no chord" are rare.

    The more is `borrowed` from the parallel mode (0..1), the less rare are the roots that such chords stand on.
    """
    bias = np.full(symbols, foreign)
    steps = SCALES[key.mode]
    bias[list(steps)] = 0.0
    # A degree whose own triad is diminished has no plain chord in the key.
    bias[[step for step in steps if (step + 7) % 12 not in steps]] = _DIMINISHED
    for root, _ in _BORROWED[key.has_minor_third]:
        bias[root] *= 1.0 - borrowed
    bias[12] = -8.0
    return bias


def quality_bias(key: Key, symbols: int, *, bare: bool = False, borrowed: float = 0.0) -> npt.NDArray[np.float64]:
    """Bias in nats on chord qualities by root above the tonic, (symbols, qualities).

    Each tone outside the scale costs; a major dominant costs nothing, and the tonic chord has the mode's own third.
    Diminished chords are rare, and so are chords without a third unless the style wants them `bare`. Chords that are
    `borrowed` (0..1) from the parallel mode cost less.
    """
    scale = {(pitch - key.tonic) % 12 for pitch in key.pitch_classes}
    bias = np.zeros((symbols, len(CHORD_QUALITIES)))
    foreign_third = 4 if key.has_minor_third else 3
    for root in range(12):
        for column, (quality, intervals) in enumerate(CHORD_QUALITIES.items()):
            dominant = root == 7 and quality in ("maj", "7", "9")
            outside = sum((root + interval) % 12 not in scale for interval in intervals)
            lent = 1.0 - borrowed * any((root, third) in _BORROWED[key.has_minor_third] for third in intervals[1:2])
            bias[root, column] = _FOREIGN_CHORD_TONE * outside * (not dominant) * lent
            if not bare and not {3, 4} & set(intervals):
                bias[root, column] += _NO_THIRD["5" if quality == "5" else "sus"]
            if 6 in intervals:
                bias[root, column] += _DIMINISHED
            if root == 0 and foreign_third in intervals:
                bias[root, column] = _FOREIGN_TONIC
    return bias


def bass_bias(symbols: int) -> npt.NDArray[np.float64]:
    """Bias in nats on the bass above the root, (symbols, 12): root position, then inversions, then other tones."""
    bias = np.full((symbols, 12), _FOREIGN_BASS)
    bias[:, [3, 4, 7, 10, 11]] = _INVERSION
    bias[:, 0] = 0.0
    return bias
