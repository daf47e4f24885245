"""The folder of corpora that commands read where none is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from training import cli, finetune_cli, sweep_cli
from training.corpora import cli as corpora_cli
from training.data_folder import stated_data
from workbench.cli.parser import LineParser
from workbench.domain.errors import WorkbenchError

COMMANDS = {
    "train": (cli.build_parser, ["bass"]),
    "sweep": (sweep_cli.build_parser, ["bass", "--trials", "1"]),
    "corpora get": (corpora_cli.build_parser, ["get"]),
    "corpora make": (corpora_cli.build_parser, ["make", "accompaniment"]),
    "corpora report": (corpora_cli.build_parser, ["report"]),
}
OPTIONAL = {
    "finetune": (finetune_cli.build_parser, ["bass", "--midi", ".", "--name", "x"]),
    "corpora list": (corpora_cli.build_parser, ["list"]),
}


@pytest.mark.parametrize("command", [*COMMANDS, *OPTIONAL])
def test_the_settings_name_it_and_the_command_line_wins(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build, arguments = {**COMMANDS, **OPTIONAL}[command]
    monkeypatch.setenv("BEATSFOUNDRY_DATA", str(tmp_path))
    assert build().parse_args(arguments).data == tmp_path
    assert build().parse_args([*arguments, "--data", "other"]).data == Path("other")


@pytest.mark.parametrize("command", [*COMMANDS, *OPTIONAL])
def test_without_settings_it_is_asked_for_where_it_is_needed(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    build, arguments = {**COMMANDS, **OPTIONAL}[command]
    monkeypatch.delenv("BEATSFOUNDRY_DATA", raising=False)
    assert isinstance(build(), LineParser)
    if command in OPTIONAL:
        assert build().parse_args(arguments).data is None
    else:
        with pytest.raises(WorkbenchError, match="--data"):
            build().parse_args(arguments)


def test_midi_lies_in_a_folder_of_its_own_where_there_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEATSFOUNDRY_DATA", str(tmp_path))
    (tmp_path / "midi").mkdir()
    assert stated_data() == tmp_path / "midi"
