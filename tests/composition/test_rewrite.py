"""A standing song is written anew in part: the bars asked for change, every other note stays the same note."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from workbench.composition import compose
from workbench.composition.rewrite import rewrite_chords, rewrite_element, write_whole_element
from workbench.concept import translate
from workbench.domain.plan import Plan
from workbench.domain.request import parse_request
from workbench.domain.score import Note, Score


@pytest.fixture(scope="module")
def plan() -> Plan:
    technical = {"tempo": 120, "key": "F minor", "duration": 16, "structure": ["verse", "chorus"]}
    parameters = {"creative": {"concept": "driving synthwave"}, "technical": technical}
    return translate(parse_request({"parameters": parameters, "options": {"seed": 3}}))


@pytest.fixture(scope="module")
def score(plan: Plan) -> Score:
    return compose(plan)


def outside(notes: tuple[Note, ...], bars: range) -> list[Note]:
    return [note for note in notes if int(note.onset_beats // 4) not in bars]


@pytest.mark.parametrize("element", ["percussion", "bass", "pads", "leads"])
@pytest.mark.parametrize("bars", [range(5, 6), range(2, 6), range(4, 8)])
def test_only_the_bars_asked_for_change(plan: Plan, score: Score, element: str, bars: range) -> None:
    before = score.parts[element].notes
    after = rewrite_element(plan, score, element, [bars], seed=5)
    assert outside(before, bars) == outside(after, bars)
    assert list(after) == sorted(after)
    assert after == rewrite_element(plan, score, element, [bars], seed=5)
    fresh = [note for note in after if int(note.onset_beats // 4) in bars]
    traits = plan.parts[element]
    assert all(1 <= note.velocity <= 127 and note.duration_beats > 0 for note in fresh)
    if element != "percussion":
        assert all(traits.low_pitch - 12 <= note.pitch <= traits.high_pitch + 12 for note in fresh)


@pytest.mark.parametrize("element", ["percussion", "bass", "pads", "leads"])
def test_what_is_written_anew_differs(plan: Plan, score: Score, element: str) -> None:
    before = score.parts[element].notes
    assert rewrite_element(plan, score, element, [range(8)], seed=5) != before
    other = replace(plan, seed=99)
    whole = write_whole_element(other, score, element)
    assert whole != before
    assert whole == write_whole_element(other, score, element)


def test_an_element_written_whole_from_the_plans_own_seed_is_the_songs(plan: Plan, score: Score) -> None:
    assert write_whole_element(plan, score, "percussion") == score.parts["percussion"].notes


def test_chords_outside_stay(plan: Plan, score: Score) -> None:
    chords = rewrite_chords(plan, score, [range(4, 6)], seed=8)
    assert chords[-1].end_beats == score.length_beats
    for before, after in itertools.pairwise(chords):
        assert before.end_beats == pytest.approx(after.onset_beats)

    def at(beat: float, line: tuple) -> tuple[int, str, int]:  # type: ignore[type-arg]
        chord = next(chord for chord in line if chord.onset_beats <= beat < chord.end_beats)
        return chord.root, chord.quality, chord.bass

    for beat in (*range(16), *range(24, 32)):
        assert at(beat, chords) == at(beat, score.chords)
