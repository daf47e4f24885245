"""Writing many parts: samples for a judge, candidates, previews. Each is written by itself, as composition does it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from workbench.domain.arrays import Integers
from workbench.domain.cores import thread_count
from workbench.models.history import BAR_COLUMN
from workbench.models.network import Network
from workbench.models.part_writer import PartWriter
from workbench.models.spec import Conditioning, Settings


@dataclass(frozen=True, slots=True, eq=False)
class WritingJob:
    """One part to be written, from its first bar.

    Parameters
    ----------
    conditioning : Conditioning
        What is seen of the song, for as many bars as are to stand in the end.
    bar_beats : int
        Quarter notes in a bar (3 or 4).
    seed : int or sequence of int
        Seeds the job's generator.
    given : Rows, optional
        Whole first bars, from bar 0, that stand already.
    ahead : Rows, optional
        Whole last bars that stand already: the network writes towards them and stops before them.
    """

    conditioning: Conditioning
    bar_beats: int
    seed: int | Sequence[int]
    given: Integers | None = None
    ahead: Integers | None = None

    @property
    def end_bar(self) -> int:
        """The bar before which the network stops."""
        if self.ahead is None or not len(self.ahead):
            return len(self.conditioning.prefix)
        return int(self.ahead[0, BAR_COLUMN])


def write_batch(
    network: Network, jobs: Sequence[WritingJob], settings: Settings, *, threads: int | None = None
) -> list[Integers]:
    """Rows of each job, those given and ahead included.

    Parameters
    ----------
    network : Network
    jobs : sequence of WritingJob
    settings : Settings
    threads : int, optional
        Jobs that are written at the same time (default: one a core). The rows are the same for any number.

    Examples
    --------
    >>> from workbench.models.registry import load_network
    >>> write_batch(load_network("bass"), [], Settings())
    []
    """
    with ThreadPoolExecutor(threads or thread_count()) as pool:
        return list(pool.map(lambda job: _write(network, job, settings), jobs))


def _write(network: Network, job: WritingJob, settings: Settings) -> Integers:
    writer = PartWriter(network, job.conditioning, job.bar_beats, settings, ahead=job.ahead)
    if job.given is not None:
        writer.take(job.given)
    writer.sample(job.end_bar - writer.bars, np.random.default_rng(job.seed))
    return writer.rows if job.ahead is None else np.concatenate([writer.rows, job.ahead])
