"""Which weights serve which element: those that ship, or a folder of the user's own."""

from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.domain.errors import ModelError

if TYPE_CHECKING:
    from workbench.models.transformer import ElementTransformer

_SHIPPED = Path(__file__).parent / "weights"


def weights_path(element: str) -> Path:
    """The weights file of an element: below `BEATSFOUNDRY_WEIGHTS` if that is set and holds one, else as shipped.

    Raises
    ------
    ModelError
        If there is none.
    """
    own = os.environ.get("BEATSFOUNDRY_WEIGHTS")
    folders = ([Path(own)] if own else []) + [_SHIPPED]
    for folder in folders:
        path = folder / f"{element}.safetensors"
        if path.is_file():
            return path
    raise ModelError(f"there are no weights for {element!r}: expected {element}.safetensors in {folders[-1]}")


def load_model(element: str) -> ElementTransformer:
    """The element's network, read once in a process.

    Raises
    ------
    ModelError
        If the weights are missing or damaged.
    """
    path = weights_path(element)
    return _load(path, path.stat().st_mtime_ns)


@functools.lru_cache(maxsize=16)
def _load(path: Path, modified: int) -> ElementTransformer:
    from workbench.models.checkpoint import load_checkpoint

    return load_checkpoint(path)


def model_hashes() -> dict[str, str]:
    """The sha256 of each element's weights, by element."""
    from workbench.models.checkpoint import file_hash
    from workbench.models.elements import SPECS

    return {element: file_hash(weights_path(element)) for element in SPECS}
