"""The translation table as plain data."""

from __future__ import annotations

import json

from workbench.concept import explain, translate
from workbench.domain.request import GenerationRequest


def test_every_row_has_value_source_and_reason() -> None:
    table = explain(translate(GenerationRequest.from_concept("sad lo-fi in D minor, 76 bpm, 2 minutes, no drums")))
    assert json.loads(json.dumps(table)) == table
    assert table.pop("concept").startswith("sad lo-fi")
    assert table.pop("contradictions") == []
    for row in table.values():
        assert {"value", "shown", "source", "reason"} <= set(row)
        assert row["source"] in ("stated", "text", "mood", "style", "reference", "default")
    assert {name: table[name]["value"] for name in ("style", "tempo", "metre", "key", "palette")} == {
        "style": "lo-fi", "tempo": 76.0, "metre": "4/4", "key": "D minor", "palette": ["bass", "pads", "leads"],
    }  # fmt: skip
    assert -1 <= table["valence"]["value"] < 0
    assert -1 <= table["arousal"]["value"] < 0
    assert abs(table["duration"]["value"] - 120) < 2
    assert table["tempo"]["unit"] == "BPM"


def test_contradictions_are_listed() -> None:
    (found,) = explain(translate(GenerationRequest.from_concept("calm ambient at 180 bpm")))["contradictions"]
    assert found["parameter"] == "tempo"
    assert found["value"] == "180 BPM"
    assert "the statement wins" in found["contradiction"]
