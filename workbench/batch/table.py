"""The table of a batch: a row for each line, as Parquet."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from workbench.batch.lines import BatchLine
from workbench.batch.making import LineResult
from workbench.batch.place import SONGS, Attempts

_SCALARS = (bool, int, float, str)


def table_rows(
    lines: Sequence[BatchLine], results: Mapping[str, LineResult], attempts: Mapping[str, Attempts]
) -> list[dict[str, Any]]:
    """What is known of each line: its state and attempts, what it states (`request.`), what its song measures.

    `state` is "done", "failed" or "open". `attempts` counts how often the line was begun, `lost` how often nothing more
    was heard of it, since its worker or the driver died. `reason` is why it failed last, even if it is done now.
    """
    return [_row(line, results.get(line.id), attempts.get(line.id, Attempts())) for line in lines]


def _row(line: BatchLine, result: LineResult | None, tried: Attempts) -> dict[str, Any]:
    state = "open" if result is None else "failed" if result.failure else "done"
    outcome = result or LineResult(line.id)
    return {
        "line": line.index + 1,
        "id": line.id,
        "state": state,
        "reason": outcome.failure or tried.reason,
        "attempts": tried.begun,
        "lost": tried.lost,
        "worker": outcome.worker,
        "seconds": outcome.seconds,
        "cpu_seconds": outcome.cpu_seconds,
        "memory_mib": outcome.memory_mib,
        "folder": f"{SONGS}/{line.id}" if state == "done" else "",
        **(_flat("request", line.request.model_dump(mode="json", exclude_unset=True)) if line.request else {}),
        **outcome.row,
    }


def _flat(name: str, value: Any) -> dict[str, Any]:
    """Nested fields by their path; lists as JSON.

    Examples
    --------
    >>> _flat("request", {"technical": {"tempo": 90, "structure": ["intro"]}})
    {'request.technical.tempo': 90, 'request.technical.structure': '["intro"]'}
    """
    if isinstance(value, Mapping):
        return {path: item for key, inner in value.items() for path, item in _flat(f"{name}.{key}", inner).items()}
    return {name: value if isinstance(value, _SCALARS) else json.dumps(value, ensure_ascii=False)}


def table_bytes(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Rows as a Parquet file with the columns of all of them; what a row lacks is null."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = dict.fromkeys(name for row in rows for name in row)
    columns = {name: _of_one_type([row.get(name) for row in rows]) for name in names}
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


def _of_one_type(values: list[Any]) -> list[Any]:
    """Numbers as they are, all as floats if one is; values of several types as JSON."""
    kinds = {type(value) for value in values if value is not None}
    if len(kinds) <= 1:
        return values
    if kinds == {int, float}:
        return [None if value is None else float(value) for value in values]
    return [None if value is None else json.dumps(value, ensure_ascii=False) for value in values]


def read_table(data: bytes) -> list[dict[str, Any]]:
    """The rows of a table that `table_bytes` wrote."""
    import pyarrow.parquet as pq

    rows: list[dict[str, Any]] = pq.read_table(io.BytesIO(data)).to_pylist()
    return rows
