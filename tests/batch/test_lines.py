"""How requests are read from files, and spread over a grid."""

import io
import json
from pathlib import Path

import pytest

from workbench.batch import numbered, parse_axis, read_requests, spread
from workbench.domain.errors import ParameterError

HOUSE = {"parameters": {"creative": {"concept": "house"}}, "options": {"seed": 3}}
NOBODY = io.StringIO()


def test_a_line_is_a_request_or_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "requests.jsonl"
    file.write_text(f'{json.dumps(HOUSE)}\n\nwarm lo-fi, 1 minute\n"dark \\u2014 techno"\n', encoding="utf-8")
    concepts = [request.parameters.creative.concept for request in read_requests(str(file), NOBODY)]
    assert concepts == ["house", "warm lo-fi, 1 minute", "dark — techno"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("list.json", json.dumps([HOUSE, "techno"])),
        ("list.yaml", "- parameters: {creative: {concept: house}}\n  options: {seed: 3}\n- techno\n"),
    ],
)
def test_a_list_is_read_from_json_and_yaml(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    first, second = read_requests(str(tmp_path / name), NOBODY)
    assert (first.parameters.creative.concept, first.options.seed) == ("house", 3)
    assert second.parameters.creative.concept == "techno"


def test_a_sentence_and_standard_input_are_requests_too() -> None:
    assert len(read_requests("warm lo-fi, 1 minute", NOBODY)) == 1
    assert len(read_requests("-", io.StringIO("house\ntechno\n"))) == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('\n{"parameters": {}}\n', "line 2: .*creative"),
        ('{"parameters": \n', "line 1"),
        ("\n\n", "holds no request"),
    ],
)
def test_a_wrong_line_is_reported_by_its_number(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "requests.jsonl"
    file.write_text(text)
    with pytest.raises(ParameterError, match=message):
        read_requests(str(file), NOBODY)


def test_a_wrong_line_among_others_is_told_and_holds_nobody_up(tmp_path: Path) -> None:
    file = tmp_path / "requests.jsonl"
    file.write_text('house\n\n{"parameters": {}}\ntechno\n')
    entries = read_requests(str(file), NOBODY)
    first, wrong, last = numbered(spread(entries, [parse_axis("seed=4")]))
    assert first.request is not None
    assert last.request is not None
    assert [line.request.parameters.creative.concept for line in (first, last)] == ["house", "techno"]
    assert (wrong.index, wrong.request) == (1, None)
    assert wrong.wrong.startswith(f"{file}, line 3: ")
    assert "creative" in wrong.wrong
    assert len({first.id, wrong.id, last.id}) == 3
    assert len(spread(entries, [parse_axis("seed=1..3")])) == 7


@pytest.mark.parametrize(
    "line", [b"[1, 2, 3]", b"null", b"42", b"true", b"caf\xe9 house", b'{"parameters": "caf\xe9"}']
)
def test_what_is_no_request_in_json_or_no_text_is_a_wrong_line(line: bytes, tmp_path: Path) -> None:
    file = tmp_path / "requests.jsonl"
    file.write_bytes(b'"house, 1 minute"\n' + line + b"\n")
    first, wrong = numbered(read_requests(str(file), NOBODY))
    assert first.request is not None
    assert first.request.parameters.creative.concept == "house, 1 minute"
    assert wrong.request is None
    assert wrong.wrong.startswith(f"{file}, line 2: ")
    assert wrong.wrong.isascii()


def test_a_document_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "list.json").write_bytes(b'["caf\xe9 house"]')
    with pytest.raises(ParameterError, match="it is not UTF-8 text"):
        read_requests(str(tmp_path / "list.json"), NOBODY)


def test_an_id_names_what_is_asked_for() -> None:
    house, techno = read_requests("house", NOBODY)[0], read_requests("techno", NOBODY)[0]
    first, second, third = numbered([house, techno, house])
    assert first.id == third.id != second.id
    assert len(first.id) == 20


def test_a_grid_is_every_combination_the_last_axis_fastest() -> None:
    axes = [parse_axis("tempo=90,120.5"), parse_axis("seed=1..3"), parse_axis("macros.intensity=0.5")]
    spun = spread(read_requests("house", NOBODY), axes)
    told = [(request.parameters.technical.tempo, request.options.seed) for request in spun]
    assert told == [(90, 1), (90, 2), (90, 3), (120.5, 1), (120.5, 2), (120.5, 3)]
    assert {request.macros["intensity"] for request in spun} == {0.5}


@pytest.mark.parametrize(
    ("axis", "message"),
    [
        ("tempo", "expected NAME=VALUES"),
        ("tempi=90", "did you mean tempo"),
        ("seed=9..1", "a range upwards"),
        ("tempo=[", "expected values"),
        ("tempo=900", "tempo"),
    ],
)
def test_a_wrong_axis_is_reported(axis: str, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        spread(read_requests("house", NOBODY), [parse_axis(axis)])
