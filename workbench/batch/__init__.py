"""Many songs: each line of a file is a request, each request is made exactly once, on whatever engine there is."""

from workbench.batch.grid import Axis, parse_axis, spread
from workbench.batch.lines import BatchLine, WrongLine, numbered, read_requests
from workbench.batch.making import LineResult, make_line
from workbench.batch.place import Place
from workbench.batch.running import BatchSummary, run_batch

__all__ = [
    "Axis",
    "BatchLine",
    "BatchSummary",
    "LineResult",
    "Place",
    "WrongLine",
    "make_line",
    "numbered",
    "parse_axis",
    "read_requests",
    "run_batch",
    "spread",
]
