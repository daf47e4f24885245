"""Each check passes on a track that keeps its promises and notices when one is broken."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from workbench.analysis.profile import Measurements
from workbench.analysis.references import ReferenceProfile
from workbench.domain.audio import Audio, Mix
from workbench.domain.plan import PartTraits
from workbench.domain.score import Note, Part
from workbench.domain.theory import Key
from workbench.quality import CHECKS, check
from workbench.quality.facts import gather, unexplained_clicks

BY_CODE = {item.code: item for item in CHECKS}


def judged(facts, code):
    return BY_CODE[code].judge(facts)


def with_numbers(facts, **numbers):
    measured = facts.measured
    return replace(
        facts, measured=Measurements({**measured.numbers, **numbers}, measured.key, measured.third_octave_db)
    )


def with_part(facts, element, *notes):
    return replace(facts, score=replace(facts.score, parts={**facts.score.parts, element: Part(element, tuple(notes))}))


def test_codes_are_unique_sorted_and_explained():
    codes = [item.code for item in CHECKS]
    assert codes == sorted(set(codes))
    assert all(item.title and len(item.explanation) > 30 for item in CHECKS)


@pytest.mark.parametrize("code", BY_CODE)
def test_good_track_passes(good_facts, code):
    finding = judged(good_facts, code)
    # The track is in minor, which no single tone makes.
    assert finding.outcome == ("not applicable" if code == "BF054" else "pass"), finding
    assert finding.limit or code == "BF054"


@pytest.mark.parametrize(
    ("code", "number", "value", "outcome"),
    [
        ("BF001", "integrated_loudness_lufs", -14.2, "warn"),
        ("BF001", "integrated_loudness_lufs", -16.0, "fail"),
        ("BF002", "true_peak_dbtp", -0.9, "fail"),
        ("BF003", "loudness_range_lu", 0.2, "warn"),
        ("BF003", "duration_seconds", 5.0, "not applicable"),
        ("BF004", "plr_db", 6.0, "warn"),
        ("BF004", "plr_db", 3.0, "fail"),
        ("BF005", "duration_seconds", 31.0, "fail"),
        ("BF005", "duration_seconds", 39.0, "fail"),
        ("BF010", "non_finite_samples", 1.0, "fail"),
        ("BF011", "dc_offset", 0.005, "warn"),
        ("BF011", "dc_offset", 0.05, "fail"),
        ("BF012", "clipped_samples", 4.0, "fail"),
        ("BF020", "spectral_tilt_db_per_octave", 1.5, "warn"),
        ("BF020", "spectral_tilt_db_per_octave", -12.0, "fail"),
        ("BF022", "correlation", 0.1, "warn"),
        ("BF022", "correlation", -0.1, "fail"),
        ("BF023", "correlation_min", -0.3, "warn"),
        ("BF023", "correlation_min", -0.8, "fail"),
        ("BF024", "correlation_low", 0.6, "warn"),
        ("BF024", "correlation_low", 0.1, "fail"),
        ("BF025", "mono_loss_db", 3.5, "warn"),
        ("BF025", "mono_loss_db", 9.0, "fail"),
        ("BF026", "balance_db", -2.0, "warn"),
        ("BF026", "balance_db", 6.0, "fail"),
        ("BF030", "tempo_bpm", 120.3, "fail"),
        ("BF030", "tempo_bpm", 60.0, "pass"),
    ],
)
def test_limits(good_facts, code, number, value, outcome):
    assert judged(with_numbers(good_facts, **{number: value}), code).outcome == outcome


def test_low_end_needs_lows(good_facts):
    facts = with_numbers(good_facts, band_sub_db=-60.0, band_bass_db=-50.0)
    assert judged(facts, "BF024").outcome == "not applicable"


def test_spectral_evenness_sees_a_resonance(good_facts):
    bands = list(good_facts.measured.third_octave_db)
    bands[16] += 30.0
    facts = replace(good_facts, measured=replace(good_facts.measured, third_octave_db=tuple(bands)))
    assert judged(facts, "BF021").outcome == "fail"


def test_ending_that_is_cut(good_facts):
    cut = Audio(good_facts.master.samples[:, : 31 * 48000 + 2000], 48000)
    assert judged(replace(good_facts, master=cut), "BF006").outcome == "fail"


def test_silence_inside(good_facts):
    samples = good_facts.master.samples.copy()
    samples[:, 10 * 48000 : 13 * 48000] = 0.0
    finding = judged(replace(good_facts, master=Audio(samples, 48000)), "BF014")
    assert finding.outcome == "warn"
    assert finding.value == pytest.approx(3.0, abs=0.05)
    samples[:, 10 * 48000 : 16 * 48000] = 0.0
    assert judged(replace(good_facts, master=Audio(samples, 48000)), "BF014").outcome == "fail"


def test_clicks_are_excused_by_notes_only(good_score):
    onset = 5.0
    assert unexplained_clicks((onset + 0.005, onset + 0.1, 40.0), good_score) == (onset + 0.1, 40.0)
    assert unexplained_clicks((), good_score) == ()


def test_beatless_music_has_no_tempo_check(good_facts):
    quiet = with_part(with_numbers(good_facts, tempo_confidence=0.05), "percussion")
    assert judged(quiet, "BF030").outcome == "not applicable"
    lost = with_numbers(good_facts, tempo_confidence=0.05, tempo_bpm=97.0)
    assert judged(lost, "BF030").outcome == "warn"


def test_key(good_facts):
    def planned(text):
        return replace(good_facts, plan=replace(good_facts.plan, key=Key.parse(text)))

    assert judged(planned("Ab major"), "BF031").outcome == "pass"
    assert judged(planned("B major"), "BF031").outcome == "warn"
    unclear = replace(good_facts, measured=replace(good_facts.measured, key=None))
    assert judged(unclear, "BF031").outcome == "not applicable"
    drums = replace(good_facts, score=replace(good_facts.score, parts={"percussion": Part("percussion", ())}))
    assert judged(drums, "BF031").outcome == "not applicable"


def test_a_key_that_the_notes_do_not_tell_from_another_is_no_fault(good_facts):
    """F minor by its chords i and v alone: without a D flat (or a D) it is C minor just as well."""

    def playing(pitches, key="F minor", heard="C minor"):
        part = Part("pads", tuple(Note(float(beat), pitch, 1.0, 80) for beat, pitch in enumerate(pitches)))
        return replace(
            good_facts,
            plan=replace(good_facts.plan, key=Key.parse(key)),
            measured=replace(good_facts.measured, key=heard),
            score=replace(good_facts.score, parts={"pads": part}),
        )

    i_and_v = (53, 56, 60, 63, 67, 60, 63, 67, 70)
    assert judged(playing(i_and_v), "BF031").outcome == "pass"
    # A D flat is heard as what it is: the scale of F minor. A sound in C minor is then wrong.
    assert judged(playing((*i_and_v, 61)), "BF031").outcome == "warn"
    # Neither key may have less than all that is played.
    assert judged(playing(i_and_v, heard="E minor"), "BF031").outcome == "warn"
    assert judged(playing(i_and_v, key="B major", heard="C minor"), "BF031").outcome == "warn"


def test_sections_that_do_not_differ(good_facts):
    sections = good_facts.plan.sections
    twin = replace(sections[0], label="twin", start_bar=4, bars=4)
    again = replace(sections[0], label="other", start_bar=8, bars=4)
    facts = replace(good_facts, plan=replace(good_facts.plan, sections=(twin, again)))
    assert judged(facts, "BF032").outcome == "warn"
    alone = replace(good_facts, plan=replace(good_facts.plan, sections=(sections[0],)))
    assert judged(alone, "BF032").outcome == "not applicable"
    assert judged(alone, "BF033").outcome == "not applicable"


def test_energy_against_the_plan(good_facts):
    flipped = tuple(replace(section, energy=1.0 - section.energy) for section in good_facts.plan.sections)
    facts = replace(good_facts, plan=replace(good_facts.plan, sections=flipped))
    assert judged(facts, "BF033").outcome == "warn"


def test_notes_out_of_harmony_chords_and_range(good_facts):
    wrong = with_part(good_facts, "leads", *(Note(float(beat), 71, 1.0, 90) for beat in range(4, 64)))
    assert judged(wrong, "BF050").outcome in ("warn", "fail")
    assert judged(wrong, "BF053").outcome == "pass"
    high = with_part(good_facts, "leads", *(Note(float(beat), 120, 1.0, 90) for beat in range(64)))
    assert judged(high, "BF053").outcome == "fail"
    narrow = {**good_facts.plan.parts, "bass": PartTraits(low_pitch=30, high_pitch=48)}
    moved = replace(good_facts, plan=replace(good_facts.plan, parts=narrow))
    assert judged(moved, "BF053").outcome == "warn"
    gap = replace(good_facts, score=replace(good_facts.score, chords=good_facts.score.chords[1:]))
    assert judged(gap, "BF051").outcome == "fail"


@pytest.mark.parametrize(("pitch", "outcome"), [(66, "pass"), (67, "fail")])
def test_a_mode_is_heard_or_not(good_facts, pitch, outcome):
    """F phrygian needs its G flat."""
    score = replace(good_facts.score, key=Key.parse("F phrygian"), parts={})
    sections = tuple(replace(section, key=None, chords=()) for section in good_facts.plan.sections)
    facts = replace(good_facts, score=score, plan=replace(good_facts.plan, sections=sections))
    notes = [Note(float(beat), pitch if beat % 8 == 0 else 65, 1.0, 90) for beat in range(32)]
    assert judged(with_part(facts, "leads", *notes), "BF054").outcome == outcome


def test_empty_parts(good_facts):
    assert judged(with_part(good_facts, "leads"), "BF052").outcome == "fail"
    late = with_part(good_facts, "bass", Note(40.0, 41, 1.0, 90))
    finding = judged(late, "BF052")
    assert (finding.outcome, finding.value) == ("warn", 1.0)


def test_stems_that_do_not_add_up(good_facts, good_mix, good_plan, good_score, good_master):
    loud = Audio(good_mix.audio.samples + np.float32(1e-3), 48000)
    facts = gather(master=good_master, mix=Mix(loud, good_mix.stems), score=good_score, plan=good_plan)
    finding = judged(facts, "BF040")
    assert finding.outcome == "fail"
    assert finding.value == pytest.approx(-60.0, abs=0.1)
    faint = replace(good_facts, extra={**good_facts.extra, "leads_rms_db": -90.0})
    assert judged(faint, "BF041").outcome == "fail"


def test_report(good_master, good_mix, good_score, good_plan, good_facts):
    profile = ReferenceProfile(
        "same", "Same", "Me", "CC0-1.0", "here", good_master.duration_seconds,
        good_facts.measured.numbers, good_facts.measured.third_octave_db, good_facts.measured.key,
    )  # fmt: skip
    report = check(master=good_master, mix=good_mix, score=good_score, plan=good_plan, references=(profile,))
    assert report.passed
    assert [result.code for result in report.checks] == [item.code for item in CHECKS]
    assert report.measurements["integrated_loudness_lufs"] == pytest.approx(-14.0, abs=0.1)
    assert report.measurements["tempo_bpm"] == pytest.approx(120.0, abs=0.02)
    assert set(report.references["same"].values()) == {0.0}
    assert all(isinstance(value, float) for value in report.measurements.values())


def test_a_broken_master_still_gets_a_report(good_mix, good_score, good_plan):
    samples = np.zeros((2, 48000 * 3), np.float32)
    samples[0, 7] = np.nan
    report = check(master=Audio(samples, 48000), mix=good_mix, score=good_score, plan=good_plan)
    outcomes = {result.code: result.outcome for result in report.checks}
    assert not report.passed
    assert outcomes["BF001"] == outcomes["BF010"] == outcomes["BF005"] == "fail"
    assert all(np.isfinite(value) for value in report.measurements.values())
