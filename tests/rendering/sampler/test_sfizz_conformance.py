"""SFZ as sfizz plays it: 160 regions beside what sfizz 1.2 (pysfizz 0.1.3) made of them, within 0.5 dB, 3 cents, 5 ms.

The levels of sfizz lie in `sfizz_golden.json`; `make test-long` reads them anew where pysfizz is installed, prints the
table, and `REFRESH_SFIZZ=1` writes them.
"""

from __future__ import annotations

import importlib.util
import json
import math
import os
from pathlib import Path

import numpy as np
import pytest

from tests.rendering.sampler.sfizz_cases import BANDS_HZ, CASES, RATE, SECONDS, Case, write_samples
from workbench.domain.errors import ParameterError
from workbench.domain.score import Note
from workbench.rendering.sampler import load_instrument, render_instrument

GOLDEN = Path(__file__).with_name("sfizz_golden.json")
TOLERANCE_DB = 0.5
TOLERANCE_CENTS = 3.0
TOLERANCE_SAMPLES = round(0.005 * RATE)
FLOOR_DB = -60.0
FRAMES = round(SECONDS * RATE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("sfizz")
    write_samples(made)
    return made


def ours(case: Case, folder: Path) -> np.ndarray:
    (folder / "case.sfz").write_text(case.text)
    try:
        instrument = load_instrument(folder / "case.sfz")
    except ParameterError:  # a file of which no note plays any region
        return np.zeros((2, FRAMES))
    note = Note(0.0, case.key, case.gate, case.velocity)
    return render_instrument([note], instrument, samples_per_beat=RATE, length=FRAMES, sample_rate_hz=RATE)


def theirs(case: Case, folder: Path) -> np.ndarray:
    import pysfizz

    (folder / "case.sfz").write_text(case.text)
    synth, block = pysfizz.Synth(RATE, 64), 64
    if not synth.load_sfz_file(folder / "case.sfz", quiet=False):
        return np.zeros((2, FRAMES))
    synth._synth.note_on(0, case.key, case.velocity)
    blocks = []
    for index in range(-(-FRAMES // block)):
        if index == round(case.gate * RATE) // block:
            synth._synth.note_off(0, case.key, 0)
        blocks.append(np.array(synth._synth.render_block()))
    return np.concatenate(blocks, axis=1)[:, :FRAMES]


def decibels(sound: np.ndarray) -> list[float]:
    return [max(FLOOR_DB, 10 * math.log10(float(np.mean(np.square(side))) + 1e-12)) for side in sound]


def spectrum(sound: np.ndarray) -> list[float]:
    power = np.abs(np.fft.rfft(sound[0, 9600:48000] * np.hanning(38400))) ** 2
    hz = np.fft.rfftfreq(38400, 1 / RATE)
    return [float(10 * np.log10(power[(hz > band / 1.12) & (hz < band * 1.12)].sum() + 1.0)) for band in BANDS_HZ]


def pitch(sound: np.ndarray) -> float:
    """Frequency of the strongest partial by the turn of its phase from one half of the window to the other."""
    half = sound.size // 2
    first, second = (np.fft.rfft(part * np.hanning(half)) for part in (sound[:half], sound[half : 2 * half]))
    k = int(np.abs(first).argmax())
    if np.abs(first[k]) < 1e-3 * half:
        return 0.0
    turned = np.angle(second[k] / first[k]) / (2 * np.pi)
    return float((round(k - turned) + turned) * RATE / half)


def measured(sound: np.ndarray, case: Case, shift: int = 0) -> list[float]:
    """Levels of both sides in each window, or the spectrum of noise."""
    if case.sample == "noise.wav":
        return spectrum(sound)
    spans = ((round(a * RATE) + shift, round(b * RATE) + shift) for a, b in case.windows)
    return [level for a, b in spans for level in decibels(sound[:, max(0, a) : b])]


def profile(sound: np.ndarray, case: Case) -> dict[str, list[float] | float]:
    """The least and the most that may be measured, times off by 5 ms included, and the pitch where a window is long."""
    shifted = [measured(sound, case, shift) for shift in (-TOLERANCE_SAMPLES, 0, TOLERANCE_SAMPLES)]
    start, stop = (round(second * RATE) for second in case.windows[0])
    long = stop - start > 0.2 * RATE and case.sample != "noise.wav"
    return {
        "low": [round(min(each), 2) for each in zip(*shifted, strict=True)],
        "high": [round(max(each), 2) for each in zip(*shifted, strict=True)],
        "hz": round(pitch(sound[0, start:stop]), 3) if long else 0.0,
    }


def off_by(case: Case, sound: np.ndarray, wanted: dict) -> tuple[float, float]:
    """Decibels beyond what 5 ms explain, and cents, between a sound and a profile."""
    heard = measured(sound, case)
    levels = [
        max(low - value, value - high, 0.0)
        for value, low, high in zip(heard, wanted["low"], wanted["high"], strict=True)
    ]
    own = profile(sound, case)["hz"]
    cents = abs(1200 * math.log2(own / wanted["hz"])) if own and wanted["hz"] else 0.0
    return max(levels), cents


def name_of(case: Case) -> str:
    return f"{case.opcodes or 'plain'} | key {case.key}, velocity {case.velocity}, {case.sample}".replace("\n", " ")


def test_the_tone_is_measured_as_it_is() -> None:
    time = np.arange(RATE) / RATE
    sound = np.stack([0.5 * np.sin(2 * np.pi * 481.3 * time)] * 2)
    case = Case("", windows=((0.2, 0.6),))
    assert profile(sound, case)["hz"] == pytest.approx(481.3, rel=1e-4)
    assert measured(sound, case)[0] == pytest.approx(-9.03, abs=0.01)


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_regions_sound_as_sfizz_plays_them(case: Case, folder: Path) -> None:
    wanted = json.loads(GOLDEN.read_text())[name_of(case)]
    decibels_off, cents_off = off_by(case, ours(case, folder), wanted)
    assert decibels_off <= TOLERANCE_DB
    assert cents_off <= TOLERANCE_CENTS


def _level_of(synth, folder: Path) -> float:
    """What controllers 7 and 10 at rest take away in sfizz, measured on a region without opcodes."""
    return measured(synth(Case("volume=0"), folder), Case(""))[0]


@pytest.mark.long
def test_the_table_of_sfizz_is_what_sfizz_plays_today(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if importlib.util.find_spec("pysfizz") is None:
        pytest.skip("pysfizz is not installed: pip install pysfizz compares with sfizz itself")
    scale = 10 ** ((_level_of(ours, folder) - _level_of(theirs, folder)) / 20)
    heard = {name_of(case): profile(scale * theirs(case, folder), case) for case in CASES}
    if os.environ.get("REFRESH_SFIZZ"):
        GOLDEN.write_text(json.dumps(heard, indent=0))
    rows = [(name_of(case), *off_by(case, ours(case, folder), heard[name_of(case)])) for case in CASES]
    with capsys.disabled():
        print(f"\n{'region':<110} {'dB':>5} {'cents':>6}")
        for name, level, cents in rows:
            print(f"{name:<110.110} {level:5.2f} {cents:6.2f}")
    assert [row for row in rows if row[1] > TOLERANCE_DB or row[2] > TOLERANCE_CENTS] == []
