"""The recipe of one element: data shares, size of the network, schedule. One YAML file each in `configs/`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from workbench.domain.errors import ParameterError
from workbench.models.transformer import ModelConfig

_FOLDER = Path(__file__).parent / "configs"


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """A training recipe.

    Parameters
    ----------
    element : str
    corpora : mapping corpus -> share
        Shares of the corpora in the windows drawn.
    validate_on : tuple of str
        Corpora of the validation figure; all of them if empty.
    model : ModelConfig
    rows : int
        Longest window in rows (notes and bar lines).
    batch : int
        Windows a step.
    steps : int
        Optimiser steps.
    learning_rate, weight_decay, gradient_clip : float
        AdamW (0.9, 0.98); the rate warms up linearly and falls as a cosine to 3 %.
    warm_up : int
        Steps of warm-up.
    validate_every : int
        Steps between validations; training stops when `patience` of them bring nothing.
    patience : int
    checkpoint_every : int
        Steps between the checkpoints that a stopped run goes on from.
    seed : int
    """

    element: str
    corpora: Mapping[str, float]
    validate_on: tuple[str, ...] = ()
    model: ModelConfig = field(default_factory=ModelConfig)
    rows: int = 192
    batch: int = 16
    steps: int = 2400
    learning_rate: float = 1e-3
    weight_decay: float = 0.1
    gradient_clip: float = 1.0
    warm_up: int = 100
    validate_every: int = 200
    patience: int = 4
    checkpoint_every: int = 50
    seed: int = 1


def load_config(source: str | Path, **changes: Any) -> TrainingConfig:
    """Read a recipe by element name or from a YAML file; `changes` replace single values.

    Raises
    ------
    ParameterError
        If there is no such recipe, or if it holds a field that is not known.

    Examples
    --------
    >>> load_config("percussion", steps=10).steps
    10
    """
    path = Path(source)
    path = path if path.suffix in (".yaml", ".yml") else _FOLDER / f"{source}.yaml"
    if not path.is_file():
        raise ParameterError(f"recipe {str(source)!r} is not there: expected a YAML file or one of {list_configs()}")
    data = {**yaml.safe_load(path.read_text(encoding="utf-8")), **{k: v for k, v in changes.items() if v is not None}}
    try:
        data["model"] = ModelConfig(**data.get("model", {}))
        data["validate_on"] = tuple(data.get("validate_on", ()))
        return TrainingConfig(**data)
    except TypeError as error:
        raise ParameterError(f"recipe {path.name}: {error}") from None


def list_configs() -> list[str]:
    """Elements that have a recipe."""
    return sorted(path.stem for path in _FOLDER.glob("*.yaml"))
