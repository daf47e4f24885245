"""Drummers and machines: who plays, and what tells them apart in the notes."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from workbench.composition.compose import write_element
from workbench.composition.drum_figures import _open_cells
from workbench.composition.drum_licks import licks, licks_of_bar, repertoire
from workbench.composition.drummer import is_programmed, rides
from workbench.concept.translate import translate
from workbench.domain.plan import Plan
from workbench.domain.request import GenerationRequest
from workbench.domain.score import Note
from workbench.domain.song import drum_role
from workbench.models.grid import SLOTS_24, SLOTS_PER_BEAT

_SEEDS = range(1, 5)


@cache
def _plan(style: str, seed: int, variation: float = 0.5) -> Plan:
    technical = {"structure": ["verse", "chorus"], "section_bars": {"verse": 16, "chorus": 8}, "variation": variation}
    parameters = {"creative": {"concept": "a song", "style": style}, "technical": technical}
    return translate(GenerationRequest.model_validate({"parameters": parameters, "options": {"seed": seed}}))


@cache
def _notes(style: str, seed: int, variation: float = 0.5) -> tuple[Note, ...]:
    return write_element(_plan(style, seed, variation), "percussion", (), {})[1]


def _bars(notes: tuple[Note, ...]) -> list[set[tuple[float, str]]]:
    bars: list[set[tuple[float, str]]] = [set() for _ in range(24)]
    for note in notes:
        if drum_role(note.pitch) != "crash":
            bars[int(note.onset_beats // 4)].add((note.onset_beats % 4, drum_role(note.pitch)))
    return bars


@pytest.mark.parametrize("style", ["techno", "chiptune", "trance"])
def test_machines_are_on_the_grid_and_know_few_levels(style: str) -> None:
    """Swing apart there is no shift at all, and no drum has more than three levels."""
    for seed in _SEEDS:
        plan, notes = _plan(style, seed), _notes(style, seed)
        assert is_programmed(plan)
        swung = (plan.groove.swing_percent - 50.0) / 200.0
        assert {round(note.shift_beats, 4) for note in notes} <= {0.0, round(swung, 4)}
        levels: dict[str, set[int]] = {}
        for note in notes:
            levels.setdefault(drum_role(note.pitch), set()).add(note.velocity)
        assert max(map(len, levels.values())) <= 3


def test_a_machine_repeats_what_it_was_told() -> None:
    """Bars 9 to 15 of a section are bars 1 to 7, turns included, unless one of them announces a change."""
    same = [
        first == again
        for seed in _SEEDS
        for first, again in zip(_bars(_notes("techno", seed))[:7], _bars(_notes("techno", seed))[8:15], strict=True)
    ]
    assert np.mean(same) > 0.75


def test_drummers_leave_grid_and_levels() -> None:
    for seed in _SEEDS:
        notes = _notes("rock", seed)
        assert not is_programmed(_plan("rock", seed))
        assert np.mean([note.shift_beats != 0.0 for note in notes]) > 0.95
        assert len({note.velocity for note in notes}) > 40


def test_drummers_play_between_the_sixteenths_and_hardly_repeat_a_bar() -> None:
    songs = [_notes("jazz-hop", seed) for seed in range(1, 9)]
    between = [np.mean([(note.onset_beats * 4) % 1 > 1e-6 for note in notes]) for notes in songs]
    assert np.mean(between) > 0.01
    distinct = [len(set(map(frozenset, _bars(notes)))) / 24 for notes in songs]
    assert np.median(distinct) > 0.6


def test_variation_brings_more_licks() -> None:
    counts = []
    for variation in (0.0, 0.5, 1.0):
        plans = [_plan("funk-disco", seed, variation) for seed in range(1, 9)]
        bars = [(plan, bar) for plan in plans for bar in range(8)]
        counts.append(sum(len(licks_of_bar(plan, plan.sections[0], bar, [12, 36])) for plan, bar in bars))
    assert counts[0] == 0
    assert counts[2] > 1.4 * counts[1] > 0


def test_every_lick_lies_on_the_grid_of_the_networks() -> None:
    for name, lick in licks().items():
        for _, place, _ in lick.strokes:
            assert place % 24 in SLOTS_24.tolist(), name


def test_a_song_has_a_repertoire_of_its_own() -> None:
    plan = _plan("rock", 1)
    assert repertoire(plan) == repertoire(plan)
    known = {repertoire(replace(plan, seed=seed)) for seed in range(6)}
    assert len(known) == 6
    assert all(4 <= len(names) <= 8 for names in known)


def test_kicks_of_licks_keep_out_of_where_the_style_is_silent() -> None:
    """A one drop has no kick on the first beat, whatever the drummer knows."""
    plan = _plan("reggae-dub", 3, 1.0)
    kick = {**plan.groove.patterns, "kick": "--------X-------"}
    plan = replace(plan, groove=replace(plan.groove, patterns=kick, sections={}))
    for seed in range(30):
        for bar in range(4):
            for strokes, _ in licks_of_bar(replace(plan, seed=seed), plan.sections[0], bar, [12, 36]):
                kicks = [slot for slot, role, _ in strokes if role == "kick"]
                assert all(slot % 3 or slot == 24 or slot % SLOTS_PER_BEAT not in (0, 3, 6, 9) for slot in kicks)


def test_a_groove_that_leaves_nothing_open_has_no_ornaments() -> None:
    """As in a break without hats: a drummer who may add or leave out nothing plays what is written."""
    plan = _plan("house", 3, 1.0)
    shut = str.maketrans("og.", "---")
    patterns = {role: pattern.translate(shut) for role, pattern in plan.groove.patterns.items()}
    closed = replace(plan, groove=replace(plan.groove, patterns=patterns, sections={}))
    assert not any(_open_cells(closed, section) for section in closed.sections)
    assert write_element(closed, "percussion", (), {})


def test_some_drummers_ride_in_choruses_with_the_foot_on_the_backbeats() -> None:
    riding = next(plan for seed in range(1, 30) if rides(plan := _plan("pop", seed), "chorus"))
    assert not is_programmed(riding)
    assert not rides(riding, "verse")
    notes = write_element(riding, "percussion", (), {})[1]
    verse, chorus = ([note for note in notes if first <= note.onset_beats < first + 64] for first in (0.0, 64.0))
    roles = [{drum_role(note.pitch) for note in part} for part in (verse, chorus)]
    assert "ride" not in roles[0]
    assert "ride" in roles[1]
    feet = {note.onset_beats % 4 for note in chorus if drum_role(note.pitch) == "pedal_hat"}
    assert {1.0, 3.0} <= feet


def test_no_drummer_rides_in_every_song_and_no_machine_does() -> None:
    shares = [rides(_plan("pop", seed), "chorus") for seed in range(1, 30) if not is_programmed(_plan("pop", seed))]
    assert 0.2 < np.mean(shares) < 0.8
    assert not any(rides(_plan("techno", seed), name) for seed in _SEEDS for name in ("verse", "chorus", "drop"))
