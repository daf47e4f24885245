"""The register that is asked for is held where a line wanders off."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.models.test_part_writer import BARS, make_context, make_network
from workbench.domain.arrays import Integers
from workbench.models.batch import WritingJob, write_batch
from workbench.models.density_control import register_bias, register_limits
from workbench.models.elements import SPECS
from workbench.models.history import BAR_COLUMN, SLOT_COLUMN, STEP_COLUMN, SYMBOL_COLUMN
from workbench.models.part_writer import PartWriter
from workbench.models.spec import BAR_STEP, Conditioning, Settings, conditioning_of

LEADS = SPECS["leads"]
PITCHES = np.arange(48, 84)


def bias(mean: float, notes: int = 8) -> np.ndarray:
    return register_bias(1.0, 0.0, 9, notes, round(mean * notes), PITCHES)


def asking(register: int) -> Conditioning:
    return conditioning_of(LEADS, replace(make_context(BARS), register=np.full(BARS, register)))


def mean_pitch(rows: Integers, conditioning: Conditioning) -> float:
    notes = rows[rows[:, STEP_COLUMN] != BAR_STEP]
    return float(
        (conditioning.base[notes[:, BAR_COLUMN], notes[:, SLOT_COLUMN] // 12] + notes[:, SYMBOL_COLUMN]).mean()
    )


def test_a_line_that_is_too_high_is_drawn_down_and_the_other_way_round() -> None:
    high, low = bias(72.0), bias(50.0)
    assert np.all(np.diff(high) <= 0.0)
    assert high[0] > high[-1]
    assert np.all(np.diff(low) >= 0.0)


def test_a_line_in_its_register_is_free_nearby_and_one_without_everywhere() -> None:
    assert not bias(60.0)[58 - 48 : 63 - 48].any()
    assert not register_bias(1.0, 1.0, 0, 8, 800, PITCHES).any()


def test_single_notes_are_held_within_a_fifth_of_the_middle() -> None:
    """Register class 9 has its middle at 60."""
    held = register_bias(0.0, 1.0, 9, 0, 0, PITCHES)
    assert not held[53 - 48 : 68 - 48].any()
    assert held[52 - 48] == held[68 - 48] == -0.25
    assert np.all(np.diff(held[67 - 48 :]) < 0.0)


@pytest.mark.parametrize("writer", ["batch", "part"])
def test_lines_come_nearer_to_what_is_asked(writer: str) -> None:
    model, off = make_network("leads"), {}
    for strength in (0.0, 2.0):
        distances = []
        for register in (8, 11):
            conditioning, middle = asking(register), float(np.mean(register_limits(register)))
            settings = Settings(register=strength, polyphony=1)
            for seed in range(4):
                if writer == "batch":
                    rows = write_batch(model, [WritingJob(conditioning, 4, seed)], settings)[0]
                else:
                    part = PartWriter(model, conditioning, 4, settings)
                    part.sample(BARS, np.random.default_rng(seed), may_rest=False)
                    rows = part.rows
                distances.append(abs(mean_pitch(rows, conditioning) - middle))
        off[strength] = np.mean(distances)
    assert off[2.0] < 0.7 * off[0.0]
