"""What a text states: chords, structure, feel, loudness, bars; and what only looks like it."""

from __future__ import annotations

import pytest

from workbench.concept import translate
from workbench.concept.chord_keys import key_of_chords
from workbench.concept.statements import read_statements
from workbench.domain.plan import Decision, Plan
from workbench.domain.request import GenerationRequest, parse_request
from workbench.domain.theory import METRES, Chord


def plan_of(concept: str) -> Plan:
    return translate(GenerationRequest.from_concept(concept))


def decision(plan: Plan, parameter: str) -> Decision:
    return next(decision for decision in plan.decisions if decision.parameter == parameter)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a ballad over Am7 F C/E G", "Am7 | F | C/E | G"),
        ("pop, chords: C G Am F", "C | G | Am | F"),
        ("house with Fm | Db Eb | Ab", "Fm | Db Eb | Ab"),
        ("jazz: Dm7 - G7 - Cmaj7", "Dm7 | G7 | Cmaj7"),
        ("rock, the chords are A D E", "A | D | E"),
        ("Bbmaj9, Gm7, Cm7, F7 soul", "Bbmaj9 | Gm7 | Cm7 | F7"),
    ],
)
def test_chords(text: str, line: str) -> None:
    extracted = read_statements(text).chords
    assert extracted is not None
    assert extracted.value == line
    assert decision(plan_of(text), "chords").source == "text"


@pytest.mark.parametrize("text", ["Plan A and B", "the A B C of pop", "in D minor", "Am I right", "E minor, G major"])
def test_no_chords(text: str) -> None:
    assert read_statements(text).chords is None


def test_given_chords_set_the_key_that_is_left_open() -> None:
    plan = plan_of("pop over Am F C G")
    assert str(plan.key) == "A minor"
    assert [chord.symbol() for chord in plan.sections[0].chords[:4]] == ["Am", "F", "C", "G"]
    assert str(plan_of("pop over Am F C G in C major").key) == "C major"
    technical = {"chords": "Fm | Db | Ab | Eb"}
    request = parse_request({"parameters": {"creative": {"concept": "pop"}, "technical": technical}})
    assert str(translate(request).key) == "F minor"


@pytest.mark.parametrize(
    ("symbols", "key"),
    [("C G Am F", "C major"), ("Dm7 G7 Cmaj7", "C major"), ("Em C G D", "E minor"), ("E A B E", "E major")],
)
def test_the_key_of_chords(symbols: str, key: str) -> None:
    assert str(key_of_chords([Chord.parse(symbol) for symbol in symbols.split()])) == key


def test_a_structure_with_hyphens() -> None:
    names = [section.name for section in plan_of("pop, verse-chorus-verse-pre-chorus-chorus").sections]
    assert names == ["verse", "chorus", "verse", "pre-chorus", "chorus"]


def test_a_listed_structure_is_kept_in_its_order() -> None:
    plan = plan_of("pop: intro, verse, chorus, verse, chorus, bridge, chorus, outro")
    names = [section.name for section in plan.sections]
    assert names == ["intro", "verse", "chorus", "verse", "chorus", "bridge", "chorus", "outro"]
    assert decision(plan, "structure").source == "text"


@pytest.mark.parametrize(
    ("text", "present", "absent"),
    [
        ("trance with a long breakdown and two drops", {"breakdown", "drop"}, set()),
        ("pop without an intro", set(), {"intro"}),
        ("pop with verse, chorus and bridge, no outro", {"verse", "chorus", "bridge"}, {"outro"}),
        ("house, no breakdown or outro", set(), {"breakdown", "outro"}),
    ],
)
def test_sections_that_are_wanted_or_not(text: str, present: set[str], absent: set[str]) -> None:
    names = {section.name for section in plan_of(text).sections}
    assert present <= names
    assert not absent & names


def test_double_time_plays_the_pattern_twice_as_fast() -> None:
    usual, double = plan_of("rock").groove.patterns, plan_of("double-time rock").groove.patterns
    assert double["snare"] == usual["snare"][::2] * 2
    assert decision(plan_of("double-time rock"), "feel").value == "double-time"


def test_the_feel_of_one_instrument_is_not_that_of_the_beat() -> None:
    assert decision(plan_of("trap with double time hats"), "feel").value == "as usual"
    assert decision(plan_of("double-time trap"), "feel").value == "double-time"


@pytest.mark.parametrize(
    ("text", "percent"), [("house swung 55%", 55), ("house, swing 58", 58), ("60% swing house", 60)]
)
def test_swing_by_numbers(text: str, percent: float) -> None:
    assert plan_of(text).groove.swing_percent == percent


def test_loudness_in_the_text_counts_unless_the_request_states_it() -> None:
    assert plan_of("techno at -8.5 LUFS").delivery.target_lufs == -8.5
    assert plan_of("techno at -40 LUFS").delivery.target_lufs == -30.0
    stated = GenerationRequest.from_concept("techno at -8 LUFS", target_loudness=-12.0)
    assert translate(stated).delivery.target_lufs == -12.0


def test_a_number_of_bars() -> None:
    assert plan_of("a 32-bar house loop").bars == 32
    assert plan_of("sixteen bars of lo-fi").bars == 16
    assert plan_of("pop with an 8 bar intro").bars != 8


def test_voices_are_reported_to_be_impossible() -> None:
    asked = decision(plan_of("pop with female vocals"), "vocals")
    assert (asked.value, asked.source) == ("none", "default")
    assert "voices cannot be made" in asked.contradiction
    for text in ("pop without vocals", "house with vocal chops", "pop"):
        assert "vocals" not in {decision.parameter for decision in plan_of(text).decisions}


@pytest.mark.parametrize("metre", METRES)
def test_every_metre_is_read(metre: str) -> None:
    assert str(plan_of(f"folk pop in {metre}").metre) == metre


def test_a_metre_that_cannot_be_made_is_bent_and_reported() -> None:
    plan = plan_of("techno in 11/8")
    assert str(plan.metre) == "4/4"
    assert "nearest possible" in decision(plan, "metre").contradiction


CONTRADICTIONS = [
    ("a very calm and peaceful ambient piece at 180 bpm", "tempo", "would suggest a slower tempo"),
    ("slow house at 160 bpm", "tempo", "the text also says 'slow'"),
    ("ambient at 200 bpm", "tempo", "is usually at"),
    ("a joyful, euphoric, happy song in C phrygian", "key", "would suggest another mode"),
    ("calm and furious", "arousal", "'furious' pulls against 'calm'"),
    ("happy and heartbroken pop", "valence", "'happy' pulls against 'heartbroken'"),
    ("8 bars of pop, 3 minutes", "duration", "but the bars win"),
]


@pytest.mark.parametrize(("concept", "parameter", "words"), CONTRADICTIONS)
def test_contradictions_are_reported_beside_the_decision_that_they_touch(
    concept: str, parameter: str, words: str
) -> None:
    told = [decision for decision in plan_of(concept).decisions if decision.contradiction]
    assert [decision.parameter for decision in told] == [parameter]
    assert words in told[0].contradiction
    assert told[0].contradiction in told[0].reason


@pytest.mark.parametrize("concept", ["calm lo-fi at 70 bpm", "happy pop in C major", "dark techno, 130 bpm, no pads"])
def test_what_agrees_is_no_contradiction(concept: str) -> None:
    assert [decision for decision in plan_of(concept).decisions if decision.contradiction] == []


@pytest.mark.parametrize(
    ("field", "value", "concept"),
    [
        ("tempo", 128, "techno at 140 bpm"),
        ("key", "D minor", "techno in E minor"),
        ("metre", "4/4", "techno in 3/4"),
        ("duration", 60, "2 minutes of techno"),
        ("swing", 50, "swung techno"),
        ("chords", "Am | F | G", "techno over Dm G C"),
        ("structure", ["intro", "drop"], "techno: intro, build, drop, outro"),
    ],
)
def test_a_request_that_overrules_its_text_says_so(field: str, value: object, concept: str) -> None:
    request = parse_request({"parameters": {"creative": {"concept": concept}, "technical": {field: value}}})
    plan = translate(request)
    assert decision(plan, field).source == "stated"
    assert "but the request wins" in decision(plan, field).contradiction


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("house, no kick", {"kick"}),
        ("house without hats or claps", {"closed_hat", "open_hat", "pedal_hat", "clap"}),
        ("house, no snare, no toms", {"snare", "low_tom", "mid_tom", "high_tom"}),
        ("house with a kick", set()),
    ],
)
def test_single_drums_are_left_out(text: str, roles: set[str]) -> None:
    plan = plan_of(text)
    assert set(plan.groove.without) == roles
    assert plan.palette == ("percussion", "bass", "pads", "leads")


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        ("house, no reverb", {"reverb_db"}),
        ("house without echo and bone dry", {"reverb_db", "delay_db"}),
        ("house", set()),
    ],
)
def test_no_reverb_is_none(text: str, closed: set[str]) -> None:
    sound = plan_of(text).sound
    assert {name for name in ("reverb_db", "delay_db") if getattr(sound, name) <= -100.0} == closed


@pytest.mark.parametrize(("text", "lufs"), [("techno, louder", -11.0), ("techno, less loud", -17.0), ("techno", -14.0)])
def test_louder_and_less_loud_move_the_master(text: str, lufs: float) -> None:
    assert plan_of(text).delivery.target_lufs == lufs


@pytest.mark.parametrize(
    ("text", "metre"),
    [
        ("math rock", "7/8"), ("a slip jig", "9/8"), ("cool jazz in five", "5/4"), ("prog rock in seven, loud", "7/8"),
        ("an odd time signature", "7/8"), ("in 7/16", "7/8"), ("in 5/8", "5/4"), ("in 12/16", "12/8"),
        ("a song in five parts", "4/4"), ("in seven different colours", "4/4"), ("a polka in 2/4", "4/4"),
    ],
)  # fmt: skip
def test_odd_metres_are_read_from_words(text: str, metre: str) -> None:
    assert str(plan_of(text).metre) == metre
