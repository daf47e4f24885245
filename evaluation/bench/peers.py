"""Other programs on the same material, where they are installed. None is needed, and none is part of the workbench.

Programs of Python run in a process of their own and time themselves, so that their imports do not count.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from evaluation.bench.measure import Run

SOUNDFONT_VARIABLE = "BEATSFOUNDRY_SOUNDFONT"
PYTHON_VARIABLE = "BEATSFOUNDRY_PEERS"
"""A Python that has pedalboard and matchering, where this one has not."""
_SOUNDFONTS = (
    "/usr/share/sounds/sf2/default-GM.sf2",
    "/usr/share/sounds/sf2/FluidR3_GM.sf2",
    "/usr/share/sounds/sf3/default-GM.sf3",
)
_LONGEST_SECONDS = 1800

_MATCHERING = """
import sys, time, matchering
mix, reference, out = sys.argv[1:]
begun = time.perf_counter()
matchering.process(target=mix, reference=reference, results=[matchering.pcm24(out)])
print(time.perf_counter() - begun)
"""
_PEDALBOARD = """
import sys, time
import numpy as np
from pedalboard import (Compressor, Delay, Distortion, Gain, HighpassFilter, Limiter, LowShelfFilter, Mix, Pedalboard,
                        PeakFilter, Reverb)
from pedalboard.io import AudioFile
stems = []
for name in sys.argv[1:]:
    with AudioFile(name) as file:
        stems.append(file.read(file.frames))
        rate = file.samplerate
begun = time.perf_counter()
total = 0
for stem in stems:
    dry = Pedalboard([HighpassFilter(30), PeakFilter(300, -2), PeakFilter(3000, 1), LowShelfFilter(100, 1),
                      Compressor(-24, 2.5, 10, 120), Distortion(3)])
    wet = Pedalboard([Delay(0.3, 0.3, 1.0), Reverb(room_size=0.5, wet_level=1.0, dry_level=0.0), Gain(-14)])
    played = dry(stem, rate)
    total = total + played + wet(played, rate)
Pedalboard([Compressor(-18, 1.5, 30, 200), Limiter(-6)])(total, rate)
print(time.perf_counter() - begun)
"""


@dataclass(frozen=True, slots=True)
class Peer:
    """A peer's seconds beside ours for the same work, or why it was left out."""

    name: str
    work: str
    seconds: float | None
    ours_seconds: float
    skipped: str = ""


def measure_peers(folder: Path, ours: Run) -> list[Peer]:
    """Run every peer on the song that `measure(..., keep=folder)` left; `ours` is what it took us."""
    work: list[tuple[str, str, tuple[str, ...], Callable[[Path], float | str]]] = [
        ("FluidSynth", "render the MIDI file", ("render",), fluidsynth),
        ("pedalboard", "a chain of effects on each stem, sum and limiter", ("mix",), pedalboard),
        ("matchering", "master the mix", ("master",), matchering),
        ("ffmpeg loudnorm", "master the mix", ("master",), loudnorm),
    ]
    found = []
    for name, description, stages, run in work:
        seconds = sum(ours.seconds[stage] for stage in stages)
        answer = run(folder)
        skipped = answer if isinstance(answer, str) else ""
        found.append(Peer(name, description, None if isinstance(answer, str) else answer, seconds, skipped))
    return found


def fluidsynth(folder: Path) -> float | str:
    """Seconds in which FluidSynth renders the song's MIDI file, or why it cannot."""
    fonts = [os.environ.get(SOUNDFONT_VARIABLE, ""), *_SOUNDFONTS]
    font = next((name for name in fonts if name and Path(name).is_file()), None)
    if font is None:
        return f"no SoundFont: name one in {SOUNDFONT_VARIABLE}"
    out, midi = folder / "fluidsynth.wav", folder / "bundle" / "midi" / "song.mid"
    return _program("fluidsynth", ["-ni", "-q", "-r", "48000", "-F", str(out), font, str(midi)])


def loudnorm(folder: Path) -> float | str:
    """Seconds in which ffmpeg brings the mix to its loudness, measuring included, or why it cannot."""
    loudness = "loudnorm=I=-14:TP=-1:LRA=11"
    words = ["-nostdin", "-v", "error", "-i", str(folder / "mix.wav"), "-af", loudness, "-f", "null", "-"]
    first = _program("ffmpeg", words)
    second = _program("ffmpeg", words) if isinstance(first, float) else first
    return first + second if isinstance(first, float) and isinstance(second, float) else second


def matchering(folder: Path) -> float | str:
    """Seconds in which matchering masters the mix to our master, or why it cannot."""
    names = [folder / "mix.wav", folder / "bundle" / "master.wav", folder / "matchering.wav"]
    return _module("matchering", _MATCHERING, [str(name) for name in names])


def pedalboard(folder: Path) -> float | str:
    """Seconds in which pedalboard runs effects over the stems, or why it cannot."""
    return _module(
        "pedalboard", _PEDALBOARD, [str(path) for path in sorted((folder / "bundle" / "stems").glob("*.wav"))]
    )


def _program(name: str, words: Sequence[str]) -> float | str:
    if shutil.which(name) is None:
        return f"{name} is not installed"
    begun = time.perf_counter()
    done = _ran([name, *words])
    return time.perf_counter() - begun if done.returncode == 0 else f"{name} failed: {_last(done.stderr)}"


def _module(name: str, code: str, words: Sequence[str]) -> float | str:
    python = os.environ.get(PYTHON_VARIABLE) or sys.executable
    if _ran([python, "-c", f"import {name}"]).returncode != 0:
        return f"{name} is not installed"
    done = _ran([python, "-c", code, *words])
    return float(_last(done.stdout)) if done.returncode == 0 else f"{name} failed: {_last(done.stderr)}"


def _ran(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=_LONGEST_SECONDS)


def _last(text: str) -> str:
    return (text.strip() or "nothing was said").splitlines()[-1]
