"""Delivery profiles, and the names that a request may give."""

from __future__ import annotations

from typing import get_args

import pytest

from workbench.domain.data_files import read_shipped
from workbench.domain.deliveries import DELIVERIES, list_deliveries, load_delivery
from workbench.domain.errors import ParameterError
from workbench.domain.request import GenerationRequest, request_schema
from workbench.domain.request_fields import DeliveryName


def test_profiles_are_those_of_the_services() -> None:
    assert (load_delivery("film").target_lufs, load_delivery("club").target_lufs) == (-23.0, -9.0)
    with pytest.raises(ParameterError, match="delivery 'tape' is not known"):
        load_delivery("tape")


def test_a_request_knows_every_profile() -> None:
    """The file alone says which there are: types, schema and checks follow it."""
    names = tuple(read_shipped("workbench.domain", "deliveries.yaml"))
    assert names == DELIVERIES == get_args(DeliveryName)
    assert {profile.name for profile in list_deliveries()} == set(names)
    assert request_schema()["$defs"]["Options"]["properties"]["delivery"]["anyOf"][0]["enum"] == list(names)
    for name in names:
        assert GenerationRequest.from_concept("rain", delivery=name).options.delivery == name
