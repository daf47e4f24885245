"""Processing styles of the master: data files in, frozen settings out."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

from workbench.domain.errors import ParameterError
from workbench.domain.user_styles import naming_style, read_user_style, style_is_unknown
from workbench.dsp.dynamics import Compressor
from workbench.dsp.equaliser import Band


@dataclass(frozen=True, slots=True)
class MasterStyle:
    """Settings of the mastering chain.

    `glue`: one compressor for the whole band, its threshold counts from a mix at -20 LUFS. `low_control`: the same
    for what lies below 120 Hz. `clip_knee_db`: how far below the ceiling the soft clip begins to round.
    `low_cut_hz`: what lies below is taken out.
    `mid_control`, `high_control`: the same as `low_control` from 120 Hz to 4 kHz and above; left out where none.
    """

    name: str
    description: str
    eq: tuple[Band, ...]
    glue: Compressor
    low_control: Compressor
    width: float
    clip_knee_db: float
    limiter_release_ms: float
    low_cut_hz: float = 20.0
    mid_control: Compressor | None = None
    high_control: Compressor | None = None


# What a user's style starts from: the lightest of everything.
_PLAIN: dict[str, Any] = {
    "eq": [],
    "glue": {"threshold_db": -10, "ratio": 1.2, "attack_ms": 40, "release_ms": 250, "knee_db": 10},
    "low_control": {"threshold_db": -12, "ratio": 1.3, "attack_ms": 40, "release_ms": 180, "knee_db": 8},
    "width": 1.0,
    "clip_knee_db": 1.5,
    "limiter_release_ms": 120,
}


def list_styles() -> tuple[str, ...]:
    """Names of the processing styles, sorted."""
    entries = (resources.files("workbench.mastering") / "styles").iterdir()
    return tuple(sorted(entry.name.removesuffix(".yaml") for entry in entries if entry.name.endswith(".yaml")))


def load_style(name: str) -> MasterStyle:
    """Read a processing style: one that ships, or the part `master` of a user's own.

    Raises
    ------
    ParameterError
        If no style has that name; the message lists the known ones.

    Examples
    --------
    >>> load_style("wide").width > load_style("vintage").width
    True
    """
    own = None if name in list_styles() else read_user_style(name, "master")
    if own is None:
        return _shipped_style(name)
    with naming_style(name, "master"):
        return _as_style(name, {**_PLAIN, **own})


@lru_cache(maxsize=32)
def _shipped_style(name: str) -> MasterStyle:
    if name not in list_styles():
        raise ParameterError(style_is_unknown(name, list_styles()))
    file = resources.files("workbench.mastering") / "styles" / f"{name}.yaml"
    data: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return _as_style(name, data)


def _as_style(name: str, data: dict[str, Any]) -> MasterStyle:
    foreign = sorted(set(data) - {field.name for field in fields(MasterStyle)})
    if foreign:
        raise ParameterError(f"{', '.join(foreign)} not known in a master style")
    return MasterStyle(
        name=name,
        description=data["description"],
        eq=tuple(Band(**band) for band in data["eq"]),
        glue=Compressor(**data["glue"]),
        low_control=Compressor(**data["low_control"]),
        width=float(data["width"]),
        clip_knee_db=float(data["clip_knee_db"]),
        limiter_release_ms=float(data["limiter_release_ms"]),
        low_cut_hz=float(data.get("low_cut_hz", 20.0)),
        mid_control=_optional(data.get("mid_control")),
        high_control=_optional(data.get("high_control")),
    )


def _optional(settings: dict[str, float] | None) -> Compressor | None:
    return Compressor(**settings) if settings else None
