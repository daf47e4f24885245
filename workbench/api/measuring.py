"""Measuring a stranger's audio file in a process of its own, with limits on memory and time."""

from __future__ import annotations

import json
import math
import resource
import subprocess
import sys
from pathlib import Path

from workbench.api.forms import AnalysisResponse
from workbench.api.problems import ApiError

MEMORY_BYTES = 6 * 2**30
"""Address space of the process; libraries alone reserve about two."""
WALL_SECONDS = 60


def measure_file(path: Path, name: str, *, dual_mono: bool = False) -> AnalysisResponse:
    """Measure an audio file as `analyze` does; `name` is what it is called in answers.

    Raises
    ------
    ApiError
        422 if it cannot be read, or takes too much memory or time.
    """
    command = [sys.executable, "-m", "workbench.api.measuring", str(path), *["--dual-mono"] * dual_mono]
    try:
        done = subprocess.run(command, capture_output=True, timeout=WALL_SECONDS, stdin=subprocess.DEVNULL, check=False)
    except subprocess.TimeoutExpired:
        raise ApiError(422, f"{name!r} takes longer than {WALL_SECONDS} s to measure: send a shorter part") from None
    if done.returncode == 0:
        return AnalysisResponse(name=name, **json.loads(done.stdout))
    lines = done.stderr.decode(errors="replace").strip().splitlines()
    if done.returncode == _REFUSED and lines:
        raise ApiError(422, lines[-1].replace(str(path), name), field="file")
    raise ApiError(422, f"{name!r} cannot be measured within the server's limits: send a shorter part", field="file")


_REFUSED = 2


def main() -> int:
    """Measure the file that is named; print JSON, or the reason and exit with 2."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (2 * WALL_SECONDS, 2 * WALL_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from workbench.analysis.profile import analyze
    from workbench.domain.errors import WorkbenchError

    try:
        found = analyze(sys.argv[1], dual_mono="--dual-mono" in sys.argv[2:]).to_dict()
    except WorkbenchError as error:
        print(error, file=sys.stderr)
        return _REFUSED
    numbers = {name: value if math.isfinite(value) else None for name, value in found["measurements"].items()}
    form = {
        "sample_rate_hz": found["sample_rate_hz"],
        "duration_seconds": numbers.get("duration_seconds") or 0.0,
        "measurements": numbers,
        "key": found["key"],
        "channels": found["channels"],
        "notes": found["notes"],
    }
    print(json.dumps(form, allow_nan=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
