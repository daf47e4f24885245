"""The engines themselves: every task once, workers that die and workers that are replaced."""

import importlib.util
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.backends import tasks
from workbench.backends import Limits, carry_out, open_backend
from workbench.backends.worker import worker_environment
from workbench.domain.cores import usable_cores
from workbench.domain.errors import ParameterError

with_ray = pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="ray is not installed: pip install ray")
ENGINES = ["loky", "dask", pytest.param("ray", marks=with_ray)]


@pytest.mark.parametrize("name", ENGINES)
def test_every_task_is_done_once(name: str) -> None:
    with open_backend(name, jobs=2) as backend:
        settled = list(carry_out(backend, tasks.square, range(20)))
    assert sorted(one.result for one in settled) == [number * number for number in range(20)]
    assert {one.tries for one in settled} == {1}


@pytest.mark.parametrize("name", ENGINES)
def test_a_worker_that_dies_costs_no_task(name: str, tmp_path: Path) -> None:
    items = [(number, str(tmp_path)) for number in range(8)]
    with open_backend(name, jobs=2) as backend:
        settled = list(carry_out(backend, tasks.die_once, items, pause_seconds=0.1))
    assert sorted(one.result for one in settled) == list(range(8))
    assert (tmp_path / "died").exists()


def test_a_task_that_kills_every_process_takes_no_other_with_it() -> None:
    with open_backend("loky", jobs=2) as backend:
        settled = {one.item: one for one in carry_out(backend, tasks.die_always, range(8), retries=1)}
    assert {number for number, one in settled.items() if one.result is None} == {3}
    assert settled[3].reason == "its worker died"


def test_processes_are_replaced_after_their_tasks() -> None:
    with open_backend("loky", jobs=1, limits=Limits(tasks=3)) as backend:
        processes = [one.result for one in carry_out(backend, tasks.process_of, range(9))]
    assert [processes.count(one) for one in dict.fromkeys(processes)] == [3, 3, 3]


def test_a_process_that_holds_too_much_is_replaced() -> None:
    with open_backend("loky", jobs=1, limits=Limits(memory_mib=300)) as backend:
        light = [one.result for one in carry_out(backend, tasks.hold_memory, [10, 10, 10])]
        heavy = [one.result for one in carry_out(backend, tasks.hold_memory, [250, 1])]
    assert len(set(light)) == 1
    assert heavy[0] != heavy[1]


def test_workers_share_the_cores_unless_their_threads_are_stated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEATSFOUNDRY_THREADS", "7")
    assert worker_environment(2)["BEATSFOUNDRY_THREADS"] == "7"
    monkeypatch.delenv("BEATSFOUNDRY_THREADS")
    with open_backend("loky", jobs=2) as backend:
        (told,) = carry_out(backend, os.getenv, ["BEATSFOUNDRY_THREADS"])
    assert told.result == str(max(1, usable_cores() // 2))


def test_a_dask_worker_that_is_killed_by_its_id_costs_no_task(tmp_path: Path) -> None:
    items = [(number, str(tmp_path)) for number in range(10)]
    with open_backend("dask", jobs=2) as backend:
        results = carry_out(backend, tasks.tell_and_wait, items)
        settled = [next(results)]
        begun = sorted(tmp_path.iterdir(), key=lambda path: int(path.name.split("-")[2]))
        victim = int(begun[-1].name.split("-")[1])
        os.kill(victim, signal.SIGKILL)
        settled += list(results)
    assert sorted(one.result for one in settled) == list(range(10))
    starts = [path.name.split("-")[:2] for path in tmp_path.iterdir()]
    again = {number for number, count in Counter(number for number, _ in starts).items() if count > 1}
    of_the_victim = {number for number, process in starts if int(process) == victim}
    assert again <= of_the_victim, "only tasks of the killed worker are begun again"


def test_drivers_that_share_a_cluster_do_not_share_tasks() -> None:
    from distributed import LocalCluster

    def results(address: str, first: int) -> list[int | None]:
        with open_backend("dask", address=address) as backend:
            return [one.result for one in carry_out(backend, tasks.echo_late, range(first, first + 4))]

    with (
        LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as cluster,
        ThreadPoolExecutor(2) as drivers,
    ):
        told = list(drivers.map(results, [cluster.scheduler_address] * 2, [0, 100]))
    assert [sorted(one) for one in told] == [[0, 1, 2, 3], [100, 101, 102, 103]]


def test_processes_end_with_their_driver(tmp_path: Path, repository: Path) -> None:
    code = (
        "from tests.backends import tasks\nfrom workbench.backends import carry_out, open_backend\n"
        f"items = [(number, {str(tmp_path)!r}) for number in range(100)]\n"
        "with open_backend('loky', jobs=1) as backend:\n    list(carry_out(backend, tasks.tell_and_wait, items))\n"
    )
    driver = subprocess.Popen([sys.executable, "-c", code], cwd=repository)
    deadline = time.monotonic() + 60
    while not any(tmp_path.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.05)
    worker = int(next(tmp_path.iterdir()).name.split("-")[1])
    driver.kill()
    driver.wait()
    while _lives(worker) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not _lives(worker)


def _lives(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] not in ("Z", "X")
    except FileNotFoundError:
        return False


def test_what_cannot_be_opened_is_reported_in_one_line() -> None:
    cases = {
        ("lokey", None): "backend 'lokey' is not known \\(did you mean loky\\?\\): expected one of loky, dask, ray",
        ("loky", "tcp://a:1"): "works on this machine alone",
    }
    for (name, address), message in cases.items():
        with pytest.raises(ParameterError, match=message), open_backend(name, address=address):
            pass


def test_a_scheduler_that_does_not_answer_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    import workbench.backends.on_dask as on_dask

    monkeypatch.setattr(on_dask, "_ANSWERS_WITHIN_SECONDS", 0.2)
    with (
        pytest.raises(ParameterError, match=r"Dask scheduler tcp://127\.0\.0\.1:9 does not answer"),
        open_backend("dask", address="tcp://127.0.0.1:9"),
    ):
        pass
