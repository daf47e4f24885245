"""Checks for technical faults: numbers, offset, clipping, clicks, silence (BF010 to BF019)."""

from __future__ import annotations

from workbench.analysis.defects import silence_spans
from workbench.quality.facts import Check, Facts, Finding, graded


def finite(facts: Facts) -> Finding:
    """Samples that are no numbers."""
    return graded(facts["non_finite_samples"], "0", good=facts["non_finite_samples"] == 0.0)


def offset(facts: Facts) -> Finding:
    """DC offset."""
    value = facts["dc_offset"]
    return graded(value, "at most 0.001", good=value <= 0.001, bearable=value <= 0.01)


def clipping(facts: Facts) -> Finding:
    """Samples in flat tops at full scale."""
    return graded(facts["clipped_samples"], "0", good=facts["clipped_samples"] == 0.0)


def clicks(facts: Facts) -> Finding:
    """Clicks that no note's attack explains."""
    count = len(facts.click_seconds)
    return graded(count, "0", good=count == 0, bearable=count <= 10)


def silence(facts: Facts) -> Finding:
    """Longest silence inside the song, where the plan wants something to play."""
    longest = 0.0
    bar = facts.plan.bar_seconds
    seconds_at, bar_beats = facts.score.tempo_map.seconds_at, facts.score.metre.bar_beats
    spans = silence_spans(facts.master, shortest_seconds=0.25)
    for section in facts.plan.sections:
        if section.elements:
            first, last = (seconds_at(place * bar_beats) for place in (section.start_bar, section.end_bar))
            longest = max([longest, *(min(end, last) - max(start, first) for start, end in spans)])
    return graded(longest, f"at most {bar:.2f} (one bar)", good=longest <= bar, bearable=longest <= 2.0 * bar)


CHECKS = (
    Check(
        "BF010", "Finite samples", "samples",
        "Samples that are NaN or infinite. Any one is a fault of a processor in the chain.",
        finite,
    ),
    Check(
        "BF011", "DC offset", "full scale",
        "Largest mean of the two channels. An offset eats headroom and clicks at edits; put in a high-pass.",
        offset,
    ),
    Check(
        "BF012", "Clipping", "samples",
        "Samples in runs of three or more at full scale: flat tops, heard as harshness.",
        clipping,
    ),
    Check(
        "BF013", "Clicks", "clicks",
        "Jumps that stand alone and that no note explains: cut-off notes, stolen voices, bad edits.",
        clicks,
    ),
    Check(
        "BF014", "Silence inside", "s",
        "Longest span below -60 dB within a section in which something should play. A stop of a bar is music.",
        silence,
    ),
)  # fmt: skip
"""Checks of this file in order."""
