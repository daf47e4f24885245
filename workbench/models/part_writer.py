"""Writing music with a network: one part of one song, bar by bar, on the song's own timeline.

A part is written in order. A run of bars is either drawn or copied from earlier bars; what stands already is what the
network remembers. Every draw comes from a generator that the caller seeds for the run.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from workbench.domain.arrays import Floats, Integers
from workbench.models.decoder import Decoder
from workbench.models.grid import SLOTS_PER_BEAT
from workbench.models.history import BAR_COLUMN, SLOT_COLUMN, SYMBOL_COLUMN, same_at_end
from workbench.models.network import Network
from workbench.models.pattern_prior import PatternPrior
from workbench.models.spec import Conditioning, Settings
from workbench.models.standing import moved
from workbench.models.tokenizer import with_bar_lines

_KEPT_IN_REPLAY = ("duration", "quality", "bass")


class PartWriter:
    """Writes one part of a song.

    Parameters
    ----------
    network : Network
    conditioning : Conditioning
        What the part sees of the song.
    bar_beats : int
        Quarter notes in a bar (3 or 4).
    settings : Settings
    prior : PatternPrior, optional
        What is plausible cell by cell, multiplied into the network's choice.
    symbol_bias : array (bars * bar_beats, symbols), optional
        Added to the symbol logits, by beat of the song.
    attribute_bias : mapping name -> array (symbols, size), optional
        Added to the logits of an attribute, by symbol.
    ahead : Rows, optional
        Whole bars, up to the song's last, that stand already: the network writes towards them.
    """

    def __init__(
        self,
        network: Network,
        conditioning: Conditioning,
        bar_beats: int,
        settings: Settings,
        *,
        prior: PatternPrior | None = None,
        symbol_bias: Floats | None = None,
        attribute_bias: Mapping[str, Floats] | None = None,
        ahead: Integers | None = None,
    ) -> None:
        self._length, self._bar_slots = len(conditioning.prefix), bar_beats * SLOTS_PER_BEAT
        self._decoder = Decoder(
            network, conditioning, bar_beats, settings,
            prior=prior, symbol_bias=symbol_bias, attribute_bias=attribute_bias, ahead=ahead,
        )  # fmt: skip
        self._standing = self._decoder.standing

    @property
    def rows(self) -> Integers:
        """The rows that stand."""
        return self._standing.rows

    @property
    def bars(self) -> int:
        """Bars that stand already."""
        return self._standing.bars

    @property
    def length(self) -> int:
        """Bars of the whole song."""
        return self._length

    def take(self, rows: Integers) -> None:
        """Write given rows: whole bars that follow those that stand."""
        self._decoder.add(rows)

    def forget(self) -> None:
        """Let the network write on as if nothing stood before: another section begins with another idea.

        Half of the windows that networks learn from remember nothing either, so they know how to begin.
        """
        self._decoder.forget()

    def undo(self) -> None:
        """Take the last bar back."""
        self._decoder.undo()

    def same_bars(self, parts: int = 1) -> int:
        """How many bars at the end hold the very same notes; 0 if the last one is empty.

        With `parts` beyond one each bar is that many equal bars, as a bar of 12/8 is two of 6/8.
        """
        return same_at_end(self.rows, self._bar_slots, parts)

    def rest(self, bars: int) -> None:
        """Leave the next bars empty."""
        lines = np.zeros((bars, self.rows.shape[1]), np.int64)
        lines[:, BAR_COLUMN] = np.arange(self.bars, self.bars + bars)
        self._decoder.add(lines)

    def copy(self, first_bar: int, bars: int) -> None:
        """Write the notes of `bars` earlier bars from `first_bar` again."""
        again = self.rows[self._standing.start(first_bar) : self._standing.start(first_bar + bars)]
        self._decoder.add(moved(again, self.bars - first_bar))

    def sample(self, bars: int, rng: np.random.Generator, *, may_rest: bool = True) -> None:
        """Let the network write the next bars; unless it may rest, each of them holds a note."""
        for _ in range(bars):
            self._decoder.open_bar()
            self._decoder.write_notes(rng, may_rest=may_rest)

    def replay(self, first_bar: int, bars: int, rng: np.random.Generator, *, without: tuple[int, ...] = ()) -> None:
        """Play earlier bars again as a player would: the same notes and lengths, with new velocities and timing.

        Notes whose symbol is in `without` are left out.
        """
        for bar in range(first_bar, first_bar + bars):
            notes = self._notes_of(bar, without)
            self._decoder.open_bar()
            self._decoder.play(notes, rng, kept=_KEPT_IN_REPLAY)

    def echo(self, first_bar: int, rng: np.random.Generator) -> None:
        """Write the rhythm of an earlier bar of a single line again, with pitches that suit the present one."""
        notes = self._notes_of(first_bar, ())
        self._decoder.open_bar()
        self._decoder.play(notes, rng, kept=_KEPT_IN_REPLAY, anew=True)

    def vary(self, first_bar: int, from_slot: int, rng: np.random.Generator, *, may_rest: bool = True) -> None:
        """Write an earlier bar again up to a slot; from there on the network writes another ending."""
        notes = self._notes_of(first_bar, ())
        self._decoder.open_bar()
        head = notes[notes[:, SLOT_COLUMN] < from_slot]
        self._decoder.add(moved(head, self.bars - 1 - first_bar))
        self._decoder.write_notes(rng, may_rest=may_rest, from_slot=from_slot)

    def _notes_of(self, bar: int, without: tuple[int, ...]) -> Integers:
        notes = self._standing.of_bar(bar).copy()
        left = np.array([symbol not in without for symbol in notes[:, SYMBOL_COLUMN].tolist()], bool)
        # Leaving a note out changes which of the others is the first of its slot.
        return notes if left.all() else with_bar_lines(notes[left], 0)
