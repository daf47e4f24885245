"""A network that is too sure is told so, and nothing else about it changes."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from training.calibration import apply_temperatures, fit_temperatures
from training.config import TrainingConfig
from training.fit import load_parts
from training.module import ElementDataModule
from workbench.models.elements import PERCUSSION
from workbench.models.transformer import Batch, ElementTransformer, ModelConfig

pytestmark = pytest.mark.filterwarnings("ignore")
RECIPE = TrainingConfig("percussion", {"groove": 1.0}, model=ModelConfig(32, 2, 1, 1, 0.0), rows=64)


class Oracle(ElementTransformer):
    """Says the same logits everywhere."""

    said: torch.Tensor

    def logits(self, batch: Batch) -> dict[str, torch.Tensor]:
        return {"step": self.said.expand(*batch.scored.shape, -1)}


@pytest.fixture
def batches(groove_data: Path) -> list[Batch]:
    return list(ElementDataModule(load_parts(groove_data, RECIPE), RECIPE).val_dataloader())


@pytest.mark.parametrize("temperature", [0.7, 1.0, 2.0])
def test_finds_the_temperature_that_made_the_music(batches: list[Batch], temperature: float) -> None:
    torch.manual_seed(3)
    oracle = Oracle(PERCUSSION, RECIPE.model)
    oracle.said = torch.randn(50) * 2
    chances = torch.softmax(oracle.said / temperature, dim=0)
    drawn = torch.multinomial(chances, 20_000, replacement=True).view(1, -1, 1)
    music = batches[0]._replace(fields=drawn, scored=torch.ones(1, 20_000, dtype=torch.bool))
    assert fit_temperatures(oracle, [music])["step"] == pytest.approx(temperature, rel=0.03)


def test_folding_in_divides_the_logits(batches: list[Batch]) -> None:
    network = ElementTransformer(PERCUSSION, RECIPE.model).eval()
    before = network.logits(batches[0])
    apply_temperatures(network, {"step": 2.0, "symbol": 1.0, "velocity": 0.5, "offset": 1.25})
    after = network.logits(batches[0])
    for name, factor in (("step", 0.5), ("symbol", 1.0), ("velocity", 2.0), ("offset", 0.8)):
        torch.testing.assert_close(after[name], before[name] * factor)


def test_a_network_that_shouts_is_quietened(batches: list[Batch]) -> None:
    torch.manual_seed(0)
    network = ElementTransformer(PERCUSSION, RECIPE.model).eval()
    apply_temperatures(network, dict.fromkeys(network.heads, 0.02))
    loud = _nats(network, batches)
    temperatures = fit_temperatures(network, batches)
    apply_temperatures(network, temperatures)
    assert temperatures["step"] > 1.0
    assert _nats(network, batches) < loud


def _nats(network: ElementTransformer, batches: list[Batch]) -> float:
    with torch.inference_mode():
        return sum(float(field.sum()) for batch in batches for field in network.losses(batch).values())
