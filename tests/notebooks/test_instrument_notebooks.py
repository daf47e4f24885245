"""The notebooks of the instruments run through in a kernel; the browser tests play them."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("nbclient", reason="nbclient is not installed")

from tests.notebooks.executing import count, execute, make_workspace, text_of
from workbench import export, generate, parse_request

WIDGET = "application/vnd.jupyter.widget-view+json"

# Warnings of the kernel's own machinery are not ours.
pytestmark = [pytest.mark.notebook, pytest.mark.filterwarnings("ignore")]


@pytest.mark.parametrize(
    ("name", "views", "text"),
    [
        ("01_explore", 1, "late-night tram ride through the rain"),
        ("02_arrange_and_edit", 2, "image/png"),
        ("03_mix_and_sound_design", 3, "widget-view"),
        ("04_midi", 2, "mountPlayer"),
    ],
)
def test_an_instrument_is_shown(
    name: str, views: int, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = make_workspace(tmp_path, monkeypatch)
    outputs = execute(name, workspace)
    assert count(outputs, WIDGET) == views
    assert text in text_of(outputs)


def test_running_all_cells_leaves_the_song_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever made a song before finds it unchanged after the notebooks ran through, and no other song beside it."""
    workspace = make_workspace(tmp_path, monkeypatch)
    technical = {"duration": 8, "structure": ["verse"]}
    song = {"parameters": {"creative": {"concept": "house"}, "technical": technical}, "options": {"preview": True}}
    export(generate(parse_request({**song, "project_id": "mine"})), workspace / "out" / "mine")
    before = {path: path.read_bytes() for path in (workspace / "out" / "mine").rglob("*") if path.is_file()}
    for name in ("02_arrange_and_edit", "03_mix_and_sound_design", "04_midi"):
        execute(name, workspace)
    after = {path: path.read_bytes() for path in (workspace / "out").rglob("*") if path.is_file()}
    assert after == before
