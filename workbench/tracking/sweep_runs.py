"""A sweep in MLflow: one parent run for a study, below which every trial is a run of its own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workbench.tracking.store import default_tracking_uri, experiment_id, make_store_folder, quiet

EXPERIMENT = "beatsfoundry/training"
_STUDY_TAG = "sweep.study"


def sweep_run(study: str, *, tracking_uri: str | None = None) -> str:
    """The id of the study's parent run; created if there is none yet, so that a study that goes on keeps its run."""
    uri = tracking_uri or default_tracking_uri()
    with quiet():
        from mlflow import MlflowClient

        make_store_folder(uri)
        client = MlflowClient(tracking_uri=uri)
        place = experiment_id(client, EXPERIMENT, uri)
        name = study.replace("'", "")
        found = client.search_runs([place], f"tags.`{_STUDY_TAG}` = '{name}'", max_results=1)
        if found:
            return str(found[0].info.run_id)
        return str(client.create_run(place, run_name=f"sweep {study}", tags={_STUDY_TAG: name}).info.run_id)


def finish_sweep(
    run_id: str, best: Mapping[str, Any], nll: float, recipe: Path, *, tracking_uri: str | None = None
) -> None:
    """Log the best figure so far and its recipe into the parent run, and end it."""
    uri = tracking_uri or default_tracking_uri()
    with quiet():
        from mlflow import MlflowClient

        client = MlflowClient(tracking_uri=uri)
        client.log_metric(run_id, "best_val_nll", nll)
        for name, value in best.items():
            client.set_tag(run_id, f"best.{name}", str(value))
        client.log_artifact(run_id, str(recipe))
        client.set_terminated(run_id, "FINISHED")
