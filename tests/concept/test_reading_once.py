"""What a mood asks for is read once, wherever it stands."""

import pytest

from workbench.concept import translate
from workbench.domain.plan import Plan
from workbench.domain.request import parse_request
from workbench.domain.song import SECTION_NAMES
from workbench.models.vocabulary import section_index


def plan_of(concept: str, mood: str | None = None) -> Plan:
    creative = {"concept": concept} if mood is None else {"concept": concept, "mood": mood}
    return translate(parse_request({"parameters": {"creative": creative}}))


@pytest.mark.parametrize("word", ["faster", "sparser", "more complex", "darker", "louder"])
def test_a_comparative_counts_as_much_in_the_mood_as_in_the_concept(word: str) -> None:
    """It used to count twice in the mood: house was taken from 124 to 130 BPM by "faster", not to 126."""
    of_mood, of_concept = plan_of("house", word), plan_of(f"house, {word}")
    assert of_mood.tempo_bpm == of_concept.tempo_bpm
    assert of_mood.texture_density == of_concept.texture_density
    assert (of_mood.valence, of_mood.delivery) == (of_concept.valence, of_concept.delivery)


def test_faster_house_is_two_beats_faster() -> None:
    assert (plan_of("house").tempo_bpm, plan_of("house", "faster").tempo_bpm) == (124.0, 126.0)


@pytest.mark.parametrize("name", SECTION_NAMES)
def test_the_networks_know_a_relative_of_every_section(name: str) -> None:
    assert section_index(name) > 0
