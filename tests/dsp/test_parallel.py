"""Work side by side: in order, shared with idle threads also from within, and stopped by errors."""

import os
import threading
import time

import pytest

from workbench.domain.cores import THREADS_VARIABLE
from workbench.domain.errors import CancelledError
from workbench.dsp.parallel import Work, each, each_block


@pytest.fixture(autouse=True)
def two_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(THREADS_VARIABLE, "2")


def test_results_come_in_order() -> None:
    assert each(lambda number: number * number, range(50)) == [number * number for number in range(50)]
    assert each_block(lambda start, stop: (start, stop), 10, 4) == [(0, 4), (4, 8), (8, 10)]
    assert each(str, []) == []


def test_two_pieces_run_at_the_same_time() -> None:
    """Each waits for the other: one after the other would wait until the barrier breaks."""
    together = threading.Barrier(2, timeout=30)
    each(lambda _: together.wait(), range(2))


def test_an_idle_thread_helps_within_the_last_piece() -> None:
    together = threading.Barrier(2, timeout=30)

    def work(long: bool) -> list[int]:
        return each(lambda _: together.wait(), range(2)) if long else []

    assert sorted(each(work, [False, False, True])[2]) == [0, 1]


def test_no_more_threads_work_than_may() -> None:
    working, most, lock = 0, 0, threading.Lock()

    def work(_: int) -> None:
        nonlocal working, most
        with lock:
            working += 1
            most = max(most, working)
        time.sleep(0.002)
        with lock:
            working -= 1

    each(lambda _: each(work, range(8)), range(4))
    assert most == 2


def test_fewer_threads_may_be_wanted_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(THREADS_VARIABLE, "8")
    each(lambda _: time.sleep(0.001), range(64))
    monkeypatch.setenv(THREADS_VARIABLE, "2")
    test_no_more_threads_work_than_may()


def test_an_error_is_raised_and_ends_the_work() -> None:
    done: list[int] = []

    def work(number: int) -> None:
        if number == 3:
            raise ValueError("the fourth")
        done.append(number)
        time.sleep(0.002)

    with pytest.raises(ValueError, match="the fourth"):
        each(work, range(100))
    assert len(done) < 10
    assert each(lambda number: number, range(4)) == [0, 1, 2, 3], "the crew goes on"


def test_what_is_called_off_ends_in_whatever_thread_it_is_done() -> None:
    """Also what is done within a piece of a piece."""
    work, done = Work(), list[int]()

    def inner(number: int) -> None:
        done.append(number)
        if len(done) == 4:
            work.call_off()
        time.sleep(0.002)

    with work.here(), pytest.raises(CancelledError):
        each(lambda _: each(inner, range(100)), range(4))
    assert len(done) < 10
    with work.here(), pytest.raises(CancelledError):
        each(str, [1])
    assert each(str, [1]) == ["1"], "other work goes on"


def test_an_interruption_does_not_wait_for_other_threads() -> None:
    """A piece in another thread ends at the next pieces that it would begin."""
    main, begun, ended = threading.current_thread(), threading.Event(), threading.Event()

    def work(_: int) -> None:
        if threading.current_thread() is main:
            assert begun.wait(30)
            raise KeyboardInterrupt
        begun.set()
        try:
            while True:
                each(lambda _: time.sleep(0.001), range(4))
        finally:
            ended.set()

    with pytest.raises(KeyboardInterrupt):
        each(work, range(2))
    assert ended.wait(30)
    assert each(lambda number: number, range(4)) == [0, 1, 2, 3], "the crew goes on"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_process_has_a_crew_of_its_own() -> None:
    each(lambda number: number, range(4))
    child = os.fork()
    if child == 0:
        together = threading.Barrier(2, timeout=20)
        try:
            each(lambda _: together.wait(), range(2))
        except BaseException:
            os._exit(1)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
