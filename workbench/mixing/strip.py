"""One channel of the desk: staging, equaliser, compressor, saturation, placement, sends."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from workbench.domain.arrays import Gain, Signal
from workbench.domain.plan import Plan
from workbench.domain.score import Score
from workbench.domain.units import beats_to_seconds, db_to_gain
from workbench.dsp.delay import Delay, add_echoes
from workbench.dsp.dynamics import compressor_gain, ducking_gain
from workbench.dsp.equaliser import Band, equalise
from workbench.dsp.gains import add_scaled, amplify
from workbench.dsp.loudness import loudness
from workbench.dsp.memory import silence
from workbench.dsp.mid_side import widen_to
from workbench.dsp.reverb import Reverb, reverberate
from workbench.dsp.room import RoomAcoustics, in_room
from workbench.dsp.saturation import bit_crush, factor_for, oversampled_tanh
from workbench.dsp.stereo import pan_gains
from workbench.dsp.transients import transient_gain
from workbench.mixing.automation import kick_onsets_seconds, open_over_sections, rise_over_builds, throw_gain
from workbench.mixing.profiles import Colour, Profile, Strip
from workbench.mixing.sub import add_sub_octave
from workbench.mixing.texture import bed_of, parallel_gain, with_air

STAGE_LUFS = -20.0
"""Loudness that each stem is brought to before its strip, so that thresholds mean the same for all."""

_SILENT_LUFS = -69.0
_PLAIN_ROOM = RoomAcoustics()
_DOUBLE_DECAY_DB = 7.0
_RETURN_BANDS = (Band("high_pass", 220.0), Band("peak", 2800.0, -2.0, 0.8))


@dataclass(frozen=True, slots=True)
class StripContext:
    """What a strip needs to know of the song: score, kick times, rooms, rate, and how finely to oversample
    (`None`: as each drive needs). `reverb_db` is how much more of the rooms was asked for than the style has.
    """

    score: Score
    kicks_seconds: tuple[float, ...]
    reverb: Reverb
    delay: Delay
    duck_release_beats: float
    sample_rate_hz: int
    oversampling: int | None = None
    room: RoomAcoustics = _PLAIN_ROOM
    seed: int = 0
    reverb_db: float = 0.0


def strip_context(score: Score, plan: Plan, profile: Profile, sample_rate_hz: int) -> StripContext:
    """What the strips of a plan's mix need to know; a preview goes without oversampling.

    Who asks for more reverb gets a longer one too: a send alone makes the sound wider before it makes it larger.
    """
    return StripContext(
        score=score,
        kicks_seconds=kick_onsets_seconds(score),
        reverb=replace(
            profile.reverb,
            seed=plan.seed,
            decay_seconds=profile.reverb.decay_seconds * _longer(plan.sound.reverb_db),
        ),
        delay=profile.delay,
        duck_release_beats=profile.duck_release_beats,
        sample_rate_hz=sample_rate_hz,
        oversampling=1 if plan.delivery.preview else None,
        room=profile.room,
        seed=plan.seed,
        reverb_db=plan.sound.reverb_db,
    )


def _longer(reverb_db: float) -> float:
    """Factor of the decay: twice as long for 7 dB more reverb, as it was for less."""
    return float(2.0 ** (max(reverb_db, 0.0) / _DOUBLE_DECAY_DB))


def run_strip(
    samples: Signal, strip: Strip, colour: Colour, context: StripContext, length: int | None = None
) -> Signal:
    """Process one stem, (2, n), and add its own send returns; a silent stem stays silent.

    The result has `length` samples, if that is more: what rings on after the stem's end is heard there.
    """
    length = max(length or 0, samples.shape[1])
    before = loudness(samples, context.sample_rate_hz)
    if before <= _SILENT_LUFS:
        return np.zeros((2, length), dtype=np.float32)
    staged = _staged(samples, before, strip, context, length)
    del samples  # the caller may have let go of it: the stages behind work in place where they can
    return _sent(_shape(staged, strip, colour, context), strip, colour, context)


def _staged(samples: Signal, level_lufs: float, strip: Strip, context: StripContext, length: int) -> Signal:
    """A longer copy at the loudness for which a strip is set."""
    staged = silence((2, length))
    np.multiply(samples, np.float32(db_to_gain(STAGE_LUFS - level_lufs)), out=staged[:, : samples.shape[1]])
    if strip.sub_db is None:
        return staged
    return add_sub_octave(staged, context.score, strip.sub_db, context.sample_rate_hz)


def _sent(samples: Signal, strip: Strip, colour: Colour, context: StripContext) -> Signal:
    """Placed, levelled, ducked, and with what comes back from the sends."""
    samples = at_level(_place(samples, strip, context), strip, context.sample_rate_hz)
    samples = _on_bed(samples, strip, colour, context)
    samples = with_returns(_ducked(samples, strip, context), strip, context)
    return amplify(samples, set_back(strip, context.reverb_db)) if context.reverb_db else samples


def _on_bed(samples: Signal, strip: Strip, colour: Colour, context: StripContext) -> Signal:
    """The strip with its noise, which ends where the song does."""
    if strip.bed is None:
        return samples
    rate = context.sample_rate_hz
    song = min(samples.shape[1], round(context.score.duration_seconds * rate))
    stage_db = STAGE_LUFS + strip.level_lu
    bed = bed_of(strip.bed, song, rate, seed=context.seed, stage_db=stage_db)
    samples[:, :song] += equalise(bed, colour.bands, rate, out=bed)
    return samples


def at_level(samples: Signal, strip: Strip, sample_rate_hz: int) -> Signal:
    """Bring (2, n) samples to the loudness of their strip, in place; silence stays silent."""
    present = loudness(samples, sample_rate_hz)
    if present <= _SILENT_LUFS:
        return np.zeros_like(samples)
    return amplify(samples, db_to_gain(STAGE_LUFS + strip.level_lu - present))


def _shape(samples: Signal, strip: Strip, colour: Colour, context: StripContext) -> Signal:
    rate = context.sample_rate_hz
    low_cut = [Band("high_pass", strip.highpass_hz)] if strip.highpass_hz else []
    equalise(samples, [*low_cut, *strip.eq, *colour.bands], rate, out=samples)
    if strip.transients:
        amplify(samples, transient_gain(samples, strip.transients, rate))
    if strip.compressor:
        amplify(samples, compressor_gain(samples, strip.compressor, rate))
    if strip.parallel:
        amplify(samples, parallel_gain(samples, strip.parallel, rate))
    if colour.bits:
        samples = bit_crush(samples, sample_rate_hz=rate, bits=colour.bits, rate_hz=float(rate))
    if strip.drive_db is not None:
        saturated(samples, strip.drive_db, colour.bias, rate, context.oversampling, out=samples)
    if strip.air_db is not None and not colour.low_pass_hz:  # a style that narrows the band wants no highs
        with_air(samples, strip.air_db, rate, context.oversampling)
    return samples


def saturated(
    samples: Signal,
    drive_db: float,
    bias: float,
    sample_rate_hz: int,
    factor: int | None = None,
    *,
    out: Signal | None = None,
) -> Signal:
    """Hyperbolic tangent, oversampled, with unity gain for small signals.

    Parameters
    ----------
    samples
        Stereo, (2, n).
    drive_db
        Level into the curve; at 0 dB and no bias a full-scale peak comes out at tanh(1) = 0.76.
    bias
        Working point, 0 symmetric to 1: adds even harmonics. The steady part that it makes is filtered away.
    sample_rate_hz
        Sample rate in Hz.
    factor
        Oversampling, 1 to 8; by default as `dsp.saturation.factor_for` says.
    out
        Where the result goes; it may be the samples themselves.
    """
    gain = db_to_gain(drive_db)
    makeup = 1.0 / (gain * (1.0 - float(np.tanh(bias)) ** 2))
    factor = factor or factor_for(drive_db)
    bent = oversampled_tanh(samples, gain=gain, bias=bias, makeup=makeup, factor=factor, out=out)
    return equalise(bent, [Band("high_pass", 20.0)], sample_rate_hz, out=bent) if bias else bent


def _place(samples: Signal, strip: Strip, context: StripContext) -> Signal:
    rate = context.sample_rate_hz
    if strip.side_db is not None:
        widen_to(
            samples,
            strip.side_db,
            rate,
            mono_below_hz=strip.mono_below_hz,
            above_hz=strip.wide_above_hz,
            out=samples,
        )
    if strip.pan:
        samples *= pan_gains(strip.pan)
    if strip.opening_hz:
        samples = open_over_sections(samples, context.score, strip.opening_hz, rate)
    if strip.rising_hz:
        samples = rise_over_builds(samples, context.score, strip.rising_hz, rate)
    return samples


def _ducked(samples: Signal, strip: Strip, context: StripContext) -> Signal:
    if strip.duck_db <= 0 or not context.kicks_seconds:
        return samples
    release_ms = 1000.0 * beats_to_seconds(context.duck_release_beats, context.score.tempo_bpm)
    gain = ducking_gain(
        context.kicks_seconds,
        samples.shape[1],
        context.sample_rate_hz,
        depth_db=strip.duck_db,
        hold_ms=40.0,
        release_ms=release_ms,
    )
    return amplify(samples, gain)


def with_returns(samples: Signal, strip: Strip, context: StripContext) -> Signal:
    """A strip, (2, n), with what comes back from room, delay and reverb, in place."""
    rate = context.sample_rate_hz
    if strip.room_db is not None:
        # Echoes and reverb hear the sound as it stands in the room.
        in_room(samples, context.room, rate, seed=context.seed, level=db_to_gain(strip.room_db), onto=samples)
    if strip.delay_send_db is not None:
        level, send = db_to_gain(strip.delay_send_db), _throws(samples.shape[1], strip, context)
        add_echoes(samples, context.delay, context.score.tempo_bpm, rate, level=level, send=send)
    if strip.reverb_send_db is not None:
        # Echoes sound in the same room: the reverb hears the delay too.
        room = reverberate(samples, context.reverb, rate)
        add_scaled(samples, equalise(room, _RETURN_BANDS, rate, out=room), db_to_gain(strip.reverb_send_db))
    return samples


def set_back(strip: Strip, reverb_db: float) -> float:
    """Gain of a strip with its returns after `reverb_db` were added to them, so that the balance of elements stays.

    Who stands farther away in a room is heard less directly, not louder. Direct sound and returns add up in power.

    Examples
    --------
    >>> strip = Strip(level_lu=-3.0, reverb_send_db=0.0)
    >>> set_back(strip, 0.0), 0.7 < set_back(strip, 6.0) < 0.8 < 1.0 < set_back(strip, -6.0)
    (1.0, True)
    """
    sends = [send_db for send_db in (strip.reverb_send_db, strip.room_db) if send_db is not None]
    usual, asked = (1.0 + sum(db_to_gain(send - less) ** 2 for send in sends) for less in (reverb_db, 0.0))
    return float(np.sqrt(usual / asked))


def _throws(length: int, strip: Strip, context: StripContext) -> Gain | None:
    """How much is sent to the delay: more of the last beat of a section."""
    return throw_gain(context.score, strip.throw_db, length, context.sample_rate_hz) if strip.throw_db else None
