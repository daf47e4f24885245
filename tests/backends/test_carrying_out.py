"""Which tasks are carried out when, how often, and what is told of them: on a pretended engine."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

import pytest

from tests.backends.inline import Inline
from workbench.backends import carry_out
from workbench.backends.carrying_out import in_chunks


class DiedError(Exception):
    """The pretended death of a worker."""


class Pretended(Inline):
    """Carries tasks out at once in this process; `room` tasks at a time, told in `together`."""

    def __init__(self, room: int = 2) -> None:
        self.room = room
        self.keys: list[str] = []

    def submit(self, work: Callable[[Any], Any], item: Any, key: str) -> Future[Any]:
        self.keys.append(key)
        return super().submit(work, item, key)

    def lost(self, error: BaseException) -> bool:
        return isinstance(error, DiedError)


def test_every_item_is_settled_once() -> None:
    settled = list(carry_out(Pretended(), lambda number: number * number, range(50)))
    assert sorted((one.item, one.result) for one in settled) == [(number, number * number) for number in range(50)]
    assert {(one.tries, one.reason) for one in settled} == {(1, "")}


def test_items_are_taken_as_there_is_room() -> None:
    taken = []

    def items() -> Iterator[int]:
        for number in range(1000):
            taken.append(number)
            yield number

    results = carry_out(Pretended(room=4), abs, items())
    next(results)
    assert len(taken) == 4


def test_a_failure_is_tried_again_with_growing_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    now, slept, failures = [0.0], [], [3]

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    monkeypatch.setattr("workbench.backends.carrying_out.time.monotonic", lambda: now[0])
    monkeypatch.setattr("workbench.backends.carrying_out.time.sleep", sleep)

    def work(item: str) -> str:
        failures[0] -= 1
        if failures[0] >= 0:
            raise OSError("the disk\nis full")
        return "made"

    (settled,) = carry_out(Pretended(), work, ["song"], retries=3, pause_seconds=1.0)
    assert (settled.result, settled.tries) == ("made", 4)
    assert slept == [1.0, 2.0, 4.0]


def test_what_fails_every_time_is_given_up_with_its_reason() -> None:
    def work(item: str) -> str:
        raise OSError("the disk\nis full")

    backend = Pretended()
    (settled,) = carry_out(backend, work, ["song"], retries=2, pause_seconds=0.0)
    assert (settled.result, settled.reason, settled.tries) == (None, "OSError: the disk is full", 3)
    assert [key.partition("-")[2] for key in backend.keys] == ["0-0", "0-1", "0-2"]


def test_a_result_may_be_worth_another_try() -> None:
    results = iter(["failed", "failed for good"])
    (settled,) = carry_out(
        Pretended(), lambda item: next(results), ["song"], worth_retrying=lambda told: told == "failed", pause_seconds=0
    )
    assert (settled.result, settled.tries) == ("failed for good", 2)


def test_items_whose_worker_died_run_alone_after_all_others() -> None:
    order: list[int] = []

    def work(number: int) -> int:
        order.append(number)
        if number in (1, 2) and order.count(number) == 1:
            raise DiedError
        return number

    settled = list(carry_out(Pretended(room=3), work, range(6), pause_seconds=0.0))
    assert order[:6] == [0, 1, 2, 3, 4, 5]
    assert sorted(order[6:]) == [1, 2]
    assert sorted(one.tries for one in settled) == [1, 1, 1, 1, 2, 2]


def test_a_task_that_kills_every_worker_is_given_up() -> None:
    def work(number: int) -> int:
        if number == 1:
            raise DiedError
        return number

    settled = {one.item: one for one in carry_out(Pretended(), work, range(3), retries=1, pause_seconds=0.0)}
    assert (settled[1].result, settled[1].reason, settled[1].tries) == (None, "its worker died", 2)
    assert settled[0].result == 0
    assert settled[2].result == 2


def test_chunks_hold_every_item_in_order() -> None:
    assert list(in_chunks(range(7), 3)) == [(0, 1, 2), (3, 4, 5), (6,)]
