"""Comparatives move the plan from what is usual, and leave no word behind that would be read again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from workbench.concept import translate
from workbench.concept.comparatives import _phrases, read_comparatives
from workbench.concept.moves import TARGETS
from workbench.domain.plan import Plan
from workbench.domain.request import GenerationRequest


def plan_of(concept: str) -> Plan:
    return translate(GenerationRequest.from_concept(concept))


PAIRS: list[tuple[str, str, Callable[[Plan], float]]] = [
    ("slower than usual", "faster than usual", lambda plan: plan.tempo_bpm),
    ("much slower", "slower", lambda plan: plan.tempo_bpm),
    ("slower", "a bit slower", lambda plan: plan.tempo_bpm),
    ("darker", "brighter", lambda plan: plan.sound.tilt_db),
    ("darker", "happier", lambda plan: plan.valence),
    ("calmer", "more energetic", lambda plan: plan.arousal),
    ("less busy", "busier", lambda plan: plan.texture_density),
    ("not so busy", "more dense", lambda plan: plan.parts["leads"].density),
    ("simpler", "more complex", lambda plan: ("power", "triads", "sevenths", "ninths").index(plan.harmony.colour)),
    ("lo-fi", "lush lo-fi", lambda plan: plan.parts["pads"].hand_tones),
    ("drier", "with more reverb", lambda plan: plan.sound.reverb_db),
    ("narrower", "wider", lambda plan: plan.sound.side_db),
    ("cleaner", "dirtier", lambda plan: plan.sound.drive_db),
    ("less bass", "sub-heavy", lambda plan: plan.sound.low_db),
    ("tighter", "looser", lambda plan: plan.groove.looseness),
    ("straighter", "more swing", lambda plan: plan.groove.swing_percent),
    ("flatter", "more dramatic", lambda plan: plan.sound.contrast_lu),
    ("choppier", "more legato", lambda plan: plan.parts["pads"].sustain),
]


@pytest.mark.parametrize(("less", "more", "reading"), PAIRS, ids=[pair[1] for pair in PAIRS])
def test_more_is_more_than_less(less: str, more: str, reading: Callable[[Plan], float]) -> None:
    assert reading(plan_of(f"deep house, {less}")) < reading(plan_of(f"deep house, {more}"))


def test_the_words_are_reported() -> None:
    decisions = {decision.parameter: decision for decision in plan_of("techno, a little faster than usual").decisions}
    assert decisions["tempo"].source == "text"
    assert "moved by 'a little faster than usual'" in decisions["tempo"].reason


@pytest.mark.parametrize(
    ("concept", "field", "value"),
    [
        ("techno, less busy", "texture_density", "not 0.8"),
        ("house, not too dark", "processing_style", "bright"),
        ("pop, without reverb", "palette", ("percussion", "bass", "pads", "leads")),
    ],
)
def test_words_that_were_asked_away_are_not_read_again(concept: str, field: str, value: object) -> None:
    found = getattr(plan_of(concept), field)
    assert found != 0.8 if value == "not 0.8" else found == value


@pytest.mark.parametrize("text", ["not darker", "no faster", "never busier"])
def test_denied_comparatives_move_nothing(text: str) -> None:
    assert read_comparatives(text)[0] == ()


def test_a_statement_wins_over_a_comparative() -> None:
    plan = plan_of("house at 126 bpm, slower")
    assert plan.tempo_bpm == 126


def test_every_phrase_moves_a_target_that_there_is() -> None:
    for phrase, (amounts, sign) in _phrases().items():
        assert set(amounts) <= set(TARGETS), phrase
        assert abs(sign) == 1.0
        assert read_comparatives(phrase)[0], phrase


@pytest.mark.parametrize(
    ("text", "target", "sign"),
    [
        ("reverberant house", "reverb_db", 1), ("dry house", "reverb_db", -1), ("narrow pop", "side_db", -1),
        ("bassy techno", "low_db", 1), ("thin techno", "low_db", -1), ("tight funk", "looseness", -1),
        ("staccato strings", "sustain", -1), ("a high-pitched melody", "register", 1),
        ("a dynamic score", "contrast_lu", 1), ("tight drums", "looseness", -1), ("lush pop", "chord_size", 1),
        ("simple chords", "chord_size", -1),
    ],
)  # fmt: skip
def test_an_adjective_moves_by_itself(text: str, target: str, sign: int) -> None:
    assert sum(move.amount for move in read_comparatives(text)[0] if move.target == target) * sign > 0


@pytest.mark.parametrize("text", ["dry drums", "a distorted bass", "thin hats", "house with reverberant vocals"])
def test_an_adjective_of_one_instrument_moves_no_song(text: str) -> None:
    assert read_comparatives(text)[0] == ()


def test_bone_dry_is_a_statement() -> None:
    assert read_comparatives("bone dry house")[0] == ()
    assert plan_of("bone dry house").sound.reverb_db <= -100.0
