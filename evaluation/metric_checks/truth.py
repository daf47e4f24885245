"""Signals whose truth is known, made from nothing: what estimators are measured on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from workbench.domain.arrays import Floats
from workbench.domain.audio import Audio
from workbench.domain.score import Note, Part
from workbench.domain.theory import Chord, Key
from workbench.domain.units import midi_to_hz

RATE_HZ = 22050


def stereo(mono: Floats, rate_hz: int = RATE_HZ) -> Audio:
    """Both channels alike."""
    return Audio(np.stack([mono, mono]).astype(np.float32), rate_hz)


def sine(hz: float, level_db: float, seconds: float, *, rate_hz: int = 48000, phase: float = 0.0) -> Audio:
    """A steady tone on both channels whose peak is `level_db`."""
    times = np.arange(round(seconds * rate_hz)) / rate_hz
    return stereo(10.0 ** (level_db / 20.0) * np.sin(2.0 * np.pi * hz * times + phase), rate_hz)


def drum_notes(tempo_bpm: float, bars: int, *, seed: int = 0) -> Part:
    """Kick on one and three, snare on two and four, hats in eighths with a few left out."""
    rng = np.random.default_rng(seed)
    notes = []
    for beat in range(4 * bars):
        notes.append(Note(float(beat), 36 if beat % 2 == 0 else 38, 0.25, 110))
        notes += [Note(beat + half, 42, 0.25, 70) for half in (0.0, 0.5) if rng.random() < 0.85]
    return Part("percussion", tuple(sorted(notes)))


def play_drums(part: Part, tempo_bpm: float, *, late_ms: float = 0.0, seed: int = 0) -> Audio:
    """Drums as decaying tones and noise, all late by the same time."""
    rng = np.random.default_rng(seed)
    end = max(note.end_beats for note in part.notes) * 60.0 / tempo_bpm
    wave = np.zeros(round((end + 1.0) * RATE_HZ))
    for note in part.notes:
        voice = _hit(note.pitch, rng) * note.velocity / 127.0
        # Between samples the start is rounded: 0.05 ms at most.
        start = round((note.start_beats * 60.0 / tempo_bpm + late_ms / 1000.0) * RATE_HZ)
        piece = wave[start : start + voice.size]
        piece += voice[: piece.size]
    return stereo(0.3 * wave)


def _hit(pitch: int, rng: np.random.Generator) -> Floats:
    seconds = {36: 0.25, 38: 0.18}.get(pitch, 0.05)
    times = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    fall = np.exp(-times * 5.0 / seconds)
    if pitch == 36:
        return np.asarray(fall * np.sin(2.0 * np.pi * (50.0 * times + 4.0 * (1.0 - np.exp(-30.0 * times)))))
    noise = rng.standard_normal(times.size) * 0.4
    return np.asarray(fall * (noise if pitch == 42 else noise + 0.5 * np.sin(2.0 * np.pi * 190.0 * times)))


def play_notes(part: Part, tempo_bpm: float, *, cents: float = 0.0, partials: int = 8) -> Audio:
    """Notes as sums of falling partials, all off by the same number of cents."""
    end = max(note.end_beats for note in part.notes) * 60.0 / tempo_bpm
    wave = np.zeros(round((end + 0.5) * RATE_HZ))
    for note in part.notes:
        seconds = note.duration_beats * 60.0 / tempo_bpm
        times = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
        hz = float(midi_to_hz(note.pitch)) * 2.0 ** (cents / 1200.0)
        rise = np.minimum(1.0, np.minimum(times / 0.005, (seconds - times) / 0.02))
        tone = sum(np.sin(2.0 * np.pi * n * hz * times) / n for n in range(1, partials + 1) if n * hz < 0.45 * RATE_HZ)
        start = round(note.start_beats * 60.0 / tempo_bpm * RATE_HZ)
        wave[start : start + times.size] += rise * tone * note.velocity / 127.0
    return stereo(0.5 * wave / max(1.0, float(np.abs(wave).max())))


def chord_song(key: Key, *, bars: int = 8) -> tuple[tuple[Chord, ...], Part]:
    """A four-chord loop of triads with a bass, one chord a bar: I V vi IV in major, i VI III v in minor.

    The minor loop ends on the dominant as well as on the tonic's scale, as songs do that keep to their key.
    """
    steps = ((0, 4, 7), (7, 11, 14), (9, 12, 16), (5, 9, 12)) if key.mode == "major" else (
        (0, 3, 7), (8, 12, 15), (5, 8, 12), (7, 11, 14))  # fmt: skip
    chords, notes = [], []
    for bar in range(bars):
        tones = steps[bar % 4]
        root, quality = (key.tonic + tones[0]) % 12, "maj" if tones[1] - tones[0] == 4 else "min"
        chords.append(Chord(4.0 * bar, 4.0, root, quality, root))
        notes += [Note(4.0 * bar, 57 + (key.tonic + tone - 9) % 12, 4.0, 80) for tone in tones]
        notes.append(Note(4.0 * bar, 33 + (root - 9) % 12, 4.0, 90))
    return tuple(chords), Part("pads", tuple(sorted(notes)))


def mixed(*parts: Audio) -> Audio:
    """The sum of several sounds, as long as the longest."""
    length = max(part.samples.shape[1] for part in parts)
    total = np.zeros((2, length), np.float32)
    for part in parts:
        total[:, : part.samples.shape[1]] += part.samples
    return Audio(total, parts[0].sample_rate_hz)


def all_keys() -> Sequence[Key]:
    """The 24 major and minor keys."""
    return [Key(tonic, mode) for mode in ("major", "minor") for tonic in range(12)]
