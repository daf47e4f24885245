"""SoundFonts generator by generator: what the standard and FluidSynth say, measured on signals whose truth is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.rendering.sampler.soundfonts import RATE, Font, Sample, noise, tone
from workbench.cli.main import main
from workbench.domain.errors import ParameterError
from workbench.domain.score import Note
from workbench.rendering.sampler import load_instrument, render_instrument
from workbench.rendering.sampler.loading import find_instrument

LOOPED = Sample(tone(), (4400, 39600))
NOISE = Sample(noise(2 * RATE), (1000, 80000))
PLAYED = (54, 1), (53, 0)


def play(
    folder: Path,
    zone: tuple[tuple[int, int], ...] = (),
    *,
    sample: Sample = LOOPED,
    key: int = 69,
    velocity: int = 127,
    gate: float = 1.0,
    **more: object,
) -> np.ndarray:
    path = Font([sample], [(*zone, *PLAYED)], **more).write(folder / "x.sf2")  # type: ignore[arg-type]
    note = Note(0.0, key, gate, velocity)
    return render_instrument(
        [note], load_instrument(path), samples_per_beat=RATE, length=2 * RATE, sample_rate_hz=RATE
    )  # fmt: skip


def level(sound: np.ndarray, start: float, stop: float) -> float:
    part = sound[:, round(start * RATE) : round(stop * RATE)]
    return float(10 * np.log10(np.mean(np.square(part)) + 1e-15))


def hz(sound: np.ndarray, start: float = 0.1, stop: float = 0.9) -> float:
    part = sound[0, round(start * RATE) : round(stop * RATE)]
    power = np.abs(np.fft.rfft(part * np.hanning(part.size), 1 << 19))
    return float(power.argmax() * RATE / (1 << 19))


def cents(found: float, wanted: float) -> float:
    return float(1200 * np.log2(found / wanted))


def test_attenuation_counts_four_tenths_as_the_first_sound_cards_had_it(tmp_path: Path) -> None:
    plain, quieter = play(tmp_path), play(tmp_path, ((48, 200),))
    assert level(plain, 0.1, 0.9) - level(quieter, 0.1, 0.9) == pytest.approx(8.0, abs=0.05)


@pytest.mark.parametrize(("velocity", "decibels"), [(64, -11.905), (100, -4.153), (20, -32.11)])
def test_velocity_attenuates_by_its_square(tmp_path: Path, velocity: int, decibels: float) -> None:
    difference = level(play(tmp_path, velocity=velocity), 0.1, 0.9) - level(play(tmp_path), 0.1, 0.9)
    assert difference == pytest.approx(decibels, abs=0.05)


@pytest.mark.parametrize("seconds", [0.25, 0.5, 1.0, 2.0])
def test_a_release_falls_96_db_in_its_time(tmp_path: Path, seconds: float) -> None:
    sound = play(tmp_path, ((38, round(1200 * np.log2(seconds))),), gate=0.5)
    slope = (level(sound, 0.55, 0.57) - level(sound, 0.65, 0.67)) / 0.1
    assert slope == pytest.approx(96.0 / seconds, rel=0.02)


def test_a_decay_falls_96_db_in_its_time_down_to_the_sustain(tmp_path: Path) -> None:
    sound = play(tmp_path, ((36, 0), (37, 200)), gate=1.5)
    assert (level(sound, 0.05, 0.07) - level(sound, 0.1, 0.12)) / 0.05 == pytest.approx(96.0, rel=0.02)
    assert level(sound, 0.5, 1.0) - level(play(tmp_path), 0.1, 0.9) == pytest.approx(-19.2, abs=0.1)


def test_delay_attack_and_hold_take_their_times(tmp_path: Path) -> None:
    sound = play(tmp_path, ((33, -2400), (34, -2400), (35, -1200), (36, -1200), (37, 1000)), gate=1.9)
    heard = np.flatnonzero(np.abs(sound[0]) > 1e-3)[0] / RATE
    assert heard == pytest.approx(0.25, abs=0.005)
    assert level(sound, 0.37, 0.38) - level(sound, 0.6, 0.9) == pytest.approx(-6.0, abs=0.5)
    assert level(sound, 0.9, 0.99) - level(sound, 0.6, 0.7) == pytest.approx(0.0, abs=0.1)
    assert level(sound, 1.1, 1.12) < level(sound, 0.9, 0.99) - 10


@pytest.mark.parametrize(("key", "factor"), [(60, 1.0), (48, 2.0), (72, 0.5)])
def test_decay_and_hold_follow_keys(tmp_path: Path, key: int, factor: float) -> None:
    sound = play(tmp_path, ((36, 0), (37, 1000), (40, 100), (56, 0)), key=key)
    slope = (level(sound, 0.05, 0.07) - level(sound, 0.15, 0.17)) / 0.1
    assert slope == pytest.approx(96.0 / factor, rel=0.03)
    held = play(tmp_path, ((35, -2400), (36, -1200), (37, 1000), (39, 100), (56, 0)), key=key)
    falls = np.flatnonzero(np.abs(held[0, : round(1.2 * RATE)]) > 0.45)[-1] / RATE
    assert falls == pytest.approx(0.25 * factor, abs=0.012)


def test_offsets_move_start_end_and_loop(tmp_path: Path) -> None:
    late = Sample(np.concatenate([np.zeros(40000), tone(frames=40000)]), (50000, 70000))
    assert level(play(tmp_path, ((0, 7232), (4, 1)), sample=late), 0.0, 0.02) > -20
    unlooped = Font([late], [((0, 7232), (4, 1), (1, -30000), (53, 0))]).write(tmp_path / "y.sf2")
    zone = load_instrument(unlooped).zones[0]
    assert (zone.offset, zone.end, zone.loop) == (40000, 50000, None)
    moved = Font([late], [((2, -3000), (3, 4000), (45, 1), (50, -1), *PLAYED)]).write(tmp_path / "z.sf2")
    assert load_instrument(moved).zones[0].loop is None, "a loop that ends before it begins is none"
    moved = Font([late], [((2, 5000), (3, 1000), (45, -1), *PLAYED)]).write(tmp_path / "z.sf2")
    assert load_instrument(moved).zones[0].loop == (22232, 71000)


def test_a_loop_ends_before_its_end_frame(tmp_path: Path) -> None:
    """A loop of 100 frames at 44.1 kHz is 441 Hz; one frame more or less would be 17 cents."""
    assert cents(hz(play(tmp_path, sample=Sample(tone(frames=2000), (1000, 1100)))), 441.0) == pytest.approx(0, abs=1)


def test_a_loop_until_release_goes_on_to_the_end_of_the_sample(tmp_path: Path) -> None:
    sample = Sample(np.concatenate([tone(frames=8820), tone(882.0, 22050)]), (4410, 8820))
    path = Font([sample], [((38, 1200), (54, 3), (53, 0))]).write(tmp_path / "x.sf2")
    note = Note(0.0, 69, 0.6, 127)
    sound = render_instrument(
        [note], load_instrument(path), samples_per_beat=RATE, length=2 * RATE, sample_rate_hz=RATE
    )
    assert hz(sound, 0.1, 0.55) == pytest.approx(441.0, abs=1)
    assert hz(sound, 0.75, 1.0) == pytest.approx(882.0, abs=2)


def test_tuning_adds_up(tmp_path: Path) -> None:
    sound = play(tmp_path, ((51, 3), (52, 20), (58, 70)), added=((51, 1), (52, -50)))
    assert cents(hz(sound), 441.0) == pytest.approx(400 - 30 - 100, abs=1)
    assert cents(hz(play(tmp_path, ((56, 50),), key=81)), 441.0) == pytest.approx(600, abs=1)


def test_a_fixed_key_and_velocity_hold_for_all_notes(tmp_path: Path) -> None:
    for key, velocity in ((50, 20), (69, 64), (90, 127)):
        sound = play(tmp_path, ((46, 72), (47, 64)), key=key, velocity=velocity)
        assert cents(hz(sound), 441.0) == pytest.approx(300, abs=1)
        assert level(sound, 0.1, 0.9) - level(play(tmp_path), 0.1, 0.9) == pytest.approx(-11.9, abs=0.1)


def band(sound: np.ndarray, low: float, high: float) -> float:
    part = sound[0, RATE // 5 : RATE // 5 + 32768]
    power = np.abs(np.fft.rfft(part * np.hanning(part.size))) ** 2
    place = np.fft.rfftfreq(part.size, 1 / RATE)
    return float(10 * np.log10(power[(place > low) & (place < high)].mean()))


def test_cutoff_and_resonance_shape_the_spectrum(tmp_path: Path) -> None:
    """1000 Hz (8324 cents): 3 dB less at the cutoff without resonance; half of the resonance comes off the level."""
    plain = play(tmp_path, sample=NOISE)
    for quality, at_cutoff, below in ((0, -3.0, 0.0), (120, 3.0, -6.0)):
        shaped = play(tmp_path, ((8, 8324), (9, quality)), sample=NOISE)
        assert band(shaped, 970, 1030) - band(plain, 970, 1030) == pytest.approx(at_cutoff, abs=0.5)
        assert band(shaped, 60, 140) - band(plain, 60, 140) == pytest.approx(below, abs=0.5)


def test_the_modulation_envelope_opens_the_filter_and_bends_the_pitch(tmp_path: Path) -> None:
    opened = play(tmp_path, ((8, 5924), (11, 2400), (29, 0)), sample=NOISE)
    same = play(tmp_path, ((8, 8324),), sample=NOISE)
    assert band(opened, 970, 1030) == pytest.approx(band(same, 970, 1030), abs=0.5)
    assert cents(hz(play(tmp_path, ((7, 700),))), 441.0) == pytest.approx(700, abs=2)
    half = play(tmp_path, ((7, 700), (28, -3600), (29, 500)))
    assert cents(hz(half, 0.4, 0.9), 441.0) == pytest.approx(350, abs=2)


def test_both_oscillators_move(tmp_path: Path) -> None:
    slow = -1200 * 3  # 8.176 Hz / 8 = 1.022 Hz
    trembling = play(tmp_path, ((13, 60), (22, slow)), gate=1.9)
    loud, soft = level(trembling, 0.22, 0.27), level(trembling, 0.71, 0.76)
    assert loud - soft == pytest.approx(12.0, abs=1.0)
    for depth, frequency in ((5, 22), (6, 24)):
        bent = play(tmp_path, ((depth, 200), (frequency, slow - 2400)), gate=1.9)
        assert cents(hz(bent, 0.9, 1.05), 441.0) == pytest.approx(200, abs=10)
    still = play(tmp_path, ((6, 200), (24, slow - 2400), (23, 1200)), gate=1.9)
    assert cents(hz(still), 441.0) == pytest.approx(0, abs=1), "it waits for two seconds"


def test_modulators_of_the_file_replace_and_add(tmp_path: Path) -> None:
    no_velocity = (0x0502, 48, 0, 0, 0)
    flat = play(tmp_path, velocity=30, modulators=(no_velocity,))
    assert level(flat, 0.1, 0.9) == pytest.approx(level(play(tmp_path), 0.1, 0.9), abs=0.05)
    by_key = (0x0003, 52, 127, 0, 0)  # key, linear from 0 to 1, adds up to 127 cents of tuning
    assert cents(hz(play(tmp_path, modulators=(by_key,))), 441.0) == pytest.approx(69, abs=1)
    by_velocity = (0x0102, 8, -2400, 0, 0)  # the softer, the darker
    dark = play(tmp_path, ((8, 10724),), sample=NOISE, velocity=1, modulators=(by_velocity, no_velocity))
    bright = play(tmp_path, ((8, 10724),), sample=NOISE, velocity=127, modulators=(by_velocity, no_velocity))
    assert band(bright, 3900, 4100) - band(dark, 3900, 4100) > 12


def test_presets_of_one_name_and_with_a_slash_are_reached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    presets = (("Piano", 0, 0), ("Piano", 8, 0), ("Lead/Pad", 0, 5), ("1:2", 0, 6))
    monkeypatch.setenv("BEATSFOUNDRY_HOME", str(tmp_path))
    (tmp_path / "samples").mkdir()
    path = Font([LOOPED], [PLAYED], presets).write(tmp_path / "samples" / "my.sf2")
    known = {"Piano": "Piano", "8:0": "Piano", "Lead/Pad": "Lead/Pad", "1:2": "1:2", "0:5": "Lead/Pad"}
    for wanted, found in known.items():
        assert load_instrument(path, preset=wanted).name == f"my: {found}"
        assert find_instrument(f"my/{wanted}").name == f"my: {found}"
        assert find_instrument(f"my.sf2/{wanted}").name == f"my: {found}"
    with pytest.raises(ParameterError, match=r"preset '0:9' is not known.*0:0 Piano, 0:5 Lead/Pad"):
        load_instrument(path, preset="0:9")


def test_samples_in_rom_are_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    zones = [((43, 0 | 63 << 8), (53, 0)), ((43, 64 | 127 << 8), (53, 1))]
    path = Font([LOOPED, Sample(np.zeros(0), kind=0x8001)], zones).write(tmp_path / "mixed.sf2")
    assert [(zone.low_key, zone.high_key) for zone in load_instrument(path).zones] == [(0, 63)]
    assert main(["samples", str(path)]) == 0
    assert "not played: 1 zone: their sound lies in the ROM of a sound card (1 sample)" in capsys.readouterr().out
    alone = Font([Sample(np.zeros(0), kind=0x8001)], [PLAYED]).write(tmp_path / "rom.sf2")
    with pytest.raises(ParameterError, match=r"holds no samples: 1 zone: .* ROM"):
        load_instrument(alone)


def test_a_stereo_pair_keeps_its_sides(tmp_path: Path) -> None:
    pair = [Sample(tone(441.0), kind=4), Sample(tone(662.0), kind=2)]
    path = Font(pair, [((17, -500), (53, 0)), ((17, 500), (53, 1))]).write(tmp_path / "x.sf2")
    sound = render_instrument(
        [Note(0.0, 69, 1.0, 127)], load_instrument(path), samples_per_beat=RATE, length=RATE, sample_rate_hz=RATE
    )
    assert hz(sound) == pytest.approx(441, abs=1)
    assert hz(sound[::-1]) == pytest.approx(662, abs=1)


def test_an_exclusive_class_silences_what_sounds(tmp_path: Path) -> None:
    hats = [Sample(tone(4000.0)), Sample(tone(5000.0, 4410))]
    zones = [((43, 46 | 46 << 8), (57, 1), (58, 46), (53, 0)), ((43, 42 | 42 << 8), (57, 1), (58, 42), (53, 1))]
    instrument = load_instrument(Font(hats, zones).write(tmp_path / "x.sf2"))
    notes = [Note(0.0, 46, 1.0, 127), Note(0.1, 42, 0.2, 1)]
    sound = render_instrument(notes, instrument, samples_per_beat=RATE, length=RATE, sample_rate_hz=RATE)
    assert level(sound, 0.02, 0.1) > -20
    assert level(sound, 0.15, 0.3) < -60
