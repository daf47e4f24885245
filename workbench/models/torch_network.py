"""A network as PyTorch runs it, for what writes music: the reference of the compiled one, and its stand-in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from workbench.domain.arrays import Bytes, Integers, Singles
from workbench.models.kernels import Memory
from workbench.models.network import CompiledNetwork
from workbench.models.spec import ElementSpec, ModelConfig
from workbench.models.transformer import Block, ElementTransformer, rotate


def compiled(model: ElementTransformer) -> CompiledNetwork:
    """A network as it is now, packed for the compiled kernels; later changes of its weights do not reach it."""
    state = {name: tensor.detach().cpu().numpy() for name, tensor in model.state_dict().items()}
    return CompiledNetwork(model.spec, model.config, state)


class TorchNetwork:
    """`network.Network` on an `ElementTransformer`; it reads the model's weights each time."""

    def __init__(self, model: ElementTransformer) -> None:
        self._model = model

    @property
    def spec(self) -> ElementSpec:
        """The element that it writes."""
        return self._model.spec

    @property
    def config(self) -> ModelConfig:
        """Its size."""
        return self._model.config

    @property
    def start(self) -> Singles:
        """What stands before the first row, (W,)."""
        return _array(self._model.start)

    @torch.inference_mode()
    def embed_bars(self, prefix: Integers, bar: Bytes) -> Singles:
        """Conditions (n, P) and bar features (n, D1) to (n, W)."""
        return _array(self._model.embed_bars(torch.from_numpy(prefix)[None], torch.from_numpy(bar)[None])[0])

    @torch.inference_mode()
    def embed_rows(self, fields: Integers) -> Singles:
        """Decided rows (n, 2 + A) to (n, W)."""
        return _array(self._model.embed_rows(torch.from_numpy(fields)[None])[0])

    @torch.inference_mode()
    def run_trunk(self, rows: Singles, next_steps: Integers, memory: Memory, places: Integers) -> Singles:
        """Rows (n, W) and the neighbours' steps (n, L) through the trunk."""
        stream = torch.from_numpy(rows)
        for index, table in enumerate(self._model.next_steps_in):
            stream = stream + table(torch.from_numpy(next_steps[:, index]))
        return _array(_run(self._model.trunk, 0, stream, memory, places))

    @torch.inference_mode()
    def with_step(self, stream: Singles, step: Integers, cell: Bytes) -> Singles:
        """The stream once the steps (n,) and so the slots' features (n, D2) are known."""
        known = self._model.with_step(torch.from_numpy(stream), torch.from_numpy(step), torch.from_numpy(cell))
        return _array(known)

    @torch.inference_mode()
    def with_symbol(
        self, stream: Singles, symbol: Integers, seen: Integers, memory: Memory, places: Integers
    ) -> Singles:
        """The stream once the symbols (n,) are known, through the note blocks; `seen` is (n, L + R, A)."""
        known = self._model.with_memory(torch.from_numpy(stream), torch.from_numpy(symbol), torch.from_numpy(seen))
        return _array(_run(self._model.note_blocks, len(self._model.trunk), known, memory, places))

    @torch.inference_mode()
    def with_attribute(self, stream: Singles, number: int, value: Integers) -> Singles:
        """The stream once an attribute (n,) is known, not the last one."""
        return _array(torch.from_numpy(stream) + self._model.attribute_chosen[number](torch.from_numpy(value)))

    @torch.inference_mode()
    def choose(self, field: int, stream: Singles) -> Singles:
        """Logits (n, size) of a field: 0 the step, 1 the symbol, then the attributes."""
        head = list(self._model.heads.values())[field]
        return _array(head(torch.from_numpy(stream)))


def _run(blocks: nn.ModuleList, first: int, rows: Tensor, memory: Memory, places: Integers) -> Tensor:
    streams, positions = torch.from_numpy(places).T
    hidden = torch.arange(int(positions.max()) + 1) > positions[:, None]
    mask = torch.zeros(hidden.shape).masked_fill(hidden, -torch.inf)[:, None, None]
    for number, block in enumerate(cast(Iterable[Block], blocks), first):
        keys, values = torch.from_numpy(memory.keys[:, number]), torch.from_numpy(memory.values[:, number])
        rows = _through(block, rows, keys, values, streams, positions, mask)
    return rows


def _through(
    block: Block, rows: Tensor, keys: Tensor, values: Tensor, streams: Tensor, positions: Tensor, mask: Tensor
) -> Tensor:
    """One block; keys (S, H, D, T) and values (S, H, T, D) of its streams are written where the rows stand."""
    count, width = rows.shape
    qkv = block.qkv(block.attention_norm(rows)).view(count, 3, block.heads, -1).permute(1, 2, 0, 3)
    query, key = (rotate(part[None], positions)[0].transpose(0, 1) for part in qkv[:2])
    keys[streams, :, :, positions] = key
    values[streams, :, positions] = qkv[2].transpose(0, 1)
    length = mask.shape[-1]
    seen_keys, seen_values = keys[streams, :, :, :length].transpose(2, 3), values[streams, :, :length]
    mixed = functional.scaled_dot_product_attention(query[:, :, None], seen_keys, seen_values, attn_mask=mask)
    rows = rows + block.attention_out(mixed.reshape(count, width))
    fed: Tensor = rows + block.feed_out(functional.gelu(block.feed_in(block.feed_norm(rows))))
    return fed


def _array(tensor: Tensor) -> Singles:
    return np.ascontiguousarray(tensor.detach().numpy(), np.float32)
