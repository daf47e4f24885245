"""The desk of a song of recordings: they stand as they were recorded, and only what a user moves is moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from workbench.domain.audio import Audio, Mix, Samples, summed
from workbench.domain.moves import StripMove
from workbench.domain.plan import Plan
from workbench.domain.score import Score
from workbench.domain.units import db_to_gain
from workbench.dsp.equaliser import equalise
from workbench.dsp.headroom import loudest_within
from workbench.dsp.stereo import pan_gains
from workbench.mixing.inserts import with_inserts
from workbench.mixing.profiles import Strip, load_profile, moved
from workbench.mixing.strip import StripContext, strip_context, with_returns

_BARE = Strip(level_lu=0.0, highpass_hz=None, side_db=None, mono_below_hz=0.0)


def mix_recorded(stems: Mapping[str, Audio], score: Score, plan: Plan) -> Mix:
    """Sum recordings: bit for bit the sum of the stems, but for channels that a user moved (`plan.mix`).

    Reverb and delay of the plan's mix profile are heard where a channel is sent to them. A stem that would be cut off
    in an integer file is turned down.
    """
    rate = next(iter(stems.values())).sample_rate_hz
    context = strip_context(score, plan, load_profile(plan.mix_profile), rate)
    done = {
        name: loudest_within(Audio(_moved(stem.samples, plan.mix.get(name), context), rate))
        for name, stem in stems.items()
    }
    return Mix(summed(done.values()), done)


def _moved(samples: Samples, move: StripMove | None, context: StripContext) -> Samples:
    if move is None:
        return samples
    if move.mute:
        return np.zeros_like(samples)
    strip, rate = replace(moved(_BARE, move), level_lu=0.0), context.sample_rate_hz
    heard = with_inserts(samples, move, context.score, rate) * np.float32(db_to_gain(move.gain_db))
    if strip.eq:
        equalise(heard, strip.eq, rate, out=heard)
    if strip.pan:
        heard *= pan_gains(strip.pan)
    return with_returns(heard, strip, context)
