"""Processes of this machine, by joblib's loky: they are spawned, so that nothing of the driver leaks into them."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future
from dataclasses import dataclass
from typing import Any

import psutil
from joblib.externals.loky import ProcessPoolExecutor
from joblib.externals.loky.process_executor import ShutdownExecutorError

from workbench.backends.limits import Limits
from workbench.backends.worker import begin_work, chained, worker_environment
from workbench.domain.cores import usable_cores

_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class _Weighed:
    """Work that also tells how much memory its process holds afterwards, in MiB."""

    work: Callable[[Any], Any]

    def __call__(self, item: Any) -> tuple[Any, float]:
        result = self.work(item)
        return result, psutil.Process().memory_info().rss / _MIB


class LokyBackend:
    """A pool of processes, replaced by a fresh one when its workers did enough or hold too much.

    What the old pool has in hand it ends in peace. Where a worker dies, loky gives up all tasks of its pool.
    """

    def __init__(self, jobs: int | None, limits: Limits) -> None:
        self._workers = jobs or usable_cores()
        self._limits = limits
        self._given, self._heavy = 0, False
        self._pool = self._new_pool()

    @property
    def room(self) -> int:
        """As many tasks as workers: a worker that dies takes no more with it than it must."""
        return self._workers

    def submit(self, work: Callable[[Any], Any], item: Any, key: str) -> Future[Any]:
        """Carry out `work(item)` in one of the processes."""
        if self._heavy or self._given >= self._limits.tasks * self._workers:
            self._renew()
        self._given += 1
        with warnings.catch_warnings():
            # Loky itself replaces a worker that grew by 300 MB since its first task, and warns that it did.
            warnings.filterwarnings("ignore", "A worker stopped while some jobs were given to the executor")
            try:
                source = self._pool.submit(_Weighed(work), item)
            except (BrokenExecutor, ShutdownExecutorError):
                self._renew()
                source = self._pool.submit(_Weighed(work), item)
        return chained(source, self._unwrapped)

    def lost(self, error: BaseException) -> bool:
        """Whether a process of the pool died."""
        return isinstance(error, BrokenExecutor | ShutdownExecutorError)

    def close(self, *, at_once: bool = False) -> None:
        """End the processes."""
        self._pool.shutdown(wait=True, kill_workers=at_once)

    def _unwrapped(self, weighed: tuple[Any, float]) -> Any:
        result, memory_mib = weighed
        self._heavy = self._heavy or memory_mib > self._limits.memory_mib
        return result

    def _renew(self) -> None:
        self._pool.shutdown(wait=False)
        self._pool = self._new_pool()
        self._given, self._heavy = 0, False

    def _new_pool(self) -> Any:
        return ProcessPoolExecutor(
            self._workers, initializer=begin_work, initargs=(os.getpid(),), env=worker_environment(self._workers)
        )
