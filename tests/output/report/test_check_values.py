"""What a check measured, as the page and the terminal print it."""

from dataclasses import replace

import pytest

from workbench.domain.results import CheckResult
from workbench.output.figures.labels import measured_value

CHECK = CheckResult("BF020", "Loudness", "warn", -14.018, "-15 to -13 LUFS", "LUFS", "")


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (-14.018, "LUFS", "\N{MINUS SIGN}14.02 LUFS"),
        ("ZamKomp: not found", "", "ZamKomp: not found"),
        (None, "", "\N{EN DASH}"),
    ],
)
def test_values_have_units_and_what_was_not_measured_has_none(
    value: float | str | None, unit: str, expected: str
) -> None:
    assert measured_value(replace(CHECK, value=value, unit=unit)) == expected
