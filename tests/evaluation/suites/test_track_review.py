"""Tracks under the ears, as a plain object: lights, bands, both versions in step, remarks on disk and in MLflow."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

pytest.importorskip("anywidget", reason="anywidget is not installed: the extra lab has it")

from evaluation.suites.listening.remarks import Remark, load_remarks
from evaluation.suites.listening.track_review import TrackReview
from evaluation.suites.run_result import RunResult, TrackResult
from evaluation.suites.tracking import log_suite, track_record
from tests.widgets.conftest import Page
from workbench.analysis.references import ReferenceLibrary
from workbench.domain.audio import Audio
from workbench.output.report.page_audio import encode_for_page
from workbench.tracking.dashboard import EVALUATION
from workbench.tracking.remarks import run_urls

SECONDS = 3


def tone(hz: float, level: float) -> Audio:
    time = np.arange(44100 * SECONDS) / 44100
    return Audio(np.repeat(level * np.sin(2 * np.pi * hz * time)[None], 2, 0).astype(np.float32), 44100)


@pytest.fixture
def runs(tmp_path: Path) -> list[Path]:
    """Two runs of a suite of two tracks: the second is brighter, louder, and too loud in its first track."""
    library = ReferenceLibrary()
    centroids = [one.measured["spectral_centroid_hz"] for one in library.list()]
    places = []
    for name, hz, level, error in (("before", 440.0, 0.1, 0.1), ("after", 880.0, 0.4, 1.6)):
        tracks = tuple(
            TrackResult(
                f"song-{number}", "",
                {"delivery/loudness_error_lu": error * (number == 1), "sound/spectral_centroid_hz": value},
                {"BF001": "fail" if number == 1 and name == "after" else "pass"},
                style="no such style",
            )
            for number, value in ((1, float(np.median(centroids))), (2, 1e5))
        )  # fmt: skip
        folder = tmp_path / name
        for track in tracks:
            (folder / "tracks" / track.id).mkdir(parents=True)
            (folder / "tracks" / track.id / "master.ogg").write_bytes(encode_for_page(tone(hz, level)))
        result = RunResult("hand", "By hand", "0" * 64, name, tracks, name=name, created=f"2026-01-0{len(places) + 1}")
        (folder / "results.json").write_text(result.to_json())
        places.append(folder)
    return places


@pytest.fixture
def page(runs: list[Path], tmp_path: Path) -> Page:
    return Page(TrackReview(runs[1], runs[0], reviewer="ann", folder=tmp_path / "remarks"))


def test_tracks_are_listed_by_what_is_wrong(page: Page) -> None:
    first, second = page.widget.tracks
    assert (first["id"], first["light"], first["down"]) == ("song-1", "fail", 1)
    assert first["checks"] == [{"code": "BF001", "title": "Integrated loudness"}]
    assert (second["id"], second["light"], second["down"], second["up"]) == ("song-2", "ok", 0, 0)
    assert page.widget.names == ["before", "after"]


def test_metrics_stand_in_the_band_of_the_references(page: Page) -> None:
    page.ask("choose", track="song-2")
    rows = {row["name"]: row for row in page.widget.metrics}
    low, middle, high = rows["sound/spectral_centroid_hz"]["band"]
    assert low < middle < high < 1e5
    assert (rows["sound/spectral_centroid_hz"]["light"], rows["sound/spectral_centroid_hz"]["verdict"]) == ("warn", "")
    page.ask("choose", track="song-1")
    rows = {row["name"]: row for row in page.widget.metrics}
    assert rows["sound/spectral_centroid_hz"]["light"] == "ok"
    error = rows["delivery/loudness_error_lu"]
    assert (error["before"], error["now"], error["verdict"], error["light"]) == (0.1, 1.6, "down", "warn")
    assert page.widget.reference.endswith("reference tracks")


def test_versions_are_equally_loud_and_equally_long(page: Page) -> None:
    page.ask("choose", track="song-1")
    content, buffers = page.messages[-1]
    assert content["sound"]["names"] == ["before", "after"]
    sounds = [np.frombuffer(data, "<i2").astype(float) for data in buffers]
    assert len(sounds[0]) == len(sounds[1])
    level = [20 * np.log10(np.sqrt(np.mean(np.square(sound)))) for sound in sounds]
    assert abs(level[0] - level[1]) < 1.0


def test_remarks_are_kept_with_their_time(
    page: Page, runs: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/none/mlflow.db")
    page.ask("remark", seconds=2.0, text="too early")
    assert page.widget.message == "remark: choose a track first"
    page.ask("choose", track="song-1")
    page.ask("remark", seconds=2.345, text="  the hat\nhurts ", version="before", page="http://127.0.0.1:8888/lab/x")
    page.ask("remark", seconds=0.5, text="good start", page="javascript:alert(1)")
    page.widget.wait()
    kept = load_remarks(tmp_path / "remarks" / "after" / "song-1.json")
    assert kept == [
        Remark(0.5, "good start", "after", "ann"),
        Remark(2.35, "the hat\nhurts", "before", "ann", "http://127.0.0.1:8888/lab/x"),
    ]
    assert "not in MLflow" in page.widget.message
    assert page.widget.tracks[0]["remarks"] == 2
    other = Page(TrackReview(runs[1], reviewer="ben", folder=tmp_path / "remarks"))
    other.ask("choose", track="song-1")
    assert [one["text"] for one in other.widget.remarks] == ["good start", "the hat\nhurts"]
    other.ask("withdraw", number=0)
    assert other.widget.message == "this remark is ann's"
    page.ask("withdraw", number=0)
    page.widget.wait()
    assert len(load_remarks(tmp_path / "remarks" / "after" / "song-1.json")) == 1


def test_remarks_stand_on_the_run_in_mlflow(page: Page, runs: list[Path]) -> None:
    from mlflow import MlflowClient

    from evaluation.suites.run_result import load_run
    from workbench.tracking import default_tracking_uri

    result = load_run(runs[1])
    log_suite(result, runs[1])
    page.ask("links")
    page.widget.wait()
    assert set(page.widget.urls) == {"song-1", "song-2"}
    page.ask("choose", track="song-1")
    page.ask("remark", seconds=61.5, text="the hat hurts", page="http://127.0.0.1:8888/lab/x")
    page.widget.wait()
    assert page.widget.message == "1 remark on song-1 kept on disk and in MLflow"
    record = track_record(result, "song-1")
    run_id = run_urls(EVALUATION, [record])[record].partition("/runs/")[2].partition("?")[0]
    client = MlflowClient(default_tracking_uri())
    tags = client.get_run(run_id).data.tags
    assert tags["remarks"] == "1"
    line = "- **1:01.5**, after, ann: the hat hurts ([back to the notebook](http://127.0.0.1:8888/lab/x))"
    assert tags["mlflow.note.content"].endswith(f"## Remarks\n\n{line}\n")
    assert tags["mlflow.note.content"].startswith("**song-1**")
    assert "remarks.json" in [item.path for item in client.list_artifacts(run_id)]
    page.ask("withdraw", number=0)
    page.widget.wait()
    assert "Remarks" not in client.get_run(run_id).data.tags["mlflow.note.content"]


@pytest.mark.parametrize(
    "message",
    [
        {"do": "choose", "track": "nothing"},
        {"do": "choose", "track": "../song-1"},
        {"do": "remark", "seconds": -1, "text": "x"},
        {"do": "remark", "seconds": float("nan"), "text": "x"},
        {"do": "remark", "seconds": "1", "text": "x"},
        {"do": "remark", "seconds": 1, "text": "  "},
        {"do": "remark", "seconds": 1, "text": "x" * 3000},
        {"do": "remark", "seconds": 1, "text": "x", "version": "third"},
        {"do": "withdraw", "number": 0},
        {"do": "withdraw", "number": "x"},
    ],
    ids=range(10),
)
def test_wrong_messages_are_one_line(page: Page, message: dict[str, Any]) -> None:
    page.ask("choose", track="song-1")
    page.ask(**message)
    assert page.widget.failed
    assert "\n" not in page.widget.message
    assert page.widget.remarks == []


def test_a_track_without_sound_is_told(runs: list[Path]) -> None:
    for name in ("before", "after"):
        (runs[0].parent / name / "tracks" / "song-1" / "master.ogg").unlink()
    page = Page(TrackReview(runs[1], runs[0]))
    page.ask("choose", track="song-1")
    assert page.widget.message == "song-1: no sound is kept in the folder of the run"
    assert page.widget.metrics
    assert json.dumps(page.widget.metrics)
    assert soundfile.info(io.BytesIO(encode_for_page(tone(440, 0.1)))).samplerate == 44100
