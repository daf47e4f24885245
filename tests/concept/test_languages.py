"""Five languages besides English: what they say is understood, and English is left alone."""

from __future__ import annotations

import pytest

from workbench.concept import translate
from workbench.concept.languages import read_in_english
from workbench.domain.data_files import read_shipped
from workbench.domain.key_names import keys_in_english
from workbench.domain.plan import Plan
from workbench.domain.request import GenerationRequest, parse_request


def plan_of(concept: str) -> Plan:
    return translate(GenerationRequest.from_concept(concept))


@pytest.mark.parametrize(
    ("concept", "language", "style", "valence", "arousal"),
    [
        ("ruhige, verträumte Ambient-Musik für den Abend", "German", "ambient", 1, -1),
        ("wütender schneller Punkrock", "German", "rock", -1, 1),
        ("düsterer Techno, aggressiv und treibend", "German", "techno", -1, 1),
        ("un house alegre y enérgico para bailar", "Spanish", "house", 1, 1),
        ("una balada triste de piano, muy lenta", "Spanish", "pop", -1, -1),
        ("de l'ambient paisible et doux", "French", "ambient", 1, -1),
        ("techno sombre et agressive", "French", "techno", -1, 1),
        ("bossa nova dolce e rilassata", "Italian", "bossa", 1, -1),
        ("trap cupa e minacciosa", "Italian", "trap", -1, 1),
        ("reggae alegre para a praia, muito calmo", "Portuguese", "reggae-dub", 1, -1),
        ("lo-fi melancólico e tranquilo para uma noite de chuva", "Portuguese", "lo-fi", -1, -1),
    ],
)
def test_style_and_mood(concept: str, language: str, style: str, valence: int, arousal: int) -> None:
    plan = plan_of(concept)
    assert read_in_english(concept).language == language
    assert plan.style == style
    assert plan.valence * valence > 0
    assert plan.arousal * arousal > 0


@pytest.mark.parametrize(
    "concept", ["house ohne Schlagzeug, 2 Minuten", "house sin batería, dos minutos", "house sans batterie, 2 minutes",
                "house senza batteria, due minuti", "house sem bateria, dois minutos"],
)  # fmt: skip
def test_statements(concept: str) -> None:
    plan = plan_of(concept)
    assert plan.palette == ("bass", "pads", "leads")
    assert abs(plan.duration_seconds - 120) <= plan.bar_seconds


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("d-Moll", "D minor"), ("Es-Dur", "Eb major"), ("fis-Moll", "F# minor"), ("h-moll", "B minor"),
        ("B-Dur", "Bb major"), ("As-Dur", "Ab major"), ("la mineur", "A minor"), ("si bémol majeur", "Bb major"),
        ("do sostenido menor", "C# minor"), ("mi bemol mayor", "Eb major"), ("sol maggiore", "G major"),
        ("fa diesis minore", "F# minor"), ("dó maior", "C major"), ("ré maior", "D major"),
    ],
)  # fmt: skip
def test_keys(text: str, key: str) -> None:
    assert keys_in_english(f"techno in {text}, 130 bpm") == f"techno in {key}, 130 bpm"
    assert str(plan_of(f"techno in {text}").key) == key


@pytest.mark.parametrize(
    "concept",
    [
        "a piano waltz for the winter", "sin city noir jazz", "come as you are, grunge", "la la la happy pop",
        "bells and strings over a brutal beat", "the festival of minor miracles", "warm bass, per minute more",
        "no drums, no bass, no hope", "die hard action score", "solo piano", "a des res in the forest",
    ],
)  # fmt: skip
def test_english_is_left_alone(concept: str) -> None:
    assert read_in_english(concept).language is None
    assert read_in_english(concept).text == concept


def test_the_mood_field_is_read_in_any_language_too() -> None:
    creative = {"concept": "a piece of music", "mood": "traurig und einsam"}
    assert translate(parse_request({"parameters": {"creative": creative}})).valence < -0.3


def test_the_reading_is_reported() -> None:
    told = {decision.parameter: decision for decision in plan_of("trauriger Techno ohne Schlagzeug").decisions}
    assert told["language"].value == "German"
    assert told["language"].reason == "read as 'sad Techno without drums'"
    assert "language" not in {decision.parameter for decision in plan_of("sad techno").decisions}


def test_every_row_has_a_cell_for_each_language() -> None:
    data = read_shipped("workbench.concept", "languages.yaml")
    assert len(data["words"]) >= 90
    for row in (*data["grammar"], *data["words"]):
        assert len(row) == 1 + len(data["languages"])
        assert all(isinstance(cell, str) for cell in row), row
