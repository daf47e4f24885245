"""What a user moves by hand: faders and equalisers of the desk, parameters of a patch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Setting = float | str
"""A value of a patch parameter: a number in its unit, or one of its words."""

Settings = Mapping[str, Setting]
"""Patch parameters by dotted name, such as "filter.cutoff_hz" or "oscillators.0.wave"."""

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
    """A plug-in effect in a channel, by name, with the parameters that were set by hand."""

    plugin: str
    settings: Settings = field(default_factory=dict)


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
