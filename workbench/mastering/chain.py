"""The mastering chain: equaliser, multiband compression, glue, width, soft clip, limiter, loudness."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from workbench.analysis.loudness import BLOCK_SECONDS, integrated_loudness
from workbench.domain.arrays import Signal
from workbench.domain.audio import Audio
from workbench.domain.errors import ParameterError
from workbench.domain.units import db_to_gain, gain_to_db
from workbench.dsp.dynamics import compressor_gain
from workbench.dsp.equaliser import Band, equalise, split_bands
from workbench.dsp.gains import add_scaled, amplify, scaled
from workbench.dsp.levels import peak_of
from workbench.dsp.limiter import Limiter, limit, soft_clip
from workbench.dsp.loudness import gated_loudness, hop_energies, loudness, without_offset
from workbench.dsp.memory import duplicate
from workbench.dsp.mid_side import scale_side, side_guard
from workbench.dsp.stereo import set_width
from workbench.mastering.emptied import MOST_REMOVED_DB, check_kept, powers_of
from workbench.mastering.styles import MasterStyle, load_style

STAGE_LUFS = -20.0
"""Loudness that the mix is brought to before the chain, so that thresholds mean the same for all."""

CEILING_MARGIN_DB = 0.1
LOUDNESS_TOLERANCE_LU = 0.03
LOUDEST_TARGET_LUFS = -5.0
_SILENT_LUFS = -60.0
_PASSES = 6
_LOW_CROSSOVER_HZ = 120.0
_HIGH_CROSSOVER_HZ = 4000.0
_CLIP_ABOVE_CEILING_DB = 0.5
_LEAST_CORRELATION = 0.1


def master(audio: Audio, *, target_lufs: float, ceiling_dbtp: float, processing_style: str) -> Audio:
    """Bring a mix to its loudness (ITU-R BS.1770), below its true-peak ceiling.

    Parameters
    ----------
    audio : Audio of shape (2, n)
        The mix; any level.
    target_lufs : float
        Integrated loudness to reach, -40 to -5 LUFS.
    ceiling_dbtp : float
        True peak not to pass, -20 to 0 dBTP. The limiter works 0.1 dB below it.
    processing_style : str
        Name of a file in `mastering/styles`.

    Returns
    -------
    Audio of shape (2, n)
        Its loudness is within 0.05 LU of the target as long as peaks allow it: a signal whose peaks lie far above its
        loudness is limited at most as far as six passes take it.

    Raises
    ------
    ParameterError
        If target or ceiling are out of range, the style is not known, the sound is not finite, or the mix is shorter
        than 0.4 s (the meter's block) or quieter than -60 LUFS (silence cannot be brought
        to a loudness: check what was rendered); if a stage takes out more than 12 dB of the mix (`mastering.emptied`).

    Examples
    --------
    >>> wave = np.tile(0.1 * np.sin(np.arange(48000) / 20), (2, 1)).astype(np.float32)
    >>> loud = master(Audio(wave, 48000), target_lufs=-14.0, ceiling_dbtp=-1.0, processing_style="neutral")
    >>> round(integrated_loudness(loud), 1)
    -14.0
    """
    check_delivery(target_lufs, ceiling_dbtp)
    return colour(audio, processing_style).delivered(target_lufs, ceiling_dbtp)


def check_delivery(target_lufs: float, ceiling_dbtp: float) -> None:
    """Refuse a target or a ceiling that is out of range.

    Raises
    ------
    ParameterError
        As `master`.
    """
    if not -40 <= target_lufs <= LOUDEST_TARGET_LUFS or not -20 <= ceiling_dbtp <= 0:
        raise ParameterError(
            "master: expected target_lufs in -40..-5 and ceiling_dbtp in -20..0, "
            f"got {target_lufs:g} LUFS and {ceiling_dbtp:g} dBTP"
        )


@dataclass(frozen=True, slots=True, eq=False)
class Coloured:
    """A mix behind everything but the last stages of the chain: those alone know of loudness and ceiling."""

    audio: Audio
    style: MasterStyle

    def delivered(self, target_lufs: float, ceiling_dbtp: float) -> Audio:
        """Clipped, limited and brought to its loudness: what `master` gives."""
        samples, rate = self.audio.samples, self.audio.sample_rate_hz
        return _to_loudness(samples, target_lufs, ceiling_dbtp - CEILING_MARGIN_DB, self.style, rate)


def colour(audio: Audio, processing_style: str) -> Coloured:
    """What `master` does before loudness; it can then be delivered at several loudnesses or ceilings.

    Raises
    ------
    ParameterError
        As `master`.
    """
    style, rate = load_style(processing_style), audio.sample_rate_hz
    if not np.isfinite(peak_of(audio.samples)):
        raise ParameterError("master: expected finite samples, got NaN or infinity in the mix")
    if audio.duration_seconds < BLOCK_SECONDS:
        raise ParameterError(
            f"master: expected a mix of {BLOCK_SECONDS:g} s at least, for loudness is measured over that long, "
            f"got {audio.duration_seconds:.3g} s"
        )
    energies = hop_energies(audio.samples, rate)
    level = gated_loudness(energies)
    _check_heard(audio, level)
    gain = np.float32(db_to_gain(STAGE_LUFS - level))
    samples = scaled(audio.samples, float(gain))
    before = powers_of(samples, rate, energies * np.float64(gain) ** 2)
    for _, stage in _stages_of(style, rate):
        samples = stage(samples)
    check_kept(before, samples, rate, lambda: _steps(audio, gain, style))
    return Coloured(Audio(samples, rate), style)


def _check_heard(audio: Audio, level_lufs: float) -> None:
    """Refuse a mix of `level_lufs` in which nothing is heard; a constant offset is not."""
    sounding = without_offset(audio.samples)
    heard = level_lufs if sounding is audio.samples else loudness(sounding, audio.sample_rate_hz)
    if heard < _SILENT_LUFS:
        raise ParameterError(
            f"master: expected a mix louder than {_SILENT_LUFS:g} LUFS, got {heard:.1f} LUFS (near silence)"
        )


def stages(audio: Audio, *, target_lufs: float, ceiling_dbtp: float, processing_style: str) -> dict[str, Audio]:
    """What `master` does, stage by stage: "mix", "equaliser", "multiband", "glue", "width" and "limiter", in order.

    Each has the loudness of its own stage; bring them to one loudness before you compare them by ear.

    Raises
    ------
    ParameterError
        As `master`.
    """
    level = loudness(audio.samples, audio.sample_rate_hz)
    steps = _steps(audio, np.float32(db_to_gain(STAGE_LUFS - level)), load_style(processing_style))
    done = {name: Audio(samples, audio.sample_rate_hz) for name, samples in steps.items()}
    finished = master(audio, target_lufs=target_lufs, ceiling_dbtp=ceiling_dbtp, processing_style=processing_style)
    return {**done, "limiter": finished}


def _steps(audio: Audio, gain: np.float32, style: MasterStyle) -> dict[str, Signal]:
    """The staged mix, and the sound behind every stage before loudness."""
    samples = scaled(audio.samples, float(gain))
    done = {"mix": samples}
    for name, stage in _stages_of(style, audio.sample_rate_hz):
        samples = done[name] = stage(duplicate(samples))
    return done


def _stages_of(style: MasterStyle, rate: int) -> list[tuple[str, Callable[[Signal], Signal]]]:
    """Stages by name; each may write over what it is given."""
    bands = [Band("high_pass", style.low_cut_hz), *style.eq]
    return [
        ("equaliser", lambda samples: equalise(samples, bands, rate, out=samples)),
        ("multiband", lambda samples: _multiband(samples, style, rate)),
        ("glue", lambda samples: amplify(samples, compressor_gain(samples, style.glue, rate))),
        ("width", lambda samples: _widened(samples, style, rate)),
    ]


def _widened(samples: Signal, style: MasterStyle, rate: int) -> Signal:
    wide = set_width(samples, style.width, rate, mono_below_hz=_LOW_CROSSOVER_HZ, out=samples)
    return scale_side(wide, side_guard(wide, rate, least_correlation=_LEAST_CORRELATION), out=wide)


def _multiband(samples: Signal, style: MasterStyle, rate: int) -> Signal:
    """Compress lows, and where the style asks for it middle and highs, each by itself."""
    low, rest = split_bands(samples, _LOW_CROSSOVER_HZ, rate, out=samples)
    out = amplify(low, compressor_gain(low, style.low_control, rate))
    if style.mid_control is None and style.high_control is None:
        return add_scaled(out, rest, 1.0)
    for band, control in zip(
        split_bands(rest, _HIGH_CROSSOVER_HZ, rate, out=rest), (style.mid_control, style.high_control), strict=True
    ):
        if control:
            amplify(band, compressor_gain(band, control, rate))
        add_scaled(out, band, 1.0)
    return out


def _to_loudness(samples: Signal, target_lufs: float, ceiling_db: float, style: MasterStyle, rate: int) -> Audio:
    """Gain, clip, limit, measure; the gain of the next pass follows the secant through the last two.

    No gain counts at which clip and limiter take out more than a stage may: what they leave of lone peaks is the
    ringing of filters, and that would be lifted in the place of the sound.
    """
    level = loudness(samples, rate)
    gain_db, unlimited_db = target_lufs - level, ceiling_db - gain_to_db(peak_of(samples))
    kept_db, most_db = min(gain_db, unlimited_db), np.inf
    tried: list[tuple[float, float]] = []
    best_db, least = kept_db, np.inf  # should none come near enough, the best one is made again
    for _ in range(_PASSES):
        result = Audio(_finished(samples, gain_db, ceiling_db, style, rate), rate)
        error = integrated_loudness(result) - target_lufs
        if level + gain_db - target_lufs - error > MOST_REMOVED_DB:
            most_db = min(most_db, gain_db)
        else:
            kept_db = max(kept_db, gain_db)
            if abs(error) <= LOUDNESS_TOLERANCE_LU:
                return result
            if abs(error) < least:
                best_db, least = gain_db, abs(error)
        del result  # one attempt at a time is held
        tried.append((gain_db, error))
        gain_db = _next_gain(tried)
        if gain_db >= most_db:
            gain_db = 0.5 * (kept_db + most_db)
    if least == np.inf:
        best_db = kept_db
    return Audio(_finished(samples, best_db, ceiling_db, style, rate), rate)


def _finished(samples: Signal, gain_db: float, ceiling_db: float, style: MasterStyle, rate: int) -> Signal:
    most_db = ceiling_db + _CLIP_ABOVE_CEILING_DB
    clipped = soft_clip(samples, gain=db_to_gain(gain_db), ceiling_db=most_db, knee_db=style.clip_knee_db)
    # A gain of exactly 1 below the knee gives back what went in, which is needed for the next pass.
    own = None if clipped is samples else clipped
    return limit(clipped, Limiter(ceiling_db, release_ms=style.limiter_release_ms), rate, out=own)


def _next_gain(tried: list[tuple[float, float]]) -> float:
    gain_db, error = tried[-1]
    slope = 1.0
    if len(tried) > 1 and gain_db != tried[-2][0]:
        slope = (error - tried[-2][1]) / (gain_db - tried[-2][0])
    return gain_db - error / min(max(slope, 0.25), 1.0)
