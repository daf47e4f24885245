"""A short song with sound that a session can take up, and what a page would see of a widget."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workbench.domain.request import parse_request
from workbench.domain.results import Track
from workbench.output.files import bundle
from workbench.pipeline import generate
from workbench.session import Session

REQUEST: dict[str, Any] = {
    "parameters": {
        "creative": {"concept": "driving synthwave at night"},
        "technical": {"tempo": 160, "key": "F minor", "duration": 12, "structure": ["verse", "chorus"]},
    },
    "options": {"seed": 3, "preview": True, "sample_rate": 44100},
}


class Page:
    """Asks a widget as its page does, and keeps what the widget sends."""

    def __init__(self, widget: Any) -> None:
        self.widget = widget
        self.messages: list[tuple[Any, Any]] = []
        widget.send = lambda content, buffers=None: self.messages.append((content, buffers))

    def ask(self, do: Any, **fields: Any) -> None:
        self.widget._received(self.widget, {"do": do, **fields}, [])

    def samples(self, element: str) -> np.ndarray:
        """Left and right of the last sound of an element."""
        for content, buffers in reversed(self.messages):
            if "sound" in content and element in content["sound"]["names"]:
                data = buffers[content["sound"]["names"].index(element)]
                return np.frombuffer(data, "<i2").reshape(-1, 2).T / 32767
        raise AssertionError(f"nothing of {element} was sent")


@pytest.fixture(scope="session")
def short_track() -> Track:
    return generate(parse_request(REQUEST))


@pytest.fixture
def session(short_track: Track) -> Session:
    made = Session()
    made.open(short_track)
    return made


@pytest.fixture
def songs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of songs of the test's own; bundles come without the pictures of their page, which take longest."""
    folder = tmp_path / "out"
    monkeypatch.setenv("BEATSFOUNDRY_SONG_FOLDER", str(folder))
    monkeypatch.setattr(bundle, "_report_html", lambda track: b"<p>a report</p>")
    return folder
