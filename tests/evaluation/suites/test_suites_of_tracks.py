"""Suites are read strictly, run track by track, and a run that stopped goes on where it was."""

from __future__ import annotations

import json
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evaluation import load_suite
from evaluation.cli import main
from evaluation.suites.definition import SHIPPED
from evaluation.suites.run import run_suite
from evaluation.suites.run_result import TrackResult
from evaluation.suites.tracking import log_suite
from tests.backends.inline import Inline
from workbench.domain.drafts import LOCK
from workbench.domain.errors import ModelError, OutputError, ParameterError
from workbench.domain.plan import Plan
from workbench.domain.results import Track
from workbench.domain.score import Score
from workbench.tracking.dashboard import start_page
from workbench.tracking.pages import run_path

SMALL = """
title: Small
seeds: [1, 2]
defaults: {technical: {duration: 8}}
prompts:
  house: {creative: {concept: house}}
  pop: {creative: {concept: pop}, technical: {tempo: 100}}
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL)
    return path


def test_shipped_suites_are_valid_and_grow() -> None:
    sizes = [len(load_suite(name).tracks) for name in SHIPPED]
    assert sizes == sorted(sizes)
    assert sizes[0] >= 6


def test_every_prompt_comes_with_every_seed(small: Path) -> None:
    suite = load_suite(small)
    assert [track.id for track in suite.tracks] == ["house-1", "house-2", "pop-1", "pop-2"]
    assert suite.tracks[3].request.options.seed == 2
    assert suite.tracks[3].request.parameters.technical.tempo == 100
    assert suite.tracks[0].request.parameters.technical.duration == 8


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("seeds: [1, 2]", "seeds: [1, 1]"),
        ("title: Small", "titel: Small"),
        ("tempo: 100", "tempo: 900"),
        ("creative: {concept: pop}", "creativ: {concept: pop}"),
        ("prompts:", "prompts: [1"),
        ("prompts:", "models: {tuba: mine}\nprompts:"),
        ("prompts:", "defaults: {models: {bass: mine}}\nprompts:"),
    ],
)
def test_a_mistake_is_one_line(small: Path, change: str, told: str) -> None:
    small.write_text(SMALL.replace(change, told))
    with pytest.raises(ParameterError, match="small") as caught:
        load_suite(small)
    assert "\n" not in str(caught.value)


def test_a_suite_is_made_with_networks_of_ones_own(small: Path) -> None:
    """By the file, or by whoever calls; an element that a prompt leaves out needs none."""
    suite = load_suite(small, models={"bass": "mine", "harmony": "chords"})
    assert suite.digest == load_suite(small).digest
    assert all(track.request.models == {"bass": "mine", "harmony": "chords"} for track in suite.tracks)
    small.write_text(SMALL + "models: {bass: theirs, leads: tune}\n")
    first = load_suite(small, models={"bass": "mine"}).tracks[0]
    assert first.request.models == {"bass": "mine", "leads": "tune"}
    small.write_text(SMALL.replace("{tempo: 100}", "{tempo: 100}, sound_design: {palette: [percussion]}"))
    assert [track.request.models for track in load_suite(small, models={"bass": "mine"}).tracks][-1] == {}


@pytest.mark.parametrize("wrong", ["bass", "bass=", "tuba=mine", "=mine"])
def test_a_network_is_named_with_its_element(wrong: str) -> None:
    with pytest.raises(ParameterError, match="--model: expected one of harmony, percussion"):
        main(["suite", "smoke", "--model", wrong])


def test_a_network_that_is_not_there_is_told_before_a_track_is_made(small: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="not-there"):
        main(["suite", str(small), "--model", "bass=not-there", "--out", str(tmp_path / "run")])
    assert not (tmp_path / "run").exists()


def test_an_unknown_suite_names_the_known(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="smoke, nightly, full"):
        load_suite(tmp_path / "none.yaml")


@pytest.fixture
def hand_made(tiny_plan: Plan, tiny_score: Score, tiny_track: Track, monkeypatch: Any) -> list[str]:
    """Lets suites run in this process on a song that is there already; returns what was composed."""
    composed: list[str] = []

    def compose(request: Any, **_: Any) -> tuple[Plan, Score]:
        if "pop" in request.project_id and not composed.count("again"):
            raise ParameterError("pop is out")
        composed.append(request.project_id)
        return tiny_plan, tiny_score

    monkeypatch.setattr("evaluation.suites.run.open_backend", lambda *_, **__: nullcontext(Inline()))
    monkeypatch.setattr("workbench.pipeline.compose_only", compose)
    monkeypatch.setattr("workbench.pipeline.finish", lambda *_, **__: tiny_track)
    monkeypatch.setattr("workbench.models.registry.model_hashes", lambda _: {"bass": "0" * 64})
    monkeypatch.setattr("evaluation.suites.track_page.track_page", lambda *_: "<html></html>")
    return composed


def test_a_track_that_fails_stops_no_other_and_a_run_goes_on(small: Path, tmp_path: Path, hand_made: list[str]) -> None:
    suite, folder = load_suite(small), tmp_path / "run"
    first = run_suite(suite, folder)
    assert [track.id for track in first.tracks] == ["house-1", "house-2"]
    assert first.failures == {"pop-1": "pop is out", "pop-2": "pop is out"}
    with pytest.raises(OutputError, match="--resume"):
        run_suite(suite, folder)
    hand_made.append("again")
    again = run_suite(suite, folder, resume=True)
    assert [track.id for track in again.tracks] == ["house-1", "house-2", "pop-1", "pop-2"]
    assert not again.failures
    assert sorted(hand_made) == ["again", "house-1", "house-2", "pop-1", "pop-2"]
    assert {path.name for path in (folder / "tracks" / "pop-1").iterdir()} >= {"report.html", "song.mid", "result.json"}
    assert json.loads((folder / "results.json").read_text())["suite"] == "small"


def test_a_run_that_is_interrupted_keeps_what_was_written(
    small: Path, tmp_path: Path, hand_made: list[str], tiny_track: Track, monkeypatch: Any
) -> None:
    hand_made.append("again")

    def interrupted(*_: Any, **__: Any) -> Track:
        raise KeyboardInterrupt

    monkeypatch.setattr("workbench.pipeline.finish", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run_suite(load_suite(small), tmp_path / "run")
    abandoned = tmp_path / "run" / "tracks" / ".house-1-abcdefgh"
    abandoned.mkdir()
    (abandoned / LOCK).write_text("house-1")
    hand_made.clear()
    heard: list[tuple[Plan, Score]] = []

    def finish(request: Any, plan: Plan, score: Score, **_: Any) -> Track:
        heard.append((plan, score))
        return tiny_track

    monkeypatch.setattr("workbench.pipeline.finish", finish)
    result = run_suite(load_suite(small), tmp_path / "run", resume=True)
    assert len(result.tracks) == 4
    assert hand_made == []
    assert heard[0] == (tiny_track.plan, tiny_track.score)
    assert {path.name for path in (tmp_path / "run").iterdir()} == {"tracks", "results.json"}
    assert not list((tmp_path / "run" / "tracks").glob(".*"))


def test_a_changed_request_is_made_anew(small: Path, tmp_path: Path, hand_made: list[str]) -> None:
    hand_made.append("again")
    run_suite(load_suite(small), tmp_path / "run")
    hand_made.clear()
    hand_made.append("again")
    small.write_text(SMALL.replace("tempo: 100", "tempo: 101"))
    run_suite(load_suite(small), tmp_path / "run", resume=True)
    assert hand_made == ["again", "pop-1", "pop-2"]


def test_workers_of_another_version_are_refused(
    small: Path, tmp_path: Path, hand_made: list[str], monkeypatch: Any
) -> None:
    hand_made.append("again")
    monkeypatch.setattr("evaluation.suites.worker.code_digest", lambda *_: "0" * 64)
    result = run_suite(load_suite(small), tmp_path / "run")
    assert not result.tracks
    assert len(result.failures) == 4
    assert all("has another version of BeatsFoundry" in reason for reason in result.failures.values())


def test_a_folder_that_workers_do_not_share_is_reported(
    small: Path, tmp_path: Path, hand_made: list[str], monkeypatch: Any
) -> None:
    hand_made.append("again")
    monkeypatch.setattr("evaluation.suites.worker._write", lambda *_: None)
    result = run_suite(load_suite(small), tmp_path / "run")
    assert not result.tracks
    assert all("expected a folder that every worker's machine sees" in told for told in result.failures.values())


def test_the_engine_of_the_command_is_opened_for_both_steps(
    small: Path, tmp_path: Path, hand_made: list[str], monkeypatch: Any
) -> None:
    hand_made.append("again")
    opened: list[tuple[Any, ...]] = []

    def open_pretended(name: str, *, jobs: int, address: str | None) -> Any:
        opened.append((name, jobs, address))
        return nullcontext(Inline())

    monkeypatch.setattr("evaluation.suites.run.open_backend", open_pretended)
    options = ["--backend", "dask", "--address", "tcp://there:8786", "--jobs", "3", "--no-track", "--quiet"]
    assert main(["suite", str(small), "--out", str(tmp_path / "run"), *options]) == 0
    assert opened == [("dask", 3, "tcp://there:8786")] * 2


def compared(path: Path) -> bool:
    """Whether a track's file tells no times and is no Ogg, each of which has a number of its own."""
    return path.name in ("song.mid", "plan.json", "report.json")


def without_times(track: TrackResult) -> TrackResult:
    return replace(track, metrics={name: value for name, value in track.metrics.items() if name[:5] != "time/"})


@pytest.mark.long
def test_engines_give_the_same_tracks(tmp_path: Path) -> None:
    """Real songs by one process, by two, and by a Dask cluster that runs already: metrics and files are the same."""
    from distributed import LocalCluster

    file = tmp_path / "small.yaml"
    file.write_text(SMALL.replace("[1, 2]", "[1]"))
    suite = load_suite(file)
    runs = {"one": run_suite(suite, tmp_path / "one"), "two": run_suite(suite, tmp_path / "two", jobs=2)}
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        address = cluster.scheduler_address
        runs["dask"] = run_suite(suite, tmp_path / "dask", backend="dask", address=address)
    files = [
        {
            path.relative_to(tmp_path / name): path.read_bytes()
            for path in (tmp_path / name).rglob("*")
            if compared(path)
        }
        for name in runs
    ]
    assert len(files[0]) == 2 * 3
    assert files[0] == files[1] == files[2]
    metrics = [[without_times(track) for track in result.tracks] for result in runs.values()]
    assert metrics[0] == metrics[1] == metrics[2]
    assert runs["one"].sets == runs["dask"].sets


@pytest.mark.filterwarnings("ignore")  # MLflow and its database warn of their own affairs
def test_a_run_is_logged_once_with_its_tracks_below(small: Path, tmp_path: Path, hand_made: list[str]) -> None:
    from mlflow import MlflowClient

    from evaluation import load_run

    hand_made.append("again")
    result = run_suite(load_suite(small), tmp_path / "run")
    uri = f"sqlite:///{tmp_path}/runs/mlflow.db"
    parent = log_suite(result, tmp_path / "run", tracking_uri=uri)
    assert log_suite(result, tmp_path / "run", tracking_uri=uri).run_id == parent.run_id
    runs = MlflowClient(tracking_uri=uri).search_runs([parent.experiment_id])
    below = [run for run in runs if run.data.tags.get("mlflow.parentRunId") == parent.run_id]
    assert len(runs) == 5
    assert {run.info.run_name for run in below} == {"house-1", "house-2", "pop-1", "pop-2"}
    assert all("stems/bass_notes_heard" in run.data.metrics for run in runs)
    assert load_run(parent.run_id, tracking_uri=uri) == result
    assert not any("sha256" in name for run in runs for name in run.data.params), "MLflow would chart hashes"
    assert all(run.data.tags["mlflow.note.content"] for run in runs)
    assert "viewStateShareKey" in start_page(uri)


@pytest.mark.filterwarnings("ignore")
def test_the_dashboard_opens_on_the_comparison_with_the_run_before(
    small: Path, tmp_path: Path, hand_made: list[str]
) -> None:
    from mlflow import MlflowClient

    hand_made.append("again")
    uri = f"sqlite:///{tmp_path}/runs/mlflow.db"
    for number, name in enumerate(("first", "second")):
        made = run_suite(load_suite(small), tmp_path / "all" / name)
        result = replace(made, created=f"2026-01-0{number + 1}T00:00:00+00:00")
        (tmp_path / "all" / name / "results.json").write_text(result.to_json())
        logged = log_suite(result, tmp_path / "all" / name, tracking_uri=uri)
    assert start_page(uri) == run_path(logged.experiment_id, logged.run_id, "comparison.html")
    page = Path(MlflowClient(tracking_uri=uri).download_artifacts(logged.run_id, "comparison.html", str(tmp_path)))
    assert "second against first" in page.read_text()
