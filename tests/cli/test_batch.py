"""`beatsfoundry batch` as a user meets it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from workbench.batch.table import read_table
from workbench.cli import main as cli

SHORT = ["--grid", "duration=4", "--grid", "preview=true", "--jobs", "1", "--no-track"]


def test_a_grid_of_a_sentence_is_made_and_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "songs"
    command = ["batch", "house", "--grid", "seed=1,2,1", *SHORT, "--out", str(out)]
    assert cli.main(command) == 0
    told = capsys.readouterr()
    assert told.out.startswith("2 songs: 2 made; ")
    assert "1 line left out: it asks for what an earlier line asks for" in told.out
    assert "2 of 2 songs" in told.err
    assert [row["line"] for row in read_table((out / "table.parquet").read_bytes())] == [1, 2, 3]
    assert cli.main([*command, "--quiet"]) == 0
    assert capsys.readouterr().out.startswith("2 songs: 0 made, 2 were there; ")


def test_a_line_that_fails_is_reported_with_its_number(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "requests.jsonl"
    file.write_text(
        '{"parameters": {"creative": {"concept": "house", "references": ["nobody"]}, "technical": {"duration": 4}}}\n'
    )
    assert cli.main(["batch", str(file), "--out", str(tmp_path / "songs"), "--jobs", "1", "--no-track"]) == 1
    told = capsys.readouterr().out
    assert "1 song: 0 made, 1 failed" in told
    assert "failed  line 1: reference 'nobody'" in told


def test_a_line_that_is_no_request_holds_up_no_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, out = tmp_path / "requests.jsonl", tmp_path / "songs"
    file.write_text('house\n{"parameters": {"creative": {"concept": "techno"}, "technical": {"tempo": 9000}}}\n')
    command = ["batch", str(file), *SHORT, "--out", str(out), "--quiet"]
    assert cli.main(command) == 1
    told = capsys.readouterr().out
    assert told.startswith("2 songs: 1 made, 1 failed; ")
    assert f"failed  {file}, line 2: " in told
    assert "tempo" in told
    rows = read_table((out / "table.parquet").read_bytes())
    assert [(row["line"], row["state"], row["attempts"]) for row in rows] == [(1, "done", 1), (2, "failed", 0)]
    file.write_text("house\n")
    assert cli.main(command) == 0
    assert capsys.readouterr().out.startswith("1 song: 0 made, 1 were there; ")
    assert [row["state"] for row in read_table((out / "table.parquet").read_bytes())] == ["done"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["missing.jsonl"], "missing.jsonl does not exist"),
        (["house", "--grid", "tempi=90"], "did you mean tempo?"),
        (["house", "--address", "tcp://host:1"], "loky works on this machine alone"),
    ],
)
def test_what_cannot_be_is_reported_before_any_work(
    arguments: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["batch", *arguments, "--out", str(tmp_path / "songs"), "--no-track"]) == 2
    assert message in capsys.readouterr().err


def test_an_interruption_leaves_what_is_done_and_tells_how_to_go_on(tmp_path: Path) -> None:
    out = tmp_path / "songs"
    command = [
        sys.executable,
        "-m",
        "workbench.cli.main",
        "batch",
        "house",
        "--grid",
        "seed=1..30",
        *SHORT,
        "--out",
        out,
    ]
    driver = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"})
    deadline = time.monotonic() + 300
    while not list(out.glob("journal/*.json")) and time.monotonic() < deadline and driver.poll() is None:
        time.sleep(0.05)
    driver.send_signal(signal.SIGINT)
    _, told = driver.communicate(timeout=60)
    assert driver.returncode == 130
    assert "stopped; what is done stays, and it goes on with: beatsfoundry batch house" in told
    assert "Traceback" not in told
    states = [row["state"] for row in read_table((out / "table.parquet").read_bytes())]
    assert states.count("done") == len(list(out.glob("journal/*.json"))) >= 1
    assert states.count("open") == 30 - states.count("done")
