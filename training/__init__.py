"""Training: corpora, data module, a thin Lightning module around the plain network, and the recipe of each element."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    "finetune": "training.finetuning",
    "sweep": "training.sweeps",
    "tutorial_data": "training.corpora.sets.tutorial",
}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    """Load a function when it is first used: importing this package costs next to nothing."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
