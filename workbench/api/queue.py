"""The queue between server and workers: huey, on SQLite or on Redis. It only carries the identifiers of jobs."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from workbench.api.database import BusyError
from workbench.api.settings import ApiSettings


class JobQueue:
    """Puts identifiers into the queue; with `run`, also what a worker does with each."""

    def __init__(self, settings: ApiSettings, run: Callable[[str], None] | None = None) -> None:
        self._huey = _huey(settings)
        handler = run or _only_enqueues

        # huey finds a task by its function's module and name, which must be the same in server and worker.
        @self._huey.task()
        def job(job_id: str) -> None:
            handler(job_id)

        self._task = job

    def put(self, job_id: str) -> None:
        """Say that a job waits.

        Raises
        ------
        BusyError
            If the queue cannot be reached; the job stays in the table, and is put again later.
        """
        try:
            self._task(job_id)
        except Exception as error:
            # huey passes on whatever its storage raises: sqlite3 and redis errors have no common base.
            raise BusyError(f"the queue cannot be reached ({error}): try again in a moment") from None

    def consume(self) -> None:
        """Work until SIGTERM or SIGINT, one job at a time."""
        from huey.consumer import Consumer

        # What is an error of a job stands in its row and in the worker's own log.
        logging.getLogger("huey").setLevel(logging.WARNING)
        Consumer(self._huey, workers=1, periodic=False, initial_delay=0.05, max_delay=0.5).run()


def _huey(settings: ApiSettings) -> Any:
    from huey import RedisHuey, SqliteHuey

    if settings.redis_url:
        return RedisHuey("beatsfoundry", url=settings.redis_url, results=False)
    settings.home.mkdir(parents=True, exist_ok=True)
    return SqliteHuey("beatsfoundry", filename=str(settings.queue), results=False, fsync=True)


def _only_enqueues(job_id: str) -> None:
    raise RuntimeError(f"job {job_id} was taken by a process that is no worker")
