"""Our songs as people's are read: from what sounds, not from what the composer knows of it.

The human songs come from MIDI files. Their onsets are performed ones, put on the nearest twelfth of a beat, their
chords are heard in their notes, and the longest are cut. A score is read the same way before both are compared, or grid
and chord symbols would give it away instead of its music.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from evaluation.whole_songs.voices import STEPS_A_BEAT
from training.corpora.note_tables import guess_chords
from training.corpora.song import NoteTable
from workbench.domain.elements import is_drums, of_kind
from workbench.domain.score import Note, Part, Score

LONGEST_BARS = 128
"""Bars of a song that are read; what follows is left out."""


def as_read(score: Score) -> Score:
    """The first bars of a score with onsets on twelfths of a beat, and with the chords that its notes let guess.

    Parameters
    ----------
    score : Score

    Returns
    -------
    Score
        Sections are those of the whole song.
    """
    bars, bar_beats = min(score.bars, LONGEST_BARS), round(score.metre.bar_beats)
    parts = {name: Part(name, _heard(part.notes, bars * score.metre.bar_beats)) for name, part in score.parts.items()}
    tonal = [_table(part.notes) for name, part in parts.items() if not is_drums(name)]
    basses = of_kind(parts, "bass")
    bass = _table(parts[basses[0]].notes) if basses else None
    chords = guess_chords(bass, tonal, bars, bar_beats)
    sections = tuple(section for section in score.sections if section.start_bar < bars)
    last = replace(sections[-1], bars=bars - sections[-1].start_bar)
    return replace(score, sections=(*sections[:-1], last), chords=chords, parts=parts)


def _heard(notes: Iterable[Note], until_beats: float) -> tuple[Note, ...]:
    """Notes that begin before a beat: each on the twelfth that is nearest to where it sounds."""
    heard = []
    for note in notes:
        place = round(note.start_beats * STEPS_A_BEAT) / STEPS_A_BEAT
        if place < until_beats:
            heard.append(replace(note, onset_beats=place, shift_beats=note.start_beats - place))
    return tuple(sorted(heard))


def _table(notes: Iterable[Note]) -> NoteTable:
    rows = list(notes)
    return NoteTable(
        np.array([note.start_beats for note in rows]),
        np.array([note.duration_beats for note in rows]),
        np.array([note.pitch for note in rows], np.int64),
        np.array([note.velocity for note in rows], np.int64),
    )
