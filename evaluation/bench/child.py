"""Makes one song in a process of its own and prints what it took, as one line of JSON.

It runs as a script in front of any revision of the workbench, and so takes only what every revision has.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

STARTED = time.perf_counter()
MEBIBYTE = 1024.0


def main(order: dict[str, Any]) -> dict[str, Any]:
    """Make the song of an order `turns` times; the first is cold. In the folder `keep` its bundle and mix stay."""
    import workbench

    request = workbench.parse_request(order["request"])
    start_seconds = time.perf_counter() - STARTED
    runs = []
    for turn in range(order["turns"]):
        keep = order["keep"] if turn == 0 else None
        with TemporaryDirectory() as folder:
            runs.append(_run(workbench, request, Path(keep or folder) / "bundle", keep=keep is not None))
    return {"start_seconds": start_seconds, "runs": runs}


def _run(workbench: Any, request: Any, target: Path, *, keep: bool) -> dict[str, Any]:
    wall, cpu = time.perf_counter(), time.process_time()
    track = workbench.generate(request)
    made = time.perf_counter()
    workbench.export(track, target)
    ended = time.perf_counter()
    found = {
        "seconds": {**track.provenance.seconds_by_stage, "export": ended - made},
        "wall_seconds": ended - wall,
        "cpu_seconds": time.process_time() - cpu,
        "song_seconds": track.master.duration_seconds,
        "notes": sum(len(part.notes) for part in track.score.parts.values()),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEBIBYTE,
    }
    if keep:
        workbench.write_audio(track.mix.audio, target.parent / "mix.wav")
    return found


if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.argv[1]))))
