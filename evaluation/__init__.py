"""Evaluation: metrics, suites and comparisons. It stands on training (for its corpora) and on the workbench."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evaluation.comparison import Comparison as Comparison
    from evaluation.comparison import compare as compare
    from evaluation.run_result import RunResult as RunResult
    from evaluation.run_result import load_run as load_run
    from evaluation.suite import load_suite as load_suite
    from evaluation.suite_run import run_suite as run_suite

_HOMES = {
    "Comparison": "comparison",
    "RunResult": "run_result",
    "compare": "comparison",
    "load_run": "run_result",
    "load_suite": "suite",
    "run_suite": "suite_run",
}
__all__ = ["Comparison", "RunResult", "compare", "load_run", "load_suite", "run_suite"]


def __getattr__(name: str) -> Any:
    """Names are imported when they are first used, so that `--help` loads little."""
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
