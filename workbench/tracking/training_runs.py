"""What a run of a training tells beside its curves: parameters, data sets, a description, files and figures."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from workbench.tracking.store import log_values, quiet

WEIGHTS_FOLDER = "weights"
WEIGHTS_TAG = "weights_sha256"
_LONGEST_DIGEST = 36
"""The most that MLflow takes of a data set's hash."""


@dataclass(frozen=True, slots=True)
class UsedData:
    """A data set as MLflow knows it: name, SHA-256 of what was read of it, where it is had, its counts, its purpose.

    `context` is "training" or "validation".
    """

    name: str
    sha256: str
    source: str
    counts: Mapping[str, int]
    context: str


def log_used_data(uri: str, run_id: str, used: Sequence[UsedData]) -> None:
    """Log data sets as inputs of a run: the run's page shows them, and runs can be searched by them."""
    with quiet():
        from mlflow import MlflowClient
        from mlflow.entities import Dataset, DatasetInput, InputTag

        inputs = [
            DatasetInput(
                Dataset(
                    one.name,
                    one.sha256[:_LONGEST_DIGEST],
                    "http" if one.source.startswith("http") else "local",
                    json.dumps({"url": one.source}),
                    profile=json.dumps({**one.counts, "sha256": one.sha256}),
                ),
                [InputTag("mlflow.data.context", one.context)],
            )
            for one in used
        ]
        MlflowClient(tracking_uri=uri).log_inputs(run_id, inputs)


def log_result(
    uri: str,
    run_id: str,
    *,
    weights: Path,
    sha256: str,
    params: Mapping[str, str],
    metrics: Mapping[str, float],
    tags: Mapping[str, str],
    note: str,
    now_ms: int,
    step: int = 0,
) -> None:
    """Log what a training brought: the weights with their card, figures of its last step, and the run's description.

    By the hash that is kept as a tag, versions, tracks and suites lead back to this run.
    """
    with quiet():
        from mlflow import MlflowClient

        client = MlflowClient(tracking_uri=uri)
        log_values(client, run_id, params, metrics, note, now_ms, step)
        for path in (weights, weights.with_suffix(".json")):
            client.log_artifact(run_id, str(path), WEIGHTS_FOLDER)
        for name, value in {**tags, WEIGHTS_TAG: sha256}.items():
            client.set_tag(run_id, name, value)
