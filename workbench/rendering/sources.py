"""What a voice sounds with: oscillators, frequency modulation, a string, noise and grains."""

from __future__ import annotations

import math

import numpy as np
from scipy.ndimage import uniform_filter1d

from workbench.domain.arrays import Control, Signal
from workbench.domain.units import db_to_gain, midi_to_hz
from workbench.dsp.envelopes import decay_curve, fade_edges
from workbench.dsp.fm import fm_oscillator
from workbench.dsp.granular import grain_cloud
from workbench.dsp.noise import white_noise
from workbench.dsp.oscillators import control_seconds, wave_tables, wavetable_oscillator
from workbench.dsp.physical import plucked_string
from workbench.dsp.voice_filters import state_variable_filter
from workbench.rendering.modulation import smooth_steps
from workbench.rendering.patch import FmPair, GrainCloud, NoiseSource, Oscillator, Patch, ReleaseNoise, StringModel
from workbench.rendering.phrases import Phrase
from workbench.rendering.struck import strike

_PREVIEW_UNISON = 2
_ENDLESS_MS = 20000.0
_MIDDLE_PITCH = 60.0
_ROUNDED_SECONDS = 0.003
_HEARD_DECAYS = 2.0
"""Times to fall by 60 dB after which a source that dies away is left."""


def make_sources(
    phrase: Phrase,
    patch: Patch,
    pitch: Control,
    length: int,
    sample_rate_hz: int,
    rng: np.random.Generator,
    preview: bool,
    index_octaves: Control | None,
) -> Signal:
    """Sum of everything that a patch sounds with before its filter, (1 or 2, length).

    Parameters
    ----------
    phrase, patch, pitch
        Notes of the voice, the sound, and MIDI pitch by control block.
    length, sample_rate_hz
        Samples to make and their rate.
    rng
        For phases and noise.
    preview
        At most two unison voices.
    index_octaves
        What the modulation matrix adds to the index of frequency modulation, or None.
    """
    stereo = is_stereo(patch)
    sound = np.zeros((2 if stereo else 1, length), dtype=np.float32)
    for oscillator in patch.oscillators:
        sound += _oscillator(oscillator, pitch, length, sample_rate_hz, rng, stereo=stereo, preview=preview)
    for pair in patch.fm:
        sound += _fm(pair, phrase, pitch, length, sample_rate_hz, index_octaves)
    if patch.string is not None:
        for start, stop, note, velocity in _strokes(phrase, length):
            sound[:, start:] += _string(
                patch.string, note, velocity, length - start, min(stop, length) - start, sample_rate_hz, rng
            )
    if patch.struck is not None:
        for start, stop, note, velocity in _strokes(phrase, length):
            tone = strike(patch.struck, note, velocity, length - start, sample_rate_hz)
            sound[:, start:] += _left_for_the_next(tone, min(stop, length) - start, sample_rate_hz)
    if patch.noise is not None:
        sound += _noise(patch.noise, phrase, pitch, length, sample_rate_hz, rng, stereo=stereo)
    if patch.grains is not None:
        cloud = _cloud(patch.grains, pitch, length, sample_rate_hz, rng)
        sound += cloud if stereo else cloud.mean(axis=0, keepdims=True)
    return sound


def _cloud(grains: GrainCloud, pitch: Control, length: int, sample_rate_hz: int, rng: np.random.Generator) -> Signal:
    sound = grain_cloud(
        wave_tables(grains.wave),
        midi_to_hz(pitch + grains.semitones),
        length=length,
        sample_rate_hz=sample_rate_hz,
        density_hz=grains.density_hz,
        grain_ms=grains.grain_ms,
        scatter_cents=grains.scatter_cents,
        octave_share=grains.octave_share,
        width=grains.width,
        rng=rng,
    )
    return sound * np.float32(db_to_gain(grains.level_db))


def is_stereo(patch: Patch) -> bool:
    """Whether a voice differs left and right; one channel costs half."""
    if patch.effects.width == 0.0:
        return False
    spread = any(oscillator.spread > 0.0 and oscillator.unison >= 2.0 for oscillator in patch.oscillators)
    return spread or patch.grains is not None or (patch.noise is not None and patch.noise.decay_ms == _ENDLESS_MS)


def _strokes(phrase: Phrase, length: int) -> list[tuple[int, int, int, int]]:
    stops = [*phrase.starts[1:], length]
    strokes = zip(phrase.starts, stops, phrase.pitches, phrase.velocities, strict=True)
    return [stroke for stroke in strokes if stroke[0] < length]


def _oscillator(
    oscillator: Oscillator,
    pitch: Control,
    length: int,
    sample_rate_hz: int,
    rng: np.random.Generator,
    *,
    stereo: bool,
    preview: bool,
) -> Signal:
    voices = int(oscillator.unison)
    if preview:
        voices = min(voices, _PREVIEW_UNISON)
    offsets = np.linspace(-1.0, 1.0, voices) if voices > 1 else np.zeros(1)
    # Unison voices that lie a little unevenly beat less regularly.
    uneven = offsets + (0.15 * rng.uniform(-1.0, 1.0, voices) if voices > 2 else 0.0)
    phases = rng.random(voices) if oscillator.free_phase == "yes" else np.linspace(0.0, 0.37, voices)
    # Neighbours in pitch lie on opposite sides, and each voice faces its mirror image: balanced whatever the number.
    sides = np.where(np.arange(voices) % 2 == 0, 1.0, -1.0)
    pans = oscillator.spread * np.abs(offsets) * np.where(offsets <= 0.0, sides, -sides[::-1])
    frequency = midi_to_hz(pitch + oscillator.semitones + oscillator.cents / 100.0)
    morph_tables, morph = None, None
    if oscillator.morph_wave != "none":
        morph_tables = wave_tables(oscillator.morph_wave)
        turn = oscillator.morph_rate_hz * control_seconds(length, sample_rate_hz) + rng.random()
        morph = 0.5 - 0.5 * np.cos(2.0 * np.pi * turn)
    sound = wavetable_oscillator(
        wave_tables(oscillator.wave),
        np.minimum(frequency, 0.45 * sample_rate_hz),
        length=length,
        sample_rate_hz=sample_rate_hz,
        detune_ratios=2.0 ** (uneven * oscillator.detune_cents / 1200.0),
        phases=phases,
        pans=pans if stereo else None,
        morph_tables=morph_tables,
        morph=morph,
    )
    return sound * np.float32((math.sqrt(2.0) if stereo else 1.0) * db_to_gain(oscillator.level_db))


def _fm(
    pair: FmPair, phrase: Phrase, pitch: Control, length: int, sample_rate_hz: int, index_octaves: Control | None
) -> Signal:
    seconds = control_seconds(length, sample_rate_hz)
    index = np.zeros_like(seconds)
    for start, stop, _, velocity in _strokes(phrase, length):
        since = seconds - start / sample_rate_hz
        now = (since >= 0.0) & (seconds < stop / sample_rate_hz)
        fall = np.exp(-6.9 * np.maximum(since, 0.0) / (pair.index_decay_ms / 1000.0))
        depth = pair.index * (1.0 - pair.velocity_index * (1.0 - velocity / 127.0))
        index = np.where(now, depth * (pair.index_sustain + (1.0 - pair.index_sustain) * fall), index)
    if index_octaves is not None:
        index = index * 2.0**index_octaves
    if len(phrase.starts) > 1:
        index = smooth_steps(index)
    heard = _heard_length(phrase, pair.decay_ms, length, sample_rate_hz)
    tone = fm_oscillator(
        midi_to_hz(pitch),
        length=heard,
        sample_rate_hz=sample_rate_hz,
        ratio=pair.ratio,
        modulator_ratio=pair.modulator_ratio,
        index=index,
        feedback=pair.feedback,
    )
    level = _falling(phrase, pair.decay_ms, heard, sample_rate_hz)
    return _filled((tone * level * np.float32(0.7 * db_to_gain(pair.level_db)))[None, :], length)


def _falling(phrase: Phrase, decay_ms: float, length: int, sample_rate_hz: int) -> Signal:
    """Level of a source that dies away after each stroke of a voice; rounded where it is struck again, not to click."""
    level = np.ones(length, dtype=np.float32)
    if decay_ms == _ENDLESS_MS:
        return level
    strokes = _strokes(phrase, length)
    for start, _, _, _ in strokes:
        level[start:] = decay_curve(length - start, sample_rate_hz, decay_ms=decay_ms)
    return level if len(strokes) == 1 else uniform_filter1d(level, round(_ROUNDED_SECONDS * sample_rate_hz))


def _heard_length(phrase: Phrase, decay_ms: float, length: int, sample_rate_hz: int) -> int:
    """Samples until a source that dies away has fallen by 120 dB after the last stroke of its voice."""
    if decay_ms == _ENDLESS_MS:
        return length
    return min(length, phrase.starts[-1] + math.ceil(_HEARD_DECAYS * decay_ms / 1000.0 * sample_rate_hz))


def _filled(sound: Signal, length: int) -> Signal:
    """Sound and silence after it."""
    filled = np.zeros((sound.shape[0], length), dtype=np.float32)
    filled[:, : sound.shape[1]] = sound
    return filled


def _string(
    model: StringModel,
    note: int,
    velocity: int,
    length: int,
    sounding: int,
    sample_rate_hz: int,
    rng: np.random.Generator,
) -> Signal:
    frequency = min(midi_to_hz(note + model.semitones), sample_rate_hz / 12.5)
    strength = velocity / 127.0
    pluck = white_noise(math.ceil(sample_rate_hz / frequency) + 64, rng)[None, :]
    soft_hz = model.pick_softness_hz * 2.0 ** (-1.5 * (1.0 - strength))
    pluck = state_variable_filter(pluck, soft_hz, sample_rate_hz=sample_rate_hz)
    # The loss a period is fixed by the filter; without this, short strings would die in a few milliseconds.
    shorter = min(1.0, (110.0 / frequency) ** 0.35)
    tone = plucked_string(
        max(20.0, frequency),
        pluck[0, 64:],
        length=length,
        sample_rate_hz=sample_rate_hz,
        decay_ms=model.decay_ms * math.sqrt(110.0 / frequency),
        damping=shorter * min(0.95, model.damping + model.velocity_damping * (1.0 - strength)),
        pick_position=model.pick_position,
    )
    tone = _left_for_the_next(tone, sounding, sample_rate_hz)
    return (tone * np.float32(1.5 * db_to_gain(model.level_db)))[None, :]


def _left_for_the_next(tone: Signal, sounding: int, sample_rate_hz: int) -> Signal:
    """A stroke that ends where the finger leaves it for the tied note; unchanged where there is none."""
    if sounding >= tone.size:
        return tone
    tail = min(tone.size, sounding + round(0.01 * sample_rate_hz))
    tone[:tail] = fade_edges(tone[:tail], sample_rate_hz, out_ms=10.0)
    tone[tail:] = 0.0
    return tone


def release_noise(
    source: ReleaseNoise, phrase: Phrase, length: int, sample_rate_hz: int, rng: np.random.Generator
) -> Signal:
    """Noise from where the phrase is let go, (1, length); a harder stroke is let go louder."""
    out = np.zeros((1, length), dtype=np.float32)
    left = length - phrase.gate
    if left <= 0:
        return out
    band = state_variable_filter(
        white_noise(left, rng)[None, :], source.centre_hz, sample_rate_hz=sample_rate_hz, resonance=0.2, mode="bandpass"
    )
    level = db_to_gain(source.level_db) * phrase.velocities[-1] / 127.0
    falling = decay_curve(left, sample_rate_hz, decay_ms=source.decay_ms)
    out[:, phrase.gate :] = fade_edges(band * falling, sample_rate_hz, in_ms=2.0, out_ms=2.0) * np.float32(level)
    return out


def _noise(
    source: NoiseSource,
    phrase: Phrase,
    pitch: Control,
    length: int,
    sample_rate_hz: int,
    rng: np.random.Generator,
    *,
    stereo: bool,
) -> Signal:
    centre_hz = source.centre_hz * 2.0 ** ((pitch - _MIDDLE_PITCH) / 12.0 * source.key_track)
    heard = _heard_length(phrase, source.decay_ms, length, sample_rate_hz)
    # All of the noise is drawn, whatever is heard of it: what draws after it stays the same.
    noise = [white_noise(length, rng)[:heard] for _ in range(2 if stereo else 1)]
    band = state_variable_filter(
        np.stack(noise),
        centre_hz,
        sample_rate_hz=sample_rate_hz,
        resonance=source.resonance,
        mode="bandpass",
    )
    level = _falling(phrase, source.decay_ms, heard, sample_rate_hz)
    return _filled(band * level * np.float32(2.0 * db_to_gain(source.level_db)), length)
