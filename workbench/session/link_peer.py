"""A peer of an Ableton Link session: a program of its own, which tells where the session's beat is.

Ableton Link and aalink are under the GPL, so that they run beside the workbench and not in it. Lines of JSON say where
the beat was at a time of the system's monotonic clock, how fast it goes and how many others there are; a line on
the standard input is a tempo to set. It ends with its input.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import sys
import time
from typing import Any

TELL_SECONDS = 0.02


async def main(tempo_bpm: float, quantum: float) -> None:
    """Join, tell, and set what comes in."""
    link: Any = importlib.import_module("aalink").Link(tempo_bpm)
    link.quantum = quantum
    link.enabled = True
    loop = asyncio.get_running_loop()
    over = asyncio.Event()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)

    async def listen() -> None:
        while line := await reader.readline():
            link.tempo = float(line)
        over.set()

    listening = asyncio.ensure_future(listen())
    while not over.is_set():
        report_line = {"beat": link.beat, "time": time.monotonic(), "tempo": link.tempo, "peers": link.num_peers}
        print(json.dumps(report_line), flush=True)
        await asyncio.sleep(TELL_SECONDS)
    listening.cancel()
    link.enabled = False


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]), float(sys.argv[2])))
