"""What makes the drums of a style its own, over several seeds, as they are composed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

from workbench.composition.compose import write_element
from workbench.concept.translate import translate
from workbench.domain.plan import Plan
from workbench.domain.request import GenerationRequest
from workbench.domain.score import Note
from workbench.domain.song import drum_role

_SEEDS = (1, 2, 3)
Hits = list[tuple[int, float, str, int]]
"""Bar, beat within it, drum and velocity."""


@cache
def _song(concept: str, seed: int, variation: float = 0.5) -> tuple[Plan, Hits]:
    """A song of two sections with drums."""
    creative = {"concept": concept}
    technical = {"structure": ["verse", "chorus"], "section_bars": {"verse": 8, "chorus": 8}, "variation": variation}
    request = GenerationRequest.model_validate(
        {"parameters": {"creative": creative, "technical": technical}, "options": {"seed": seed}}
    )
    plan = translate(request)
    notes: tuple[Note, ...] = write_element(plan, "percussion", (), {})[1]
    bar = plan.metre.bar_beats
    hits = [(int(n.onset_beats // bar), n.onset_beats % bar, drum_role(n.pitch), n.velocity) for n in notes]
    return plan, hits


def _share_of_bars(hits: Hits, wanted: Callable[[set[tuple[float, str]]], bool]) -> float:
    """Share of the playing bars but the last of each section in which something is struck."""
    bars: dict[int, set[tuple[float, str]]] = {}
    for bar, beat, role, _ in hits:
        bars.setdefault(bar, set()).add((beat, role))
    inner = [cells for bar, cells in bars.items() if bar % 8 != 7]
    return float(np.mean([wanted(cells) for cells in inner]))


@pytest.mark.parametrize("seed", _SEEDS)
def test_trap_has_half_time_snares_under_claps_and_rolling_hats(seed: int) -> None:
    _, hits = _song("trap, bounce", seed)
    assert _share_of_bars(hits, lambda bar: {(2.0, "snare"), (2.0, "clap")} <= bar) > 0.9
    assert _share_of_bars(hits, lambda bar: (1.0, "snare") in bar) < 0.2
    finer = [beat for _, beat, role, _ in hits if role == "closed_hat" and (beat * 4) % 1]
    assert len(finer) >= 4


def test_trap_rolls_in_thirty_seconds_and_in_triplets() -> None:
    beats = [beat for seed in range(1, 7) for _, beat, role, _ in _song("trap", seed)[1] if role == "closed_hat"]
    assert sum((beat * 8) % 2 == 1 for beat in beats) >= 8
    assert sum(abs((beat * 6) % 1) < 1e-3 and (beat * 2) % 1 > 0 for beat in beats) >= 8


@pytest.mark.parametrize("seed", _SEEDS)
@pytest.mark.parametrize("groove", ["one drop", "rockers", "steppers"])
def test_reggae_drops_on_the_third_beat(groove: str, seed: int) -> None:
    """Kick and rim together on beat three; a one drop leaves beat one empty, steppers tread all four."""
    plan, hits = _song(f"reggae, {groove}", seed)
    assert next(d.value for d in plan.decisions if d.parameter == "groove") == groove
    assert _share_of_bars(hits, lambda bar: {(2.0, "kick"), (2.0, "side_stick")} <= bar) > 0.9
    on_one = _share_of_bars(hits, lambda bar: (0.0, "kick") in bar)
    on_all = _share_of_bars(hits, lambda bar: {(float(beat), "kick") for beat in range(4)} <= bar)
    assert (on_one < 0.1) if groove == "one drop" else (on_one > 0.9)
    assert (on_all > 0.9) == (groove == "steppers")


@pytest.mark.parametrize("seed", _SEEDS)
def test_house_has_open_hats_off_the_beat_and_claps_on_two_and_four(seed: int) -> None:
    _, hits = _song("house", seed)
    off_beats = {(beat + 0.5, "open_hat") for beat in range(4)}
    assert _share_of_bars(hits, lambda bar: off_beats <= bar) > 0.8
    assert _share_of_bars(hits, lambda bar: {(1.0, "clap"), (3.0, "clap")} <= bar) > 0.9
    assert _share_of_bars(hits, lambda bar: {(float(beat), "kick") for beat in range(4)} <= bar) > 0.9


@pytest.mark.parametrize("seed", _SEEDS)
def test_drum_and_bass_breaks_have_ghosts_around_the_backbeat(seed: int) -> None:
    _, hits = _song("drum and bass", seed)
    snares = [(beat, velocity) for _, beat, role, velocity in hits if role == "snare"]
    back = [velocity for beat, velocity in snares if beat in (1.0, 3.0)]
    ghosts = [velocity for beat, velocity in snares if velocity < 50]
    assert len(back) >= 24
    assert len(ghosts) >= 8
    assert np.median(back) - np.median(ghosts) > 25


@pytest.mark.parametrize("concept", ["boom bap", "funk"])
def test_players_ghost_the_snare(concept: str) -> None:
    shares = []
    for seed in _SEEDS:
        velocities = [velocity for _, _, role, velocity in _song(concept, seed)[1] if role == "snare"]
        shares.append(np.mean(np.array(velocities) < 50))
    assert 0.1 < np.median(shares) < 0.7


@pytest.mark.parametrize("seed", _SEEDS)
def test_rock_rides_in_the_chorus_and_opens_it_with_a_crash(seed: int) -> None:
    _, hits = _song("rock", seed)
    rides = [sum(role == "ride" for bar, _, role, _ in hits if bar // 8 == half) for half in (0, 1)]
    hats = [sum(role in ("closed_hat", "open_hat") for bar, _, role, _ in hits if bar // 8 == half) for half in (0, 1)]
    assert rides[1] > 4 * rides[0]
    assert hats[0] > 4 * hats[1]
    assert any((bar, beat, role) == (8, 0.0, "crash") for bar, beat, role, _ in hits)


@pytest.mark.parametrize("seed", _SEEDS)
def test_afro_house_has_hand_drums_over_four_to_the_floor(seed: int) -> None:
    _, hits = _song("afro house", seed)
    assert _share_of_bars(hits, lambda bar: sum(role == "percussion" for _, role in bar) >= 3) > 0.8
    assert _share_of_bars(hits, lambda bar: {(float(beat), "kick") for beat in range(4)} <= bar) > 0.8


@pytest.mark.parametrize("seed", _SEEDS)
def test_bossa_has_its_clave(seed: int) -> None:
    _, hits = _song("bossa nova", seed)
    straight, reverse = ((0.0, 0.75, 1.5, 2.5, 3.25), (0.5, 1.5, 2.25, 3.0, 3.75))
    claves = [{(beat, "side_stick") for beat in beats} for beats in (straight, reverse)]
    assert max(_share_of_bars(hits, lambda bar, clave=clave: clave <= bar) for clave in claves) > 0.7  # type: ignore[misc]


@pytest.mark.parametrize("seed", _SEEDS)
def test_ambient_has_no_backbeat(seed: int) -> None:
    _, hits = _song("ambient with percussion", seed)
    assert _share_of_bars(hits, lambda bar: bool({(1.0, "snare"), (3.0, "snare"), (1.0, "clap")} & bar)) == 0.0
    assert sum(bar < 8 for bar, *_ in hits) <= 5 * 8


@pytest.mark.parametrize("concept", ["rock", "trap", "house", "boom bap"])
def test_variation_acts_on_drums(concept: str) -> None:
    for seed in _SEEDS:
        songs = [{(bar, beat, role) for bar, beat, role, _ in _song(concept, seed, amount)[1]} for amount in (0.5, 1.0)]
        assert songs[0] != songs[1]


@pytest.mark.parametrize("concept", ["rock", "funk", "pop"])
def test_sections_end_in_fills(concept: str) -> None:
    """The last two beats before a chorus, where fills lie, differ from the bar before far more than inner bars do."""
    ends, inner = [], []
    for seed in _SEEDS:
        bars: list[set[tuple[float, str]]] = [set() for _ in range(16)]
        for bar, beat, role, _ in _song(concept, seed)[1]:
            if role != "crash" and beat >= 2.0:
                bars[bar].add((beat, role))
        change = [len(a ^ b) / max(1, len(a) + len(b)) for a, b in zip(bars[1:8], bars[:7], strict=True)]
        ends.append(change[6])
        inner += [change[0], change[1], change[3], change[4]]
    assert np.mean(ends) > 1.5 * np.mean(inner)
