"""A Dask cluster: one that runs already, or one of this machine for the time of the work."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import dask
from distributed import Client, KilledWorker, LocalCluster

from workbench.backends.limits import Limits
from workbench.backends.worker import chained, worker_environment
from workbench.domain.cores import usable_cores
from workbench.domain.errors import ParameterError

_ANSWERS_WITHIN_SECONDS = 20
_LEAST_ROOM = 16
"""Tasks that wait are what tells an adaptive cluster to start its first workers."""
_LOGGERS = ("distributed.nanny", "distributed.worker", "distributed.scheduler", "distributed.core")


class DaskBackend:
    """Tasks as futures of a client. A task whose worker dies goes to another one by itself.

    The scheduler knows a task by its key: what a driver that was killed had begun is not begun twice while it runs.
    """

    def __init__(self, jobs: int | None, address: str | None, limits: Limits) -> None:
        self._cluster = None if address else _local_cluster(jobs or usable_cores(), limits)
        self._client = _client(address, self._cluster)

    @property
    def room(self) -> int:
        """Twice as many tasks as threads, so that none waits for the driver."""
        return max(_LEAST_ROOM, 2 * int(sum(self._client.nthreads().values())))

    def submit(self, work: Callable[[Any], Any], item: Any, key: str) -> Future[Any]:
        """Carry out `work(item)` on one of the workers."""
        return chained(self._client.submit(work, item, key=key, pure=False))

    def lost(self, error: BaseException) -> bool:
        """Whether several workers died of the task, one after the other."""
        return isinstance(error, KilledWorker)

    def close(self, *, at_once: bool = False) -> None:
        """Let the client go, and the workers that it started."""
        for name in _LOGGERS:
            # That workers end now is meant; the cluster would tell it as a loss.
            logging.getLogger(name).setLevel(logging.CRITICAL)
        self._client.close()
        if self._cluster is not None:
            self._cluster.close()


def _local_cluster(workers: int, limits: Limits) -> LocalCluster:
    # A worker's memory goes up and down with each song, so that it is no reason to pause or to write tasks to disk.
    memory = {"target": False, "spill": False, "pause": False, "terminate": 0.98}
    with dask.config.set({f"distributed.worker.memory.{name}": value for name, value in memory.items()}):
        return LocalCluster(
            n_workers=workers, threads_per_worker=1, memory_limit=f"{limits.memory_mib}MiB", dashboard_address=None,
            env=worker_environment(workers), silence_logs=logging.ERROR,
        )  # fmt: skip


def _client(address: str | None, cluster: LocalCluster | None) -> Client:
    where = {"scheduler_file": address} if address and address.endswith(".json") else {"address": address or cluster}
    try:
        client = Client(**where, timeout=_ANSWERS_WITHIN_SECONDS)
    except (OSError, ValueError) as error:
        raise ParameterError(
            f"Dask scheduler {address} does not answer ({' '.join(str(error).split())[:120]}): "
            "expected an address such as tcp://host:8786, or its scheduler file"
        ) from None
    crowded = [name for name, threads in client.nthreads().items() if threads > 1]
    if crowded:
        client.close()
        raise ParameterError(
            f"Dask worker {crowded[0]} has several threads: expected one (dask worker --nthreads 1), as a song has its "
            "process to itself"
        )
    return client
