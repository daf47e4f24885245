"""The report shows what the files hold: a track that is loaded and written again has the same page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from workbench.domain.results import Track
from workbench.output import export, load


@pytest.mark.parametrize(("form", "bits"), [("wav", 24), ("flac", 16)])
def test_the_page_of_a_loaded_track_is_that_of_the_first(
    tiny_track: Track, tmp_path: Path, form: str, bits: int
) -> None:
    plan = replace(tiny_track.plan, delivery=replace(tiny_track.plan.delivery, format=form, bit_depth=bits))
    export(replace(tiny_track, plan=plan), tmp_path / "song")
    export(load(tmp_path / "song"), tmp_path / "again")
    first, again = ((tmp_path / name / "report.html").read_bytes() for name in ("song", "again"))
    assert first == again
