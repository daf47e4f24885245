"""What workers do in these tests; they import it by name."""

import os
import signal
import time
from pathlib import Path


def square(number: int) -> int:
    return number * number


def process_of(number: int) -> int:
    time.sleep(0.05)
    return os.getpid()


def hold_memory(mebibytes: int) -> int:
    held = getattr(hold_memory, "held", b"")
    hold_memory.held = held + b"x" * (mebibytes << 20)  # type: ignore[attr-defined]
    return os.getpid()


def die_once(task: tuple[int, str]) -> int:
    """Task 3 kills its process the first time."""
    number, folder = task
    mark = Path(folder) / "died"
    if number == 3 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.02)
    return number


def die_always(number: int) -> int:
    """Task 3 kills its process every time."""
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.02)
    return number


def tell_and_wait(task: tuple[int, str]) -> int:
    """Tells its process and number, then takes a while."""
    number, folder = task
    (Path(folder) / f"{number}-{os.getpid()}-{time.monotonic_ns()}").touch()
    time.sleep(0.3)
    return number


def echo_late(number: int) -> int:
    """Takes a while, so that tasks of several drivers wait beside each other."""
    time.sleep(0.2)
    return number
