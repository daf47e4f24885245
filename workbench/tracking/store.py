"""The store of runs: where it lies, how MLflow is kept quiet, and what every kind of run is written with.

MLflow is imported when a run is logged and not before; its telemetry and its chatter are off, and its global
state (active run, tracking address) is left alone.
"""

from __future__ import annotations

import contextlib
import logging
import os
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.domain.errors import TrackingError
from workbench.domain.paths import workspace
from workbench.tracking.addresses import sqlite_address, sqlite_path

if TYPE_CHECKING:
    from mlflow import MlflowClient

EXPERIMENT = "beatsfoundry/generation"
_QUIET = ("mlflow", "alembic", "sqlalchemy")
_LONGEST_PARAM = 6000


@dataclass(frozen=True, slots=True)
class LoggedRun:
    """A run in the store; `url` opens it in the dashboard."""

    run_id: str
    experiment_id: str
    url: str


def default_tracking_uri() -> str:
    """`MLFLOW_TRACKING_URI` where it is set, else the SQLite store `runs/mlflow.db` of the workspace."""
    return os.environ.get("MLFLOW_TRACKING_URI") or sqlite_address(workspace() / "runs" / "mlflow.db")


def first_sentence(error: BaseException) -> str:
    """What went wrong in MLflow: its messages go on with advice about its settings, the first sentence says it."""
    return " ".join(str(error).split()).split(". ")[0][:200].rstrip(".") or type(error).__name__


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Switch telemetry off and hold back what MLflow and its database would print."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("DO_NOT_TRACK", "true")
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    # Of each run that ends on a server MLflow would print two lines.
    os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")
    loggers = [logging.getLogger(name) for name in _QUIET]
    levels = [logger.level for logger in loggers]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import mlflow  # noqa: F401  its import sets up the loggers that are held back below

            for logger in loggers:
                logger.setLevel(logging.ERROR)
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def store_exists(uri: str) -> bool:
    """Whether there is something to look in: False for a SQLite store without its file, which a look would create.

    Examples
    --------
    >>> store_exists("sqlite:////nowhere/mlflow.db"), store_exists("http://127.0.0.1:5000")
    (False, True)
    """
    path = sqlite_path(uri)
    return path is None or path.is_file()


def store_name(uri: str) -> str:
    """A store as a person names it: the path of a SQLite store, below the current folder where it lies there.

    Examples
    --------
    >>> store_name("sqlite:////srv/mlflow.db"), store_name("http://127.0.0.1:5000")
    ('/srv/mlflow.db', 'http://127.0.0.1:5000')
    """
    path = sqlite_path(uri)
    if path is None:
        return uri
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def make_store_folder(uri: str) -> None:
    """Make the folder that a SQLite store lies in; other stores need none."""
    path = sqlite_path(uri)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)


def artifact_location(uri: str, name: str) -> str | None:
    """Where the artifacts of a new experiment go: beside the store where that is SQLite, else where its server says.

    Examples
    --------
    >>> artifact_location("sqlite:////srv/my runs/mlflow.db", "beatsfoundry/training")
    'file:///srv/my%20runs/artifacts/beatsfoundry-training'
    """
    path = sqlite_path(uri)
    return None if path is None else (path.parent / "artifacts" / name.replace("/", "-")).as_uri()


def experiment_id(client: MlflowClient, name: str, uri: str) -> str:
    """The id of an experiment; created if it is new, with artifacts beside the store where that is SQLite.

    Raises
    ------
    TrackingError
        If the experiment was deleted.
    """
    found = client.get_experiment_by_name(name)
    if found is not None:
        if found.lifecycle_stage != "active":
            raise TrackingError(f"experiment {name!r} is deleted in {uri}: restore it or name another one")
        return str(found.experiment_id)
    try:
        return str(client.create_experiment(name, artifact_location=artifact_location(uri, name)))
    except Exception:
        # Another process may have created it in between.
        found = client.get_experiment_by_name(name)
        if found is None:
            raise
        return str(found.experiment_id)


def log_values(
    client: MlflowClient,
    run_id: str,
    params: Mapping[str, str],
    metrics: Mapping[str, float],
    note: str,
    created_ms: int,
    step: int = 0,
) -> None:
    """Log parameters, metrics (of a step) and the note of a run; values that are there already stay as they are."""
    from mlflow.entities import Metric, Param, RunTag

    measured = [Metric(name, value, created_ms, step) for name, value in metrics.items()]
    logged = [Param(name, value[:_LONGEST_PARAM]) for name, value in params.items()]
    # The server takes at most 1000 metrics and 100 parameters in one batch.
    for start in range(0, len(measured), 900):
        client.log_batch(run_id, metrics=measured[start : start + 900])
    for start in range(0, len(logged), 90):
        client.log_batch(run_id, params=logged[start : start + 90])
    if note:
        client.log_batch(run_id, tags=[RunTag("mlflow.note.content", note)])
