"""Runs whose process was killed: they end as KILLED, when the next process logs anything from the same workspace.

While a run is written, a file in `runs/live` is locked that names it. The lock goes with the process.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

from workbench.domain.drafts import abandoned, claim
from workbench.domain.paths import workspace

_held: dict[str, int] = {}


def claim_run(uri: str, run_id: str) -> None:
    """Say that this process writes a run, until `release_run` or its end; a run that is claimed already stays so."""
    if run_id in _held:
        return
    path = _folder() / run_id
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        held = claim(path)
        os.write(held, json.dumps({"uri": uri, "run_id": run_id}).encode())
        _held[run_id] = held


def release_run(run_id: str) -> None:
    """Say that a run is written."""
    held = _held.pop(run_id, None)
    if held is not None:
        with contextlib.suppress(OSError):
            (_folder() / run_id).unlink()
        os.close(held)


@contextlib.contextmanager
def claimed(uri: str, run_id: str) -> Iterator[None]:
    """Claim a run for a block."""
    claim_run(uri, run_id)
    try:
        yield
    finally:
        release_run(run_id)


def end_dead_runs(uri: str) -> list[str]:
    """End the runs of a store as KILLED that dead processes left running; their ids."""
    ended = []
    for path in sorted(_folder().glob("*")) if _folder().is_dir() else []:
        with abandoned(path) as dead:
            if dead and _ended(path, uri):
                ended.append(path.name)
    return ended


def _ended(path: Path, uri: str) -> bool:
    """End the run that a file names, if it lies in this store; False if there was nothing to end."""
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException

    try:
        named = json.loads(path.read_text(encoding="utf-8"))
        if named["uri"] != uri:
            return False
        client = MlflowClient(tracking_uri=uri)
        running = bool(client.get_run(named["run_id"]).info.status == "RUNNING")
        if running:
            client.set_terminated(named["run_id"], "KILLED")
    except MlflowException as error:
        if error.error_code != "RESOURCE_DOES_NOT_EXIST":
            return False
        running = False
    except (OSError, ValueError, KeyError, TypeError):
        running = False
    with contextlib.suppress(OSError):
        path.unlink()
    return running


def _folder() -> Path:
    return workspace() / "runs" / "live"
