from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("ipywidgets", reason="ipywidgets is not installed: the extra lab has it")

from evaluation.criteria import at_most, observed
from evaluation.networks.judge import ElementResult
from evaluation.networks.notebook import criteria_table
from evaluation.review.reference_views import distances_view
from evaluation.suites.comparison import compare
from evaluation.suites.comparison_page import TRACK_SOUND, comparison_page, heard_pairs
from evaluation.suites.notebook import by_ear, comparison_view, newest_pair
from evaluation.suites.run_result import RESULT_FILE, RunResult, TrackResult
from workbench.analysis.loudness import integrated_loudness
from workbench.domain.audio import Audio
from workbench.output.figures.palette import OUTCOME_COLOURS
from workbench.output.report.page_audio import encode_for_page
from workbench.widgets.tables import HtmlTable


def _shown(table: HtmlTable) -> str:
    """What a table shows, without its style sheet, which knows every colour."""
    return re.sub(r"<style>.*?</style>", "", table.html, flags=re.DOTALL)


def test_bars_have_lights_and_figures_stand_beside() -> None:
    rows = (at_most("a < b", 0.5, 0.6, "share", 1200), at_most("c", 0.7, 0.6, "", 3), observed("beside", 0.25, "", 3))
    html = _shown(criteria_table([ElementResult("bass", rows)]))
    first, every = html.split("<details>")
    assert first.count(OUTCOME_COLOURS["pass"]) == first.count(OUTCOME_COLOURS["fail"]) == 1
    assert first.count("holds") == first.count("fails") == 1
    assert first.count("at most 0.6") == 2
    assert "beside" not in first
    assert "beside" in every
    assert "a &lt; b" in html
    assert "1,200" in html
    assert (first.count("<tr>"), every.count("<tr>")) == (3, 4)


def test_what_only_one_run_has_is_reported_and_turns_the_light_red() -> None:
    heard, width = "stems/bass_notes_heard", "sound/width"
    songs = [TrackResult(f"song <{i}>", "", {heard: 1.0, width: 0.1}) for i in range(4)]
    first = RunResult("s", "S", "", "", tuple(songs), name="first")
    muted = replace(songs[1], metrics={heard: 0.0})
    second = replace(first, tracks=(songs[0], muted, songs[2]), suite_digest="x", name="second")
    html = _shown(comparison_view(compare(first, second)))
    assert "bass no longer heard in 1 of 3 tracks: song &lt;1&gt;" in html
    assert "<p>only in first: song &lt;3&gt;</p>" in html
    assert "<p>only in first, in 1 track: sound/width</p>" in html
    assert html.count("the suites&#x27; files differ") == 1
    short = _shown(comparison_view(compare(first, replace(first, tracks=first.tracks[:3]))))
    assert OUTCOME_COLOURS["fail"] in short
    assert "1 track missing" in short
    same = _shown(comparison_view(compare(first, first)))
    assert OUTCOME_COLOURS["fail"] not in same
    assert OUTCOME_COLOURS["pass"] not in same, "nothing became better either"
    other = _shown(comparison_view(compare(first, replace(first, tracks=first.tracks[:3], suite_digest="x"))))
    assert OUTCOME_COLOURS["fail"] not in other, "a track that another suite's file does not ask for is not missing"
    assert OUTCOME_COLOURS["warn"] in other
    assert "only in" not in same


def test_tracks_that_moved_are_heard_at_equal_loudness_from_both_runs(tmp_path: Path) -> None:
    songs = tuple(TrackResult(f"song-{i}", "", {"delivery/clipped_samples": 0.0}) for i in range(4))
    worse = tuple(replace(song, metrics={"delivery/clipped_samples": 9.0 + i}) for i, song in enumerate(songs))
    folders = {}
    for name, tracks, level in (("old", songs, 0.4), ("new", worse, 0.1)):
        folders[name] = tmp_path / name
        for track in tracks[1:]:
            (tmp_path / name / "tracks" / track.id).mkdir(parents=True)
            wave = level * np.sin(2 * np.pi * 440 * np.arange(96000) / 48000)
            sound = Audio(np.stack([wave, wave]).astype(np.float32), 48000)
            (tmp_path / name / "tracks" / track.id / TRACK_SOUND).write_bytes(encode_for_page(sound))
        (tmp_path / name / RESULT_FILE).write_text(RunResult("s", "S", "", "", tracks, name=name).to_json())
    found = compare(folders["old"], folders["new"])
    pairs = heard_pairs(found, folders["old"], folders["new"], most=2)
    # Most samples clip in the last one; of the first there is no sound.
    assert list(pairs) == ["song-3", "song-1"]
    lufs = [integrated_loudness(audio) for audio in pairs["song-3"].values()]
    assert abs(lufs[0] - lufs[1]) < 0.1
    page = comparison_page(found, pairs)
    assert (page.count("data:audio/ogg"), page.count("mountSwitcher(document")) == (4, 2)
    assert "1 worse, 0 better" in page
    assert len(by_ear(found, folders["old"], folders["new"])) == 2 * 3


def test_the_newest_pair_is_of_one_suite(tmp_path: Path) -> None:
    assert newest_pair(tmp_path) is None
    runs = [("first", "s", "song"), ("second", "s", "song"), ("other", "t", "song"), ("third", "s", "song")]
    for age, (name, suite, track) in enumerate(runs):
        path = tmp_path / name / RESULT_FILE
        path.parent.mkdir()
        path.write_text(RunResult(suite, "S", "", "0", (TrackResult(track, "", {}),)).to_json())
        os.utime(path, (1000 + age, 1000 + age))
        if name == "first":
            assert newest_pair(tmp_path) is None
        if name == "other":
            # It shares the track's id with the others, and is of another suite.
            assert newest_pair(tmp_path) == (tmp_path / "first", tmp_path / "second")
    assert newest_pair(tmp_path) == (tmp_path / "second", tmp_path / "third")


def test_the_nearest_references_stand_first_and_the_others_are_counted() -> None:
    distances = {f"song-{i}": {"overall": 2.0 - 0.1 * i, "spectrum_db": 1.0} for i in range(9)}
    html = distances_view(distances, most=2).html
    assert html.index("song-8") < html.index("song-7")
    assert "song-6" not in html
    assert "7 others lie from 1.4 to 2 overall" in html
