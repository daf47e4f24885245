"""The percussion stem: hits made once a kind, placed to the sample, choked, panned, with room and bus."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workbench.domain.arrays import Signal
from workbench.domain.score import Note
from workbench.domain.seeding import generator
from workbench.domain.song import drum_role
from workbench.domain.units import db_to_gain
from workbench.dsp.convolution import convolve_long
from workbench.dsp.envelopes import decay_curve, fade_edges
from workbench.dsp.memory import silence
from workbench.dsp.saturation import bit_crush, saturate
from workbench.dsp.stereo import pan_gains
from workbench.dsp.voice_filters import state_variable_filter
from workbench.rendering import cymbals, drum_voices
from workbench.rendering.effects import finish_stem
from workbench.rendering.kit import Kit, Room

VARIANTS = 4
"""Different takes of one hit at one velocity; the place of a note decides which is heard."""

_VELOCITY_STEPS = 16
_HATS = ("closed_hat", "pedal_hat", "open_hat")
_ROOM_SEND_DB = {
    "kick": -14.0, "snare": 0.0, "side_stick": -2.0, "clap": -1.0, "low_tom": 0.0, "mid_tom": 0.0, "high_tom": 0.0,
    "closed_hat": -10.0, "pedal_hat": -10.0, "open_hat": -10.0, "ride": -12.0, "crash": -9.0, "percussion": -5.0,
}  # fmt: skip
_NO_ROOM_DB = -60.0


@dataclass(frozen=True, slots=True)
class _Hit:
    start: int
    role: str
    pitch: int
    velocity: int
    variant: int


def render_drums(
    notes: Sequence[Note],
    kit: Kit,
    *,
    samples_per_beat: float,
    length: int,
    sample_rate_hz: int,
    seed: int,
    advance: Callable[[int], None] | None = None,
) -> Signal:
    """Render a percussion part.

    Parameters
    ----------
    notes : sequence of Note
        Pitches are General MIDI drum notes.
    kit : Kit
        The drums.
    samples_per_beat : float
        Sample rate times seconds a beat.
    length : int
        Samples of the stem.
    sample_rate_hz : int
        Sample rate.
    seed : int
        Seed of the plan.
    advance : callable, optional
        Called with the number of notes just placed.

    Returns
    -------
    array of shape (2, length), float32
    """
    stem = silence((2, length))
    hits = [_as_hit(note, kit, samples_per_beat) for note in sorted(notes, key=lambda note: note.start_beats)]
    takes = _Takes(kit, sample_rate_hz, seed)
    hat_starts = np.array([hit.start for hit in hits if hit.role in _HATS], dtype=np.int64)
    for hit in hits:
        sound = takes.get(hit)
        if hit.role == "open_hat":
            sound = _choked(sound, hit.start, hat_starts, sample_rate_hz)
        stop = min(length, hit.start + sound.shape[1])
        if stop > hit.start:
            gain = np.float32((hit.velocity / 127.0) ** 1.5)
            stem[:, hit.start : stop] += gain * sound[:, : stop - hit.start]
        if advance is not None:
            advance(1)
    return _bus(stem, kit, sample_rate_hz)


def _as_hit(note: Note, kit: Kit, samples_per_beat: float) -> _Hit:
    place = round(note.onset_beats * 96.0)
    # Neighbouring sixteenths (24 ticks) never repeat a take.
    variant = (place // 24 + place // 96 + note.pitch) % VARIANTS if kit.variation > 0.0 else 0
    start = round(note.start_beats * samples_per_beat)
    return _Hit(start, drum_role(note.pitch), note.pitch, max(1, min(127, note.velocity)), variant)


def _choked(sound: Signal, start: int, hat_starts: npt.NDArray[np.int64], sample_rate_hz: int) -> Signal:
    """An open hat ends where the next hat begins."""
    upcoming = int(np.searchsorted(hat_starts, start, side="right"))
    if upcoming == hat_starts.size:
        return sound
    room = int(hat_starts[upcoming]) - start + round(0.012 * sample_rate_hz)
    return fade_edges(sound[:, :room], sample_rate_hz, out_ms=12.0) if room < sound.shape[1] else sound


class _Takes:
    """Hits by role, velocity step and variant, made when first heard."""

    def __init__(self, kit: Kit, sample_rate_hz: int, seed: int) -> None:
        self._kit = kit
        self._rate = sample_rate_hz
        self._seed = seed
        self._made: dict[tuple[str, int, int, int], Signal] = {}
        self._gains: dict[tuple[str, int], float] = {}
        self._room = _room_response(kit.room, sample_rate_hz)

    def get(self, hit: _Hit) -> Signal:
        pitch = hit.pitch if hit.role == "percussion" else 0
        step = -(-hit.velocity * _VELOCITY_STEPS // 127)
        key = (hit.role, pitch, step, hit.variant)
        if key not in self._made:
            dry = self._voice(hit.role, pitch, step / _VELOCITY_STEPS, hit.variant)
            self._made[key] = self._placed(hit.role, dry * np.float32(self._gain(hit.role, pitch)))
        return self._made[key]

    def _gain(self, role: str, pitch: int) -> float:
        """Factor that brings a full hit to the level of the kit, whatever the voice's own level."""
        if (role, pitch) not in self._gains:
            peak = float(np.abs(self._voice(role, pitch, 1.0, 0)).max())
            self._gains[role, pitch] = db_to_gain(_level_db(self._kit, role)) / max(peak, 1e-6)
        return self._gains[role, pitch]

    def _voice(self, role: str, pitch: int, velocity: float, variant: int) -> Signal:
        rng = generator(self._seed, "drums", role, pitch, variant)
        kit, rate = self._kit, self._rate
        if variant:  # no two strokes are equally hard
            velocity = min(1.0, velocity * (1.0 + 0.12 * kit.variation * float(rng.standard_normal())))
        if role == "kick":
            return drum_voices.kick(kit.kick, velocity, rng, rate)
        if role == "snare":
            return drum_voices.snare(kit.snare, velocity, rng, rate)
        if role == "side_stick":
            return drum_voices.side_stick(kit.side_stick, velocity, rng, rate)
        if role == "clap":
            return drum_voices.clap(kit.clap, velocity, rng, rate)
        if role in _HATS:
            return cymbals.hi_hat(kit.hat, role, velocity, rng, rate)
        if role == "ride":
            return cymbals.ride(kit.ride, velocity, rng, rate)
        if role == "crash":
            return cymbals.crash(kit.crash, velocity, rng, rate)
        if role == "percussion":
            return drum_voices.hand_percussion(kit.percussion, pitch, velocity, rng, rate)
        return drum_voices.tom(kit.toms, role, velocity, rng, rate)

    def _placed(self, role: str, sound: Signal) -> Signal:
        stereo: Signal = np.asarray(sound * pan_gains(_pan(self._kit, role)), dtype=np.float32)
        if self._room is None:
            return stereo
        send = np.float32(db_to_gain(self._kit.room.level_db + _ROOM_SEND_DB[role]))
        wet = convolve_long(np.pad(sound.mean(axis=0), (0, self._room.shape[1] - 1))[None], self._room)
        wet *= send
        wet[:, : stereo.shape[1]] += stereo
        return fade_edges(wet, self._rate, out_ms=10.0)


def _level_db(kit: Kit, role: str) -> float:
    levels = {
        "kick": kit.kick.level_db, "snare": kit.snare.level_db, "side_stick": kit.side_stick.level_db,
        "clap": kit.clap.level_db, "closed_hat": kit.hat.level_db, "pedal_hat": kit.hat.level_db - 3.0,
        "open_hat": kit.hat.open_level_db, "ride": kit.ride.level_db, "crash": kit.crash.level_db,
        "percussion": kit.percussion.level_db,
    }  # fmt: skip
    return levels.get(role, kit.toms.level_db)


def _pan(kit: Kit, role: str) -> float:
    pans = {
        "kick": 0.0, "snare": kit.snare.pan, "side_stick": kit.side_stick.pan, "clap": kit.clap.pan,
        "closed_hat": kit.hat.pan, "pedal_hat": kit.hat.pan, "open_hat": kit.hat.pan, "ride": kit.ride.pan,
        "crash": kit.crash.pan, "percussion": kit.percussion.pan, "low_tom": kit.toms.spread,
        "mid_tom": 0.0, "high_tom": -kit.toms.spread,
    }  # fmt: skip
    return pans[role]


def _room_response(room: Room, sample_rate_hz: int) -> Signal | None:
    """Early reflections and a decaying tail, unit energy before the gate; None where the room is left out."""
    if room.level_db <= _NO_ROOM_DB:
        return None
    rng = np.random.default_rng(61)  # the room stands still: the same for every song
    length = round(0.9 * room.decay_ms / 1000.0 * sample_rate_hz)
    noise = rng.standard_normal((2, length)).astype(np.float32)
    width = np.float32(room.width)
    noise = np.stack([noise[0], width * noise[1] + (np.float32(1.0) - width) * noise[0]])
    start = round(0.004 * sample_rate_hz)
    rise = np.minimum(1.0, np.arange(length) / round(0.018 * sample_rate_hz))
    tail = noise * decay_curve(length, sample_rate_hz, decay_ms=room.decay_ms) * rise.astype(np.float32)
    for tap_ms, gain in ((4.3, 9.0), (7.9, -7.0), (11.3, 6.0), (17.1, -5.0), (23.7, 4.0)):
        place = min(length - 1, round(tap_ms / 1000.0 * sample_rate_hz))
        tail[:, place] += np.float32(gain)
    tail = state_variable_filter(tail, room.low_hz, sample_rate_hz=sample_rate_hz, mode="highpass")
    tail = state_variable_filter(tail, room.high_hz, sample_rate_hz=sample_rate_hz)
    tail /= np.sqrt(np.mean(np.sum(tail**2, axis=1)))
    if room.gate_ms > 0.0:
        kept = round((room.gate_ms + 25.0) / 1000.0 * sample_rate_hz)
        tail = fade_edges(tail[:, :kept], sample_rate_hz, out_ms=25.0)
    return np.concatenate([np.zeros((2, start), dtype=np.float32), tail], axis=1)


def _bus(stem: Signal, kit: Kit, sample_rate_hz: int) -> Signal:
    bus = kit.bus
    if bus.drive_db > 0.0:
        stem = saturate(stem, drive_db=bus.drive_db)
    if bus.crush_bits < 24.0 or bus.crush_rate_hz < 96000.0:
        rate_hz = min(bus.crush_rate_hz, float(sample_rate_hz))
        stem = bit_crush(stem, sample_rate_hz=sample_rate_hz, bits=bus.crush_bits, rate_hz=rate_hz)
    if bus.lowpass_hz < 20000.0:
        stem = state_variable_filter(stem, bus.lowpass_hz, sample_rate_hz=sample_rate_hz)
    stem *= np.float32(db_to_gain(kit.level_db))
    return finish_stem(stem, sample_rate_hz, highpass_hz=20.0, width=bus.width, mono_below_hz=120.0)
