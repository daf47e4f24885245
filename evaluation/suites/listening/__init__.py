"""Two runs of a suite under the ears: track by track, figure by figure, with remarks at a time."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evaluation.suites.listening.track_review import TrackReview

__all__ = ["TrackReview"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from evaluation.suites.listening import track_review

    return getattr(track_review, name)
