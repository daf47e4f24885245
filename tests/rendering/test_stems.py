"""Score to stems: lengths, levels, silence, repeatability."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from workbench.domain.errors import ParameterError
from workbench.domain.plan import Plan
from workbench.domain.score import Note, Score
from workbench.rendering import list_kits, list_patches, render

Make = Callable[..., Score]
MakePlan = Callable[..., Plan]

CHORDS = ((60, 63, 67, 70), (56, 60, 63, 67))
STABS = {"house-piano", "house-organ", "clav", "dub-stab"}
PATCHES = {"percussion": "house909", "bass": "warm-saw", "pads": "analogue-strings", "leads": "mono-saw"}


def phrase(element: str, name: str = "") -> list[Note]:
    """Two bars as they might be played."""
    if element == "percussion":
        beats = [Note(k, 36, 0.1, 110) for k in (0.0, 2.0, 2.5, 4.0, 6.0)] + [
            Note(s, 38, 0.1, 112) for s in (1, 3, 5, 7)
        ]
        return beats + [Note(0.5 * i, 42, 0.1, 95 - 30 * (i % 2)) for i in range(16)]
    if element == "bass":
        return [Note(0.5 * i, 36 - 4 * (i // 8), 0.48, 96) for i in range(16)]
    if element == "pads":
        places = [(0.0, 0), (1.5, 0), (3.0, 0), (4.0, 1), (5.5, 1), (7.0, 1)] if name in STABS else [(0.0, 0), (4.0, 1)]
        length = 0.5 if name in STABS else 3.9
        return [Note(beat, pitch, length, 84) for beat, chord in places for pitch in CHORDS[chord]]
    return [Note(b, p, d, 92) for b, p, d in ((0, 72, 0.9), (1, 75, 0.5), (2, 79, 1.4), (4, 77, 0.7), (5, 72, 1.9))]


def playing_rms_db(sound: np.ndarray, rate: int) -> float:
    """Level over the tenths of a second within 40 dB of the loudest."""
    step = rate // 10
    power = (sound[:, : sound.shape[1] // step * step].reshape(2, -1, step) ** 2).mean(axis=(0, 2))
    return float(10.0 * np.log10(power[power > power.max() * 1e-4].mean()))


def test_stems_share_one_length_and_end_in_silence(make_score: Make, make_plan: MakePlan) -> None:
    score = make_score({name: phrase(name) for name in PATCHES}, bars=2)
    stems = render(score, make_plan(PATCHES, bars=2))
    assert list(stems) == list(PATCHES)
    lengths = {stem.samples.shape for stem in stems.values()}
    assert len(lengths) == 1
    seconds = next(iter(stems.values())).duration_seconds
    assert score.duration_seconds + 1.0 <= seconds <= score.duration_seconds + 6.0
    for stem in stems.values():
        assert stem.sample_rate_hz == 48000
        assert np.isfinite(stem.samples).all()
        assert np.abs(stem.samples[:, -2400:]).max() == 0.0
        assert np.abs(stem.samples.mean(axis=1)).max() < 1e-5
        assert np.abs(stem.samples[:, 0]).max() < 1e-3


def test_a_sound_that_never_ends_is_faded_within_six_seconds(make_score: Make, make_plan: MakePlan) -> None:
    notes = [Note(0.0, 57, 3.9, 100), Note(3.0, 60, 40.0, 100)]
    stem = render(make_score({"pads": notes}), make_plan({"pads": "dark-drone"}))["pads"]
    assert stem.duration_seconds == pytest.approx(2.0 + 6.0, abs=0.01)
    blocks = np.abs(stem.samples[:, -round(1.8 * 48000) :]).max(axis=0).reshape(9, -1).max(axis=1)
    assert (np.diff(blocks) <= 1e-6).sum() >= 7
    assert blocks[-1] < 0.1 * blocks[0]


@pytest.mark.parametrize("element", list(PATCHES))
def test_every_sound_plays_at_about_minus_20_dbfs(element: str, make_score: Make, make_plan: MakePlan) -> None:
    names = list_kits() if element == "percussion" else list_patches(element)
    for name in names:
        score = make_score({element: phrase(element, name)}, bars=2)
        stem = render(score, make_plan({element: name}, bars=2))[element]
        assert playing_rms_db(stem.samples, 48000) == pytest.approx(-20.0, abs=4.0), name


def test_the_same_plan_gives_the_same_bytes_whatever_renders_beside(make_score: Make, make_plan: MakePlan) -> None:
    score = make_score({name: phrase(name) for name in PATCHES}, bars=2)
    first, second = (render(score, make_plan(PATCHES, bars=2)) for _ in range(2))
    alone = render(make_score({"bass": phrase("bass")}, bars=2), make_plan({"bass": "warm-saw"}, bars=2))["bass"]
    for name in PATCHES:
        np.testing.assert_array_equal(first[name].samples, second[name].samples)
    song = round(score.duration_seconds * 48000)
    np.testing.assert_array_equal(first["bass"].samples[:, :song], alone.samples[:, :song])
    other = render(score, make_plan(PATCHES, bars=2, seed=2))
    assert all(not np.array_equal(first[name].samples, other[name].samples) for name in PATCHES)


def test_notes_lie_at_the_same_time_at_every_sample_rate(make_score: Make, make_plan: MakePlan) -> None:
    score = make_score({"percussion": [Note(1.0, 36, 0.1, 120)]}, tempo_bpm=97.0)
    for rate in (44100, 48000, 96000):
        plan = make_plan({"percussion": "trap"}, sample_rate_hz=rate, tempo_bpm=97.0)
        stem = render(score, plan)["percussion"]
        assert stem.sample_rate_hz == rate
        first = np.flatnonzero(np.abs(stem.samples[0]) > 1e-3)[0] / rate
        assert first == pytest.approx(60.0 / 97.0, abs=0.001)


def test_a_preview_keeps_the_notes(make_score: Make, make_plan: MakePlan) -> None:
    score = make_score({"leads": phrase("leads")}, bars=2)
    full, light = (
        render(score, make_plan({"leads": "supersaw"}, bars=2, preview=p))["leads"].samples for p in (False, True)
    )
    assert full.shape == light.shape
    assert not np.array_equal(full, light)
    sounding = [
        np.abs(x).max(axis=0).reshape(-1, 1600).max(axis=1) > 0.01 for x in (full[:, :192000], light[:, :192000])
    ]
    assert np.mean(sounding[0] == sounding[1]) > 0.95


def test_an_empty_part_is_silence(make_score: Make, make_plan: MakePlan) -> None:
    stem = render(make_score({"leads": []}), make_plan({"leads": "flute"}))["leads"]
    assert stem.duration_seconds == pytest.approx(3.0, abs=0.01)
    assert np.abs(stem.samples).max() < 1e-6


def test_progress_rises_to_one(make_score: Make, make_plan: MakePlan) -> None:
    seen: list[float] = []
    score = make_score({name: phrase(name) for name in ("percussion", "bass")}, bars=2)
    render(score, make_plan(PATCHES, bars=2), progress=lambda fraction, message: seen.append(fraction))
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    assert len(seen) > 5


def test_unknown_sounds_are_named_before_anything_is_rendered(make_score: Make, make_plan: MakePlan) -> None:
    with pytest.raises(ParameterError, match="bass patch 'moog' is not known: expected one of acid"):
        render(make_score({"bass": phrase("bass")}), make_plan({"bass": "moog"}))
    with pytest.raises(ParameterError, match="kit '606' is not known"):
        render(make_score({"percussion": phrase("percussion")}), make_plan({"percussion": "606"}))
    with pytest.raises(ParameterError, match="element 'harp' has no patch"):
        render(make_score({"harp": phrase("leads")}), make_plan({}))


def test_an_instrument_of_samples_plays_in_place_of_a_patch(
    make_score: Make, make_plan: MakePlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEATSFOUNDRY_HOME", str(tmp_path))
    folder = tmp_path / "samples" / "sine"
    folder.mkdir(parents=True)
    wave = 0.3 * np.sin(2 * np.pi * 440.0 * np.arange(44100) / 44100)
    soundfile.write(folder / "sine_a4.wav", wave, 44100)
    stem = render(make_score({"leads": phrase("leads")}, bars=2), make_plan({"leads": "samples:sine"}, bars=2))["leads"]
    assert playing_rms_db(stem.samples, 48000) == pytest.approx(-20.0, abs=2.0)
    with pytest.raises(ParameterError, match=r"samples 'organ' are not there: .* holds sine"):
        render(make_score({"leads": phrase("leads")}), make_plan({"leads": "samples:organ"}))
