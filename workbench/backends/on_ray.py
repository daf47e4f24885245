"""A Ray cluster: one that runs already, or one of this machine for the time of the work.

Ray is imported when the backend is opened: it is no part of the usual installation.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from workbench.backends.limits import Limits
from workbench.backends.worker import chained, worker_environment
from workbench.domain.cores import usable_cores
from workbench.domain.errors import ParameterError


def _call(work: Callable[[Any], Any], item: Any) -> Any:
    return work(item)


class RayBackend:
    """Tasks as Ray tasks of one core each. Ray ends a worker after its last task, and tells the loss of one."""

    def __init__(self, jobs: int | None, address: str | None, limits: Limits) -> None:
        import ray

        self._ray = ray
        workers = jobs or usable_cores()
        local = {} if address else {"num_cpus": workers, "include_dashboard": False}
        try:
            ray.init(
                address=address, runtime_env={"env_vars": worker_environment(workers)}, log_to_driver=False,
                logging_level=logging.ERROR, **local,
            )  # fmt: skip
        except (ConnectionError, OSError, ValueError) as error:
            raise ParameterError(f"Ray cluster {address or ''} does not answer: {error}") from None
        # Losses come to the driver, which knows how often a task may be tried.
        self._call = ray.remote(num_cpus=1, max_calls=limits.tasks, max_retries=0)(_call)

    @property
    def room(self) -> int:
        """Twice as many tasks as cores, so that none waits for the driver."""
        return max(2, 2 * int(self._ray.cluster_resources().get("CPU", 1)))

    def submit(self, work: Callable[[Any], Any], item: Any, key: str) -> Future[Any]:
        """Carry out `work(item)` on one of the workers."""
        return chained(self._call.options(name=key).remote(work, item).future())

    def lost(self, error: BaseException) -> bool:
        """Whether the task's worker or node died."""
        died = self._ray.exceptions
        return isinstance(error, died.WorkerCrashedError | died.NodeDiedError | died.OutOfMemoryError)

    def close(self, *, at_once: bool = False) -> None:
        """Leave the cluster; one of this machine ends."""
        self._ray.shutdown()
