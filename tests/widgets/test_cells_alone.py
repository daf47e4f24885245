"""A cell that shows an instrument runs alone in a fresh kernel, as where a notebook is opened again."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.widgets.conftest import Page
from workbench import export, widgets
from workbench.domain.results import Track
from workbench.widgets.shelf.shelf import Songs

_NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
_SHOWN = re.compile(r"\bwidgets\.(Songs|Explorer|Arranger|Mixer|SoundDesigner|Keyboard|ModelBrowser)\(")


def _cells() -> list[tuple[str, str]]:
    found = []
    for file in sorted(_NOTEBOOKS.glob("*.ipynb")):
        for cell in json.loads(file.read_text(encoding="utf-8"))["cells"]:
            source = "".join(cell["source"])
            if cell["cell_type"] == "code" and (shown := _SHOWN.search(source)):
                found.append((f"{file.stem[:2]}-{shown[1]}", source))
    return found


@pytest.fixture
def fresh(songs: Path, short_track: Track, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with the song of the quick start, in a process that has shown nothing yet."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.chdir(tmp_path / "notebooks")
    monkeypatch.setattr(Songs, "_last_made", None)
    export(short_track, songs / "quickstart")
    return songs / "quickstart"


@pytest.mark.parametrize(("name", "source"), _cells(), ids=[name for name, _ in _cells()])
def test_a_cell_needs_no_other(name: str, source: str, fresh: Path) -> None:
    exec(compile(source, name, "exec"), {})


def test_instruments_of_one_kernel_are_on_one_session(fresh: Path) -> None:
    shelf = widgets.songs_at_hand()
    assert widgets.songs_at_hand() is shelf
    mixer, arranger = (one(widgets.songs_at_hand().session) for one in (widgets.Mixer, widgets.Arranger))
    Page(mixer).ask("move", element="bass", gain_db=-3.0)
    assert arranger.edits == mixer.edits != []
    again = widgets.Songs()
    assert widgets.songs_at_hand() is again
