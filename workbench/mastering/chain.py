"""The mastering chain: equaliser, multiband compression, glue, width, soft clip, limiter, loudness."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from workbench.analysis.loudness import BLOCK_SECONDS, integrated_loudness
from workbench.domain.audio import Audio, Samples
from workbench.domain.errors import ParameterError
from workbench.domain.units import db_to_gain, gain_to_db
from workbench.dsp.dynamics import compress, compressor_gain
from workbench.dsp.equaliser import Band, equalise, split_bands
from workbench.dsp.gains import add_scaled, amplify
from workbench.dsp.limiter import Limiter, limit, soft_clip
from workbench.dsp.loudness import loudness, without_offset
from workbench.dsp.stereo import scale_side, set_width, side_guard
from workbench.mastering.emptied import MOST_REMOVED_DB, check_kept
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
    """Bring a mix to its loudness, below its true-peak ceiling.

    Parameters
    ----------
    audio
        The mix; any level.
    target_lufs
        Integrated loudness to reach, -40 to -5 LUFS.
    ceiling_dbtp
        True peak not to pass, -20 to 0 dBTP. The limiter works 0.1 dB below it.
    processing_style
        Name of a file in `mastering/styles`.

    Returns
    -------
    Audio
        The same length. Its loudness is within 0.05 LU of the target as long as peaks allow it: of a signal whose
        peaks lie far above its loudness the limiter takes out 12 dB at most, and the master stays quieter.

    Raises
    ------
    ParameterError
        If target or ceiling are out of range, the style is not known, the sound is not finite, or the mix is shorter
        than 0.4 s (the meter's block) or quieter than -60 LUFS (silence cannot be brought
        to a loudness: check what was rendered); if a stage takes out more than 12 dB of the mix (`mastering.emptied`).
    """
    if not -40 <= target_lufs <= LOUDEST_TARGET_LUFS or not -20 <= ceiling_dbtp <= 0:
        raise ParameterError(
            "master: expected target_lufs in -40..-5 and ceiling_dbtp in -20..0, "
            f"got {target_lufs:g} LUFS and {ceiling_dbtp:g} dBTP"
        )
    style = load_style(processing_style)
    if not np.isfinite(audio.samples).all():
        raise ParameterError("master: expected finite samples, got NaN or infinity in the mix")
    if audio.duration_seconds < BLOCK_SECONDS:
        raise ParameterError(
            f"master: expected a mix of {BLOCK_SECONDS:g} s at least, for loudness is measured over that long, "
            f"got {audio.duration_seconds:.3g} s"
        )
    level = _level(audio)
    staged = audio.samples * np.float32(db_to_gain(STAGE_LUFS - level))
    coloured = _colour(staged, style, audio.sample_rate_hz)
    check_kept(staged, coloured, audio.sample_rate_hz, lambda: _coloured(staged, style, audio.sample_rate_hz))
    return _to_loudness(coloured, target_lufs, ceiling_dbtp - CEILING_MARGIN_DB, style, audio.sample_rate_hz)


def _level(audio: Audio) -> float:
    """Loudness of a mix in LUFS.

    Raises
    ------
    ParameterError
        If nothing is heard in it; a constant offset is not.
    """
    level = loudness(audio.samples, audio.sample_rate_hz)
    sounding = without_offset(audio.samples)
    heard = level if sounding is audio.samples else loudness(sounding, audio.sample_rate_hz)
    if heard < _SILENT_LUFS:
        raise ParameterError(
            f"master: expected a mix louder than {_SILENT_LUFS:g} LUFS, got {heard:.1f} LUFS (near silence)"
        )
    return level


def stages(audio: Audio, *, target_lufs: float, ceiling_dbtp: float, processing_style: str) -> dict[str, Audio]:
    """What `master` does, stage by stage: "mix", "equaliser", "multiband", "glue", "width" and "limiter", in order.

    Each has the loudness of its own stage; bring them to one loudness before you compare them by ear.

    Raises
    ------
    ParameterError
        As `master`.
    """
    rate, style = audio.sample_rate_hz, load_style(processing_style)
    level = loudness(audio.samples, rate)
    steps = {"mix": audio.samples * np.float32(db_to_gain(STAGE_LUFS - level))}
    steps |= _coloured(steps["mix"], style, rate)
    done = {name: Audio(np.asarray(samples, dtype=np.float32), rate) for name, samples in steps.items()}
    finished = master(audio, target_lufs=target_lufs, ceiling_dbtp=ceiling_dbtp, processing_style=processing_style)
    return {**done, "limiter": finished}


def _colour(samples: Samples, style: MasterStyle, rate: int) -> Samples:
    for _, stage in _stages_of(style, rate):
        samples = stage(samples)
    return samples


def _coloured(samples: Samples, style: MasterStyle, rate: int) -> dict[str, Samples]:
    """Everything before loudness, by stage."""
    done = {}
    for name, stage in _stages_of(style, rate):
        samples = done[name] = stage(samples)
    return done


def _stages_of(style: MasterStyle, rate: int) -> list[tuple[str, Callable[[Samples], Samples]]]:
    bands = [Band("high_pass", style.low_cut_hz), *style.eq]
    return [
        ("equaliser", lambda samples: equalise(samples, bands, rate)),
        ("multiband", lambda samples: _multiband(samples, style, rate)),
        ("glue", lambda samples: compress(samples, style.glue, rate)),
        ("width", lambda samples: _widened(samples, style, rate)),
    ]


def _widened(samples: Samples, style: MasterStyle, rate: int) -> Samples:
    wide = set_width(samples, style.width, rate, mono_below_hz=_LOW_CROSSOVER_HZ)
    return scale_side(wide, side_guard(wide, rate, least_correlation=_LEAST_CORRELATION))


def _multiband(samples: Samples, style: MasterStyle, rate: int) -> Samples:
    """Compress lows, and where the style asks for it middle and highs, each by itself."""
    low, rest = split_bands(samples, _LOW_CROSSOVER_HZ, rate)
    out = amplify(low, compressor_gain(low, style.low_control, rate))
    if style.mid_control is None and style.high_control is None:
        return add_scaled(out, rest, 1.0)
    for band, control in zip(
        split_bands(rest, _HIGH_CROSSOVER_HZ, rate), (style.mid_control, style.high_control), strict=True
    ):
        if control:
            amplify(band, compressor_gain(band, control, rate))
        add_scaled(out, band, 1.0)
    return out


def _to_loudness(samples: Samples, target_lufs: float, ceiling_db: float, style: MasterStyle, rate: int) -> Audio:
    """Gain, clip, limit, measure; the gain of the next pass follows the secant through the last two.

    No gain counts at which clip and limiter take out more than a stage may: what they leave of lone peaks is the
    ringing of filters, and that would be lifted in the place of the sound.
    """
    level = loudness(samples, rate)
    gain_db, unlimited_db = target_lufs - level, ceiling_db - gain_to_db(float(np.abs(samples).max()))
    kept_db, most_db = min(gain_db, unlimited_db), np.inf
    tried: list[tuple[float, float]] = []
    nearest, least = None, np.inf  # should none come near enough, the best one stays
    for _ in range(_PASSES):
        result = Audio(_finished(samples, gain_db, ceiling_db, style, rate), rate)
        error = integrated_loudness(result) - target_lufs
        if level + gain_db - target_lufs - error > MOST_REMOVED_DB:
            most_db = min(most_db, gain_db)
        else:
            kept_db = max(kept_db, gain_db)
            if abs(error) < least:
                nearest, least = result, abs(error)
        if least <= LOUDNESS_TOLERANCE_LU:
            break
        tried.append((gain_db, error))
        gain_db = _next_gain(tried)
        if gain_db >= most_db:
            gain_db = 0.5 * (kept_db + most_db)
    return nearest or Audio(_finished(samples, kept_db, ceiling_db, style, rate), rate)


def _finished(samples: Samples, gain_db: float, ceiling_db: float, style: MasterStyle, rate: int) -> Samples:
    top_db = ceiling_db + _CLIP_ABOVE_CEILING_DB
    # No name for what lies between: each copy of the song is let go as soon as the next one stands.
    return limit(
        soft_clip(samples * np.float32(db_to_gain(gain_db)), ceiling_db=top_db, knee_db=style.clip_knee_db),
        Limiter(ceiling_db, release_ms=style.limiter_release_ms),
        rate,
    )


def _next_gain(tried: list[tuple[float, float]]) -> float:
    gain_db, error = tried[-1]
    slope = 1.0
    if len(tried) > 1 and gain_db != tried[-2][0]:
        slope = (error - tried[-2][1]) / (gain_db - tried[-2][0])
    return gain_db - error / min(max(slope, 0.25), 1.0)
