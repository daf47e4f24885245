"""Verdicts follow intervals and what counts; regressions stand first; the gate tells them by its exit code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation import compare
from evaluation.catalogue import metric
from evaluation.cli import main
from evaluation.run_result import RunResult, TrackResult, load_run, told_outliers
from evaluation.statistics import mean_interval, outliers
from evaluation.tables import comparison_table
from workbench.domain.errors import ParameterError

LOUDNESS, HEARD, WIDTH = "delivery/loudness_error_lu", "stems/bass_notes_heard", "sound/width"


def run(name: str, **columns: list[float]) -> RunResult:
    """A result of made-up figures: one list a figure, one value a track."""
    names = {"loudness": LOUDNESS, "heard": HEARD, "width": WIDTH, "detuning": "stems/bass_detuning_cents"}
    count = len(next(iter(columns.values())))
    tracks = tuple(
        TrackResult(f"song-{i}", "", {names[key]: values[i] for key, values in columns.items()}) for i in range(count)
    )
    return RunResult("hand", "By hand", "", "", tracks, name=name)


BEFORE = run("before", loudness=[0.1, 0.2, 0.15, 0.1, 0.12], heard=[1.0] * 5, width=[0.1, 0.2, 0.3, 0.2, 0.1])


def verdicts(after: RunResult) -> dict[str, str]:
    return {row.metric.name: row.verdict for row in compare(BEFORE, after).rows}


def test_what_is_sure_and_counts_is_better_or_worse() -> None:
    after = run("after", loudness=[3.1, 3.2, 3.0, 3.3, 3.1], heard=[1.0] * 5, width=[0.4, 0.5, 0.6, 0.5, 0.4])
    assert verdicts(after) == {LOUDNESS: "worse", HEARD: "no difference shown", WIDTH: "differs"}
    assert compare(after, BEFORE).rows[0].verdict == "better"


def test_what_is_sure_but_does_not_count_is_no_difference() -> None:
    after = run("after", loudness=[0.11, 0.21, 0.16, 0.11, 0.13], heard=[1.0] * 5, width=[0.1, 0.2, 0.3, 0.2, 0.1])
    assert verdicts(after)[LOUDNESS] == "no difference shown"


def test_what_may_be_chance_is_no_difference() -> None:
    after = run("after", loudness=[0.1, 0.2, 9.0, 0.1, 0.12], heard=[1.0] * 5, width=[0.1, 0.2, 0.3, 0.2, 0.1])
    assert verdicts(after)[LOUDNESS] == "no difference shown"


def test_two_tracks_show_nothing() -> None:
    one, other = run("a", loudness=[0.1, 0.1]), run("b", loudness=[3.0, 3.0])
    assert compare(one, other).rows[0].verdict == "no difference shown"


def test_a_sign_does_not_hide_a_change_of_size() -> None:
    flat, sharp = run("flat", detuning=[-2.0, -1.0, 0.0, 1.0]), run("sharp", detuning=[-30.0, -31.0, -29.0, -30.0])
    row = compare(flat, sharp).rows[0]
    assert (row.verdict, row.metric.title) == ("worse", "Bass: detuned")


def test_a_track_that_lost_a_stem_makes_nothing_better() -> None:
    before = run("before", loudness=[3.1, 3.2, 3.0, 3.3, 3.1], heard=[1.0] * 5)
    better = [0.1, 0.2, 0.1, 0.1, 0.2]
    muted = compare(before, run("muted", loudness=better, heard=[0.0] * 5))
    assert [(row.metric.name, row.verdict) for row in muted.rows] == [(HEARD, "worse"), (LOUDNESS, "not comparable")]
    assert muted.rows[1].reason == "notes that were heard are no longer heard: bass in 5 of 5 tracks"
    assert "not comparable: Loudness away from its target: notes that were heard" in comparison_table(muted)
    missing = compare(before, run("missing", loudness=better))
    assert [(row.metric.name, row.verdict) for row in missing.rows] == [(LOUDNESS, "not comparable")]
    # What the tracks that kept their stems show by themselves stands.
    one = compare(before, run("one", loudness=better, heard=[1.0, 1.0, 1.0, 1.0, 0.0]))
    assert {row.metric.name: row.verdict for row in one.rows}[LOUDNESS] == "better"


def test_a_lost_stem_does_not_hide_what_became_worse() -> None:
    muted = run("muted", loudness=[3.1, 3.2, 3.0, 3.3, 3.1], heard=[0.0] * 5, width=[0.4, 0.5, 0.6, 0.5, 0.4])
    assert verdicts(muted) == {HEARD: "worse", LOUDNESS: "worse", WIDTH: "differs"}


def test_regressions_stand_first_the_largest_on_top() -> None:
    after = run("after", loudness=[0.6, 0.7, 0.65, 0.6, 0.62], heard=[0.2] * 5, width=[0.4, 0.5, 0.6, 0.5, 0.4])
    rows = compare(BEFORE, after).rows
    assert [row.metric.name for row in rows] == [HEARD, LOUDNESS, WIDTH]
    assert rows[0].weight > rows[1].weight


def test_tracks_without_a_partner_are_told_and_strangers_refused() -> None:
    short = RunResult("hand", "By hand", "", "", BEFORE.tracks[:4], name="short")
    assert compare(BEFORE, short).only_first == ("song-4",)
    with pytest.raises(ParameterError, match="share no track"):
        compare(BEFORE, RunResult("x", "x", "", "", (TrackResult("other", "", {LOUDNESS: 1.0}),)))


def test_results_survive_the_disk(tmp_path: Path) -> None:
    (tmp_path / "results.json").write_text(BEFORE.to_json())
    assert load_run(tmp_path) == BEFORE
    (tmp_path / "results.json").write_text('{"format": 1}')
    with pytest.raises(ParameterError, match="result of a suite"):
        load_run(tmp_path)


@pytest.fixture
def folders(tmp_path: Path) -> dict[str, str]:
    after = run("after", loudness=[3.1, 3.2, 3.0, 3.3, 3.1], heard=[1.0] * 5, width=[0.1, 0.2, 0.3, 0.2, 0.1])
    short = RunResult("hand", "By hand", "", "", BEFORE.tracks[:4], name="short")
    for result in (BEFORE, after, short):
        (tmp_path / result.name).mkdir()
        (tmp_path / result.name / "results.json").write_text(result.to_json())
    return {name: str(tmp_path / name) for name in ("before", "after", "short")}


def test_the_gate_fails_on_a_regression_and_on_a_lost_track(folders: dict[str, str], capsys: Any) -> None:
    gate = ["gate", "--baseline", folders["before"], "--run"]
    assert main([*gate, folders["before"]]) == 0
    assert main([*gate, folders["after"]]) == 1
    assert "worse    Loudness away from its target" in capsys.readouterr().out
    assert main([*gate, folders["after"], "--allow", LOUDNESS]) == 0
    assert main([*gate, folders["short"]]) == 1
    with pytest.raises(ParameterError, match="is not in the runs"):
        main([*gate, folders["after"], "--allow", "loudness"])


def test_compare_prints_json_with_unit_direction_and_interval(folders: dict[str, str], capsys: Any) -> None:
    assert main(["compare", folders["before"], folders["after"], "--json"]) == 0
    row = json.loads(capsys.readouterr().out)["rows"][0]
    assert (row["name"], row["unit"], row["direction"], row["verdict"], row["n"]) == (
        LOUDNESS,
        "LU",
        "lower",
        "worse",
        5,
    )
    assert row["low"] <= row["difference"] <= row["high"]
    assert row["estimator_error"].endswith("LU")


def test_a_run_that_is_not_there_is_one_line(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/none.db")
    with pytest.raises(ParameterError, match="is not there") as caught:
        compare(tmp_path / "nowhere", BEFORE)
    assert "\n" not in str(caught.value)


def test_outliers_are_told_by_track() -> None:
    far = run("far", loudness=[0.1, 0.12, 0.1, 0.11, 5.0], width=[0.1, 0.1, 0.1, 0.1, 0.9])
    assert told_outliers(far.summary()) == {"song-4": ["Loudness away from its target"]}
    assert not outliers([1.0, 5.0, 9.0]).any()


@given(st.lists(st.floats(-100, 100), min_size=2, max_size=12))
def test_an_interval_holds_the_mean(values: list[float]) -> None:
    low, high = mean_interval(values)
    assert low - 1e-9 <= np.mean(values) <= high + 1e-9
    assert min(values) - 1e-9 <= low
    assert high <= max(values) + 1e-9


def test_intervals_cover_as_often_as_they_say() -> None:
    rng = np.random.default_rng(0)
    hits = 0
    for _ in range(200):
        low, high = mean_interval(rng.normal(size=8))
        hits += low <= 0.0 <= high
    assert hits / 200 >= 0.9


def test_every_rule_has_a_title_and_a_known_direction() -> None:
    for name in (LOUDNESS, HEARD, WIDTH, "reference/overall", "adherence/chord_overlap", "score/bass_chord_tone_share"):
        what = metric(name)
        assert what.title
        assert what.direction in ("higher", "lower", "neither")
