"""What a player adds to velocity and timing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from workbench.composition.touch import touched
from workbench.domain.plan import Groove, Plan
from workbench.domain.score import Note

_HAT, _SNARE = 42, 38


def _hats(bars: int) -> list[Note]:
    return [Note(eighth / 2, _HAT, 0.25, 68, 0.0) for eighth in range(8 * bars)]


def _loose(plan: Plan, looseness: float) -> Plan:
    return replace(plan, groove=Groove(looseness=looseness))


def test_velocities_leave_their_class(tiny_plan: Plan) -> None:
    """32 strokes of one class of eight velocities: as many as can differ do, and the middle stays near."""
    played = touched(
        [Note(n.onset_beats, _SNARE, 0.25, 68, 0.0) for n in _hats(4)], _loose(tiny_plan, 1.0), "percussion"
    )
    velocities = [note.velocity for note in played]
    assert len(set(velocities)) > 12
    assert abs(np.mean(velocities) - 68) < 12


def test_beats_are_leant_on(tiny_plan: Plan) -> None:
    """Hats on the beat are louder than those between: by 0.45 of nine velocities and more at full looseness."""
    played = touched(_hats(4), _loose(tiny_plan, 1.0), "percussion")
    on = [note.velocity for note in played if note.onset_beats % 1 == 0]
    off = [note.velocity for note in played if note.onset_beats % 1]
    assert np.mean(on) - np.mean(off) > 2.0


def test_timing_is_within_a_few_milliseconds_and_carries_over(tiny_plan: Plan) -> None:
    played = touched(_hats(4), _loose(tiny_plan, 1.0), "percussion")
    milliseconds = np.array([note.shift_beats for note in played]) * 60_000 / tiny_plan.tempo_bpm
    assert 1.0 < milliseconds.std() < 12.0
    assert np.abs(milliseconds).max() < 30.0


def test_songs_have_players_of_their_own(tiny_plan: Plan) -> None:
    songs = [touched(_hats(4), replace(_loose(tiny_plan, 1.0), seed=seed), "percussion") for seed in range(12)]
    means = [np.mean([note.velocity for note in song]) for song in songs]
    assert np.std(means) > 1.0


@pytest.mark.parametrize("element", ["percussion", "bass"])
def test_what_stands_keeps_its_touch_when_other_bars_are_written_anew(tiny_plan: Plan, element: str) -> None:
    plan, bar = _loose(tiny_plan, 1.0), tiny_plan.metre.bar_beats
    notes = _hats(4)
    without_second = [note for note in notes if not bar <= note.onset_beats < 2 * bar]
    whole = [note for note in touched(notes, plan, element) if not bar <= note.onset_beats < 2 * bar]
    assert touched(without_second, plan, element) == whole
