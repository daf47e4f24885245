"""Checks of the score: scale, chords, parts, ranges (BF050 to BF059)."""

from __future__ import annotations

import numpy as np

from workbench.analysis.symbolic import PERCUSSION, chord_coverage
from workbench.domain.recordings import is_recorded, plays_recording
from workbench.domain.score import Note
from workbench.domain.theory import character_tone
from workbench.quality.facts import Check, Facts, Finding, graded, not_applicable

LEAST_MODE_SHARE = 0.05


def scale(facts: Facts) -> Finding:
    """Share of note time in the scale."""
    tonal = [note for element, part in facts.score.parts.items() if element != PERCUSSION for note in part.notes]
    if not tonal:
        return not_applicable("no element plays pitches")
    value = _share_in_key(tonal, facts)
    return graded(value, "at least 0.95", good=value >= 0.95, bearable=value >= 0.85)


def chords(facts: Facts) -> Finding:
    """Share of the song under chords."""
    value = chord_coverage(facts.score)
    return graded(value, "1", good=value >= 0.9999)


def empty_parts(facts: Facts) -> Finding:
    """Planned places without a note."""
    parts = facts.score.parts
    if not parts and is_recorded(facts.plan, facts.mix.stems):
        return not_applicable("plays recordings, whose notes nobody knows")
    writing = [element for element in facts.plan.palette if not plays_recording(facts.plan.patches.get(element))]
    silent = [element for element in writing if element not in parts or not parts[element].notes]
    missing = len(silent)
    for section in facts.plan.sections:
        for element in section.elements:
            if element in parts and element not in silent:
                missing += int(not _sounds_in(facts, element, section.start_bar, section.end_bar))
    return graded(missing, "0", good=missing == 0, bearable=not silent)


def ranges(facts: Facts) -> Finding:
    """Share of notes outside the register that was asked for."""
    outside = total = 0
    for element, part in facts.score.parts.items():
        traits = facts.plan.parts.get(element)
        if traits is not None and element != PERCUSSION:
            total += len(part.notes)
            outside += sum(not traits.low_pitch <= note.pitch <= traits.high_pitch for note in part.notes)
    if total == 0:
        return not_applicable("no element with a register has notes")
    share = 100.0 * outside / total
    return graded(share, "at most 5", good=share <= 5.0, bearable=share <= 25.0)


def mode(facts: Facts) -> Finding:
    """Share of notes on the tone that makes the mode of their section."""
    heard = total = 0
    for element, part in facts.score.parts.items():
        for note in part.notes if element != PERCUSSION else ():
            tone = character_tone(facts.score.key_at(note.onset_beats))
            total += tone is not None
            heard += tone is not None and note.pitch % 12 == tone
    if total == 0:
        return not_applicable("every section is in major or minor")
    stated = any(section.chords for section in facts.plan.sections)
    return graded(
        heard / total,
        f"at least {LEAST_MODE_SHARE:g}",
        good=heard / total >= LEAST_MODE_SHARE,
        bearable=heard > 0 or stated,
    )


def _share_in_key(notes: list[Note], facts: Facts) -> float:
    """Share of note time in the section's scale; tones of the sounding chord count as well, for chords are borrowed."""
    score = facts.score
    starts = np.array([chord.onset_beats for chord in score.chords])
    inside = total = 0.0
    for note in notes:
        allowed = set(score.key_at(note.onset_beats).pitch_classes)
        if starts.size:
            chord = score.chords[max(0, int(np.searchsorted(starts, note.onset_beats + 1e-6, side="right")) - 1)]
            allowed |= {*chord.pitch_classes, chord.bass}
        total += note.duration_beats
        inside += note.duration_beats if note.pitch % 12 in allowed else 0.0
    return inside / total if total > 0.0 else 1.0


def _sounds_in(facts: Facts, element: str, first_bar: int, last_bar: int) -> bool:
    bar = facts.score.metre.bar_beats
    return any(
        note.onset_beats < last_bar * bar and note.end_beats > first_bar * bar
        for note in facts.score.parts[element].notes
    )


CHECKS = (
    Check(
        "BF050", "Scale consistency", "share",
        "Share of note time on the key's scale or on the sounding chord. Little of it means another key.",
        scale,
    ),
    Check(
        "BF051", "Chord coverage", "share",
        "Share of the song that chords cover without gaps.",
        chords,
    ),
    Check(
        "BF052", "Empty parts", "places",
        "Elements of the palette without a note, and sections in which a planned element stays silent.",
        empty_parts,
    ),
    Check(
        "BF053", "Note ranges", "%",
        "Share of notes outside the register that the plan gives each element.",
        ranges,
    ),
    Check(
        "BF054", "Mode", "share",
        "Share of notes on the tone that makes the mode (the lowered second of phrygian, say). Without it another "
        "mode is heard.",
        mode,
    ),
)  # fmt: skip
"""Checks of this file in order."""
