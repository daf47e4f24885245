"""The page that plays what a network wrote at several moments holds everything itself."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

import pytest

from training.takes_page import TrainingTake, takes_of, takes_page


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for step in ("step-000000", "step-000400", "songs", ".step-000800.part"):
        (tmp_path / step).mkdir()
        for suffix in ("mid", "mp3", "png"):
            (tmp_path / step / f"1.{suffix}").write_bytes(f"{step} {suffix}".encode())
    return tmp_path


def test_moments_stand_in_order_with_the_songs_at_the_end(folder: Path) -> None:
    assert [take.title for take in takes_of(folder)] == ["before", "after step 400", "the songs themselves"]


def test_the_page_holds_every_sound_picture_and_file(folder: Path) -> None:
    page = takes_page("Samples", takes_of(folder), "a & b")
    found = re.search(r'<script type="application/json" id="takes">(.*?)</script>', page)
    assert found
    takes = json.loads(found[1])
    for take, step in zip(takes, ("step-000000", "step-000400", "songs"), strict=True):
        (song,) = take["songs"]
        held = {key: base64.b64decode(song[key].partition("base64,")[2]).decode() for key in ("audio", "roll", "midi")}
        assert held == {"audio": f"{step} mp3", "roll": f"{step} png", "midi": f"{step} mid"}
    assert "a &amp; b" in page
    # Inside MLflow's frame nothing else can be loaded.
    assert not re.search(r"(src|href)=.http|url[(]|@import|fetch[(]|localStorage", page)


def test_no_title_ends_the_script(tmp_path: Path, folder: Path) -> None:
    page = takes_page("x", [TrainingTake("</script><b>", {"1": folder / "songs" / "1"})])
    assert page.count("</script>") == 2
