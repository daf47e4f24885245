"""A worker: a process that makes songs one after the other, keeps networks warm, and shows that it lives."""

from __future__ import annotations

import argparse
import os
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import structlog

from workbench.api.database import BusyError, Database
from workbench.api.jobs import Job, JobStore
from workbench.api.logs import configure_logs
from workbench.api.projects import ProjectStore
from workbench.api.queue import JobQueue
from workbench.api.sessions import SessionStore
from workbench.api.settings import ApiSettings
from workbench.api.work import make_bundle
from workbench.domain.errors import WorkbenchError

_REPORT_SECONDS = 0.25
_NICENESS = 5


class CancelledError(Exception):
    """The job is no longer wanted, or is another worker's by now."""


class Worker:
    """Does jobs; `name` tells it apart from every other worker, also from one that had the same process id."""

    def __init__(self, settings: ApiSettings) -> None:
        database = Database(settings.database)
        self._settings, self._database = settings, database
        self._jobs = JobStore(database)
        self._projects = ProjectStore(database, settings.projects)
        self._sessions = SessionStore(database, settings.session_seconds)
        self.name = f"{os.getpid()}-{time.time_ns()}"

    def run(self, job_id: str) -> None:
        """Do a job if it still waits; it ends completed, failed with a reason, or cancelled."""
        job = self._jobs.claim(job_id, self.name)
        if job is None:
            return
        log = structlog.get_logger().bind(job_id=job.id, key_id=job.key_id, kind=job.kind)
        began = time.monotonic()
        try:
            with self._beating(job):
                self._make(job)
        except CancelledError:
            self._end(job, "cancelled", None)
        except WorkbenchError as error:
            self._end(job, "failed", str(error))
        except Exception:
            log.exception("unexpected")
            self._end(job, "failed", "an unexpected error: the server's log tells it under this job's id")
        ended = self._jobs.find(job.id)
        log.info("job ended", state=ended.state if ended else "gone", seconds=round(time.monotonic() - began, 2))

    def _make(self, job: Job) -> None:
        parent = self._projects.bundle(job.parent) if job.parent else None
        response = make_bundle(
            job, self._projects.bundle(job.version_id), parent, _Reporter(self._jobs, job, self.name)
        )
        with self._database.transaction() as connection:
            if not self._jobs.end(job.id, "completed", worker=self.name, error=None, connection=connection):
                return
            self._projects.add(
                job.version_id, job.key_id, job.project_id, response, parent=job.parent, connection=connection
            )
            if job.session_id:
                self._sessions.append(job.session_id, job.version_id, connection=connection)

    def _end(self, job: Job, state: str, error: str | None) -> None:
        with self._database.transaction() as connection:
            self._jobs.end(job.id, state, worker=self.name, error=error, connection=connection)  # type: ignore[arg-type]

    @contextmanager
    def _beating(self, job: Job) -> Iterator[None]:
        done = threading.Event()

        def beat() -> None:
            while not done.wait(self._settings.heartbeat_seconds):
                try:
                    self._jobs.beat(job.id, self.name)
                except BusyError:
                    # A beat that is missed is made up for by the next one.
                    continue

        thread = threading.Thread(target=beat, daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()


class _Reporter:
    """The progress of a job, written a few times a second, and where its worker learns that it was cancelled."""

    def __init__(self, jobs: JobStore, job: Job, worker: str) -> None:
        self._jobs, self._job, self._worker = jobs, job, worker
        self._last = float("-inf")

    def __call__(self, fraction: float, stage: str) -> None:
        if time.monotonic() - self._last < _REPORT_SECONDS:
            return
        self._last = time.monotonic()
        if not self._jobs.report(self._job.id, self._worker, stage, fraction):
            raise CancelledError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one worker until it is terminated; `serving` starts it."""
    parser = argparse.ArgumentParser(prog="python -m workbench.api.worker", description=main.__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--redis")
    options = parser.parse_args(argv)
    configure_logs()
    # Songs wait a little so that the server answers at once.
    os.nice(_NICENESS)
    settings = ApiSettings(options.home, redis_url=options.redis)
    worker = Worker(settings)
    structlog.get_logger().info("worker starts", worker=worker.name)
    JobQueue(settings, worker.run).consume()
    return 0


if __name__ == "__main__":
    sys.exit(main())
