"""What surrounds a training: silence, a logger into the workbench's own store, and which process speaks."""

from __future__ import annotations

import contextlib
import logging
import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any


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

    from workbench.tracking import default_tracking_uri, workspace

    uri = default_tracking_uri()
    runs = workspace() / "runs"
    own_store = uri.startswith("sqlite:///")
    if own_store:
        Path(uri.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    return MLFlowLogger(
        experiment_name="beatsfoundry/training",
        run_name=element,
        tags=tags,
        tracking_uri=uri,
        artifact_location=str(runs / "artifacts" / "training") if own_store else None,
    )


def is_first_process() -> bool:
    """Whether this process is the one of a shared training that writes and speaks."""
    from lightning.pytorch.utilities import rank_zero_only

    return not getattr(rank_zero_only, "rank", 0)
