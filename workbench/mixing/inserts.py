"""Plug-in effects in a channel: what they make of a stem before its strip."""

from __future__ import annotations

from workbench.domain.audio import Samples
from workbench.domain.moves import StripMove
from workbench.plugins import run_effect


def with_inserts(samples: Samples, move: StripMove, sample_rate_hz: int) -> Samples:
    """A stem, (2, n), through the plug-ins of its channel in their order; one that fails is passed by."""
    for insert in move.inserts:
        made = run_effect(insert.plugin, insert.settings, samples, sample_rate_hz)
        samples = samples if made is None else made
    return samples
