"""What a text asks of one channel: levels, sides, sends, tone; and that the song is left alone by it."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.concept import translate
from workbench.concept.desk_words import read_desk, spoken_move
from workbench.domain.moves import EqMove, StripMove
from workbench.domain.plan import Decision, Plan
from workbench.domain.request import parse_request
from workbench.pipeline import generate


def plan_of(concept: str) -> Plan:
    return translate(parse_request({"parameters": {"creative": {"concept": concept}}}))


def decision(plan: Plan, parameter: str) -> Decision:
    return next(one for one in plan.decisions if one.parameter == parameter)


def _moves(text: str) -> dict[str, StripMove]:
    desk, _ = read_desk(text)
    return dict(desk.value) if desk else {}


@pytest.mark.parametrize(
    ("text", "moves"),
    [
        ("house with a louder bass", {"bass": StripMove(gain_db=3.0)}),
        ("drums a bit quieter", {"percussion": StripMove(gain_db=-1.5)}),
        ("much louder piano", {"pads": StripMove(gain_db=4.8)}),
        ("the strings in the background, pop", {"pads": StripMove(gain_db=-3.0)}),
        ("drums panned hard left, pan the pads to the right", {
            "percussion": StripMove(pan=-1.0), "pads": StripMove(pan=0.5),
        }),
        ("leads slightly louder", {"leads": StripMove(gain_db=1.5)}),
        ("no reverb on the drums and bass", {
            "percussion": StripMove(reverb_send_db=-60.0), "bass": StripMove(reverb_send_db=-60.0),
        }),
        ("more delay on leads", {"leads": StripMove(delay_send_db=-8.0)}),
        ("dry drums", {"percussion": StripMove(reverb_send_db=-60.0)}),
        ("muffled drums", {"percussion": StripMove(eq=(EqMove("low_pass", 1500.0),))}),
        ("louder bass and drums panned left", {
            "bass": StripMove(gain_db=3.0), "percussion": StripMove(pan=-0.5),
        }),
        ("quieter drums and bass", {"percussion": StripMove(gain_db=-3.0), "bass": StripMove(gain_db=-3.0)}),
        ("louder bass, drums, piano", {"bass": StripMove(gain_db=3.0)}),
        # Not of a channel:
        ("not louder drums", {}), ("louder", {}), ("a darker melody", {}), ("louder bass drum", {}),
        ("louder bass house", {}), ("drum and bass, louder", {}), ("quiet house", {}), ("darker chords", {}),
    ],
)  # fmt: skip
def test_words_move_a_channel(text: str, moves: dict[str, StripMove]) -> None:
    assert _moves(text) == moves


def test_a_louder_element_is_no_louder_song() -> None:
    """It used to raise the master to -11 LUFS."""
    plan, usual = plan_of("house with a louder bass and softer leads"), plan_of("house")
    assert plan.delivery.target_lufs == usual.delivery.target_lufs
    assert (plan.valence, plan.arousal) == (usual.valence, usual.arousal)
    assert plan.mix == {"bass": StripMove(gain_db=3.0), "leads": StripMove(gain_db=-3.0)}
    assert "louder bass" in decision(plan, "mix.bass").reason
    assert plan_of("house, louder").delivery.target_lufs > usual.delivery.target_lufs


@pytest.mark.parametrize("text", ["house with a louder kick", "house with a louder chorus"])
def test_a_louder_part_of_something_is_told_as_not_used(text: str) -> None:
    plan = plan_of(text)
    assert plan.delivery.target_lufs == plan_of("house").delivery.target_lufs
    assert "louder" in decision(plan, "not_used").value


def test_an_element_that_does_not_play_is_not_moved() -> None:
    assert plan_of("house without pads, louder pads").mix == {}


def test_effects_of_a_request_and_words_of_its_text_stand_in_one_channel() -> None:
    parameters = {
        "creative": {"concept": "house with a louder bass"},
        "sound_design": {"inserts": {"bass": [{"plugin": "Some Effect"}]}},
    }
    move = translate(parse_request({"parameters": parameters})).mix["bass"]
    assert (move.gain_db, [insert.plugin for insert in move.inserts]) == (3.0, ["Some Effect"])


def test_moves_are_told_in_words() -> None:
    move = StripMove(gain_db=3.0, pan=-0.25, delay_send_db=-8.0, eq=(EqMove("high_shelf", 5000.0, 4.0),))
    assert spoken_move(move) == "+3 dB, pan 25 % left, delay send -8 dB, high shelf at 5000 Hz"


def test_the_desk_is_heard() -> None:
    """The stem of an element that is asked to be louder is louder beside the others."""
    levels = {}
    for concept in ("house", "house with a much louder bass"):
        parameters = {"creative": {"concept": concept}, "technical": {"duration": 8}}
        track = generate(parse_request({"parameters": parameters, "options": {"seed": 2, "preview": True}}))
        powers = {name: float(np.mean(stem.samples**2)) for name, stem in track.mix.stems.items()}
        levels[concept] = 10 * np.log10(powers["bass"] / powers["percussion"])
    assert levels["house with a much louder bass"] - levels["house"] == pytest.approx(4.8, abs=0.6)
