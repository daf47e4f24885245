"""Which seconds are heard first, how they are kept, and who may hear them."""

from __future__ import annotations

import os
import re
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import soundfile

from tests.api.conftest import PREFIX, SONG, Server
from workbench.api.previews import PreviewStore, preview_bars
from workbench.domain.audio import Mix
from workbench.domain.plan import Plan
from workbench.domain.results import Track


@pytest.mark.parametrize(
    ("energies", "bars_each", "expected"),
    [
        ((0.2, 0.9, 0.9), 4, (5, 8)),  # the first of those with the most energy; bars of two seconds
        ((0.9, 0.2, 0.2), 8, (1, 6)),  # twelve seconds of it
        ((0.1, 0.1, 0.5), 1, (3, 3)),
    ],
)
def test_the_section_with_the_most_energy_is_heard_first(
    tiny_plan: Plan, energies: tuple[float, ...], bars_each: int, expected: tuple[int, int]
) -> None:
    section = tiny_plan.sections[0]
    sections = tuple(
        replace(section, name=f"part {n}", start_bar=n * bars_each, bars=bars_each, energy=energy)
        for n, energy in enumerate(energies)
    )
    assert preview_bars(replace(tiny_plan, sections=sections)) == expected


def test_a_preview_appears_and_goes_away(tmp_path: Path, tiny_mix: Mix) -> None:
    previews = PreviewStore(tmp_path / "previews")
    assert previews.find("one") is None
    previews.write("one", tiny_mix)
    path = previews.find("one")
    assert path is not None
    assert soundfile.info(path).frames == tiny_mix.audio.samples.shape[1]
    previews.sweep(60.0)
    assert previews.find("one") == path
    os.utime(path, (time.time() - 61.0,) * 2)
    previews.sweep(60.0)
    assert list((tmp_path / "previews").iterdir()) == []


def test_a_preview_is_heard_by_its_address_alone(
    server: Server, tiny_track: Track, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, seen = server.key(), []

    def made(making: Any) -> Track:
        making.hear(tiny_track.mix)
        seen.append(server.client.get(f"{PREFIX}/jobs/{making.job.id}", headers=key).json())
        return tiny_track

    monkeypatch.setattr("workbench.api.work._MAKERS", {"generate": made})
    ended = server.finish(key, SONG)
    address = seen[0]["preview"]
    assert (seen[0]["status"], seen[0]["result"]) == ("running", None)
    assert server.client.get(address).content[:4] == b"fLaC"
    events = server.client.get(f"{PREFIX}/jobs/{ended['job_id']}/events", headers=key).text
    assert re.findall("event: (.*)", events) == ["progress", "preview", "end"]
    assert server.client.get(address.replace("signature=", "signature=0")).status_code == 403
    assert server.client.get(address.replace("preview.flac", "master.wav")).status_code == 403
    server.services.keys.revoke(key["X-API-Key"].split("_")[1])
    assert server.client.get(address).status_code == 404
