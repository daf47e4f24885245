"""The errors of the estimators behind the metrics, as they were measured; they are printed beside the values.

The file `data/evaluation/estimators.json` holds them. `beatsfoundry evaluate estimators --update` measures them again.
"""

from __future__ import annotations

import functools
import json
from dataclasses import asdict, dataclass

from workbench.domain.errors import ParameterError
from workbench.domain.paths import data_dir


@dataclass(frozen=True, slots=True)
class EstimatorError:
    """Mean and 95th percentile of the absolute error over `n` signals, in `unit`; for decisions, the share of wrong."""

    mean: float
    worst: float
    unit: str
    n: int
    signals: str

    def __str__(self) -> str:
        """Short: what stands beside a value."""
        return f"±{self.mean:.2g} {self.unit}".rstrip()


@functools.cache
def known_errors() -> dict[str, EstimatorError]:
    """The errors that were measured, by estimator.

    Returns
    -------
    dict of str to EstimatorError

    Raises
    ------
    ParameterError
        If the file is missing or damaged.

    Examples
    --------
    >>> known_errors()["loudness"].unit
    'LU'
    """
    path = data_dir() / "evaluation" / "estimators.json"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return {name: EstimatorError(**fields) for name, fields in data.items()}
    except (OSError, ValueError, TypeError) as error:
        raise ParameterError(f"{path}: expected what 'evaluate estimators --update' writes ({error})") from None


def error_text(name: str | None) -> str:
    """What stands beside a value: its estimator's own error.

    Parameters
    ----------
    name : str or None
        An estimator, or None for values that are counted, not estimated.

    Returns
    -------
    str
        Such as "±0.04 LU"; empty where no error is known.

    Raises
    ------
    ParameterError
        See `known_errors`.

    Examples
    --------
    >>> error_text("loudness").endswith("LU"), error_text(None)
    (True, '')
    """
    return str(known_errors().get(name, "")) if name else ""


def to_json(errors: dict[str, EstimatorError]) -> str:
    """The text of the file.

    Parameters
    ----------
    errors : dict of str to EstimatorError

    Returns
    -------
    str
        JSON that `known_errors` reads.

    Examples
    --------
    >>> found = json.loads(to_json({"tempo": EstimatorError(0.001, 0.01, "%", 90, "clicks")}))
    >>> EstimatorError(**found["tempo"]).mean
    0.001
    """
    return json.dumps({name: asdict(error) for name, error in errors.items()}, indent=1, ensure_ascii=False) + "\n"
