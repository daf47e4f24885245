"""Checks that listen again: tempo and key from the audio, stems against the mix, contrast (BF030 to BF049)."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from workbench.analysis.key import same_family
from workbench.analysis.rhythm import STEADY_CONFIDENCE, fold_bpm
from workbench.analysis.symbolic import PERCUSSION, notes_per_bar
from workbench.domain.arrays import Floats
from workbench.domain.plan import SectionPlan
from workbench.domain.score import Score
from workbench.domain.theory import Key
from workbench.quality.facts import Check, Facts, Finding, graded, not_applicable

TEMPO_TOLERANCE_BPM = 0.2
STEM_RESIDUAL_DB = -90.0
_FEWEST_BEATS = 16
_STRAY_SHARE = 0.02
"""Passing notes outside a scale that leave it the scale of what is played."""


def tempo(facts: Facts) -> Finding:
    """Tempo by a line fit through detected beats."""
    drums = facts.score.parts.get(PERCUSSION)
    playing = float(np.mean(notes_per_bar(drums, facts.score) > 0)) if drums else 0.0
    steady = facts["tempo_confidence"] >= STEADY_CONFIDENCE and facts["beat_count"] >= _FEWEST_BEATS
    if not steady and (playing < 0.5 or facts["duration_seconds"] < 15.0):
        return not_applicable("no steady beat to follow: beatless or too short")
    if len(set(facts.score.tempo_map.tempi_bpm)) > 1:
        return not_applicable("the tempo changes from section to section")
    # The felt beat of a compound metre is the dotted quarter; either may be heard.
    wanted = facts.plan.tempo_bpm
    felt = wanted / facts.plan.metre.beat_beats
    heard = min((fold_bpm(facts["tempo_bpm"], felt) * wanted / felt, fold_bpm(facts["tempo_bpm"], wanted)),
                key=lambda bpm: abs(bpm - wanted))  # fmt: skip
    gap = abs(heard - wanted)
    return graded(
        heard,
        f"{wanted:g} ± {TEMPO_TOLERANCE_BPM:g}",
        good=gap <= TEMPO_TOLERANCE_BPM,
        bearable=not steady or playing < 0.5,
    )


def key(facts: Facts) -> Finding:
    """Key heard against key planned."""
    wanted = facts.plan.key
    if any(section.key not in (None, wanted) for section in facts.score.sections):
        return not_applicable("the key changes from section to section")
    if all(element == PERCUSSION or not part.notes for element, part in facts.score.parts.items()):
        return not_applicable("no element plays pitches")
    if facts.measured.key is None:
        return not_applicable("no clear key is heard")
    heard = Key.parse(facts.measured.key)
    alike = all(_share_outside(one, facts.score) <= _STRAY_SHARE for one in (heard, wanted))
    fits = alike or same_family(heard, wanted)
    return Finding("pass" if fits else "warn", facts.measured.key, f"{wanted}, a relative, or a key of the same notes")


def _share_outside(key: Key, score: Score) -> float:
    """Share of the time of all pitched notes that lies outside a key's scale.

    A song of F minor whose chords are i and v alone never plays the D flat that would tell it from C minor: nobody can
    hear which it is, and what is written fits both.
    """
    lengths = np.zeros(12)
    for element, part in score.parts.items():
        for note in part.notes if element != PERCUSSION else ():
            lengths[note.pitch % 12] += note.duration_beats
    return float(1.0 - lengths[list(key.pitch_classes)].sum() / max(float(lengths.sum()), 1e-12))


def stems_sum(facts: Facts) -> Finding:
    """Stems against the mix before the master."""
    value = facts.extra["stem_residual_db"]
    return graded(value, f"at most {STEM_RESIDUAL_DB:g}", good=value <= STEM_RESIDUAL_DB)


def stems_sound(facts: Facts) -> Finding:
    """Softest stem among those that have notes."""
    levels = [
        facts.extra[f"{element}_rms_db"]
        for element, part in facts.score.parts.items()
        if part.notes and f"{element}_rms_db" in facts.extra
    ]
    if not levels:
        return not_applicable("no element has notes")
    gap = max(levels) - min(levels)
    return graded(gap, "at most 24", good=gap <= 24.0, bearable=gap <= 40.0)


def contrast(facts: Facts) -> Finding:
    """Fewest traits in which neighbouring sections differ."""
    sections = facts.plan.sections
    pairs = [(a, b) for a, b in pairwise(sections) if a.label != b.label]
    if not pairs:
        return not_applicable("there is one kind of section")
    fewest = min(_differing_traits(facts, a, b) for a, b in pairs)
    return graded(fewest, "at least 2 of 4", good=fewest >= 2, bearable=True)


def energy_shape(facts: Facts) -> Finding:
    """Rank correlation of planned energy and measured loudness by section."""
    planned = [section.energy for section in facts.plan.sections]
    if len(set(planned)) < 3:
        return not_applicable("the plan has fewer than three levels of energy")
    heard = [_section_lufs(facts, section) for section in facts.plan.sections]
    value = _rank_correlation(np.array(planned), np.array(heard))
    return graded(value, "at least 0.3", good=value >= 0.3, bearable=True)


def _differing_traits(facts: Facts, first: SectionPlan, second: SectionPlan) -> int:
    """Count in which two sections differ: loudness (1 LU), density (a quarter), register (2 semitones), line-up."""
    density = sorted((_section_density(facts, first), _section_density(facts, second)))
    return sum(
        (
            abs(_section_lufs(facts, first) - _section_lufs(facts, second)) >= 1.0,
            density[1] > density[0] * 1.25,
            abs(_section_pitch(facts, first) - _section_pitch(facts, second)) >= 2.0,
            _line_up(facts, first) != _line_up(facts, second),
        )
    )


def _section_lufs(facts: Facts, section: SectionPlan) -> float:
    seconds_at, bar_beats = facts.score.tempo_map.seconds_at, facts.score.metre.bar_beats
    first, last = (round(seconds_at(bar * bar_beats) * 10.0) for bar in (section.start_bar, section.end_bar))
    part = facts.momentary_lufs[first : max(last - 4, first + 1)]
    return float(10.0 * np.log10(np.mean(10.0 ** (part / 10.0)))) if part.size else -70.0


def _section_density(facts: Facts, section: SectionPlan) -> float:
    total = sum(
        float(notes_per_bar(part, facts.score)[section.start_bar : section.end_bar].sum())
        for part in facts.score.parts.values()
    )
    return total / section.bars


def _section_pitch(facts: Facts, section: SectionPlan) -> float:
    bar = facts.score.metre.bar_beats
    pitches = [
        note.pitch
        for element, part in facts.score.parts.items()
        if element != PERCUSSION
        for note in part.notes
        if section.start_bar * bar <= note.onset_beats < section.end_bar * bar
    ]
    return float(np.mean(pitches)) if pitches else 0.0


def _line_up(facts: Facts, section: SectionPlan) -> frozenset[str]:
    return frozenset(
        element
        for element, part in facts.score.parts.items()
        if notes_per_bar(part, facts.score)[section.start_bar : section.end_bar].sum() > 0
    )


def _ranks(values: Floats) -> Floats:
    """Places from 1 in ascending order; equal values share the mean of theirs."""
    _, which, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - (counts - 1) / 2.0)[which], dtype=np.float64)


def _rank_correlation(first: Floats, second: Floats) -> float:
    a, b = (_ranks(values) - (len(values) + 1) / 2.0 for values in (first, second))
    scale = float(np.sqrt(np.sum(a * a) * np.sum(b * b)))
    return float(np.sum(a * b)) / scale if scale > 0.0 else 0.0


CHECKS = (
    Check(
        "BF030", "Tempo", "BPM",
        "Tempo heard again: a straight line through the beats detected in the master, folded by octaves.",
        tempo,
    ),
    Check(
        "BF031", "Key", "",
        "Key heard again from the pitch classes of the master. Relative keys and modes "
        "share notes and count as right, as does a key that has every note that is played.",
        key,
    ),
    Check(
        "BF032", "Section contrast", "traits",
        "Neighbouring sections differ in loudness, density, register or line-up; the least of them is shown.",
        contrast,
    ),
    Check(
        "BF033", "Energy shape", "",
        "Rank correlation of the planned energy and the measured loudness of the sections, -1 to 1.",
        energy_shape,
    ),
    Check(
        "BF040", "Stems sum to the mix", "dB",
        "Largest sample of the mix minus all stems, full scale at 0 dB. Stems of a session must add up.",
        stems_sum,
    ),
    Check(
        "BF041", "Stem levels", "dB",
        "Level gap between the loudest and the softest stem. A far softer element is not heard.",
        stems_sound,
    ),
)  # fmt: skip
"""Checks of this file in order."""
