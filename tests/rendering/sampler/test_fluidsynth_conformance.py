"""FluidR3 as FluidSynth plays it: 30 presets, soft and hard, low and high, within 1.5 dB, times within 5 ms or 10 %."""

from __future__ import annotations

import shutil
import struct
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile

from workbench.domain.score import Note
from workbench.rendering.sampler import load_instrument, render_instrument

RATE = 44100
FONTS = (
    Path("/usr/share/sounds/sf2/FluidR3_GM.sf2"),
    Path("/usr/share/sounds/sf3/FluidR3Mono_GM.sf3"),
)
PROGRAMS = (
    0, 4, 6, 11, 13, 16, 19, 21, 24, 26, 30, 32, 33, 38, 40, 42, 46, 48, 52, 56, 60, 65, 68, 71, 73, 80, 88, 95, 104,
    110,
)  # fmt: skip
STRIKES = ((36, 100), (48, 40), (60, 100), (67, 30), (72, 100), (84, 120))
GATE_MS, EVERY_MS = 600, 2600
WINDOWS = (
    (0.0, 0.05),
    (0.05, 0.1),
    (0.1, 0.2),
    (0.2, 0.4),
    (0.4, 0.6),
    (0.62, 0.7),
    (0.7, 0.8),
    (0.8, 1.0),
    (1.0, 1.3),
)
FLOOR_DB = -75.0
TOLERANCE_DB = 1.5


def midi(program: int) -> bytes:
    """The strikes one after another on one channel, 500 ticks a beat at 60 BPM times two: a tick is a millisecond."""
    events = bytes([0, 0xC0, program])
    for key, velocity in STRIKES:
        events += bytes([0, 0x90, key, velocity]) + length(GATE_MS) + bytes([0x80, key, 0])
        events += length(EVERY_MS - GATE_MS) + b"\xff\x01\x00"
    track = b"\0\xff\x51\x03" + (500_000).to_bytes(3, "big") + events + b"\0\xff\x2f\0"
    return b"MThd" + struct.pack(">IHHH", 6, 0, 1, 500) + b"MTrk" + struct.pack(">I", len(track)) + track


def length(ticks: int) -> bytes:
    parts = [ticks & 0x7F]
    while ticks := ticks >> 7:
        parts.append(ticks & 0x7F | 0x80)
    return bytes(reversed(parts))


def theirs(font: Path, program: int, folder: Path) -> np.ndarray:
    (folder / "a.mid").write_bytes(midi(program))
    dry = ["-R", "0", "-C", "0", "-g", "1", "-r", str(RATE), "-T", "wav", "-O", "float", "-F", str(folder / "a.wav")]
    command = ["fluidsynth", "-ni", *dry, str(font), str(folder / "a.mid")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return soundfile.read(folder / "a.wav", always_2d=True)[0].T


def ours(font: Path, program: int) -> np.ndarray:
    instrument = load_instrument(font, preset=f"0:{program}")
    notes = [
        Note(place * EVERY_MS / 1000, key, GATE_MS / 1000, velocity) for place, (key, velocity) in enumerate(STRIKES)
    ]
    frames = len(STRIKES) * EVERY_MS * RATE // 1000
    return render_instrument(notes, instrument, samples_per_beat=RATE, length=frames, sample_rate_hz=RATE)


def level(sound: np.ndarray, start: int, stop: int) -> float:
    return float(10 * np.log10(np.mean(np.square(sound[:, max(0, start) : stop])) + 1e-12))


def differences(sound: np.ndarray, peer: np.ndarray) -> np.ndarray:
    """Decibels beyond what 5 ms explain, by strike and window; not a number where the peer is silent."""
    shift = round(0.005 * RATE)
    found = np.full((len(STRIKES), len(WINDOWS)), np.nan)
    for strike in range(len(STRIKES)):
        at = strike * EVERY_MS * RATE // 1000
        for window, (a, b) in enumerate(WINDOWS):
            start, stop = at + round(a * RATE), at + round(b * RATE)
            around = [level(peer, start + move, stop + move) for move in (-shift, 0, shift)]
            if around[1] > FLOOR_DB:
                heard = level(sound, start, stop)
                found[strike, window] = heard - min(max(heard, min(around)), max(around))
    return found


@pytest.mark.long
def test_thirty_presets_sound_as_fluidsynth_plays_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    font = next((path for path in FONTS if path.exists()), None)
    if shutil.which("fluidsynth") is None or font is None:
        pytest.skip("no fluidsynth or no FluidR3: apt-get install fluidsynth fluidr3mono-gm-soundfont")
    plain = differences(ours(font, PROGRAMS[0]), theirs(font, PROGRAMS[0], tmp_path))
    gain = 10 ** (float(np.nanmedian(plain)) / 20)  # the synthesiser's own level, the same for all presets
    rows = []
    for program in PROGRAMS:
        found = np.abs(differences(ours(font, program), gain * theirs(font, program, tmp_path)))
        rows.append((program, float(np.nanmedian(found)), float(np.nanmax(found)), int(np.isfinite(found).sum())))
    with capsys.disabled():
        print(f"\n{font.name}: preset, median and largest difference in dB, windows")
        for program, middle, most, count in rows:
            print(f"{program:4d} {middle:6.2f} {most:6.2f} {count:4d}")
    assert [row for row in rows if row[2] > TOLERANCE_DB] == []
    assert all(row[3] >= 20 for row in rows)
