"""When a zone sounds, beyond its keys and velocities: switches, turns, chance, and what else is held or was played."""

from __future__ import annotations

import math
from collections.abc import Iterator
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

    def __str__(self) -> str:
        """What is asked, in a few words; empty where nothing is.

        Examples
        --------
        >>> str(Conditions(switched_by=(24, 24), default_switch=24, chance=(0.0, 0.25)))
        'keyswitch 24 (as it begins), chance 0 to 0.25'
        """
        return ", ".join(self._asked())

    def _asked(self) -> Iterator[str]:
        if self.trigger != "attack":
            yield self.trigger
        if self.switched_by is not None:
            low, high = self.switched_by
            begins = self.default_switch is not None and low <= self.default_switch <= high
            yield f"keyswitch {low if low == high else f'{low} to {high}'}{' (as it begins)' if begins else ''}"
        for key, words in ((self.while_down, "held"), (self.while_up, "not held")):
            if key is not None:
                yield f"while key {key} is {words}"
        if self.after is not None:
            yield f"after key {self.after}"
        if self.chance != (0.0, 1.0):
            yield f"chance {self.chance[0]:g} to {self.chance[1]:g}"
        if self.tempo_bpm != (0.0, math.inf):
            yield f"at {self.tempo_bpm[0]:g} to {self.tempo_bpm[1]:g} BPM"


ALWAYS = Conditions()
"""Nothing is asked but key and velocity."""
