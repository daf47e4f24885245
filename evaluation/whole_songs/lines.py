"""Features of single lines, leads and bass: how long they sing, in what phrases, and how they move."""

from __future__ import annotations

import numpy as np

from evaluation.whole_songs.voices import Row, Voice, entropy_bits, mean, repetition, share, spread
from workbench.domain.arrays import Floats, Integers
from workbench.domain.theory import Chord

PHRASE_REST_BEATS = 2.0
"""Silence that ends a phrase, in quarter notes."""
_WINDOW_BARS = 4


def line_features(voice: Voice, chords: tuple[Chord, ...], *, highest: bool) -> Row:
    """What tells one line from another over a whole song; `highest`: which note of a strike is the line."""
    line = voice.line(highest=highest)
    if not len(line):
        return {}
    return {
        **_activity(line),
        **_phrases(line),
        **_moves(line),
        **_pitches(line, chords),
        **_rhythm(line),
        **repetition(line, pitched=True),
        **repetition(line, pitched=False),
    }


def _activity(line: Voice) -> Row:
    counts = line.notes_by_bar
    return {
        "bars_playing": share(counts > 0),
        "notes_a_bar": float(counts.mean()),
        "notes_a_playing_bar": mean(counts[counts > 0]),
        "bar_count_spread": spread(counts[counts > 0]),
        "gap_in_four_bars": mean(_gaps(line)),
        "sounding": float(min(1.0, line.lengths.sum() / (line.bars * line.bar_beats))),
    }


def _gaps(line: Voice) -> Floats:
    """Longest time between onsets, in quarter notes, in each run of four bars that holds any."""
    gaps = []
    length = _WINDOW_BARS * line.bar_beats
    for start in range(0, line.bars * line.bar_beats, length):
        inside = line.onsets[(line.onsets >= start) & (line.onsets < start + length)]
        if len(inside):
            end = min(start + length, line.bars * line.bar_beats)
            gaps.append(float(np.diff(np.r_[start, inside, end]).max()))
    return np.array(gaps)


def phrase_starts(line: Voice) -> Integers:
    """Index of the first note of each phrase."""
    silence = line.onsets[1:] - (line.onsets[:-1] + line.lengths[:-1])
    starts: Integers = np.r_[0, 1 + np.flatnonzero(silence >= PHRASE_REST_BEATS)]
    return starts


def _phrases(line: Voice) -> Row:
    starts = phrase_starts(line)
    ends = np.r_[starts[1:], len(line)] - 1
    beats = line.onsets[ends] + line.lengths[ends] - line.onsets[starts]
    return {
        "phrase_notes": mean(ends - starts + 1),
        "phrase_bars": mean(beats) / line.bar_beats,
        "phrases_in_eight_bars": 8.0 * len(starts) / line.bars,
        "last_note_beats": mean(line.lengths[ends]),
    }


def _moves(line: Voice) -> Row:
    moves = np.diff(line.pitches)
    size = np.abs(moves)
    turns = moves[1:] * moves[:-1] < 0
    return {
        "same_pitch": share(size == 0),
        "steps": share((size == 1) | (size == 2)),
        "thirds": share((size == 3) | (size == 4)),
        "fourths_fifths": share((size >= 5) & (size <= 7)),
        "octaves": share(size == 12),
        "leaps": share(size > 7),
        "move_size": mean(size),
        "move_entropy": entropy_bits(moves),
        "turns": share(turns),
        "steps_up": share(moves[(size > 0) & (size < 3)] > 0),
    }


def _pitches(line: Voice, chords: tuple[Chord, ...]) -> Row:
    inside = _in_chord(line, chords)
    on_beat = line.steps % 12 == 0
    low, high = np.percentile(line.pitches, [2, 98])
    return {
        "range": float(high - low),
        "pitch_spread": spread(line.pitches),
        "pitch_entropy": entropy_bits(line.pitches),
        "chord_tones": share(inside),
        "chord_tones_on_beats": share(inside[on_beat]),
        "few_pitches": _few_pitches(line),
    }


def _in_chord(line: Voice, chords: tuple[Chord, ...]) -> np.ndarray:
    if not chords:
        return np.zeros(len(line), np.bool_)
    starts = np.array([chord.onset_beats for chord in chords])
    places = np.clip(np.searchsorted(starts, line.onsets + 0.05, side="right") - 1, 0, len(chords) - 1)
    tones = [set(chord.pitch_classes) for chord in chords]
    pairs = zip(line.pitches.tolist(), places.tolist(), strict=True)
    return np.array([pitch % 12 in tones[place] for pitch, place in pairs], np.bool_)


def _few_pitches(line: Voice) -> float:
    """Share of two-bar windows with notes that hold at most two pitches."""
    heard = [set(line.pitches[line.bar // 2 == window].tolist()) for window in range((line.bars + 1) // 2)]
    sizes = np.array([len(pitches) for pitches in heard if pitches])
    return share(sizes <= 2)


def _rhythm(line: Voice) -> Row:
    within = line.steps % line.bar_steps
    gaps = np.diff(line.steps)
    near = gaps[gaps <= line.bar_steps]
    return {
        "on_one": share(within == 0),
        "on_beats": share(within % 12 == 0),
        "on_half_beats": share(within % 12 == 6),
        "elsewhere": share(within % 6 != 0),
        "gap_entropy": entropy_bits(near),
        "gap_same": share(near[1:] == near[:-1]),
        "length_mean": mean(line.lengths),
        "length_spread": spread(line.lengths),
        "long_notes": share(line.lengths >= 2.0),
        "place_entropy": entropy_bits(within),
    }
