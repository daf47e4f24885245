"""The name of all that a request leads to, and of a request as it was stated."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.domain.paths import data_dir, home_dir
from workbench.store.keys import code_version, content_key

if TYPE_CHECKING:
    from workbench.domain.request import GenerationRequest

_NOT_INPUTS = {"cache", "downloads.json"}


def request_key(request: GenerationRequest) -> str:
    """The key of a request's bundle: it changes with the request, with the code and weights, and with the user's files.

    No stage is loaded for it. Any file of the user's own folder may hold a style, a preset, a sample or a network, so
    that all of them count, each by its size and the time of its last change.
    """
    return content_key("request", request, _files_that_count(), code=code_version(""))


def stated_key(*stated: Any) -> str:
    """The key of what a command line states, before anything reads it: text, seed, options.

    It changes with all that `request_key` changes with; several statements may lead to one request.

    Examples
    --------
    >>> stated_key("night drive", 1) == stated_key("night drive", 2)
    False
    """
    return content_key("stated", *stated, _files_that_count(), code=code_version(""))


def _files_that_count() -> list[Path]:
    weights = os.environ.get("BEATSFOUNDRY_WEIGHTS")
    shipped = Path(__file__).resolve().parent.parent / "models" / "weights"
    places = [home_dir(), data_dir(), shipped, *([Path(weights)] if weights else [])]
    return [path for place in places for path in _files(place)]


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name in _NOT_INPUTS:
            continue
        yield from (file for file in sorted(path.rglob("*")) if file.is_file()) if path.is_dir() else (path,)
