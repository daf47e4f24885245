"""Each failure is provoked, logged as it would be, and found among 100,000 lines."""

import contextlib
import errno
import json
import os
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from workbench.cli import main as cli
from workbench.cli.run_log import MOST_LOGS
from workbench.diagnostics import CODES, analyse_lines, analyse_logs
from workbench.domain.errors import (
    AudioFileError,
    ModelError,
    OutputError,
    ParameterError,
    TrackingError,
)

CONCEPT = "a lullaby for Wilhelmina"


@pytest.fixture
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BEATSFOUNDRY_LOGS", str(tmp_path / "logs"))
    return tmp_path / "logs"


def lines_of(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for file in sorted(folder.iterdir()) for line in file.read_text().splitlines()]


def compose(out: Path, *more: str) -> int:
    request = {
        "parameters": {"creative": {"concept": CONCEPT}, "technical": {"duration": 8}},
        "options": {"seed": 1, "preview": True},
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    (out.parent / "request.json").write_text(json.dumps(request))
    return cli.main(["compose", str(out.parent / "request.json"), "--out", str(out), "--quiet", *more])


def raising(error: BaseException) -> Callable[..., object]:
    def fails(*values: object, **named: object) -> object:
        raise error

    return fails


PROVOKED: list[tuple[str, BaseException]] = [
    ("BFD001", MemoryError()),
    ("BFD003", OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))),
    ("BFD003", OutputError("out/night cannot be written: No space left on device")),
    ("BFD010", ModelError("bass.safetensors cannot be loaded")),
    ("BFD011", ModelError("bass.safetensors has the hash 1234, its card says 5678")),
    ("BFD012", ParameterError("tempo 999: expected 40 to 240")),
    ("BFD013", OutputError("folder out/night is not empty: name another, or overwrite it (--overwrite)")),
    ("BFD020", TrackingError("http://127.0.0.1:5000 does not answer")),
    ("BFD030", OutputError("stems/bass.wav is not what the manifest says: it was changed or damaged")),
    ("BFD031", ParameterError("sample rates differ: bass 44100 Hz, master 48000 Hz")),
    ("BFD035", AudioFileError("snare.wav is cut off")),
]


@pytest.mark.parametrize(("code", "error"), PROVOKED)
def test_what_fails_in_a_run_is_named_from_its_log(
    code: str, error: BaseException, logs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workbench.pipeline.compose_only", raising(error))
    with contextlib.suppress(MemoryError, OSError):
        assert compose(tmp_path / "song") == 2
    (failure,) = analyse_logs(logs).failures
    assert (failure.code, failure.count, failure.remedy) == (code, 1, CODES[code].remedy)
    assert failure.title == CODES[code].title


def test_a_session_that_cannot_be_read_is_named(logs: Path, tmp_path: Path) -> None:
    (tmp_path / "a.rpp").write_text("no project")
    assert cli.main(["import", str(tmp_path / "a.rpp"), "--out", str(tmp_path / "song")]) == 2
    (failure,) = analyse_logs(logs).failures
    assert (failure.code, failure.example.split(": ")[0]) == ("BFD036", f"{tmp_path / 'a.rpp'} is no REAPER project")


def test_a_process_that_was_killed_and_one_that_was_held_up_are_named() -> None:
    began = {"event": "run began", "run_id": "a", "command": "generate", "timestamp": "2026-01-01T00:00:00"}
    living, dead = {**began, "run_id": "b", "pid": os.getpid()}, {**began, "pid": 2**22 + 1}
    ended = {"event": "run ended", "run_id": "c", "state": "completed", "seconds": 60.0}
    slow, quick = {**ended, "cpu_seconds": 20.0}, {**ended, "cpu_seconds": 58.0}
    report = analyse_lines(json.dumps(line) for line in (living, dead, slow, quick))
    assert [(one.code, one.count) for one in report.failures] == [("BFD005", 1), ("BFD006", 1)]
    assert report.completed == 2


@pytest.mark.parametrize(
    ("check", "code"),
    [("BF012", "BFD032"), ("BF013", "BFD033"), ("BF022", "BFD034"), ("BF060", "BFD037"), ("BF032", None)],
)
def test_checks_of_a_track_are_named_where_the_doctor_knows_them(check: str, code: str | None) -> None:
    line = {"event": "check", "level": "warning", "check": check, "title": "x", "value": 3, "unit": ""}
    assert [one.code for one in analyse_lines([json.dumps(line)]).failures] == ([code] if code else [])


def server_lines(count: int, seed: int) -> Iterator[str]:
    """Lines of a server that does its work, of the kinds that it writes."""
    chance = random.Random(seed)
    for number in range(count):
        moment = f"2026-01-01T00:{number // 60000:02}:{number // 1000 % 60:02}.{number % 1000:03}Z"
        line = {"event": "request", "path": "/v1/jobs/{job_id}", "status": 200, "level": "info", "timestamp": moment}
        if chance.random() < 0.2:
            line = {**line, "event": "job ended", "state": "completed", "job_id": f"j{number}", "stages": {"mix": 1.5}}
        yield json.dumps(line)


def test_every_failure_is_found_among_100_000_lines_in_5_seconds(tmp_path: Path) -> None:
    lines = list(server_lines(100_000, seed=7))
    wanted: dict[str, int] = {}
    for number, (code, error) in enumerate(PROVOKED):
        line = {
            "event": "job failed",
            "level": "warning",
            "kind_of_error": type(error).__name__,
            "job_id": f"f{number}",
        }
        line |= {"reason": str(error), "timestamp": "2026-01-01T00:00:30", "errno": getattr(error, "errno", None)}
        # Job n fails n + 1 times.
        for time_of_it in range(number + 1):
            lines[1000 * number + time_of_it] = json.dumps(line)
        wanted[code] = wanted.get(code, 0) + number + 1
    lines[50_000] = '{"event": "request", "cut off'
    place = {"event": "unexpected", "level": "error", "error": "a.py:1 run > b.py:7 mix > KeyError"}
    lines[60_000] = lines[60_001] = json.dumps(place)
    (tmp_path / "server.log").write_text("\n".join(lines) + "\n")
    began = time.process_time()
    report = analyse_logs(tmp_path / "server.log")
    assert time.process_time() - began < 5.0
    assert {one.code: one.count for one in report.failures if one.code} == wanted
    (unknown,) = (one for one in report.failures if not one.code)
    assert (unknown.count, unknown.subject) == (2, "b.py:7 mix > KeyError")
    assert (report.lines, report.unreadable) == (100_000, 1)
    counts = [one.count for one in report.failures]
    assert counts == sorted(counts, reverse=True)


def test_a_run_says_what_it_did(logs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert compose(tmp_path / "song", "--verbose") == 0
    lines = lines_of(logs)
    events = [line["event"] for line in lines]
    assert events[:2] == ["run began", "request"]
    assert events[-1] == "run ended"
    stages = {str(line["stage"]): line["seconds"] for line in lines if line["event"] == "stage"}
    assert set(stages) >= {"translate", "compose"}
    assert len({line["run_id"] for line in lines}) == 1
    asked = lines[1]
    assert (asked["concept"], asked["seed"]) == (CONCEPT, 1)
    assert all(line["request_id"] == asked["request_id"] for line in lines[1:])
    assert lines[-1]["state"] == "completed"
    text = (tmp_path / "song.log.jsonl").read_text()
    assert [json.loads(line) for line in text.splitlines()] == lines
    assert text in capsys.readouterr().err
    # The same request has the same id again, another one has not.
    assert compose(tmp_path / "again") == 0
    assert compose(tmp_path / "other", "--seed", "2") == 0
    ids = [line["request_id"] for line in lines_of(logs) if line["event"] == "request"]
    assert sorted(ids.count(one) for one in set(ids)) == [1, 2]


@pytest.mark.parametrize("by", ["option", "config"])
def test_a_private_run_writes_nothing_that_the_user_wrote(
    by: str, logs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if by == "config":
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
        (tmp_path / "config" / "beatsfoundry").mkdir(parents=True)
        (tmp_path / "config" / "beatsfoundry" / "config.toml").write_text("private = true\n")
    more = ["--private"] if by == "option" else []
    assert compose(tmp_path / "song", *more) == 0
    monkeypatch.setattr("workbench.pipeline.compose_only", raising(ParameterError(f"no {CONCEPT}")))
    assert compose(tmp_path / "other", *more) == 2
    text = "".join(file.read_text() for file in logs.iterdir())
    assert "ilhelmina" not in text
    assert "lullaby" not in text
    assert '"run failed"' in text
    assert [one.code for one in analyse_logs(logs).failures] == ["BFD012"]


def test_old_logs_make_room_and_a_place_that_cannot_be_written_costs_only_the_log(
    logs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    logs.mkdir()
    for number in range(MOST_LOGS + 5):
        (logs / f"20250101T{number:06}-x.log.jsonl").write_text("{}\n")
    assert compose(tmp_path / "song") == 0
    left = sorted(file.name for file in logs.iterdir())
    assert len(left) == MOST_LOGS
    assert left[0] == "20250101T000006-x.log.jsonl"
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("BEATSFOUNDRY_LOGS", str(tmp_path / "file" / "logs"))
    assert compose(tmp_path / "more") == 0


def test_the_command_prints_what_helps(logs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert compose(tmp_path / "song") == 0
    assert cli.main(["doctor", "--logs", str(logs)]) == 0
    assert compose(tmp_path / "song") == 2
    capsys.readouterr()
    assert cli.main(["doctor", "--logs", str(logs)]) == 1
    printed = capsys.readouterr().out
    assert "1 runs and jobs completed\n" in printed
    assert f"BFD013 {CODES['BFD013'].title}: once, last 20" in printed
    assert f"       {CODES['BFD013'].remedy}\n" in printed
    assert cli.main(["doctor", "--logs", str(logs), "--json"]) == 1
    (failure,) = json.loads(capsys.readouterr().out)["failures"]
    assert (failure["code"], failure["count"], failure["runs"]) == ("BFD013", 1, 1)
    assert cli.main(["doctor", "--logs", str(tmp_path / "nowhere")]) == 2
    assert "expected a log, or a folder of logs" in capsys.readouterr().err
