"""Matching a reference track: its spectrum, width and dynamics, each by an amount."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.analysis.peaks import crest_factor_db
from workbench.analysis.profile import Measurements
from workbench.analysis.spectrum import THIRD_OCTAVE_HZ, stereo_spectrum, third_octave_db
from workbench.analysis.stereo import stereo_image
from workbench.domain.arrays import Signal
from workbench.domain.audio import Audio
from workbench.domain.errors import ParameterError
from workbench.domain.units import gain_to_db
from workbench.dsp.limiter import Limiter, limiter_gain
from workbench.dsp.matching import THIRDS_HZ, apply_curve
from workbench.dsp.stereo import set_width

_MOST_DB = 8.0
_SILENT_BAND_DB = -70.0
_WIDTHS = (0.5, 1.6)
_LEAST_CREST_DB = 8.0
_LOW_HZ = 120.0


@dataclass(frozen=True, slots=True)
class Match:
    """How much of the way to a reference is gone, 0 to 1 each."""

    spectrum: float = 0.5
    width: float = 0.5
    dynamics: float = 0.5

    def __post_init__(self) -> None:
        wrong = [amount for amount in (self.spectrum, self.width, self.dynamics) if not 0.0 <= amount <= 1.0]
        if wrong:
            raise ParameterError(f"match: expected amounts of 0 to 1, got {wrong[0]:g}")


def match(audio: Audio, reference: Measurements, amount: Match) -> Audio:
    """Bring a mix nearer to a reference before it is mastered.

    The spectrum moves by at most 8 dB in any third octave, smoothly; the side signal is scaled by 0.5 to 1.6 above
    120 Hz; peaks are held down to the reference's crest factor where it is lower. Dynamics that are not there cannot
    be put back: a reference with a higher crest factor changes nothing.

    Parameters
    ----------
    audio
        The mix.
    reference
        Measurements of the reference, as `analysis.profile.measure` or a reference profile gives them.
    amount
        Share of each difference that is taken.
    """
    samples = apply_curve(audio.samples, spectrum_gains_db(audio, reference, amount.spectrum), audio.sample_rate_hz)
    samples = _matched_width(Audio(samples, audio.sample_rate_hz), reference["width"], amount.width)
    return Audio(_matched_crest(samples, audio, reference["crest_factor_db"], amount.dynamics), audio.sample_rate_hz)


def spectrum_gains_db(audio: Audio, reference: Measurements, amount: float) -> np.ndarray:
    """Gains at `dsp.matching.THIRDS_HZ` that take `amount` of the difference of the long-term spectra."""
    own = _levels(tuple(third_octave_db(stereo_spectrum(audio))))
    difference = _levels(reference.third_octave_db) - own
    difference -= np.average(difference, weights=np.maximum(own + 60.0, 1.0))
    smooth = np.convolve(np.pad(difference, 1, mode="edge"), [0.25, 0.5, 0.25], mode="valid")
    return np.clip(amount * smooth, -_MOST_DB, _MOST_DB)


def _levels(third_octaves_db: Sequence[float]) -> np.ndarray:
    levels = np.maximum(np.asarray(third_octaves_db, dtype=np.float64), _SILENT_BAND_DB)
    return np.interp(np.log(THIRDS_HZ), np.log(THIRD_OCTAVE_HZ), levels)


def _matched_width(audio: Audio, wanted: float, amount: float) -> Signal:
    """`width` is the side's share of the power: scaling the side by s turns share w into s²w / (1 - w + s²w)."""
    own = stereo_image(audio).width
    if own <= 1e-6 or amount == 0.0:
        return audio.samples
    target = own + amount * (min(wanted, 0.45) - own)
    scale = float(np.clip(np.sqrt(target * (1.0 - own) / (own * (1.0 - target))), *_WIDTHS))
    return set_width(audio.samples, scale, audio.sample_rate_hz, mono_below_hz=_LOW_HZ)


def _matched_crest(samples: Signal, audio: Audio, wanted_db: float, amount: float) -> Signal:
    own = crest_factor_db(audio)
    target = max(_LEAST_CREST_DB, own + amount * min(wanted_db - own, 0.0))
    if target >= own:
        return samples
    level_db = gain_to_db(float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))))
    held = Limiter(level_db + target, lookahead_ms=6.0, release_ms=80.0)
    return np.asarray(samples * limiter_gain(samples, held, audio.sample_rate_hz), dtype=np.float32)
