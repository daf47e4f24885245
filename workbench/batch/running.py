"""The driver of a batch: what is done already is recognised, the rest is carried out, a table reports all of it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from workbench.backends import Backend, carry_out
from workbench.batch.lines import BatchLine
from workbench.batch.making import LineResult, make_line
from workbench.batch.place import BATCH, JOURNAL, TABLE, Attempts, Place, attempts_of
from workbench.batch.table import read_table, table_bytes, table_rows
from workbench.domain.clock import Progress
from workbench.domain.errors import OutputError
from workbench.provenance import installed_versions
from workbench.store import code_version

_FORMAT = 1
_DECIDES_BYTES = (
    "domain", "midi", "dsp", "models", "analysis", "concept", "composition", "rendering", "mixing", "mastering",
    "quality", "output",
)  # fmt: skip
"""Packages whose code can change a byte of a song."""


@dataclass(frozen=True, slots=True)
class BatchSummary:
    """How a batch went.

    Parameters
    ----------
    lines : tuple of BatchLine
        As they were given.
    results : mapping
        By the id of each line that was settled, now or before.
    kept : frozenset of str
        Ids of those that an earlier run had made.
    attempts : mapping
        By the id of each line that was ever begun.
    seconds : float
        That this run took.
    """

    lines: tuple[BatchLine, ...]
    results: Mapping[str, LineResult]
    kept: frozenset[str]
    attempts: Mapping[str, Attempts] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the different requests, in the order of their first lines."""
        return tuple(dict.fromkeys(line.id for line in self.lines))

    @property
    def made(self) -> tuple[LineResult, ...]:
        """Songs that this run made."""
        return tuple(one for one in self.results.values() if not one.failure and one.id not in self.kept)

    @property
    def failed(self) -> tuple[LineResult, ...]:
        """Lines without a song that were given up."""
        return tuple(one for one in self.results.values() if one.failure)

    @property
    def retried(self) -> int:
        """Lines that were begun more than once."""
        return sum(tried.begun > 1 for tried in self.attempts.values())


def run_batch(
    lines: Sequence[BatchLine],
    place: Place,
    backend: Backend,
    *,
    retries: int = 2,
    pause_seconds: float = 1.0,
    progress: Progress | None = None,
) -> BatchSummary:
    """Make every line that is not made yet; each different request is made once, however often it stands there.

    Parameters
    ----------
    lines : sequence of BatchLine
    place : Place
        Where songs, journal and table go: new, empty, or that of an earlier run of the same version, which goes on.
    backend : Backend
    retries : int
        Further tries of a line that failed or whose worker died.
    pause_seconds : float
        Before the second try; it doubles before each further one.
    progress : callable, optional
        Called with a fraction 0..1 and how many songs are done.

    Returns
    -------
    BatchSummary
        Also where lines failed, or are no valid requests; the table is written even if the run is interrupted.

    Raises
    ------
    OutputError
        If the place cannot be written, holds something else, or was begun by another version.
    """
    began = time.monotonic()
    _prepare(place)
    wanted = {line.id: line for line in lines}
    results = _journalled(place, wanted)
    kept = frozenset(results)
    results |= {line.id: LineResult(line.id, failure=line.wrong, lasting=True) for line in lines if line.wrong}
    asked = len(wanted) - len(kept)
    missing = [line for line in wanted.values() if line.id not in results]
    summary = BatchSummary(tuple(lines), results, kept)
    try:
        _report(progress, summary, asked, began)
        for settled in carry_out(
            backend, partial(make_line, place=place), missing,
            name=lambda line: f"song-{line.id}-{place.mark}", retries=retries, pause_seconds=pause_seconds,
            worth_retrying=lambda result: bool(result.failure) and not result.lasting,
        ):  # fmt: skip
            line_id = settled.item.id
            results[line_id] = settled.result or LineResult(line_id, failure=settled.reason)
            _report(progress, summary, asked, began)
    finally:
        # What a worker finished while the run was being stopped is in the journal alone.
        results |= {name: result for name, result in _journalled(place, wanted).items() if name not in results}
        summary = BatchSummary(tuple(lines), results, kept, attempts_of(place), time.monotonic() - began)
        rows = table_rows(summary.lines, results, summary.attempts)
        place.write(TABLE, table_bytes([*rows, *_rows_of_others(place, wanted)]))
    return summary


def _rows_of_others(place: Place, wanted: Mapping[str, BatchLine]) -> list[dict[str, Any]]:
    """What the table reports of lines that this run was not asked for; they stay behind those of the run.

    What was no valid request goes: nothing was begun for it.
    """
    table = place.read(TABLE)
    rows = [] if table is None else [row for row in read_table(table) if row["id"] not in wanted]
    return [row for row in rows if row["attempts"] or row["state"] != "failed"]


def _journalled(place: Place, wanted: Mapping[str, BatchLine]) -> dict[str, LineResult]:
    """The results of lines that are settled for good, by the id of the line."""
    return {name: LineResult(**fields) for name, fields in place.documents(JOURNAL).items() if name in wanted}


def _report(progress: Progress | None, summary: BatchSummary, missing: int, began: float) -> None:
    """Tell how many are done of all; the fraction is of what this run has to do, so that the time left is right."""
    if progress is None:
        return
    settled, failed = len(summary.results) - len(summary.kept), len(summary.failed)
    minutes = (time.monotonic() - began) / 60.0
    rate = f", {settled / minutes:.1f} a minute" if settled and minutes > 0.0 else ""
    message = f"{len(summary.results)} of {len(summary.ids)} songs{rate}{f', {failed} failed' if failed else ''}"
    progress(settled / missing if missing else 1.0, message)


def _prepare(place: Place) -> None:
    place.check()
    before, code = place.document(BATCH), code_version(*_DECIDES_BYTES)
    if before is None:
        folder = place.folder
        if folder is not None and any(folder.iterdir()):
            raise OutputError(
                f"folder {folder} holds no {BATCH}, so it is not a batch: name one that is absent or empty"
            )
        place.write_document(BATCH, {"format": _FORMAT, "code": code, "versions": installed_versions()})
    elif (before.get("format"), before.get("code")) != (_FORMAT, code):
        raise OutputError(
            f"{place.url} was begun by another version of BeatsFoundry, whose songs may differ: name another folder, "
            "or go on with that version"
        )
