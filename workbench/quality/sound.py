"""Checks of spectrum and stereo image (BF020 to BF029). Limits come from the shipped reference tracks."""

from __future__ import annotations

import numpy as np

from workbench.analysis.spectrum import SILENT_BAND_DB, THIRD_OCTAVE_HZ
from workbench.domain.elements import plays
from workbench.quality.facts import Check, Facts, Finding, graded, not_applicable

_LOW_BAND_HEARD_DB = -40.0


def _is_a_fragment(facts: Facts) -> bool:
    """Whether what plays is no whole arrangement, so that no whole spectrum is to be expected."""
    return not plays(facts.plan.palette, "drums") and not plays(facts.plan.palette, "bass")


def tilt(facts: Facts) -> Finding:
    """Slope of the third-octave spectrum."""
    if _is_a_fragment(facts):
        return not_applicable("neither percussion nor bass plays")
    value = facts["spectral_tilt_db_per_octave"]
    return graded(value, "-6.5 to 0.5", good=-6.5 <= value <= 0.5, bearable=-9.0 <= value <= 2.5)


def evenness(facts: Facts) -> Finding:
    """Largest third-octave peak over the spectrum's straight line."""
    if _is_a_fragment(facts):
        return not_applicable("neither percussion nor bass plays")
    hz, level = np.array(THIRD_OCTAVE_HZ), np.array(facts.measured.third_octave_db)
    inside = (hz >= 40.0) & (hz <= 12500.0) & (level > SILENT_BAND_DB)
    if inside.sum() < 8:
        return not_applicable("too few bands sound")
    octave = np.log2(hz[inside])
    line = np.polyval(np.polyfit(octave, level[inside], 1), octave)
    value = float((level[inside] - line).max())
    return graded(value, "at most 12", good=value <= 12.0, bearable=value <= 18.0)


def correlation(facts: Facts) -> Finding:
    """Correlation over the whole track."""
    value = facts["correlation"]
    return graded(value, "at least 0.2", good=value >= 0.2, bearable=value >= 0.0)


def correlation_min(facts: Facts) -> Finding:
    """Lowest correlation in 3 s."""
    value = facts["correlation_min"]
    return graded(value, "at least -0.2", good=value >= -0.2, bearable=value >= -0.5)


def low_end(facts: Facts) -> Finding:
    """Correlation below 120 Hz."""
    if max(facts["band_sub_db"], facts["band_bass_db"]) < _LOW_BAND_HEARD_DB:
        return not_applicable("nothing sounds below 200 Hz")
    value = facts["correlation_low"]
    return graded(value, "at least 0.8", good=value >= 0.8, bearable=value >= 0.5)


def fold_down(facts: Facts) -> Finding:
    """Loss in mono."""
    value = facts["mono_loss_db"]
    return graded(value, "at most 2.5", good=value <= 2.5, bearable=value <= 4.0)


def balance(facts: Facts) -> Finding:
    """Right over left."""
    value = facts["balance_db"]
    return graded(value, "-1.5 to 1.5", good=abs(value) <= 1.5, bearable=abs(value) <= 4.0)


CHECKS = (
    Check(
        "BF020", "Spectral tilt", "dB/octave",
        "Slope of the third-octave spectrum from 50 Hz to 12.5 kHz. Above, the sound is thin; below, it is dull.",
        tilt,
    ),
    Check(
        "BF021", "Spectral evenness", "dB",
        "Largest third-octave peak over the straight line of the tilt. A high one is a resonance or one loud element.",
        evenness,
    ),
    Check(
        "BF022", "Stereo correlation", "",
        "Likeness of left and right, -1 to 1, over the whole track. Near 0 or below, mono playback loses much.",
        correlation,
    ),
    Check(
        "BF023", "Lowest correlation", "",
        "Lowest correlation in any 3 s. Far below 0 the channels cancel each other for a while.",
        correlation_min,
    ),
    Check(
        "BF024", "Mono low end", "",
        "Correlation below 120 Hz. Wide lows lose their punch on large systems and cannot be cut to vinyl.",
        low_end,
    ),
    Check(
        "BF025", "Mono fold-down loss", "dB",
        "How much level is lost when both channels are summed; 3 dB is what unrelated channels lose.",
        fold_down,
    ),
    Check(
        "BF026", "Left/right balance", "dB",
        "Level of the right channel above the left.",
        balance,
    ),
)  # fmt: skip
"""Checks of this file in order."""
