"""What nothing reads is listed; kinds of music that are not made are read as their kin, and said so."""

from __future__ import annotations

import pytest

from workbench.concept import list_styles, translate
from workbench.concept.mood import read_mood
from workbench.concept.style_match import match_style
from workbench.domain.data_files import read_shipped
from workbench.domain.plan import Plan
from workbench.domain.request import GenerationRequest


def plan_of(concept: str) -> Plan:
    return translate(GenerationRequest.from_concept(concept))


def not_used(concept: str) -> list[str]:
    told = [decision.value for decision in plan_of(concept).decisions if decision.parameter == "not_used"]
    return told[0].split(", ") if told else []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("house with tuba and polka", ["tuba", "polka"]),
        ("pop with ghost notes, hat rolls and a fade-out", []),
        ("pop with flams, snare rolls and a fade-in", ["flams", "snare rolls", "fade-in"]),
        ("house, first 4 bars a cappella", ["first 4 bars"]),
        ("warm lo-fi at 80 bpm, 2 minutes", []),
        ("pop: intro - verse - chorus x2 - outro, over Am, F, C and G, in A minor, 92,5 bpm", []),
        ("a bit darker house without drums, swung, 3/4", []),
        ("trauriger Pop mit Klavier", []),
        ("pop with no risers", []),
    ],
)
def test_what_is_not_used_is_listed(text: str, words: list[str]) -> None:
    assert not_used(text) == words


def test_what_cannot_be_made_moves_nothing() -> None:
    usual, asked = plan_of("house"), plan_of("house with flams and a fade in")
    assert (usual.valence, usual.arousal, usual.tempo_bpm, usual.parts) == (
        asked.valence, asked.arousal, asked.tempo_bpm, asked.parts,
    )  # fmt: skip


KIN = [(word, style) for style, words in read_shipped("workbench.concept", "kin.yaml").items() for word in words]


def test_kin_are_many_and_lead_to_styles_that_there_are() -> None:
    assert len(KIN) >= 60
    assert {style for _, style in KIN} <= set(list_styles())


@pytest.mark.parametrize(("word", "style"), KIN, ids=[word for word, _ in KIN])
def test_a_kind_that_is_not_known_is_read_as_its_kin_and_reported(word: str, style: str) -> None:
    match = match_style(word, None, read_mood(word))
    assert (match.name, match.source) == (style, "text")
    assert "is not known, and is read as its nearest kin" in match.reason


def test_the_kin_of_a_plan_is_reported() -> None:
    told = next(decision for decision in plan_of("a sad zouk").decisions if decision.parameter == "style")
    assert (told.value, told.source) == ("afro-house", "text")
    assert "'zouk' is not known" in told.reason


def test_a_style_that_is_known_wins_over_kin() -> None:
    assert plan_of("minimal techno").style == "techno"
    assert plan_of("acid jazz").style == "jazz-hop"
    assert plan_of("a walk in march, ambient").style == "ambient"


def test_one_drop_is_no_section() -> None:
    assert "drop" not in {section.name for section in plan_of("roots reggae dub, one drop").sections}
