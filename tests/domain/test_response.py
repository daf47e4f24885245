"""The published response tells what was decided, in the request's own form."""

from __future__ import annotations

import json

from workbench.domain.request import parse_request
from workbench.domain.results import Track


def test_generation_parameters_hold_what_was_decided(tiny_track: Track) -> None:
    told = tiny_track.response()["metadata"]["generation_parameters"]
    assert "null" not in json.dumps(told)
    technical, plan = told["parameters"]["technical"], tiny_track.plan
    assert (technical["tempo"], technical["key"], technical["metre"]) == (120.0, "F minor", "4/4")
    assert technical["duration"] == 8.0
    assert technical["structure"] == ["intro", "verse", "chorus"]
    assert told["parameters"]["sound_design"]["texture_density"] == plan.texture_density
    assert told["options"]["seed"] == plan.seed
    assert parse_request(told).parameters.technical.tempo == 120.0, "it can be asked for again"
