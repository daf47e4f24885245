"""The notebooks of the instruments run through in a kernel; the browser tests play them."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("nbclient", reason="nbclient is not installed")

from tests.notebooks.executing import count, execute, make_workspace, text_of

WIDGET = "application/vnd.jupyter.widget-view+json"

# Warnings of the kernel's own machinery are not ours.
pytestmark = [pytest.mark.notebook, pytest.mark.filterwarnings("ignore")]


@pytest.mark.parametrize(
    ("name", "views", "text"),
    [
        ("01_explore", 1, "late-night tram ride through the rain"),
        ("02_arrange_and_edit", 2, "mountPlayer"),
        ("03_mix_and_sound_design", 3, "mountPlayer"),
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
