"""Work of many items on an engine: a few in hand at a time, each tried again with growing pauses where it failed."""

from __future__ import annotations

import heapq
import itertools
import time
import uuid
from collections.abc import Callable, Hashable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from workbench.backends.backend import Backend

Item = TypeVar("Item")
Result = TypeVar("Result")

_LONGEST_PAUSE_SECONDS = 60.0
_LOST = "its worker died"


@dataclass(frozen=True, slots=True)
class Settled(Generic[Item, Result]):
    """An item that is done with: its result or, where there is none, why; and how often it was tried."""

    item: Item
    result: Result | None
    reason: str
    tries: int


@dataclass(frozen=True, slots=True, order=True)
class _Try:
    """The next try of an item. `ready_at` is when it may begin; one whose worker died runs `alone`."""

    ready_at: float
    number: int
    item: Any
    name: str
    tries: int = 0
    alone: bool = False


def carry_out(
    backend: Backend,
    work: Callable[[Item], Result],
    items: Iterable[Item],
    *,
    name: Callable[[Item], Hashable] | None = None,
    retries: int = 2,
    worth_retrying: Callable[[Result], bool] = lambda result: False,
    pause_seconds: float = 1.0,
) -> Iterator[Settled[Item, Result]]:
    """The result of `work(item)` for every item, as they come.

    Parameters
    ----------
    backend : Backend
    work : callable
        A function of a module, or a `functools.partial` of one.
    items : iterable
        Taken one by one as there is room, so that there may be any number.
    name : callable, optional
        A name of each item by which an engine knows its task, whoever else uses the engine: what has the same name is
        the same task. By default a name that no other call gives.
    retries : int
        Further tries of an item that failed, and of one whose worker died.
    worth_retrying : callable
        Whether a result is a failure that another try may mend. Errors that `work` raises always are.
    pause_seconds : float
        Before the second try; twice as long before each further one, up to a minute.

    Notes
    -----
    A worker that dies may take its neighbours' tasks with it (loky's does), and none of them can be distinguished from
    the one that killed it. So each of them runs alone next, after all others: what kills again has only
    itself to blame.
    """
    todo = _Todo(items, name, retries, pause_seconds)
    running: dict[Future[Any], _Try] = {}
    try:
        while True:
            while len(running) < backend.room and (chosen := todo.next(running.values())) is not None:
                key = f"{chosen.name}-{chosen.tries}"
                running[backend.submit(work, chosen.item, key)] = chosen
            if not running and todo.finished:
                return
            for future in _done_of(running, todo.seconds_to_next()):
                settled = todo.settle(running.pop(future), future, backend, worth_retrying)
                if settled is not None:
                    yield settled
    finally:
        for future in running:
            future.cancel()


def _done_of(running: dict[Future[Any], _Try], seconds: float | None) -> list[Future[Any]]:
    """What is done, after waiting for the first of it or for the next item that may be tried again."""
    if not running:
        time.sleep(seconds or 0.0)
        return []
    return list(wait(running, timeout=seconds, return_when=FIRST_COMPLETED).done)


class _Todo:
    """What is still to be done: fresh items in their order, those that pause, and those that must run alone."""

    def __init__(
        self, items: Iterable[Any], name: Callable[[Any], Hashable] | None, retries: int, pause_seconds: float
    ) -> None:
        numbered, call = enumerate(items), uuid.uuid4().hex
        self._fresh = (
            _Try(0.0, number, item, str(name(item)) if name else f"{call}-{number}") for number, item in numbered
        )
        self._pausing: list[_Try] = []
        self._alone: list[_Try] = []
        self._retries, self._pause_seconds = retries, pause_seconds
        self._exhausted = False

    @property
    def finished(self) -> bool:
        return self._exhausted and not self._pausing and not self._alone

    def next(self, running: Iterable[_Try]) -> _Try | None:
        """What may begin beside what runs; None if nothing may now."""
        beside = list(running)
        if any(tried.alone for tried in beside):
            return None
        if self._pausing and self._pausing[0].ready_at <= time.monotonic():
            return heapq.heappop(self._pausing)
        fresh = next(self._fresh, None)
        if fresh is not None:
            return fresh
        self._exhausted = True
        return self._alone.pop(0) if self._alone and not beside and not self._pausing else None

    def seconds_to_next(self) -> float | None:
        """How long until an item that pauses may begin; None if none does."""
        return max(0.0, self._pausing[0].ready_at - time.monotonic()) if self._pausing else None

    def settle(
        self, tried: _Try, future: Future[Any], backend: Backend, worth_retrying: Callable[[Any], bool]
    ) -> Settled[Any, Any] | None:
        """What came of a try; None if the item is tried again."""
        error = future.exception()
        result = None if error is not None else future.result()
        lost = error is not None and backend.lost(error)
        tries = tried.tries + 1
        if tries <= self._retries and (error is not None or worth_retrying(result)):
            self._again(tried, tries, lost)
            return None
        return Settled(tried.item, result, _LOST if lost else _message(error), tries)

    def _again(self, tried: _Try, tries: int, lost: bool) -> None:
        pause = min(self._pause_seconds * 2 ** (tries - 1), _LONGEST_PAUSE_SECONDS)
        again = _Try(time.monotonic() + pause, tried.number, tried.item, tried.name, tries, lost)
        if lost:
            self._alone.append(again)
        else:
            heapq.heappush(self._pausing, again)


def _message(error: BaseException | None) -> str:
    return "" if error is None else f"{type(error).__name__}: {' '.join(str(error).split())}"


def in_chunks(items: Iterable[Item], size: int) -> Iterator[tuple[Item, ...]]:
    """Items in tuples of `size`; the last may be shorter.

    Examples
    --------
    >>> list(in_chunks("abcde", 2))
    [('a', 'b'), ('c', 'd'), ('e',)]
    """
    source = iter(items)
    while chunk := tuple(itertools.islice(source, size)):
        yield chunk
