"""Drums are tuned to the song: kick and toms to the chord of its tonic, what rings shortly to its scale.

A kick that settles beside the key pulls at the bass all through the song, and a tom fill is heard as wrong notes.
Engineers tune a kit for the same reason; nothing moves by more than a few semitones, so the kit keeps its character.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import numpy as np

from workbench.domain.theory import Key
from workbench.rendering.kit import Kick, Kit, SideStick, Snare, Toms
from workbench.rendering.parameters import parameters

_A4_PITCH, _A4_HZ = 69, 440.0
_FARTHEST_OCTAVES = 4.5 / 12.0
"""How far a kick goes to the tonic; farther off, the fifth is nearer. A driven kick sounds its own fifth as well."""


def tuned(kit: Kit, key: Key) -> Kit:
    """The kit in a key: the kick on tonic or fifth, toms and rim on the triad of the tonic, the snare on the scale.

    Examples
    --------
    >>> round(tuned(Kit("plain", ""), Key.parse("A minor")).kick.frequency_hz, 1)
    55.0
    """
    fifth = (key.tonic + 7) % 12
    triad = (key.tonic, (key.tonic + (3 if key.has_minor_third else 4)) % 12, fifth)
    home = _moved(kit.kick, Kick, ("frequency_hz",), (key.tonic,))
    far = abs(np.log2(home.frequency_hz / kit.kick.frequency_hz)) > _FARTHEST_OCTAVES
    return replace(
        kit,
        kick=_moved(kit.kick, Kick, ("frequency_hz",), (key.tonic, fifth)) if far else home,
        toms=_moved(kit.toms, Toms, ("low_hz", "mid_hz", "high_hz"), triad),
        side_stick=_moved(kit.side_stick, SideStick, ("tone_hz",), triad),
        snare=_tuned_snare(kit.snare, key),
    )


def nearest_hz(frequency_hz: float, pitch_classes: Collection[int], low_hz: float, high_hz: float) -> float:
    """The equal-tempered frequency of some pitch classes that lies nearest; the given one if none is in the range.

    Examples
    --------
    >>> round(nearest_hz(430.0, [9], 20.0, 2000.0), 1), round(nearest_hz(250.0, [9, 0], 20.0, 2000.0), 2)
    (440.0, 261.63)
    """
    at = _A4_PITCH + 12.0 * np.log2(frequency_hz / _A4_HZ)
    pitches = [pitch for pitch in range(int(at) - 12, int(at) + 14) if pitch % 12 in pitch_classes]
    inside = [
        hz for hz in (_A4_HZ * 2.0 ** ((pitch - _A4_PITCH) / 12.0) for pitch in pitches) if low_hz <= hz <= high_hz
    ]
    return min(inside, key=lambda hz: abs(float(np.log(hz / frequency_hz))), default=frequency_hz)


def _tuned_snare(snare: Snare, key: Key) -> Snare:
    """Both modes of the head on the scale."""
    moved: Snare = _moved(snare, Snare, ("tone_hz",), key.pitch_classes)
    low, high = (moved.tone_hz * limit for limit in _limits(Snare, "tone_ratio"))
    second_hz = nearest_hz(snare.tone_hz * snare.tone_ratio, key.pitch_classes, low, high)
    return replace(moved, tone_ratio=second_hz / moved.tone_hz)


def _moved(drum: Any, kind: type[Any], names: Collection[str], pitch_classes: Collection[int]) -> Any:
    moves = {name: nearest_hz(getattr(drum, name), pitch_classes, *_limits(kind, name)) for name in names}
    return replace(drum, **moves)


def _limits(kind: type[Any], name: str) -> tuple[float, float]:
    """The range that a parameter is declared with."""
    item = parameters(kind)[name]
    return item.low, item.high
