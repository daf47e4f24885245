"""Tiers: what the keys of each may use. The numbers are data (`tiers.yaml`)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from workbench.domain.errors import ParameterError, did_you_mean

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
    try:
        return TypeAdapter(dict[str, Tier]).validate_python(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError) as error:
        raise ParameterError(f"{path} cannot be read: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise ParameterError(f"{path}: {place}: {first['msg']}") from None


def find_tier(tiers: dict[str, Tier], name: str) -> Tier:
    """A tier by name.

    Raises
    ------
    ParameterError
        If there is none of that name.
    """
    if name not in tiers:
        raise ParameterError(
            f"tier {name!r} is not known: expected one of {', '.join(tiers)}{did_you_mean(name, tiers)}"
        )
    return tiers[name]
