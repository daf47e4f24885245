"""What `pip install` of a built wheel brings: code, weights, recipes, data and notebooks."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from workbench.widgets.own_notebooks import FOLDER, PACKED, own_copy


@pytest.fixture(scope="module")
def names(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The files of a wheel that is built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=repository, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        return set(packed.namelist())


@pytest.mark.parametrize(
    ("source", "target", "pattern"),
    [
        ("notebooks", "workbench/_notebooks", "*.ipynb"),
        ("data", "workbench/_data", "**/*.json"),
        ("training/configs", "training/configs", "*.yaml"),
        ("workbench/models/weights", "workbench/models/weights", "*.safetensors"),
    ],
)
def test_a_wheel_holds(names: set[str], repository: Path, source: str, target: str, pattern: str) -> None:
    held = {path.relative_to(repository / source).as_posix() for path in (repository / source).glob(pattern)}
    assert held
    assert {f"{target}/{name}" for name in held} <= names


def test_packed_notebooks_are_opened_as_copies(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = tmp_path / "site-packages" / "workbench" / PACKED
    packed.mkdir(parents=True)
    shipped = packed / "00_quickstart.ipynb"
    shipped.write_bytes((repository / "notebooks" / "00_quickstart.ipynb").read_bytes())
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert own_copy(shipped) == tmp_path / "here" / FOLDER / "00_quickstart.ipynb"
    assert own_copy(shipped).is_file()
