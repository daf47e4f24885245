"""What a whole stem passes through: drive, vowels, tremolo, chorus, ensemble, wow, edges and width."""

from __future__ import annotations

import numpy as np

from workbench.domain.arrays import Signal
from workbench.domain.units import db_to_gain
from workbench.dsp.equaliser import Band, design, equalise, filter_channel
from workbench.dsp.mid_side import to_left_and_right, to_mid_and_side
from workbench.dsp.modulation import chorus, ensemble, tape_wow
from workbench.dsp.oscillators import CONTROL_SAMPLES, control_seconds
from workbench.dsp.saturation import saturate
from workbench.dsp.voice_filters import state_variable_filter
from workbench.rendering.patch import Effects

# First four formants of sung vowels (ah, oh, oo, eh): centre in Hz and level in dB, an alto's ranges.
_FORMANTS_HZ = np.array(
    [[800, 1150, 2800, 3500], [450, 800, 2830, 3500], [325, 700, 2530, 3500], [400, 1600, 2700, 3300]]
)
_FORMANTS_DB = np.array([[0, -4, -20, -24], [0, -9, -16, -26], [0, -12, -26, -32], [0, -14, -18, -22]])

# Resonances of what radiates the sound: air and wood of a guitar, wood and bridge of a violin (Fletcher and Rossing
# 1998, chapters 9 and 10), a soundboard, a bell, a closed speaker of twelve inches in front of a microphone.
_BODIES: dict[str, tuple[Band, ...]] = {
    "soundboard": (Band("peak", 110.0, 3.0, 1.2), Band("peak", 380.0, -2.0, 1.0), Band("peak", 1900.0, 2.0, 0.8)),
    "guitar": (
        Band("peak", 102.0, 5.0, 4.0), Band("peak", 204.0, 5.0, 3.5), Band("peak", 390.0, 3.0, 3.0),
        Band("peak", 1100.0, -4.0, 1.0), Band("peak", 3200.0, 2.5, 1.2),
    ),
    "violin": (
        Band("peak", 280.0, 4.0, 4.0), Band("peak", 460.0, 5.0, 4.0), Band("peak", 1300.0, -4.0, 1.5),
        Band("peak", 2600.0, 5.0, 1.3), Band("low_pass", 9000.0),
    ),
    "brass": (Band("peak", 520.0, 3.0, 1.0), Band("peak", 1250.0, 4.0, 1.2), Band("high_shelf", 6000.0, -6.0)),
    "cabinet": (
        Band("high_pass", 85.0), Band("peak", 120.0, 4.0, 1.4), Band("peak", 420.0, -3.0, 0.9),
        Band("peak", 2700.0, 6.0, 1.1), Band("low_pass", 5200.0), Band("low_pass", 6200.0),
    ),
}  # fmt: skip

_SPLIT = 1.6


def apply_effects(
    stem: Signal, effects: Effects, *, sample_rate_hz: int, rng: np.random.Generator, preview: bool = False
) -> Signal:
    """Pass a stem through a patch's effects, in the order in which they are listed there.

    Parameters
    ----------
    stem : array of shape (2, n), float32
        Sum of all voices.
    effects : Effects
        The patch's effects.
    sample_rate_hz : int
        Sample rate.
    rng : numpy.random.Generator
        For the random part of the tape's wow.
    preview : bool
        No oversampling.

    Returns
    -------
    array of shape (2, n), float32
    """
    if effects.drive_db > 0.0:
        stem = saturate(stem, drive_db=effects.drive_db, bias=effects.drive_bias, factor=1 if preview else None)
    if effects.formant_mix > 0.0:
        stem = _formants(stem, effects, sample_rate_hz)
    if effects.tremolo_db > 0.0 or effects.tremolo_pan > 0.0:
        stem = _tremolo(stem, effects, sample_rate_hz)
    if effects.chorus_mix > 0.0:
        stem = chorus(
            stem,
            sample_rate_hz=sample_rate_hz,
            rate_hz=effects.chorus_rate_hz,
            depth_ms=effects.chorus_depth_ms,
            mix=effects.chorus_mix,
        )
    if effects.ensemble_mix > 0.0:
        stem = ensemble(
            stem, sample_rate_hz=sample_rate_hz, depth_ms=effects.ensemble_depth_ms, mix=effects.ensemble_mix
        )
    if effects.wow_cents > 0.0:
        stem = tape_wow(
            stem, sample_rate_hz=sample_rate_hz, depth_cents=effects.wow_cents, rate_hz=effects.wow_rate_hz, rng=rng
        )
    if effects.body != "none":
        stem = equalise(stem, _BODIES[effects.body], sample_rate_hz)
    if effects.lowpass_hz < 20000.0:
        stem = state_variable_filter(stem, effects.lowpass_hz, sample_rate_hz=sample_rate_hz)
    return finish_stem(
        stem,
        sample_rate_hz,
        highpass_hz=effects.highpass_hz,
        width=effects.width,
        mono_below_hz=effects.mono_below_hz,
    )


def finish_stem(stem: Signal, sample_rate_hz: int, *, highpass_hz: float, width: float, mono_below_hz: float) -> Signal:
    """Take out DC and rumble, set the stereo width and fold the low end to mono, in place.

    Parameters
    ----------
    stem : array of shape (2, n), float32
        Stereo sound.
    sample_rate_hz : int
        Sample rate.
    highpass_hz, mono_below_hz : float
        Low cut of the whole, and the frequency below which the difference between left and right is lowered by
        17 dB and more (24 dB an octave).
    width : float
        Factor of the difference: 0 mono, 1 unchanged, 2 twice as wide.

    Returns
    -------
    array of shape (2, n), float32
    """
    cut, split = Band("high_pass", highpass_hz), Band("high_pass", _SPLIT * mono_below_hz)
    to_mid_and_side(stem)
    filter_channel(stem[0], design([cut], sample_rate_hz))
    stem[1] *= np.float32(width)
    filter_channel(stem[1], design([cut, split, split], sample_rate_hz))
    return to_left_and_right(stem)


def _formants(stem: Signal, effects: Effects, sample_rate_hz: int) -> Signal:
    seconds = control_seconds(stem.shape[1], sample_rate_hz)
    vowel = effects.formant_vowel + effects.formant_movement * np.sin(2.0 * np.pi * effects.formant_rate_hz * seconds)
    vowel = np.clip(vowel, 0.0, 3.0)
    wet = np.zeros_like(stem)
    for formant in range(4):
        centre_hz = np.interp(vowel, np.arange(4.0), _FORMANTS_HZ[:, formant])
        level_db = float(np.interp(effects.formant_vowel, np.arange(4.0), _FORMANTS_DB[:, formant]))
        band = state_variable_filter(stem, centre_hz, sample_rate_hz=sample_rate_hz, resonance=0.45, mode="bandpass")
        wet += np.float32(db_to_gain(level_db)) * band
    mix = np.float32(effects.formant_mix)
    return (np.float32(1.0) - mix) * stem + np.float32(2.0) * mix * wet


def _tremolo(stem: Signal, effects: Effects, sample_rate_hz: int) -> Signal:
    seconds = control_seconds(stem.shape[1], sample_rate_hz)
    wave = np.sin(2.0 * np.pi * effects.tremolo_rate_hz * seconds)
    level = 10.0 ** (-effects.tremolo_db / 40.0 * (1.0 + wave))
    place = np.arange(stem.shape[1])
    grid = np.arange(seconds.size) * CONTROL_SAMPLES
    sides = []
    for channel, sign in enumerate((1.0, -1.0)):
        gain = level * np.sqrt(1.0 + sign * effects.tremolo_pan * 0.95 * wave)
        sides.append(stem[channel] * np.interp(place, grid, gain).astype(np.float32))
    return np.stack(sides)
