"""The notebook of data sets runs through, and its network hears tempi that it has not seen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest.importorskip("nbclient", reason="nbclient is not installed")

from tests.notebooks.executing import execute, make_workspace, text_of

pytestmark = [pytest.mark.notebook, pytest.mark.filterwarnings("ignore")]


def test_an_estimator_of_tempo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = make_workspace(tmp_path, monkeypatch, BEATSFOUNDRY_SONGS="3", BEATSFOUNDRY_STEPS="200")
    text = text_of(execute("60_dataset_tempo", workspace))
    assert re.search(r"\d+ songs to train, [1-9]\d* to test, 9 groups", text)
    # Six songs alone are judged: four of them are heard right, two without the network.
    found = re.search(r"right: \*\*(\d+)%\*\* by the network, (\d+)% without, of 6 songs", text)
    assert found is not None
    network, without = int(found[1]), int(found[2])
    assert network >= 60
    assert network >= without + 30
