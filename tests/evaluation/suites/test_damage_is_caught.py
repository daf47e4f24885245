"""A version that is damaged on purpose is caught in each case, and the damage is named; the same twice is no news."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from evaluation.degradations import detuned, later, quieter
from evaluation.suites.comparison import compare
from evaluation.suites.run_result import RunResult
from tests.evaluation.damaged_tracks import SONGS, measured, song, with_stem
from workbench.domain.plan import Plan
from workbench.domain.results import Track


@pytest.fixture(scope="module")
def tracks(tiny_plan: Plan) -> list[Track]:
    return [song(tiny_plan, number) for number in range(len(SONGS))]


@pytest.fixture(scope="module")
def sound(tracks: list[Track]) -> RunResult:
    return measured(tracks, "sound")


def test_the_same_twice_is_neither_better_nor_worse(tracks: list[Track], sound: RunResult) -> None:
    found = compare(sound, measured(tracks, "again"))
    assert {row.verdict for row in found.rows} == {"no difference shown"}
    assert all(row.difference == 0.0 for row in found.rows)


DAMAGES: dict[str, tuple[Callable[[Track], Track], str]] = {
    "loudness": (
        lambda track: replace(track, master=quieter(track.master, 3.0)),
        "Loudness away from its target",
    ),
    "detuned bass": (lambda track: with_stem(track, "bass", lambda stem: detuned(stem, 25.0)), "Bass: detuned"),
    "late drums": (
        lambda track: with_stem(track, "percussion", lambda stem: later(stem, 20.0)),
        "Percussion: off its written onsets",
    ),
    "muted stem": (
        lambda track: with_stem(track, "pads", lambda stem: quieter(stem, 200.0)),
        "Pads: written notes that are heard",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_caught_and_named(damage: str, tracks: list[Track], sound: RunResult) -> None:
    harm, title = DAMAGES[damage]
    found = compare(sound, measured([harm(track) for track in tracks], damage))
    assert found.regressions, found
    assert found.rows[0].verdict == "worse"
    assert title in [row.metric.title for row in found.regressions]
    assert not found.with_verdict("better")
    # The pads have less of their energy on the scale (0.88) than the bass (0.94), so without them the share does rise.
    apart = {row.metric.title: row.reason for row in found.with_verdict("not comparable")}
    assert set(apart) == ({"Pitch energy on the planned scale"} if damage == "muted stem" else set())
    assert all("pads in 4 of 4 tracks" in reason for reason in apart.values())


def test_a_wrong_key_is_caught_and_named(tiny_plan: Plan, sound: RunResult) -> None:
    other = {"major": "F# major", "minor": "D# minor"}
    wrong = [song(tiny_plan, number, key=other[name.split()[1]]) for number, (name, _) in enumerate(SONGS)]
    found = compare(sound, measured(wrong, "wrong key"))
    titles = [row.metric.title for row in found.regressions]
    assert {"Key right", "Pitch energy on the planned scale"} <= set(titles)
