"""What a cell may be given by mistake is refused in one line, not by whatever Python stumbles over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import workbench
from workbench import widgets
from workbench.domain.audio import Audio
from workbench.domain.errors import ParameterError

TONE = Audio(np.full((2, 4410), 0.1, np.float32), 44100)
NOTHING = Audio(np.zeros((2, 0), np.float32), 44100)
CALLS: dict[str, tuple[Callable[[], Any], str]] = {
    # partitura 356, note-seq 81: an empty table of notes or sounds ended in min() of an empty sequence.
    "no sounds": (lambda: widgets.SoundSwitcher({}), "expected one at least"),
    "no spectra": (lambda: widgets.spectra_picture({}), "expected one at least"),
    # pretty-midi 47: an instrument without notes ended in the maximum of nothing.
    "a sound of no samples": (lambda: widgets.SoundSwitcher({"a": NOTHING}), "'a': expected samples"),
    "spectra of no samples": (lambda: widgets.spectra_picture({"a": NOTHING}), "'a': expected samples"),
    "sounds in a list": (lambda: widgets.SoundSwitcher([TONE]), "expected sounds by name"),  # type: ignore[arg-type]
    "a path for a session": (lambda: widgets.Mixer("out/song"), "expected a workbench.Session"),  # type: ignore[arg-type]
    "nothing for a session": (lambda: widgets.Arranger(None), "expected a workbench.Session"),  # type: ignore[arg-type]
    "a patch for a session": (
        lambda: widgets.SoundDesigner("warm", "bass"),  # type: ignore[arg-type]
        "expected a workbench.Session",
    ),
}


@pytest.mark.parametrize("mistake", CALLS)
def test_a_mistake_is_one_line(mistake: str) -> None:
    call, told = CALLS[mistake]
    with pytest.raises(ParameterError, match=told) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_one_concept_is_no_list_of_letters() -> None:
    told = widgets.concepts_table("warm lo-fi")._repr_html_()
    assert "warm lo-fi" in told
    assert told.count("<tr") == widgets.concepts_table(["warm lo-fi"])._repr_html_().count("<tr")


def test_a_store_is_named_by_text_too(tmp_path: Any) -> None:
    assert workbench.open_store(str(tmp_path / "kept")).folder == tmp_path / "kept"
