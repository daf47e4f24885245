"""What moves while it sounds: modulation matrix, tied notes and the desk's automation must not click.

A dull, steady tone is moved as far and as fast as the engine can. Jumps planted in the same tones tell that a click
would have been heard.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from evaluation.criteria import Row, at_least, at_most
from workbench.analysis.defects import clicks
from workbench.domain.arrays import Signal
from workbench.domain.audio import Audio
from workbench.domain.plan import SectionPlan
from workbench.domain.score import Note, Score
from workbench.domain.theory import Key, Metre
from workbench.domain.units import db_to_gain
from workbench.dsp.dynamics import ducking_gain
from workbench.mixing.automation import open_over_sections, rise_over_builds, section_gain, throw_gain
from workbench.rendering import patch as p
from workbench.rendering.modulation import SCALE
from workbench.rendering.parameters import parameters
from workbench.rendering.synth import render_synth

RATE = 44100

_FASTEST_HZ = 20.0
_BEAT_SECONDS = 0.3
_PLANTED = 0.03
"""Planted jumps, full scale at 1, in tones that peak at 0.5."""
_PLUCKS_SECONDS = (0.0, _BEAT_SECONDS, 2.0 * _BEAT_SECONDS)
_TONES_HZ = (55.0, 220.0, 880.0)


def judge_automation() -> list[Row]:
    """Clicks of every movement, and the share of planted jumps that the same count finds."""
    rows: list[Row] = []
    kinds = {"modulation matrix": matrix_moves, "tied notes": tied_notes, "desk": desk_moves}
    for name, moves in kinds.items():
        heard = [count_clicks(sound, _PLUCKS_SECONDS if move.startswith("string") else ()) for move, sound in moves()]
        rows.append(at_most(f"automation: clicks, {name}", sum(heard), 0, "", len(heard)))
    found = [count_clicks(sound) == 1 for sound in planted()]
    return [*rows, at_least("automation: planted jumps that are found", float(np.mean(found)), 1.0, "", len(found))]


def count_clicks(sound: Signal, attacks_seconds: Sequence[float] = ()) -> int:
    """Clicks, at one level whatever that of the sound, but for the first 5 ms of attacks that are meant to be sharp."""
    loud = float(np.abs(sound).max(initial=0.0))
    if not np.isfinite(loud) or loud == 0.0:
        return 0
    found = clicks(Audio(sound * np.float32(0.5 / loud), RATE))
    return sum(not any(0.0 <= time - attack < 0.005 for attack in attacks_seconds) for time in found)


def steady_patch(**changes: object) -> p.Patch:
    """A sine with a little frequency modulation through an open filter: nothing that would hide a click."""
    plain = p.Patch(
        name="steady",
        element="leads",
        description="a dull tone",
        oscillators=(p.Oscillator(wave="sine", free_phase="no"),),
        fm=(p.FmPair(index=0.3, index_sustain=1.0, level_db=-12.0),),
        amplifier=p.Amplifier(attack_ms=20.0, decay_ms=20000.0, sustain=1.0, release_ms=60.0, velocity_db=0.0),
        filter=p.Filter(cutoff_hz=6000.0, velocity_octaves=0.0, key_track=0.0),
        pitch=p.Pitch(drift_cents=0.0),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def play(patch: p.Patch, notes: list[Note]) -> Signal:
    """Render notes of a patch."""
    length = round(RATE * _BEAT_SECONDS * (max(note.end_beats for note in notes) + 0.5))
    return render_synth(notes, patch, samples_per_beat=RATE * _BEAT_SECONDS, length=length, sample_rate_hz=RATE, seed=3)


def matrix_moves() -> Iterator[tuple[str, Signal]]:
    """Every source and LFO shape to every target, the whole amount up and down, as fast as it goes."""
    words = {name: item.options for name, item in parameters(p.Route).items()}
    for target in SCALE:
        for source in words["source"]:
            for shape in words["shape"] if source == "lfo" else ("sine",):
                for amount in (-1.0, 1.0):
                    route = p.Route(source, target, amount, shape, _FASTEST_HZ, time_ms=1.0)
                    sound = play(steady_patch(modulation=(route,)), [Note(0.0, 57, 3.0, 90)])
                    yield f"{source} {shape} to {target} by {amount:g}", sound


def tied_notes() -> Iterator[tuple[str, Signal]]:
    """Leaps and leaps of loudness within one voice, by each source and with and without a glide."""
    leaps = [Note(float(i), pitch, 1.2, velocity) for i, (pitch, velocity) in enumerate([(45, 20), (69, 127), (40, 5)])]
    touchy = p.Amplifier(attack_ms=20.0, decay_ms=20000.0, sustain=1.0, release_ms=60.0, velocity_db=48.0)
    sources: dict[str, dict[str, object]] = {
        "oscillator": {"fm": ()},
        "frequency modulation": {"oscillators": (), "fm": (p.FmPair(index=2.0, velocity_index=1.0),)},
        "struck frequency modulation": {"oscillators": (), "fm": (p.FmPair(decay_ms=150.0, index_decay_ms=100.0),)},
        "grains": {"oscillators": (), "fm": (), "grains": p.GrainCloud()},
        "string": {"oscillators": (), "fm": (), "string": p.StringModel(damping=0.8, pick_softness_hz=800.0)},
    }
    for name, source in sources.items():
        for kind in ("lowpass", "bandpass", "highpass", "ladder"):
            for glide_ms in (0.0, 1.0, 80.0):
                patch = steady_patch(
                    amplifier=touchy,
                    filter=p.Filter(kind=kind, cutoff_hz=900.0, resonance=0.6, velocity_octaves=4.0, key_track=1.0),
                    pitch=p.Pitch(mono="yes", glide_ms=glide_ms, drift_cents=0.0),
                    **source,
                )
                yield f"{name}, {kind}, glide {glide_ms:g} ms", play(patch, leaps)


def desk_moves() -> Iterator[tuple[str, Signal]]:
    """Rides, opening and rising filters, throws and ducking as far as they go, on tones."""
    score = _score()
    length = round(score.duration_seconds * RATE)
    kicks = [0.5 * beat for beat in range(int(score.duration_seconds / 0.5))]
    moves: dict[str, Callable[[Signal], Signal]] = {
        "rides": lambda tone: tone * section_gain([-3.0, 1.0, -3.0, 1.0], score, length, RATE),
        "opening filter": lambda tone: open_over_sections(tone, score, 40.0, RATE),
        "rising filter": lambda tone: rise_over_builds(tone, score, 4000.0, RATE),
        "throws": lambda tone: tone * throw_gain(score, 24.0, length, RATE),
        "ducking": lambda tone: (
            tone * ducking_gain(kicks, length, RATE, depth_db=24.0, attack_ms=4.0, hold_ms=40.0, release_ms=60.0)
        ),
    }
    for name, move in moves.items():
        for hz in _TONES_HZ:
            yield f"{name}, {hz:g} Hz", move(_tone(hz, length))


def planted() -> Iterator[Signal]:
    """Each tone with one small jump in it, at places all over its period."""
    length = 2 * RATE
    for hz in _TONES_HZ:
        for place in range(8):
            sound = _tone(hz, length)
            first = RATE + round(place / 8.0 * RATE / hz)
            sound[:, first:] += np.float32(_PLANTED) * np.exp(-np.arange(length - first) / (0.1 * RATE)).astype(
                np.float32
            )
            yield sound


def _tone(hz: float, length: int) -> Signal:
    wave = db_to_gain(-6.0) * np.sin(2.0 * np.pi * hz * np.arange(length) / RATE)
    edge = np.minimum(1.0, np.minimum(np.arange(length), np.arange(length)[::-1]) / (0.05 * RATE))
    return np.tile(wave * edge, (2, 1)).astype(np.float32)


def _score() -> Score:
    names = ("intro", "build", "drop", "build")
    sections = tuple(SectionPlan(name, name, bar, 1, 0.5, ("leads",)) for bar, name in enumerate(names))
    return Score("", 120.0, Metre(), Key.parse("C"), sections, (), {})
