"""What a run holds is a pure function of the track."""

from __future__ import annotations

import math
from dataclasses import replace

from workbench.domain.results import CheckResult, QualityReport, Track
from workbench.tracking import run_items


def test_measurements_are_named_by_group(tiny_track: Track) -> None:
    metrics = run_items(tiny_track).metrics
    assert metrics["loudness/integrated_loudness_lufs"] == -14.02
    assert metrics["score/duration_seconds"] == 4.0
    assert metrics["time/compose_seconds"] == metrics["time/all_seconds"] == 1.25


def test_checks_become_numbers_where_they_apply(tiny_track: Track) -> None:
    metrics = run_items(tiny_track).metrics
    assert {name: value for name, value in metrics.items() if name.startswith("check/")} == {
        "check/BF001": 1.0,
        "check/BF002": 0.0,
        "check/BF003": 0.5,
    }
    assert [metrics[f"quality/checks_{outcome}"] for outcome in ("pass", "warn", "fail")] == [1.0, 1.0, 1.0]


def test_distances_name_their_reference_and_infinities_are_left_out(tiny_track: Track) -> None:
    distances = {"some-song": {"spectrum_db": 4.5, "tempo_bpm": math.nan}}
    report = QualityReport((), {"crest_factor_db": math.inf}, distances)
    metrics = run_items(replace(tiny_track, report=report)).metrics
    assert metrics["reference/some-song/spectrum_db"] == 4.5
    assert "reference/some-song/tempo_bpm" not in metrics
    assert "loudness/crest_factor_db" not in metrics


def test_notes_are_counted(tiny_track: Track) -> None:
    metrics = run_items(tiny_track).metrics
    counts = {name: len(part.notes) for name, part in tiny_track.score.parts.items()}
    assert {name: metrics[f"score/{name}_notes"] for name in counts} == counts
    assert metrics["score/notes"] == sum(counts.values())


def test_parameters_say_what_was_decided_and_by_what(tiny_track: Track) -> None:
    params = run_items(tiny_track).params
    assert params["tempo_bpm"] == "120"
    assert params["key"] == "F minor"
    assert params["structure"] == "intro, verse, chorus"
    assert params["source/tempo"] == "stated"


def test_tags_find_the_run_again(tiny_track: Track) -> None:
    tags = run_items(tiny_track).tags
    assert tags["seed"] == "7"
    assert tags["style"] == "house"
    assert tags["passed"] == "false"
    assert tags["model/bass"] == "0" * 64


def test_note_is_a_table_that_no_text_can_break(tiny_track: Track) -> None:
    decision = replace(tiny_track.plan.decisions[0], reason="a | b")
    check = CheckResult("BF009", "Odd", "warn", 1.0, "0", "", "It is odd.")
    plan = replace(tiny_track.plan, decisions=(decision,))
    note = run_items(replace(tiny_track, plan=plan, report=QualityReport((check,), {}, {}))).note
    assert "| tempo | 120 BPM | stated | a / b |" in note
    assert "- warn: Odd, It is odd." in note


def test_names_are_what_the_store_accepts(tiny_track: Track) -> None:
    items = run_items(tiny_track)
    allowed = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-. :/")
    assert all(set(name) <= allowed for name in (*items.metrics, *items.params, *items.tags))
