"""Workspaces of any name have their store inside; runs of killed processes end as KILLED."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from workbench.domain.drafts import claim
from workbench.tracking.addresses import sqlite_address, sqlite_path
from workbench.tracking.live_runs import end_dead_runs
from workbench.tracking.reading import artifact_text
from workbench.tracking.records import RunRecord, log_records
from workbench.tracking.store import default_tracking_uri, quiet, store_name

ODD_NAMES = ("what? if", "My%20Song", "100%20", "a#b", "50% off?x=1&y=2#z", "Älbum №1", "plain")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BEATSFOUNDRY_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    (tmp_path / "places").mkdir()
    return tmp_path / "places"


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_workspace_of_any_name_keeps_its_runs(name: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = home / name
    (place / "runs").mkdir(parents=True)
    (place / "files").mkdir()
    (place / "files" / "note.txt").write_text("heard")
    monkeypatch.chdir(place)
    logged = log_records([(RunRecord("beatsfoundry/test", "one", {"a": "1"}), place / "files")])[0]
    assert (place / "runs" / "mlflow.db").is_file()
    assert [path.name for path in home.iterdir()] == [name], "nothing is written beside the folder"
    assert len(list((place / "runs" / "artifacts").rglob("note.txt"))) == 1
    assert artifact_text(logged.run_id, "note.txt") == "heard"
    assert store_name(default_tracking_uri()) == "runs/mlflow.db"


def test_addresses_of_plain_names_are_plain(home: Path) -> None:
    assert sqlite_address(home / "mlflow.db") == f"sqlite:///{home}/mlflow.db"
    odd = sqlite_address(home / "a?b" / "mlflow.db")
    assert "?" not in odd
    assert sqlite_path(odd) == home / "a?b" / "mlflow.db"
    assert sqlite_address(home / "a?b" / "mlflow.db") == odd
    assert sqlite_address(home / "a#b" / "mlflow.db") != odd


STARTER = """
import sys, time
from workbench.tracking.live_runs import claim_run
from workbench.tracking.store import default_tracking_uri, experiment_id, make_store_folder, quiet
uri = default_tracking_uri()
make_store_folder(uri)
with quiet():
    from mlflow import MlflowClient
    client = MlflowClient(tracking_uri=uri)
    run = client.create_run(experiment_id(client, "beatsfoundry/test", uri)).info.run_id
    claim_run(uri, run)
    print(run, flush=True)
    time.sleep(120)
"""


def started(place: Path) -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen([sys.executable, "-c", STARTER], cwd=place, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def killed(process: subprocess.Popen[str]) -> None:
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()


def test_the_run_of_a_killed_process_ends_as_killed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "runs").mkdir()
    monkeypatch.chdir(home)
    dead, killed_run = started(home)
    living, living_run = started(home)
    try:
        killed(dead)
        log_records([(RunRecord("beatsfoundry/test", "next"), None)])
        with quiet():
            from mlflow import MlflowClient

            client = MlflowClient(tracking_uri=default_tracking_uri())
            assert client.get_run(killed_run).info.status == "KILLED"
            assert client.get_run(living_run).info.status == "RUNNING"
        assert [path.name for path in (home / "runs" / "live").iterdir()] == [living_run]
    finally:
        killed(living)
    assert end_dead_runs(default_tracking_uri()) == [living_run]
    assert not list((home / "runs" / "live").iterdir())


def test_runs_of_other_stores_and_damaged_notes_do_not_hold_up(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "runs" / "live").mkdir(parents=True)
    monkeypatch.chdir(home)
    for name, text in (("a", '{"uri": "http://elsewhere:1", "run_id": "a"}'), ("b", "{"), ("c", "[]")):
        held = claim(home / "runs" / "live" / name)
        os.write(held, text.encode())
        os.close(held)
    log_records([(RunRecord("beatsfoundry/test", "next"), None)])
    assert [path.name for path in (home / "runs" / "live").iterdir()] == ["a"]
