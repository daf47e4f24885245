"""The command line as a user meets it: exit codes, one line a mistake, JSON alone on standard output."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import workbench.output.files.bundle as bundle
from workbench.cli import main as cli
from workbench.domain.errors import TrackingError
from workbench.domain.results import Track

MINIMAL: dict[str, Any] = {"parameters": {"creative": {"concept": "a tiny test song"}}}


@pytest.fixture
def song(monkeypatch: pytest.MonkeyPatch, tiny_track: Track) -> list[Any]:
    """Let `generate` answer with the tiny track at once; the list holds the requests that came."""
    from dataclasses import replace

    import workbench.pipeline

    came: list[Any] = []

    def generate(request: Any, *, progress: Any = None, store: Any = None) -> Track:
        came.append(request)
        progress(0.5, "render")
        return replace(tiny_track, request=request)

    def compose_only(request: Any, *, progress: Any = None, store: Any = None) -> Any:
        came.append(request)
        return tiny_track.plan, tiny_track.score

    monkeypatch.setattr(workbench.pipeline, "generate", generate)
    monkeypatch.setattr(workbench.pipeline, "compose_only", compose_only)
    monkeypatch.setattr(bundle, "_report_html", lambda track: b"<!doctype html>")
    return came


@pytest.fixture
def request_file(tmp_path: Path) -> Path:
    path = tmp_path / "request.json"
    path.write_text(json.dumps(MINIMAL))
    return path


def changed(**groups: Any) -> dict[str, Any]:
    data = json.loads(json.dumps(MINIMAL))
    for name, fields in groups.items():
        place = data if name == "options" else data["parameters"]
        place.setdefault(name, {}).update(fields)
    return data


def test_generate_prints_the_published_response(
    song: list[Any], request_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "song"
    assert cli.main(["generate", str(request_file), "--out", str(out), "--json", "--no-track"]) == 0
    captured = capsys.readouterr()
    response = json.loads(captured.out)
    assert set(response) == {"project_id", "status", "outputs", "metadata"}
    assert response["status"] == "completed"
    assert Path(response["outputs"]["master"]).is_file()
    assert set(response["metadata"]) == {
        "duration", "tempo", "key", "loudness", "creation_time", "generation_parameters",
    }  # fmt: skip
    assert datetime.fromisoformat(response["metadata"]["creation_time"]).tzinfo is not None
    assert (response["metadata"]["tempo"], response["metadata"]["key"]) == (120.0, "F minor")
    assert "render" in captured.err


def test_generate_tells_people_where_things_are(
    song: list[Any], request_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "song"
    assert cli.main(["generate", str(request_file), "--out", str(out), "--no-track", "--quiet"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    for text in ("120 BPM", "F minor", "-14.02 LUFS", "failed: BF002", str(out / "master.wav"), str(out / "stems")):
        assert text in captured.out


def test_seed_overrides_the_request(song: list[Any], request_file: Path, tmp_path: Path) -> None:
    cli.main(["generate", str(request_file), "--out", str(tmp_path / "a"), "--no-track", "--seed", "41"])
    cli.main(["generate", str(request_file), "--out", str(tmp_path / "b"), "--no-track"])
    assert [request.options.seed for request in song] == [41, 0]


def test_a_second_run_needs_overwrite(
    song: list[Any], request_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["generate", str(request_file), "--out", str(tmp_path / "song"), "--no-track", "--quiet"]
    assert cli.main(command) == 0
    assert cli.main(command) == 2
    assert "is not empty" in capsys.readouterr().err
    assert len(song) == 1, "the folder is looked at before the work begins"
    assert cli.main([*command, "--overwrite"]) == 0


def test_compose_writes_notes_and_plan(
    song: list[Any], request_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["compose", str(request_file), "--out", str(tmp_path / "notes"), "--quiet"]) == 0
    assert (tmp_path / "notes" / "midi" / "song.mid").read_bytes()[:4] == b"MThd"
    assert not list((tmp_path / "notes").rglob("*.wav"))
    assert "F minor" in capsys.readouterr().out


def test_a_store_that_cannot_be_reached_is_reported_and_the_bundle_stays(
    song: list[Any],
    request_file: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import workbench.tracking

    def fail(*args: Any, **options: Any) -> None:
        raise TrackingError("the store cannot be reached")

    monkeypatch.setattr(workbench.tracking, "log_track", fail)
    assert cli.main(["generate", str(request_file), "--out", str(tmp_path / "song"), "--quiet"]) == 2
    assert capsys.readouterr().err == "beatsfoundry: the store cannot be reached\n"
    assert (tmp_path / "song" / "master.wav").is_file()


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (changed(technical={"duration": 0}), "technical.duration"),
        (changed(technical={"tempo": 900}), "technical.tempo"),
        (changed(technical={"key": "H flat"}), "technical.key"),
        (changed(technical={"structure": ["verse", "chrous"]}), "technical.structure"),
        (changed(sound_design={"palette": []}), "sound_design.palette"),
        (changed(creative={"references": ["no-such-track"]}), "no-such-track"),
        (changed(options={"format": "mp3", "sample_rate": 96000}), "96000"),
        (changed(options={"volume": 11}), "options.volume"),
        ([], "expected a JSON object"),
    ],
)
def test_wrong_requests_are_one_line(
    song: list[Any], tmp_path: Path, capsys: pytest.CaptureFixture[str], data: Any, field: str
) -> None:
    path = tmp_path / "request.json"
    path.write_text(json.dumps(data))
    assert cli.main(["generate", str(path), "--out", str(tmp_path / "song"), "--no-track"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert field in captured.err
    assert captured.err.count("\n") == 1
    assert song == []
    assert [path.name for path in tmp_path.iterdir()] == ["request.json"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["generate", "absent.json", "--out", "song"],
        ["generate", "broken.json", "--out", "song"],
        ["generate"],
        ["generate", "request.json", "--out", "request.json"],
        ["generate", "request.json", "--out", "/proc/beatsfoundry"],
        ["generate", "request.json", "--out", "song", "--seed", "many"],
        ["generate", "request.json", "--out", "song", "--seed", "-1"],
        ["analyze", "absent.wav"],
        ["analyze", "broken.json"],
        ["references", "remove", "no-such-track"],
        ["references", "add", "broken.json", "--id", "x"],
        ["references", "add", ".", "--style", "polka"],
        ["generate", "request.json", "--out", "so\0ng"],
        ["modify", ".", "broken.json", "--out", "so\0ng"],
        ["analyze", "a\0b.wav"],
        ["fly"],
        ["generate", "--fly"],
    ],
)
def test_wrong_arguments_are_one_line_and_exit_2(
    request_file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.chdir(request_file.parent)
    monkeypatch.setenv("BEATSFOUNDRY_HOME", str(request_file.parent / "home"))
    Path("broken.json").write_text("{")
    assert cli.main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("beatsfoundry: ")
    assert captured.err.count("\n") == 1
    assert not Path("song").exists()


def test_a_style_that_there_is_not_is_reported_with_a_close_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["references", "add", str(tmp_path), "--style", "house", "--style", "tecno"]) == 2
    assert "--style: 'tecno' is not known (did you mean techno?): expected one of afro-house" in capsys.readouterr().err


def test_a_plan_that_is_refused_is_one_line_with_progress_on(
    request_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    request_file.write_text(json.dumps(changed(sound_design={"patches": {"bass": "tuba"}})))
    assert cli.main(["generate", str(request_file), "--out", str(request_file.parent / "song"), "--no-track"]) == 2
    told = capsys.readouterr().err
    assert "tuba" in told
    assert told.count("\n") == 1


def test_the_first_stage_is_shown_once_something_is_done(capsys: pytest.CaptureFixture[str]) -> None:
    from workbench.cli.progress import progress_bar

    with progress_bar("song") as progress:
        progress(0.0, "translate")
        assert capsys.readouterr().err == ""
        progress(0.01, "translate")
        assert capsys.readouterr().err == "  0%  translate\n"
        progress(0.01, "compose")
        assert capsys.readouterr().err == "  1%  compose\n"


def test_added_commands_get_their_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    class Entry:
        module = "somewhere"

        def load(self) -> Any:
            return lambda argv: 0 if argv == ["bass", "--data", "x"] else 1

    monkeypatch.setattr(cli, "_added_commands", lambda: {"train": Entry()})
    assert cli.main(["train", "bass", "--data", "x"]) == 0
    assert cli.main(["train", "--help"]) == 1
    assert "train" in cli.build_parser().format_help()


def test_parameters_are_the_schema_of_the_request(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["parameters"]) == 0
    schema = json.loads(capsys.readouterr().out)
    tempo = schema["$defs"]["Technical"]["properties"]["tempo"]["anyOf"][0]
    assert (tempo["minimum"], tempo["maximum"]) == (40, 240)


def test_references_can_be_added_listed_and_removed(
    tmp_path: Path, tiny_track: Track, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from workbench.output import write_audio

    monkeypatch.setenv("BEATSFOUNDRY_HOME", str(tmp_path / "home"))
    audio = write_audio(tiny_track.master, tmp_path / "mine.wav")
    assert cli.main(["references", "add", str(audio), "--id", "my-track", "--author", "Me"]) == 0
    assert cli.main(["references", "list", "--json"]) == 0
    profiles = {p["id"]: p for p in json.loads(capsys.readouterr().out.removeprefix("added my-track\n"))}
    assert profiles["my-track"]["author"] == "Me"
    assert len(profiles) > 1, "profiles ship with the workbench"
    folder = ["references", "add", str(tmp_path)]
    for command, told in (
        (["references", "add", str(audio), "--id", "my-track", "--author", "Me"], "my-track is already there\n"),
        (["references", "add", str(audio), "--id", "my-track", "--author", "You"], "updated my-track\n"),
        (folder, "added mine\n"),
        (folder, "mine is already there\n"),
        ([*folder, "--style", "house"], "updated mine\n"),
    ):
        assert cli.main(command) == 0
        assert capsys.readouterr().out == told
    assert cli.main(["references"]) == 0
    assert "my-track" in capsys.readouterr().out
    assert cli.main(["references", "remove", "my-track"]) == 0
    assert cli.main(["references", "remove", "my-track"]) == 2


def test_references_are_readable_at_80_columns(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from workbench.analysis.references import ReferenceLibrary

    monkeypatch.setenv("BEATSFOUNDRY_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "80")
    assert cli.main(["references", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    assert [line for line in lines if not line.startswith(" ")] == list(ReferenceLibrary().ids())
    at = lines.index("naev-automat")
    words = " ".join(line.strip() for line in lines[at : at + 4])
    for told in ("Automat, Nikola Whallon, CC-BY-3.0", "120 BPM, confidence 0.31", "G minor", "5 sections", "D 31 %"):
        assert told in words


@pytest.mark.parametrize("name", ["a\n", "a/b", "../x", "a\x1b[31mb"])
def test_a_reference_is_not_called_what_no_request_can_name(
    tmp_path: Path, tiny_track: Track, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    from workbench.output import write_audio

    monkeypatch.setenv("BEATSFOUNDRY_HOME", str(tmp_path / "home"))
    audio = write_audio(tiny_track.master, tmp_path / "mine.wav")
    assert cli.main(["references", "add", str(audio), "--id", name]) == 2
    told = capsys.readouterr().err
    assert "expected letters, digits" in told
    assert told.count("\n") == 1
    assert "\x1b" not in told
    assert not (tmp_path / "home").exists()


def test_messages_obey_no_escapes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from workbench.cli.progress import _bar

    assert cli.main(["explain", str(tmp_path / "a\x1b[31m\nb.json")]) == 2
    assert "a\\x1b[31m b.json does not exist\n" in capsys.readouterr().err
    path = tmp_path / "request.json"
    path.write_text(json.dumps({"parameters": {"creative": {"concept": "red \x1b[31mhouse"}}}))
    assert cli.main(["explain", str(path)]) == 0
    assert "\x1b[31m" not in capsys.readouterr().out
    with _bar("song[/bold]") as progress:
        progress(0.5, "file[/dim].wav")


def test_analyze_measures_files(tmp_path: Path, tiny_track: Track, capsys: pytest.CaptureFixture[str]) -> None:
    from workbench.output import write_audio

    files = [str(write_audio(tiny_track.master, tmp_path / name)) for name in ("a.wav", "b.flac")]
    assert cli.main(["analyze", *files, "--json", "--quiet"]) == 0
    first, second = json.loads(capsys.readouterr().out)
    assert first["sample_rate_hz"] == 48000
    assert "integrated_loudness_lufs" in json.dumps(first)
    assert [Path(result["path"]).name for result in (first, second)] == ["a.wav", "b.flac"]
    assert cli.main(["analyze", files[0], "--quiet"]) == 0
    assert "true_peak_dbtp" in capsys.readouterr().out


def test_analyze_tells_the_good_files_before_the_error(
    tmp_path: Path, tiny_track: Track, capsys: pytest.CaptureFixture[str]
) -> None:
    from workbench.output import write_audio

    good = [str(write_audio(tiny_track.master, tmp_path / name)) for name in ("a.wav", "b.wav")]
    bad = [str(tmp_path / "absent.wav"), str(tmp_path / "broken.wav")]
    Path(bad[1]).write_text("{")
    for files in ([*good, bad[0]], [bad[1], good[0], bad[0], good[1]]):
        assert cli.main(["analyze", *files, "--json", "--quiet", "--pictures", str(tmp_path / "pictures")]) == 2
        captured = capsys.readouterr()
        assert [result["path"] for result in json.loads(captured.out)] == good
        assert captured.err.count("\n") == 1
        assert all(path in captured.err for path in bad if path in files)
    assert {path.name for path in (tmp_path / "pictures").iterdir()} >= {"a-over-time.png", "b-over-time.png"}
    assert cli.main(["analyze", good[0], bad[0], "--quiet"]) == 2
    assert "true_peak_dbtp" in capsys.readouterr().out


def test_analyze_reads_each_file_once(tmp_path: Path, tiny_track: Track, monkeypatch: pytest.MonkeyPatch) -> None:
    from workbench.analysis import audio_reading
    from workbench.output import write_audio

    files = [str(write_audio(tiny_track.master, tmp_path / name)) for name in ("a.wav", "b.wav")]
    read, opened = [], audio_reading.open_audio

    def counted(path: str, **rate: int) -> audio_reading.Incoming:
        read.append(path)
        return opened(path, **rate)

    monkeypatch.setattr(audio_reading, "open_audio", counted)
    asked = ["--second-ear", "--pictures", str(tmp_path / "pictures")]
    assert cli.main(["analyze", *files, *asked, "--quiet"]) == 0
    assert read == files


def test_no_command_shows_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 2
    assert "usage: beatsfoundry" in capsys.readouterr().out
    assert cli.main(["--version"]) == 0
    version, others = capsys.readouterr().out.splitlines()
    assert version[0].isdigit()
    assert all(name in others for name in ("python 3.", "torch ", "numpy "))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_leaves_nothing(tmp_path: Path, repository: Path, number: signal.Signals) -> None:
    """A real process is interrupted while its draft folder exists."""
    script = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from workbench.cli import main, generate\n"
        "from workbench.output.files.folder import appearing\n"
        "def slow(options):\n"
        f"    with appearing({str(tmp_path / 'deep' / 'song')!r}) as folder:\n"
        "        (folder / 'half.wav').write_bytes(b'half')\n"
        "        print('ready', flush=True)\n"
        "        time.sleep(30)\n"
        "generate.generate = slow\n"
        f"sys.exit(main.main(['generate', 'x.json', '--out', {str(tmp_path / 'deep' / 'song')!r}]))\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(repository)}
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    assert list(tmp_path.rglob("half.wav"))
    began = time.monotonic()
    process.send_signal(number)
    _, errors = process.communicate(timeout=20)
    assert time.monotonic() - began < 10
    assert process.returncode == 130
    assert errors == "beatsfoundry: interrupted\n"
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_command_does_not_wait_for_its_threads(tmp_path: Path, repository: Path) -> None:
    """What is still at work in other threads neither holds up the end nor aborts it."""
    script = (
        "import atexit, sys, time\n"
        "from workbench.cli import main, generate\n"
        "def interrupted(options):\n"
        "    raise KeyboardInterrupt\n"
        "generate.generate = interrupted\n"
        "atexit.register(time.sleep, 60)\n"
        f"sys.argv = ['beatsfoundry', 'generate', 'lo-fi', '--out', {str(tmp_path / 'song')!r}]\n"
        "main.main()\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, "PYTHONPATH": str(repository)}, capture_output=True,
        text=True, timeout=40, check=False,
    )  # fmt: skip
    assert (ended.returncode, ended.stderr) == (130, "beatsfoundry: interrupted\n")
