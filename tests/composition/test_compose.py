"""Whole songs by the shipped networks: what was asked for is in the score, note for note the same each time."""

from __future__ import annotations

from typing import Any

import pytest

from workbench.composition import compose
from workbench.concept import translate
from workbench.domain.cores import THREADS_VARIABLE
from workbench.domain.plan import Plan
from workbench.domain.request import parse_request
from workbench.domain.score import Score


def plan_for(concept: str = "warm house track", seed: int = 0, **technical: Any) -> Plan:
    structure = technical.pop("structure", ["intro", "verse", "chorus", "verse", "chorus", "outro"])
    palette = technical.pop("palette", ["percussion", "bass", "pads", "leads"])
    parameters = {
        "creative": {"concept": concept},
        "technical": {"tempo": 120, "key": "F minor", "duration": 44, "structure": structure, **technical},
        "sound_design": {"palette": palette},
    }
    return translate(parse_request({"parameters": parameters, "options": {"seed": seed}}))


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plan_for()


@pytest.fixture(scope="module")
def score(plan: Plan) -> Score:
    return compose(plan)


@pytest.mark.parametrize("threads", [1, 2, 8])
def test_threads_change_no_note(plan: Plan, score: Score, threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(THREADS_VARIABLE, str(threads))
    assert compose(plan) == score


def test_every_element_plays_in_its_sections_only(plan: Plan, score: Score) -> None:
    assert set(score.parts) == set(plan.palette)
    for element, part in score.parts.items():
        assert part.notes
        for note in part.notes:
            bar = int(note.onset_beats // 4)
            section = next(s for s in plan.sections if s.start_bar <= bar < s.end_bar)
            assert element in section.elements


def test_notes_lie_in_the_song_and_in_range(score: Score) -> None:
    for part in score.parts.values():
        assert list(part.notes) == sorted(part.notes)
        for note in part.notes:
            assert 0 <= note.onset_beats < score.length_beats
            assert note.duration_beats > 0
            assert 1 <= note.velocity <= 127
            assert 0 <= note.pitch <= 127


def test_chords_cover_the_song_without_gaps(score: Score) -> None:
    assert score.chords[0].onset_beats == 0
    for before, after in zip(score.chords, score.chords[1:], strict=False):
        assert before.end_beats == pytest.approx(after.onset_beats)
    assert score.chords[-1].end_beats == pytest.approx(score.length_beats)
    assert score.chords[-1].root == score.key.tonic


def test_tonal_notes_keep_to_chord_and_key(score: Score) -> None:
    scale = set(score.key.pitch_classes)
    for element in ("bass", "pads", "leads"):
        notes = score.parts[element].notes
        chord_tones = {pitch for chord in score.chords for pitch in chord.pitch_classes}
        inside = [note.pitch % 12 in scale | chord_tones for note in notes]
        assert sum(inside) / len(inside) > 0.93


def test_sections_return(plan: Plan, score: Score) -> None:
    verses = [section for section in plan.sections if section.name == "verse"]
    bars = min(section.bars for section in verses)

    def cells(start_bar: int) -> set[tuple[float, int]]:
        first = start_bar * 4
        notes = score.parts["bass"].notes
        return {(round(n.onset_beats - first, 3), n.pitch) for n in notes if first <= n.onset_beats < first + bars * 4}

    one, two = cells(verses[0].start_bar), cells(verses[1].start_bar)
    assert len(one & two) / len(one | two) > 0.5


def test_same_plan_same_notes_other_seed_others(plan: Plan, score: Score) -> None:
    assert compose(plan) == score
    assert compose(plan_for(seed=1)).parts != score.parts


def test_machine_style_keeps_its_beat(score: Score) -> None:
    kicks = {note.onset_beats % 4 for note in score.parts["percussion"].notes if note.pitch == 36}
    downbeats = [note for note in score.parts["percussion"].notes if note.pitch == 36 and note.onset_beats % 1 == 0]
    assert {0.0, 1.0, 2.0, 3.0} <= kicks
    assert len(downbeats) > 0.6 * len([note for note in score.parts["percussion"].notes if note.pitch == 36])


def test_user_chords_are_the_harmony() -> None:
    plan = plan_for(
        structure=["verse", "chorus"], duration=16, chords="Am7 | F C/E | G | Am", key="A minor", palette=["bass"]
    )
    score = compose(plan)
    symbols = [chord.symbol(score.key) for chord in score.chords]
    assert symbols[:5] == ["Am7", "F", "C/E", "G", "Am"]


@pytest.mark.parametrize("palette", [["percussion"], ["leads"], ["pads", "bass"]])
def test_any_palette_in_three_four(palette: list[str]) -> None:
    score = compose(plan_for(palette=palette, structure=["verse", "chorus"], duration=12, metre="3/4"))
    assert set(score.parts) == set(palette)
    assert score.metre.bar_beats == 3
    assert all(part.notes for part in score.parts.values())


@pytest.mark.parametrize("element", ["bass", "pads", "leads"])
def test_alone_an_element_does_not_fall_silent(element: str) -> None:
    score = compose(plan_for(concept="calm lo-fi beat", palette=[element], structure=["intro", "verse"], duration=24))
    bar = score.metre.bar_beats
    sounding = [
        any(
            note.onset_beats < (number + 1) * bar and note.onset_beats + note.duration_beats > number * bar
            for note in notes
        )
        for notes in [score.parts[element].notes]
        for number in range(score.bars)
    ]
    assert all(sounding)


@pytest.mark.parametrize("concept", ["warm house track", "slow dubstep"])
def test_pads_tell_major_from_minor_wherever_they_strike(concept: str) -> None:
    score = compose(plan_for(concept=concept, structure=["verse", "chorus", "verse"], duration=30))
    pads = score.parts["pads"].notes
    told = []
    for chord in score.chords:
        for bar in range(score.bars):
            start, end = max(chord.onset_beats, 4.0 * bar), min(chord.end_beats, 4.0 * (bar + 1))
            if end - start < 1.0 or len(chord.pitch_classes) < 3 or not any(start <= n.onset_beats < end for n in pads):
                continue
            sounding = {n.pitch % 12 for n in pads if n.onset_beats < end and n.onset_beats + n.duration_beats > start}
            told.append(chord.pitch_classes[1] in sounding)
    assert told
    assert all(told)
