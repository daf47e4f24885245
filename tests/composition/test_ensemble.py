"""Pads beside a tune: below it, answering it, doubling it where a chorus comes for the last time."""

from __future__ import annotations

from dataclasses import replace

from workbench.composition.ensemble import beneath_tune
from workbench.composition.phrases import habit
from workbench.domain.plan import PartTraits, Plan, SectionPlan
from workbench.domain.score import Note
from workbench.domain.theory import Chord, Key

EVERYONE = ("percussion", "bass", "pads", "leads")
C_MAJOR = (Chord.parse("C", duration_beats=64.0),)
TUNE = [Note(float(beat), pitch, 1.0, 90) for beat, pitch in enumerate((64, 67, 65, 64))]


def song(plan: Plan, *names: str, seed: int = 3) -> Plan:
    sections = tuple(SectionPlan(name, name, 4 * place, 4, 0.6, EVERYONE) for place, name in enumerate(names))
    parts = {**plan.parts, "pads": PartTraits(0.4, 45, 79), "leads": PartTraits(0.5, 57, 84)}
    groove = replace(plan.groove, swing_percent=50.0)
    return replace(plan, seed=seed, key=Key.parse("C"), sections=sections, parts=parts, groove=groove)


def chords_at(*bars: int) -> list[Note]:
    return [Note(4.0 * bar, pitch, 4.0, 80) for bar in bars for pitch in (55, 60, 64, 72)]


def phrase(bar: int, high: int = 0) -> list[Note]:
    """Four bars that sing throughout."""
    return [
        replace(note, onset_beats=note.onset_beats + 4.0 * (bar + more), pitch=note.pitch + high)
        for more in range(4)
        for note in TUNE
    ]


def test_voicings_stand_below_the_tune_and_keep_their_tones(tiny_plan: Plan) -> None:
    plan = song(tiny_plan, "verse", "outro")
    played = beneath_tune(chords_at(0, 1, 2, 3), phrase(0), plan, "pads", C_MAJOR)
    assert max(note.pitch for note in played) < min(note.pitch for note in TUNE)
    for bar in range(4):
        assert {note.pitch % 12 for note in played if note.onset_beats == 4.0 * bar} == {0, 4, 7}


def test_where_nobody_sings_pads_stay(tiny_plan: Plan) -> None:
    plan = song(tiny_plan, "intro", "verse")
    pads = chords_at(*range(8))
    played = beneath_tune(pads, phrase(4), plan, "pads", C_MAJOR)
    assert [note for note in played if note.onset_beats < 16.0] == sorted(pads)[:16]
    assert beneath_tune(pads, (), plan, "pads", C_MAJOR) == tuple(pads)


def test_a_rest_of_the_tune_is_answered_in_its_own_rhythm_below_it(tiny_plan: Plan) -> None:
    question = [Note(beat, pitch, length, 90) for beat, pitch, length in ((0, 72, 1.0), (1, 74, 0.5), (1.5, 76, 0.5))]
    again = [Note(8.0, 72, 1.0, 90)]
    answered = 0
    for seed in range(16):
        plan = song(tiny_plan, "verse", "outro", seed=seed)
        plan = replace(plan, sections=(replace(plan.sections[0], bars=2), replace(plan.sections[1], start_bar=2)))
        pads = [Note(4.0 * bar, pitch, 4.0, 80) for bar in range(2) for pitch in (55, 60, 64)]
        answer = [note for note in beneath_tune(pads, [*question, *again], plan, "pads", C_MAJOR) if note not in pads]
        answer = [note for note in answer if note.onset_beats % 4.0 or note.pitch > 64]
        if not answer:
            continue
        answered += 1
        begin = answer[0].onset_beats
        assert [note.onset_beats - begin for note in answer] == [0.0, 1.0, 1.5]
        assert begin > 2.0
        assert answer[-1].end_beats <= 8.0
        assert all(64 < note.pitch < 76 for note in answer)
        assert answer[-1].pitch % 12 in (0, 4, 7)
        assert all(note.velocity < 90 for note in answer)
    assert answered >= 3


def test_only_the_last_chorus_is_doubled(tiny_plan: Plan) -> None:
    plan = song(tiny_plan, "chorus", "verse", "chorus", "outro")
    pads = chords_at(*range(12))
    tune = [*phrase(0, 12), *phrase(4), *phrase(8, 12)]
    played = beneath_tune(pads, tune, plan, "pads", C_MAJOR)
    count = [sum(first <= note.onset_beats < first + 16.0 for note in played) for first in (0.0, 32.0)]
    assert count[1] >= count[0] + 8
    alone = song(tiny_plan, "verse", "chorus", "outro")
    once = beneath_tune(chords_at(*range(8)), [*phrase(0), *phrase(4, 12)], alone, "pads", C_MAJOR)
    assert sum(note.onset_beats >= 16.0 for note in once) <= sum(note.onset_beats < 16.0 for note in once) + 4


def test_the_second_voice_is_an_octave_or_a_tone_of_chord_and_scale_below(tiny_plan: Plan) -> None:
    heard = set()
    for seed in range(12):
        plan = song(tiny_plan, "chorus", "verse", "chorus", "outro", seed=seed)
        tune = [*phrase(0, 12), *phrase(8, 12)]
        pads = [Note(32.0, 48, 16.0, 80)]
        second = [note for note in beneath_tune(pads, tune, plan, "pads", C_MAJOR) if note.onset_beats == 33.0]
        octaves = habit(plan, "pads", "doubling") < 0.35
        alone = habit(plan, "pads", "second voice") >= 0.6
        assert [note.pitch for note in second] == ([] if alone else [67 if octaves else 76])
        heard.add("alone" if alone else octaves)
    assert heard == {True, False, "alone"}


def test_a_tone_that_the_tune_holds_is_answered_too(tiny_plan: Plan) -> None:
    held = [Note(0.0, 72, 1.0, 90), Note(1.0, 74, 0.5, 90), Note(1.5, 76, 6.0, 90)]
    answered = [
        any(note.onset_beats > 2.5 for note in beneath_tune([Note(0.0, 48, 8.0, 80)], held, plan, "pads", C_MAJOR))
        for seed in range(16)
        if (plan := song(tiny_plan, "verse", "outro", seed=seed))
    ]
    assert 3 <= sum(answered) < 16
