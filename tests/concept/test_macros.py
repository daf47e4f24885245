"""Macros: every one moves the plan along its curves, never what is stated, and a user can add more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from workbench.concept import list_macros, load_macro, translate
from workbench.concept.macros import parse_macro
from workbench.concept.moves import TARGETS, Move, Moves
from workbench.domain.errors import ParameterError
from workbench.domain.plan import Plan
from workbench.domain.plan_form import plan_to_dict
from workbench.domain.request import parse_request

SHIPPED = ("complexity", "darkness", "drive", "humanise", "intensity", "space")

# What a listener would name first in each macro, as a reading of the plan that rises with the amount.
RISES = {
    "intensity": [
        lambda plan: plan.tempo_bpm,
        lambda plan: plan.arousal,
        lambda plan: max(section.energy for section in plan.sections),
        lambda plan: plan.texture_density,
        lambda plan: plan.sound.drive_db,
        lambda plan: plan.parts["bass"].density,
    ],
    "darkness": [
        lambda plan: -plan.valence,
        lambda plan: -plan.sound.tilt_db,
        lambda plan: plan.sound.low_db,
        lambda plan: -plan.parts["leads"].high_pitch,
        lambda plan: plan.key.has_minor_third,
    ],
    "complexity": [
        lambda plan: ("power", "triads", "sevenths", "ninths").index(plan.harmony.colour),
        lambda plan: -plan.harmony.bars_per_chord,
        lambda plan: plan.parts["leads"].density,
        lambda plan: plan.parts["pads"].presence,
        lambda plan: -plan.groove.adherence,
    ],
    "space": [
        lambda plan: plan.sound.reverb_db,
        lambda plan: plan.sound.delay_db,
        lambda plan: plan.sound.side_db,
        lambda plan: plan.parts["pads"].sustain,
    ],
    "drive": [lambda plan: plan.sound.drive_db, lambda plan: plan.sound.low_db, lambda plan: -plan.sound.contrast_lu],
    "humanise": [
        lambda plan: plan.groove.looseness,
        lambda plan: plan.groove.late_ms,
        lambda plan: plan.groove.swing_percent,
        lambda plan: -plan.groove.adherence,
    ],
}  # fmt: skip


def plan_with(concept: str = "pop", technical: dict[str, Any] | None = None, **macros: float) -> Plan:
    parameters = {"creative": {"concept": concept}, "technical": technical or {}}
    return translate(parse_request({"parameters": parameters, "macros": macros}))


def test_the_six_macros_ship() -> None:
    assert set(SHIPPED) <= set(list_macros())
    assert set(RISES) == set(SHIPPED)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_macro_moves_what_it_is_named_for(name: str) -> None:
    low, middle, high = (plan_with(**{name: amount}) for amount in (-1.0, 0.0, 1.0))
    for reading in RISES[name]:
        assert reading(low) <= reading(middle) <= reading(high)
        assert reading(low) < reading(high)


@pytest.mark.parametrize(("name", "target"), [(name, target) for name in SHIPPED for target in load_macro(name).curves])
def test_every_curve_reaches_the_plan(name: str, target: str) -> None:
    """Each target alone changes the plan, beside the decision that tells of the macro."""
    amount = load_macro(name).move(target, 1.0) or load_macro(name).move(target, -1.0)
    assert amount
    assert Moves((Move(target, amount, "stated", name),)).total(target) != 0
    still, moved = (_shape(plan) for plan in (plan_with("pop"), plan_with("pop", **{name: 1.0 if amount else -1.0})))
    assert still != moved


def _shape(plan: Plan) -> dict[str, Any]:
    return {field: value for field, value in plan_to_dict(plan).items() if field != "decisions"}


def test_amounts_between_lie_between() -> None:
    drives = [plan_with(drive=amount).sound.drive_db for amount in (-1.0, -0.5, 0.0, 0.5, 1.0)]
    assert drives == [-8.0, -4.0, 0.0, 4.0, 10.0]


def test_what_is_stated_does_not_move() -> None:
    technical = {"tempo": 97, "key": "C major", "swing": 58}
    plan = plan_with("pop", technical, intensity=1.0, darkness=1.0, humanise=1.0)
    assert (plan.tempo_bpm, str(plan.key), plan.groove.swing_percent) == (97, "C major", 58)
    assert plan_with("pop at 97 bpm, sparse", intensity=1.0).tempo_bpm == 97
    assert plan_with("pop at 97 bpm, sparse", intensity=1.0).texture_density == 0.25


def test_macros_are_reported_as_decisions_and_as_causes() -> None:
    decisions = {decision.parameter: decision for decision in plan_with(space=0.5).decisions}
    assert decisions["macros.space"].value == "+0.5"
    assert "reverb_db" in decisions["macros.space"].reason
    assert decisions["space"].value == "+3.0 dB reverb, +2.2 dB echo"
    assert "space +0.5" in decisions["space"].reason


def test_a_user_adds_a_macro_and_hides_a_shipped_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "macros"
    folder.mkdir()
    monkeypatch.setenv("BEATSFOUNDRY_HOME", str(tmp_path))
    (folder / "fog.yaml").write_text("description: Fog.\ncurves:\n  tilt_db: [[-1, 1], [0, 0], [1, -3]]\n")
    (folder / "drive.yaml").write_text("description: Mine.\ncurves:\n  drive_db: [[-1, 0], [0, 0], [1, 1]]\n")
    assert "fog" in list_macros()
    assert plan_with(fog=1.0).sound.tilt_db == -3.0
    assert plan_with(drive=1.0).sound.drive_db == 1.0


@pytest.mark.parametrize(
    ("curves", "message"),
    [
        ({"volume": [[-1, 0], [0, 0], [1, 1]]}, "target 'volume' is not known: expected one of valence"),
        ({"pace": [[-1, 0], [1, 1]]}, "pass \\[0, 0\\]"),
        ({"pace": [[0, 0], [-1, 0], [1, 1]]}, "rise from -1 to 1"),
        ({"pace": [["low", 0], [0, 0], [1, 1]]}, "points \\[amount, move\\]"),
        ({}, "expected a description and curves"),
        (None, "expected a description and curves"),
    ],
)
def test_damaged_curves_are_refused(curves: Any, message: str) -> None:
    with pytest.raises(ParameterError, match=f"macro mine: .*{message}"):
        parse_macro("mine", {"description": "mine", "curves": curves})
    with pytest.raises(ParameterError, match="expected a description and curves"):
        parse_macro("mine", ["no", "mapping"])


def test_an_unknown_macro_lists_the_known() -> None:
    with pytest.raises(ParameterError, match=r"macro 'loudness' is not known.*: expected one of complexity, darkness"):
        plan_with(loudness=0.5)
    with pytest.raises(ParameterError, match="macros"):
        plan_with(space=1.5)


def test_no_sum_of_moves_leaves_its_limit() -> None:
    for target, described in TARGETS.items():
        many = Moves(tuple(Move(target, described.most, "text", str(number)) for number in range(3)))
        assert many.total(target) == described.most
    plan = plan_with("ambient, darker, slower, much calmer", intensity=-1.0, complexity=-1.0, space=1.0)
    assert plan.tempo_bpm >= 40
    assert all(0 < section.energy <= 1 for section in plan.sections)
