"""Manners: how each kind of pitched element unfolds over a song, and how its network is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workbench.composition.phrases import Phrasing
from workbench.domain.elements import Kind


@dataclass(frozen=True, slots=True)
class Manner:
    """How an element unfolds and how it is drawn.

    Each `rest_bars`-th bar holds a note, and with `speaks_chords` each bar whose chords are new. A `free_of_key`
    element is encoded from the root, so that its bars may return over other chords that stand on the same of their
    tones. One that `keeps_rhythm` plays the rhythm of a motif again where the chords under it have changed, with other
    pitches, and a `chordal` one moves its chords to the new tones. `sings`: it is written in phrases of a tune.
    `guidance` takes the place of the network's own where it is given, `downbeat` are nats on the first beat.
    """

    phrasing: Phrasing
    nucleus: float
    polyphony: int
    rest_bars: int
    speaks_chords: bool = False
    free_of_key: bool = False
    keeps_rhythm: bool = False
    chordal: bool = False
    sings: bool = False
    guidance: float | None = None
    downbeat: float = 0.0


MANNERS: Mapping[Kind, Manner] = {
    "bass": Manner(Phrasing(2, 2, (7,)), nucleus=0.95, polyphony=1, rest_bars=1, free_of_key=True, keeps_rhythm=True),
    "chords": Manner(Phrasing(2, 2, (7,)), nucleus=0.93, polyphony=5, rest_bars=4, speaks_chords=True, chordal=True),
    "melody": Manner(
        Phrasing(4, 2, (6, 7)),
        nucleus=0.97,
        polyphony=1,
        rest_bars=2,
        keeps_rhythm=True,
        sings=True,
        guidance=0.0,
        downbeat=-0.8,
    ),
}
