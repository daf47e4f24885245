"""Tiers: what the keys of each may use. The numbers are data (`tiers.yaml`)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from workbench.domain.data_files import read_yaml
from workbench.domain.errors import unknown_name
from workbench.domain.plain_data import from_plain

_SHIPPED = Path(__file__).resolve().parent / "tiers.yaml"


class Tier(BaseModel):
    """Limits of one tier."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    requests_a_minute: Annotated[int, Field(ge=1, description="Requests in any sixty seconds.")]
    concurrent_jobs: Annotated[int, Field(ge=1, description="Jobs that wait or run at once.")]
    audio_minutes_a_day: Annotated[float, Field(gt=0, description="Minutes of music in a day (UTC).")]
    longest_seconds: Annotated[float, Field(gt=0, description="Duration of the longest song in seconds.")]
    upload_megabytes: Annotated[float, Field(gt=0, description="Size of the largest upload in megabytes.")]


def load_tiers(home: Path) -> dict[str, Tier]:
    """The tiers by name: those of a file `tiers.yaml` in the server's folder, else those that ship.

    Raises
    ------
    ParameterError
        If the file is damaged; the message names the field.
    """
    own = home / "tiers.yaml"
    path = own if own.is_file() else _SHIPPED
    return from_plain(dict[str, Tier], read_yaml(path), f"{path}: tiers")


def find_tier(tiers: dict[str, Tier], name: str) -> Tier:
    """A tier by name.

    Raises
    ------
    ParameterError
        If there is none of that name.
    """
    if name not in tiers:
        raise unknown_name("tier", name, tiers)
    return tiers[name]
