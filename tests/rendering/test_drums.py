"""Drums: pitch, brightness and decay as a musician expects, choke, placement and variation."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy.ndimage import uniform_filter1d

from workbench.domain.score import Note
from workbench.domain.song import DRUM_ROLES
from workbench.rendering.drums import render_drums
from workbench.rendering.kit import Kit
from workbench.rendering.library import list_kits, load_kit

RATE = 48000
BEAT = RATE * 0.5


def strike(kit: Kit, *notes: Note, seconds: float = 1.0, seed: int = 1) -> np.ndarray:
    return render_drums(notes, kit, samples_per_beat=BEAT, length=round(seconds * RATE), sample_rate_hz=RATE, seed=seed)


@cache
def hit(kit: Kit, role: str, velocity: int = 120, seconds: float = 1.0) -> np.ndarray:
    return strike(kit, Note(0.0, DRUM_ROLES[role], 0.1, velocity), seconds=seconds)


def power(sound: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    mono = sound.mean(axis=0)
    return np.fft.rfftfreq(1 << 17, 1.0 / RATE), np.abs(np.fft.rfft(mono, 1 << 17)) ** 2


def centroid_hz(sound: np.ndarray) -> float:
    bins, energy = power(sound)
    return float((bins * energy).sum() / energy.sum())


def fall_ms(sound: np.ndarray, down_db: float = 20.0) -> float:
    """Time from the loudest 10 ms to the last 10 ms that lie less than `down_db` below."""
    level = np.sqrt(uniform_filter1d(sound.mean(axis=0).astype(np.float64) ** 2, 480).clip(0.0))
    loud = np.flatnonzero(level > level.max() * 10.0 ** (-down_db / 20.0))
    return float((loud[-1] - level.argmax()) / RATE * 1000.0)


@pytest.fixture(scope="module", params=list_kits())
def kit(request: pytest.FixtureRequest) -> Kit:
    return load_kit(request.param)


def test_kick_has_a_true_low_end_and_a_falling_pitch(kit: Kit) -> None:
    sound = hit(kit, "kick")
    bins, energy = power(sound[:, round(0.06 * RATE) :])
    assert 44.0 <= bins[energy.argmax()] <= 75.0
    assert energy[(bins > 35) & (bins < 130)].sum() > 0.75 * energy.sum()
    # Half a period at the start is shorter than later: the time between crossings tells more than their number.
    middle = sound.mean(axis=0)
    halves = [np.diff(np.flatnonzero(np.diff(np.signbit(x)))) for x in (middle[48:1920], middle[3840:8640])]
    assert halves[0][0] < halves[1].mean()


def test_snare_has_body_and_wires(kit: Kit) -> None:
    bins, energy = power(hit(kit, "snare"))
    body = energy[(bins > 150) & (bins < 260)].sum() / energy.sum()
    wires = energy[bins > 1000].sum() / energy.sum()
    assert body > (0.005 if kit.name == "mist" else 0.05)
    assert wires > 0.1


def test_hats_lie_high_and_the_open_one_rings_longer(kit: Kit) -> None:
    closed, opened = hit(kit, "closed_hat"), hit(kit, "open_hat", seconds=2.0)
    assert 6000.0 < centroid_hz(closed) < 12000.0
    bins, energy = power(closed)
    assert energy[bins < 2000].sum() < 0.02 * energy.sum()
    assert fall_ms(opened) > 2.0 * fall_ms(closed)


def test_toms_are_tuned_apart_and_cymbals_ring(kit: Kit) -> None:
    tunes = []
    for role in ("low_tom", "mid_tom", "high_tom"):
        bins, energy = power(hit(kit, role)[:, round(0.1 * RATE) :])
        tunes.append(bins[energy.argmax()])
    assert tunes[0] * 1.2 < tunes[1] < tunes[2] / 1.2
    assert fall_ms(hit(kit, "crash", seconds=4.0), 30.0) > 400.0
    assert fall_ms(hit(kit, "ride", seconds=4.0), 30.0) > 180.0


def test_every_role_sounds_and_soft_hits_are_softer_and_not_brighter(kit: Kit) -> None:
    for role in DRUM_ROLES:
        loud, soft = hit(kit, role, 120), hit(kit, role, 40)
        assert np.isfinite(loud).all()
        assert 0.01 < np.abs(loud).max() < 1.5, role
        assert np.abs(soft).max() < 0.4 * np.abs(loud).max(), role
        assert centroid_hz(soft) < 1.05 * centroid_hz(loud), role


def test_soft_hits_have_another_timbre() -> None:
    studio = load_kit("studio")
    for role in ("snare", "closed_hat", "crash", "clap", "side_stick"):
        assert centroid_hz(hit(studio, role, 40)) < 0.92 * centroid_hz(hit(studio, role, 120)), role


def test_kits_differ_audibly() -> None:
    """Any two kits differ in the centroid or the decay of kick, snare or hat by more than a sixth."""
    traits = {}
    for name in list_kits():
        sounds = [hit(load_kit(name), role) for role in ("kick", "snare", "closed_hat")]
        traits[name] = np.log([f(x) for x in sounds for f in (centroid_hz, fall_ms)])
    names = list(traits)
    for i, first in enumerate(names):
        for second in names[i + 1 :]:
            assert np.abs(traits[first] - traits[second]).max() > np.log(7 / 6), (first, second)


def test_a_hat_chokes_the_open_hat() -> None:
    studio = load_kit("studio")
    free = strike(studio, Note(0.0, 46, 0.1, 110), seconds=1.2)
    choked = strike(studio, Note(0.0, 46, 0.1, 110), Note(0.5, 44, 0.1, 5), seconds=1.2)
    late = slice(round(0.25 * RATE) + 2000, round(0.25 * RATE) + 12000)
    assert np.abs(choked[:, late]).max() < 0.1 * np.abs(free[:, late]).max()


def test_hits_land_on_their_sample() -> None:
    sound = strike(load_kit("house909"), Note(1.0, 36, 0.1, 120, shift_beats=0.01))
    first = int(np.flatnonzero(np.abs(sound[0]) > 1e-4)[0])
    assert 24240 <= first <= 24240 + 24


def test_kick_and_snare_stand_in_the_middle_and_hats_to_one_side() -> None:
    kit = replace(load_kit("tight"), room=replace(load_kit("tight").room, level_db=-60.0))
    sides = {role: np.sqrt(np.mean(hit(kit, role) ** 2, axis=1)) for role in ("kick", "snare", "closed_hat", "ride")}
    assert sides["kick"][0] == pytest.approx(sides["kick"][1], rel=1e-3)
    assert sides["snare"][0] == pytest.approx(sides["snare"][1], rel=1e-3)
    assert sides["closed_hat"][1] > 1.15 * sides["closed_hat"][0]
    assert sides["ride"][0] > 1.15 * sides["ride"][1]


def test_below_120_hz_drums_are_mono() -> None:
    sound = strike(load_kit("gated"), Note(0.0, 36, 0.1, 120), Note(0.5, 45, 0.1, 120))
    middle, side = (np.abs(np.fft.rfft(x)) for x in (sound[0] + sound[1], sound[0] - sound[1]))
    assert side[:120].max() < 0.03 * middle[:120].max()


def test_repeats_differ_a_little_and_the_song_stays_the_same() -> None:
    studio = load_kit("studio")
    hats = [Note(0.25 * i, 42, 0.1, 100) for i in range(4)]
    sound = strike(studio, *hats)
    takes = [sound[0, i * 6000 : i * 6000 + 2400] for i in range(4)]
    for i in range(3):
        assert np.abs(takes[i] - takes[i + 1]).max() > 0.0
    levels = [float(np.sqrt(np.mean(take**2))) for take in takes]
    assert max(levels) < 1.5 * min(levels)
    np.testing.assert_array_equal(sound, strike(studio, *hats))
    steady = strike(replace(studio, variation=0.0, room=replace(studio.room, level_db=-60.0)), *hats)
    np.testing.assert_allclose(steady[0, 6000:6600], steady[0, 12000:12600], atol=2e-3)


def test_general_midi_percussion_is_distinguished() -> None:
    studio = load_kit("studio")
    sounds = {pitch: strike(studio, Note(0.0, pitch, 0.1, 110)) for pitch in (54, 56, 60, 64, 67, 70, 76)}
    assert centroid_hz(sounds[64]) < centroid_hz(sounds[60]) < centroid_hz(sounds[67]) < centroid_hz(sounds[70])
