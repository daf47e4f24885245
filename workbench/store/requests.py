"""The name of all that a request leads to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from workbench.domain.paths import data_dir, home_dir
from workbench.domain.request import GenerationRequest
from workbench.store.keys import code_version, content_key

_NOT_INPUTS = {"cache", "downloads.json"}


def request_key(request: GenerationRequest) -> str:
    """The key of a request's bundle: it changes with the request, with the code and weights, and with the user's files.

    No stage is loaded for it. Any file of the user's own folder may hold a style, a preset, a sample or a network, so
    that all of them count, each by its size and the time of its last change.
    """
    weights = os.environ.get("BEATSFOUNDRY_WEIGHTS")
    shipped = Path(__file__).resolve().parent.parent / "models" / "weights"
    places = [home_dir(), data_dir(), shipped, *([Path(weights)] if weights else [])]
    files = [path for place in places for path in _files(place)]
    return content_key("request", request, files, code=code_version(""))


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name in _NOT_INPUTS:
            continue
        yield from (file for file in sorted(path.rglob("*")) if file.is_file()) if path.is_dir() else (path,)
