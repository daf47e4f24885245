"""No parameter of a patch or kit does nothing: each is rendered with two values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from workbench.domain.score import Note
from workbench.rendering.drums import render_drums
from workbench.rendering.kit import (
    Clap,
    Crash,
    HandPercussion,
    HiHat,
    Kick,
    Kit,
    KitBus,
    Ride,
    Room,
    SideStick,
    Snare,
    Toms,
)
from workbench.rendering.parameters import Parameter, parameters
from workbench.rendering.patch import (
    Amplifier,
    Effects,
    Filter,
    FmPair,
    GrainCloud,
    NoiseSource,
    Oscillator,
    Patch,
    Pitch,
    ReleaseNoise,
    Route,
    StringModel,
    StruckModel,
)
from workbench.rendering.synth import render_synth

RATE = 44100
SAMPLES_PER_BEAT = RATE * 0.25
LENGTH = round(RATE * 1.2)

PATCH = Patch(
    name="everything",
    element="leads",
    description="every group in use",
    drive_db=3.0,
    voice_spread=0.5,
    oscillators=(Oscillator(wave="saw", morph_wave="square", morph_rate_hz=1.0, unison=3.0, spread=0.6),),
    fm=(FmPair(index=2.0, feedback=0.3, decay_ms=900.0),),
    string=StringModel(level_db=0.0),
    strum_ms=20.0,
    struck=StruckModel(stiffness=0.001, strings_cents=3.0),
    release=ReleaseNoise(level_db=-6.0),
    noise=NoiseSource(level_db=-6.0, key_track=0.5, decay_ms=400.0),
    grains=GrainCloud(level_db=-6.0),
    modulation=(Route(shape="triangle", rate_hz=3.0, time_ms=200.0),),
    amplifier=Amplifier(attack_ms=5.0, decay_ms=400.0, sustain=0.5),
    filter=Filter(kind="ladder", cutoff_hz=1500.0, envelope_octaves=1.5, lfo_octaves=0.5, drive_db=6.0),
    pitch=Pitch(
        mono="yes",
        glide_ms=90.0,
        glide_always="yes",
        vibrato_cents=30.0,
        vibrato_delay_ms=100.0,
        drift_cents=5.0,
        bend_semitones=3.0,
    ),
    effects=Effects(
        drive_db=4.0,
        drive_bias=0.2,
        formant_mix=0.3,
        formant_vowel=1.0,
        formant_movement=0.4,
        formant_rate_hz=1.0,
        tremolo_db=3.0,
        tremolo_pan=0.3,
        chorus_mix=0.4,
        ensemble_mix=0.3,
        wow_cents=10.0,
        highpass_hz=60.0,
        lowpass_hz=9000.0,
        mono_below_hz=120.0,
        body="cabinet",
    ),
)
TUNE = (Note(0.0, 57, 1.2, 100), Note(0.0, 45, 1.2, 100), Note(1.0, 64, 0.8, 60), Note(2.5, 52, 0.8, 90))

KIT = Kit(
    name="everything",
    description="every group in use",
    ride=Ride(decay_ms=500.0),
    crash=Crash(decay_ms=500.0),
    toms=Toms(decay_ms=300.0),
    room=Room(level_db=-8.0, decay_ms=200.0, gate_ms=90.0),
    bus=KitBus(drive_db=2.0, crush_bits=12.0, crush_rate_hz=30000.0, lowpass_hz=15000.0),
)
PITCHES: dict[str, tuple[int, ...]] = {
    "kick": (36,),
    "snare": (38,),
    "side_stick": (37,),
    "clap": (39,),
    "hat": (42, 44, 46),
    "toms": (45, 47, 50),
    "ride": (51,),
    "crash": (49,),
    "percussion": (56, 60),
    "room": (38, 42),
    "bus": (38, 42),
}


def other_value(item: Parameter, value: Any) -> Any:
    """Another legal value: a third of the way to the farther end, or another word."""
    if item.options:
        return next(option for option in item.options if option not in (value, "none"))
    end = item.high if item.high - value >= value - item.low else item.low
    return value + (end - value) / 3.0


def changes(group: Any) -> Iterator[tuple[str, Any]]:
    for name, item in parameters(type(group)).items():
        if item.is_number or item.options:
            yield name, replace(group, **{name: other_value(item, getattr(group, name))})


def patch_cases() -> Iterator[Any]:
    for name, changed in changes(PATCH):
        yield pytest.param(changed, id=name)
    for field_name in ("oscillators", "fm", "modulation"):
        for name, changed in changes(getattr(PATCH, field_name)[0]):
            yield pytest.param(replace(PATCH, **{field_name: (changed,)}), id=f"{field_name}.{name}")
    for field_name in ("string", "struck", "release", "noise", "grains", "amplifier", "filter", "pitch", "effects"):
        for name, changed in changes(getattr(PATCH, field_name)):
            yield pytest.param(replace(PATCH, **{field_name: changed}), id=f"{field_name}.{name}")


def kit_cases() -> Iterator[Any]:
    for name, changed in changes(KIT):
        yield pytest.param(changed, (38,), id=name)
    for field_name, pitches in PITCHES.items():
        for name, changed in changes(getattr(KIT, field_name)):
            yield pytest.param(replace(KIT, **{field_name: changed}), pitches, id=f"{field_name}.{name}")


def play(patch: Patch) -> np.ndarray:
    return render_synth(TUNE, patch, samples_per_beat=SAMPLES_PER_BEAT, length=LENGTH, sample_rate_hz=RATE, seed=1)


def strike(kit: Kit, pitches: tuple[int, ...]) -> np.ndarray:
    notes = [Note(0.25 + 0.5 * i, pitch, 0.1, 90) for i, pitch in enumerate(pitches)]
    return render_drums(notes, kit, samples_per_beat=RATE * 0.4, length=LENGTH, sample_rate_hz=RATE, seed=1)


@pytest.fixture(scope="module")
def reference_tune() -> np.ndarray:
    return play(PATCH)


@pytest.fixture(scope="module")
def reference_hits() -> dict[tuple[int, ...], np.ndarray]:
    return {pitches: strike(KIT, pitches) for pitches in {*PITCHES.values(), (38,)}}


@pytest.mark.parametrize("patch", list(patch_cases()))
def test_patch_parameter_is_heard(patch: Patch, reference_tune: np.ndarray) -> None:
    sound = play(patch)
    assert np.isfinite(sound).all()
    assert np.abs(sound - reference_tune).max() > 1e-4 * np.abs(reference_tune).max()


@pytest.mark.parametrize(("kit", "pitches"), list(kit_cases()))
def test_kit_parameter_is_heard(
    kit: Kit, pitches: tuple[int, ...], reference_hits: dict[tuple[int, ...], np.ndarray]
) -> None:
    sound, reference = strike(kit, pitches), reference_hits[pitches]
    assert np.isfinite(sound).all()
    assert np.abs(sound - reference).max() > 1e-4 * np.abs(reference).max()


def test_every_group_of_a_kit_is_covered() -> None:
    groups = {name: item.group for name, item in parameters(Kit).items() if item.group}
    assert set(groups) == set(PITCHES)
    assert {Kick, Snare, SideStick, Clap, HiHat, Toms, Ride, Crash, HandPercussion, Room, KitBus} == set(
        groups.values()
    )
