"""Playing a part with an instrument of samples: zones chosen note by note, sounded, choked and summed."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from workbench.domain.arrays import Signal
from workbench.domain.score import Note
from workbench.dsp.envelopes import fade_edges
from workbench.dsp.voice_filters import state_variable_filter
from workbench.rendering.sampler.choosing import Chooser, moments, zones_for
from workbench.rendering.sampler.instrument import Instrument, Zone
from workbench.rendering.sampler.voice import Strike, sound

__all__ = ["levelled", "render_instrument", "zones_for"]


_SHORTEST_GATE_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class _Event:
    """A zone that begins at a sample of the stem."""

    start: int
    zone: Zone
    strike: Strike


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
    timing = _Timing(samples_per_beat, sample_rate_hz)
    played = _events(sorted(notes, key=lambda note: (note.start_beats, note.pitch)), instrument, timing)
    later = sorted((event for events in played for event in events if event.zone.group), key=lambda one: one.start)
    for events in played:
        for event in events:
            if event.start < length:
                _add(stem, event, instrument, later)
        if advance is not None:
            advance(1)
    return stem


@dataclass(frozen=True, slots=True)
class _Timing:
    samples_per_beat: float
    rate: int

    @property
    def tempo_bpm(self) -> float:
        return 60.0 * self.rate / self.samples_per_beat

    def span(self, note: Note) -> tuple[int, int]:
        """First sample of a note and how long its key is held."""
        start = round(note.start_beats * self.samples_per_beat)
        shortest = round(_SHORTEST_GATE_SECONDS * self.rate)
        return start, max(shortest, round(note.end_beats * self.samples_per_beat) - start)


def _events(notes: Sequence[Note], instrument: Instrument, timing: _Timing) -> list[list[_Event]]:
    """The zones of each note, with those that sound when its key is released."""
    chooser = Chooser(instrument)
    played = []
    for place, (note, moment) in enumerate(zip(notes, moments(notes, instrument.name, timing.tempo_bpm), strict=True)):
        start, gate = timing.span(note)
        events = []
        found = chooser.choose(moment)
        struck = any(not chosen.on_release for chosen in found)
        for chosen in found:
            if chosen.on_release and not struck and not chosen.zone.release_alone:
                continue
            zone = instrument.at(chosen.index, note.pitch, chosen.velocity)
            strike = Strike(note.pitch, chosen.velocity, gate, timing.rate, place)
            if chosen.on_release:
                quieter = zone.gain_db - zone.release_decay_db * gate / timing.rate
                zone = replace(zone, gain_db=quieter, one_shot=True, loop=None)
            events.append(_Event(start + (gate if chosen.on_release else 0), zone, strike))
        played.append(events)
    return played


def _add(stem: Signal, event: _Event, instrument: Instrument, later: Sequence[_Event]) -> None:
    samples, own_rate = instrument.read(event.zone.sample)
    delay, heard = sound(event.zone, samples, own_rate, event.strike, stem.shape[1] - event.start)
    heard = _choked(heard, event, event.start + delay, later)
    start = event.start + delay
    stop = min(stem.shape[1], start + heard.shape[1])
    if stop > start:
        stem[:, start:stop] += heard[:, : stop - start]


def _choked(heard: Signal, event: _Event, start: int, later: Sequence[_Event]) -> Signal:
    """Cut a sound where a zone of the group that silences it begins."""
    zone, rate = event.zone, event.strike.rate
    if zone.off_by == 0:
        return heard
    for other in later[bisect_right(later, event.start, key=lambda one: one.start) :]:
        if other.start - start >= heard.shape[1]:
            break
        same = other.zone.group == zone.group and other.strike.key == event.strike.key
        if other.zone.group == zone.off_by and (zone.off_same_key or not same):
            kept = max(0, other.start - start) + round(zone.off_ms / 1000.0 * rate)
            return fade_edges(heard[:, :kept], rate, out_ms=zone.off_ms) if kept < heard.shape[1] else heard
    return heard


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
