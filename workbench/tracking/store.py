"""The one place that writes to MLflow.

MLflow is imported when a run is logged and not before; its telemetry and its chatter are off, and its global
state (active run, tracking address) is left alone.
"""

from __future__ import annotations

import contextlib
import logging
import os
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.domain.errors import TrackingError
from workbench.domain.results import Track
from workbench.output.figures import draw_all
from workbench.tracking.items import RunItems, run_items

if TYPE_CHECKING:
    from mlflow import MlflowClient

EXPERIMENT = "beatsfoundry/generation"
DASHBOARD = "http://127.0.0.1:5000"
_QUIET = ("mlflow", "alembic", "sqlalchemy")
_LONGEST_PARAM = 6000
_ROOT_FILES = ("report.html", "report.json", "plan.json", "manifest.json")


@dataclass(frozen=True, slots=True)
class LoggedRun:
    """A run in the store; `url` opens it in the dashboard."""

    run_id: str
    experiment_id: str
    url: str


def workspace() -> Path:
    """The folder that holds `runs/`: the nearest one at or above the current folder with a pyproject.toml or runs/.

    So a notebook in `notebooks/` and a command in the root write to the same store.
    """
    here = Path.cwd()
    marks = ("runs", "pyproject.toml")
    return next((folder for folder in (here, *here.parents) if any((folder / mark).exists() for mark in marks)), here)


def default_tracking_uri() -> str:
    """`MLFLOW_TRACKING_URI` where it is set, else the SQLite store `runs/mlflow.db` of the workspace."""
    return os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{workspace() / 'runs' / 'mlflow.db'}"


def log_track(
    track: Track, bundle: str | Path, *, tracking_uri: str | None = None, experiment: str | None = None
) -> LoggedRun:
    """Record a finished track and its bundle as one run.

    Parameters
    ----------
    track
        What was made.
    bundle
        The folder that `output.export` wrote; it is only read.
    tracking_uri
        An MLflow address (`sqlite:///...` or `http://...`); by default `default_tracking_uri()`.
    experiment
        Name of the experiment; by default `beatsfoundry/generation`.

    Raises
    ------
    TrackingError
        If the store cannot be reached or written. The bundle stays as it is.
    """
    folder = Path(bundle)
    if not folder.is_dir():
        raise TrackingError(f"bundle {folder} does not exist: export the track before it is logged")
    uri = tracking_uri or default_tracking_uri()
    try:
        with quiet():
            return _log(run_items(track), draw_all(track), folder, uri, experiment or EXPERIMENT)
    except TrackingError:
        raise
    except Exception as error:
        # MLflow's messages go on with advice about its own settings: the first sentence says what is wrong.
        reason = " ".join(str(error).split()).split(". ")[0][:200].rstrip(".") or type(error).__name__
        raise TrackingError(
            f"run could not be written to {uri}: {reason}; the bundle in {folder} is complete"
        ) from error


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Switch telemetry off and hold back warnings, log lines and progress bars of MLflow and its database."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("DO_NOT_TRACK", "true")
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
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


def _log(items: RunItems, pictures: dict[str, bytes], folder: Path, uri: str, experiment: str) -> LoggedRun:
    from mlflow import MlflowClient

    make_store_folder(uri)
    client = MlflowClient(tracking_uri=uri)
    place = experiment_id(client, experiment, uri)
    run_id = client.create_run(place, run_name=items.name, tags=dict(items.tags)).info.run_id
    try:
        _log_values(client, run_id, items)
        _log_files(client, run_id, folder, pictures)
    except BaseException:
        with contextlib.suppress(Exception):
            client.set_terminated(run_id, "FAILED")
        raise
    client.set_terminated(run_id, "FINISHED")
    return LoggedRun(run_id, place, run_url(uri, place, run_id))


def run_url(uri: str, experiment_id: str, run_id: str) -> str:
    """The address of a run's page: on the tracking server where `uri` is one, else on the local dashboard.

    Examples
    --------
    >>> run_url("sqlite:///runs/mlflow.db", "1", "abc")
    'http://127.0.0.1:5000/#/experiments/1/runs/abc'
    """
    base = uri.rstrip("/") if uri.startswith(("http://", "https://")) else DASHBOARD
    return f"{base}/#/experiments/{experiment_id}/runs/{run_id}"


def make_store_folder(uri: str) -> None:
    """Make the folder that a SQLite store lies in; other stores need none."""
    if uri.startswith("sqlite:///"):
        Path(uri.removeprefix("sqlite:///")).expanduser().parent.mkdir(parents=True, exist_ok=True)


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
    location = None
    if uri.startswith("sqlite:///"):
        store = Path(uri.removeprefix("sqlite:///")).expanduser().resolve()
        location = (store.parent / "artifacts" / name.replace("/", "-")).as_uri()
    return str(client.create_experiment(name, artifact_location=location))


def _log_values(client: MlflowClient, run_id: str, items: RunItems) -> None:
    from time import time

    from mlflow.entities import Metric, Param, RunTag

    now = int(time() * 1000)
    metrics = [Metric(name, value, now, 0) for name, value in items.metrics.items()]
    params = [Param(name, value[:_LONGEST_PARAM]) for name, value in items.params.items()]
    # The server takes at most 1000 metrics and 100 parameters in one batch.
    for start in range(0, len(metrics), 900):
        client.log_batch(run_id, metrics=metrics[start : start + 900])
    for start in range(0, len(params), 90):
        client.log_batch(run_id, params=params[start : start + 90])
    client.log_batch(run_id, tags=[RunTag("mlflow.note.content", items.note)])


def _log_files(client: MlflowClient, run_id: str, folder: Path, pictures: dict[str, bytes]) -> None:
    for path in _existing(folder, (*_ROOT_FILES, *(path.name for path in sorted(folder.glob("master.*"))))):
        client.log_artifact(run_id, str(path))
    for name in ("stems", "midi", "alternatives"):
        if (folder / name).is_dir():
            client.log_artifacts(run_id, str(folder / name), artifact_path=name)
    _log_pictures(client, run_id, pictures)


def _log_pictures(client: MlflowClient, run_id: str, pictures: dict[str, bytes]) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as beside:
        for name, data in pictures.items():
            (Path(beside) / f"{name}.png").write_bytes(data)
        client.log_artifacts(run_id, beside, artifact_path="pictures")


def _existing(folder: Path, names: Sequence[str]) -> list[Path]:
    return [folder / name for name in names if (folder / name).is_file()]
