"""Concepts in natural language with what a listener would expect of them."""

from __future__ import annotations

import pytest

from workbench.concept import translate
from workbench.domain.plan import Plan
from workbench.domain.request import GenerationRequest, parse_request


def plan_of(concept: str, mood: str | None = None) -> Plan:
    creative = {"concept": concept} | ({"mood": mood} if mood else {})
    return translate(parse_request({"parameters": {"creative": creative}}))


STYLES = [
    ("Dusty boom bap loop for a cypher on the corner", "boom-bap"),
    ("90s hip hop with a jazzy horn sample, head-nod tempo", "boom-bap"),
    ("a golden era hip-hop instrumental, gritty drums", "boom-bap"),
    ("Dark trap beat with sliding 808s and a bell melody", "trap"),
    ("UK drill, ominous, skippy hi-hats", "trap"),
    ("hard-hitting 808 and rolling hats for a rapper from Atlanta", "trap"),
    ("rainy lo-fi study beat", "lo-fi"),
    ("LOFI hip hop to relax / study to", "lo-fi"),
    ("something cosy for doing homework with a cup of coffee, vinyl crackle", "lo-fi"),
    ("Classic Chicago house with piano stabs", "house"),
    ("lo-fi house for a rooftop", "house"),
    ("four-on-the-floor club track with big piano chords", "house"),
    ("deep house, warm and hypnotic, late at night", "deep-house"),
    ("Soulful house for a sunset terrace", "deep-house"),
    ("relentless warehouse techno", "techno"),
    ("Ambient techno with long fades", "techno"),
    ("industrial, mechanical, pounding: a factory at night", "techno"),
    ("liquid drum and bass with airy pads", "drum-and-bass"),
    ("jungle music with chopped breaks", "drum-and-bass"),
    ("D&B roller, dark reese", "drum-and-bass"),
    ("skippy UK garage with organ bass", "uk-garage"),
    ("a 2-step tune for pirate radio", "uk-garage"),
    ("slow drifting ambient soundscape over a glacier", "ambient"),
    ("music for meditation and sleep", "ambient"),
    ("drone piece, weightless, deep space", "ambient"),
    ("80s synthwave, driving at night through neon rain", "synthwave"),
    ("retrowave chase with gated drums", "synthwave"),
    ("catchy pop song about summer love", "pop"),
    ("electropop with a big singalong chorus", "pop"),
    ("angry punk rock, two minutes, fast", "rock"),
    ("garage rock with a fuzzy riff", "rock"),
    ("pop rock for a stadium", "rock"),
    ("stadium guitars with distorted power chords", "rock"),
    ("silky R&B slow jam", "rnb"),
    ("neo-soul with Rhodes and finger snaps", "rnb"),
    ("funky disco with slap bass and strings", "funk-disco"),
    ("70s funk, clav and horns, for roller skating", "funk-disco"),
    ("dub reggae with tape echo", "reggae-dub"),
    ("uplifting trance anthem with a long breakdown", "trance"),
    ("filthy dubstep with wobbles", "dubstep"),
    ("smoky jazz with a saxophone in a late night bar", "jazz-hop"),
    ("epic orchestral battle with choir", "cinematic"),
    ("film score for a lonely spaceship", "cinematic"),
    ("amapiano with log drum", "afro-house"),
    ("8-bit platformer, happy, level up", "chiptune"),
    ("bossa nova for a seaside cafe", "bossa"),
    ("not techno, not house: trance please", "trance"),
    ("house music inspired by jazz", "house"),
    ("trap with a touch of ambient", "trap"),
    ("the old house at the lake, a calm ambient piece", "ambient"),
    ("a rock on the beach, waves, stillness", "ambient"),
]


@pytest.mark.parametrize(("concept", "style"), STYLES)
def test_style_is_recognised(concept: str, style: str) -> None:
    assert plan_of(concept).style == style


FACTS = [
    ("house at 126 bpm", {"tempo_bpm": 126.0}),
    ("techno, BPM: 133", {"tempo_bpm": 133.0}),
    ("boom bap 88-92 BPM", {"tempo_bpm": 90.0}),
    ("trap beat, 140BPM, in C# minor", {"tempo_bpm": 140.0, "key": "C# minor"}),
    ("lofi in D dorian", {"key": "D dorian"}),
    ("a ballad in A minor", {"key": "A minor"}),
    ("a ballad in a minor, 70 bpm", {"key": "A minor", "tempo_bpm": 70.0}),
    ("pop in E-flat major", {"key": "Eb major"}),
    ("pop song in F sharp minor", {"key": "F# minor"}),
    ("rock in the key of Bbm", {"key": "Bb minor"}),
    ("key of G, bright pop", {"key": "G major"}),
    ("2 minutes of house", {"seconds": 120}),
    ("a 90-second techno cut", {"seconds": 90}),
    ("three and a half minutes of soul", {"seconds": 210}),
    ("two minute pop song", {"seconds": 120}),
    ("1:45 of boom bap", {"seconds": 105}),
    ("half a minute of chiptune", {"seconds": 30}),
    ("a 45s loop of lofi", {"seconds": 45}),
    ("techno, 30s", {"seconds": 30}),
    ("house, length 60s", {"seconds": 60}),
    ("20s of techno", {"seconds": 20}),
    ("techno, 2 hours", {"seconds": 900}),
    ("1 min 30 s of trap", {"seconds": 90}),
    ("a slow waltz for strings", {"metre": "3/4"}),
    ("folk tune in 3/4", {"metre": "3/4"}),
    ("waltz in 4/4", {"metre": "4/4"}),
    ("a sad 6/8 waltz", {"metre": "6/8"}),
    ("no drums no bass no pads no leads", {"palette": ("percussion", "bass", "pads", "leads")}),
    ("drumless ambient", {"palette": ("bass", "pads", "leads")}),
    ("lofi without drums or bass", {"palette": ("pads", "leads")}),
    ("just drums and bass, a house groove", {"palette": ("percussion", "bass")}),
    ("techno with no melody", {"palette": ("percussion", "bass", "pads")}),
    ("swung house", {"swing": 62.0}),
    ("house with 57% swing", {"swing": 57.0}),
    ("lofi, straight beat, no swing", {"swing": 50.0}),
    ("bright pop", {"processing_style": "bright"}),
    ("vintage soul", {"processing_style": "vintage"}),
    ("sparse trap", {"density": 0.25}),
    ("dense, layered synthwave", {"density": 0.8}),
]


def _found(plan: Plan) -> dict[str, object]:
    return {
        "tempo_bpm": plan.tempo_bpm,
        "key": str(plan.key),
        "metre": str(plan.metre),
        "palette": plan.palette,
        "swing": plan.groove.swing_percent,
        "processing_style": plan.processing_style,
        "density": plan.texture_density,
    }


@pytest.mark.parametrize(("concept", "facts"), FACTS)
def test_statements_in_the_text_are_kept(concept: str, facts: dict[str, object]) -> None:
    plan = plan_of(concept)
    found = _found(plan)
    for name, value in facts.items():
        if name == "seconds":
            assert isinstance(value, int)
            assert abs(plan.duration_seconds - value) <= plan.bar_seconds / 2 + 1e-6
        else:
            assert found[name] == value


NOT_FACTS = [
    ("a minor setback, told as lofi", "key", "A minor"),
    ("80s synthwave", "seconds", 80),
    ("five minutes before midnight, ambient", "seconds", 300),
    ("at 3:30 am, deep house", "seconds", 210),
    ("slow build techno", "pace", None),
    ("fast hi-hats over trap", "pace", None),
]


@pytest.mark.parametrize(("concept", "name", "wrong"), NOT_FACTS)
def test_words_that_only_look_like_statements(concept: str, name: str, wrong: object) -> None:
    plan = plan_of(concept)
    sources = {decision.parameter: decision.source for decision in plan.decisions}
    if name == "key":
        assert sources["key"] != "text"
    elif name == "seconds":
        assert sources["duration"] == "style"
        assert abs(plan.duration_seconds - float(str(wrong))) > plan.bar_seconds
    else:
        assert sources["tempo"] != "text"


MOODS = [
    ("a happy, sunny morning", 0.3, None),
    ("grief and loss", -0.3, None),
    ("peaceful and still", None, -0.3),
    ("frantic battle", None, 0.4),
    ("not sad at all, joyful", 0.2, None),
]


@pytest.mark.parametrize(("mood", "valence", "arousal"), MOODS)
def test_mood_moves_valence_and_arousal(mood: str, valence: float | None, arousal: float | None) -> None:
    plan = plan_of("a piece of music", mood)
    if valence is not None:
        assert plan.valence * valence > 0
        assert abs(plan.valence) >= abs(valence)
    if arousal is not None:
        assert plan.arousal * arousal > 0
        assert abs(plan.arousal) >= abs(arousal)


def test_mood_bends_tempo_and_mode_within_one_style() -> None:
    low, high = plan_of("house", "sad, calm"), plan_of("house", "euphoric, wild")
    assert low.tempo_bpm < high.tempo_bpm
    assert low.key.has_minor_third
    assert not high.key.has_minor_third
    assert low.texture_density < high.texture_density
    assert low.parts["leads"].density < high.parts["leads"].density


def test_instruments_in_the_text_choose_patches() -> None:
    plan = plan_of("house with Rhodes, acid bass and a flute")
    assert (plan.patches["pads"], plan.patches["bass"], plan.patches["leads"]) == ("soft-ep", "acid", "flute")


def test_half_time_moves_the_backbeat() -> None:
    straight, halved = plan_of("rock").groove, plan_of("half-time rock").groove
    assert straight.patterns["snare"][4] == "X"
    assert halved.patterns["snare"][8] == "X"
    assert halved.patterns["snare"][4] == "-"


def test_contradictions_are_reported_and_the_statement_wins() -> None:
    plan = plan_of("a very calm and peaceful ambient piece at 180 bpm")
    tempo = next(decision for decision in plan.decisions if decision.parameter == "tempo")
    assert plan.tempo_bpm == 180.0
    assert "calm" in tempo.reason
    assert "statement wins" in tempo.reason


def test_a_tempo_beyond_the_limit_is_bent_and_reported() -> None:
    plan = plan_of("speedcore techno at 300 bpm")
    assert plan.tempo_bpm == 240.0
    assert "nearest possible" in next(d.reason for d in plan.decisions if d.parameter == "tempo")


def test_request_fields_win_over_the_text() -> None:
    request = parse_request(
        {
            "parameters": {
                "creative": {"concept": "techno at 140 bpm in D minor, no drums, 3 minutes, 3/4, bright, sparse"},
                "technical": {"tempo": 128, "key": "E phrygian", "duration": 60, "metre": "4/4", "swing": 54},
                "sound_design": {
                    "palette": ["percussion", "bass"],
                    "processing_style": "dark",
                    "texture_density": 0.9,
                    "patches": {"bass": "reese"},
                },
            }
        }
    )
    plan = translate(request)
    assert (plan.tempo_bpm, str(plan.key), str(plan.metre)) == (128.0, "E phrygian", "4/4")
    assert plan.palette == ("percussion", "bass")
    assert plan.processing_style == "dark"
    assert plan.texture_density == 0.9
    assert plan.groove.swing_percent == 54
    assert plan.patches["bass"] == "reese"
    assert plan.duration_seconds == 60.0
    stated = {d.parameter for d in plan.decisions if d.source == "stated"}
    assert {"tempo", "key", "metre", "palette", "swing", "duration", "processing_style", "patches.bass"} <= stated


def test_a_word_that_is_only_estimated_does_not_choose_the_style() -> None:
    plan = plan_of("a table and a lamp")
    style = next(decision for decision in plan.decisions if decision.parameter == "style")
    assert (plan.style, style.source) == ("pop", "default")
    assert plan_of("despondent and forlorn").decisions[0].source == "mood"


def test_every_decision_has_a_reason() -> None:
    plan = translate(GenerationRequest.from_concept("anything at all"))
    parameters = [decision.parameter for decision in plan.decisions]
    assert len(parameters) == len(set(parameters))
    assert all(decision.reason and decision.value for decision in plan.decisions)
    wanted = {
        "style", "valence", "arousal", "tempo", "metre", "key", "swing", "duration", "structure", "chords", "palette",
        "texture_density", "processing_style", "mix_profile", "format", "sample_rate", "bit_depth", "target_loudness",
        "seed",
    }  # fmt: skip
    assert wanted <= set(parameters)
