"""How many cores this process may use: those of its affinity, and no more than its control groups grant.

A container with a quota sees every core of its machine; work for all of them would be held up as soon as the quota is
spent (Linux, Documentation/admin-guide/cgroup-v2.rst, `cpu.max`; before that `cpu.cfs_quota_us`).
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, MutableMapping
from functools import cache
from pathlib import Path

THREADS_VARIABLE = "BEATSFOUNDRY_THREADS"
_GROUPS, _OWN_GROUPS = Path("/sys/fs/cgroup"), Path("/proc/self/cgroup")
_NO_LIMIT = ("max", "-1")


def thread_count() -> int:
    """Threads that work at the same time: `BEATSFOUNDRY_THREADS`, else the cores that this process may use.

    Examples
    --------
    >>> thread_count() >= 1
    True
    """
    stated = os.environ.get(THREADS_VARIABLE, "")
    return max(1, int(stated)) if stated.isdigit() else usable_cores()


def usable_cores() -> int:
    """Cores of the process's affinity, or fewer where a quota of its control groups grants less; at least 1.

    Examples
    --------
    >>> 1 <= usable_cores() <= (os.cpu_count() or 1)
    True
    """
    quota = _quota()
    affinity = len(os.sched_getaffinity(0))
    return affinity if quota is None else max(1, min(affinity, math.ceil(quota)))


def wait_asleep(environment: MutableMapping[str, str]) -> None:
    """Let OpenMP's threads, in which PyTorch computes, sleep while they wait for each other; what is stated wins.

    They spin otherwise: on cores that others use too, a step of training took five times as long (decision 380).

    Examples
    --------
    >>> environment = {}
    >>> wait_asleep(environment)
    >>> environment
    {'OMP_WAIT_POLICY': 'PASSIVE'}
    """
    environment.setdefault("OMP_WAIT_POLICY", "PASSIVE")


@cache
def _quota() -> float | None:
    return read_quota(_GROUPS, _OWN_GROUPS)


def read_quota(groups: Path, own_groups: Path) -> float | None:
    """The least quota of the process's control groups in cores, None where there is none.

    Parameters
    ----------
    groups : Path
        Where the control groups are mounted (`/sys/fs/cgroup`).
    own_groups : Path
        Which of them the process belongs to (`/proc/self/cgroup`): lines of "number:controllers:path".
    """
    quotas = []
    for folder in _folders(groups, own_groups):
        whole = _words(folder / "cpu.max") or _words(folder / "cpu.cfs_quota_us") + _words(folder / "cpu.cfs_period_us")
        if len(whole) == 2 and whole[0] not in _NO_LIMIT:
            quotas.append(int(whole[0]) / int(whole[1]))
    return min(quotas, default=None)


def _folders(groups: Path, own_groups: Path) -> Iterator[Path]:
    """The folders of the groups that count processor time, from the process's own up to the root."""
    try:
        lines = own_groups.read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    for line in lines:
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if controllers and "cpu" not in controllers.split(","):
            continue
        root = groups / controllers
        inside = root / path.strip("/")
        yield inside
        yield from (parent for parent in inside.parents if parent.is_relative_to(root))


def _words(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return []
