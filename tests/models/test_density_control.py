"""The density that is asked for is held where a network strays from it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.models.test_part_writer import BARS, make_context, make_network
from workbench.domain.arrays import Integers
from workbench.models.batch import WritingJob, write_batch
from workbench.models.context import SongContext
from workbench.models.density_control import density_bias, density_limits
from workbench.models.elements import SPECS
from workbench.models.history import STEP_COLUMN
from workbench.models.part_writer import PartWriter
from workbench.models.spec import BAR_STEP, SAME_STEP, Settings, conditioning_of

BASS = SPECS["bass"]


def bias(classes: int, notes: int, *, bars: int = 2, slot: int = 11) -> np.ndarray:
    return density_bias(BASS, 2.0, classes, notes, bars, slot, 1, 48)


def context_asking(density: int) -> SongContext:
    return replace(make_context(BARS), density=np.full(BARS, density))


def notes_a_bar(rows: Integers) -> float:
    return float((rows[:, STEP_COLUMN] != BAR_STEP).sum()) / BARS


def test_nothing_is_changed_within_the_class_or_where_none_is_reported() -> None:
    low, high = density_limits(BASS, 4)
    assert not bias(4, round(2.25 * (low + high) / 2)).any()
    assert not bias(0, 100).any()


def test_too_few_notes_hasten_and_too_many_delay() -> None:
    sparse, crowded = bias(6, 0), bias(2, 40)
    assert sparse[13] > sparse[25] > sparse[BAR_STEP]
    assert crowded[13] < crowded[25] < crowded[BAR_STEP]
    assert sparse[SAME_STEP] == crowded[SAME_STEP] == 0.0


@pytest.mark.parametrize("element", ["bass", "percussion"])
def test_parts_come_nearer_to_what_is_asked(element: str) -> None:
    model, spec = make_network(element), SPECS[element]
    written = {}
    for density in (2, 7):
        conditioning = conditioning_of(spec, context_asking(density))
        jobs = [WritingJob(conditioning, 4, (1, number)) for number in range(8)]
        for pace in (0.0, 2.0):
            rows = write_batch(model, jobs, Settings(pace=pace))
            written[density, pace] = float(np.mean([notes_a_bar(part) for part in rows]))
    for density in (2, 7):
        low, high = density_limits(spec, density)
        free, held = (max(low - written[density, p], written[density, p] - high, 0.0) for p in (0.0, 2.0))
        assert held < free or held == free == 0.0
    assert written[7, 2.0] > written[2, 2.0]


def test_one_part_alone_is_held_as_well() -> None:
    model = make_network("bass")
    densities = []
    for density in (1, 8):
        writer = PartWriter(model, conditioning_of(BASS, context_asking(density)), 4, Settings(pace=3.0))
        writer.sample(BARS, np.random.default_rng(2))
        densities.append(notes_a_bar(writer.rows))
    assert densities[0] < density_limits(BASS, 3)[1]
    assert densities[1] > density_limits(BASS, 5)[0]
