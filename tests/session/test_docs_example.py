"""The example of docs/sessions.md runs as it stands."""

import re
from pathlib import Path
from typing import Any

import numpy as np


def test_the_example_runs(repository: Path) -> None:
    code = re.findall(
        r"```python\n(.*?)```", (repository / "docs" / "sessions.md").read_text(encoding="utf-8"), re.DOTALL
    )
    names: dict[str, Any] = {}
    exec(code[0], names)
    track, louder = names["track"], names["louder"]
    assert [edit["edit"] for edit in louder.edits.history] == ["sound", "mix"]
    changed = [
        name
        for name, stem in louder.mix.stems.items()
        if not np.array_equal(stem.samples, track.mix.stems[name].samples)
    ]
    assert changed == ["bass"]
    assert set(names["heard"].stems) == set(track.mix.stems)
