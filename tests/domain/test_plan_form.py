from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.concept import list_styles, translate
from workbench.domain.errors import ParameterError
from workbench.domain.plan_form import decisions_table, plan_from_dict, plan_to_dict
from workbench.domain.request import parse_request


@settings(max_examples=25, deadline=None)
@given(style=st.sampled_from(list_styles()), seed=st.integers(0, 99), chords=st.sampled_from([None, "Am7 | F G/B"]))
def test_a_plan_reads_back_what_it_wrote(style: str, seed: int, chords: str | None) -> None:
    technical = {"chords": chords, "tempo": 117.3}
    request = {"parameters": {"creative": {"concept": style}, "technical": technical}, "options": {"seed": seed}}
    plan = translate(parse_request(request))
    assert plan_from_dict(json.loads(json.dumps(plan_to_dict(plan)))) == plan


def test_readers_find_bars_and_seconds() -> None:
    plan = translate(parse_request({"parameters": {"creative": {"concept": "house, 2 minutes, 120 bpm"}}}))
    data = plan_to_dict(plan)
    assert (data["bars"], data["bar_seconds"], data["duration_seconds"]) == (60, 2.0, 120.0)
    assert data["key"] == str(plan.key)
    assert data["sections"][0]["elements"] == list(plan.sections[0].elements)


def test_the_table_has_a_row_for_each_decision() -> None:
    plan = translate(parse_request({"parameters": {"creative": {"concept": "house"}}}))
    table = decisions_table(plan)
    assert len(table) == len(plan.decisions)
    assert set(table[0]) == {"parameter", "value", "source", "reason"}


def test_a_damaged_plan_is_refused() -> None:
    data = plan_to_dict(translate(parse_request({"parameters": {"creative": {"concept": "house"}}})))
    for damaged in ({**data, "groove": {"foo": 1}}, {**data, "extra": 1}, {**data, "key": None}, {}):
        with pytest.raises(ParameterError, match="plan: "):
            plan_from_dict(damaged)
