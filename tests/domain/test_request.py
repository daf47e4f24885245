"""The published form, its ranges, and one clear line for each fault."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.domain.elements import ELEMENTS
from workbench.domain.errors import ParameterError
from workbench.domain.request import (
    GenerationRequest,
    load_request,
    parse_request,
    parse_request_text,
    request_schema,
)
from workbench.domain.request_fields import DeliveryName
from workbench.domain.song import SECTION_NAMES
from workbench.domain.theory import SCALES

REQUESTS = Path(__file__).resolve().parents[2] / "data" / "requests"


def request_with(path: str, value: object) -> dict[str, Any]:
    data: dict[str, Any] = {
        "parameters": {"creative": {"concept": "rain"}, "technical": {}, "sound_design": {}},
        "options": {},
    }
    target = data
    *groups, name = path.split(".")
    for group in groups:
        target = target[group]
    target[name] = value
    return data


def fault(data: object) -> str:
    with pytest.raises(ParameterError) as caught:
        parse_request(data)
    return str(caught.value)


FAULTS = [
    ("parameters.technical.tempo", 900, "parameters.technical.tempo: 900 is above the limit; expected 40 to 240 BPM"),
    ("parameters.technical.tempo", 12, "parameters.technical.tempo: 12 is below the limit; expected 40 to 240 BPM"),
    ("parameters.technical.tempo", "x", 'parameters.technical.tempo: "x" is not a number; expected 40 to 240 BPM'),
    ("parameters.technical.tempo", "120", 'parameters.technical.tempo: "120" is not a number; expected 40 to 240 BPM'),
    ("parameters.technical.tempo", True, "parameters.technical.tempo: true is not a number; expected 40 to 240 BPM"),
    (
        "parameters.technical.tempo",
        float("nan"),
        "parameters.technical.tempo: NaN is not a finite number; expected 40 to 240 BPM",
    ),
    (
        "parameters.technical.duration",
        0,
        "parameters.technical.duration: 0 is below the limit; expected 4 to 900 seconds",
    ),
    ("parameters.technical.swing", 90, "parameters.technical.swing: 90 is above the limit; expected 50 to 75 percent"),
    (
        "parameters.technical.metre",
        "11/8",
        'parameters.technical.metre: "11/8" is not known; expected one of 4/4, 3/4, 6/8, 9/8, 12/8, 5/4, 7/8, 7/4',
    ),
    (
        "parameters.technical.structure",
        [],
        "parameters.technical.structure: is empty; expected a list of section names such as "
        '["intro", "verse", "chorus"]',
    ),
    (
        "parameters.technical.structure",
        "intro",
        'parameters.technical.structure: "intro" is not a list; expected a list of section names such as '
        '["intro", "verse", "chorus"]',
    ),
    (
        "parameters.sound_design.palette",
        [],
        "parameters.sound_design.palette: is empty; expected at least one of percussion, bass, pads, leads",
    ),
    (
        "parameters.sound_design.palette",
        ["drums"],
        'parameters.sound_design.palette[0]: "drums" is not known; expected one of percussion, bass, pads, leads',
    ),
    (
        "parameters.sound_design.palette",
        ["bass", "bass"],
        "parameters.sound_design: palette names an element twice: bass, bass",
    ),
    (
        "parameters.sound_design.processing_style",
        "my own",
        'parameters.sound_design.processing_style: "my own" is not a name; '
        "expected letters and digits, and between them . _ and - but no spaces",
    ),
    (
        "options.delivery",
        "clubs",
        'options.delivery: "clubs" is not known (did you mean club?); '
        f"expected one of {', '.join(get_args(DeliveryName))}",
    ),
    (
        "parameters.sound_design.patches",
        {"bass": 3},
        'parameters.sound_design.patches.bass: 3 is not text; expected an object such as {"bass": "sub-sine"}',
    ),
    (
        "parameters.sound_design.patches",
        {"harp": "x"},
        'parameters.sound_design.patches.harp: "harp" is not known; expected one of percussion, bass, pads, leads',
    ),
    (
        "parameters.creative.concept",
        "   ",
        "parameters.creative.concept: is empty; expected a description of the music in a few words",
    ),
    (
        "parameters.creative.references",
        ["Reference track IDs"],
        'parameters.creative.references[0]: "Reference track IDs" is not a name; '
        "expected letters and digits, and between them . _ and - but no spaces",
    ),
    (
        "parameters.technical.tempoo",
        3,
        "parameters.technical.tempoo: unknown field; did you mean tempo? "
        "known here: tempo, key, duration, structure, metre, chords, section_bars, section_tempos, section_keys, "
        "section_feels, variation, swing",
    ),
    (
        "tempo",
        120,
        "tempo: unknown field; did you mean parameters.technical.tempo? "
        "known here: project_id, parameters, options, models, preset, template, macros",
    ),
    (
        "parameters.technical.section_tempos",
        {"verse": 900},
        "parameters.technical.section_tempos.verse: 900 is above the limit; expected 40 to 240 BPM",
    ),
    (
        "parameters.technical.section_tempos",
        {"verse 2": "fast"},
        'parameters.technical.section_tempos.verse 2: "fast" is not a number; expected 40 to 240 BPM',
    ),
    (
        "parameters.technical.section_bars",
        {"verse": 0},
        "parameters.technical.section_bars.verse: 0 is below the limit; expected 1 to 128 bars",
    ),
    (
        "parameters.technical.chords",
        ["Am", "F"],
        "parameters.technical.chords: a list of 2 is not text or an object; expected chords such as "
        "'Fm | Db Eb | Ab', or an object with such a line by section name",
    ),
    (
        "parameters.technical.metre",
        "5/8",
        'parameters.technical.metre: "5/8" is not known; expected one of 4/4, 3/4, 6/8, 9/8, 12/8, 5/4, 7/8, 7/4',
    ),
    ("macros", {"space": 3}, "macros.space: 3 is above the limit; expected -1 to 1"),
    ("macros", {"space": "lots"}, 'macros.space: "lots" is not a number; expected -1 to 1'),
    ("options.iterations", 2.5, "options.iterations: 2.5 is not a whole number; expected 1 to 10"),
    ("options.iterations", True, "options.iterations: true is not a whole number; expected 1 to 10"),
    ("options.stem_export", "yes", 'options.stem_export: "yes" is not true or false'),
    (
        "options.sample_rate",
        22050,
        "options.sample_rate: 22050 is not known; expected one of 44100, 48000, 88200, 96000 Hz",
    ),
    (
        "options.target_loudness",
        0,
        "options.target_loudness: 0 is above the limit; expected -30 to -6 LUFS",
    ),
    ("options.seed", -1, "options.seed: -1 is below the limit; expected 0 to 4294967295"),
    ("project_id", "../x", 'project_id: "../x" is not a name; '
     "expected letters and digits, and between them . _ and - but no spaces"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "line"), FAULTS)
def test_each_fault_is_one_exact_line(path: str, value: object, line: str) -> None:
    assert fault(request_with(path, value)) == line


CONTAINED = [
    ("parameters.technical.key", "H flat", "key 'H flat' is not known: expected a note A to G"),
    ("parameters.technical.key", "x" * 999, "is 999 characters long, at most 40 fit"),
    ("parameters.technical.structure", ["intro", "foo"], "parameters.technical.structure[1]: section 'foo'"),
    ("parameters.technical.structure", ["foo"], ", ".join(SECTION_NAMES)),
    ("parameters.technical.chords", "Cm | X", "parameters.technical.chords: chord 'X' is not known"),
    ("parameters.technical.chords", {"verse": "X"}, "parameters.technical.chords.verse: chord 'X' is not known"),
    ("parameters.technical.chords", {"foo": "C"}, "section 'foo' is not known"),
    ("parameters.technical.chords", 5, "expected chords such as 'Fm | Db Eb | Ab'"),
    ("parameters.technical.chords", " | ", "parameters.technical.chords: chords are empty"),
    ("parameters", 3, "3 is not an object"),
]


@pytest.mark.parametrize(("path", "value", "part"), CONTAINED)
def test_faults_say_what_was_expected(path: str, value: object, part: str) -> None:
    line = fault(request_with(path, value))
    assert part in line
    assert "function-" not in line


IMPOSSIBLE = [
    ({"parameters": {"creative": {"concept": "x"}, "technical": {"duration": 5, "structure": ["verse"] * 9}}},
     "duration 5 s is too short for 9 sections: expected at least one bar each, 9.0 s"),
    ({"parameters": {"creative": {"concept": "x"},
                     "technical": {"structure": ["verse"], "chords": {"chorus": "C"}}}},
     "chords name chorus, which the structure does not hold: it holds verse"),
    ({"parameters": {"creative": {"concept": "x"}}, "options": {"format": "mp3", "sample_rate": 96000}},
     "options: mp3 has no sample rate of 96000 Hz: use 44100 or 48000, or another format"),
    ({"parameters": {"creative": {"concept": "x"}}, "options": {"format": "mp3", "bit_depth": 16}},
     "options: mp3 has no bit depth: leave bit_depth out, or use wav, aiff or flac"),
    ({"parameters": {"creative": {"concept": "x"},
                     "sound_design": {"palette": ["pads"], "patches": {"bass": "reese"}}}},
     "parameters.sound_design: patches name bass, which the palette does not hold"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "line"), IMPOSSIBLE)
def test_impossible_combinations_are_refused(data: object, line: str) -> None:
    assert fault(data) == line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("{", "request is not JSON: line 1, column 2"),
        ('{"a": 1, "a": 2}', 'the field "a" stands twice'),
        ('{"a": NaN}', "NaN is not a number in JSON"),
        ('{"a": -Infinity}', "-Infinity is not a number in JSON"),
        ('{"a": 1e999}', 'the number of "a" is too large'),
        ("[1]", "expected a JSON object, got a list of 1"),
        ('"x"', 'expected a JSON object, got "x"'),
        ("[" * 200_000, "request"),
        ("{}", "parameters: is missing"),
        ('{"parameters": {"creative": {}}}', "parameters.creative.concept: is missing; expected a description"),
        ("9" * 5000, "request"),
    ],
)
def test_broken_json_is_one_line(text: str, line: str) -> None:
    with pytest.raises(ParameterError) as caught:
        parse_request_text(text)
    assert line in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="does not exist"):
        load_request(tmp_path / "absent.json")
    with pytest.raises(ParameterError, match="cannot be read: Is a directory"):
        load_request(tmp_path)
    (tmp_path / "latin.json").write_bytes(b'{"a": "\xe9"}')
    with pytest.raises(ParameterError, match="not UTF-8"):
        load_request(tmp_path / "latin.json")


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    text = '{"parameters": {"creative": {"concept": "rain"}}}'
    (tmp_path / "bom.json").write_text(text, encoding="utf-8-sig")
    assert load_request(tmp_path / "bom.json") == parse_request(json.loads(text))


def test_many_faults_are_listed_and_counted() -> None:
    data = request_with("options", {f"x{number}": 1 for number in range(9)})
    assert fault(data).endswith("and 3 more faults")


def test_long_values_are_cut() -> None:
    assert len(fault(request_with("parameters.technical.metre", "x" * 10_000))) < 200


def test_line_breaks_in_values_stay_on_one_line() -> None:
    assert "\n" not in fault(request_with("parameters.technical.key", "F\nminor\n?"))
    assert "\n" not in fault(request_with("options.format", "wav\nmp3"))


def test_only_the_concept_is_needed() -> None:
    request = parse_request({"parameters": {"creative": {"concept": "rain"}}})
    assert request == GenerationRequest.from_concept("rain")
    assert request.parameters.technical.tempo is None
    assert request.parameters.sound_design.palette == ELEMENTS
    assert (request.options.format, request.options.sample_rate) == ("wav", 48000)


def test_values_are_brought_to_one_form() -> None:
    technical = {"key": " f MINOR ", "structure": ["Intro", "Verse 2", "Build-Up"], "tempo": 120}
    request = parse_request({"parameters": {"creative": {"concept": " rain "}, "technical": technical}})
    assert request.parameters.technical.key == "F minor"
    assert request.parameters.technical.structure == ("intro", "verse", "build")
    assert request.parameters.creative.concept == "rain"
    assert parse_request(request_with("options.iterations", 2.0)).options.iterations == 2


def test_a_request_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        GenerationRequest.from_concept("rain").options.seed = 3  # type: ignore[misc]


@pytest.mark.parametrize("file", sorted(REQUESTS.glob("*.json")), ids=lambda file: file.stem)
def test_shipped_examples_are_valid_and_name_real_references(file: Path) -> None:
    request = load_request(file)
    known = {profile.stem for profile in (REQUESTS.parent / "references").glob("*.json")}
    assert set(request.parameters.creative.references) <= known


def test_the_example_has_the_published_fields() -> None:
    data = json.loads((REQUESTS / "published-form.json").read_text(encoding="utf-8"))
    assert set(data) == {"project_id", "parameters", "options"}
    assert set(data["parameters"]["creative"]) == {"concept", "mood", "references"}
    assert data["parameters"]["technical"] == {
        "tempo": 120,
        "key": "F minor",
        "duration": 240,
        "structure": ["intro", "verse", "chorus", "verse", "chorus", "outro"],
    }
    assert set(data["parameters"]["sound_design"]) == {"palette", "texture_density", "processing_style"}
    assert data["options"] == {"stem_export": True, "iterations": 3, "format": "wav", "sample_rate": 48000}


def test_schema_carries_ranges_units_and_descriptions() -> None:
    schema = request_schema()
    technical = schema["$defs"]["Technical"]["properties"]
    number = next(form for form in technical["tempo"]["anyOf"] if form.get("type") == "number")
    assert (number["minimum"], number["maximum"], technical["tempo"]["unit"]) == (40, 240, "BPM")
    assert technical["duration"]["unit"] == "seconds"
    for name in ("Creative", "Technical", "SoundDesign", "Options"):
        assert all(field.get("description") for field in schema["$defs"][name]["properties"].values()), name
    json.dumps(schema)


_technical = st.fixed_dictionaries(
    {},
    optional={
        "tempo": st.floats(40, 240),
        "key": st.builds("{} {}".format, st.sampled_from(["C", "F#", "Bb", "Eb"]), st.sampled_from(sorted(SCALES))),
        "duration": st.floats(100, 900),
        "structure": st.lists(st.sampled_from(SECTION_NAMES), min_size=1, max_size=16),
        "metre": st.sampled_from(["4/4", "3/4", "6/8"]),
        "chords": st.sampled_from(["C | G", "Am F", "i VI bVII"]),
        "variation": st.floats(0, 1),
        "swing": st.floats(50, 75),
    },
)
_options = st.fixed_dictionaries(
    {},
    optional={
        "stem_export": st.booleans(),
        "iterations": st.integers(1, 10),
        "format": st.sampled_from(["wav", "aiff", "flac"]),
        "sample_rate": st.sampled_from([44100, 48000, 88200, 96000]),
        "bit_depth": st.sampled_from([16, 24]),
        "target_loudness": st.floats(-30, -6),
        "delivery": st.sampled_from(get_args(DeliveryName)),
        "seed": st.integers(0, 2**32 - 1),
        "preview": st.booleans(),
    },
)


@settings(max_examples=60, deadline=None)
@given(technical=_technical, options=_options)
def test_round_trip_through_json(technical: dict[str, Any], options: dict[str, Any]) -> None:
    request = parse_request(
        {"parameters": {"creative": {"concept": "rain"}, "technical": technical}, "options": options}
    )
    assert parse_request_text(json.dumps(request.model_dump(mode="json"))) == request
    assert parse_request(request.model_dump(mode="json", exclude_unset=True)) == request


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=80, deadline=None)
@given(
    path=st.sampled_from(
        [
            "parameters", "options", "project_id", "parameters.creative", "parameters.technical.chords",
            "parameters.technical.structure", "parameters.technical.tempo", "parameters.technical.key",
            "parameters.sound_design.palette", "parameters.sound_design.patches", "options.seed", "options.format",
            "parameters.creative.references", "parameters.creative.mood",
        ]
    ),
    value=_json,
)  # fmt: skip
def test_anything_else_gives_one_line_or_a_request(path: str, value: object) -> None:
    line = ""
    try:
        parse_request(request_with(path, value))
    except ParameterError as error:
        line = str(error)
    assert not any(foreign in line for foreign in ("\n", "pydantic", "function-", "Input should"))
