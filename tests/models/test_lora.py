"""A low-rank change begins as nothing, costs nothing when merged, is small, and fits its base only."""

from __future__ import annotations

import pytest
import torch

from workbench.domain.errors import ModelError
from workbench.models.elements import SPECS
from workbench.models.lora import adapter_state, merged, with_lora
from workbench.models.packed_rows import PackedRows
from workbench.models.registry import load_model
from workbench.models.transformer import ElementTransformer, ModelConfig

CONFIG = ModelConfig(width=32, heads=2, trunk_blocks=1, note_blocks=1)


@pytest.fixture
def base() -> ElementTransformer:
    torch.manual_seed(0)
    return ElementTransformer(SPECS["bass"], CONFIG).eval()


def stream(model: ElementTransformer) -> torch.Tensor:
    torch.manual_seed(1)
    with torch.no_grad():
        rows, nowhere = PackedRows(torch.ones(2, 5, dtype=torch.bool)), torch.zeros(10, 6, dtype=torch.long)
        return model.choose_step(model.run_trunk(torch.randn(10, CONFIG.width), nowhere, rows))


def disturb(model: torch.nn.Module) -> None:
    """Give every change a value, as training would."""
    torch.manual_seed(2)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.requires_grad:
                parameter += 0.05 * torch.randn_like(parameter)


def test_it_begins_as_nothing_and_leaves_the_base_alone(base: ElementTransformer) -> None:
    before, weights = stream(base), {name: tensor.clone() for name, tensor in base.state_dict().items()}
    changed = with_lora(base, 4).eval()
    assert torch.equal(stream(changed), before)
    disturb(changed)
    assert not torch.allclose(stream(changed), before)
    assert all(torch.equal(tensor, weights[name]) for name, tensor in base.state_dict().items())


def test_only_the_change_is_trained(base: ElementTransformer) -> None:
    changed = with_lora(base, 4)
    trained = [name for name, parameter in changed.named_parameters() if parameter.requires_grad]
    assert trained
    assert all(name.rpartition(".")[2] in ("down", "up") for name in trained)


@pytest.mark.parametrize("rank", [1, 8])
def test_merged_it_is_the_same_network(base: ElementTransformer, rank: int) -> None:
    changed = with_lora(base, rank).eval()
    disturb(changed)
    plain = merged(base, adapter_state(changed))
    assert torch.allclose(stream(plain), stream(changed), atol=1e-5)
    assert plain.state_dict().keys() == base.state_dict().keys()
    assert not torch.allclose(stream(plain), stream(base))


def test_every_linear_layer_is_changed(base: ElementTransformer) -> None:
    layers = {name for name, module in base.named_modules() if isinstance(module, torch.nn.Linear)}
    assert {name.rpartition(".")[0] for name in adapter_state(with_lora(base, 2))} == layers


@pytest.mark.parametrize("element", SPECS)
def test_an_adapter_of_the_shipped_weights_stays_below_a_megabyte(element: str) -> None:
    state = adapter_state(with_lora(load_model(element), 8))
    assert 2 * sum(tensor.numel() for tensor in state.values()) < 600_000


@pytest.mark.parametrize("rank", [0, 65])
def test_a_rank_out_of_range_is_reported(base: ElementTransformer, rank: int) -> None:
    with pytest.raises(ModelError, match="1 to 64"):
        with_lora(base, rank)


def test_a_change_of_another_network_is_refused(base: ElementTransformer) -> None:
    wider = ElementTransformer(SPECS["bass"], ModelConfig(width=64, heads=2, trunk_blocks=1, note_blocks=1))
    deeper = ElementTransformer(SPECS["bass"], ModelConfig(width=32, heads=2, trunk_blocks=2, note_blocks=1))
    with pytest.raises(ModelError, match="shape"):
        merged(base, adapter_state(with_lora(wider, 2)))
    with pytest.raises(ModelError, match="layers are not those"):
        merged(base, adapter_state(with_lora(deeper, 2)))
    halved = {name: tensor for name, tensor in adapter_state(with_lora(base, 2)).items() if name.endswith("up")}
    with pytest.raises(ModelError, match="layers are not those"):
        merged(base, halved)
