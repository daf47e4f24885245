"""An older revision beside this one: pairs in turn, and the interval of their ratio."""

from __future__ import annotations

import math
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory

from evaluation.bench.measure import CURRENT, Measured, measure
from evaluation.statistics import mean_interval
from workbench.domain.errors import WorkbenchError

Measure = Callable[[Measured], float | None]


def _warm(*stages: str) -> Measure:
    """Seconds of some stages of the warm song."""
    return lambda found: None if found.warm is None else sum(found.warm.seconds[stage] for stage in stages)


MEASURES: dict[str, Measure] = {
    "cold, wall": lambda found: found.cold_seconds,
    "cold, processor": lambda found: found.cold.cpu_seconds,
    "warm, wall": lambda found: None if found.warm is None else found.warm.wall_seconds,
    "warm, processor": lambda found: None if found.warm is None else found.warm.cpu_seconds,
    "peak memory": lambda found: found.cold.peak_mb,
    "compose, warm": _warm("compose"),
    "render, warm": _warm("render"),
    "mix and master, warm": _warm("mix", "master"),
    "check, warm": _warm("check"),
    "export, warm": _warm("export"),
}
"""What is compared: lower is better."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """A value of this checkout over that of the other: the geometric mean of `pairs` ratios, and its 95 % interval.

    Of one pair the interval reaches from 0 to infinity.
    """

    name: str
    ratio: float
    low: float
    high: float
    pairs: int


def compare(
    other: Path, seconds: int, pairs: int, *, say: Callable[[str], None] = lambda text: None
) -> tuple[list[Ratio], list[Measured], list[Measured]]:
    """Ratios of this checkout to another one, and what was measured of both.

    The two take turns, and the one that begins changes with each pair, so that whatever else the machine does falls on
    both.

    Raises
    ------
    WorkbenchError
        If a song cannot be made.
    """
    ours: list[Measured] = []
    theirs: list[Measured] = []
    for number in range(pairs):
        say(f"pair {number + 1} of {pairs}")
        turns = [(CURRENT, ours), (other, theirs)]
        for root, found in turns if number % 2 == 0 else reversed(turns):
            found.append(measure(seconds, root=root))
    return ratios(ours, theirs), ours, theirs


def ratios(ours: Sequence[Measured], theirs: Sequence[Measured]) -> list[Ratio]:
    """The ratio of each measure that both have."""
    found = []
    for name, taken in MEASURES.items():
        pairs = [(taken(one), taken(other)) for one, other in zip(ours, theirs, strict=True)]
        logs = [math.log(one / other) for one, other in pairs if one and other]
        if logs:
            found.append(_ratio(name, logs))
    return found


def _ratio(name: str, logs: Sequence[float]) -> Ratio:
    low, high = mean_interval(logs)
    return Ratio(name, math.exp(mean(logs)), math.exp(low), math.exp(high), len(logs))


@contextmanager
def worktree(revision: str) -> Iterator[Path]:
    """A checkout of a revision in a temporary folder, which git forgets again.

    Raises
    ------
    WorkbenchError
        If this is no git checkout, or there is no such revision.
    """
    with TemporaryDirectory(prefix="beatsfoundry-bench-") as folder:
        place = Path(folder) / "revision"
        _git("worktree", "add", "--detach", "--quiet", str(place), revision)
        try:
            yield place
        finally:
            _git("worktree", "remove", "--force", str(place))


def _git(*words: str) -> None:
    try:
        done = subprocess.run(["git", *words], cwd=CURRENT, capture_output=True, text=True)
    except OSError:
        raise WorkbenchError("bench --against needs git, which is not installed") from None
    if done.returncode != 0:
        reason = (done.stderr.strip() or "no reason was given").splitlines()[-1]
        raise WorkbenchError(f"bench --against: {reason}")
