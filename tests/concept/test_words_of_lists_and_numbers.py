"""Lists, numbers and keys as people write them: every entry is read or named, and a number means what it stands by."""

from __future__ import annotations

import pytest

from workbench.concept import translate
from workbench.concept.statements import read_statements
from workbench.domain.plan import Decision, Plan
from workbench.domain.request import GenerationRequest, parse_request


def plan_of(concept: str, **technical: object) -> Plan:
    return translate(parse_request({"parameters": {"creative": {"concept": concept}, "technical": technical}}))


def decision(plan: Plan, parameter: str) -> Decision:
    return next(decision for decision in plan.decisions if decision.parameter == parameter)


def bars_of(plan: Plan, name: str) -> set[int]:
    return {section.bars for section in plan.sections if section.name == name}


CHORDS = {
    "Am | F | C | G": [
        "over Am, F, C and G", "over Am, F, C, and G", "über Am, F, C und G", "sur Am, F, C et G", "sobre Am, F, C y G",
        "over Am & F & C & G", "over Am F C G", "chords: Am-F-C-G", "Am -> F -> C -> G", "over Am, then F, C, then G",
        "chord progression of A minor F major C major G major",
    ],
    "CMaj7 | Am7 | Dm7 | G7": ["CMaj7 Am7 Dm7 G7", "CMaj7-Am7-Dm7-G7", "CMaj7, Am7, Dm7 and G7"],
    "C-7 | F7 | Bbmaj7": ["C-7 F7 Bbmaj7", "C-7, F7, Bbmaj7", "C-7 - F7 - Bbmaj7"],
    "C°7 | F6/9 | Bb13": ["C°7 F6/9 Bb13", "over C°7, F6/9 and Bb13"],
    "A7(b9,#11) | Dm9 | G13sus4": ["A7(b9,#11), Dm9, G13sus4"],
    "Hm7b5 | E7 | Am": ["Hm7b5 E7 Am"],
    "Cadd9 | N.C. | G7sus4": ["Cadd9 | N.C. | G7sus4"],
    "vi | V | IV | V": ["hip hop beat with chord progression vi-V-IV-V", "vi-V-IV-V, trap"],
    "ii | V | I": ["jazz with a ii-V-I"],
    "Em | D": ["over Em and D"],
}  # fmt: skip


@pytest.mark.parametrize(("line", "text"), [(line, text) for line, texts in CHORDS.items() for text in texts])
def test_every_chord_of_a_list_is_read(line: str, text: str) -> None:
    extracted = read_statements(text).chords
    assert extracted is not None
    assert (extracted.value, extracted.against) == (line, "")


def test_a_chord_that_is_not_known_is_named_and_the_others_stay() -> None:
    told = decision(plan_of("pop over Am, F, X7, C and G"), "chords")
    assert told.value == "Am | F | C | G"
    assert "X7: no chord that is known" in told.contradiction


@pytest.mark.parametrize("text", ["I IV V and more", "A Bad Day", "a C section and D part", "plan B for A and B"])
def test_letters_in_a_sentence_are_no_chords(text: str) -> None:
    assert read_statements(text).chords is None


FORMS = {
    "intro verse chorus chorus outro": [
        "intro - verse - chorus x2 - outro", "intro, verse, 2x chorus, outro", "intro, verse, chorus (x2), outro",
        "intro | verse | chorus twice | outro", "intro -> verse -> double chorus -> outro",
        "intro, verse, chorus ×2, outro",
        "intro then verse then chorus, chorus and outro", "intro (8 bars), verse (16 bars), chorus x2 (8 bars), outro",
    ],
    "verse chorus verse chorus bridge chorus": ["verse 1, chorus 1, verse 2, chorus 2, bridge, chorus 3"],
}  # fmt: skip


@pytest.mark.parametrize(("names", "text"), [(names, text) for names, texts in FORMS.items() for text in texts])
def test_every_section_of_a_list_is_read_as_often_as_it_comes(names: str, text: str) -> None:
    assert [section.name for section in plan_of(f"pop: {text}").sections] == names.split()


def test_a_section_that_is_not_known_is_named_and_the_others_stay() -> None:
    plan = plan_of("pop: intro - verse - djent part - chorus - outro")
    assert [section.name for section in plan.sections] == ["intro", "verse", "chorus", "outro"]
    assert "djent part: no section that is known" in decision(plan, "structure").contradiction


@pytest.mark.parametrize(
    ("text", "bpm"),
    [
        ("ruhiger Pop mit 92,5 BPM, 1,5 Minuten", 92.5),
        ("house at 124.75 bpm", 124.75),
        ("tempo: 87,6", 87.6),
        ("a song, ♩ = 96", 96.0),
        ("Tempo = 184,00", 184.0),
        ("88,5-91,5 bpm", 90.0),
        ("120 beats/min", 120.0),
    ],
)
def test_tempi_with_a_decimal_point_or_comma(text: str, bpm: float) -> None:
    assert plan_of(text).tempo_bpm == bpm


@pytest.mark.parametrize(
    ("text", "parameter", "words"),
    [
        ("house, 92 bpm 140 bpm", "tempo", "also says '140 bpm'"),
        ("house, 2 minutes, 3 minutes", "duration", "also says '3 minutes'"),
        ("house in D minor and in F major", "key", "also says 'F major'"),
    ],
)
def test_a_text_that_contradicts_itself_is_reported(text: str, parameter: str, words: str) -> None:
    assert words in decision(plan_of(text), parameter).contradiction


@pytest.mark.parametrize(
    "text",
    [
        "pop with a four bar guitar hook",
        "pop, chord changes every two bars",
        "pop, a fill every 8 bars",
        "pop, drums come in after 16 bars",
        "pop, first 4 bars a cappella",
        "pop, two chords a bar",
        "pop with 808s",
        "pop with 909s and 303s",
        "pop with a 707s groove",
        "house, the drop at 1 minute",
        "pop, a 30 second intro",
        "pop that fades over 10 seconds",
        "pop with a 4 bar drum fill",
        "80s pop",
    ],
)
def test_numbers_of_a_part_are_not_those_of_the_song(text: str) -> None:
    plan = plan_of(text)
    assert decision(plan, "duration").source == "style"
    assert 120 < plan.duration_seconds < 200


@pytest.mark.parametrize(
    ("text", "bars"),
    [
        ("pop: intro 8 bars, verse 12 bars", {"intro": 8, "verse": 12}),
        ("pop with an 8-bar intro and a 12 bar verse", {"intro": 8, "verse": 12}),
        ("pop; chorus: 12 bars; bridge of 4 bars", {"chorus": 12, "bridge": 4}),
        ("house, build for 32 bars", {"build": 32}),
        ("house, it builds for 32 bars before the drop", {"build": 32}),
        ("pop: intro (2 bars), verse (8 bars), chorus (4 bars)", {"intro": 2, "verse": 8, "chorus": 4}),
    ],
)
def test_bars_by_section(text: str, bars: dict[str, int]) -> None:
    plan = plan_of(text)
    assert {name: bars_of(plan, name) for name in bars} == {name: {count} for name, count in bars.items()}
    assert decision(plan, "section_bars").source == "text"


def test_stated_bars_win_over_those_of_the_text() -> None:
    assert bars_of(plan_of("pop with an 8 bar intro", section_bars={"intro": 2}), "intro") == {2}


KEYS = {
    "A minor": ["A minor ballad", "ballad, A minor, dark", "in A minor dark pop", "pop, Am, 92 bpm", "key 8A, pop"],
    "C# minor": ["trap in C# Min", "trap in C# Minor", "cis-Moll, Trap", "trap C#m 140 bpm", "trap, C-sharp minor"],
    "B minor": ["ein Lied in h-Moll", "un morceau en si mineur"],
    "E minor": ["pop in E harmonic minor", "pop in E natural minor"],
}


@pytest.mark.parametrize(("key", "text"), [(key, text) for key, texts in KEYS.items() for text in texts])
def test_keys_in_texts(key: str, text: str) -> None:
    plan = plan_of(text)
    assert (str(plan.key), decision(plan, "key").source) == (key, "text")


@pytest.mark.parametrize("text", ["A major breakthrough", "A minor setback", "a major label pop", "A major event, pop"])
def test_an_article_is_no_key(text: str) -> None:
    assert read_statements(text).key is None


@pytest.mark.parametrize(
    ("text", "most"), [("house, two chords only", 2), ("lo-fi, a one-chord vamp", 1), ("pop, just three chords", 3)]
)
def test_a_number_of_chords(text: str, most: int) -> None:
    plan = plan_of(text)
    assert len({chord.symbol() for section in plan.sections for chord in section.chords}) == most
    assert plan.palette == ("percussion", "bass", "pads", "leads")


@pytest.mark.parametrize(
    ("text", "bars"),
    [("chord changes every two bars", 2.0), ("two chords a bar", 0.5), ("a chord every four bars", 4.0)],
)
def test_the_pace_of_chords(text: str, bars: float) -> None:
    assert translate(GenerationRequest.from_concept(f"pop, {text}")).harmony.bars_per_chord == bars


@pytest.mark.parametrize("length", ["", ", 2 minutes", ", 90 seconds"])
def test_faster_and_slower_hold_beside_a_duration(length: str) -> None:
    slower, usual, faster = (plan_of(f"{word}house{length}").tempo_bpm for word in ("slower ", "", "faster "))
    assert slower < usual < faster


@pytest.mark.parametrize("style", ["techno", "trance", "trap"])
def test_what_is_hard_by_itself_is_not_calmed_by_the_word(style: str) -> None:
    assert plan_of(f"hard {style}").tempo_bpm >= plan_of(style).tempo_bpm


def test_how_slowly_something_builds_is_no_tempo() -> None:
    assert plan_of("techno, build slowly").tempo_bpm == plan_of("techno").tempo_bpm


@pytest.mark.parametrize(
    ("text", "semitones"),
    [
        ("pop with a key change", 2),
        ("pop, up a semitone at the end", 1),
        ("pop that modulates", 2),
        ("pop, no key change", 0),
    ],
)
def test_a_key_change_lifts_the_last_chorus_and_what_follows(text: str, semitones: int) -> None:
    plan = plan_of(f"{text}, in C major")
    tonics = [(section.key or plan.key).tonic for section in plan.sections]
    last = max(place for place, section in enumerate(plan.sections) if section.name == "chorus")
    assert tonics == [0] * last + [semitones] * (len(tonics) - last)


@pytest.mark.parametrize(
    ("text", "bpm"),
    [
        ("lo-fi at seventy two bpm", 72.0),
        ("ninety-two beats per minute", 92.0),
        ("techno at a hundred and thirty bpm", 130.0),
        ("two hundred bpm", 200.0),
        ("bossa en la menor a 130 ppm", 130.0),
        ("アンビエント、テンポ80", 80.0),
        ("тихая песня, 80 уд/мин", 80.0),
    ],
)
def test_tempi_in_words_and_in_other_languages(text: str, bpm: float) -> None:
    assert plan_of(text).tempo_bpm == bpm


@pytest.mark.parametrize(
    ("text", "seconds"), [("house track, 3min20", 200), ("a 3'20\" edit", 200), ("2m30s of dub", 150)]
)
def test_lengths_as_studios_write_them(text: str, seconds: int) -> None:
    plan = plan_of(text)
    assert abs(plan.duration_seconds - seconds) <= plan.bar_seconds


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("ii-V-I in Eb", "Eb major"),
        ("I–V–vi–IV in D", "D major"),
        ("pop in G at 120 bpm", "G major"),
        ("house in F# with strings", "F# major"),
        ("live in A city", None),
        ("trip in D.C.", None),
        ("vitamin C overdose", None),
    ],
)
def test_a_capital_behind_in_is_a_key_where_the_clause_ends(text: str, key: str | None) -> None:
    found = decision(plan_of(text), "key")
    assert (found.value if found.source == "text" else None) == key


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("everything except drums", {"bass", "pads", "leads"}),
        ("all but the bass", {"percussion", "pads", "leads"}),
        ("nothing but pads", {"pads"}),
        ("everything but the kitchen sink", {"percussion", "bass", "pads", "leads"}),
    ],
)
def test_exceptions_leave_out(text: str, left: set[str]) -> None:
    assert set(plan_of(text).palette) == left
