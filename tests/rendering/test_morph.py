"""Between two sounds and by chance: ends are the sounds themselves, everything stays within its range and is heard."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from workbench.domain.errors import ParameterError
from workbench.domain.score import Note
from workbench.rendering import list_kits, list_patches, load_kit, load_patch
from workbench.rendering.drums import render_drums
from workbench.rendering.morph import morph, random_patch
from workbench.rendering.patch import Patch
from workbench.rendering.synth import render_synth

RATE = 44100


def play(patch: Patch) -> np.ndarray:
    notes = (Note(0.0, 57, 1.0, 100), Note(1.0, 60, 0.5, 70))
    return render_synth(notes, patch, samples_per_beat=RATE * 0.3, length=RATE, sample_rate_hz=RATE, seed=1)


def test_ends_are_the_sounds_and_the_middle_lies_between() -> None:
    one, other = load_patch("pads", "choir"), load_patch("pads", "power-guitar")
    assert morph(one, other, 0.0) is one
    assert morph(one, other, 1.0) is other
    middle = morph(one, other, 0.5)
    attacks = sorted((one.amplifier.attack_ms, other.amplifier.attack_ms))
    assert attacks[0] < middle.amplifier.attack_ms < attacks[1]
    assert middle.string is not None
    sounds = [play(patch) for patch in (one, middle, other)]
    assert all(np.isfinite(sound).all() and np.abs(sound).max() > 1e-3 for sound in sounds)
    assert not np.array_equal(sounds[0], sounds[1])


@pytest.mark.parametrize("element", ["bass", "pads", "leads"])
def test_any_two_patches_can_be_crossed(element: str) -> None:
    names = list_patches(element)
    for first, second in pairwise(names):
        for amount in (0.2, 0.8):
            morph(load_patch(element, first), load_patch(element, second), amount)


@pytest.mark.parametrize("seed", range(4))
def test_chance_is_repeatable_and_sounds(seed: int) -> None:
    patch = random_patch("leads", seed)
    assert patch == random_patch("leads", seed)
    assert patch != random_patch("leads", seed + 100)
    sound = play(patch)
    assert np.isfinite(sound).all()
    assert np.abs(sound).max() > 1e-4


def test_kits_are_crossed_too() -> None:
    names = list_kits()
    middle = morph(load_kit(names[0]), load_kit(names[1]), 0.4)
    hits = (Note(0.0, 36, 0.2, 110), Note(1.0, 38, 0.2, 110))
    sound = render_drums(hits, middle, samples_per_beat=RATE * 0.3, length=RATE, sample_rate_hz=RATE, seed=1)
    assert np.isfinite(sound).all()
    assert np.abs(sound).max() > 0.01


def test_what_makes_no_sense_is_refused() -> None:
    bass, pad = load_patch("bass", "acid"), load_patch("pads", "choir")
    with pytest.raises(ParameterError, match="one kind"):
        morph(bass, pad, 0.5)
    with pytest.raises(ParameterError, match="0 to 1"):
        morph(bass, bass, 2.0)
    with pytest.raises(ParameterError, match="spread"):
        random_patch("bass", 1, spread=3.0)
