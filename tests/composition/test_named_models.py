"""A named network writes other notes than the weights in use, the same each time, and is found before any work."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from workbench import pipeline
from workbench.composition import compose
from workbench.domain.errors import ModelError
from workbench.domain.request import GenerationRequest, parse_request
from workbench.models.checkpoint import file_hash
from workbench.models.library import save_adapter
from workbench.models.lora import adapter_state, with_lora
from workbench.models.registry import load_model, weights_path
from workbench.provenance import provenance


@pytest.fixture
def adapters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Adapters "odd" of the shipped bass and harmony that change them at random."""
    monkeypatch.setenv("BEATSFOUNDRY_HOME", str(tmp_path))
    for element in ("bass", "harmony"):
        base = load_model(element)
        changed = with_lora(base, 2)
        torch.manual_seed(3)
        with torch.no_grad():
            for name, parameter in changed.named_parameters():
                if name.endswith(".up"):
                    parameter += 0.1 * torch.randn_like(parameter)
        path = tmp_path / "models" / element / "odd.safetensors"
        save_adapter(adapter_state(changed), path, base, file_hash(weights_path(element)), {"name": "odd"})
    return tmp_path


def request(**models: str) -> GenerationRequest:
    technical = {"tempo": 120, "key": "F minor", "duration": 16, "structure": ["verse"]}
    parameters: dict[str, Any] = {"creative": {"concept": "house"}, "technical": technical}
    parameters["sound_design"] = {"palette": ["bass"]}
    return parse_request({"parameters": parameters, "models": models})


def test_it_writes_other_notes_and_the_same_each_time(adapters: Path) -> None:
    _, plain = pipeline.compose_only(request())
    _, odd = pipeline.compose_only(request(bass="odd"))
    _, again = pipeline.compose_only(request(bass="odd"))
    _, other_chords = pipeline.compose_only(request(harmony="odd"))
    assert odd == again
    assert odd.parts != plain.parts
    assert odd.chords == plain.chords
    assert other_chords.chords != plain.chords
    assert pipeline.compose_only(request())[1] == plain


def test_an_unknown_name_fails_before_any_work(adapters: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_work(*_: Any, **__: Any) -> None:
        raise AssertionError("work was begun")

    plan, _ = pipeline.compose_only(request())
    monkeypatch.setattr("workbench.concept.translate", no_work)
    for run in (pipeline.generate, pipeline.compose_only):
        with pytest.raises(ModelError, match="'none' for bass is not there: there are odd") as caught:
            run(request(bass="none"))  # type: ignore[operator]
        assert "\n" not in str(caught.value)
    monkeypatch.setattr(sys.modules["workbench.composition.compose"], "write_chords", no_work)
    with pytest.raises(ModelError, match="'none' for bass"):
        compose(replace(plan, models={"bass": "none"}))


def test_provenance_tells_the_adapter(adapters: Path) -> None:
    plan, _ = pipeline.compose_only(request(bass="odd"))
    hashes = provenance(plan, {}).model_hashes
    assert hashes["bass/odd"] == file_hash(adapters / "models" / "bass" / "odd.safetensors")
    assert hashes["bass"] == file_hash(weights_path("bass"))
