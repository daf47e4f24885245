"""Plug-in effects in a channel: what they make of a stem before its strip."""

from __future__ import annotations

from workbench.domain.arrays import Signal
from workbench.domain.moves import StripMove
from workbench.domain.score import Score
from workbench.plugins import place_in, run_effect


def with_inserts(samples: Signal, move: StripMove, score: Score, sample_rate_hz: int) -> Signal:
    """A stem, (2, n), through the plug-ins of its channel in their order; one that fails or is bypassed is passed by.

    Parameters that move do so over the bars of the score.
    """
    place = place_in(score.tempo_map, score.metre.bar_beats, sample_rate_hz)
    for insert in move.inserts:
        if not insert.bypass:
            made = run_effect(insert.plugin, insert.settings, samples, sample_rate_hz, place)
            samples = samples if made is None else made
    return samples
