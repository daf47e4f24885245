"""Words for drumming, endings and long sections are heard in the notes."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from workbench.composition import compose
from workbench.concept.translate import translate
from workbench.domain.plan import Plan
from workbench.domain.request import GenerationRequest
from workbench.domain.score import Note, Score
from workbench.domain.song import drum_role

_FORM = {"structure": ["verse", "chorus"], "section_bars": {"verse": 8, "chorus": 8}}
_SEEDS = range(1, 6)


def plan_of(text: str, seed: int = 1, **technical: object) -> Plan:
    parameters = {"creative": {"concept": text}, "technical": technical}
    return translate(GenerationRequest.model_validate({"parameters": parameters, "options": {"seed": seed}}))


@cache
def song_of(text: str, seed: int = 1) -> tuple[Plan, Score]:
    plan = plan_of(text, seed, **_FORM)
    return plan, compose(plan)


def drums_of(text: str, role: str) -> list[Note]:
    notes = (note for seed in _SEEDS for note in song_of(text, seed)[1].parts["percussion"].notes)
    return [note for note in notes if drum_role(note.pitch) == role]


def soft(text: str) -> float:
    return float(np.mean([note.velocity < 50 for note in drums_of(text, "snare")]))


def struck(text: str) -> tuple[int, int]:
    """Snares of five songs: how many are soft, how many are not."""
    snares = [note.velocity < 50 for note in drums_of(text, "snare")]
    return sum(snares), len(snares) - sum(snares)


def test_ghost_notes_are_played_and_left_out() -> None:
    assert soft("pop with ghost notes, no leads") > soft("pop, no leads") + 0.1
    # Half of a rock drummer's snares are ghosts already: more of them come, and the backbeats stay.
    (ghosts, backbeats), (more, still) = (struck("rock, no leads"), struck("rock with ghost notes, no leads"))
    assert more > 1.3 * ghosts
    assert still == pytest.approx(backbeats, rel=0.05)
    assert soft("rock, no ghost notes, no leads") < 0.1


def test_hats_roll_where_they_are_asked_to() -> None:
    """Strokes between the 16ths, 32nds and triplets, five songs each."""
    between = {
        text: sum((note.onset_beats * 4) % 1 > 1e-6 for note in drums_of(text, "closed_hat"))
        for text in ("house, no leads", "house with hat rolls, no leads", "trap with no hat rolls, no leads")
    }
    rolled, usual = between["house with hat rolls, no leads"], between["house, no leads"]
    assert rolled > 40 + 2 * usual
    assert between["trap with no hat rolls, no leads"] < 10


def test_triplets_swing_the_sixteenths_to_thirds() -> None:
    plan, score = song_of("house with triplets, no leads")
    assert plan.groove.swing_percent == 66.0
    off = [note for note in score.parts["percussion"].notes if abs(note.onset_beats % 0.5 - 0.25) < 1e-6]
    assert off
    assert np.median([(note.onset_beats + note.shift_beats) % 0.5 for note in off]) == pytest.approx(1 / 3, abs=0.02)


def test_an_abrupt_ending_leaves_silence_in_the_last_bar() -> None:
    for text, rings in (("rock, abrupt ending", False), ("rock", True)):
        plan, score = song_of(text)
        end = plan.bars * plan.metre.bar_beats
        last = max(note.onset_beats + note.duration_beats for part in score.parts.values() for note in part.notes)
        assert (last > end - 0.5) == rings
        assert rings or last <= end - plan.metre.bar_beats + 1.0 + 1e-6


def test_a_band_plays_on_where_a_song_fades() -> None:
    """The fader does the fading: the last bars are as loud in the score as those before them."""
    plan, score = song_of("house, fade out")
    bar = plan.metre.bar_beats
    notes = [note for part in score.parts.values() for note in part.notes]
    bars = range(plan.bars)
    loudness = [np.mean([note.velocity for note in notes if note.onset_beats // bar == one]) for one in bars]
    assert plan.ending == "fade"
    assert loudness[-1] > 0.7 * loudness[7]
    assert any(note.onset_beats > plan.bars * bar - 2.0 for note in score.parts["percussion"].notes)


@pytest.mark.parametrize(
    ("text", "section", "longer"),
    [
        ("trance with a long build-up", "build", True),
        ("rock with an extended guitar solo", "solo", True),
        ("house with a short intro", "intro", False),
    ],
)
def test_sections_are_long_and_short(text: str, section: str, longer: bool) -> None:
    plain = text.split(" with ")[0] + f" with a {section}"

    def share(asked: str) -> float:
        plan = plan_of(asked, duration=180)
        return sum(one.bars for one in plan.sections if one.name == section) / plan.bars

    assert (share(text) > 1.2 * share(plain)) if longer else (share(text) < 0.8 * share(plain))


def test_words_that_are_no_orders_stay_what_they_were() -> None:
    plan = plan_of("a long verse-like dream about ghosts fading into fog")
    assert plan.ending == "close"
    assert not any(decision.parameter == "drumming" for decision in plan.decisions)
