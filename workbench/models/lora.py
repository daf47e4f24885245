"""Low-rank adaptation (Hu et al., ICLR 2022): a small change of every linear layer, learned beside frozen weights.

A weight W of shape (out, in) becomes W + (alpha / rank) U D with D of shape (rank, in) and U of shape (out, rank). The
change is laid over the weight itself, so no layer is replaced and none is known by name; `merged` adds it for good,
and a merged network costs what the plain one costs.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from workbench.domain.errors import ModelError
from workbench.models.transformer import ElementTransformer

ALPHA = 16.0
"""Scale of the change; divided by the rank, so that one learning rate serves every rank."""


class LowRank(nn.Module):
    """The change of one weight (out, in); zero until it is trained."""

    def __init__(self, weight: Tensor, rank: int) -> None:
        super().__init__()
        outputs, inputs = weight.shape
        self.down = nn.Parameter(torch.randn(rank, inputs) / math.sqrt(inputs))
        self.up = nn.Parameter(torch.zeros(outputs, rank))
        self.scale = ALPHA / rank

    def forward(self, weight: Tensor) -> Tensor:
        """The changed weight."""
        return weight + self.scale * (self.up @ self.down)


def with_lora(model: ElementTransformer, rank: int, *, seed: int = 0) -> ElementTransformer:
    """A copy whose linear layers carry a change of `rank`; nothing but the changes can be trained.

    Raises
    ------
    ModelError
        If `rank` lies outside 1..64.

    Examples
    --------
    >>> from workbench.models.elements import SPECS
    >>> from workbench.models.transformer import ModelConfig
    >>> model = ElementTransformer(SPECS["bass"], ModelConfig(width=32, heads=2, trunk_blocks=1, note_blocks=1))
    >>> sum(tensor.numel() for tensor in adapter_state(with_lora(model, 2)).values()) < 10_000
    True
    """
    if not 1 <= rank <= 64:
        raise ModelError(f"rank {rank} of a low-rank change lies outside 1 to 64: take 4 to 16")
    changed = copy.deepcopy(model).requires_grad_(False)
    layers = [module for module in changed.modules() if isinstance(module, nn.Linear)]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for layer in layers:
            parametrize.register_parametrization(layer, "weight", LowRank(layer.weight, rank))
    return changed


def adapter_state(model: nn.Module) -> dict[str, Tensor]:
    """The changes alone: "<layer>.down" (rank, in), already scaled, and "<layer>.up" (out, rank)."""
    state = {}
    for name, layer in model.named_modules():
        if isinstance(layer, nn.Linear) and parametrize.is_parametrized(layer, "weight"):
            change = _change_of(layer)
            state[f"{name}.down"] = change.down.detach() * change.scale
            state[f"{name}.up"] = change.up.detach()
    return state


def merged(model: ElementTransformer, state: Mapping[str, Tensor]) -> ElementTransformer:
    """A copy of a plain network with the changes of `state` added to its weights, in evaluation mode.

    Raises
    ------
    ModelError
        If the changes do not fit the network's layers.
    """
    result = copy.deepcopy(model)
    layers = {name: module for name, module in result.named_modules() if isinstance(module, nn.Linear)}
    names = {name.rpartition(".")[0] for name in state}
    if names - layers.keys() or {f"{name}.{end}" for name in names for end in ("down", "up")} != state.keys():
        raise ModelError("the adapter's layers are not those of the weights that it is to change")
    with torch.no_grad():
        for name in sorted(names):
            down, up, weight = state[f"{name}.down"].float(), state[f"{name}.up"].float(), layers[name].weight
            if (up.shape[0], down.shape[1]) != tuple(weight.shape) or up.shape[1] != down.shape[0]:
                raise ModelError(f"the adapter's change of {name} has not the shape of that layer")
            weight += up @ down
    return result.eval()


def _change_of(layer: nn.Linear) -> LowRank:
    held = cast(nn.ModuleDict, layer.parametrizations)["weight"]
    return cast(LowRank, cast(nn.ModuleList, held)[0])
