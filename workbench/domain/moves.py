"""What a user moves by hand: faders and equalisers of the desk, parameters of a patch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from workbench.domain.automation import Lane
from workbench.domain.errors import ParameterError

Setting = float | str
"""A value of a patch parameter: a number in its unit, or one of its words."""

Settings = Mapping[str, Setting]
"""Patch parameters by dotted name, such as "filter.cutoff_hz" or "oscillators.0.wave"."""

PluginSettings = Mapping[str, Setting | Lane]
"""Parameters of a plug-in by the names that it shows: each a value, or the points over which it moves."""

EqKind = Literal["peak", "low_shelf", "high_shelf", "low_pass", "high_pass", "notch"]


@dataclass(frozen=True, slots=True)
class EqMove:
    """One band of a channel's own equaliser; `gain_db` matters to peaks and shelves only."""

    kind: EqKind
    frequency_hz: float
    gain_db: float = 0.0
    q: float = 0.7071


@dataclass(frozen=True, slots=True)
class Insert:
    """A plug-in effect in a channel, by name, with the parameters set by hand; with `bypass` it is not heard."""

    plugin: str
    settings: PluginSettings = field(default_factory=dict)
    bypass: bool = False


@dataclass(frozen=True, slots=True)
class StripMove:
    """How a channel of the desk was moved by hand, on top of the mix profile.

    `gain_db` is added to the channel's level. `pan` (-1 left to 1 right) and the send levels stand in place of the
    profile's; None leaves these. `eq` is heard after the profile's own bands, `inserts` before the whole channel.
    """

    gain_db: float = 0.0
    pan: float | None = None
    mute: bool = False
    eq: tuple[EqMove, ...] = ()
    reverb_send_db: float | None = None
    delay_send_db: float | None = None
    inserts: tuple[Insert, ...] = ()


def standing(settings: PluginSettings) -> Settings:
    """Settings of which none moves.

    Raises
    ------
    ParameterError
        If one does: only plug-ins take points.
    """
    still: dict[str, Setting] = {}
    for name, value in settings.items():
        if isinstance(value, tuple):
            raise ParameterError(f"{name}: expected a value, got points: only parameters of plug-ins move over points")
        still[name] = value
    return still


def relaid(settings: PluginSettings, change: Callable[[Lane], Lane]) -> PluginSettings:
    """Settings with their lanes changed, and those that stand as they are."""
    return {name: change(value) if isinstance(value, tuple) else value for name, value in settings.items()}


def with_lanes(move: StripMove, change: Callable[[Lane], Lane]) -> StripMove:
    """A channel with the lanes of its inserts changed."""
    if not move.inserts:
        return move
    return replace(move, inserts=tuple(replace(one, settings=relaid(one.settings, change)) for one in move.inserts))
