"""Weights on disk: safetensors in half precision with a JSON card beside them. No pickle is ever loaded.

PyTorch is imported only for what trains: who writes music reads weights without it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from workbench.domain.errors import ModelError
from workbench.models.elements import get_spec
from workbench.models.spec import ModelConfig

if TYPE_CHECKING:
    from workbench.models.network import CompiledNetwork
    from workbench.models.transformer import ElementTransformer


def save_checkpoint(model: ElementTransformer, path: Path, card: dict[str, Any]) -> None:
    """Write `path` (.safetensors, float16) and the card beside it (.json).

    Parameters
    ----------
    model : ElementTransformer
    path : Path
    card : dict
        What the card tells beside element and size: data, licences, metrics, recipe.
    """
    import torch
    from safetensors.torch import save_file

    weights = {name: tensor.to(torch.float16).contiguous() for name, tensor in model.state_dict().items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(weights, str(path))
    path.chmod(0o644)
    text = {"element": model.spec.name, "config": asdict(model.config), "sha256": file_hash(path), **card}
    write_card(path, text)


def write_card(path: Path, card: dict[str, Any]) -> None:
    """Write the card of a weights file, readable by people."""
    path.with_suffix(".json").write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read_card(path: Path) -> dict[str, Any]:
    """The card of a weights file.

    Raises
    ------
    ModelError
        If it is missing or not readable.
    """
    try:
        card = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"model card {path.with_suffix('.json').name} cannot be read: {error}") from None
    if not isinstance(card, dict) or not {"element", "config", "sha256"} <= card.keys():
        raise ModelError(f"model card {path.with_suffix('.json').name} lacks element, config or sha256")
    return card


def load_checkpoint(path: Path) -> ElementTransformer:
    """Read weights in evaluation mode and float32, to train on.

    Raises
    ------
    ModelError
        If file or card are missing or damaged, or do not fit each other.
    """
    import torch

    from workbench.models.transformer import ElementTransformer

    card, weights = _read(path)
    with _reported_misfit(path):
        model = ElementTransformer(get_spec(card["element"]), ModelConfig(**card["config"]))
        model.load_state_dict({name: torch.from_numpy(array).float() for name, array in weights.items()})
    return model.eval()


def load_compiled(path: Path) -> CompiledNetwork:
    """Read weights to write music with.

    Raises
    ------
    ModelError
        As `load_checkpoint`.
    """
    from workbench.models.network import CompiledNetwork

    card, weights = _read(path)
    with _reported_misfit(path):
        return CompiledNetwork(get_spec(card["element"]), ModelConfig(**card["config"]), weights)


def _read(path: Path) -> tuple[dict[str, Any], dict[str, npt.NDArray[np.generic]]]:
    from safetensors.numpy import load

    card = read_card(path)
    if not path.is_file():
        raise ModelError(f"weights {path.name} are missing: expected them beside their card in {path.parent}")
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != card["sha256"]:
        raise ModelError(f"weights {path.name} are damaged: their sha256 is not the one that the card tells")
    return card, load(data)


@contextmanager
def _reported_misfit(path: Path) -> Iterator[None]:
    try:
        yield
    except (RuntimeError, TypeError, ValueError, KeyError) as error:
        raise ModelError(f"weights {path.name} do not fit this version: {str(error).splitlines()[0]}") from None


def file_hash(path: Path) -> str:
    """The sha256 of a file in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
