"""The recipe of one element: data shares, size of the network, schedule.

`configs/` holds one YAML file an element, and further ones as ELEMENT-NAME.yaml, such as the small one for a quick try.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.domain.data_files import read_yaml
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
    sample_every : int
        Steps between the samples that the network writes while it learns; 0 for none.
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
    sample_every: int = 400
    seed: int = 1


def load_config(source: str | Path, **changes: Any) -> TrainingConfig:
    """Read a recipe by name ("bass", "bass-small") or from a YAML file; `changes` that are not None replace values.

    Other corpora are validated on as a whole, unless they still hold those that the recipe validates on.

    Raises
    ------
    ParameterError
        If there is no such recipe, or if it holds a field that is not known.

    Examples
    --------
    >>> load_config("percussion", steps=10).steps
    10
    >>> load_config("percussion-small", corpora={"tutorial": 1.0}).validate_on
    ()
    """
    path = Path(source)
    path = path if path.suffix in (".yaml", ".yml") else _FOLDER / f"{source}.yaml"
    if not path.is_file():
        raise ParameterError(f"recipe {str(source)!r} is not there: expected a YAML file or one of {_names()}")
    data = {**read_yaml(path, f"recipe {path.name}"), **{k: v for k, v in changes.items() if v is not None}}
    try:
        data["model"] = ModelConfig(**data.get("model", {}))
        validate_on = tuple(data.get("validate_on", ()))
        data["validate_on"] = validate_on if set(validate_on) <= set(data["corpora"]) else ()
        return TrainingConfig(**data)
    except TypeError as error:
        raise ParameterError(f"recipe {path.name}: {error}") from None


def list_configs() -> list[str]:
    """Elements that have a recipe."""
    return [name for name in _names() if "-" not in name]


def parse_corpora(text: str) -> dict[str, float]:
    """Shares of corpora from text such as "groove=3,freedoom" (a share that is left out is 1); they sum to 1.

    Raises
    ------
    ParameterError
        If a share is not a number above 0.

    Examples
    --------
    >>> parse_corpora("groove=3,freedoom")
    {'groove': 0.75, 'freedoom': 0.25}
    """
    shares = {}
    for item in text.split(","):
        name, _, share = item.partition("=")
        try:
            shares[name.strip()] = float(share or 1.0)
        except ValueError:
            shares[name.strip()] = 0.0
        if not name.strip() or not 0.0 < shares[name.strip()] < math.inf:
            raise ParameterError(f"corpora {text!r}: expected names with shares above 0, such as groove=3,freedoom=1")
    return {name: share / sum(shares.values()) for name, share in shares.items()}


def _names() -> list[str]:
    return sorted(path.stem for path in _FOLDER.glob("*.yaml"))
