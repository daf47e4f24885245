"""One song made in a fresh process, and what it took."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.domain.errors import WorkbenchError

LENGTHS = {"30 s": 30, "4 min": 240, "15 min": 900}
"""Songs that are made, in seconds of music."""
CURRENT = Path(__file__).resolve().parents[2]
_CHILD = Path(__file__).with_name("child.py")
LONGEST_SECONDS = 7200


@dataclass(frozen=True, slots=True)
class Run:
    """What one song took: wall seconds by stage and in all, processor seconds, and the peak of memory until then."""

    seconds: Mapping[str, float]
    wall_seconds: float
    cpu_seconds: float
    song_seconds: float
    notes: int
    peak_mb: float

    @property
    def real_time_factor(self) -> float:
        """Seconds of music a second."""
        return self.song_seconds / self.wall_seconds

    @property
    def notes_per_second(self) -> float:
        """Notes written a second of composing."""
        return self.notes / max(self.seconds.get("compose", 0.0), 1e-9)


@dataclass(frozen=True, slots=True)
class Measured:
    """A fresh process: how long until it could begin, the first song (cold), and the same again (warm)."""

    start_seconds: float
    cold: Run
    warm: Run | None

    @property
    def cold_seconds(self) -> float:
        """Wall seconds from the start of the process to the written bundle."""
        return self.start_seconds + self.cold.wall_seconds


def bench_request(seconds: int, *, iterations: int = 1) -> dict[str, Any]:
    """The request that is made: four elements, every file, one seed."""
    return {
        "project_id": f"bench-{seconds}",
        "parameters": {
            "creative": {"concept": "late-night drive through neon rain"},
            "technical": {"tempo": 104, "key": "F minor", "duration": seconds},
            "sound_design": {"palette": ["bass", "percussion", "pads", "leads"]},
        },
        "options": {"seed": 7, "iterations": iterations},
    }


def measure(
    seconds: int, *, root: Path = CURRENT, warm: bool = True, keep: Path | None = None, iterations: int = 1
) -> Measured:
    """Make a song of `seconds` with the workbench that lies in `root`.

    Parameters
    ----------
    seconds : int
        Length of the music.
    root : Path
        A checkout.
    warm : bool
        Whether the song is made a second time in the same process.
    keep : Path, optional
        Folder in which the bundle and its mix (`mix.wav`) are left.
    iterations : int
        Candidates of the song.

    Raises
    ------
    WorkbenchError
        If the process fails; with the last line that it wrote.
    """
    request = bench_request(seconds, iterations=iterations)
    order = {"request": request, "turns": 2 if warm else 1, "keep": keep and str(keep)}
    done = subprocess.run(
        [sys.executable, str(_CHILD), json.dumps(order)],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
    )
    if done.returncode != 0:
        raise failed(f"the song of {seconds} s could not be made in {root}", done.stderr)
    return parse_measured(done.stdout.splitlines()[-1])


def make_ready(root: Path) -> None:
    """Make a short song with the workbench that lies in `root`, so that its kernels are compiled as set-up does it.

    Raises
    ------
    WorkbenchError
        As `measure`.
    """
    measure(LENGTHS["30 s"], root=root, warm=False)


def failed(what: str, stderr: str) -> WorkbenchError:
    """The error of a process that failed: what it should have done, and the last line of what it said."""
    return WorkbenchError(f"bench: {what}: {(stderr.strip() or 'nothing was said').splitlines()[-1]}")


def parse_measured(line: str) -> Measured:
    """What the child printed."""
    data = json.loads(line)
    runs = [Run(**run) for run in data["runs"]]
    return Measured(data["start_seconds"], runs[0], runs[1] if len(runs) > 1 else None)
