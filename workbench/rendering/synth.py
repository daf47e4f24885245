"""The synthesiser: phrases through oscillators, filter and amplifier into a stem."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from workbench.domain.arrays import Control, Signal
from workbench.domain.score import Note
from workbench.domain.seeding import generator
from workbench.domain.units import db_to_gain
from workbench.dsp.envelopes import adsr, fade_edges
from workbench.dsp.memory import silence
from workbench.dsp.oscillators import (
    CONTROL_SAMPLES,
    control_length,
    control_seconds,
)
from workbench.dsp.saturation import saturate
from workbench.dsp.stereo import pan_gains
from workbench.dsp.voice_filters import ladder_filters, state_variable_filter
from workbench.rendering.effects import apply_effects
from workbench.rendering.modulation import modulation, smooth_steps
from workbench.rendering.patch import Filter, Patch, Pitch
from workbench.rendering.phrases import Phrase, make_phrases, strummed
from workbench.rendering.sources import is_stereo, make_sources, release_noise

_LADDER_FACTOR = 2
_LADDER_LANES = 16
"""Channels of voices that go through the ladder filter side by side: two vector registers of doubles."""

_MIDDLE_PITCH = 60.0
_FADE_MS = 6.0
_MOST_BOOST_DB = 12.0


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
        At most two unison voices and no oversampling; the notes stay the same.
    advance : callable, optional
        Called with the number of notes just placed.

    Returns
    -------
    array of shape (2, length), float32
    """
    stem = silence((2, length))
    phrases = make_phrases(
        strummed(notes, patch.strum_ms / 1000.0 * sample_rate_hz / samples_per_beat),
        samples_per_beat=samples_per_beat,
        sample_rate_hz=sample_rate_hz,
        mono=patch.pitch.mono == "yes",
        glide_always=patch.pitch.glide_always == "yes",
    )
    for batch in _batches(phrases, patch):
        voices = render_phrases(
            batch,
            patch,
            samples_per_beat=samples_per_beat,
            sample_rate_hz=sample_rate_hz,
            seed=seed,
            preview=preview,
        )
        for phrase, voice in zip(batch, voices, strict=True):
            _add(stem, voice, phrase.start)
            if advance is not None:
                advance(len(phrase.starts))
    tape = generator(seed, patch.element, "tape")
    stem = apply_effects(stem, patch.effects, sample_rate_hz=sample_rate_hz, rng=tape, preview=preview)
    return np.multiply(stem, np.float32(db_to_gain(patch.level_db)), out=stem)


def _add(stem: Signal, voice: Signal, start: int) -> None:
    """Mix a voice into a stem from a sample on; what lies behind the stem's end is cut."""
    stop = min(stem.shape[1], start + voice.shape[1])
    if stop > start:
        stem[:, start:stop] += voice[:, : stop - start]


def _batches(phrases: Sequence[Phrase], patch: Patch) -> Iterator[Sequence[Phrase]]:
    """Phrases that go through the ladder filter side by side; without one there is nothing to share."""
    size = _LADDER_LANES // (2 if is_stereo(patch) else 1) if patch.filter and patch.filter.kind == "ladder" else 1
    for first in range(0, len(phrases), size):
        yield phrases[first : first + size]


def render_phrases(
    phrases: Sequence[Phrase],
    patch: Patch,
    *,
    samples_per_beat: float,
    sample_rate_hz: int,
    seed: int,
    preview: bool = False,
) -> list[Signal]:
    """Render what some voices play, each from its first attack to the end of its release.

    Parameters
    ----------
    phrases : sequence of Phrase
        Notes of each voice; what sounds does not depend on which voices are rendered together.
    patch : Patch
        The sound.
    samples_per_beat : float
        Sample rate times seconds a beat, for LFOs in time with the song.
    sample_rate_hz : int
        Sample rate.
    seed : int
        Seed of the plan, for phases, drift and noise.
    preview : bool
        At most two unison voices, and no oversampling.

    Returns
    -------
    list of arrays of shape (1, n) where nothing in the patch is stereo, else (2, n), float32
    """
    raw = [
        _begun(
            phrase,
            patch,
            samples_per_beat,
            sample_rate_hz,
            generator(seed, patch.element, patch.name, phrase.place, phrase.pitches[0]),
            preview,
        )
        for phrase in phrases
    ]
    sounds = [voice.sound for voice in raw]
    if patch.filter is not None:
        cutoffs = [voice.cutoff for voice in raw]
        sounds = _filtered(sounds, patch.filter, cutoffs, sample_rate_hz, factor=1 if preview else _LADDER_FACTOR)
    return [_ended(voice, sound, patch, sample_rate_hz, preview) for voice, sound in zip(raw, sounds, strict=True)]


@dataclass(frozen=True, slots=True, eq=False)
class _Voice:
    """A voice before its filter: its sound, and what moves the rest of the chain."""

    phrase: Phrase
    sound: Signal
    cutoff: Control
    velocity: Control
    moves: Callable[[str], Control | None]


def _begun(
    phrase: Phrase,
    patch: Patch,
    samples_per_beat: float,
    sample_rate_hz: int,
    rng: np.random.Generator,
    preview: bool,
) -> _Voice:
    length = _voice_length(phrase, patch, sample_rate_hz)
    pitch = _pitch_control(phrase, patch.pitch, length, sample_rate_hz, rng)
    velocity = _steps(phrase.starts, [v / 127.0 for v in phrase.velocities], length)
    tied = len(phrase.starts) > 1  # a tied note is a leap of velocity, pitch and envelope within one voice
    if tied:
        velocity = smooth_steps(velocity)
    beats = (phrase.start + np.arange(control_length(length)) * CONTROL_SAMPLES) / samples_per_beat
    moves = _moves(patch, pitch, velocity, beats, length, sample_rate_hz, phrase)
    if (bend := moves("pitch")) is not None:
        pitch = pitch + bend
    sound = make_sources(phrase, patch, pitch, length, sample_rate_hz, rng, preview, moves("index"))
    cutoff = np.empty(0)
    if patch.filter is not None:
        cutoff = _cutoff(phrase, patch.filter, pitch, velocity, length, sample_rate_hz, rng)
        if (octaves := moves("cutoff")) is not None:
            cutoff = np.clip(cutoff * 2.0**octaves, 20.0, 0.45 * sample_rate_hz)
        if tied:
            cutoff = 2.0 ** smooth_steps(np.log2(cutoff))
    return _Voice(phrase, sound, cutoff, velocity, moves)


def _ended(voice: _Voice, sound: Signal, patch: Patch, sample_rate_hz: int, preview: bool) -> Signal:
    """What follows the filter: drive, amplifier, level and place, and faded edges."""
    length = sound.shape[1]
    if patch.drive_db > 0.0:
        sound = saturate(sound, drive_db=patch.drive_db, factor=1 if preview else None)
    sound *= _loudness(voice.phrase, patch, voice.velocity, length, sample_rate_hz)
    if patch.release is not None:
        chance = generator(voice.phrase.place, patch.name, "release", voice.phrase.pitches[0])
        sound += release_noise(patch.release, voice.phrase, length, sample_rate_hz, chance)
    if (level_db := voice.moves("level")) is not None:
        sound *= _at_samples(10.0 ** (np.minimum(level_db, _MOST_BOOST_DB) / 20.0), length)
    if patch.voice_spread > 0.0:
        sound = _placed(sound, voice.phrase.pitches[0], patch.voice_spread)
    if (place := voice.moves("pan")) is not None and patch.effects.width > 0.0:
        sound = _panned(sound, np.clip(place, -1.0, 1.0), length)
    return fade_edges(sound, sample_rate_hz, in_ms=1.0, out_ms=_FADE_MS)


def _moves(
    patch: Patch,
    pitch: Control,
    velocity: Control,
    beats: Control,
    length: int,
    sample_rate_hz: int,
    phrase: Phrase,
) -> Callable[[str], Control | None]:
    """The patch's modulation by target; random values depend on the place of the note in the song alone."""

    def by_target(target: str) -> Control | None:
        if not patch.modulation:
            return None
        rng = generator(phrase.place, patch.name, "modulation", phrase.pitches[0])
        return modulation(
            patch.modulation,
            target,
            pitch=pitch,
            velocity=velocity,
            beats=beats,
            length=length,
            sample_rate_hz=sample_rate_hz,
            rng=rng,
        )

    return by_target


def _at_samples(control: Control, length: int) -> Signal:
    return np.interp(np.arange(length), np.arange(control.size) * CONTROL_SAMPLES, control).astype(np.float32)


def _panned(sound: Signal, place: Control, length: int) -> Signal:
    angle = (place + 1.0) * (np.pi / 4.0)
    sides = np.stack([_at_samples(np.cos(angle), length), _at_samples(np.sin(angle), length)])
    return np.asarray(sound * sides * np.float32(math.sqrt(2.0)), dtype=np.float32)


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


def _filtered(
    sounds: Sequence[Signal], filter_: Filter, cutoffs: Sequence[Control], sample_rate_hz: int, *, factor: int
) -> list[Signal]:
    if filter_.kind == "ladder":
        return ladder_filters(
            sounds,
            cutoffs,
            sample_rate_hz=sample_rate_hz,
            resonance=filter_.resonance,
            drive_db=filter_.drive_db,
            factor=factor,
        )
    return [
        state_variable_filter(
            sound, cutoff, sample_rate_hz=sample_rate_hz, resonance=filter_.resonance, mode=filter_.kind
        )
        for sound, cutoff in zip(sounds, cutoffs, strict=True)
    ]


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
    return sound * pan_gains(float(np.clip((pitch - _MIDDLE_PITCH) / 24.0, -1.0, 1.0)) * spread)
