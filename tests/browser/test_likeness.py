"""The comparison of views with their pictures fails where a view is blank, broken off or without colours."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from tests.browser.likeness import unlike

PICTURES = (
    "arranger", "arranger-notes", "dataset-browser", "doctor", "explorer", "keyboard", "mixer", "songs",
    "sound-designer", "track-review", "training-monitor",
)  # fmt: skip
PAPER = (255, 255, 255)


def png(image: Image.Image) -> bytes:
    data = io.BytesIO()
    image.save(data, "PNG")
    return data.getvalue()


@pytest.mark.parametrize("name", PICTURES)
def test_what_is_missing_is_seen(repository: Path, name: str) -> None:
    picture = (repository / "docs" / "images" / f"{name}.png").read_bytes()
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    width, height = image.size
    assert unlike(picture, picture) == ""
    for top, bottom in ((92, height), (92, 430), (430, height)):
        broken = image.copy()
        broken.paste(PAPER, (0, top, width, bottom))
        assert "is drawn" in unlike(picture, png(broken)), (top, bottom)


@pytest.mark.parametrize("name", ["arranger-notes", "keyboard", "mixer", "sound-designer"])
def test_a_view_without_colours_is_seen(repository: Path, name: str) -> None:
    picture = (repository / "docs" / "images" / f"{name}.png").read_bytes()
    assert "colours are missing" in unlike(picture, png(Image.open(io.BytesIO(picture)).convert("L")))
