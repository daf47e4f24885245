"""An engine that carries tasks out at once in this process, for what needs no other."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any


class Inline:
    room = 1

    def submit(self, work: Callable[[Any], Any], item: Any, key: str) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(work(item))
        except Exception as error:
            done.set_exception(error)
        return done

    def lost(self, error: BaseException) -> bool:
        return False

    def close(self, *, at_once: bool = False) -> None:
        pass
