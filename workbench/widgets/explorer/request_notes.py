"""The request that stood in an explorer last: noted beside the songs, so that another explorer can go on with it."""

from __future__ import annotations

import atexit
import contextlib
import json
import threading
import weakref
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from workbench.domain.files import write_text_atomically
from workbench.widgets.instrument.after_pause import AfterPause

_FILE = ".last-request.json"
_PAUSE_SECONDS = 0.5
_NOTES: weakref.WeakSet[RequestNotes] = weakref.WeakSet()


class RequestNotes:
    """Notes a request a moment after it changed. What cannot be written is left out: nothing else depends on it.

    Parameters
    ----------
    folder
        Where songs lie.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / _FILE
        self._waiting: Mapping[str, Any] | None = None
        self._pause = AfterPause(_PAUSE_SECONDS)
        self._writing = threading.Lock()
        _NOTES.add(self)

    def read(self, paths: Collection[str]) -> dict[str, Any]:
        """The request that was noted last, `concept` and `pinned`, with the fields that are known; else empty."""
        try:
            data = json.loads(self._file.read_text(encoding="utf-8"))
            pinned = {path: value for path, value in dict(data["pinned"]).items() if path in paths}
            return {"concept": str(data["concept"]), "pinned": pinned}
        except (OSError, ValueError, KeyError, TypeError):
            return {}

    def soon(self, request: Mapping[str, Any]) -> None:
        """Note a request once no other follows."""
        self._waiting = request
        self._pause.soon(self.flush)

    def now(self, request: Mapping[str, Any]) -> None:
        """Note a request."""
        self._waiting = request
        self.flush()

    def flush(self) -> None:
        """Note what waits for it."""
        with self._writing, contextlib.suppress(OSError):
            request, self._waiting = self._waiting, None
            if request is None:
                return
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_text_atomically(self._file, json.dumps(request, ensure_ascii=False) + "\n")


@atexit.register
def _flush_all() -> None:
    for notes in list(_NOTES):
        notes.flush()
