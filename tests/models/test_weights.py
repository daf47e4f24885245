"""Weights on disk: whole, of the right kind, small enough, and with a card that tells where they come from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from workbench.domain.errors import ModelError
from workbench.models.checkpoint import load_checkpoint, read_card, save_checkpoint
from workbench.models.elements import SPECS
from workbench.models.registry import load_model, model_hashes, weights_path
from workbench.models.transformer import ElementTransformer, ModelConfig

CONFIG = ModelConfig(width=32, heads=2, trunk_blocks=1, note_blocks=1)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    path = tmp_path / "bass.safetensors"
    save_checkpoint(ElementTransformer(SPECS["bass"], CONFIG), path, {"note": "made by a test"})
    return path


def test_weights_come_back(saved: Path) -> None:
    model = load_checkpoint(saved)
    assert model.config == CONFIG
    assert not model.training
    assert read_card(saved)["note"] == "made by a test"


def test_damage_is_reported(saved: Path) -> None:
    data = bytearray(saved.read_bytes())
    data[-1] ^= 1
    saved.write_bytes(bytes(data))
    with pytest.raises(ModelError, match="damaged"):
        load_checkpoint(saved)


def test_card_of_another_size_is_reported(saved: Path) -> None:
    card = read_card(saved)
    card["config"]["width"] = 64
    saved.with_suffix(".json").write_text(json.dumps(card), encoding="utf-8")
    with pytest.raises(ModelError, match="do not fit"):
        load_checkpoint(saved)


@pytest.mark.parametrize("text", ["", "[]", '{"element": "bass"}'])
def test_broken_card_is_reported(saved: Path, text: str) -> None:
    saved.with_suffix(".json").write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match="model card"):
        load_checkpoint(saved)


def test_own_weights_go_before_the_shipped(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEATSFOUNDRY_WEIGHTS", str(saved.parent))
    assert weights_path("bass") == saved
    assert load_model("bass").config == CONFIG
    assert weights_path("pads").parent != saved.parent


@pytest.mark.parametrize("element", SPECS)
def test_shipped_weights_tell_where_they_come_from(element: str) -> None:
    card = read_card(weights_path(element))
    assert card["element"] == element
    assert {"A", "S"} >= {corpus["tier"] for corpus in card["data"]}
    assert all(corpus["licence"] and corpus["citation"] for corpus in card["data"])
    figures = card["validation_nats_per_note"]
    assert figures["nll"] < card["baselines"]["five_gram"]["nll"]
    assert figures["nll"] == pytest.approx(sum(value for name, value in figures.items() if name != "nll"), abs=1e-3)


def test_shipped_weights_are_small_and_whole() -> None:
    total = sum(weights_path(element).stat().st_size for element in SPECS)
    assert total < 40e6
    hashes = model_hashes()
    assert all(read_card(weights_path(element))["sha256"] == hashes[element] for element in SPECS)
