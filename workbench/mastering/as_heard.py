"""Mastering for a file: what a listener decodes keeps the true-peak ceiling and the loudness."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from workbench.analysis.peaks import true_peak_dbtp
from workbench.domain.audio import Audio
from workbench.domain.units import db_to_gain
from workbench.dsp.loudness import loudness
from workbench.mastering.chain import LOUDEST_TARGET_LUFS, check_delivery, colour

_ATTEMPTS = 4
_CEILING_MARGIN_DB = 0.05
_OTHER_METERS_DB = 0.05
"""How much higher the true-peak meters of others may read; see decision 006."""
_BETWEEN_DB = 0.08
"""How much higher our own meter usually reads than the limiter, which looks at fewer places between samples."""
_LOSS_TOLERANCE_LU = 0.05


def master_below(
    audio: Audio,
    *,
    target_lufs: float,
    ceiling_dbtp: float,
    processing_style: str,
    heard: Callable[[Audio], Audio],
) -> tuple[Audio, Audio]:
    """Master a mix so that what `heard` makes of it keeps ceiling and loudness; the master, and what is heard of it.

    A lossy format adds overshoots that only decoding shows: the limiter's ceiling is lowered by what was measured over.
    It also takes out what it does not encode, as the highest band of noise: the target is raised by what was lost.
    A little room is kept for the meters of others. Of four attempts at most, the first that keeps both is taken, else
    the one below the ceiling that lost least, else the last one, turned down below it. What peaks keep the master from
    reaching is not made up for.

    Parameters
    ----------
    audio, target_lufs, ceiling_dbtp, processing_style
        As `workbench.mastering.master` takes them.
    heard : callable
        Encodes a master and decodes it again.
    """
    check_delivery(target_lufs, ceiling_dbtp)
    coloured = colour(audio, processing_style)
    ceiling, made_up = ceiling_dbtp - _BETWEEN_DB, 0.0
    best: tuple[Audio, Audio] | None = None
    least = np.inf
    for _ in range(_ATTEMPTS):
        target = min(target_lufs + made_up, LOUDEST_TARGET_LUFS)
        mastered = coloured.delivered(target, ceiling)
        decoded = heard(mastered)
        excess = true_peak_dbtp(decoded) - (ceiling_dbtp - _OTHER_METERS_DB)
        lost = _level(mastered) - _level(decoded)
        missing = abs(lost - made_up)
        if excess <= 0.0 and missing < least:
            best, least = (mastered, decoded), missing
        if excess <= 0.0 and missing <= _LOSS_TOLERANCE_LU:
            break
        if excess > 0.0:
            ceiling -= excess + _CEILING_MARGIN_DB
        if missing > _LOSS_TOLERANCE_LU:
            made_up = lost
    return best or _turned_down(mastered, heard, ceiling_dbtp)


def _turned_down(mastered: Audio, heard: Callable[[Audio], Audio], ceiling_dbtp: float) -> tuple[Audio, Audio]:
    """A master that no lower ceiling brought below its own, at the gain that does: the ceiling is a promise."""
    decoded = heard(mastered)
    for _ in range(_ATTEMPTS):
        excess = true_peak_dbtp(decoded) - (ceiling_dbtp - _OTHER_METERS_DB)
        if excess <= 0.0:
            break
        gain = np.float32(db_to_gain(-excess - _CEILING_MARGIN_DB))
        mastered = Audio(mastered.samples * gain, mastered.sample_rate_hz)
        decoded = heard(mastered)
    return mastered, decoded


def _level(audio: Audio) -> float:
    return loudness(audio.samples, audio.sample_rate_hz)
