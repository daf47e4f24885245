"""Metrics are 0 or 1 where they must be, the same in both directions, and follow what is made worse step by step."""

from __future__ import annotations

import json

import numpy as np
import pytest

from evaluation.metric_checks import checks as proofs
from evaluation.metric_checks import truth
from evaluation.metrics import beats, frechet, kernel, key, tempo
from evaluation.metrics.chord_overlap import overlap
from evaluation.metrics.embedding import NAME, standardised
from evaluation.metrics.estimator_errors import EstimatorError, error_text, known_errors, to_json
from evaluation.metrics.spectrum import spectrum_distance_db
from evaluation.metrics.timbre import window_distance
from evaluation.suites import catalogue
from workbench.analysis.boundaries import section_boundaries
from workbench.analysis.chords import HeardChord
from workbench.analysis.embedding import NAMES, embed
from workbench.analysis.groove import groove_distance, groove_profile
from workbench.analysis.rhythm import fit_tempo
from workbench.domain.errors import ParameterError
from workbench.domain.theory import Key


@pytest.fixture(scope="module")
def material() -> proofs._Material:
    return proofs._material(bars=6)


def test_stems_are_followed_step_by_step(material: proofs._Material) -> None:
    assert not [proof for proof in proofs._stems(material) if not proof.holds]


@pytest.mark.long
def test_every_metric_follows() -> None:
    table = proofs.prove()
    assert len(table) >= 35
    assert not [proof for proof in table if not proof.holds]


@pytest.mark.parametrize(("heard", "right"), [(103.9, 1.0), (96.1, 1.0), (104.2, 0.0), (95.8, 0.0), (107.0, 0.0)])
def test_a_tempo_is_right_within_four_percent(heard: float, right: float) -> None:
    """Gouyon and others (2006), for accuracy 1 and, at twice the tempo, accuracy 2."""
    assert tempo.evaluate(100.0, heard)["tempo_accuracy_1"] == right
    assert tempo.evaluate(100.0, 2.0 * heard)["tempo_accuracy_2"] == right


def test_tempo_figures_know_octaves_bins_and_neighbours() -> None:
    assert tempo.evaluate(100.0, 100.0) == {
        "tempo_error_percent": 0.0, "tempo_accuracy_1": 1.0, "tempo_accuracy_2": 1.0, "tempo_bin": 1.0,
        "tempo_bin_tolerant": 1.0,
    }  # fmt: skip
    half = tempo.evaluate(140.0, 70.0)
    assert (half["tempo_accuracy_1"], half["tempo_accuracy_2"], half["tempo_bin"]) == (0.0, 1.0, 0.0)
    assert tempo.evaluate(100.0, 112.0)["tempo_bin_tolerant"] == 1.0
    assert tempo.evaluate(100.0, 0.0)["tempo_error_percent"] == 100.0
    with pytest.raises(ParameterError):
        tempo.evaluate(0.0, 100.0)


@pytest.mark.parametrize(
    ("heard", "score"), [("C major", 1.0), ("G major", 0.5), ("A minor", 0.3), ("C minor", 0.2), ("F major", 0.0)]
)
def test_key_scores_are_mirex(heard: str, score: float) -> None:
    assert key.weighted_score(Key.parse("C major"), Key.parse(heard)) == score
    assert key.weighted_score(Key.parse("C major"), None) == 0.0


def test_degenerate_input_is_defined_or_refused() -> None:
    assert beats.f_measure([], []) == 1.0
    assert beats.f_measure([6.0, 7.0], []) == 0.0
    with pytest.raises(ParameterError):
        beats.f_measure([2.0, 1.0], [1.0])
    with pytest.raises(ParameterError):
        key.scale_share(Key.parse("C"), [1.0] * 11)
    with pytest.raises(ParameterError):
        spectrum_distance_db([0.0] * 29, [0.0] * 30)
    with pytest.raises(ParameterError):
        window_distance(np.zeros((0, 26)), np.zeros((3, 26)))
    with pytest.raises(ParameterError, match="at least"):
        frechet.frechet_distance(np.zeros((10, 26)), np.zeros((100, 26)))
    assert overlap((HeardChord(0.0, 2.0, None),), ()) is None


def test_set_distances_grow_with_a_shift_and_do_not_grow_with_small_n() -> None:
    rng = np.random.default_rng(1)
    first = [rng.normal(size=(40, 4)) for _ in range(10)]
    for evaluate in (frechet.evaluate, kernel.evaluate):
        shifted = [evaluate([table + shift for table in first], first, embedding=NAME) for shift in (0.0, 0.5, 1.0)]
        values = [found.value for found in shifted]
        assert values == sorted(values)
        assert all(found.low <= found.value <= found.high for found in shifted)
        assert (shifted[0].n_windows, shifted[0].n_recordings, shifted[0].embedding) == (400, 10, NAME)
    few, many = (rng.normal(size=(n, 4)) for n in (60, 4000))
    other_few, other_many = (rng.normal(size=(n, 4)) for n in (60, 4000))
    raw = frechet.frechet_distance(few, other_few)
    assert abs(frechet.corrected_distance(few, other_few)) < raw
    assert frechet.frechet_distance(many, other_many) < raw


def test_a_shift_of_one_spread_gives_the_known_frechet_distance() -> None:
    rng = np.random.default_rng(2)
    table = rng.normal(size=(5000, 3))
    assert frechet.frechet_distance(table, table + np.array([1.0, 0.0, 0.0])) == pytest.approx(1.0, abs=1e-6)
    assert frechet.frechet_distance(table, 2.0 * table) == pytest.approx(3.0, rel=0.05)


def test_the_embedding_ignores_gain_and_has_a_column_for_each_name(material: proofs._Material) -> None:
    windows = embed(material.song)
    assert windows.shape[1] == len(NAMES) == 26
    assert 12 <= windows.shape[1] <= 40
    louder = embed(proofs.worse.quieter(material.song, 6.0))
    assert np.abs(standardised(windows) - standardised(louder)).max() < 0.01


def test_grooves_of_one_pattern_are_alike_and_others_are_not() -> None:
    def profile(bpm: float, shift: float) -> np.ndarray:
        part = truth.drum_notes(bpm, 8)
        moved = truth.Part("percussion", tuple(
            truth.Note(note.onset_beats + (shift if note.pitch == 38 else 0.0), note.pitch, 0.25, note.velocity)
            for note in part.notes
        ))  # fmt: skip
        audio = truth.play_drums(moved, bpm)
        return groove_profile(audio, fit_tempo(audio, bpm))

    plain, other_tempo, moved = profile(100.0, 0.0), profile(124.0, 0.0), profile(100.0, 0.25)
    assert groove_distance(plain, plain) == 0.0
    assert groove_distance(plain, other_tempo) < groove_distance(plain, moved)


def test_sections_are_found_where_the_music_changes() -> None:
    verse, chorus = (truth.chord_song(Key.parse(name), bars=8)[1] for name in ("C major", "Eb minor"))
    first, second = (truth.play_notes(part, 120.0, partials=n) for part, n in ((verse, 3), (chorus, 12)))
    drums = truth.play_drums(truth.drum_notes(120.0, 8), 120.0)
    length = 16 * truth.RATE_HZ
    pieces = [first.samples[:, :length], truth.mixed(second, drums).samples[:, :length]] * 2
    found = section_boundaries(truth.Audio(np.concatenate(pieces, axis=1), truth.RATE_HZ))
    assert len(found) == 3
    assert np.abs(np.array(found) - [16.0, 32.0, 48.0]).max() <= 1.0


def test_every_estimator_has_a_known_error() -> None:
    errors = known_errors()
    used = {rule.estimator for rule in catalogue._RULES if rule.estimator}
    assert used <= errors.keys()
    assert {"loudness", "tempo", "key exact", "chords", "stem lag", "detuning", "beats"} <= errors.keys()
    assert error_text("loudness").endswith("LU")
    assert error_text(None) == ""
    assert EstimatorError(**json.loads(to_json(errors))["tempo"]) == errors["tempo"]
