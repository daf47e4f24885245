"""The same bytes at one, two and eight threads."""

import hashlib

import numpy as np
import pytest

from workbench.analysis.loudness import measure_loudness
from workbench.analysis.spectrum import stereo_spectrum
from workbench.domain.audio import Audio
from workbench.domain.cores import THREADS_VARIABLE, thread_count
from workbench.domain.plan import Delivery, Plan
from workbench.domain.score import Score
from workbench.dsp.matching import THIRDS_HZ, apply_curve, bin_powers
from workbench.dsp.parallel import BLOCK_SAMPLES, each
from workbench.mastering import master
from workbench.mixing import mix
from workbench.output import encode
from workbench.pipeline import deliver
from workbench.rendering import render

RATE = 48000


def song() -> Audio:
    """Noise in bursts over more than two pieces, with peaks that the limiter must hold."""
    rng = np.random.default_rng(11)
    times = np.arange(2 * BLOCK_SAMPLES + 30_000) / RATE
    bursts = 0.2 + 0.8 * (np.sin(2 * np.pi * 2.0 * times) > 0.7)
    return Audio((0.3 * rng.standard_normal((2, times.size)) * bursts).astype(np.float32), RATE)


def fingerprint(audio: Audio) -> str:
    mastered = master(audio, target_lufs=-9.0, ceiling_dbtp=-1.0, processing_style="warm")
    curve = apply_curve(audio.samples, 3.0 * np.sin(np.arange(THIRDS_HZ.size)), RATE)
    parts = [mastered.samples, curve, bin_powers(audio.samples), stereo_spectrum(audio).cross]
    digest = hashlib.sha256(b"".join(np.ascontiguousarray(part).tobytes() for part in parts))
    digest.update(repr(measure_loudness(mastered)).encode())
    for bits in (16, 24):
        digest.update(encode(mastered, Delivery(bit_depth=bits), seed=4))
    return digest.hexdigest()


def test_the_same_bytes_at_any_number_of_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    audio, found = song(), set()
    for threads in ("1", "2", "8"):
        monkeypatch.setenv(THREADS_VARIABLE, threads)
        assert thread_count() == int(threads)
        found.add(fingerprint(audio))
    assert len(found) == 1


def test_a_song_sounds_the_same_at_any_number_of_threads(
    monkeypatch: pytest.MonkeyPatch, tiny_score: Score, tiny_plan: Plan
) -> None:
    found = set()
    for threads in ("1", "2", "8"):
        monkeypatch.setenv(THREADS_VARIABLE, threads)
        stems = render(tiny_score, tiny_plan)
        mixed = mix(stems, tiny_score, tiny_plan)
        heard = [*stems.values(), *mixed.stems.values(), deliver(mixed, tiny_plan)[1]]
        found.add(hashlib.sha256(b"".join(audio.samples.tobytes() for audio in heard)).hexdigest())
    assert len(found) == 1


def test_work_within_work_takes_no_more_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(THREADS_VARIABLE, "4")
    assert each(lambda a: each(lambda b: 10 * a + b, [1, 2]), [1, 2, 3]) == [[11, 12], [21, 22], [31, 32]]
