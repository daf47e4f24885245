"""`explain` and `presets`: tables for people, JSON for programs, mistakes in one line."""

import json
from pathlib import Path
from typing import Any

import pytest

from workbench.cli import main as cli


@pytest.fixture
def ask(tmp_path: Path) -> Any:
    def write(concept: str, **fields: Any) -> str:
        path = tmp_path / "request.json"
        path.write_text(json.dumps({"parameters": {"creative": {"concept": concept}}} | fields))
        return str(path)

    return write


def test_explain_prints_a_row_for_each_parameter(ask: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["explain", ask("calm [ambient] at 180 bpm, darker")]) == 0
    printed = capsys.readouterr().out
    for word in ("style", "valence", "arousal", "tempo", "metre", "key", "duration", "palette", "180 BPM", "text"):
        assert word in printed
    assert "calm [ambient]" in printed
    assert "contradiction: tempo is 180 BPM" in printed


def test_explain_prints_json_alone(ask: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["explain", ask("sad house, 2 minutes", macros={"space": 0.5}), "--json"]) == 0
    table = json.loads(capsys.readouterr().out)
    for name in ("style", "valence", "arousal", "tempo", "metre", "key", "duration", "palette", "macros.space"):
        assert {"value", "source", "reason"} <= set(table[name])
    assert table["contradictions"] == []


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"preset": "polka"}, "preset 'polka' is not known: expected one of"),
        ({"macros": {"volume": 0.5}}, "macro 'volume' is not known: expected one of"),
        ({"macros": {"space": 3}}, "macros.space: 3 is above the limit; expected -1 to 1"),
    ],
)
def test_explain_tells_a_mistake_in_one_line(
    ask: Any, capsys: pytest.CaptureFixture[str], fields: dict[str, Any], message: str
) -> None:
    assert cli.main(["explain", ask("house", **fields)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert message in captured.err


@pytest.mark.parametrize(
    ("group", "fields", "message"),
    [
        ("sound_design", {"patches": {"bass": "kazoo"}}, "bass patch 'kazoo' is not known: expected one of"),
        ("sound_design", {"patches": {"percussion": "pans"}}, "kit 'pans' is not known: expected one of"),
        ("sound_design", {"patches": {"pads": "samples:harp"}}, "samples 'harp' are not there"),
        ("sound_design", {"processing_style": "bad-mix"}, "processing style 'bad-mix', mix.volume: unknown field"),
        (
            "sound_design",
            {"processing_style": "bad-master"},
            "processing style 'bad-master', master.volume: unknown field",
        ),
        ("creative", {"references": ["no-such-track"]}, "reference 'no-such-track' is not known"),
        ("models", {"bass": "nobody"}, "model 'nobody' for bass is not there"),
    ],
)
def test_explain_and_compose_refuse_in_the_line_of_generate(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    group: str,
    fields: dict[str, Any],
    message: str,
) -> None:
    monkeypatch.setenv("BEATSFOUNDRY_HOME", str(tmp_path / "home"))
    (tmp_path / "home" / "styles").mkdir(parents=True)
    for part in ("mix", "master"):
        (tmp_path / "home" / "styles" / f"bad-{part}.yaml").write_text(f"{part}: {{volume: 11}}\n")
    request: dict[str, Any] = {"parameters": {"creative": {"concept": "house"}}}
    (request if group == "models" else request["parameters"]).setdefault(group, {}).update(fields)
    path = tmp_path / "request.json"
    path.write_text(json.dumps(request))
    told = []
    writing = ([command, str(path), "--out", str(tmp_path / "x"), "--quiet"] for command in ("generate", "compose"))
    for command in (["explain", str(path)], *writing):
        assert cli.main(command) == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        told.append(captured.err)
    assert message in told[0]
    assert len(set(told)) == 1


def test_presets_lists_all_with_descriptions(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["presets", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {row["kind"] for row in rows} == {"preset", "template", "macro"}
    assert all(row["description"] and row["sets"] for row in rows)
    assert cli.main(["presets"]) == 0
    printed = capsys.readouterr().out
    assert all(row["name"] in printed for row in rows)


def test_presets_shows_what_one_holds(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["presets", "night-drive"]) == 0
    printed = capsys.readouterr().out
    assert "synthwave" in printed
    assert "club-track" not in printed
    assert cli.main(["presets", "polka"]) == 2
    assert "preset, template or macro 'polka' is not known" in capsys.readouterr().err
