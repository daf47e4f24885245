"""What every widget that the page can ask has: actions by name, one line of answer, long work beside the page."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import anywidget
import traitlets

from workbench.domain.errors import WorkbenchError

_PLACE = re.compile(r"^edit \d+ \((\w+)\): (?:\1: )?")
Action = TypeVar("Action", bound=Callable[..., None])


def action(method: Action) -> Action:
    """Mark a method as one that the page may ask for by its name; its keyword arguments are the message's fields."""
    method.is_action = True  # type: ignore[attr-defined]
    return method


def spoken(error: Exception) -> str:
    """An error as a page says it: which edit of a list it was is no matter where each is made by hand.

    Examples
    --------
    >>> spoken(ValueError("edit 1 (chords): chords: chord 'H' is not known"))
    "chord 'H' is not known"
    """
    return _PLACE.sub("", str(error))


class Answering(anywidget.AnyWidget):
    """A widget whose page asks by messages `{"do": NAME, ...}`; `message` answers in one line."""

    message = traitlets.Unicode("").tag(sync=True)
    failed = traitlets.Bool(False).tag(sync=True)
    progress = traitlets.Float(-1.0).tag(sync=True)
    answered = traitlets.Int(0).tag(sync=True)
    """Counts what the page asked for and was taken, so that it can tell while it waits."""

    def __init__(self) -> None:
        super().__init__()
        self._worker: threading.Thread | None = None
        self.on_msg(self._received)

    def wait(self) -> None:
        """Wait for long work that was started from the page."""
        if self._worker is not None:
            self._worker.join()

    def tell(self, line: str, *, failed: bool = False) -> None:
        """Answer the page in one line."""
        self.failed, self.message = failed, line

    @property
    def is_busy(self) -> bool:
        """Whether long work that the page asked for goes on."""
        return self._worker is not None and self._worker.is_alive()

    def begin(self, work: Callable[[], None]) -> None:
        """Long work in a thread of its own, so that the page can still ask, and stop it."""
        if self.is_busy:
            self.tell("busy: stop it first, or wait", failed=True)
            return
        self.tell("")
        self.progress = 0.0
        self._worker = threading.Thread(target=partial(self._guarded, work), daemon=True)
        self._worker.start()

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except WorkbenchError as error:
            self.tell(spoken(error), failed=True)
        finally:
            self.progress = -1.0

    def _received(self, _: Any, content: Any, buffers: Any) -> None:
        try:
            self._take(content)
        finally:
            self.answered += 1

    def _take(self, content: Any) -> None:
        name = str(content.get("do")) if isinstance(content, dict) else str(content)
        method = getattr(type(self), name, None)
        if not getattr(method, "is_action", False):
            self.tell(f"the page asked for {name!r}, which this widget does not do", failed=True)
            return
        fields = {key: value for key, value in content.items() if key != "do"}
        try:
            getattr(self, name)(**fields)
        except WorkbenchError as error:
            self.tell(spoken(error), failed=True)
        except TypeError as error:
            self.tell(f"{name}: {error}", failed=True)
