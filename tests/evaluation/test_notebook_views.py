from __future__ import annotations

import pytest

pytest.importorskip("ipywidgets", reason="ipywidgets is not installed: the extra lab has it")

from evaluation.bars import at_most, figure
from evaluation.models import ElementResult
from evaluation.notebook import bars_table
from workbench.output.palette import OUTCOME_COLOURS


def test_bars_have_lights_and_figures_stand_beside() -> None:
    rows = (at_most("a < b", 0.5, 0.6, "share", 1200), at_most("c", 0.7, 0.6, "", 3), figure("beside", 0.25, "", 3))
    html = bars_table([ElementResult("bass", rows)]).html
    first, every = html.split("<details>")
    assert first.count(OUTCOME_COLOURS["pass"]) == first.count(OUTCOME_COLOURS["fail"]) == 1
    assert first.count("holds") == first.count("fails") == 1
    assert "beside" not in first
    assert "beside" in every
    assert "a &lt; b" in html
    assert "1,200" in html
    assert (first.count("<tr>"), every.count("<tr>")) == (3, 4)
