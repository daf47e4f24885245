"""What a change costs: knobs turned in a session, the same request again, several candidates in place of one.

As a script it turns the knobs in a process of its own and prints the seconds of each turn, as one line of JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from evaluation.bench.measure import CURRENT, LONGEST_SECONDS, bench_request, failed, measure

_TURNS = 5
_BARS = 4
_ELEMENT = "leads"
PATCH, MIXED, ANEW = "patch parameter to 4 bars", "mix parameter to 4 bars", "4 bars composed anew"
AGAIN, CANDIDATES = "same request again over the first", "3 iterations over 1"


def measure_knobs(seconds: int) -> dict[str, float]:
    """Median seconds of each knob on a finished song of `seconds`."""
    done = subprocess.run(
        [sys.executable, "-m", "evaluation.bench.knobs", str(seconds)],
        cwd=CURRENT,
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
    )
    if done.returncode != 0:
        raise failed(f"the knobs of a song of {seconds} s could not be turned", done.stderr)
    turns: Mapping[str, list[float]] = json.loads(done.stdout.splitlines()[-1])
    return {name: median(found) for name, found in turns.items()}


def measure_again(seconds: int) -> float:
    """Wall seconds of the same command once more, over those of the first time, with a store of its own."""
    with TemporaryDirectory(prefix="beatsfoundry-bench-") as folder:
        request = Path(folder) / "request.json"
        request.write_text(json.dumps(bench_request(seconds)), encoding="utf-8")
        first, again = (_commanded(request, Path(folder) / name) for name in ("first", "again"))
    return again / first


def measure_candidates(seconds: int) -> float:
    """Wall seconds of a request for three iterations, over those of one."""
    return measure(seconds, warm=False, iterations=3).cold_seconds / measure(seconds, warm=False).cold_seconds


def _commanded(request: Path, out: Path) -> float:
    command = [sys.executable, "-m", "workbench.cli.main", "generate", str(request), "--out", str(out), "--no-track"]
    environment = {**os.environ, "BEATSFOUNDRY_HOME": str(request.parent / "home")}
    begun = time.perf_counter()
    done = subprocess.run(
        [*command, "--quiet"], cwd=CURRENT, env=environment, capture_output=True, text=True, timeout=LONGEST_SECONDS
    )
    if done.returncode != 0:
        raise failed("the request could not be made", done.stderr)
    return time.perf_counter() - begun


def _turn_all(seconds: int) -> dict[str, list[float]]:
    import workbench

    session = workbench.Session()
    session.generate(workbench.parse_request(bench_request(seconds)))
    bars = _where_it_plays(session)
    anew: dict[str, Any] = {"edit": "regenerate", "element": _ELEMENT, "bars": list(bars)}
    turns: dict[str, Callable[[int], object]] = {
        PATCH: lambda turn: session.set_patch(_ELEMENT, {"amplifier.release_ms": 150.0 + 10.0 * turn}),
        MIXED: lambda turn: session.set_mix(_ELEMENT, gain_db=0.5 * turn),
        ANEW: lambda turn: session.modify([{**anew, "seed": turn}]),
    }
    return {name: [_timed(session, bars, turn, knob) for turn in range(1, _TURNS + 1)] for name, knob in turns.items()}


def _where_it_plays(session: Any) -> tuple[int, int]:
    """The first four bars of the first section that is long enough and has the element, counted from 1."""
    plan = session.state.song.plan
    section = next(one for one in plan.sections if _ELEMENT in one.elements and one.bars >= _BARS)
    return section.start_bar + 1, section.start_bar + _BARS


def _timed(session: Any, bars: tuple[int, int], turn: int, knob: Callable[[int], object]) -> float:
    """From the turn of a knob to the sound of four bars of what it changed; it is turned back afterwards."""
    begun = time.perf_counter()
    knob(turn)
    session.preview(bars, elements=[_ELEMENT])
    seconds = time.perf_counter() - begun
    session.undo()
    return seconds


if __name__ == "__main__":
    print(json.dumps(_turn_all(int(sys.argv[1]))))
