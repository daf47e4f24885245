"""Verdicts follow intervals and what counts; regressions stand first; the gate tells them by its exit code."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation import compare
from evaluation.cli import main
from evaluation.statistics import mean_interval, outliers
from evaluation.suites.catalogue import metric
from evaluation.suites.run_result import RunResult, TrackResult, load_run, outliers_by_track
from evaluation.suites.tables import comparison_table
from workbench.domain.errors import ParameterError

LOUDNESS, HEARD, WIDTH = "delivery/loudness_error_lu", "stems/bass_notes_heard", "sound/width"


def run(name: str, **columns: list[float]) -> RunResult:
    """A result of made-up metrics: one list a metric, one value a track."""
    names = {"loudness": LOUDNESS, "heard": HEARD, "width": WIDTH, "detuning": "stems/bass_detuning_cents"}
    count = len(next(iter(columns.values())))
    tracks = tuple(
        TrackResult(f"song-{i}", "", {names[key]: values[i] for key, values in columns.items()}) for i in range(count)
    )
    return RunResult("hand", "By hand", "", "", tracks, name=name)


SAME = {"loudness": [0.1, 0.2, 0.15, 0.1, 0.12], "heard": [1.0] * 5, "width": [0.1, 0.2, 0.3, 0.2, 0.1]}
BEFORE = run("before", **SAME)


def verdicts(after: RunResult) -> dict[str, str]:
    return {row.metric.name: row.verdict for row in compare(BEFORE, after).rows}


def test_what_is_sure_and_counts_is_better_or_worse() -> None:
    after = run("after", loudness=[3.1, 3.2, 3.0, 3.3, 3.1], heard=[1.0] * 5, width=[0.4, 0.5, 0.6, 0.5, 0.4])
    assert verdicts(after) == {LOUDNESS: "worse", HEARD: "no difference shown", WIDTH: "differs"}
    assert compare(after, BEFORE).rows[0].verdict == "better"


def test_what_is_sure_but_does_not_count_is_no_difference() -> None:
    after = run("after", loudness=[0.11, 0.21, 0.16, 0.11, 0.13], heard=[1.0] * 5, width=[0.1, 0.2, 0.3, 0.2, 0.1])
    assert verdicts(after)[LOUDNESS] == "no difference shown"


def test_a_figure_without_a_rule_differs_only_where_it_can_be_seen() -> None:
    def after(step: float) -> str:
        runs = []
        for add in (0.0, step):
            tracks = [TrackResult(f"song-{i}", "", {"sound/no_such_metric": 1e-7 * i + add}) for i in range(5)]
            runs.append(RunResult("hand", "By hand", "", "", tuple(tracks)))
        return compare(*runs).rows[0].verdict

    # "0 to 0 differs" is no sentence: what is told has three digits behind the point.
    assert (after(1e-6), after(0.5)) == ("no difference shown", "differs")
    assert metric("sound/dc_offset").least == 0.001, "what the check of the offset minds"


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
    assert [(row.metric.name, row.verdict) for row in missing.rows] == [(HEARD, "worse"), (LOUDNESS, "not comparable")]
    # What the tracks that kept their stems show by themselves stands.
    one = compare(before, run("one", loudness=better, heard=[1.0, 1.0, 1.0, 1.0, 0.0]))
    assert {row.metric.name: row.verdict for row in one.rows}[LOUDNESS] == "better"


SILENT = {
    "no metric in any track": {"loudness": [0.1, 0.2, 0.15, 0.1, 0.12], "width": [0.1, 0.2, 0.3, 0.2, 0.1]},
    "0 in one track": {**SAME, "heard": [1.0, 1.0, 0.0, 1.0, 1.0]},
    "0 in all tracks": {**SAME, "heard": [0.0] * 5},
}


@pytest.mark.parametrize("case", SILENT)
def test_a_silent_stem_is_a_regression_with_its_tracks_named(case: str) -> None:
    found = compare(BEFORE, run("after", **SILENT[case]))
    (row,) = found.regressions
    names = "song-2" if "one" in case else ", ".join(f"song-{i}" for i in range(5))
    told = f"bass no longer heard in {1 if 'one' in case else 5} of 5 tracks: {names}"
    assert (row.metric.name, row.reason) == (HEARD, told)
    assert f"worse: Bass: written notes that are heard: {told}" in comparison_table(found).splitlines()
    assert comparison_table(found).splitlines()[1].startswith("1 worse")
    assert found.to_dict()["rows"][0]["reason"] == told


def test_a_stem_that_one_track_lacks_is_silent_there() -> None:
    less = replace(BEFORE.tracks[3], metrics={LOUDNESS: 0.1, WIDTH: 0.2})
    found = compare(BEFORE, replace(BEFORE, tracks=(*BEFORE.tracks[:3], less, BEFORE.tracks[4]), name="after"))
    assert [row.reason for row in found.regressions] == ["bass no longer heard in 1 of 5 tracks: song-3"]
    assert found.regressions[0].second == pytest.approx(0.8)
    assert "only in before, in 1 track: stems/bass_notes_heard" in comparison_table(found).splitlines()


def test_a_stem_that_was_silent_before_or_is_new_is_no_regression() -> None:
    silent = run("silent", **SILENT["0 in all tracks"])
    assert not compare(silent, silent).regressions
    assert not compare(silent, run("without", **SILENT["no metric in any track"])).regressions
    new = compare(run("without", **SILENT["no metric in any track"]), BEFORE)
    assert not new.regressions
    assert "only in before, in 5 tracks: stems/bass_notes_heard" in comparison_table(new).splitlines()


def test_a_stem_that_is_heard_a_little_less_in_one_track_is_no_regression() -> None:
    assert not compare(BEFORE, run("after", **{**SAME, "heard": [1.0, 1.0, 0.9, 1.0, 1.0]})).regressions


def test_figures_that_only_one_run_has_are_reported() -> None:
    found = compare(BEFORE, run("after", loudness=[0.1, 0.2, 0.15, 0.1, 0.12], detuning=[1.0] * 5))
    everywhere = tuple(f"song-{i}" for i in range(5))
    assert found.metrics_only_first == {HEARD: everywhere, WIDTH: everywhere}
    assert found.metrics_only_second == {"stems/bass_detuning_cents": everywhere}
    lines = comparison_table(found).splitlines()
    assert f"only in before, in 5 tracks: {HEARD}, {WIDTH}" in lines
    assert "only in after, in 5 tracks: stems/bass_detuning_cents" in lines
    assert found.to_dict()["figures_only_first"][WIDTH] == everywhere


def test_another_suite_is_reported() -> None:
    found = compare(BEFORE, replace(BEFORE, suite_digest="other", name="after"))
    assert found.to_dict()["same_suite"] is False
    assert comparison_table(found).count("the suites' files differ") == 1


def test_equal_runs_say_no_more_than_that() -> None:
    found = compare(BEFORE, replace(BEFORE, name="after"))
    assert comparison_table(found).splitlines() == [
        "after against before: 5 tracks in both",
        "0 worse, 0 better, no difference shown in 3 of 3 metrics",
    ]


def test_a_lost_stem_does_not_hide_what_became_worse() -> None:
    muted = run("muted", loudness=[3.1, 3.2, 3.0, 3.3, 3.1], heard=[0.0] * 5, width=[0.4, 0.5, 0.6, 0.5, 0.4])
    assert verdicts(muted) == {HEARD: "worse", LOUDNESS: "worse", WIDTH: "differs"}


def test_regressions_stand_first_the_largest_on_top() -> None:
    after = run("after", loudness=[0.6, 0.7, 0.65, 0.6, 0.62], heard=[0.2] * 5, width=[0.4, 0.5, 0.6, 0.5, 0.4])
    rows = compare(BEFORE, after).rows
    assert [row.metric.name for row in rows] == [HEARD, LOUDNESS, WIDTH]
    assert rows[0].weight > rows[1].weight


def test_tracks_without_a_partner_are_reported_and_strangers_refused() -> None:
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


@pytest.mark.parametrize("case", SILENT)
def test_the_gate_fails_on_a_silent_stem(case: str, folders: dict[str, str], tmp_path: Path, capsys: Any) -> None:
    (tmp_path / "silent").mkdir()
    (tmp_path / "silent" / "results.json").write_text(run("silent", **SILENT[case]).to_json())
    gate = ["gate", "--baseline", folders["before"], "--run", str(tmp_path / "silent")]
    assert main(gate) == 1
    assert "bass no longer heard in" in capsys.readouterr().out
    assert main([*gate, "--allow", HEARD]) == 0


def test_copies_of_a_run_are_reported_by_their_folders(folders: dict[str, str], tmp_path: Path, capsys: Any) -> None:
    for copy in (tmp_path / "copy", tmp_path / "deep" / "before"):
        shutil.copytree(folders["before"], copy)
    assert main(["compare", folders["before"], str(tmp_path / "copy")]) == 0
    assert capsys.readouterr().out.startswith("copy against before: ")
    assert main(["compare", folders["before"], str(tmp_path / "copy" / "results.json")]) == 0
    assert capsys.readouterr().out.startswith("copy against before: ")
    assert main(["compare", folders["before"], str(tmp_path / "deep" / "before")]) == 0
    assert capsys.readouterr().out.startswith(f"{tmp_path}/deep/before against {folders['before']}: ")
    assert main(["compare", folders["before"], folders["before"]]) == 0
    assert capsys.readouterr().out.startswith("before against before: ")


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


def test_outliers_are_reported_by_track() -> None:
    far = run("far", loudness=[0.1, 0.12, 0.1, 0.11, 5.0], width=[0.1, 0.1, 0.1, 0.1, 0.9])
    assert outliers_by_track(far.summary()) == {"song-4": ["Loudness away from its target"]}
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
