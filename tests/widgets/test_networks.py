"""The browser of networks as a plain object: cards, what is refused, two networks on one prompt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.widgets.conftest import Page
from workbench import widgets
from workbench.domain.errors import ParameterError
from workbench.models.checkpoint import load_checkpoint, read_card, save_checkpoint
from workbench.models.registry import weights_path

PROMPT = "synthwave, 120 bpm, 12 seconds"


@pytest.fixture
def other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A bass network of the user's own: the shipped one with its weights shaken."""
    import torch

    monkeypatch.setenv("BEATSFOUNDRY_HOME", str(tmp_path))
    network = load_checkpoint(weights_path("bass"))
    torch.manual_seed(1)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(0.5)
    (tmp_path / "models" / "bass").mkdir(parents=True)
    card = {name: value for name, value in read_card(weights_path("bass")).items() if name not in ("sha256", "config")}
    save_checkpoint(network, tmp_path / "models" / "bass" / "shaken.safetensors", card | {"steps": 7})
    return "shaken"


def test_cards_are_told(other: str) -> None:
    page = Page(widgets.ModelBrowser())
    assert [one["name"] for one in page.widget.networks] == ["in use", other]
    assert dict(map(tuple, page.widget.card))["sha256"] == read_card(weights_path("bass"))["sha256"]
    page.ask("show", name=other)
    assert page.widget.chosen == other
    assert dict(map(tuple, page.widget.card))["steps"] == "7"


def test_two_networks_write_the_same_song(other: str) -> None:
    page = Page(widgets.ModelBrowser("bass"))
    page.ask("compare", first="in use", second=other, concept=PROMPT, seed=2)
    page.widget.wait()
    assert not page.widget.failed, page.widget.message
    content, buffers = page.messages[-1]
    assert content["sound"]["names"] == ["A", "B"]
    sides = [np.frombuffer(data, "<i2") for data in buffers]
    assert len(sides[0]) == len(sides[1])
    assert not np.array_equal(sides[0], sides[1])
    assert page.widget.compared["same"] < page.widget.compared["notes"]
    assert [{element["name"] for element in roll["elements"]} for roll in page.widget.rolls] == [{"bass"}, {"bass"}]


@pytest.mark.parametrize(
    "message",
    [
        {"do": "choose", "element": "flute"},
        {"do": "show", "name": "nobody"},
        {"do": "show", "name": "../evil"},
        {"do": "fetch", "version": 1, "name": "../evil"},
        {"do": "compare", "first": "in use", "second": "nobody", "concept": "a song"},
        {"do": "compare", "first": "in use", "second": "in use", "concept": "  "},
    ],
    ids=range(6),
)
def test_wrong_messages_are_one_line(message: dict[str, Any]) -> None:
    page = Page(widgets.ModelBrowser("bass"))
    page.ask(**message)
    assert page.widget.failed
    assert "\n" not in page.widget.message


def test_an_element_without_a_network_is_refused() -> None:
    with pytest.raises(ParameterError, match="has no network"):
        widgets.ModelBrowser("flute")


def test_the_registry_is_listed_and_a_version_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from workbench.tracking.model_registry import register_model

    monkeypatch.setenv("BEATSFOUNDRY_HOME", str(tmp_path))
    register_model(weights_path("bass"), alias="challenger")
    page = Page(widgets.ModelBrowser("bass"))
    page.ask("registry")
    page.widget.wait()
    newest = max(page.widget.versions, key=lambda one: one["version"])
    assert newest["aliases"] == ["challenger"]
    page.ask("fetch", version=newest["version"], name="v1")
    page.widget.wait()
    assert not page.widget.failed, page.widget.message
    assert page.widget.chosen == "v1"
    assert (tmp_path / "models" / "bass" / "v1.safetensors").is_file()
