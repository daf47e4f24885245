"""What a channel is given between its notes: a bed of noise, harmonics above it, and itself once more, compressed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from workbench.domain.arrays import Gain, Signal
from workbench.domain.errors import ParameterError
from workbench.domain.seeding import generator
from workbench.domain.units import db_to_gain
from workbench.dsp.dynamics import Compressor, compressor_gain
from workbench.dsp.envelopes import fade_edges
from workbench.dsp.equaliser import Band, equalise
from workbench.dsp.gains import add_scaled, amplify
from workbench.dsp.levels import mean_square
from workbench.dsp.noise import white_noise
from workbench.dsp.saturation import oversampled_tanh

BedKind = Literal["air", "tape", "vinyl", "room"]

# Edges and tilt of each bed's noise: what microphones and rooms, tape and grooves leave in a pause.
_SPECTRA: dict[BedKind, tuple[Band, ...]] = {
    "air": (Band("high_pass", 2500.0), Band("high_shelf", 9000.0, 3.0)),
    "tape": (Band("high_pass", 350.0), Band("peak", 3000.0, 3.0, 0.5), Band("low_pass", 10_000.0)),
    "vinyl": (
        Band("high_pass", 60.0),
        Band("low_shelf", 250.0, 8.0),
        Band("high_shelf", 4500.0, -4.0),
        Band("low_pass", 9000.0),
    ),
    "room": (Band("high_pass", 90.0), Band("low_shelf", 500.0, 9.0), Band("low_pass", 4000.0)),
}
_CRACKLES_A_SECOND, _CRACKLE_DB = 7.0, 16.0
_FADE_MS = 400.0
_SPLIT_HZ, _AIR_HZ = 2200.0, 5000.0
_AIR_DRIVE_DB = 18.0


@dataclass(frozen=True, slots=True)
class Bed:
    """Noise under a channel for the whole song. `level_db` counts from the loudness to which staging brings a stem."""

    kind: BedKind = "tape"
    level_db: float = -36.0

    def __post_init__(self) -> None:
        if self.kind not in _SPECTRA:
            raise ParameterError(f"bed: expected one of {', '.join(_SPECTRA)}, got {self.kind!r}")
        if not -80.0 <= self.level_db <= 0.0:
            raise ParameterError(f"bed: expected level_db in -80..0, got {self.level_db:g}")


def bed_of(bed: Bed, length: int, sample_rate_hz: int, *, seed: int, stage_db: float) -> Signal:
    """A bed, (2, length), that fades in and out.

    Its mean power without the crackle lies `level_db` above `stage_db`; left and right are independent.
    """
    rng = generator(seed, "bed", bed.kind)
    hiss = np.stack([white_noise(length, rng) for _ in range(2)])
    equalise(hiss, _SPECTRA[bed.kind], sample_rate_hz, out=hiss)
    level = db_to_gain(bed.level_db + stage_db)
    amplify(hiss, level / max(float(np.sqrt(mean_square(hiss))), 1e-9))
    if bed.kind == "vinyl":
        add_scaled(hiss, _crackle(length, sample_rate_hz, rng), level * db_to_gain(_CRACKLE_DB))
    return fade_edges(hiss, sample_rate_hz, in_ms=_FADE_MS, out_ms=_FADE_MS)


def _crackle(length: int, rate: int, rng: np.random.Generator) -> Signal:
    """Dust in a groove: short bursts at chance times, most of them faint, somewhere between left and right."""
    count = int(rng.poisson(_CRACKLES_A_SECOND * length / rate))
    out = np.zeros((2, length), dtype=np.float32)
    starts = np.sort(rng.integers(0, length, count))
    for start, strength, side in zip(starts, rng.exponential(0.35, count), rng.uniform(0.3, 0.7, count), strict=True):
        burst = _dust(rate, rng)[: length - start] * min(1.0, strength)
        out[0, start : start + burst.size] += burst * np.float32(np.sqrt(2.0 * side))
        out[1, start : start + burst.size] += burst * np.float32(np.sqrt(2.0 * (1.0 - side)))
    return out


def _dust(rate: int, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """A damped oscillation of 1.2 to 5 kHz that rises over a tenth of a millisecond, so as to be no click."""
    seconds = np.arange(round(0.004 * rate)) / rate
    hz = 1200.0 * 4.2 ** rng.random()
    shape = np.minimum(seconds / 2e-4, 1.0) * np.exp(-seconds / 7e-4)
    return np.asarray(shape * np.sin(2.0 * np.pi * hz * seconds), dtype=np.float32)


def with_air(samples: Signal, air_db: float, sample_rate_hz: int, factor: int | None = None) -> Signal:
    """Add harmonics above 5 kHz of what (2, n) samples hold above 2.2 kHz, at `air_db` relative to that, in place.

    Saturation makes them, so they last as long as the sound and move with it, as an equaliser's highs do only where
    there are some.
    """
    high = equalise(samples, [Band("high_pass", _SPLIT_HZ)], sample_rate_hz)
    power = mean_square(high)
    if power <= 1e-14:
        return samples
    gain = db_to_gain(_AIR_DRIVE_DB) * 0.1 / float(np.sqrt(power))
    harmonics = oversampled_tanh(high, gain=gain, bias=0.3, makeup=1.0, factor=factor or 4, out=high)
    equalise(harmonics, [Band("high_pass", _AIR_HZ), Band("high_pass", _AIR_HZ)], sample_rate_hz, out=harmonics)
    own = max(mean_square(harmonics), 1e-20)
    return add_scaled(samples, harmonics, db_to_gain(air_db) * float(np.sqrt(power / own)))


def parallel_gain(samples: Signal, parallel: Compressor, sample_rate_hz: int) -> Gain:
    """Gain of parallel compression, (n,): the sound and, with it, itself through a heavy compressor.

    Loud hits stay as they are, and what rings between them comes up by at most 20 log10(1 + make-up).
    """
    gain = compressor_gain(samples, parallel, sample_rate_hz)
    gain += np.float32(1.0)
    return gain
