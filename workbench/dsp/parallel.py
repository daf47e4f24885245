"""Work on several cores: independent pieces side by side, whose number never depends on the number of threads.

Kernels let go of the interpreter's lock, so threads are enough. What is split is split at fixed places, so that the
same bytes come out of one thread and of eight. Whoever has nothing left to do helps those that have: while the last
stem is rendered, its blocks are shared.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from workbench.domain.cores import thread_count
from workbench.domain.errors import CancelledError
from workbench.dsp import scratch
from workbench.dsp.memory import keep_freed_memory

Item = TypeVar("Item")
Result = TypeVar("Result")

BLOCK_SAMPLES = 1 << 19
"""Samples of a piece: eleven seconds at 48 kHz, 4 MB of stereo sound."""


def each(work: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """`work` of each item, in order; side by side with whatever threads are idle, also within the work of others.

    An error is raised once the pieces that were begun have ended; no more are begun, nor any within them. An
    interruption of the main thread does not wait for the others.

    Parameters
    ----------
    work : callable
        Takes an item; it may run in any thread.
    items : iterable
        What is worked on.

    Returns
    -------
    list
        One result for each item, in the order of the items.

    Raises
    ------
    CancelledError
        If work was called off that this is a part of.

    Examples
    --------
    >>> each(lambda number: number * number, [3, 1, 2])
    [9, 1, 4]
    """
    keep_freed_memory()
    todo = list(items)
    above = _work_of_thread()
    if above is not None and above.is_off:
        raise _called_off()
    if min(thread_count(), len(todo)) <= 1:
        return [_watched(work, item) for item in todo]
    job = _Job(work, todo)
    _crew.share(job)
    if job.error is not None:
        raise job.error
    if job.begun < len(todo):
        raise _called_off()
    return job.results


def _watched(work: Callable[[Item], Result], item: Item) -> Result:
    """One piece of work, after which memory that is not needed now is let go of."""
    done = work(item)
    scratch.look()
    return done


class Work:
    """Work that can be called off, from any thread: no further piece of it is begun, nor of what is done within it.

    Examples
    --------
    >>> work = Work()
    >>> work.call_off()
    >>> with work.here():
    ...     each(str, [1, 2])
    Traceback (most recent call last):
    workbench.domain.errors.CancelledError: the work was called off
    """

    def __init__(self) -> None:
        self._above = _work_of_thread()
        self._off = False

    @property
    def is_off(self) -> bool:
        """Whether it, or what it is a part of, was called off."""
        return self._off or (self._above is not None and self._above.is_off)

    def call_off(self) -> None:
        """Let no further piece be begun."""
        self._off = True

    @contextlib.contextmanager
    def here(self) -> Iterator[None]:
        """What this thread does meanwhile is a part of it."""
        before = _work_of_thread()
        _thread.work = self
        try:
            yield
        finally:
            _thread.work = before


_thread = threading.local()


def _work_of_thread() -> Work | None:
    """What the thread is at work on."""
    work: Work | None = getattr(_thread, "work", None)
    return work


def _called_off() -> CancelledError:
    return CancelledError("the work was called off")


class _Job(Work):
    """Pieces of work that any thread may take, the first ones first; the crew's lock guards what is counted."""

    def __init__(self, work: Callable[[Any], Any], items: list[Any]) -> None:
        super().__init__()
        self.results: list[Any] = [None] * len(items)
        self.error: BaseException | None = None
        self.begun, self.running = 0, 0
        self._work, self._items = work, items

    @property
    def waits(self) -> bool:
        """Whether a piece is not begun yet, and is to be."""
        return self.begun < len(self._items) and not self.is_off

    def run(self, number: int) -> None:
        """Do one piece; an error is kept for whoever asked for the work, an interruption also ends what this does."""
        try:
            with self.here():
                self.results[number] = _watched(self._work, self._items[number])
        except BaseException as error:
            self.error = self.error or error
            self.call_off()
            if not isinstance(error, Exception):
                raise


class _Crew:
    """Threads that help whoever shares work, oldest work first: one fewer than may work at the same time."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._jobs: list[_Job] = []
        self._hired = 0

    def share(self, job: _Job) -> None:
        """Do a job with the help of idle threads, and help others while its last pieces are done elsewhere."""
        with self._changed:
            self._jobs.append(job)
            self._hire()
            self._changed.notify_all()
            try:
                while job.waits:
                    self._do_one(job)
                self._jobs.remove(job)
                while job.running:
                    self._help()
            except BaseException:  # interrupted
                job.call_off()
                raise
            finally:
                if job in self._jobs:
                    self._jobs.remove(job)

    def _hire(self) -> None:
        while self._hired < thread_count() - 1:
            threading.Thread(target=self._serve, args=[self._hired], name="helper", daemon=True).start()
            self._hired += 1

    def _serve(self, place: int) -> None:
        with self._changed:
            while True:
                # Fewer threads may be wanted by now than were hired.
                if place < thread_count() - 1:
                    with contextlib.suppress(BaseException):  # it is kept for whoever asked
                        self._help()
                else:
                    self._changed.wait()

    def _help(self) -> None:
        """Do one piece of the oldest job that has one, or wait until something changes."""
        job = next((job for job in self._jobs if job.waits), None)
        if job is None:
            self._changed.wait()
        else:
            self._do_one(job)

    def _do_one(self, job: _Job) -> None:
        """Take the next piece of a job and do it; the lock is held, but not meanwhile."""
        number = job.begun
        job.begun += 1
        job.running += 1
        self._changed.release()
        try:
            job.run(number)
        finally:
            self._changed.acquire()
            job.running -= 1
            if not job.running:
                self._changed.notify_all()


_crew = _Crew()


def _forget_threads() -> None:
    """A forked process has none of its parent's threads."""
    global _crew
    _crew = _Crew()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_threads)


def blocks(length: int, size: int = BLOCK_SAMPLES) -> list[tuple[int, int]]:
    """Start and end of consecutive pieces of `size` samples; the last may be shorter.

    Parameters
    ----------
    length, size : int
        Samples of the whole and of a piece.

    Returns
    -------
    list of (int, int)
        They depend on the length alone, never on the number of threads.

    Examples
    --------
    >>> blocks(10, 4)
    [(0, 4), (4, 8), (8, 10)]
    """
    return [(start, min(start + size, length)) for start in range(0, length, size)]


def each_block(work: Callable[[int, int], Result], length: int, size: int = BLOCK_SAMPLES) -> list[Result]:
    """`work(start, end)` of each piece of `blocks`, in order.

    Returns
    -------
    list
        One result for each piece.

    Examples
    --------
    >>> each_block(lambda start, end: end - start, 10, 4)
    [4, 4, 2]
    """
    return each(lambda piece: work(*piece), blocks(length, size))
