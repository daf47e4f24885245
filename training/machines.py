"""Processes and machines that share a training, and how the network lies on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from lightning.pytorch.strategies import ModelParallelStrategy, ParallelStrategy

from workbench.domain.errors import ModelError
from workbench.models.transformer import ElementTransformer

SHARDED = "fsdp"


@dataclass(frozen=True, slots=True)
class Machines:
    """Who shares the work, in Lightning's words: `devices` a node, `nodes`, how they speak ("ddp", "fsdp"), on what."""

    devices: int = 1
    nodes: int = 1
    strategy: str = "auto"
    accelerator: str = "auto"

    def lightning_strategy(self) -> Any:
        """What Lightning's trainer takes. "fsdp" is PyTorch's second, which processors can do as well."""
        return Sharded(self.devices * self.nodes) if self.strategy == SHARDED else self.strategy


SINGLE = Machines()


class Sharded(ModelParallelStrategy):
    """Weights, gradients and optimizer in equal parts on all processes; checkpoints are one whole file, as without it.

    So a run goes on with another number of processes, with `ddp`, or alone.
    """

    def __init__(self, processes: int) -> None:
        super().__init__(data_parallel_size=processes, tensor_parallel_size=1, save_distributed_checkpoint=False)

    def save_checkpoint(self, checkpoint: dict[str, Any], filepath: Any, storage_options: Any = None) -> None:
        """Write the whole network from the first process; `filepath` may be an address, which Lightning's may not."""
        ParallelStrategy.save_checkpoint(self, checkpoint, filepath)

    def load_checkpoint(self, checkpoint_path: Any, weights_only: bool | None = True) -> dict[str, Any]:
        """Take each process's part of a whole checkpoint, whoever wrote it; what else it holds is returned.

        Lightning's own takes the optimizer's numbers for places in the network. They are places in its groups, and a
        network that was not parted is written with groups of matrices and vectors.
        """
        from torch.distributed.checkpoint.state_dict import (
            StateDictOptions,
            set_model_state_dict,
            set_optimizer_state_dict,
        )

        if self.model is None:
            raise ModelError("a checkpoint is read once the network is set up")
        state: dict[str, Any] = torch.load(checkpoint_path, map_location="cpu", weights_only=True)
        whole = StateDictOptions(full_state_dict=True)
        set_model_state_dict(self.model, state.pop("state_dict"), options=whole)
        for optimizer, saved in zip(self.optimizers, state.pop("optimizer_states"), strict=True):
            set_optimizer_state_dict(self.model, optimizer, _by_name(self.model, optimizer, saved), options=whole)
        return state


def _by_name(model: torch.nn.Module, optimizer: torch.optim.Optimizer, saved: Mapping[str, Any]) -> dict[str, Any]:
    """An optimizer's state with names in the place of numbers."""
    names = {parameter: name for name, parameter in model.named_parameters()}
    known: dict[int, str] = {}
    groups = []
    for own, group in zip(optimizer.param_groups, saved["param_groups"], strict=True):
        own_names = [names[parameter] for parameter in own["params"]]
        known |= dict(zip(group["params"], own_names, strict=True))
        groups.append({**group, "params": own_names})
    return {"state": {known[number]: values for number, values in saved["state"].items()}, "param_groups": groups}


def shard(network: ElementTransformer, mesh: Any) -> None:
    """Part a network over the processes of a mesh: each block by itself, then what is left."""
    from torch.distributed.fsdp import fully_shard, register_fsdp_forward_method

    for block in (*network.trunk, *network.note_blocks):
        fully_shard(block, mesh=mesh)
    fully_shard(network, mesh=mesh)
    # The network is called by this method, not by `forward`.
    register_fsdp_forward_method(network, "losses")
