"""Every patch, kit, effect and parameter: it is heard, stays finite over its range, and does not click when moved."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, is_dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from evaluation.criteria import Row, at_least, at_most
from evaluation.sound.automation import RATE, count_clicks, judge_automation, steady_patch
from workbench.domain.arrays import Signal
from workbench.domain.elements import PITCHED_ELEMENTS
from workbench.domain.score import Note
from workbench.rendering import list_kits, list_patches, load_kit, load_patch
from workbench.rendering.drums import render_drums
from workbench.rendering.kit import Kit
from workbench.rendering.parameters import Parameter, parameters
from workbench.rendering.patch import Patch
from workbench.rendering.synth import render_synth

_SAMPLES_PER_BEAT = RATE * 0.3
_LENGTH = round(RATE * 1.6)
_TUNE = {"bass": (40, 47, 43), "pads": (52, 59, 64), "leads": (67, 74, 71)}
_HITS = (36, 38, 42, 39, 44, 46, 37, 45, 47, 50, 51, 49, 56)
"""Every drum that has a parameter of its own."""

_STEPPED = ("bus.crush_bits", "bus.crush_rate_hz")
"""Parameters of the bit crusher: its steps are what it is for, so its clicks are not counted."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What a sweep found: how many parameters were tried, and how many broke, did nothing or clicked."""

    tried: int
    not_finite: int
    without_effect: int
    clicked: int


def judge_parameters() -> list[Row]:
    """Shipped sounds as they are, then every parameter at both ends of its range."""
    patches = [load_patch(element, name) for element in PITCHED_ELEMENTS for name in list_patches(element)]
    kits = [load_kit(name) for name in list_kits()]
    sounds = [play_patch(patch) for patch in patches] + [play_kit(kit) for kit in kits]
    swept = sweep([(_rich_patch(), play_patch), (_rich_kit(), play_kit)])
    dull = sweep([(_dull_patch(), play_patch)])
    return [
        at_least("sounds: patches", len(patches), 80, "", len(patches)),
        at_least("sounds: kits", len(kits), 12, "", len(kits)),
        at_most("sounds: silent, not finite or clicking", sum(map(_faulty, sounds)), 0, "", len(sounds)),
        at_most("sounds: pairs that can hardly be distinguished", look_alikes(patches), 0, "", len(patches)),
        at_most("parameters: without effect", swept.without_effect, 0, "", swept.tried),
        at_most("parameters: not finite within their range", swept.not_finite, 0, "", swept.tried),
        at_most("parameters: clicks at an end of their range", swept.clicked, 0, "", swept.tried),
        at_most("parameters: clicks at an end of their range, dull tone", dull.clicked, 0, "", dull.tried),
        *judge_automation(),
    ]


def play_patch(patch: Patch) -> Signal:
    """Three notes, soft, loud and middle, the last with a third above it."""
    notes = [
        Note(1.6 * i, pitch, 1.3, velocity)
        for i, (pitch, velocity) in enumerate(zip(_TUNE[patch.element], (60, 120, 90), strict=True))
    ]
    notes.append(replace(notes[-1], pitch=notes[-1].pitch + 4))
    return render_synth(notes, patch, samples_per_beat=_SAMPLES_PER_BEAT, length=_LENGTH, sample_rate_hz=RATE, seed=3)


def play_kit(kit: Kit) -> Signal:
    """Each drum once."""
    notes = [Note(0.5 * i, pitch, 0.25, 100) for i, pitch in enumerate(_HITS)]
    length = round(_SAMPLES_PER_BEAT * (notes[-1].end_beats + 1.0))
    return render_drums(notes, kit, samples_per_beat=_SAMPLES_PER_BEAT, length=length, sample_rate_hz=RATE, seed=3)


def sweep(sounds_and_players: Sequence[tuple[Any, Callable[[Any], Signal]]]) -> Tally:
    """Play patches and kits with each parameter at both ends of its range."""
    tried = broken = without = clicked = 0
    for whole, play in sounds_and_players:
        base = play(whole)
        for name, variants in parameter_ends(whole):
            tried += 1
            sounds = [play(variant) for variant in variants]
            broken += any(not np.isfinite(sound).all() for sound in sounds)
            without += all(np.array_equal(sound, base) for sound in sounds)
            clicked += name not in _STEPPED and any(count_clicks(sound) > count_clicks(base) for sound in sounds)
    return Tally(tried, broken, without, clicked)


def parameter_ends(whole: Any) -> Iterator[tuple[str, list[Any]]]:
    """Every parameter of a patch or kit by dotted name, with the sound that has it at either end or other word."""
    for item in parameters(type(whole)).values():
        value = getattr(whole, item.name)
        if is_dataclass(value):
            for name, others in _ends_of(value):
                yield f"{item.name}.{name}", [replace(whole, **{item.name: other}) for other in others]
        elif isinstance(value, tuple) and value:
            for name, others in _ends_of(value[0]):
                yield f"{item.name}.{name}", [replace(whole, **{item.name: (other, *value[1:])}) for other in others]
        elif others := _end_values(item, value):
            yield item.name, [replace(whole, **{item.name: other}) for other in others]


def _ends_of(group: Any) -> Iterator[tuple[str, list[Any]]]:
    for item in parameters(type(group)).values():
        values = _end_values(item, getattr(group, item.name))
        if values:
            yield item.name, [replace(group, **{item.name: value}) for value in values]


def _end_values(item: Parameter, value: Any) -> list[Any]:
    if item.options:
        return [option for option in item.options if option != value]
    return [end for end in (item.low, item.high) if end != value] if item.is_number else []


def _faulty(sound: Signal) -> bool:
    return not np.isfinite(sound).all() or float(np.abs(sound).max()) < 1e-3 or count_clicks(sound) > 0


def look_alikes(patches: list[Patch], *, least_db: float = 1.0) -> int:
    """Pairs of patches of one element whose spectra over time lie less than `least_db` apart on average."""
    count = 0
    for element in PITCHED_ELEMENTS:
        prints = [fingerprint(play_patch(patch)) for patch in patches if patch.element == element]
        for i, one in enumerate(prints):
            count += sum(float(np.abs(one - other).mean()) < least_db for other in prints[i + 1 :])
    return count


def fingerprint(sound: Signal) -> npt.NDArray[np.float64]:
    """Levels in dB of 16 bands in 12 steps of time, about their mean, nothing below -60 dB: spectrum and envelope."""
    mono = sound.mean(axis=0, dtype=np.float64)
    steps = np.array_split(mono, 12)
    edges = np.geomspace(40.0, 16_000.0, 17)
    table = np.empty((12, 16))
    for i, step in enumerate(steps):
        power = np.abs(np.fft.rfft(step * np.hanning(step.size))) ** 2
        hz = np.fft.rfftfreq(step.size, 1.0 / RATE)
        table[i] = [power[(hz >= low) & (hz < high)].sum() for low, high in pairwise(edges)]
    levels = 10.0 * np.log10(np.maximum(table / table.max(), 1e-6))
    return np.asarray(levels)


def _rich_patch() -> Patch:
    from workbench.rendering import patch as p

    return Patch(
        name="everything",
        element="leads",
        description="every group in use",
        drive_db=3.0,
        voice_spread=0.5,
        oscillators=(p.Oscillator(wave="saw", morph_wave="square", morph_rate_hz=1.0, unison=3.0, spread=0.6),),
        fm=(p.FmPair(index=2.0, feedback=0.3, decay_ms=900.0),),
        string=p.StringModel(level_db=0.0),
        strum_ms=20.0,
        struck=p.StruckModel(stiffness=0.001, strings_cents=3.0),
        release=p.ReleaseNoise(level_db=-6.0),
        noise=p.NoiseSource(level_db=-6.0, key_track=0.5, decay_ms=400.0),
        grains=p.GrainCloud(level_db=-6.0),
        modulation=(p.Route(shape="triangle", rate_hz=3.0, time_ms=200.0),),
        amplifier=p.Amplifier(attack_ms=5.0, decay_ms=400.0, sustain=0.5),
        filter=p.Filter(kind="ladder", cutoff_hz=1500.0, envelope_octaves=1.5, lfo_octaves=0.5, drive_db=6.0),
        pitch=p.Pitch(
            mono="yes", glide_ms=90.0, glide_always="yes", vibrato_cents=30.0, vibrato_delay_ms=100.0,
            drift_cents=5.0, bend_semitones=3.0,
        ),
        effects=p.Effects(
            drive_db=4.0, drive_bias=0.2, formant_mix=0.3, formant_vowel=1.0, formant_movement=0.4,
            formant_rate_hz=1.0, tremolo_db=3.0, tremolo_pan=0.3, chorus_mix=0.4, ensemble_mix=0.3, wow_cents=10.0,
            highpass_hz=60.0, lowpass_hz=9000.0, mono_below_hz=120.0,
        ),
    )  # fmt: skip


def _dull_patch() -> Patch:
    """Every movement at work on a tone in which nothing hides a click."""
    from workbench.rendering import patch as p

    return steady_patch(
        modulation=(p.Route(target="pan", rate_hz=3.0), p.Route(target="pitch", amount=0.1, rate_hz=3.0)),
        filter=p.Filter(cutoff_hz=1500.0, resonance=0.4, envelope_octaves=2.0, lfo_octaves=0.5, lfo_rate_hz=3.0),
        pitch=p.Pitch(mono="yes", glide_ms=40.0, glide_always="yes", vibrato_cents=20.0, bend_semitones=2.0),
        effects=p.Effects(
            drive_db=3.0, formant_mix=0.2, formant_movement=0.4, formant_rate_hz=2.0, tremolo_db=3.0, tremolo_pan=0.3,
            chorus_mix=0.3, ensemble_mix=0.2, wow_cents=10.0, highpass_hz=40.0, lowpass_hz=9000.0,
        ),
    )  # fmt: skip


def _rich_kit() -> Kit:
    from workbench.rendering import kit as k

    return Kit(
        name="everything",
        description="every group in use",
        ride=k.Ride(decay_ms=500.0),
        crash=k.Crash(decay_ms=500.0),
        toms=k.Toms(decay_ms=300.0),
        room=k.Room(level_db=-8.0, decay_ms=200.0, gate_ms=90.0),
        bus=k.KitBus(drive_db=2.0, crush_bits=12.0, crush_rate_hz=30000.0, lowpass_hz=15000.0),
    )
