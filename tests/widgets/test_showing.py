"""What a notebook shows of results: a short line, and a page that plays without a kernel."""

from __future__ import annotations

import base64
import io
import json
import re
from typing import Any

import numpy as np
import pytest
import soundfile

import workbench
from workbench import widgets
from workbench.domain.audio import Audio
from workbench.domain.results import Track
from workbench.output.report import showing
from workbench.output.report.page_audio import encode_for_page
from workbench.output.report.roll_data import roll_data


def shown(value: Any) -> dict[str, str]:
    return value._repr_mimebundle_()


def sound_of(html: str) -> bytes:
    return base64.b64decode(re.search(r"data:audio/ogg;base64,([A-Za-z0-9+/=]+)", html).group(1))


def test_a_track_is_a_line_and_a_player_with_its_roll(tiny_track: Track) -> None:
    bundle = shown(tiny_track)
    assert bundle["text/plain"] == "Track: tiny, house, 120 BPM, F minor, seed 7, 0:04"
    assert len(repr(tiny_track)) < 100
    samples, rate = soundfile.read(io.BytesIO(sound_of(bundle["text/html"])))
    assert len(samples) / rate == pytest.approx(tiny_track.master.duration_seconds, abs=0.05)
    error = samples.T[:, : tiny_track.master.samples.shape[1]] - tiny_track.master.samples[:, : len(samples)]
    assert np.sqrt(np.mean(error**2)) < 0.05 * np.sqrt(np.mean(tiny_track.master.samples**2))
    assert bundle["text/html"].count("data:audio/ogg") == 1, "the master alone"


def test_plan_score_sound_and_report_show_themselves(tiny_track: Track) -> None:
    assert "120 BPM" in shown(tiny_track.plan)["text/html"]
    line = "Plan: a tiny test song, house, 120 BPM, F minor, seed 7, 4 bars, 1 decisions"
    assert shown(tiny_track.plan)["text/plain"] == line
    assert shown(tiny_track.score)["text/plain"] == (
        "Score: tiny, 4 bars, notes of percussion 56, bass 9, pads 14, leads 12"
    )
    assert "mountRoll" in shown(tiny_track.score)["text/html"]
    assert "mountPlayer" in shown(tiny_track.master)["text/html"]
    assert "1 of 3 checks pass" in shown(tiny_track.report)["text/html"]


def test_no_text_of_a_song_closes_the_script(tiny_track: Track) -> None:
    from dataclasses import replace

    evil = replace(tiny_track, score=replace(tiny_track.score, title="</script><b>x"))
    assert "</script><b>x" not in shown(evil)["text/html"]


def test_a_long_song_stays_small() -> None:
    noise = 0.1 * np.random.default_rng(5).standard_normal((2, 48000 * 200)).astype(np.float32)
    html = shown(Audio(noise, 48000))["text/html"]
    assert len(sound_of(html)) < len(encode_for_page(Audio(noise, 48000)))


def test_the_page_of_a_sound_asks_for_nothing(tiny_track: Track) -> None:
    for value in (tiny_track, tiny_track.score, tiny_track.master):
        assert not re.search(r"""(src|href)=["']?http""", shown(value)["text/html"])


def test_a_switcher_is_a_page_of_its_own() -> None:
    tone = Audio(0.1 * np.sin(np.arange(48000) / 20)[None].repeat(2, 0).astype(np.float32), 48000)
    html = widgets.SoundSwitcher({"one": tone, "two": tone})._repr_mimebundle_()["text/html"]
    assert "mountSwitcher" in html
    assert html.count("data:audio/ogg") == 2


def test_names_of_widgets_are_completed() -> None:
    assert "SoundSwitcher" in dir(widgets)
    assert [name for name in dir(widgets) if not hasattr(widgets, name)] == []
    assert workbench.Track.__name__ == "Track"


def test_the_roll_knows_where_bars_begin(tiny_track: Track) -> None:
    assert roll_data(tiny_track.score)["bars"] == [0.0, 2.0, 4.0, 6.0, 8.0]
    json.dumps(roll_data(tiny_track.score), allow_nan=False)
    assert showing.summary(3) == "3"
