"""Runs are logged once, by several at a time, and wait on disk while a server is away."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.tracking.servers import free_port, started
from workbench.domain.errors import TrackingError
from workbench.tracking.records import RunRecord, log_records, pending, read_record, upload_pending

pytestmark = pytest.mark.filterwarnings("ignore")  # MLflow and its database warn of their own affairs

AWAY = "http://127.0.0.1:9"


def record(name: str, **fields: Any) -> RunRecord:
    return RunRecord("tests", name, {"a": "1"}, {"group/b": 2.0}, {"kind": "test"}, "a note", **fields)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    (folder / "below").mkdir(parents=True)
    (folder / "below" / "page.html").write_text("<p>sound</p>")
    return folder


@pytest.fixture
def in_workspace(tmp_path: Path, monkeypatch: Any) -> Path:
    (tmp_path / "runs").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_logged_twice_is_one_run(files: Path, tmp_path: Path) -> None:
    from mlflow import MlflowClient

    uri, one = f"sqlite:///{tmp_path}/store/mlflow.db", record("one")
    first = log_records([(one, files)], tracking_uri=uri)[0]
    assert log_records([(one, files)], tracking_uri=uri)[0] == first
    client = MlflowClient(tracking_uri=uri)
    runs = client.search_runs([first.experiment_id])
    assert len(runs) == 1
    assert runs[0].data.metrics == {"group/b": 2.0}
    assert len(client.get_metric_history(first.run_id, "group/b")) == 1


def test_a_server_that_is_away_leaves_the_run_on_disk_and_it_is_uploaded_later(in_workspace: Path, files: Path) -> None:
    from mlflow import MlflowClient

    parent = record("suite")
    child = record("track", parent=parent.id)
    began = time.monotonic()
    with pytest.raises(TrackingError, match=r"waits in .*beatsfoundry upload") as caught:
        log_records([(parent, None), (child, files)], tracking_uri=AWAY)
    assert time.monotonic() - began < 20.0
    assert "\n" not in str(caught.value)
    waiting = pending()
    assert [read_record(path)[0] for path in waiting] == [parent, child]
    with pytest.raises(TrackingError, match="does not answer"):
        upload_pending(tracking_uri=AWAY)
    assert pending() == waiting
    uri = f"sqlite:///{in_workspace}/store/mlflow.db"
    logged = upload_pending(tracking_uri=uri)
    assert pending() == []
    client = MlflowClient(tracking_uri=uri)
    below = client.get_run(logged[1].run_id)
    assert below.data.tags["mlflow.parentRunId"] == logged[0].run_id
    assert below.data.tags["mlflow.note.content"] == "a note"
    assert client.download_artifacts(logged[1].run_id, "below/page.html", str(in_workspace))


def test_a_damaged_record_is_reported(in_workspace: Path) -> None:
    with pytest.raises(TrackingError):
        log_records([(record("one"), None)], tracking_uri=AWAY)
    (pending()[0] / "record.json").write_text("{")
    with pytest.raises(TrackingError, match="remove the folder"):
        upload_pending(tracking_uri=AWAY)


_LOGGER = """
import sys, pathlib
from workbench.tracking.records import RunRecord, log_records
uri, who, count, files = sys.argv[1], sys.argv[2], int(sys.argv[3]), pathlib.Path(sys.argv[4])
for number in range(count):
    entry = RunRecord("together", f"{who}-{number}", {"who": who}, {f"m/{k}": float(k) for k in range(50)})
    log_records([(entry, files)], tracking_uri=uri)
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    with started(f"sqlite:///{tmp_path}/server/mlflow.db", tmp_path, free_port()) as address:
        yield address


def test_two_machines_that_log_to_one_server_lose_nothing(server: str, files: Path, repository: Path) -> None:
    from mlflow import MlflowClient

    command = [sys.executable, "-c", _LOGGER, server]
    both = [subprocess.Popen([*command, who, "6", str(files)], cwd=repository) for who in ("one", "two")]
    assert [process.wait(300) for process in both] == [0, 0]
    client = MlflowClient(tracking_uri=server)
    place = client.get_experiment_by_name("together")
    runs = client.search_runs([place.experiment_id])
    assert {run.info.run_name for run in runs} == {f"{who}-{number}" for who in ("one", "two") for number in range(6)}
    assert all(len(run.data.metrics) == 50 and run.info.status == "FINISHED" for run in runs)
    assert all(client.list_artifacts(run.info.run_id, "below") for run in runs)
    with urllib.request.urlopen(f"{server}/health", timeout=10) as answer:
        assert answer.status == 200
