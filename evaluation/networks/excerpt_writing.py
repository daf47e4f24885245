"""Samples of a network under the conditions of human excerpts.

For an excerpt at bars b..b+3 of a song the network writes from bar b-4 (or 0) on, from nothing, in that song's own
surroundings; the last four bars are judged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from evaluation.networks.excerpts import EXCERPT_BARS, ExcerptPlace, PartExcerpt, cut, with_rows
from training.dataset import EncodedPart
from workbench.domain.arrays import Integers
from workbench.models.batch import WritingJob, write_batch
from workbench.models.history import BAR_COLUMN
from workbench.models.spec import Conditioning, Settings
from workbench.models.torch_network import compiled
from workbench.models.transformer import ElementTransformer

LEAD_IN_BARS = 4

Write = Callable[[Sequence[WritingJob]], list[Integers]]
"""Anything that writes parts: a network, an n-gram model, a stand-in of a test."""


def network_writer(model: ElementTransformer, settings: Settings) -> Write:
    """A network, as it is now, as a writer of parts: the very same that composition uses."""
    network = compiled(model)
    return lambda jobs: write_batch(network, jobs, settings)


def write_excerpts(
    write: Write, parts: Sequence[EncodedPart], where: Sequence[ExcerptPlace], seed: int = 0
) -> tuple[list[PartExcerpt], list[Integers]]:
    """The excerpts that are judged, and the whole rows that were written, for each place."""
    jobs = [job_at(parts[place.part].conditioning, place.bar, (seed, number)) for number, place in enumerate(where)]
    written = write(jobs)
    excerpts = [
        with_rows(cut(parts[place.part], place.bar), last_bars(rows, len(job.conditioning.prefix) - EXCERPT_BARS))
        for place, rows, job in zip(where, written, jobs, strict=True)
    ]
    return excerpts, written


def job_at(conditioning: Conditioning, bar: int, seed: Sequence[int]) -> WritingJob:
    """A part that ends with the excerpt at `bar`, with up to four bars before it."""
    first = max(0, bar - LEAD_IN_BARS)
    return WritingJob(conditioning.bars(first, bar + EXCERPT_BARS), 4, tuple(seed))


def last_bars(rows: Integers, first: int) -> Integers:
    """Rows from bar `first` on, bars counted from there."""
    kept = rows[rows[:, BAR_COLUMN] >= first].copy()
    kept[:, BAR_COLUMN] -= first
    return kept


def asked(conditioning: Conditioning, column: int, value: int) -> Conditioning:
    """The same conditioning with one condition changed in every bar."""
    prefix = conditioning.prefix.copy()
    prefix[:, column] = value
    return replace(conditioning, prefix=prefix)
