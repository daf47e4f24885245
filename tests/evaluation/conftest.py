"""Excerpts written by hand, whose every value is known."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from evaluation.networks.excerpts import PartExcerpt
from workbench.models.context import CHORD_FEATURES, PREFIX_SIZES
from workbench.models.spec import Conditioning, ElementSpec
from workbench.models.tokenizer import with_bar_lines

MakeExcerpt = Callable[..., PartExcerpt]


@pytest.fixture(scope="session")
def make_excerpt() -> MakeExcerpt:
    """An excerpt from (bar, slot, symbol, attributes...) rows; attributes left out are zero, offsets on the grid."""
    return _make


def _make(
    spec: ElementSpec,
    notes: Sequence[tuple[int, ...]],
    *,
    song: str = "song",
    tempo_bpm: float = 120.0,
    chord: tuple[int, ...] = (),
    root: int = 0,
    style: int = 1,
) -> PartExcerpt:
    width = len(spec.attributes)
    default = [12 if name == "offset" else 0 for name in spec.attributes]
    table = [
        [bar, slot, 0, symbol, *attributes, *default[len(attributes) :]] for bar, slot, symbol, *attributes in notes
    ]
    rows = with_bar_lines(np.array(table, np.int64).reshape(-1, 4 + width), 4)
    prefix = np.zeros((4, len(PREFIX_SIZES)), np.int64)
    prefix[:, 0] = style
    streams = len(spec.streams)
    cell = np.zeros((4, 48, streams + (CHORD_FEATURES if spec.sees_chords else 0)), np.uint8)
    for pitch_class in chord if spec.sees_chords else ():
        cell[..., streams + pitch_class] = 1
    if chord and spec.sees_chords:
        cell[..., streams + 12 + root] = 1
    base = spec.anchors(np.zeros(1, np.int64), 0)[0] + spec.lowest_pitch
    conditioning = Conditioning(prefix, np.zeros((4, 0), np.uint8), cell, np.full((4, 4), base))
    return PartExcerpt(song, "hand", 0, tempo_bpm, rows, conditioning, np.full(16, base))
