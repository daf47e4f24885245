"""What every worker process does first: share the cores fairly, leave interruptions to the driver, end with it."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from workbench.domain.cores import usable_cores

_LOOKS_EVERY_SECONDS = 0.5


def worker_environment(workers: int) -> dict[str, str]:
    """Environment variables with which `workers` processes share this machine's cores.

    Threads that `BEATSFOUNDRY_THREADS` states here are those of each worker.

    Examples
    --------
    >>> worker_environment(10_000)["OMP_NUM_THREADS"]
    '1'
    """
    threads = os.environ.get("BEATSFOUNDRY_THREADS") or str(max(1, usable_cores() // workers))
    return {"BEATSFOUNDRY_THREADS": threads, "OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads}


def begin_work(driver: int) -> None:
    """Leave Ctrl-C to the driver, whose process id is given, and end as soon as that has died.

    A worker that outlived its driver would go on with a task that the next driver begins anew.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(driver,), daemon=True).start()


def _end_with(driver: int) -> None:
    while os.getppid() == driver:
        time.sleep(_LOOKS_EVERY_SECONDS)
    os._exit(1)


def chained(source: Any, convert: Callable[[Any], Any] = lambda result: result) -> Future[Any]:
    """A future that ends as another one does, with its result converted; `source` may be of any engine.

    A future that is cancelled cancels the other one.
    """
    outcome: Future[Any] = Future()

    def settle(done: Any) -> None:
        if not outcome.set_running_or_notify_cancel():
            return
        try:
            outcome.set_result(convert(done.result()))
        except BaseException as error:
            outcome.set_exception(error)

    source.add_done_callback(settle)
    outcome.add_done_callback(lambda done: source.cancel() if done.cancelled() else None)
    return outcome
