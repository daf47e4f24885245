"""Requests as sentences, files and standard input; folders by project; settings; help; completion."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from workbench.cli import main as cli
from workbench.cli.generate import request_of
from workbench.cli.help import COMMAND_GROUPS, EXAMPLES
from workbench.cli.progress import progress_lines
from workbench.domain.asking import project_name, read_request
from workbench.domain.config import apply_config, load_config
from workbench.domain.errors import ParameterError

SENTENCE = "warm lo-fi at 80 bpm, 2 minutes"
AS_JSON = json.dumps({"parameters": {"creative": {"concept": SENTENCE}}})
AS_YAML = f"parameters:\n  creative:\n    concept: {SENTENCE}\n"


@pytest.fixture(autouse=True)
def no_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings of whoever runs the tests stay out; the folder where a test may write its own."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    folder = tmp_path / "config" / "beatsfoundry"
    folder.mkdir(parents=True)
    return folder


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.json", AS_JSON), ("a.yaml", AS_YAML), ("a.yml", AS_YAML), ("a.txt", SENTENCE), ("plain", SENTENCE)],
)
def test_a_file_holds_json_yaml_or_a_sentence(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    assert read_request(str(path), io.StringIO()).parameters.creative.concept == SENTENCE


@pytest.mark.parametrize("text", [AS_JSON, AS_YAML, SENTENCE, f"{SENTENCE}\n"])
def test_standard_input_holds_any_of_them(text: str) -> None:
    assert read_request("-", io.StringIO(text)).parameters.creative.concept == SENTENCE


def test_a_sentence_is_a_request_and_names_its_project() -> None:
    request = read_request(SENTENCE, io.StringIO())
    assert request.project_id == "warm-lo-fi-at-80-bpm-2-minutes"
    assert project_name("♫ !") == "untitled"
    assert len(project_name("x" * 400)) <= 40


@pytest.mark.parametrize("source", ["absent.json", "absent.yaml"])
def test_a_missing_file_is_no_sentence(source: str) -> None:
    with pytest.raises(ParameterError, match=f"request file {source} does not exist"):
        read_request(source, io.StringIO())


@pytest.mark.parametrize("text", ["", "   ", "parameters: [", "{"])
def test_what_is_no_request_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(ParameterError) as caught:
        read_request("-", io.StringIO(text))
    assert "\n" not in str(caught.value)


def test_bundles_go_to_a_free_folder_by_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ask = SimpleNamespace(request=SENTENCE, seed=None, out=None, overwrite=False)
    folders = []
    for _ in range(3):
        ask.out = None
        request_of(ask)  # type: ignore[arg-type]
        folders.append(ask.out.name)
        ask.out.mkdir(parents=True)
        (ask.out / "file").touch()
    assert folders == [f"warm-lo-fi-at-80-bpm-2-minutes{end}" for end in ("", "-2", "-3")]


def test_settings_are_defaults(no_settings: Path, tmp_path: Path) -> None:
    (no_settings / "config.toml").write_text(
        f'home = "{tmp_path}/own"\ntracking_uri = "http://127.0.0.1:5000"\n'
        f'[defaults]\nout = "{tmp_path}/songs"\nformat = "flac"\nseed = 5\n'
    )
    environment = {"MLFLOW_TRACKING_URI": "sqlite:///mine.db"}
    apply_config(load_config(), environment)
    assert environment == {"MLFLOW_TRACKING_URI": "sqlite:///mine.db", "BEATSFOUNDRY_HOME": f"{tmp_path}/own"}
    ask = SimpleNamespace(request=SENTENCE, seed=None, out=None, overwrite=False)
    request = request_of(ask)  # type: ignore[arg-type]
    assert (request.options.format, request.options.seed) == ("flac", 5)
    assert ask.out.parent == tmp_path / "songs"
    ask.seed = 9
    assert request_of(ask).options.seed == 9  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("dta = 'x'", r"dta is not known \(did you mean data\?\)"),
        ("data = 5", "data is no text"),
        ("data =", "is not TOML"),
        ("[defaults]\nformat = 'wma'", 'options.format: "wma" is not known'),
    ],
)
def test_wrong_settings_are_reported_in_one_line(
    no_settings: Path, capsys: pytest.CaptureFixture[str], text: str, message: str
) -> None:
    (no_settings / "config.toml").write_text(text)
    assert cli.main(["explain", "house"]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    with pytest.raises(AssertionError, match=message):
        raise AssertionError(told)


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["generat", "house"], "did you mean generate?"),
        (["analyse", "x.wav"], "did you mean analyze?"),
        (["completion", "bsh"], "did you mean bash?"),
    ],
)
def test_mistyped_commands_are_recognised(capsys: pytest.CaptureFixture[str], arguments: list[str], hint: str) -> None:
    assert cli.main(arguments) == 2
    assert hint in capsys.readouterr().err


def test_a_mistyped_style_is_recognised(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"parameters": {"creative": {"concept": "x", "style": "hous"}}}))
    assert cli.main(["explain", str(path)]) == 2
    assert "did you mean house?" in capsys.readouterr().err


def test_words_that_were_not_used_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["explain", "house with tuba and polka, ghost notes"]) == 0
    assert "not used: tuba, polka\n" in capsys.readouterr().out
    assert cli.main(["explain", "house", "--json"]) == 0
    assert "not_used" not in json.loads(capsys.readouterr().out)


def test_help_groups_commands_and_shows_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    printed = capsys.readouterr().out
    assert all(f"  {title}:\n" in printed for title in COMMAND_GROUPS)
    for command in ("generate", "analyze", "modify"):
        with pytest.raises(SystemExit):
            cli.main([command, "--help"])
        shown = capsys.readouterr().out
        assert all(f"  {line}\n" in shown for line in EXAMPLES[command])


def test_every_command_has_an_example_and_a_group() -> None:
    grouped = {name for names in COMMAND_GROUPS.values() for name in names}
    listed = cli.build_parser()._subparsers._group_actions[0].choices  # type: ignore[union-attr]
    assert set(listed) <= grouped
    assert grouped <= set(EXAMPLES)


def test_completion_is_a_script_that_bash_reads(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["completion", "bash"]) == 0
    script = capsys.readouterr().out
    assert "generate" in script
    assert "--overwrite" in script
    assert subprocess.run(["bash", "-n"], input=script, text=True, check=False).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["modify", "nowhere", "edits.json", "--out", "x"], "nowhere is no bundle"),
        (["modify"], "expected DIR CHANGES --out DIR2"),
        (["compose", "absent.json"], "request file absent.json does not exist"),
        (["compose", "house", "--seed", "x"], "invalid int value"),
    ],
)
def test_wrong_arguments_are_refused_before_anything_heavy_is_imported(
    repository: Path, arguments: list[str], message: str
) -> None:
    script = (
        "import sys\nfrom workbench.cli.main import main\n"
        f"code = main({arguments!r})\n"
        "heavy = {'torch', 'scipy', 'numba', 'mlflow', 'matplotlib'} & set(sys.modules)\n"
        "print(code, sorted(heavy))"
    )
    environment = {**os.environ, "PYTHONPATH": str(repository)}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment, check=False)
    assert done.stdout == "2 []\n"
    assert message in done.stderr


@pytest.mark.parametrize(("arguments", "most"), [(["--help"], 0.4), (["explain", "house, 2 minutes"], 1.0)])
def test_help_and_explain_are_quick(repository: Path, arguments: list[str], most: float) -> None:
    """Seconds of the processor, the best of three, so that a busy machine does not count."""
    script = f"from workbench.cli.main import main\ntry:\n    main({arguments!r})\nexcept SystemExit:\n    pass\n"
    measure = "import time; began = time.process_time()\n" + script
    measure += "import sys; print(time.process_time() - began, file=sys.stderr)"
    environment = {**os.environ, "PYTHONPATH": str(repository)}
    seconds = [
        float(
            subprocess.run(
                [sys.executable, "-c", measure], capture_output=True, text=True, env=environment, check=True
            ).stderr
        )
        for _ in range(3)
    ]
    assert min(seconds) < most


def test_progress_says_how_long_the_rest_takes(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter([0.0, 1.0, 20.0, 80.0])
    monkeypatch.setattr("workbench.cli.progress.time.monotonic", lambda: next(clock))
    update = progress_lines()
    update(0.0, "plan")
    update(0.25, "render")
    update(1.0, "done")
    assert capsys.readouterr().err == "  0%  plan\n 25%  render, about 1 min 0 s left\n100%  done\n"


def test_a_folder_is_no_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ParameterError, match="cannot be read: Is a directory"):
        read_request(str(tmp_path), io.StringIO())
    # A word stays one, although a folder here is called so.
    (tmp_path / "house").mkdir()
    monkeypatch.chdir(tmp_path)
    assert read_request("house", io.StringIO()).parameters.creative.concept == "house"


def test_json_may_stand_on_the_command_line() -> None:
    request = read_request('{"parameters": {"creative": {"concept": "pop"}}}', io.StringIO())
    assert request.parameters.creative.concept == "pop"
    with pytest.raises(ParameterError, match="the request is not JSON"):
        read_request('{"x"', io.StringIO())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("parameters {creative: {concept: lo-fi}}\n", "cannot be read as YAML: line 1, column 39"),
        ("parametres: {creative: {concept: lo-fi}}\n", "did you mean parameters"),
        ("lo-fi: slow and warm\n", "lo-fi: unknown field"),
        ("- lo-fi\n", "expected a JSON object, got a list"),
        ("# a request\n", "holds nothing"),
    ],
)
def test_a_yaml_file_that_is_no_request_is_not_read_as_a_sentence(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "song.yaml"
    path.write_text(text)
    with pytest.raises(ParameterError, match=message):
        read_request(str(path), io.StringIO())
