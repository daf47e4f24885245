"""Processing styles of the master: data files in, frozen settings out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from workbench.domain.data_files import DataFolder
from workbench.domain.plain_data import from_plain
from workbench.domain.user_styles import read_user_style, unknown_style
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


_STYLES = DataFolder("master style", "workbench.mastering", "styles")

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
    return _STYLES.names()


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
    return _shipped_style(name) if own is None else _as_style(name, {**_PLAIN, **own})


@lru_cache(maxsize=32)
def _shipped_style(name: str) -> MasterStyle:
    if name not in list_styles():
        raise unknown_style(name, list_styles())
    return _as_style(name, _STYLES.read(name))


def _as_style(name: str, settings: dict[str, Any]) -> MasterStyle:
    return from_plain(MasterStyle, {"name": name, **settings}, f"processing style {name!r}, master")
