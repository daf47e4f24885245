"""How far the estimators themselves err, measured on signals whose truth is known.

The signals are plain (`evaluation.metric_checks.truth`). Real music is harder, so the error is what an estimator cannot
do better than. The values are kept by `evaluation.metrics.estimator_errors` and printed beside the metrics.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from evaluation.metric_checks import truth
from evaluation.metrics import beats, key, stem_timing, stem_tuning, tempo
from evaluation.metrics.chord_overlap import overlap
from evaluation.metrics.estimator_errors import EstimatorError
from workbench.analysis.chords import HeardChord, estimate_chords, triad_of
from workbench.analysis.key import chroma, estimate_key
from workbench.analysis.loudness import integrated_loudness
from workbench.analysis.peaks import true_peak_dbtp
from workbench.analysis.rhythm import estimate_tempo, fit_tempo
from workbench.domain.audio import Audio
from workbench.domain.score import Note, Part
from workbench.domain.theory import Key

TEMPI_BPM = (62.0, 74.0, 85.0, 96.0, 104.0, 118.0, 122.0, 128.0, 140.0, 150.0, 174.0)
_TRUTH_BARS = 8


Measured = Iterator[tuple[str, float, str, str]]
"""Estimator, absolute error, unit, kind of signal."""


def measure_estimators() -> dict[str, EstimatorError]:
    """Measure every estimator on its signals; about a minute on one core."""
    found: dict[str, list[tuple[float, str, str]]] = {}
    for group in MEASURES:
        for name, error, unit, signals in group():
            found.setdefault(name, []).append((error, unit, signals))
    return {name: _summary(rows) for name, rows in found.items()}


def _summary(rows: list[tuple[float, str, str]]) -> EstimatorError:
    errors = np.array([row[0] for row in rows])
    return EstimatorError(
        round(float(errors.mean()), 4), round(float(np.percentile(errors, 95)), 4), rows[0][1], len(rows), rows[0][2]
    )


def _levels() -> Measured:
    for level in (-40.0, -30.0, -23.0, -18.0, -14.0, -9.0):
        # BS.1770: a stereo sine of 997 Hz reads its peak level.
        error = abs(integrated_loudness(truth.sine(997.0, level, 5.0)) - level)
        yield "loudness", error, "LU", "sines of 997 Hz, -40 to -9 dB"
    for divisor, phase in ((4.0, np.pi / 4), (6.0, 0.4), (8.0, 0.3), (3.7, 1.0), (10.3, 0.2)):
        error = abs(true_peak_dbtp(truth.sine(48000 / divisor, -3.0, 0.5, phase=phase)) + 3.0)
        yield "true peak", error, "dB", "sines at fractions of the sample rate"


def _pulses() -> Measured:
    kind = "drum loops of 8 bars, 62 to 174 BPM"
    for number, bpm in enumerate(TEMPI_BPM):
        part = truth.drum_notes(bpm, _TRUTH_BARS, seed=number)
        audio = truth.play_drums(part, bpm, seed=number)
        free, fit = tempo.evaluate(bpm, estimate_tempo(audio).bpm), fit_tempo(audio, bpm)
        yield "tempo", free["tempo_error_percent"], "%", kind
        yield "tempo, expected", tempo.error_percent(bpm, fit.bpm), "%", kind
        yield "tempo accuracy 1", 1.0 - free["tempo_accuracy_1"], "wrong", kind
        yield "tempo accuracy 2", 1.0 - free["tempo_accuracy_2"], "wrong", kind
        yield "tempo bin", 1.0 - free["tempo_bin"], "wrong", kind
        yield "tempo bin, next", 1.0 - free["tempo_bin_tolerant"], "wrong", kind
        written = np.arange(0.0, 4.0 * _TRUTH_BARS) * 60.0 / bpm
        heard = beats.grid(fit.beat_seconds, 60.0 / fit.bpm, float(written[-1]) + 0.1)
        yield "beats", 1.0 - beats.f_measure(written, heard), "", kind


def _keys() -> Measured:
    kind = "four-chord songs with bass and drums in 24 keys"
    drums = truth.play_drums(truth.drum_notes(110.0, _TRUTH_BARS), 110.0)
    quiet = Audio(drums.samples * np.float32(0.7), drums.sample_rate_hz)
    for asked in truth.all_keys():
        chords, part = truth.chord_song(asked, bars=_TRUTH_BARS)
        audio = truth.mixed(truth.play_notes(part, 110.0), quiet)
        estimate, profile = estimate_key(audio), chroma(audio)[0]
        values = key.evaluate(asked, estimate.key if estimate else None, profile)
        share = _written_share(part, asked)
        yield "key score", 1.0 - values["key_score"], "", kind
        yield "key exact", 1.0 - values["key_exact"], "wrong", kind
        yield "key family", 1.0 - values["key_family"], "wrong", kind
        written = tuple(
            HeardChord(chord.onset_beats * 60 / 110, chord.end_beats * 60 / 110, triad_of(chord.root, chord.quality))
            for chord in chords
        )
        yield "chords", 1.0 - (overlap(written, estimate_chords(audio)) or 0.0), "", kind
        yield "scale share", abs(values["scale_share"] - share), "", kind


def _written_share(part: Part, asked: Key) -> float:
    scale = set(asked.pitch_classes)
    lengths = [(note.duration_beats, note.pitch % 12 in scale) for note in part.notes]
    return sum(length for length, inside in lengths if inside) / sum(length for length, _ in lengths)


def _lags() -> Measured:
    for number, late in enumerate((-40.0, -20.0, -7.5, 0.0, 3.0, 12.0, 20.0, 45.0)):
        bpm = TEMPI_BPM[number]
        part = truth.drum_notes(bpm, _TRUTH_BARS, seed=number)
        # A first beat at 0 cannot sound early: the song begins a bar later.
        moved = Part("percussion", tuple(_later(note, 4.0) for note in part.notes))
        found = stem_timing.lag_ms(truth.play_drums(moved, bpm, late_ms=late), moved, bpm)
        yield "stem lag", abs((found if found is not None else 999.0) - late), "ms", "drum loops, -40 to 45 ms late"


def _later(note: Note, beats_later: float) -> Note:
    return Note(note.onset_beats + beats_later, note.pitch, note.duration_beats, note.velocity, note.shift_beats)


def _tunings() -> Measured:
    for number, cents in enumerate((-40.0, -20.0, -8.0, 0.0, 4.0, 15.0, 30.0, 50.0)):
        for lowest in (31, 45, 57):
            notes = tuple(Note(float(i), lowest + (5 * i + number) % 12, 0.9, 90) for i in range(12))
            part = Part("bass", notes)
            found = stem_tuning.deviation_cents(truth.play_notes(part, 110.0, cents=cents), part, 110.0)
            error = abs((found if found is not None else 999.0) - cents)
            yield "detuning", error, "cents", "saw-like lines from G1 to G#4, -40 to 50 cents"


MEASURES: tuple[Callable[[], Measured], ...] = (_levels, _pulses, _keys, _lags, _tunings)
"""Groups of estimators, each with its signals."""
