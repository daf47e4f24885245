"""`beatsfoundry export` and `beatsfoundry import` from end to end, without sound."""

from pathlib import Path

import pytest

from workbench.cli import main as cli
from workbench.cli.sessions import DAWS
from workbench.domain.plan import Plan
from workbench.domain.score import Score
from workbench.output import export_composition, load_song
from workbench.output.daw import FORMATS


def test_the_formats_that_are_offered_are_those_that_are_written() -> None:
    assert set(DAWS) == set(FORMATS)


def test_a_song_visits_a_daw(
    tiny_plan: Plan, tiny_score: Score, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export_composition(tiny_plan, tiny_score, tmp_path / "song")
    session = tmp_path / "tiny.dawproject"
    assert cli.main(["export", str(tmp_path / "song"), "--daw", "dawproject", "--out", str(session)]) == 0
    assert capsys.readouterr().out == f"session {session}\n"
    assert cli.main(["import", str(session), "--out", str(tmp_path / "back"), "--notes"]) == 0
    plan, score, _ = load_song(tmp_path / "back")
    assert (score.chords, score.key, plan.tempo_bpm) == (tiny_score.chords, tiny_score.key, 120.0)
    assert [len(part.notes) for part in score.parts.values()] == [len(p.notes) for p in tiny_score.parts.values()]


def test_what_cannot_be_exported_is_reported_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["export", str(tmp_path), "--daw", "reaper", "--out", str(tmp_path / "x")]) == 2
    told = capsys.readouterr().err
    assert told.startswith("beatsfoundry: ")
    assert told.count("\n") == 1
