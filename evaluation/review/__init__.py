"""Blind review: which of two versions people prefer, whether they hear a difference, how good they find them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evaluation.review.design import ListeningSession as ListeningSession
    from evaluation.review.design import ab_session as ab_session
    from evaluation.review.design import abx_session as abx_session
    from evaluation.review.design import mushra_session as mushra_session
    from evaluation.review.outcome import results as results
    from evaluation.review.panel import ReviewPanel as ReviewPanel
    from evaluation.review.store import load_answers as load_answers
    from evaluation.review.store import save_answers as save_answers
    from evaluation.review.store import to_csv as to_csv
    from evaluation.review.store import write_csv as write_csv

_HOMES = {
    "ReviewPanel": "panel",
    "ListeningSession": "design",
    "ab_session": "design",
    "abx_session": "design",
    "load_answers": "store",
    "mushra_session": "design",
    "results": "outcome",
    "save_answers": "store",
    "to_csv": "store",
    "write_csv": "store",
}
__all__ = [
    "ListeningSession",
    "ReviewPanel",
    "ab_session",
    "abx_session",
    "load_answers",
    "mushra_session",
    "results",
    "save_answers",
    "to_csv",
    "write_csv",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
