"""The folder of corpora that commands read where none is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from training.commands import corpora, finetune, sweep, train
from training.commands.data_folder import stated_data
from workbench.cli.parser import LineParser
from workbench.domain.errors import WorkbenchError

COMMANDS = {
    "train": (train.build_parser, ["bass"]),
    "sweep": (sweep.build_parser, ["bass", "--trials", "1"]),
    "corpora get": (corpora.build_parser, ["get"]),
    "corpora make": (corpora.build_parser, ["make", "accompaniment"]),
    "corpora report": (corpora.build_parser, ["report"]),
}
OPTIONAL = {
    "finetune": (finetune.build_parser, ["bass", "--midi", ".", "--name", "x"]),
    "corpora list": (corpora.build_parser, ["list"]),
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
