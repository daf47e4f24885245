"""Evaluation: metrics, suites and comparisons. It stands on training (for its corpora) and on the workbench."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evaluation.suites.comparison import Comparison as Comparison
    from evaluation.suites.comparison import compare as compare
    from evaluation.suites.definition import load_suite as load_suite
    from evaluation.suites.run import run_suite as run_suite
    from evaluation.suites.run_result import RunResult as RunResult
    from evaluation.suites.run_result import load_run as load_run

_HOMES = {
    "Comparison": "suites.comparison",
    "RunResult": "suites.run_result",
    "compare": "suites.comparison",
    "load_run": "suites.run_result",
    "load_suite": "suites.definition",
    "run_suite": "suites.run",
}
__all__ = ["Comparison", "RunResult", "compare", "load_run", "load_suite", "run_suite"]


def __getattr__(name: str) -> Any:
    """Names are imported when they are first used, so that `--help` loads little."""
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
