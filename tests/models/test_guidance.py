"""Guidance moves what is drawn from the unconditional towards the conditional prediction."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.models.test_part_writer import AS_LEARNED, BARS, make_context, make_model, make_network
from workbench.domain.arrays import Integers
from workbench.models.context import CHORD_FEATURES, CONDITION_CHORD_FEATURES, PREFIX_SIZES
from workbench.models.decoder import Decoder
from workbench.models.elements import SPECS
from workbench.models.part_writer import PartWriter
from workbench.models.spec import Conditioning, Settings, conditioning_of
from workbench.models.torch_network import compiled
from workbench.models.transformer import ElementTransformer
from workbench.models.window import build_item, collate, line_starts

GUIDED = replace(AS_LEARNED, guidance=0.6)
STYLE = list(PREFIX_SIZES).index("style")


def unconditional(conditioning: Conditioning, model: ElementTransformer) -> Conditioning:
    """What the twin is shown, made here in another way than in the code under test."""
    prefix, cell = conditioning.prefix.copy(), conditioning.cell.copy()
    prefix[:, STYLE] = 0
    if "chords" in model.spec.guided_by:
        first_chord = len(model.spec.streams)
        cell[:, :, first_chord : first_chord + CONDITION_CHORD_FEATURES] = 0
    return replace(conditioning, prefix=prefix, cell=cell)


def led_logits(model: ElementTransformer, conditioning: Conditioning, rows: Integers, field: str) -> np.ndarray:
    """Logits of a field for all rows at once, as training sees them, led by hand."""

    def logits(seen: Conditioning) -> np.ndarray:
        item = build_item(rows, line_starts(rows), seen, model.spec, 0, len(rows), 0)
        with torch.inference_mode():
            return model.logits(collate([item]))[field][0].double().numpy()

    conditional = logits(conditioning)
    return conditional + GUIDED.guidance * (conditional - logits(unconditional(conditioning, model)))


@pytest.mark.parametrize("element", SPECS)
def test_a_part_is_drawn_from_guided_logits(element: str, monkeypatch: pytest.MonkeyPatch) -> None:
    model, drawn = make_model(element), []
    conditioning = conditioning_of(model.spec, make_context())
    draw = Decoder._draw

    def note_down(decoder: Decoder, field: str, values: np.ndarray, *rest: object) -> int:
        if field == "symbol":
            drawn.append(values.copy())
        return draw(decoder, field, values, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(Decoder, "_draw", note_down)
    writer = PartWriter(compiled(model), conditioning, 4, GUIDED)
    writer.sample(2, np.random.default_rng(1), may_rest=False)
    notes = writer.rows[:, 2] != 0
    assert np.allclose(led_logits(model, conditioning, writer.rows, "symbol")[notes], np.array(drawn), atol=1e-3)


def written(element: str, settings: Settings, style: str) -> Integers:
    model = make_network(element)
    writer = PartWriter(model, conditioning_of(model.spec, replace(make_context(), style=style)), 4, settings)
    writer.sample(BARS, np.random.default_rng(5))
    return writer.rows


def test_nothing_is_extrapolated_without_a_style() -> None:
    assert np.array_equal(written("bass", GUIDED, ""), written("bass", AS_LEARNED, ""))
    assert not np.array_equal(written("bass", GUIDED, "house"), written("bass", AS_LEARNED, "house"))


def test_chords_that_are_hidden_leave_the_scale() -> None:
    """The twin of a melody still knows the key."""
    assert CHORD_FEATURES - CONDITION_CHORD_FEATURES == 12
    assert "chords" in SPECS["leads"].guided_by
