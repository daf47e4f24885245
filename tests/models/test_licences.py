"""Licences of networks and of the data behind them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from workbench.models.licences import network_licences
from workbench.models.registry import weights_path


def test_shipped_networks_and_their_data() -> None:
    licences = network_licences({})
    assert licences["models"] == dict.fromkeys(("harmony", "percussion", "bass", "pads", "leads"), "Apache-2.0")
    assert licences["data"]["groove"] == "CC BY 4.0"
    assert licences["data"]["pop909"] == "MIT"


def test_weights_of_ones_own_belong_to_their_owner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = weights_path("bass")
    card = json.loads(shipped.with_suffix(".json").read_text(encoding="utf-8"))
    card["data"] = [{"name": "folder", "licence": "your own"}]
    (tmp_path / "bass.safetensors").write_bytes(shipped.read_bytes())
    (tmp_path / "bass.json").write_text(json.dumps(card), encoding="utf-8")
    monkeypatch.setenv("BEATSFOUNDRY_WEIGHTS", str(tmp_path))
    licences = network_licences({})
    assert licences["models"]["bass"] == "its owner's"
    assert licences["data"]["folder"] == "your own"


@pytest.mark.parametrize(("method", "models"), [("lora", {"bass", "bass/mine"}), ("full", {"bass/mine"})])
def test_a_fine_tuned_network_stands_beside_or_in_place(
    method: str, models: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEATSFOUNDRY_HOME", str(tmp_path))
    folder = tmp_path / "models" / "bass"
    folder.mkdir(parents=True)
    (folder / "mine.safetensors").write_bytes(b"")
    card = {"element": "bass", "config": {}, "sha256": "", "method": method, "data": [{"name": "folder"}]}
    (folder / "mine.json").write_text(json.dumps(card), encoding="utf-8")
    licences = network_licences({"bass": "mine"})
    assert {name for name in licences["models"] if name.startswith("bass")} == models
    assert licences["models"]["bass/mine"] == "its owner's"
    assert licences["data"]["folder"] == "not stated"
