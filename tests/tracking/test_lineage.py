"""From a track's run the way leads back to version, training run and data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from workbench.domain.errors import TrackingError
from workbench.tracking.lineage import log_lineage, origins, run_lineage, to_markdown
from workbench.tracking.records import RunRecord, log_records
from workbench.tracking.store import experiment_id

pytestmark = pytest.mark.filterwarnings("ignore")  # MLflow and its database warn of their own affairs

DIGEST = "ab" * 32


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A store with a training run and a registered version, and the card of the weights."""
    from mlflow import MlflowClient

    monkeypatch.setenv("BEATSFOUNDRY_HOME", str(tmp_path / "home"))
    card = {"sha256": DIGEST, "data": [{"name": "freedoom"}], "data_sha256": "cd" * 32, "git_revision": "ef" * 20}
    (tmp_path / "home" / "models" / "bass").mkdir(parents=True)
    (tmp_path / "home" / "models" / "bass" / "mine.json").write_text(json.dumps(card))
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    client = MlflowClient(tracking_uri=uri)
    place = experiment_id(client, "beatsfoundry/training", uri)
    run = client.create_run(place, tags={"weights_sha256": DIGEST})
    client.create_registered_model("beatsfoundry-bass")
    client.create_model_version("beatsfoundry-bass", run.info.artifact_uri, run.info.run_id, tags={"sha256": DIGEST})
    return uri


def test_the_whole_way_is_found(store: str) -> None:
    suite = RunRecord("e", "suite", tags={"kind": "suite"})
    track = RunRecord("e", "track", tags={"model/bass": DIGEST, "model/pads": "12" * 32}, parent=suite.id)
    parent, below = log_records([(suite, None), (track, None)], tracking_uri=store)
    for run in (parent, below):
        bass, pads = run_lineage(run.run_id, tracking_uri=store)
        assert (bass.data, bass.data_sha256, bass.version) == ("freedoom", "cd" * 32, "1")
        assert "/runs/" in bass.training_url
        assert bass.version_url.endswith("/#/models/beatsfoundry-bass/versions/1?workflowType=machine_learning")
        assert str(pads) == f"pads: data not known -> weights {'12' * 5}"
    table = to_markdown(origins({"bass": DIGEST}, tracking_uri=store))
    assert "freedoom" in table
    assert "[1](" in table


def test_the_way_is_kept_with_the_run(store: str, tmp_path: Path) -> None:
    from mlflow import MlflowClient

    run = log_records([(RunRecord("e", "track"), None)], tracking_uri=store)[0]
    log_lineage(run.run_id, origins({"bass": DIGEST}, tracking_uri=store), tracking_uri=store)
    kept: Any = MlflowClient(tracking_uri=store).download_artifacts(run.run_id, "lineage.md", str(tmp_path))
    assert "freedoom" in Path(kept).read_text()


def test_a_run_without_networks_is_reported(store: str) -> None:
    run = log_records([(RunRecord("e", "bare"), None)], tracking_uri=store)[0]
    with pytest.raises(TrackingError, match="tells of no network"):
        run_lineage(run.run_id, tracking_uri=store)
    with pytest.raises(TrackingError, match="is not in") as caught:
        run_lineage("0" * 32, tracking_uri=store)
    assert "sqlite:" not in str(caught.value)


def test_a_look_creates_no_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from workbench.cli.main import main

    # A workspace of its own: another one's runs may lie in a folder above.
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    assert main(["evaluate", "lineage", "nosuch"]) == 2
    captured = capsys.readouterr()
    assert captured.err == (
        "beatsfoundry: run 'nosuch' is not there: no run is logged yet, runs/mlflow.db does not exist\n"
    )
    assert (captured.out, [path.name for path in tmp_path.iterdir()]) == ("", ["pyproject.toml"])
