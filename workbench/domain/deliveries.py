"""Delivery profiles: the loudness and the ceiling that each place of publication asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import yaml

from workbench.domain.errors import ParameterError


@dataclass(frozen=True, slots=True)
class DeliveryProfile:
    """Where a master goes, and what that asks for."""

    name: str
    description: str
    target_lufs: float
    ceiling_dbtp: float


@lru_cache(maxsize=1)
def _profiles() -> Mapping[str, DeliveryProfile]:
    text = (resources.files("workbench.domain") / "deliveries.yaml").read_text(encoding="utf-8")
    return {
        name: DeliveryProfile(name, data["description"], float(data["target_lufs"]), float(data["ceiling_dbtp"]))
        for name, data in yaml.safe_load(text).items()
    }


def list_deliveries() -> tuple[DeliveryProfile, ...]:
    """All delivery profiles, loudest first."""
    return tuple(sorted(_profiles().values(), key=lambda profile: -profile.target_lufs))


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
    if name not in _profiles():
        raise ParameterError(f"delivery {name!r} is not known: expected one of {', '.join(sorted(_profiles()))}")
    return _profiles()[name]
