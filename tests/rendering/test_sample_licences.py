"""What the manifest says of the licences of a user's samples."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from workbench.rendering.sampler.licences import sample_licences


@pytest.mark.parametrize(
    ("name", "stated"), [("LICENCE.txt", "see LICENCE.txt beside them"), ("notes.txt", "not stated")]
)
def test_a_licence_beside_the_samples_is_named(name: str, stated: str, tmp_path: Path) -> None:
    folder = tmp_path / "piano"
    folder.mkdir()
    soundfile.write(folder / "piano_c4.wav", np.zeros(4800, np.float32) + 0.1, 48000)
    (folder / name).write_text("CC0", encoding="utf-8")
    assert sample_licences({"pads": f"samples:{folder}", "bass": "sub-sine"}) == {str(folder): stated}
