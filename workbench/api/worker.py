"""A worker: a process that makes songs one after the other, keeps what it needs warm, and shows that it lives."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from workbench.api.database import BusyError, Database
from workbench.api.jobs import Job, JobStore, State
from workbench.api.logs import configure_logs, configure_other_logs
from workbench.api.previews import PreviewStore
from workbench.api.problems import for_strangers
from workbench.api.projects import ProjectStore
from workbench.api.queue import JobQueue
from workbench.api.recording import recorded
from workbench.api.sessions import SessionStore
from workbench.api.settings import ApiSettings
from workbench.api.work import Making, make_bundle
from workbench.domain.audio import Mix
from workbench.domain.errors import CancelledError, OutputError, ParameterError, WorkbenchError

if TYPE_CHECKING:
    from workbench.domain.results import Track

_REPORT_SECONDS = 0.25
_NICENESS = 15
_LOOK_SECONDS = 1.0
_END_SECONDS = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Waits before the end of a job is written again, where the database cannot take it."""


class Worker:
    """Does jobs; `name` tells it apart from every other worker, also from one that had the same process id."""

    def __init__(self, settings: ApiSettings) -> None:
        database = Database(settings.database)
        self._settings, self._database = settings, database
        self._jobs = JobStore(database)
        self._projects = ProjectStore(database, settings.projects)
        self._previews = PreviewStore(settings.previews)
        self._sessions = SessionStore(database, settings.session_seconds)
        self.name = f"{os.getpid()}-{time.time_ns()}"

    def run(self, job_id: str) -> None:
        """Do a job if it still waits; it ends completed, failed with a reason, or cancelled."""
        job = self._claimed(job_id)
        if job is None:
            return
        with structlog.contextvars.bound_contextvars(job_id=job.id, key_id=job.key_id, kind=job.kind):
            began = time.monotonic()
            making = self._making(job)
            with self._beating(job):
                self._make(making)
            ended = self._jobs.find(job.id)
            structlog.get_logger().info(
                "job ended", state=ended.state if ended else "gone", seconds=round(time.monotonic() - began, 2),
                stages=making.seconds,
            )  # fmt: skip

    def _claimed(self, job_id: str) -> Job | None:
        try:
            return self._jobs.claim(job_id, self.name)
        except BusyError as error:
            # The job stays in the table; the server puts it into the queue again.
            structlog.get_logger().warning("job cannot be taken", job_id=job_id, reason=str(error))
            return None

    def _making(self, job: Job) -> Making:
        return Making(
            job,
            bundle=self._projects.bundle(job.version_id),
            parent=self._projects.bundle(job.parent) if job.parent else None,
            progress=_Reporter(self._jobs, job, self.name),
            hear=lambda mix: self._hear(job, mix),
            record=lambda track, bundle: self._recorded(job, track, bundle),
        )

    def _make(self, making: Making) -> None:
        """Make a song and end its job, however that goes."""
        job = making.job
        try:
            response = make_bundle(making)
            self._end(job, "completed", None, response)
        except CancelledError:
            self._end(job, "cancelled", None)
        except WorkbenchError as error:
            # What is wrong with a request may quote it, and goes to its owner alone.
            reason = "as reported to its owner" if isinstance(error, ParameterError) else str(error)
            structlog.get_logger().warning("job failed", kind_of_error=type(error).__name__, reason=reason)
            self._end(job, "failed", for_strangers(str(error), self._settings))
        except Exception:
            structlog.get_logger().exception("unexpected")
            self._end(job, "failed", "an unexpected error: the server's log tells it under this job's id")

    def _recorded(self, job: Job, track: Track, bundle: Path) -> list[str]:
        return recorded(track, bundle, self._settings.tracking_uri) if job.kind == "generate" else []

    def _hear(self, job: Job, mix: Mix) -> None:
        """Keep the preview of a job; a song is made without one where it cannot be written."""
        try:
            self._previews.write(job.version_id, mix)
        except (OSError, OutputError) as error:
            structlog.get_logger().warning("no preview", reason=str(error))

    def _end(self, job: Job, state: State, error: str | None, response: Mapping[str, Any] | None = None) -> None:
        """Write the end of a job, and the version that it made; again for a while where the database cannot take it."""
        waits = iter(_END_SECONDS)
        while True:
            try:
                self._write_end(job, state, error, response)
                return
            except BusyError as busy:
                seconds = next(waits, None)
                if seconds is None:
                    raise
                structlog.get_logger().warning("the end of a job cannot be written yet", reason=str(busy))
                time.sleep(seconds)

    def _write_end(self, job: Job, state: State, error: str | None, response: Mapping[str, Any] | None) -> None:
        with self._database.transaction() as connection:
            if not self._jobs.end(job.id, state, worker=self.name, error=error, connection=connection):
                return
            if response is None:
                return
            self._projects.add(
                job.version_id, job.key_id, job.project_id, response, parent=job.parent, connection=connection
            )
            if job.session_id:
                self._sessions.append(job.session_id, job.version_id, parent=job.parent, connection=connection)

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
        try:
            wanted = self._jobs.report(self._job.id, self._worker, stage, fraction)
        except BusyError:
            # A song is not given up for a line of progress.
            return
        if not wanted:
            raise CancelledError("the job is no longer wanted, or is another worker's by now")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one worker until it is terminated; `serving` starts it."""
    parser = argparse.ArgumentParser(prog="python -m workbench.api.worker", description=main.__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--redis")
    parser.add_argument("--tracking-uri")
    server = os.getppid()
    options = parser.parse_args(argv)
    configure_logs()
    configure_other_logs()
    # Songs wait so that the server answers at once.
    os.nice(_NICENESS)
    settings = ApiSettings(options.home, redis_url=options.redis, tracking_uri=options.tracking_uri)
    worker = Worker(settings)
    threading.Thread(target=_end_with, args=(server,), daemon=True).start()
    structlog.get_logger().info("worker starts", worker=worker.name)
    JobQueue(settings, worker.run).consume()
    return 0


def _end_with(server: int) -> None:
    """End this worker, after the job that it does, once its server is gone: the next one starts workers of its own."""
    while os.getppid() == server:
        time.sleep(_LOOK_SECONDS)
    structlog.get_logger().warning("the server is gone: this worker ends")
    os.kill(os.getpid(), signal.SIGINT)


if __name__ == "__main__":
    sys.exit(main())
