"""The desk of a song of recordings: they stand as they were recorded, and only what a user moves is moved.

What is composed beside them goes through its channel, as loud as the mix profile would have it beside these recordings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from statistics import median

import numpy as np

from workbench.domain.arrays import Signal
from workbench.domain.audio import Audio, Mix, summed
from workbench.domain.moves import StripMove
from workbench.domain.plan import Plan
from workbench.domain.recordings import only_notes, plays_recording
from workbench.domain.score import Score
from workbench.domain.units import db_to_gain
from workbench.dsp.equaliser import equalise
from workbench.dsp.headroom import loudest_within
from workbench.dsp.loudness import loudness
from workbench.dsp.stereo import pan_gains
from workbench.mixing.inserts import with_inserts
from workbench.mixing.profiles import Colour, Profile, Strip, colour_of, coloured, load_profile, moved
from workbench.mixing.strip import STAGE_LUFS, StripContext, run_strip, strip_context, with_returns

_NEUTRAL = "neutral"
"""The processing style of recordings: none."""
_PLAIN = Colour("plain", "")
_SILENT_LUFS = -69.0
_BARE = Strip(level_lu=0.0, highpass_hz=None, side_db=None, mono_below_hz=0.0)


def mix_recorded(stems: Mapping[str, Audio], score: Score, plan: Plan) -> Mix:
    """Sum recordings: bit for bit the sum of the stems, but for channels that a user moved (`plan.mix`), and what is
    composed beside them.

    Reverb and delay of the plan's mix profile are heard where a channel is sent to them. A stem that would be cut off
    in an integer file is turned down.
    """
    rate = next(iter(stems.values())).sample_rate_hz
    profile = load_profile(plan.mix_profile)
    context = strip_context(only_notes(score, plan.patches), plan, profile, rate)
    recorded = {name: stem for name, stem in stems.items() if plays_recording(plan.patches.get(name))}
    offset_db = _offset_db(recorded, profile) if len(recorded) < len(stems) else 0.0

    def channel(name: str, samples: Signal) -> Signal:
        if name in recorded:
            return _moved(samples, plan.mix.get(name), context)
        return _composed(name, samples, plan, profile, context) * np.float32(db_to_gain(offset_db))

    done = {name: loudest_within(Audio(channel(name, stem.samples), rate)) for name, stem in stems.items()}
    return Mix(summed(done.values()), done)


def _offset_db(recorded: Mapping[str, Audio], profile: Profile) -> float:
    """How much louder recordings are than the profile would set their channels: what is heard of most of them."""
    levels = {name: loudness(stem.samples, stem.sample_rate_hz) for name, stem in recorded.items()}
    found = [
        level - STAGE_LUFS - profile.strip_of(name).level_lu for name, level in levels.items() if level > _SILENT_LUFS
    ]
    return median(found) if found else 0.0


def _composed(name: str, samples: Signal, plan: Plan, profile: Profile, context: StripContext) -> Signal:
    """What plays notes through its channel; its tail is cut where the stems end."""
    move, rate = plan.mix.get(name, StripMove()), context.sample_rate_hz
    if move.mute:
        return np.zeros_like(samples)
    colour = _PLAIN if plan.processing_style == _NEUTRAL else colour_of(plan)
    strip = moved(coloured(profile.strip_of(name), colour), move)
    heard = with_inserts(samples, move, context.score, rate)
    return run_strip(heard, strip, colour, context)[:, : samples.shape[1]]


def _moved(samples: Signal, move: StripMove | None, context: StripContext) -> Signal:
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
