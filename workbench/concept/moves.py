"""Moves: what macros, comparatives and references add to parameters, each with its cause.

A move adds an amount to one target of the plan. Moves never touch what the request or its text states.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from workbench.concept.phrases import join_words
from workbench.domain.plan import Source


@dataclass(frozen=True, slots=True)
class Target:
    """A parameter that moves: what one unit of it is, and how far all moves together may take it."""

    description: str
    most: float


TARGETS: Mapping[str, Target] = {
    "valence": Target("pleasantness, on its scale of -1 to 1", 1.0),
    "arousal": Target("excitement, on its scale of -1 to 1", 1.0),
    "pace": Target("place of the tempo in the style's range: 1 is from the usual to the fastest", 1.5),
    "texture_density": Target("how much happens at once, on its scale of 0 to 1", 0.6),
    "energy": Target("intensity of every section, on its scale of 0 to 1", 0.3),
    "swing": Target("percent of swing", 16.0),
    "late": Target("milliseconds that the backbeat lies later", 15.0),
    "looseness": Target("human timing, on its scale of 0 to 1", 1.0),
    "adherence": Target("how strictly drums keep to the style's pattern, on its scale of 0 to 1", 0.6),
    "notes": Target("octaves of notes a bar: 1 doubles them", 1.5),
    "presence": Target("share of bars that pads and leads play in, 0 to 1", 0.5),
    "sustain": Target("length of notes, on its scale of 0 to 1", 0.6),
    "register": Target("semitones that the leads lie higher", 7.0),
    "chord_size": Target("steps from power chords over triads and sevenths to ninths", 3.0),
    "chord_pace": Target("octaves of chords a bar: 1 doubles them", 2.0),
    "tilt_db": Target("dB more above 800 Hz than below", 6.0),
    "low_db": Target("dB of the shelf below 100 Hz", 6.0),
    "side_db": Target("dB of width", 6.0),
    "reverb_db": Target("dB of reverb", 9.0),
    "delay_db": Target("dB of echo", 9.0),
    "drive_db": Target("dB into the saturation", 12.0),
    "contrast_lu": Target("LU that the loudest sections stand above the quietest", 5.0),
}
"""Everything that moves, by name."""


@dataclass(frozen=True, slots=True)
class Move:
    """An amount that is added to a target, where it comes from, and the words for its cause."""

    target: str
    amount: float
    source: Source
    cause: str


@dataclass(frozen=True, slots=True)
class Moves:
    """All moves of one request."""

    moves: tuple[Move, ...] = ()

    def total(self, target: str) -> float:
        """The sum of the moves of a target, within its limit; 0 if nothing moves it.

        Examples
        --------
        >>> Moves((Move("swing", 6.0, "text", "'more swing'"), Move("swing", -2.0, "stated", "drive +0.5"))).total(
        ...     "swing"
        ... )
        4.0
        """
        most = TARGETS[target].most
        return max(-most, min(most, sum(move.amount for move in self.moves if move.target == target)))

    def source(self, targets: Iterable[str], default: Source) -> Source:
        """Where the largest move of some targets comes from; `default` if nothing moves them."""
        wanted = [move for move in self.moves if move.target in tuple(targets) and move.amount]
        return max(wanted, key=lambda move: abs(move.amount)).source if wanted else default

    def because(self, *targets: str) -> str:
        """The causes of some targets as an appendix to a reason, empty if nothing moves them.

        Examples
        --------
        >>> Moves((Move("swing", 6.0, "text", "'more swing'"),)).because("swing")
        "; moved by 'more swing'"
        """
        causes = list(dict.fromkeys(move.cause for move in self.moves if move.target in targets and move.amount))
        return f"; moved by {join_words(causes)}" if causes else ""
