"""Our metrics give the values of mir_eval, the field's reference implementation, on many random annotations."""

from __future__ import annotations

from itertools import pairwise

import mir_eval
import numpy as np
import pytest

from evaluation.metrics import beats, chord_overlap, key, tempo
from workbench.analysis.chords import HeardChord
from workbench.domain.theory import NOTE_NAMES_SHARP, Key

KEYS = [Key.parse(f"{tonic} {mode}") for tonic in NOTE_NAMES_SHARP for mode in ("major", "minor")]


@pytest.mark.parametrize("seed", range(50))
def test_beat_f_measure(seed: int) -> None:
    rng = np.random.default_rng(seed)
    written = np.cumsum(rng.uniform(0.3, 0.7, 80))
    moved = np.sort(written + rng.normal(0.0, rng.choice([0.01, 0.05, 0.1]), written.size))
    heard = moved[rng.random(moved.size) > rng.choice([0.0, 0.2, 0.5])]
    expected = mir_eval.beat.f_measure(*(mir_eval.beat.trim_beats(times) for times in (written, heard)))
    assert beats.f_measure(written, heard) == pytest.approx(expected, abs=1e-12)


def test_key_score_of_every_pair() -> None:
    for asked in KEYS:
        for heard in KEYS:
            names = [
                f"{NOTE_NAMES_SHARP[one.tonic]} {'minor' if one.has_minor_third else 'major'}" for one in (asked, heard)
            ]
            assert key.weighted_score(asked, heard) == mir_eval.key.weighted_score(*names), names


def chords_at_random(rng: np.random.Generator, length_seconds: float) -> tuple[HeardChord, ...]:
    """Major and minor triads and silences, without gaps, from 0 to a length."""
    edges = np.concatenate([[0.0], np.sort(rng.uniform(0.0, length_seconds, 12)), [length_seconds]])
    triads = [None, *((root, quality) for root in range(12) for quality in ("maj", "min"))]
    return tuple(
        HeardChord(float(start), float(end), triads[rng.integers(len(triads))]) for start, end in pairwise(edges)
    )


def as_annotation(chords: tuple[HeardChord, ...]) -> tuple[np.ndarray, list[str]]:
    labels = [
        "N" if chord.triad is None else f"{NOTE_NAMES_SHARP[chord.triad[0]]}:{chord.triad[1]}" for chord in chords
    ]
    return np.array([[chord.start_seconds, chord.end_seconds] for chord in chords]), labels


@pytest.mark.parametrize("seed", range(30))
def test_chord_overlap(seed: int) -> None:
    rng = np.random.default_rng(seed)
    written = chords_at_random(rng, 30.0)
    # Half of what is heard is what was written, or nearly nothing would agree.
    heard = tuple(
        HeardChord(chord.start_seconds, chord.end_seconds, chord.triad if rng.random() < 0.5 else (0, "maj"))
        for chord in written
    )
    (spans, names), (other_spans, other_names) = as_annotation(written), as_annotation(heard)
    durations, one, other = mir_eval.util.merge_labeled_intervals(spans, names, other_spans, other_names)
    lengths = mir_eval.util.intervals_to_durations(durations)
    agree = mir_eval.chord.majmin(one, other)
    # Here a stretch without a chord is left out; majmin counts "N" against "N".
    agree[[name == "N" for name in one]] = -1
    assert chord_overlap.overlap(written, heard) == pytest.approx(mir_eval.chord.weighted_accuracy(agree, lengths))


@pytest.mark.parametrize("asked", [60.0, 92.5, 128.0, 174.0])
def test_tempo_within_the_tolerance(asked: float) -> None:
    """mir_eval gives the p-score of two tempi; with one tempo of full weight it is accuracy 1."""
    for heard in np.linspace(0.9 * asked, 1.1 * asked, 41):
        p_score, _, _ = mir_eval.tempo.detection(
            np.array([asked, asked]), 1.0, np.array([heard, heard]), tol=tempo.TOLERANCE
        )
        assert tempo.evaluate(asked, float(heard))["tempo_accuracy_1"] == p_score, heard
