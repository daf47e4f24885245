"""What a sweep may change in a recipe, read from YAML: lists of choices and ranges, by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from training.config import TrainingConfig
from workbench.domain.data_files import read_yaml
from workbench.domain.errors import ParameterError
from workbench.models.transformer import ModelConfig

if TYPE_CHECKING:
    from optuna import Trial

DEFAULT_SPACE = Path(__file__).parent / "search_spaces" / "default.yaml"
_FIXED = ("element", "corpora", "validate_on", "model", "seed")
_MODEL = "model."


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers from `low` to `high`, both included; whole ones if both are whole. `log`: even in the logarithm."""

    low: float
    high: float
    log: bool = False


Space = Mapping[str, Range | tuple[Any, ...]]
"""A range or choices by field of the recipe; fields of the network have "model." before them."""


def load_space(path: Path = DEFAULT_SPACE) -> dict[str, Range | tuple[Any, ...]]:
    """Read a search space.

    Raises
    ------
    ParameterError
        If the file is missing, or if it names a field that a recipe has not, or neither choices nor a range.

    Examples
    --------
    >>> load_space()["learning_rate"]
    Range(low=0.0003, high=0.003, log=True)
    """
    data = read_yaml(path, f"search space {path}")
    if not isinstance(data, dict) or not data:
        raise ParameterError(f"search space {path}: expected fields of a recipe with choices or ranges")
    known = {field.name for field in fields(TrainingConfig)} - set(_FIXED)
    known |= {f"{_MODEL}{field.name}" for field in fields(ModelConfig)}
    unknown = [name for name in data if name not in known]
    if unknown:
        raise ParameterError(f"search space {path}: {unknown[0]!r} is not known: expected {', '.join(sorted(known))}")
    return {name: _entry(path, name, value) for name, value in data.items()}


def _entry(path: Path, name: str, value: Any) -> Range | tuple[Any, ...]:
    if isinstance(value, list) and value:
        return tuple(value)
    try:
        found = Range(**value)
        if found.low <= found.high and (found.low > 0 or not found.log):
            return found
    except TypeError:
        pass
    raise ParameterError(f"search space {path}: {name} needs a list, or low and high (low above 0 with log)")


def suggest(trial: Trial, space: Space, config: TrainingConfig) -> TrainingConfig:
    """The recipe with what the trial draws for each field of the space."""
    return apply(config, {name: _draw(trial, name, entry) for name, entry in space.items()})


def _draw(trial: Trial, name: str, entry: Range | tuple[Any, ...]) -> Any:
    if isinstance(entry, tuple):
        return trial.suggest_categorical(name, entry)
    if isinstance(entry.low, int) and isinstance(entry.high, int):
        return trial.suggest_int(name, entry.low, entry.high, log=entry.log)
    return trial.suggest_float(name, entry.low, entry.high, log=entry.log)


def apply(config: TrainingConfig, values: Mapping[str, Any]) -> TrainingConfig:
    """The recipe with other values; fields of the network have "model." before them.

    Raises
    ------
    ParameterError
        If the width cannot be parted into heads of even size.

    Examples
    --------
    >>> from training.config import load_config
    >>> apply(load_config("bass"), {"model.width": 128, "batch": 8}).model.width
    128
    """
    network = {name.removeprefix(_MODEL): value for name, value in values.items() if name.startswith(_MODEL)}
    plain = {name: value for name, value in values.items() if not name.startswith(_MODEL)}
    model = replace(config.model, **network)
    if model.width % (2 * model.heads):
        raise ParameterError(f"width {model.width} cannot be parted into {model.heads} heads of even size")
    return replace(config, model=model, **plain)


def recipe_text(config: TrainingConfig, remark: str = "") -> str:
    """A recipe as the YAML that `load_config` reads."""
    data = asdict(config)
    data["corpora"], data["validate_on"] = dict(config.corpora), list(config.validate_on)
    return (f"# {remark}\n" if remark else "") + yaml.safe_dump(data, sort_keys=False)


def space_data(space: Space) -> dict[str, Any]:
    """The space as plain data, to tell whether two are the same."""
    return {name: asdict(entry) if isinstance(entry, Range) else list(entry) for name, entry in space.items()}
