"""Playing zones: chosen by key, velocity and turn, brought to pitch, looped, shaped, panned and choked."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from workbench.domain.score import Note
from workbench.domain.units import db_to_gain
from workbench.dsp.envelopes import fade_edges
from workbench.dsp.stereo import pan_gains
from workbench.dsp.voice_filters import state_variable_filter
from workbench.rendering.sampler.instrument import Instrument, Zone

Signal = npt.NDArray[np.float32]

_HALF_TAPS = 16
_PASSED = 0.9
_PHASES = 512
_CHOKE_MS = 8.0
_LN_1000 = 6.907755278982137


def render_instrument(
    notes: Sequence[Note],
    instrument: Instrument,
    *,
    samples_per_beat: float,
    length: int,
    sample_rate_hz: int,
    advance: Callable[[int], None] | None = None,
) -> Signal:
    """Render a part with an instrument of samples.

    Parameters
    ----------
    notes : sequence of Note
        The part.
    instrument : Instrument
        Zones and their samples.
    samples_per_beat : float
        Sample rate times seconds a beat.
    length : int
        Samples of the stem; what rings longer is cut.
    sample_rate_hz : int
        Sample rate.
    advance : callable, optional
        Called with the number of notes just placed.

    Returns
    -------
    array of shape (2, length), float32; a note whose key no zone covers stays silent
    """
    stem = np.zeros((2, length), dtype=np.float32)
    ordered = sorted(notes, key=lambda note: (note.start_beats, note.pitch))
    starts = [round(note.start_beats * samples_per_beat) for note in ordered]
    turns: dict[int, int] = {}
    played: list[tuple[Note, int, list[Zone]]] = []
    for note, start in zip(ordered, starts, strict=True):
        turn = turns.get(note.pitch, 0)
        turns[note.pitch] = turn + 1
        played.append((note, start, zones_for(instrument, note.pitch, note.velocity, turn)))
    for index, (note, start, zones) in enumerate(played):
        gate = max(round(0.02 * sample_rate_hz), round(note.end_beats * samples_per_beat) - start)
        for zone in zones:
            sound = _voice(instrument, zone, note, gate, sample_rate_hz)
            sound = _choked(sound, zone, start, played[index + 1 :], sample_rate_hz)
            stop = min(length, start + sound.shape[1])
            if stop > start:
                stem[:, start:stop] += sound[:, : stop - start]
        if advance is not None:
            advance(1)
    return stem


def levelled(stem: Signal, sample_rate_hz: int) -> Signal:
    """Bring a stem to about -20 dBFS RMS where it plays, as patches are, without its DC and rumble."""
    step = max(1, sample_rate_hz // 10)
    whole = stem[:, : stem.shape[1] // step * step].reshape(2, -1, step)
    power = np.square(whole, dtype=np.float64).mean(axis=(0, 2))
    if not power.size or power.max() <= 0.0:
        return stem
    level = float(power[power > power.max() * 1e-4].mean())
    clean = state_variable_filter(stem, 20.0, sample_rate_hz=sample_rate_hz, mode="highpass")
    return np.asarray(clean * np.float32(0.1 / math.sqrt(level)), dtype=np.float32)


def zones_for(instrument: Instrument, pitch: int, velocity: int, turn: int) -> list[Zone]:
    """Zones that a note plays; `turn` counts the notes of that key before it, for round robins."""
    return [
        zone
        for zone in instrument.zones
        if zone.low_key <= pitch <= zone.high_key
        and zone.low_velocity <= velocity <= zone.high_velocity
        and turn % zone.sequence[1] == zone.sequence[0] - 1
    ]


def _voice(instrument: Instrument, zone: Zone, note: Note, gate: int, rate: int) -> Signal:
    samples, own_rate = instrument.read(zone.sample)
    step = own_rate / rate * 2.0 ** (((note.pitch - zone.root) * zone.key_track + zone.tune_cents / 100.0) / 12.0)
    last = min(zone.end or samples.shape[1], samples.shape[1])
    whole = max(0, math.ceil((last - zone.offset) / step))
    release = round(1.2 * zone.release_ms / 1000.0 * rate)
    count = whole if zone.one_shot else gate + release if zone.loop else min(whole, gate + release)
    sound = resampled(samples[:2, :last], zone.offset, step, count, zone.loop)
    if zone.cutoff_hz is not None and zone.cutoff_hz < 0.45 * rate:
        sound = state_variable_filter(sound, zone.cutoff_hz, sample_rate_hz=rate)
    gain = db_to_gain(zone.gain_db) * (note.velocity / 127.0) ** (2.0 * zone.velocity_track)
    sound = sound * (np.float32(gain) * envelope(zone, count, gate, rate))
    placed = np.asarray(sound * pan_gains(max(-1.0, min(1.0, zone.pan))), dtype=np.float32)
    return fade_edges(placed, rate, in_ms=0.3, out_ms=4.0)


def envelope(zone: Zone, count: int, gate: int, rate: int) -> Signal:
    """Attack, hold, decay, sustain and release of a zone, in 0..1; one-shots are left alone."""
    if zone.one_shot:
        return np.ones(count, dtype=np.float32)
    seconds = np.arange(count) / rate
    attack, hold, decay = (max(1e-4, time / 1000.0) for time in (zone.attack_ms, zone.hold_ms, zone.decay_ms))
    since = np.maximum(0.0, seconds - attack - (hold if zone.hold_ms > 0.0 else 0.0))
    level = np.minimum(1.0, seconds / attack)
    level = level * (zone.sustain + (1.0 - zone.sustain) * np.exp(-_LN_1000 * since / decay))
    after = np.maximum(0.0, seconds - gate / rate)
    return np.asarray(level * np.exp(-_LN_1000 * after * 1000.0 / max(zone.release_ms, 4.0)), dtype=np.float32)


def resampled(samples: npt.NDArray[Any], start: int, step: float, count: int, loop: tuple[int, int] | None) -> Signal:
    """Read (c, n) samples from `start` by `step` samples at a time, (2, count): windowed sinc, band-limited.

    A mono sample comes out on both sides. With a loop the reading goes back to its start for as long as is asked.
    """
    source = np.ascontiguousarray(samples, dtype=np.float32)
    if source.shape[0] == 1:
        source = np.concatenate([source, source])
    out = np.zeros((2, max(0, count)), dtype=np.float32)
    if source.shape[1] and count > 0:
        table = _sinc(max(1.0, round(step, 2)))
        first, last = loop if loop is not None else (0, 0)
        last = min(last, source.shape[1])
        _read(source, float(start), step, table, first, last if last > first else 0, out)
    return out


@lru_cache(maxsize=256)
def _sinc(stretch: float) -> npt.NDArray[np.float32]:
    """Taps by phase, (513, t): a low-pass at the lower of both Nyquist frequencies under a Kaiser window."""
    half = math.ceil(_HALF_TAPS * stretch)
    offsets = np.arange(-half + 1, half + 1)[None, :] - np.arange(_PHASES + 1)[:, None] / _PHASES
    window = np.i0(8.0 * np.sqrt(np.maximum(0.0, 1.0 - (offsets / half) ** 2))) / np.i0(8.0)
    taps = _PASSED * np.sinc(_PASSED * offsets / stretch) / stretch * window
    return np.asarray(taps / taps.sum(axis=1, keepdims=True), dtype=np.float32)


@numba.njit(cache=True, nogil=True)
def _read(source, start, step, table, first, last, out):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    taps = table.shape[1]
    half = taps // 2
    length = source.shape[1]
    span = last - first
    place = start
    for i in range(out.shape[1]):
        if span > 0 and place >= last:
            place -= span * math.floor((place - first) / span)
        index = math.floor(place)
        phase = (place - index) * (table.shape[0] - 1)
        here = int(phase)
        share = phase - here
        row = table[here]
        beside = table[min(here + 1, table.shape[0] - 1)]
        left = 0.0
        right = 0.0
        for j in range(taps):
            at = index + j - half + 1
            if span > 0 and at >= last:
                at -= span
            if 0 <= at < length:
                weight = row[j] + share * (beside[j] - row[j])
                left += weight * source[0, at]
                right += weight * source[1, at]
        out[0, i] = left
        out[1, i] = right
        place += step


def _choked(sound: Signal, zone: Zone, start: int, later: Sequence[tuple[Note, int, list[Zone]]], rate: int) -> Signal:
    """Cut a sound where a zone of the group that silences it begins."""
    if zone.off_by == 0:
        return sound
    for _, begin, zones in later:
        if begin - start >= sound.shape[1]:
            break
        if begin > start and any(other.group == zone.off_by for other in zones):
            kept = begin - start + round(_CHOKE_MS / 1000.0 * rate)
            return fade_edges(sound[:, :kept], rate, out_ms=_CHOKE_MS) if kept < sound.shape[1] else sound
    return sound
