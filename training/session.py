"""What surrounds a training: silence, a logger into the workbench's own store, and which process speaks."""

from __future__ import annotations

import contextlib
import logging
import os
import warnings
from collections.abc import Iterator
from typing import Any

_EXPERIMENT = "beatsfoundry/training"


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep Lightning's remarks on workers and accelerators from the user; progress and errors remain."""
    from workbench.tracking.store import quiet as quiet_store

    with warnings.catch_warnings(), quiet_store():
        warnings.simplefilter("ignore")
        # Lightning sets its loggers up when it is imported, so that comes first.
        import lightning  # noqa: F401

        for name in ("lightning", "lightning.pytorch", "lightning.fabric"):
            logging.getLogger(name).setLevel(logging.ERROR)
        yield


def mlflow_logger(element: str, tags: dict[str, str] | None = None) -> Any:
    """A Lightning logger into the experiment "beatsfoundry/training" of the workbench's own store."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    from lightning.pytorch.loggers import MLFlowLogger

    from workbench.tracking.live_runs import claim_run, end_dead_runs
    from workbench.tracking.store import artifact_location, default_tracking_uri, make_store_folder

    uri = default_tracking_uri()
    make_store_folder(uri)
    end_dead_runs(uri)
    logger = MLFlowLogger(
        experiment_name=_EXPERIMENT,
        run_name=element,
        tags=tags,
        tracking_uri=uri,
        artifact_location=artifact_location(uri, _EXPERIMENT),
    )
    if is_first_process() and logger.run_id:
        claim_run(uri, str(logger.run_id))
    return logger


def is_first_process() -> bool:
    """Whether this process is the one of a shared training that writes and speaks."""
    from lightning.pytorch.utilities import rank_zero_only

    return not getattr(rank_zero_only, "rank", 0)


def where_logged(logger: Any) -> str:
    """The address of a logger's run, with the command that opens it where no dashboard shows it."""
    from workbench.tracking import default_tracking_uri
    from workbench.tracking.opening import address_and_command
    from workbench.tracking.pages import run_url
    from workbench.tracking.store import LoggedRun

    experiment, run = str(logger.experiment_id), str(logger.run_id)
    return address_and_command(LoggedRun(run, experiment, run_url(default_tracking_uri(), experiment, run)))
