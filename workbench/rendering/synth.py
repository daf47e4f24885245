"""The synthesiser: phrases through oscillators, filter and amplifier into a stem."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from workbench.domain.score import Note
from workbench.domain.seeding import generator
from workbench.domain.units import db_to_gain, midi_to_hz
from workbench.dsp.envelopes import adsr, decay_curve, fade_edges
from workbench.dsp.noise import white_noise
from workbench.dsp.oscillators import (
    CONTROL_SAMPLES,
    control_length,
    control_seconds,
    fm_oscillator,
    wave_tables,
    wavetable_oscillator,
)
from workbench.dsp.physical import plucked_string
from workbench.dsp.saturation import saturate
from workbench.dsp.voice_filters import ladder_filter, state_variable_filter
from workbench.rendering.effects import apply_effects
from workbench.rendering.patch import Filter, FmPair, NoiseSource, Oscillator, Patch, Pitch, StringModel
from workbench.rendering.phrases import Phrase, make_phrases

Signal = npt.NDArray[np.float32]
Control = npt.NDArray[np.float64]

_PREVIEW_UNISON = 2
_ENDLESS_MS = 20000.0
_MIDDLE_PITCH = 60.0
_FADE_MS = 6.0


def render_synth(
    notes: Sequence[Note],
    patch: Patch,
    *,
    samples_per_beat: float,
    length: int,
    sample_rate_hz: int,
    seed: int,
    preview: bool = False,
    advance: Callable[[int], None] | None = None,
) -> Signal:
    """Render a part of pitched notes.

    Parameters
    ----------
    notes : sequence of Note
        The part.
    patch : Patch
        The sound.
    samples_per_beat : float
        Sample rate times seconds a beat.
    length : int
        Samples of the stem; what rings longer is cut.
    sample_rate_hz : int
        Sample rate.
    seed : int
        Seed of the plan.
    preview : bool
        At most two unison voices and no ensemble; the notes stay the same.
    advance : callable, optional
        Called with the number of notes just placed.

    Returns
    -------
    array of shape (2, length), float32
    """
    stem = np.zeros((2, length), dtype=np.float32)
    phrases = make_phrases(
        notes,
        samples_per_beat=samples_per_beat,
        sample_rate_hz=sample_rate_hz,
        mono=patch.pitch.mono == "yes",
        glide_always=patch.pitch.glide_always == "yes",
    )
    for phrase in phrases:
        rng = generator(seed, patch.element, patch.name, phrase.place, phrase.pitches[0])
        voice = render_phrase(phrase, patch, sample_rate_hz=sample_rate_hz, rng=rng, preview=preview)
        stop = min(length, phrase.start + voice.shape[1])
        if stop > phrase.start:
            stem[:, phrase.start : stop] += voice[:, : stop - phrase.start]
        if advance is not None:
            advance(len(phrase.starts))
    stem = apply_effects(stem, patch.effects, sample_rate_hz=sample_rate_hz, rng=generator(seed, patch.element, "tape"))
    return stem * np.float32(db_to_gain(patch.level_db))


def render_phrase(
    phrase: Phrase, patch: Patch, *, sample_rate_hz: int, rng: np.random.Generator, preview: bool = False
) -> Signal:
    """Render what one voice plays, from its first attack to the end of its release.

    Parameters
    ----------
    phrase : Phrase
        Notes of the voice.
    patch : Patch
        The sound.
    sample_rate_hz : int
        Sample rate.
    rng : numpy.random.Generator
        For phases, drift and noise.
    preview : bool
        At most two unison voices.

    Returns
    -------
    array of shape (1, n) where nothing in the patch is stereo, else (2, n), float32
    """
    length = _voice_length(phrase, patch, sample_rate_hz)
    pitch = _pitch_control(phrase, patch.pitch, length, sample_rate_hz, rng)
    velocity = _steps(phrase.starts, [v / 127.0 for v in phrase.velocities], length)
    sound = _sources(phrase, patch, pitch, length, sample_rate_hz, rng, preview)
    if patch.filter is not None:
        cutoff = _cutoff(phrase, patch.filter, pitch, velocity, length, sample_rate_hz, rng)
        sound = _filtered(sound, patch.filter, cutoff, sample_rate_hz)
    if patch.drive_db > 0.0:
        sound = saturate(sound, drive_db=patch.drive_db)
    sound *= _loudness(phrase, patch, velocity, length, sample_rate_hz)
    if patch.voice_spread > 0.0:
        sound = _placed(sound, phrase.pitches[0], patch.voice_spread)
    return fade_edges(sound, sample_rate_hz, in_ms=1.0, out_ms=_FADE_MS)


def _voice_length(phrase: Phrase, patch: Patch, sample_rate_hz: int) -> int:
    length = phrase.gate + round(1.1 * patch.amplifier.release_ms / 1000.0 * sample_rate_hz)
    if patch.amplifier.sustain == 0.0:  # silent long before the gate closes: nothing to compute there
        dying = round((patch.amplifier.attack_ms + 1.3 * patch.amplifier.decay_ms) / 1000.0 * sample_rate_hz)
        length = min(length, phrase.starts[-1] + dying)
    if phrase.choke is not None:
        length = min(length, phrase.choke + round(_FADE_MS / 1000.0 * sample_rate_hz))
    return max(length, round(0.02 * sample_rate_hz))


def _steps(starts: Sequence[int], values: Sequence[float], length: int) -> Control:
    """Hold each value from its start, by control block."""
    blocks = np.arange(control_length(length)) * CONTROL_SAMPLES
    return np.asarray(values, dtype=np.float64)[np.searchsorted(np.asarray(starts), blocks, side="right") - 1]


def _pitch_control(phrase: Phrase, pitch: Pitch, length: int, sample_rate_hz: int, rng: np.random.Generator) -> Control:
    """MIDI pitch by control block: notes, glides, bend, vibrato, drift."""
    track = _steps(phrase.starts, [float(p) for p in phrase.pitches], length)
    seconds = control_seconds(length, sample_rate_hz)
    if pitch.glide_ms > 0.0:
        previous = phrase.pitches[0] if phrase.origin is None else phrase.origin
        for start, target in zip(phrase.starts, phrase.pitches, strict=True):
            since = np.maximum(0.0, seconds - start / sample_rate_hz)
            glide = np.clip(since / (pitch.glide_ms / 1000.0), 0.0, 1.0)
            still = (1.0 - glide) ** 2 * (seconds >= start / sample_rate_hz)
            later = phrase.starts[phrase.starts.index(start) + 1] if start != phrase.starts[-1] else length + 1
            track += (previous - target) * still * (seconds < later / sample_rate_hz)
            previous = target
    if pitch.bend_semitones != 0.0:
        for start in phrase.starts if pitch.glide_ms == 0.0 else phrase.starts[:1]:
            since = seconds - start / sample_rate_hz
            track += np.where(since >= 0.0, pitch.bend_semitones * np.exp(-6.9 * since / (pitch.bend_ms / 1000.0)), 0.0)
    if pitch.vibrato_cents > 0.0:
        rise = np.clip(seconds / max(pitch.vibrato_delay_ms / 1000.0, 0.01), 0.0, 1.0) ** 2
        turn = 2.0 * np.pi * (pitch.vibrato_rate_hz * seconds)
        track += rise * np.sin(turn) * (pitch.vibrato_cents / 100.0)
    if pitch.drift_cents > 0.0:
        rate_hz, phase = 0.2 + 0.4 * rng.random(), 2.0 * np.pi * rng.random()
        track += np.sin(2.0 * np.pi * rate_hz * seconds + phase) * (pitch.drift_cents / 100.0)
    return track


def _sources(
    phrase: Phrase,
    patch: Patch,
    pitch: Control,
    length: int,
    sample_rate_hz: int,
    rng: np.random.Generator,
    preview: bool,
) -> Signal:
    stereo = _is_stereo(patch)
    sound = np.zeros((2 if stereo else 1, length), dtype=np.float32)
    for oscillator in patch.oscillators:
        sound += _oscillator(oscillator, pitch, length, sample_rate_hz, rng, stereo=stereo, preview=preview)
    for pair in patch.fm:
        sound += _fm(pair, phrase, pitch, length, sample_rate_hz)
    if patch.string is not None:
        for start, stop, note, velocity in _strokes(phrase, length):
            sound[:, start:] += _string(
                patch.string, note, velocity, length - start, min(stop, length) - start, sample_rate_hz, rng
            )
    if patch.noise is not None:
        sound += _noise(patch.noise, phrase, pitch, length, sample_rate_hz, rng, stereo=stereo)
    return sound


def _is_stereo(patch: Patch) -> bool:
    """Whether a voice differs left and right; one channel costs half."""
    if patch.effects.width == 0.0:
        return False
    spread = any(oscillator.spread > 0.0 and oscillator.unison >= 2.0 for oscillator in patch.oscillators)
    return spread or (patch.noise is not None and patch.noise.decay_ms == _ENDLESS_MS)


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


def _fm(pair: FmPair, phrase: Phrase, pitch: Control, length: int, sample_rate_hz: int) -> Signal:
    seconds = control_seconds(length, sample_rate_hz)
    index = np.zeros_like(seconds)
    level = np.ones(length, dtype=np.float32)
    for start, stop, _, velocity in _strokes(phrase, length):
        since = seconds - start / sample_rate_hz
        now = (since >= 0.0) & (seconds < stop / sample_rate_hz)
        fall = np.exp(-6.9 * np.maximum(since, 0.0) / (pair.index_decay_ms / 1000.0))
        depth = pair.index * (1.0 - pair.velocity_index * (1.0 - velocity / 127.0))
        index = np.where(now, depth * (pair.index_sustain + (1.0 - pair.index_sustain) * fall), index)
        if pair.decay_ms < _ENDLESS_MS:
            level[start:] = decay_curve(length - start, sample_rate_hz, decay_ms=pair.decay_ms)
    tone = fm_oscillator(
        midi_to_hz(pitch),
        length=length,
        sample_rate_hz=sample_rate_hz,
        ratio=pair.ratio,
        modulator_ratio=pair.modulator_ratio,
        index=index,
        feedback=pair.feedback,
    )
    return (tone * level * np.float32(0.7 * db_to_gain(pair.level_db)))[None, :]


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
    if sounding < length:  # the finger leaves this note for the tied one
        tail = min(length, sounding + round(0.01 * sample_rate_hz))
        tone[:tail] = fade_edges(tone[:tail], sample_rate_hz, out_ms=10.0)
        tone[tail:] = 0.0
    return (tone * np.float32(1.5 * db_to_gain(model.level_db)))[None, :]


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
    band = state_variable_filter(
        np.stack([white_noise(length, rng) for _ in range(2 if stereo else 1)]),
        centre_hz,
        sample_rate_hz=sample_rate_hz,
        resonance=source.resonance,
        mode="bandpass",
    )
    level = np.ones(length, dtype=np.float32)
    if source.decay_ms < _ENDLESS_MS:
        for start, _, _, _ in _strokes(phrase, length):
            level[start:] = decay_curve(length - start, sample_rate_hz, decay_ms=source.decay_ms)
    return band * level * np.float32(2.0 * db_to_gain(source.level_db))


def _cutoff(
    phrase: Phrase,
    filter_: Filter,
    pitch: Control,
    velocity: Control,
    length: int,
    sample_rate_hz: int,
    rng: np.random.Generator,
) -> Control:
    control_rate = sample_rate_hz / CONTROL_SAMPLES
    envelope = adsr(
        control_length(length),
        control_rate,
        attack_ms=filter_.attack_ms,
        decay_ms=filter_.decay_ms,
        sustain=filter_.sustain,
        release_ms=filter_.release_ms,
        release_at=phrase.gate // CONTROL_SAMPLES,
        onsets=[start // CONTROL_SAMPLES for start in phrase.starts],
    )
    octaves = filter_.envelope_octaves * envelope.astype(np.float64) - filter_.velocity_octaves * (1.0 - velocity)
    octaves += (pitch - _MIDDLE_PITCH) / 12.0 * filter_.key_track
    if filter_.lfo_octaves > 0.0:
        turn = filter_.lfo_rate_hz * control_seconds(length, sample_rate_hz) + rng.random()
        octaves += filter_.lfo_octaves * np.sin(2.0 * np.pi * turn)
    return np.clip(filter_.cutoff_hz * 2.0**octaves, 20.0, 0.45 * sample_rate_hz)


def _filtered(sound: Signal, filter_: Filter, cutoff: Control, sample_rate_hz: int) -> Signal:
    if filter_.kind == "ladder":
        return ladder_filter(
            sound, cutoff, sample_rate_hz=sample_rate_hz, resonance=filter_.resonance, drive_db=filter_.drive_db
        )
    return state_variable_filter(
        sound, cutoff, sample_rate_hz=sample_rate_hz, resonance=filter_.resonance, mode=filter_.kind
    )


def _loudness(phrase: Phrase, patch: Patch, velocity: Control, length: int, sample_rate_hz: int) -> Signal:
    amplifier = patch.amplifier
    envelope = adsr(
        length,
        sample_rate_hz,
        attack_ms=amplifier.attack_ms,
        decay_ms=amplifier.decay_ms,
        sustain=amplifier.sustain,
        release_ms=amplifier.release_ms,
        release_at=phrase.gate,
        onsets=phrase.starts,
    )
    gain = 10.0 ** (-amplifier.velocity_db * (1.0 - velocity) / 20.0)
    if len(phrase.starts) == 1:
        return envelope * np.float32(gain[0])
    smooth = np.interp(np.arange(length), np.arange(gain.size) * CONTROL_SAMPLES, gain)
    return envelope * smooth.astype(np.float32)


def _placed(sound: Signal, pitch: int, spread: float) -> Signal:
    """Balance a note left or right by its pitch, as on a keyboard seen from the player."""
    place = float(np.clip((pitch - _MIDDLE_PITCH) / 24.0, -1.0, 1.0)) * spread
    angle = (place + 1.0) * np.pi / 4.0
    sides = np.array([[math.cos(angle)], [math.sin(angle)]]) * math.sqrt(2.0)
    return (sound * sides).astype(np.float32)
