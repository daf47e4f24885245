"""The notes of many excerpts in one table, in musical units: what features and metrics are computed on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evaluation.networks.excerpts import EXCERPT_BARS, PartExcerpt
from workbench.domain.arrays import Flags, Floats, Integers
from workbench.models.context import CHORD_FEATURES
from workbench.models.grid import SLOTS_24, SLOTS_PER_BAR, SLOTS_PER_BEAT
from workbench.models.history import BAR_COLUMN, FIRST_ATTRIBUTE, SLOT_COLUMN, SYMBOL_COLUMN
from workbench.models.spec import DURATIONS_BEATS, ElementSpec


@dataclass(frozen=True, slots=True, eq=False)
class ExcerptNotes:
    """All notes of `excerpts` excerpts, sorted by excerpt, bar, slot and symbol; arrays (n,) but where said.

    `place_24` counts 24ths of a quarter note from the excerpt's first downbeat. `velocity` is the middle of its class
    (4..124) and `offset_ms` the deviation from the slot; both are zero for elements without them, as is
    `duration_beats`. `pitch` is the MIDI pitch (the symbol for percussion and harmony). `degree` is the pitch class
    above the reference (chord root for the bass, tonic for others), and `chord` (n, 60) the chord features of
    `workbench.models.context` encoded from that same reference, zeros for elements that see none.
    """

    spec: ElementSpec
    excerpts: int
    excerpt: Integers
    bar: Integers
    slot: Integers
    symbol: Integers
    attributes: Mapping[str, Integers]
    place_24: Integers
    velocity: Floats
    offset_ms: Floats
    duration_beats: Floats
    pitch: Integers
    degree: Integers
    chord: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.excerpt)

    @property
    def cell(self) -> Integers:
        """One number for each (excerpt, bar, slot, symbol)."""
        return ((self.excerpt * EXCERPT_BARS + self.bar) * SLOTS_PER_BAR + self.slot) * self.spec.symbols + self.symbol

    def grid(self) -> Flags:
        """Which cells hold a note, (excerpts, 4, 48, symbols)."""
        shape = (self.excerpts, EXCERPT_BARS, SLOTS_PER_BAR, self.spec.symbols)
        filled = np.zeros(np.prod(shape), bool)
        filled[self.cell] = True
        return filled.reshape(shape)

    def onset_grid(self) -> Flags:
        """Which slots hold an onset, (excerpts, 4, 48)."""
        onsets: Flags = self.grid().max(axis=3)
        return onsets


def pool_notes(excerpts: Sequence[PartExcerpt], spec: ElementSpec) -> ExcerptNotes:
    """Put the notes of excerpts into one table."""
    tables = [excerpt.notes for excerpt in excerpts]
    counts = [len(table) for table in tables]
    empty = np.zeros((0, FIRST_ATTRIBUTE + len(spec.attributes)), np.int64)
    rows = np.concatenate([empty, *tables])
    excerpt = np.repeat(np.arange(len(excerpts)), counts)
    bar, slot, symbol = rows[:, BAR_COLUMN], rows[:, SLOT_COLUMN], rows[:, SYMBOL_COLUMN]
    attributes = {name: rows[:, FIRST_ATTRIBUTE + index] for index, name in enumerate(spec.attributes)}
    tempo_bpm = np.repeat([item.tempo_bpm for item in excerpts], counts)
    beat = bar * 4 + slot // SLOTS_PER_BEAT
    base = np.concatenate([np.zeros(0, np.int64), *(
        item.base_pitches[table[:, BAR_COLUMN] * 4 + table[:, SLOT_COLUMN] // SLOTS_PER_BEAT]
        for item, table in zip(excerpts, tables, strict=True)
    )])  # fmt: skip
    pitched = "duration" in spec.attributes
    nothing = np.zeros(len(rows))
    return ExcerptNotes(
        spec=spec,
        excerpts=len(excerpts),
        excerpt=excerpt,
        bar=bar,
        slot=slot,
        symbol=symbol,
        attributes=attributes,
        place_24=beat * 24 + SLOTS_24[slot % SLOTS_PER_BEAT],
        velocity=attributes["velocity"] * 8.0 + 4.0 if "velocity" in attributes else nothing,
        offset_ms=(attributes["offset"] - 12) / 96 * 60000 / tempo_bpm if "offset" in attributes else nothing,
        duration_beats=np.array(DURATIONS_BEATS)[attributes["duration"]] if pitched else nothing,
        pitch=symbol + base if pitched else symbol,
        degree=(symbol + spec.lowest_pitch) % 12 if pitched else symbol,
        chord=_chords(excerpts, tables, spec),
    )


def _chords(excerpts: Sequence[PartExcerpt], tables: Sequence[Integers], spec: ElementSpec) -> npt.NDArray[np.uint8]:
    first = len(spec.streams)
    empty = np.zeros((0, CHORD_FEATURES), np.uint8)
    if not spec.sees_chords:
        return np.zeros((sum(map(len, tables)), CHORD_FEATURES), np.uint8)
    seen = [
        excerpt.conditioning.cell[table[:, BAR_COLUMN], table[:, SLOT_COLUMN], first : first + CHORD_FEATURES]
        for excerpt, table in zip(excerpts, tables, strict=True)
    ]
    return np.concatenate([empty, *seen])
