"""Real songs on real engines: the same bytes as one by one, and each exactly once whoever is killed."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.backends.inline import Inline
from tests.batch.conftest import short_lines, short_request
from workbench.backends import open_backend
from workbench.batch import Place, numbered, run_batch
from workbench.batch.place import attempts_of
from workbench.batch.table import read_table

BEATSFOUNDRY = [sys.executable, "-m", "workbench.cli.main"]


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file of every song but the manifests, which tell times."""
    paths = (path for path in sorted((folder / "songs").rglob("*")) if path.is_file() and path.name != "manifest.json")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def rows_of(folder: Path) -> list[dict[str, object]]:
    return read_table((folder / "table.parquet").read_bytes())


def test_songs_have_the_same_bytes_as_one_by_one(tmp_path: Path) -> None:
    lines = short_lines(2)
    run_batch(lines, Place(str(tmp_path / "alone")), Inline())
    with open_backend("loky", jobs=2) as backend:
        run_batch(lines, Place(str(tmp_path / "loky")), backend)
    alone = files_of(tmp_path / "alone")
    assert len(alone) > 2 * 10
    assert files_of(tmp_path / "loky") == alone


def test_a_dask_worker_killed_in_the_middle_is_reported_by_the_table(tmp_path: Path) -> None:
    lines, folder, killed = short_lines(4), tmp_path / "batch", []

    def kill_one() -> None:
        """Kill the process that began a song first, as soon as there is one."""
        while not (notes := sorted((folder / "attempts").glob("*/*.json"))):
            time.sleep(0.05)
        victim = int(json.loads(notes[0].read_text())["worker"].rsplit(":", 1)[1])
        os.kill(victim, signal.SIGKILL)
        killed.append(notes[0].parent.name)

    with open_backend("dask", jobs=2) as backend:
        killer = threading.Thread(target=kill_one)
        killer.start()
        summary = run_batch(lines, Place(str(folder)), backend)
        killer.join()
    rows = {str(row["id"]): row for row in rows_of(folder)}
    assert [row["state"] for row in rows.values()] == ["done"] * 4
    assert len(summary.made) == 4
    assert (rows[killed[0]]["attempts"], rows[killed[0]]["lost"]) == (2, 1)
    assert len(list((folder / "journal").glob("*.json"))) == len(list((folder / "songs").iterdir())) == 4


def requests_file(folder: Path, count: int) -> Path:
    file = folder / "requests.jsonl"
    file.write_text("".join(f"{short_request(seed).model_dump_json(exclude_unset=True)}\n" for seed in range(count)))
    return file


@pytest.mark.long
def test_a_driver_that_is_killed_ten_times_makes_nothing_twice_and_loses_nothing(tmp_path: Path) -> None:
    file, folder = requests_file(tmp_path, 40), tmp_path / "batch"
    command = [*BEATSFOUNDRY, "batch", str(file), "--out", str(folder), "--jobs", "2", "--no-track", "--quiet"]
    rng, seen = random.Random(19), {}
    for _ in range(10):
        wanted = len(seen) + rng.randint(1, 2)
        driver = subprocess.Popen(command)
        while len(list((folder / "songs").glob("[!.]*"))) < wanted and driver.poll() is None:
            time.sleep(0.02)
        time.sleep(rng.uniform(0.0, 0.5))
        driver.kill()
        driver.wait()
        now = {path.name: path.stat().st_ino for path in (folder / "songs").glob("[!.]*")}
        assert seen.items() <= now.items(), "a song that was there is gone, or was made again"
        seen = now
    subprocess.run(command, check=True, timeout=900)
    assert {path.name: path.stat().st_ino for path in (folder / "songs").iterdir()}.items() >= seen.items()
    assert [row["state"] for row in rows_of(folder)] == ["done"] * 40
    assert sum(tried.lost for tried in attempts_of(Place(str(folder))).values()) > 0, "nothing was killed in the middle"
    notes = [json.loads(path.read_text()) for path in (folder / "attempts").rglob("*.json")]
    assert sum(note["outcome"] == "done" for note in notes) == 40
    assert not list((folder / "songs").glob(".*")), "drafts of killed workers are cleared away"


@pytest.mark.long
def test_two_workers_are_nearly_twice_as_quick_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEATSFOUNDRY_THREADS", "1")  # or one worker alone would use both cores, by threads
    if len(os.sched_getaffinity(0)) < 2 or os.getloadavg()[0] > 1.0:
        pytest.skip(f"wants two idle cores: load {os.getloadavg()[0]:.1f} on {os.cpu_count()}")
    lines = numbered(short_request(seed, 8.0) for seed in range(32))
    seconds = {}
    for jobs in (1, 2):
        with open_backend("loky", jobs=jobs) as backend:
            # Workers begin warm: what one start costs is not what a long batch waits for.
            run_batch(short_lines(2 * jobs), Place(str(tmp_path / f"warm{jobs}")), backend)
            seconds[jobs] = run_batch(lines, Place(str(tmp_path / str(jobs))), backend).seconds
    print(f"32 songs: {seconds[1]:.1f} s on one worker, {seconds[2]:.1f} s on two: {seconds[1] / seconds[2]:.2f} times")
    assert files_of(tmp_path / "1") == files_of(tmp_path / "2")
    assert seconds[1] / seconds[2] >= 1.7


@pytest.mark.long
def test_the_engine_costs_little_beside_a_plain_loop(tmp_path: Path) -> None:
    """Processor time of 60 songs: by `generate` and `export` one after the other, then as a batch of one worker."""
    code = (
        "import sys, time, pickle, workbench\n"
        "from pathlib import Path\n"
        "requests = pickle.loads(Path(sys.argv[1]).read_bytes())\n"
        "warm, *rest = requests\n"
        "workbench.export(workbench.generate(warm), Path(sys.argv[2]) / 'warm')\n"
        "began = time.process_time()\n"
        "for number, request in enumerate(rest):\n"
        "    workbench.export(workbench.generate(request), Path(sys.argv[2]) / str(number))\n"
        "print(time.process_time() - began)\n"
    )
    import pickle

    requests = [short_request(seed) for seed in range(61)]
    (tmp_path / "requests").write_bytes(pickle.dumps(requests))
    plain = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "requests"), str(tmp_path / "plain")],
        capture_output=True, text=True, check=True, env={**os.environ, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    with open_backend("loky", jobs=1) as backend:
        run_batch(numbered(requests[:1]), Place(str(tmp_path / "warm")), backend)
        before = time.process_time()
        summary = run_batch(numbered(requests[1:]), Place(str(tmp_path / "batch")), backend)
        driver = time.process_time() - before
    worker = sum(result.cpu_seconds for result in summary.results.values())
    ratio = (worker + driver) / float(plain.stdout)
    print(f"60 songs: {float(plain.stdout):.1f} s plain, {worker:.1f} + {driver:.1f} s as a batch: {ratio:.3f}")
    shutil.rmtree(tmp_path / "plain")
    assert ratio <= 1.05
