"""When an engine replaces its workers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """When a worker gives way to a fresh one, so that its memory stays bounded.

    Parameters
    ----------
    tasks : int
        After so many tasks. A Dask worker is not counted: its nanny looks at the memory alone.
    memory_mib : int
        Once it holds more than this. Loky looks after each task; Dask's nanny ends a worker in the middle of one,
        which then goes to another worker; Ray has a limit of its own for the machine.
    """

    tasks: int = 200
    memory_mib: int = 3000
