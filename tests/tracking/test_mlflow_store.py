"""Runs are written to a real store and read back through MLflow's own client."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from workbench.domain.errors import TrackingError
from workbench.domain.results import Track
from workbench.tracking import LoggedRun, default_tracking_uri, log_track, run_items, workspace
from workbench.tracking.pages import run_url

pytestmark = pytest.mark.filterwarnings("ignore")  # MLflow and its database warn of their own affairs


@pytest.fixture(scope="module")
def bundle(tiny_track: Track, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from workbench.output import export

    folder = tmp_path_factory.mktemp("tracking") / "song"
    export(tiny_track, folder)
    return folder


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('store') / 'runs' / 'mlflow.db'}"


@pytest.fixture(scope="module")
def logged(tiny_track: Track, bundle: Path, store: str) -> LoggedRun:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return log_track(tiny_track, bundle, tracking_uri=store)


@pytest.fixture(scope="module")
def client(logged: LoggedRun, store: str) -> Iterator[Any]:
    from mlflow import MlflowClient

    return MlflowClient(tracking_uri=store)


def test_values_arrive(client: Any, logged: LoggedRun, tiny_track: Track) -> None:
    items, run = run_items(tiny_track), client.get_run(logged.run_id)
    assert run.data.metrics == pytest.approx(dict(items.metrics))
    assert run.data.params == dict(items.params.items())
    assert items.tags.items() <= run.data.tags.items()
    assert run.data.tags["mlflow.note.content"] == items.note
    assert run.info.status == "FINISHED"
    assert client.get_experiment(logged.experiment_id).name == "beatsfoundry/generation"


def test_files_arrive_whole(client: Any, logged: LoggedRun, bundle: Path, tmp_path: Path) -> None:
    folder = Path(client.download_artifacts(logged.run_id, "", str(tmp_path)))
    copied = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    made = {path.relative_to(bundle).as_posix(): path for path in bundle.rglob("*") if path.is_file()}
    assert made.keys() <= copied.keys()
    # The report alone differs: MLflow shows it in a frame, where no file lies beside it.
    own = copied.pop("report.html").read_text(encoding="utf-8")
    assert own.count("data:audio/ogg;base64,") == 5
    assert "master.wav" not in own
    made.pop("report.html")
    assert all(copied[name].read_bytes() == path.read_bytes() for name, path in made.items())
    assert {"pictures/piano_roll.png", "pictures/spectrogram.png"} <= copied.keys()


def test_artifacts_lie_beside_the_database(logged: LoggedRun, store: str) -> None:
    beside = Path(store.removeprefix("sqlite:///")).parent / "artifacts"
    assert any(logged.run_id in str(path) for path in beside.rglob("master.wav"))


def test_the_same_track_again_is_another_run_of_the_same_experiment(
    tiny_track: Track, bundle: Path, store: str, logged: LoggedRun
) -> None:
    again = log_track(tiny_track, bundle, tracking_uri=store)
    assert again.experiment_id == logged.experiment_id
    assert again.run_id != logged.run_id


def test_the_address_opens_the_run(logged: LoggedRun) -> None:
    page = f"/#/experiments/{logged.experiment_id}/runs/{logged.run_id}?workflowType=machine_learning"
    assert logged.url == f"http://127.0.0.1:5000{page}"
    assert run_url("https://mlflow.example/", "3", "abc").startswith("https://mlflow.example/#/experiments/3/runs/abc?")


def test_a_store_that_cannot_be_written_is_one_line_and_the_bundle_stays(
    tiny_track: Track, bundle: Path, tmp_path: Path
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    before = {path: path.read_bytes() for path in bundle.rglob("*") if path.is_file()}
    with pytest.raises(TrackingError, match=re.escape(str(blocked))) as caught:
        log_track(tiny_track, bundle, tracking_uri=f"sqlite:///{blocked}/mlflow.db")
    assert "\n" not in str(caught.value)
    assert {path: path.read_bytes() for path in bundle.rglob("*") if path.is_file()} == before


def test_a_server_that_does_not_answer_is_one_line(tiny_track: Track, bundle: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "1")
    with pytest.raises(TrackingError, match=r"server http://127\.0\.0\.1:9 does not answer") as caught:
        log_track(tiny_track, bundle, tracking_uri="http://127.0.0.1:9")
    assert "\n" not in str(caught.value)


def test_a_missing_bundle_is_reported(tiny_track: Track, tmp_path: Path) -> None:
    with pytest.raises(TrackingError, match="does not exist"):
        log_track(tiny_track, tmp_path / "nowhere")


def test_the_workspace_is_found_from_below(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    (tmp_path / "runs").mkdir()
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    assert workspace() == tmp_path
    assert default_tracking_uri() == f"sqlite:///{tmp_path}/runs/mlflow.db"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://elsewhere")
    assert default_tracking_uri() == "http://elsewhere"


def test_importing_tracking_imports_no_mlflow() -> None:
    code = "import sys, workbench.tracking; sys.exit('mlflow' in sys.modules or 'matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, env=dict(os.environ)).returncode == 0
