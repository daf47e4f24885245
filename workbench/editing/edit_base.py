"""What edits are built of: their bases, and the fields that several of them share."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from workbench.domain.errors import ParameterError
from workbench.domain.request_fields import Whole


def _in_order(bars: tuple[int, int]) -> tuple[int, int]:
    if bars[0] > bars[1]:
        raise ParameterError(f"expected the first bar, then the last, got [{bars[0]}, {bars[1]}]")
    return bars


_BARS: dict[str, Any] = {"expected": "two whole numbers from 1, the first and the last bar"}
BarNumbers = Annotated[
    tuple[Annotated[Whole, Field(ge=1)], Annotated[Whole, Field(ge=1)]], Field(strict=False), AfterValidator(_in_order)
]
SectionText = Annotated[str, Field(min_length=1, max_length=60)]
Seed = Annotated[Whole, Field(ge=0, le=2**32 - 1)]
TrackName = Annotated[Whole, Field(ge=1)] | Annotated[str, Field(min_length=1, max_length=200)]
PatchName = Annotated[str, Field(min_length=1, max_length=120)]


class BaseEdit(BaseModel):
    """Unknown fields are refused, and no value is taken for one of another type."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, strict=True, allow_inf_nan=False)


class Placed(BaseEdit):
    """An edit of a place."""

    section: SectionText | None = Field(None, description="Section such as 'verse 2'; 'verse' means every verse.")
    bars: BarNumbers | None = Field(None, description="First and last bar, counted from 1.", json_schema_extra=_BARS)


class Drawn(BaseEdit):
    """An edit that draws by chance."""

    seed: Seed | None = Field(None, description="Seed of what is drawn; by default one of the edit's own.")
