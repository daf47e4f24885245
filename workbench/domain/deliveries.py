"""Delivery profiles: the loudness and the ceiling that each place of publication asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workbench.domain.data_files import read_shipped
from workbench.domain.errors import unknown_name
from workbench.domain.plain_data import from_plain


@dataclass(frozen=True, slots=True)
class DeliveryProfile:
    """Where a master goes, and what that asks for."""

    name: str
    description: str
    target_lufs: float
    ceiling_dbtp: float


_PROFILES: Mapping[str, DeliveryProfile] = {
    name: from_plain(DeliveryProfile, {"name": name, **settings}, f"delivery {name}")
    for name, settings in read_shipped("workbench.domain", "deliveries.yaml").items()
}
DELIVERIES = tuple(_PROFILES)
"""The names that a request may give."""


def list_deliveries() -> tuple[DeliveryProfile, ...]:
    """All delivery profiles, loudest first."""
    return tuple(sorted(_PROFILES.values(), key=lambda profile: -profile.target_lufs))


def load_delivery(name: str) -> DeliveryProfile:
    """One delivery profile.

    Raises
    ------
    ParameterError
        If there is none of that name; the message lists the known ones.

    Examples
    --------
    >>> load_delivery("apple").target_lufs
    -16.0
    """
    if name not in _PROFILES:
        raise unknown_name("delivery", name, sorted(_PROFILES))
    return _PROFILES[name]
