"""The host seen from outside: started, listened to, and ended when it is silent for too long."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from workbench.domain.errors import WorkbenchError

PATIENCE_SECONDS = 9.0
"""How long a host may be silent altogether, from its start on, before it is ended."""
SHORT_SECONDS = 1.0
"""Pauses up to this are no silence: a plug-in that works gives a sign for each half second of sound."""

_COMMAND = (sys.executable, "-m", "workbench.plugins.host")


class PluginError(WorkbenchError):
    """A plug-in that hangs, crashes, is missing or refuses what it is asked."""


def answers(request: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Ask a host of its own, and give each line of its answer as it comes.

    Raises
    ------
    PluginError
        If the host crashes, refuses, or is silent for too long: that costs less than 10 s.
    """
    reading, writing = os.pipe()
    environment = {**os.environ, "PYTHONPATH": _search_path(), "OMP_NUM_THREADS": "1"}
    try:
        # Whatever a plug-in prints is not for the user.
        process = subprocess.Popen(
            [*_COMMAND, str(writing)], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            pass_fds=(writing,), start_new_session=True, env=environment,
        )  # fmt: skip
    finally:
        os.close(writing)
    try:
        with contextlib.suppress(BrokenPipeError):
            if process.stdin is not None:
                process.stdin.write(json.dumps(request).encode())
                process.stdin.close()
        yield from _listened(reading, process)
    finally:
        os.close(reading)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _listened(reading: int, process: subprocess.Popen[bytes]) -> Iterator[dict[str, Any]]:
    held, patience = b"", PATIENCE_SECONDS
    while True:
        began = time.monotonic()
        ready, _, _ = select.select([reading], [], [], patience)
        paused = time.monotonic() - began
        if not ready:
            raise PluginError(f"hangs: it gave no sign for {paused:.1f} s")
        piece = os.read(reading, 1 << 16)
        if not piece:
            code = process.wait()
            name = signal.Signals(-code).name if code < 0 else f"exit code {code}"
            raise PluginError(f"crashed ({name})")
        patience -= paused if paused > SHORT_SECONDS else 0.0
        *lines, held = (held + piece).split(b"\n")
        for line in lines:
            answer = json.loads(line)
            if "error" in answer:
                raise PluginError(f"failed: {answer['error']}")
            if "looking" in answer:
                patience = PATIENCE_SECONDS  # each file that is looked at has its own
            yield answer
            if answer.get("done"):
                return


def _search_path() -> str:
    """Where the host finds this package, whatever folder it is started in."""
    home = str(Path(__file__).resolve().parents[2])
    return os.pathsep.join(filter(None, [home, os.environ.get("PYTHONPATH", "")]))
