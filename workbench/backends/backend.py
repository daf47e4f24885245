"""What an engine must be able to do, and how one is opened by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any, Protocol

from workbench.backends.limits import Limits
from workbench.domain.errors import ParameterError, unknown_name

BACKENDS = ("loky", "dask", "ray")


class Backend(Protocol):
    """An engine that carries out tasks in other processes, whose networks and kernels stay warm between them."""

    @property
    def room(self) -> int:
        """Tasks that it should hold at a time to keep every worker busy; it changes as workers come and go."""

    def submit(self, work: Callable[[Any], Any], item: Any, key: str) -> Future[Any]:
        """Carry out `work(item)`; both can be pickled. The key is the task's name, which no other task of it has."""

    def lost(self, error: BaseException) -> bool:
        """Whether a task's error tells that its worker died, and nothing of the task itself."""

    def close(self, *, at_once: bool = False) -> None:
        """Let the workers go; `at_once` in the middle of what they do."""


@contextmanager
def open_backend(
    name: str = "loky", *, jobs: int | None = None, address: str | None = None, limits: Limits | None = None
) -> Iterator[Backend]:
    """An engine for the time of the block; if the block is left by an error, its own workers are ended at once.

    Parameters
    ----------
    name : str
        "loky" (processes of this machine), "dask" or "ray".
    jobs : int, optional
        Workers that are started; by default one for each core. With an address it is not used.
    address : str, optional
        A cluster that runs already: that of a Dask scheduler (`tcp://host:8786`, or the path of its scheduler file), or
        of a Ray head.
    limits : Limits, optional
        When workers are replaced.

    Raises
    ------
    ParameterError
        If the engine is not known, not installed, does not answer, or takes no address.
    """
    backend = _opened(name, jobs, address, limits or Limits())
    try:
        yield backend
    except BaseException:
        backend.close(at_once=True)
        raise
    backend.close()


def _opened(name: str, jobs: int | None, address: str | None, limits: Limits) -> Backend:
    if name not in BACKENDS:
        raise unknown_name("backend", name, BACKENDS)
    if address is not None and name == "loky":
        raise ParameterError("backend loky works on this machine alone: leave out the address, or name dask or ray")
    try:
        if name == "dask":
            from workbench.backends.on_dask import DaskBackend

            return DaskBackend(jobs, address, limits)
        if name == "ray":
            from workbench.backends.on_ray import RayBackend

            return RayBackend(jobs, address, limits)
    except ImportError as error:
        package = {"dask": "dask distributed", "ray": "ray"}[name]
        raise ParameterError(f"backend {name} is not installed ({error}): pip install {package}") from None
    from workbench.backends.on_loky import LokyBackend

    return LokyBackend(jobs, limits)
