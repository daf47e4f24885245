"""A track is made again from its manifest alone, and has the same bytes."""

import json
from pathlib import Path

import pytest

from workbench.domain.errors import OutputError
from workbench.domain.plan import Plan
from workbench.domain.request import parse_request
from workbench.domain.score import Score
from workbench.editing import modify
from workbench.editing.remaking import remake
from workbench.output import export, export_composition
from workbench.pipeline import generate

REQUEST = {
    "project_id": "again",
    "parameters": {
        "creative": {"concept": "plain house"},
        "technical": {"tempo": 120, "duration": 8, "structure": ["verse"]},
        "sound_design": {"palette": ["percussion", "bass"]},
    },
    "options": {"seed": 3, "preview": True},
}


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("remake")
    export(generate(parse_request(REQUEST)), folder / "first")
    export(modify(folder / "first", [{"edit": "mix", "element": "bass", "gain_db": -3.0}]), folder / "song")
    return folder / "song"


def test_a_remade_track_is_the_same(edited: Path) -> None:
    findings = remake(edited)
    assert "master.wav" in {finding.path for finding in findings}
    assert [finding for finding in findings if not finding.is_untouched] == []


def test_an_edit_and_its_inverse_in_two_calls(edited: Path, tmp_path: Path) -> None:
    """The stems come back to the byte, and the song is made again by the very calls that made it."""
    export(modify(edited, [{"edit": "mute", "element": "bass"}]), tmp_path / "muted")
    export(modify(tmp_path / "muted", [{"edit": "unmute", "element": "bass"}]), tmp_path / "back")
    for stem in ("bass", "percussion"):
        name = f"stems/{stem}.wav"
        assert (tmp_path / "back" / name).read_bytes() == (edited / name).read_bytes()
    assert [finding for finding in remake(tmp_path / "back") if not finding.is_untouched] == []


def test_another_seed_is_another_track(edited: Path) -> None:
    manifest = json.loads((edited / "manifest.json").read_text())
    manifest["request_as_stated"]["options"]["seed"] = 4
    (edited / "manifest.json").write_text(json.dumps(manifest))
    verdicts = {finding.path: finding.verdict for finding in remake(edited)}
    assert verdicts["master.wav"] == "edited"


def test_notes_alone_cannot_be_made_again(tiny_plan: Plan, tiny_score: Score, tmp_path: Path) -> None:
    export_composition(tiny_plan, tiny_score, tmp_path / "notes")
    with pytest.raises(OutputError, match="no request to make it again from"):
        remake(tmp_path / "notes")
