"""Checks of what was promised for delivery: loudness, peaks, dynamics, length, ending (BF001 to BF009)."""

from __future__ import annotations

import numpy as np

from workbench.domain.recordings import is_recorded
from workbench.domain.units import gain_to_db
from workbench.quality.facts import Check, Facts, Finding, graded, not_applicable

LOUDNESS_TOLERANCE_LU = 0.1
LONGEST_TAIL_SECONDS = 6.0
_SHORT_SECONDS = 10.0


def integrated_loudness(facts: Facts) -> Finding:
    """Integrated loudness against the target."""
    target = facts.plan.delivery.target_lufs
    value = facts["integrated_loudness_lufs"]
    gap = abs(value - target)
    return graded(
        value, f"{target:g} ± {LOUDNESS_TOLERANCE_LU:g}", good=gap <= LOUDNESS_TOLERANCE_LU + 1e-6, bearable=gap <= 0.5
    )


def true_peak(facts: Facts) -> Finding:
    """True peak against the ceiling."""
    ceiling = facts.plan.delivery.ceiling_dbtp
    return graded(facts["true_peak_dbtp"], f"at most {ceiling:g}", good=facts["true_peak_dbtp"] <= ceiling + 0.005)


def loudness_range(facts: Facts) -> Finding:
    """Loudness range within what recorded music has."""
    if facts["duration_seconds"] < _SHORT_SECONDS:
        return not_applicable(f"shorter than {_SHORT_SECONDS:g} s")
    value = facts["loudness_range_lu"]
    return graded(value, "1 to 18", good=1.0 <= value <= 18.0, bearable=True)


def dynamics(facts: Facts) -> Finding:
    """Peak to loudness ratio."""
    value = facts["plr_db"]
    return graded(value, "7 to 20", good=7.0 <= value <= 20.0, bearable=value >= 4.0)


def duration(facts: Facts) -> Finding:
    """Length against the plan."""
    planned = facts.plan.duration_seconds
    value = facts["duration_seconds"]
    if is_recorded(facts.plan, facts.mix.stems):
        planned -= facts.plan.bar_seconds  # a recording ends somewhere in its last bar
    good = planned - 0.05 <= value <= planned + LONGEST_TAIL_SECONDS + 0.05
    return graded(value, f"{planned:.2f} to {planned + LONGEST_TAIL_SECONDS:.2f}", good=good)


def ending(facts: Facts) -> Finding:
    """Level of the last 50 ms."""
    if facts.plan.delivery.loop:
        return not_applicable("a loop has no ending")
    count = max(1, round(0.05 * facts.master.sample_rate_hz))
    last = facts.master.samples[:, -count:]
    level = gain_to_db(float(np.sqrt(np.mean(np.square(last, dtype=np.float64))))) if last.size else gain_to_db(0.0)
    return graded(level, "at most -50", good=level <= -50.0, bearable=level <= -36.0)


CHECKS = (
    Check(
        "BF001", "Integrated loudness", "LUFS",
        "Gated loudness of the whole master (ITU-R BS.1770). Off target, players turn the track up or down.",
        integrated_loudness,
    ),
    Check(
        "BF002", "True peak", "dBTP",
        "Highest peak between samples (BS.1770 annex 2). Over the ceiling, converters and lossy codecs may distort.",
        true_peak,
    ),
    Check(
        "BF003", "Loudness range", "LU",
        "Spread between soft and loud passages (EBU Tech 3342). Very small sounds flat, very large gets lost in noise.",
        loudness_range,
    ),
    Check(
        "BF004", "Peak to loudness ratio", "dB",
        "True peak minus loudness: room for transients. Below 7 dB the limiter is heard; lower the target loudness.",
        dynamics,
    ),
    Check(
        "BF005", "Duration", "s",
        "Length of the master: the planned bars and at most 6 s of tail.",
        duration,
    ),
    Check(
        "BF006", "Ending", "dB",
        "RMS of the last 50 ms. A louder end is cut off; lengthen the tail or shorten the reverb.",
        ending,
    ),
)  # fmt: skip
"""Checks of this file in order."""
