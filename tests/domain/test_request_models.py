"""A request names fine-tuned networks; the plan carries and tells them; nothing else can pass as a name."""

from __future__ import annotations

import json
from typing import Any

import pytest

from workbench.concept import translate
from workbench.domain.errors import ParameterError
from workbench.domain.plan_form import plan_from_dict, plan_to_dict
from workbench.domain.request import GenerationRequest, parse_request, request_schema


def request(models: Any, **sound: Any) -> GenerationRequest:
    parameters = {"creative": {"concept": "house"}, "sound_design": sound}
    return parse_request({"parameters": parameters, "models": models})


def test_names_go_into_the_plan_and_its_decisions() -> None:
    plan = translate(request({"bass": "my-adapter", "harmony": "champion"}))
    assert plan.models == {"bass": "my-adapter", "harmony": "champion"}
    told = {decision.parameter: (decision.value, decision.source) for decision in plan.decisions}
    assert told["models.bass"] == ("my-adapter", "stated")
    assert translate(request({})).models == {}


def test_the_plan_reads_back_its_names() -> None:
    plan = translate(request({"bass": "my-adapter"}))
    data = json.loads(json.dumps(plan_to_dict(plan)))
    assert data["models"] == {"bass": "my-adapter"}
    assert plan_from_dict(data) == plan


def test_a_plan_written_before_there_were_names_is_read() -> None:
    plan = translate(request({}))
    data = {name: value for name, value in plan_to_dict(plan).items() if name != "models"}
    assert plan_from_dict(data) == plan


def test_names_survive_the_requests_own_form() -> None:
    whole = request({"pads": "soft.v2"})
    assert parse_request(whole.model_dump(mode="json")) == whole
    assert request_schema()["properties"]["models"]["description"].startswith("Fine-tuned network by element")


@pytest.mark.parametrize("name", ["", "..", "../bass", "a/b", "a\\b", ".hidden", "/etc/passwd", "ü", "a b", "x" * 65])
def test_no_name_leads_out_of_the_folder(name: str) -> None:
    with pytest.raises(ParameterError, match=r"models\.bass") as caught:
        request({"bass": name})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("models", "message"),
    [
        ({"oboe": "x"}, "models.oboe"),
        ({"bass": 3}, "models.bass: 3 is not text"),
        ("x", "models"),
        (None, "models"),
    ],
)
def test_mistakes_are_reported(models: Any, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        request(models)


def test_a_network_for_an_element_that_does_not_play_is_refused() -> None:
    with pytest.raises(ParameterError, match="models name bass, which the palette does not hold"):
        request({"bass": "x"}, palette=["pads"])
    assert request({"harmony": "x"}, palette=["pads"]).models == {"harmony": "x"}
