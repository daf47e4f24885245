"""How far the chords that are heard are those that were written.

Conventions
-----------
The weighted chord symbol recall over major and minor of MIREX (`mir_eval.chord.majmin`): the share of the time under a
written major or minor triad in which the same triad is heard; chords that hold neither are left out. 0..1, 1 is best;
None where nothing is compared. See `analysis.chords` for the ear.
"""

from __future__ import annotations

from workbench.analysis.chords import HeardChord, estimate_chords, majmin_overlap, triad_of
from workbench.domain.audio import Audio
from workbench.domain.score import Score


def chord_overlap(score: Score, audio: Audio) -> float | None:
    """Overlap of a score's chords with those heard in its sound.

    Parameters
    ----------
    score : Score
    audio : Audio of shape (2, n)
        From the song's beginning.

    Returns
    -------
    float or None
        0..1, 1 is best; None where the score states no major or minor triad.

    Examples
    --------
    In silence no chord is heard:

    >>> import numpy as np
    >>> from workbench.domain.plan import SectionPlan
    >>> from workbench.domain.theory import Chord, Key, Metre
    >>> sections = (SectionPlan("verse", "verse", 0, 1, 0.5, ()),)
    >>> score = Score("", 120.0, Metre(), Key.parse("C"), sections, (Chord.parse("Am7"),), {})
    >>> chord_overlap(score, Audio(np.zeros((2, 16000), np.float32), 8000))
    0.0
    """
    return overlap(written_chords(score), estimate_chords(audio))


def written_chords(score: Score) -> tuple[HeardChord, ...]:
    """The score's chords in seconds, as major or minor triads.

    Parameters
    ----------
    score : Score

    Returns
    -------
    tuple of HeardChord
        In the score's order; their triad is None where a chord holds neither.

    Examples
    --------
    >>> from workbench.domain.plan import SectionPlan
    >>> from workbench.domain.theory import Chord, Key, Metre
    >>> sections = (SectionPlan("verse", "verse", 0, 1, 0.5, ()),)
    >>> (chord,) = written_chords(Score("", 120.0, Metre(), Key.parse("C"), sections, (Chord.parse("Am7"),), {}))
    >>> chord.symbol, chord.end_seconds
    ('Am', 2.0)
    """
    return tuple(
        HeardChord(
            score.tempo_map.seconds_at(chord.onset_beats),
            score.tempo_map.seconds_at(chord.end_beats),
            triad_of(chord.root, chord.quality),
        )
        for chord in score.chords
    )


def overlap(written: tuple[HeardChord, ...], heard: tuple[HeardChord, ...]) -> float | None:
    """Share of compared time in which the triads agree.

    Parameters
    ----------
    written, heard : tuple of HeardChord
        The heard ones do not overlap each other.

    Returns
    -------
    float or None
        0..1, 1 is best; None where nothing is compared.

    Examples
    --------
    >>> one = (HeardChord(0.0, 2.0, (0, "maj")), HeardChord(2.0, 4.0, (9, "min")))
    >>> overlap(one, one), overlap(one, (HeardChord(0.0, 4.0, (0, "maj")),))
    (1.0, 0.5)
    """
    agree, compared = majmin_overlap(written, heard)
    return agree / compared if compared > 0.0 else None
