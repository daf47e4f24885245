"""Work happens in copies: what ships stays as it is, and what a user changed is never lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from workbench.widgets.own_notebooks import own_copy


def book(*sources: str) -> str:
    cells = [
        {"cell_type": "code", "source": source, "outputs": [], "metadata": {}, "execution_count": None}
        for source in sources
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "notebooks").mkdir()
    file = tmp_path / "notebooks" / "00_quickstart.ipynb"
    file.write_text(book("1"))
    return file


def source(file: Path) -> str:
    return "".join(json.loads(file.read_text())["cells"][0]["source"])


def test_a_copy_is_opened_and_what_ships_stays(shipped: Path) -> None:
    before = shipped.read_bytes()
    copy = own_copy(shipped)
    assert copy == shipped.parent.parent / "my-notebooks" / "00_quickstart.ipynb"
    assert source(copy) == "1"
    assert shipped.read_bytes() == before


def test_outputs_in_a_copy_are_kept_until_the_notebook_is_renewed(shipped: Path) -> None:
    copy = own_copy(shipped)
    run = json.loads(copy.read_text())
    run["cells"][0]["source"], run["cells"][0]["outputs"] = ["1"], [{"output_type": "stream"}]
    copy.write_text(json.dumps(run))
    assert json.loads(own_copy(shipped).read_text())["cells"][0]["outputs"]
    shipped.write_text(book("2"))
    assert source(own_copy(shipped)) == "2"


def test_a_copy_that_was_changed_stays(shipped: Path) -> None:
    copy = own_copy(shipped)
    changed = json.loads(copy.read_text())
    changed["cells"][0]["source"] = ["mine"]
    copy.write_text(json.dumps(changed))
    shipped.write_text(book("2"))
    assert source(own_copy(shipped)) == "mine"


def test_a_notebook_elsewhere_is_opened_as_it_is(tmp_path: Path) -> None:
    assert own_copy(tmp_path / "mine.ipynb") == tmp_path / "mine.ipynb"
