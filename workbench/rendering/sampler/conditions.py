"""When a zone sounds, beyond its keys and velocities: switches, turns, chance, and what else is held or was played."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

Trigger = Literal["attack", "release", "first", "legato"]


@dataclass(frozen=True, slots=True)
class Conditions:
    """What must hold for a zone to sound; as it stands, nothing is asked.

    Keys are MIDI notes: `switched_by` is the range of keyswitches whose latest must lie in it, `default_switch` the one
    that counts before any was played; `while_down` and `while_up` must or must not be held, `after` is the note before.
    `chance` is a half-open range of 0..1 in which the note's random number falls; `tempo_bpm` is closed.
    """

    trigger: Trigger = "attack"
    switched_by: tuple[int, int] | None = None
    default_switch: int | None = None
    while_down: int | None = None
    while_up: int | None = None
    after: int | None = None
    chance: tuple[float, float] = (0.0, 1.0)
    tempo_bpm: tuple[float, float] = (0.0, math.inf)
    velocity_of_before: bool = False


ALWAYS = Conditions()
"""Nothing is asked but key and velocity."""
