"""Slices that ship: the compiled network makes of them what PyTorch does, and their cards say so."""

from pathlib import Path

import numpy as np
import pytest
import torch

from training.tools import slices as making
from workbench.domain.errors import ModelError
from workbench.models import slices
from workbench.models.checkpoint import read_card
from workbench.models.registry import load_model, load_network, weights_path
from workbench.models.window import collate

ELEMENTS = ("harmony", "percussion", "bass", "pads", "leads")


@pytest.mark.parametrize("element", ELEMENTS)
def test_both_networks_agree_with_the_card(element: str) -> None:
    items, choices = slices.read_slice(element)
    figures = slices.measure_slice(load_network(element), items)  # type: ignore[arg-type]
    batch = collate([{**item, "scored": item["scored"].astype(bool)} for item in items])
    with torch.no_grad():
        losses = load_model(element).losses(batch)
    nats = sum(float(loss.double().sum()) for loss in losses.values()) / figures.notes
    assert figures.nats_per_note["nll"] == pytest.approx(nats, abs=1e-3)
    told = read_card(weights_path(element))["slice"]
    assert told["notes"] == figures.notes
    assert told["nats_per_note"] == pytest.approx(figures.nats_per_note, abs=1e-3)
    assert (figures.choices == choices).mean() > 0.995


def test_the_slice_is_made_again_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there, choices = slices.read_slice("harmony")
    monkeypatch.setattr(slices, "_FOLDER", tmp_path)
    slices.write_slice("harmony", list(making._windows("harmony")), choices)
    again, _ = slices.read_slice("harmony")
    assert len(there) == len(again) == making.WINDOWS
    for before, after in zip(there, again, strict=True):
        assert before.keys() == after.keys()
        for name in before:
            np.testing.assert_array_equal(before[name], after[name])


def test_a_slice_of_another_form_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    items, _ = slices.read_slice("harmony")
    with pytest.raises(ModelError, match="is none for this network"):
        slices.measure_slice(load_network("bass"), items)  # type: ignore[arg-type]
    monkeypatch.setattr(slices, "_FOLDER", tmp_path)
    with pytest.raises(ModelError, match="cannot be read"):
        slices.read_slice("bass")
