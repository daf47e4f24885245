"""Processing styles of the master: data files in, frozen settings out."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

from workbench.domain.errors import ParameterError
from workbench.dsp.dynamics import Compressor
from workbench.dsp.equaliser import Band


@dataclass(frozen=True, slots=True)
class MasterStyle:
    """Settings of the mastering chain.

    `glue`: one compressor for the whole band, its threshold counts from a mix at -20 LUFS. `low_control`: the same
    for what lies below 120 Hz. `clip_knee_db`: how far below the ceiling the soft clip begins to round.
    """

    name: str
    description: str
    eq: tuple[Band, ...]
    glue: Compressor
    low_control: Compressor
    width: float
    clip_knee_db: float
    limiter_release_ms: float


def list_styles() -> tuple[str, ...]:
    """Names of the processing styles, sorted."""
    entries = (resources.files("workbench.mastering") / "styles").iterdir()
    return tuple(sorted(entry.name.removesuffix(".yaml") for entry in entries if entry.name.endswith(".yaml")))


@lru_cache(maxsize=32)
def load_style(name: str) -> MasterStyle:
    """Read a processing style.

    Raises
    ------
    ParameterError
        If no style has that name; the message lists the known ones.

    Examples
    --------
    >>> load_style("wide").width > load_style("vintage").width
    True
    """
    if name not in list_styles():
        raise ParameterError(f"processing style {name!r} is not known: expected one of {', '.join(list_styles())}")
    file = resources.files("workbench.mastering") / "styles" / f"{name}.yaml"
    data: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    foreign = sorted(set(data) - {field.name for field in fields(MasterStyle)})
    if foreign:
        raise ParameterError(f"processing style {name!r}: {', '.join(foreign)} not known in a master style")
    return MasterStyle(
        name=name,
        description=data["description"],
        eq=tuple(Band(**band) for band in data["eq"]),
        glue=Compressor(**data["glue"]),
        low_control=Compressor(**data["low_control"]),
        width=float(data["width"]),
        clip_knee_db=float(data["clip_knee_db"]),
        limiter_release_ms=float(data["limiter_release_ms"]),
    )
