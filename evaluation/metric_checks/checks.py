"""Every metric is shown to move the right way: a song is made worse step by step, and the metric must follow.

For each metric the table names degradations by which it must rise, and those that it must not mind. Distances must be
0 to the sound itself and the same in both directions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np

from evaluation import degradations as worse
from evaluation.degradations import DEGRADATIONS
from evaluation.metric_checks import truth
from evaluation.metrics import beats, frechet, kernel, key, stem_presence, stem_timing, stem_tuning, tempo
from evaluation.metrics.dynamics import dynamics_distance_lu
from evaluation.metrics.embedding import NAME, standardised
from evaluation.metrics.rhythm import rhythm_distance
from evaluation.metrics.spectrum import spectrum_distance_db
from evaluation.metrics.timbre import timbre_distance
from evaluation.metrics.width import width_distance
from workbench.analysis.embedding import embed
from workbench.analysis.key import chroma
from workbench.analysis.rhythm import fit_tempo
from workbench.analysis.spectrum import stereo_spectrum, third_octave_db
from workbench.domain.audio import Audio
from workbench.domain.score import Part
from workbench.domain.theory import Key

Values = tuple[float, ...]

BPM = 112.0
_KEY = Key(0, "major")


@dataclass(frozen=True, slots=True)
class Proof:
    """A metric at rising strengths of one degradation, and whether it behaves: "rises", "falls" or "stays"."""

    metric: str
    degradation: str
    strengths: Values
    unit: str
    values: Values
    expected: str
    holds: bool


@dataclass(frozen=True, slots=True)
class _Material:
    """A song with its stems and their notes."""

    song: Audio
    drums: tuple[Audio, Part]
    pads: tuple[Audio, Part]


def prove() -> list[Proof]:
    """Every proof; about two minutes on one core."""
    material = _material()
    return [*_distances(material), *_adherence(material), *_stems(material), *_sets()]


def _material(bars: int = 8) -> _Material:
    part = truth.drum_notes(BPM, bars)
    drums = truth.play_drums(part, BPM)
    _, notes = truth.chord_song(_KEY, bars=bars)
    pads = truth.play_notes(notes, BPM)
    # Pads lie wider than drums, so that there is an image to narrow.
    wide = Audio(np.stack([pads.samples[0], np.roll(pads.samples[1], 300)]), pads.sample_rate_hz)
    return _Material(truth.mixed(drums, wide), (drums, part), (pads, notes))


_DISTANCES: dict[str, tuple[Callable[[Audio, Audio], float], tuple[str, ...], tuple[str, ...]]] = {
    "spectrum distance (dB)": (
        lambda a, b: spectrum_distance_db(*(third_octave_db(stereo_spectrum(one)) for one in (a, b))),
        ("noisy", "muffled"), ("quieter", "later"),
    ),
    "dynamics distance (LU)": (dynamics_distance_lu, ("squashed",), ("quieter",)),
    "width distance": (width_distance, ("narrower",), ("quieter", "later")),
    "rhythm distance": (
        lambda a, b: rhythm_distance(a, b, first_bpm=BPM, second_bpm=BPM), ("ragged",), ("quieter",),
    ),
    "timbre distance": (timbre_distance, ("noisy", "muffled", "squashed"), ("quieter",)),
}  # fmt: skip
"""Metrics of two sounds: by which degradations they must rise, and which they must not mind."""


def _distances(material: _Material) -> list[Proof]:
    proofs = []
    for name, (measure, rising, still) in _DISTANCES.items():
        from_song = partial(measure, material.song)
        for degradation, expected in [*((one, "rises") for one in rising), *((one, "stays") for one in still)]:
            proofs.append(_walk(name, from_song, material.song, degradation, expected))
        other = worse.muffled(worse.noisy(material.song, 40.0), 3.0)
        there, back = measure(material.song, other), measure(other, material.song)
        itself = measure(material.song, material.song)
        proofs.append(Proof(name, "itself", (0.0,), "", (itself,), "0", abs(itself) < 1e-9))
        same = abs(there - back) <= 1e-6 * max(1.0, there)
        proofs.append(Proof(name, "both directions", (), "", (there, back), "the same", same))
    return proofs


def _adherence(material: _Material) -> list[Proof]:
    def written() -> np.ndarray:
        return np.arange(0.0, 32.0) * 60.0 / BPM

    def beat_f(audio: Audio) -> float:
        fit = fit_tempo(audio, BPM)
        return beats.f_measure(written(), beats.grid(fit.beat_seconds, 60.0 / max(fit.bpm, 1e-9), written()[-1] + 0.1))

    def tempo_error(audio: Audio) -> float:
        return tempo.error_percent(BPM, fit_tempo(audio, BPM).bpm)

    proofs = [
        _walk("tempo error (%)", tempo_error, material.song, "faster", "rises"),
        _walk("tempo error (%)", tempo_error, material.song, "quieter", "stays"),
        _walk("beat F-measure", beat_f, material.song, "drifting", "falls"),
    ]
    keys = [Key(step, "major") for step in (0, 7, 2, 9, 4)]
    profile = chroma(material.pads[0])[0]
    # Around the circle of fifths each step takes one more tone out of the scale.
    shares = tuple(key.scale_share(one, profile) for one in keys)
    steps = tuple(float(index) for index in range(len(keys)))
    proofs.append(Proof("pitch energy on the scale", "fifths away", steps, "fifths", shares, "falls", _falls(shares)))
    heard = (Key(0, "major"), Key(7, "major"), Key(9, "minor"), Key(0, "minor"), Key(6, "major"))
    scores = tuple(key.weighted_score(_KEY, one) for one in heard)
    relations = "fifth, relative, parallel, other"
    proofs.append(Proof("key score", relations, steps, "", scores, "falls", _falls(scores)))
    return proofs


def _stems(material: _Material) -> list[Proof]:
    drums, hits = material.drums
    pads, notes = material.pads

    def lag(stem: Audio) -> float:
        return stem_timing.lag_ms(stem, hits, BPM) or 0.0

    def cents(stem: Audio) -> float:
        return stem_tuning.deviation_cents(stem, notes, BPM) or 0.0

    return [
        _walk("stem lag (ms)", lag, drums, "later", "rises"),
        _walk("stem lag (ms)", lag, drums, "quieter", "stays"),
        _walk("detuning (cents)", cents, pads, "detuned", "rises"),
        _walk("detuning (cents)", cents, pads, "quieter", "stays"),
        _muted(pads, notes),
    ]


def _muted(pads: Audio, notes: Part) -> Proof:
    shares = (0.0, 0.25, 0.5, 1.0)
    values = []
    for share in shares:
        samples = pads.samples.copy()
        samples[:, : round(share * samples.shape[1])] = 0.0
        values.append(stem_presence.heard_share(Audio(samples, pads.sample_rate_hz), notes, BPM) or 0.0)
    return Proof("written notes heard", "muted", shares, "share of time", tuple(values), "falls", _falls(values))


def _sets() -> list[Proof]:
    """Distances of sets of small songs, of which one set is made worse."""
    songs = [_small_song(number) for number in range(16)]
    references = [standardised(embed(song)) for song in songs[:8]]
    proofs = []
    for name, evaluate in (("Fréchet distance", frechet.evaluate), ("kernel distance", kernel.evaluate)):
        for degradation in ("muffled", "noisy"):
            change, unit, strengths = DEGRADATIONS[degradation]
            values = []
            for strength in strengths:
                tables = [standardised(embed(change(song, strength))) for song in songs[8:]]
                values.append(evaluate(tables, references, embedding=NAME).value)
            holds = _rises(values)
            proofs.append(Proof(name, degradation, strengths, unit, tuple(values), "rises", holds))
    return proofs


def _small_song(number: int) -> Audio:
    rng = np.random.default_rng(number)
    bpm = float(rng.uniform(85.0, 130.0))
    _, notes = truth.chord_song(Key(int(rng.integers(12)), ("major", "minor")[number % 2]), bars=12)
    drums = truth.play_drums(truth.drum_notes(bpm, 12, seed=number), bpm, seed=number)
    return truth.mixed(drums, truth.play_notes(notes, bpm, partials=int(rng.integers(3, 10))))


def _walk(metric: str, measure: Callable[[Audio], float], audio: Audio, degradation: str, expected: str) -> Proof:
    change, unit, strengths = DEGRADATIONS[degradation]
    values = tuple(float(measure(change(audio, strength))) for strength in strengths)
    holds = {"rises": _rises, "falls": _falls, "stays": _stays}[expected](values)
    return Proof(metric, degradation, strengths, unit, values, expected, holds)


def _rises(values: Sequence[float]) -> bool:
    return all(later > earlier for earlier, later in pairwise(values))


def _falls(values: Sequence[float]) -> bool:
    """Never up, and down in all."""
    steps = np.diff(values)
    return bool((steps <= 1e-9).all() and values[-1] < values[0])


def _stays(values: Sequence[float]) -> bool:
    """Within what a listener could not tell: 2 % or 0.05."""
    return bool(np.ptp(values) <= max(0.05, 0.02 * abs(values[0])))
