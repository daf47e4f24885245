"""What can be measured in the notes themselves: pure functions on scores and parts.

Several figures follow MusPy's and the groove literature's definitions; pitch figures ignore percussion.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from workbench.domain.arrays import Floats
from workbench.domain.score import Note, Part, Score
from workbench.domain.theory import Chord, Key

STEPS_PER_BEAT = 4
PERCUSSION = "percussion"


def scale_consistency(notes: Iterable[Note], key: Key) -> float:
    """Share of note time on pitch classes of the key: MusPy's pitch-in-scale rate (Dong et al. 2020), by duration.

    Parameters
    ----------
    notes : iterable of Note
        Of pitched elements.
    key : Key

    Returns
    -------
    float
        0..1; 1 without notes.

    Examples
    --------
    >>> scale_consistency([Note(0, 60, 3, 90), Note(3, 61, 1, 90)], Key.parse("C major"))
    0.75
    """
    inside = total = 0.0
    scale = set(key.pitch_classes)
    for note in notes:
        total += note.duration_beats
        inside += note.duration_beats if note.pitch % 12 in scale else 0.0
    return inside / total if total > 0.0 else 1.0


def chord_tone_share(part: Part, chords: tuple[Chord, ...]) -> float:
    """Share of note time on tones of the chord at the note's onset, its bass included.

    Parameters
    ----------
    part : Part
    chords : tuple of Chord
        By onset.

    Returns
    -------
    float
        0..1; 1 without notes.

    Examples
    --------
    >>> part = Part("leads", (Note(0, 64, 1, 90), Note(1, 65, 1, 90)))
    >>> chord_tone_share(part, (Chord.parse("C"),))
    0.5
    """
    if not part.notes:
        return 1.0
    inside = total = 0.0
    starts = np.array([chord.onset_beats for chord in chords])
    for note in part.notes:
        index = int(np.searchsorted(starts, note.onset_beats + 1e-6, side="right")) - 1
        chord = chords[max(index, 0)] if chords else None
        total += note.duration_beats
        if chord is not None and note.pitch % 12 in {*chord.pitch_classes, chord.bass}:
            inside += note.duration_beats
    return inside / total if total > 0.0 else 1.0


def chord_coverage(score: Score) -> float:
    """Share of the song that chords cover; overlaps do not count twice.

    Parameters
    ----------
    score : Score

    Returns
    -------
    float
        0..1.

    Examples
    --------
    >>> from workbench.domain.plan import SectionPlan
    >>> from workbench.domain.theory import Metre
    >>> sections = (SectionPlan("verse", "verse", 0, 2, 0.5, ()),)
    >>> chord_coverage(Score("", 120.0, Metre(), Key.parse("C"), sections, (Chord.parse("C", duration_beats=6),), {}))
    0.75
    """
    covered, reach = 0.0, 0.0
    for chord in sorted(score.chords, key=lambda chord: chord.onset_beats):
        start, end = max(chord.onset_beats, reach), min(chord.end_beats, score.length_beats)
        covered += max(0.0, end - start)
        reach = max(reach, end)
    return covered / score.length_beats if score.length_beats > 0.0 else 0.0


def notes_per_bar(part: Part, score: Score) -> Floats:
    """Number of notes that begin in each bar.

    Parameters
    ----------
    part : Part
    score : Score
        Whose bars these are.

    Returns
    -------
    ndarray of shape (bars,), float64

    Examples
    --------
    >>> from workbench.domain.plan import SectionPlan
    >>> from workbench.domain.theory import Metre
    >>> sections = (SectionPlan("verse", "verse", 0, 2, 0.5, ("bass",)),)
    >>> part = Part("bass", (Note(0, 36, 1, 90), Note(2, 36, 1, 90), Note(4, 36, 1, 90)))
    >>> notes_per_bar(part, Score("", 120.0, Metre(), Key.parse("C"), sections, (), {"bass": part})).tolist()
    [2.0, 1.0]
    """
    bars = np.array([note.onset_beats // score.metre.bar_beats for note in part.notes], dtype=np.int64)
    return np.bincount(np.clip(bars, 0, score.bars - 1), minlength=score.bars).astype(np.float64)


def polyphony(part: Part) -> float:
    """Mean number of notes that sound together, over the time in which any sounds (MusPy, Dong et al. 2020).

    Parameters
    ----------
    part : Part

    Returns
    -------
    float
        From 1; 0 without notes.

    Examples
    --------
    >>> polyphony(Part("pads", (Note(0, 60, 2, 90), Note(0, 64, 1, 90))))
    1.5
    """
    if not part.notes:
        return 0.0
    events = sorted([(n.start_beats, 1) for n in part.notes] + [(n.end_beats, -1) for n in part.notes])
    active, last, sounding, weighted = 0, events[0][0], 0.0, 0.0
    for time, step in events:
        if active > 0:
            sounding += time - last
            weighted += active * (time - last)
        active, last = active + step, time
    return weighted / sounding if sounding > 0.0 else 0.0


def pitch_range(part: Part) -> tuple[int, int] | None:
    """Lowest and highest pitch.

    Parameters
    ----------
    part : Part

    Returns
    -------
    tuple of (int, int) or None
        MIDI pitches; None without notes.

    Examples
    --------
    >>> pitch_range(Part("bass", (Note(0, 43, 1, 90), Note(1, 36, 1, 90))))
    (36, 43)
    """
    if not part.notes:
        return None
    pitches = [note.pitch for note in part.notes]
    return min(pitches), max(pitches)


def pitch_class_entropy_bits(notes: Iterable[Note]) -> float:
    """Shannon entropy of the pitch-class histogram (Wu and Yang 2020).

    Parameters
    ----------
    notes : iterable of Note
        Of pitched elements.

    Returns
    -------
    float
        Bits, 0 (one pitch class, or no notes) to 3.58 (all alike).

    Examples
    --------
    >>> pitch_class_entropy_bits([Note(beat, pitch, 1, 90) for beat, pitch in enumerate((60, 64, 67, 71))])
    2.0
    """
    counts = np.bincount([note.pitch % 12 for note in notes] or [0], minlength=12).astype(np.float64)
    share = counts[counts > 0.0] / counts.sum()
    return float(-np.sum(share * np.log2(share))) + 0.0


def onset_grid(part: Part, score: Score) -> npt.NDArray[np.bool_]:
    """Which 16th steps of each bar hold an onset.

    Parameters
    ----------
    part : Part
    score : Score
        Whose bars these are.

    Returns
    -------
    ndarray of shape (bars, steps), bool
        16 steps in 4/4.

    Examples
    --------
    >>> from workbench.domain.plan import SectionPlan
    >>> from workbench.domain.theory import Metre
    >>> sections = (SectionPlan("verse", "verse", 0, 1, 0.5, ("bass",)),)
    >>> part = Part("bass", (Note(0, 36, 1, 90), Note(1.5, 36, 1, 90)))
    >>> grid = onset_grid(part, Score("", 120.0, Metre(), Key.parse("C"), sections, (), {"bass": part}))
    >>> grid.shape, np.flatnonzero(grid[0]).tolist()
    ((1, 16), [0, 6])
    """
    steps = round(score.metre.bar_beats * STEPS_PER_BEAT)
    grid = np.zeros((score.bars, steps), dtype=np.bool_)
    for note in part.notes:
        step = min(max(round(note.onset_beats * STEPS_PER_BEAT), 0), grid.size - 1)
        grid[step // steps, step % steps] = True
    return grid


def groove_consistency(part: Part, score: Score) -> float:
    """Mean likeness of the onset patterns of neighbouring bars (MusPy, after Wu and Yang 2020).

    Parameters
    ----------
    part : Part
    score : Score
        Whose bars these are.

    Returns
    -------
    float
        0..1; bars without notes are left out, and 1 is what stays where none are neighbours.

    Examples
    --------
    One of sixteen steps differs:

    >>> from workbench.domain.plan import SectionPlan
    >>> from workbench.domain.theory import Metre
    >>> sections = (SectionPlan("verse", "verse", 0, 2, 0.5, ("bass",)),)
    >>> part = Part("bass", (Note(0, 36, 1, 90), Note(4, 36, 1, 90), Note(6, 36, 1, 90)))
    >>> groove_consistency(part, Score("", 120.0, Metre(), Key.parse("C"), sections, (), {"bass": part}))
    0.9375
    """
    grid = onset_grid(part, score)
    pairs = [(a, b) for a, b in pairwise(grid) if a.any() and b.any()]
    if not pairs:
        return 1.0
    return float(np.mean([1.0 - np.mean(a != b) for a, b in pairs]))


def symbolic_numbers(score: Score) -> dict[str, float]:
    """Flat figures of a score.

    Parameters
    ----------
    score : Score

    Returns
    -------
    dict of str to float
        Names start with `score_` or `ELEMENT_` and have units as suffixes; six digits after the point.

    Examples
    --------
    >>> from workbench.domain.plan import SectionPlan
    >>> from workbench.domain.theory import Metre
    >>> sections = (SectionPlan("verse", "verse", 0, 1, 0.5, ("bass",)),)
    >>> part = Part("bass", (Note(0, 36, 1, 90), Note(2, 43, 1, 90)))
    >>> numbers = symbolic_numbers(Score("", 120.0, Metre(), Key.parse("C"), sections, (), {"bass": part}))
    >>> numbers["score_scale_consistency"], numbers["bass_notes_per_bar"]
    (1.0, 2.0)
    """
    tonal = [note for element, part in score.parts.items() if element != PERCUSSION for note in part.notes]
    numbers = {
        "score_scale_consistency": scale_consistency(tonal, score.key),
        "score_pitch_class_entropy_bits": pitch_class_entropy_bits(tonal),
        "score_chord_coverage": chord_coverage(score),
        "score_note_count": float(sum(len(part.notes) for part in score.parts.values())),
    }
    for element, part in score.parts.items():
        numbers[f"{element}_notes_per_bar"] = float(notes_per_bar(part, score).mean())
        numbers[f"{element}_groove_consistency"] = groove_consistency(part, score)
        if element != PERCUSSION:
            numbers[f"{element}_polyphony"] = polyphony(part)
            numbers[f"{element}_chord_tone_share"] = chord_tone_share(part, score.chords)
    return {name: round(value, 6) for name, value in numbers.items()}
