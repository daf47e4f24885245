"""The host: a program that loads plug-ins, so that one that hangs or crashes takes nothing with it.

It reads one request in JSON from its standard input and answers in lines of JSON on the file descriptor that its first
argument names: signs of life while it works, then the answer. Sound goes through files of NumPy's.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from workbench.plugins.facts import format_of


def main(descriptor: int, request: dict[str, Any]) -> None:
    """Answer one request."""

    def tell(**answer: object) -> None:
        os.write(descriptor, (json.dumps(answer) + "\n").encode())

    try:
        _DUTIES[request["do"]](request, tell)
    except Exception as error:
        tell(error=f"{type(error).__name__}: {' '.join(str(error).split())[:300]}")


def _describe(request: dict[str, Any], tell: Callable[..., None]) -> None:
    """What is in each file; which one is looked at is reported before, so that a crash has a name."""
    for path in request["paths"]:
        tell(looking=path)
        try:
            tell(path=path, plugins=_format(path).describe(path))
        except Exception as error:
            tell(path=path, refused=f"{type(error).__name__}: {' '.join(str(error).split())[:200]}")
    tell(done=True)


def _effect(request: dict[str, Any], tell: Callable[..., None]) -> None:
    sound = np.load(request["input"])
    tell(alive=0.0)
    form = _format(request["path"])
    made = form.run(
        request["path"], request["name"], sound, request["sample_rate_hz"], request["settings"],
        lambda fraction: tell(alive=fraction), request["moves"],
    )  # fmt: skip
    np.save(request["output"], np.ascontiguousarray(made, np.float32))
    tell(done=True)


def _instrument(request: dict[str, Any], tell: Callable[..., None]) -> None:
    tell(alive=0.0)
    made = _format(request["path"]).play(
        request["path"], request["name"], request["events"], request["length"], request["sample_rate_hz"],
        request["settings"], lambda fraction: tell(alive=fraction), request["moves"],
    )  # fmt: skip
    np.save(request["output"], np.ascontiguousarray(made, np.float32))
    tell(done=True)


def _format(path: str) -> Any:
    """The module that speaks to plug-ins of a file's kind."""
    return importlib.import_module(f"workbench.plugins.{format_of(path)}")


_DUTIES: dict[str, Callable[[dict[str, Any], Callable[..., None]], None]] = {
    "describe": _describe,
    "effect": _effect,
    "instrument": _instrument,
}

if __name__ == "__main__":
    main(int(sys.argv[1]), json.loads(sys.stdin.read()))
    os._exit(0)  # what a plug-in does when it is unloaded is of no interest
