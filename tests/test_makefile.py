"""What `make` hands on reaches the command as it was given."""

import shutil
import subprocess
from pathlib import Path

import pytest

ASKED = {"TEXT": 'it\'s "warm", 4 s', "OUT": "my songs/a b", "REQUEST": "my requests/a b.json"}


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("TEXT", "OUT"), ["generate", ASKED["TEXT"], "--out", ASKED["OUT"], "--overwrite"]),
        (("TEXT",), ["generate", ASKED["TEXT"]]),
        (("REQUEST", "OUT"), ["generate", ASKED["REQUEST"], "--out", ASKED["OUT"], "--overwrite"]),
    ],
)
def test_names_and_texts_may_hold_spaces_and_quotes(
    given: tuple[str, ...], expected: list[str], tmp_path: Path, repository: Path
) -> None:
    """The commands of the target run with a command in the place of ours that prints its arguments, a line each."""
    place = tmp_path / "bin"
    place.mkdir()
    command = place / "beatsfoundry"
    command.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    command.chmod(0o755)
    stamp = tmp_path / "installed"
    stamp.touch()
    words = [f"{name}={ASKED[name]}" for name in given]
    made = subprocess.run(
        ["make", "--silent", "-f", str(repository / "Makefile"), "-o", str(stamp), f"STAMP={stamp}", f"BIN={place}",
         "generate", *words],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert made.stdout.splitlines() == expected
