"""The notebooks of evaluation run through in a workspace of their own, and their figures are real."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("nbclient", reason="nbclient is not installed")

from evaluation.review import ReviewPanel, ab_session
from evaluation.suites.run_result import RunResult, TrackResult
from tests.notebooks.executing import count, execute, make_workspace, text_of
from workbench.domain.audio import Audio

WIDGET = "application/vnd.jupyter.widget-view+json"

# Warnings of the kernel's own machinery are not ours.
pytestmark = [pytest.mark.notebook, pytest.mark.filterwarnings("ignore")]


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = make_workspace(tmp_path, monkeypatch, BEATSFOUNDRY_SECONDS="8")
    for name in ("AUDIO", "CONCEPT", "STYLE", "BASELINE", "CANDIDATE", "REVIEWER"):
        monkeypatch.delenv(f"BEATSFOUNDRY_{name}", raising=False)
    return folder


def test_a_file_is_compared_with_references(workspace: Path, tmp_path: Path, tiny_track: Any, monkeypatch: Any) -> None:
    from workbench.output import write_audio

    monkeypatch.setenv("BEATSFOUNDRY_AUDIO", str(write_audio(tiny_track.master, tmp_path / "mine.wav")))
    outputs = execute("40_compare_with_references", workspace)
    # Spectrum and radar beside the references, form and harmony, and the music of the file itself.
    assert count(outputs, "image/png") == 4
    assert "percussive share of the energy" in text_of(outputs)
    assert "Chords most heard" in text_of(outputs)
    assert "zaz-contemplation" in text_of(outputs)
    assert "No reference can be heard" in text_of(outputs)


def test_two_runs_are_compared(workspace: Path) -> None:
    for name, error in (("before", 0.1), ("after", 3.1)):
        tracks = tuple(TrackResult(f"song-{i}", "", {"delivery/loudness_error_lu": error + 0.01 * i}) for i in range(4))
        folder = workspace / "runs" / "evaluation" / name
        folder.mkdir(parents=True)
        (folder / "results.json").write_text(RunResult("hand", "By hand", "", "0" * 64, tracks, name=name).to_json())
    outputs = execute("41_review_dashboard", workspace)
    assert "1 worse, 0 better" in text_of(outputs)
    assert count(outputs, "image/png") == 1
    assert "http://127.0.0.1:5000" in text_of(outputs)


def test_a_blind_session_is_offered_and_answers_are_evaluated(
    workspace: Path, tiny_stems: dict[str, Audio], monkeypatch: Any
) -> None:
    items = {"night train": {"clean": tiny_stems["pads"], "dark": tiny_stems["leads"]}}
    for reviewer in ("ann", "ben"):
        session = ab_session(items, name="clean or dark", reviewer=reviewer, repeats=6)
        panel = ReviewPanel(session, folder=workspace / "runs" / "review", track=False)
        for trial in session.trials:
            panel.answer({"choice": "A" if trial.versions["A"] == "dark" else "B"}, heard={"A": 1.0, "B": 1.0})
    outputs = execute("42_blind_listening", workspace)
    assert count(outputs, WIDGET) == 3
    assert "dark is preferred" in text_of(outputs)
    assert text_of(outputs).count("nobody has answered yet") == 2
    assert "12 answers are in" in text_of(outputs)
    assert len((workspace / "out" / "review" / "answers.csv").read_text().splitlines()) == 1 + 12
