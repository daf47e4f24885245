"""Sounds side by side: equally loud and in step."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile

from workbench import widgets
from workbench.analysis.loudness import integrated_loudness
from workbench.domain.audio import Audio
from workbench.rendering import list_kits, list_patches, load_kit, load_patch

RATE = 44100


def tone(hz: float, level: float, seconds: float = 3.0) -> Audio:
    wave = level * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE)
    return Audio(np.stack([wave, wave]).astype(np.float32), RATE)


def heard(switcher: widgets.SoundSwitcher) -> list[Audio]:
    return [Audio(*_read(data)) for data in switcher.sounds.values()]


def _read(data: bytes) -> tuple[np.ndarray, int]:
    samples, rate = soundfile.read(io.BytesIO(data), dtype="float32", always_2d=True)
    return np.ascontiguousarray(samples.T), rate


def test_sounds_are_equally_loud_and_equally_long() -> None:
    switcher = widgets.SoundSwitcher({"soft": tone(440, 0.02), "loud": tone(440, 0.5, 4.0)})
    assert list(switcher.sounds) == ["soft", "loud"]
    soft, loud = heard(switcher)
    assert soft.samples.shape == loud.samples.shape
    # Vorbis is lossy: a tenth of a decibel is its error.
    assert integrated_loudness(loud) == pytest.approx(integrated_loudness(soft), abs=0.1)


def test_spectra_beside_the_first_differ_from_spectra() -> None:
    sounds = {"first": tone(440, 0.1), "second": tone(880, 0.1)}
    own, steps = (widgets.spectra_picture(sounds, beside_first=beside).data for beside in (False, True))
    assert own.startswith(b"\x89PNG")
    assert own != steps


@pytest.mark.parametrize("element", ["bass", "pads", "leads"])
def test_a_patch_and_a_kit_are_heard(element: str) -> None:
    sound = widgets.patch_sound(load_patch(element, list_patches(element)[0]))
    beat = widgets.kit_sound(load_kit(list_kits()[0]))
    for audio in (sound, beat):
        assert audio.duration_seconds == 3.0
        assert np.abs(audio.samples).max() > 0.01


def test_every_sound_is_listed() -> None:
    html = widgets.sounds_table().html
    names = [name for element in ("bass", "pads", "leads") for name in list_patches(element)]
    assert all(f"<td>{name}</td>" in html for name in [*names, *list_kits()])
    assert html.count("<details>") == 4
