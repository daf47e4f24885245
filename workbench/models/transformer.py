"""The one network of all elements: a decoder over rows that decides a row's fields one after the other.

Trunk blocks read the rows so far and the bar's features and decide the step. The chosen slot's features are
added and the symbol is decided; then two more causal blocks, which know step and symbol of the coming row, decide the
attributes in turn. Rotary positions (Su et al. 2021), pre-normalisation, GELU.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from workbench.models.context import PREFIX_SIZES
from workbench.models.packed_rows import PackedRows, attend
from workbench.models.spec import BAR_STEP, RECENT_NOTES, STEPS, UNKNOWN_STEP, ElementSpec
from workbench.models.spec import ModelConfig as ModelConfig


class Batch(NamedTuple):
    """Rows with all that is seen when they are decided. B sequences, T rows, N bars, L neighbours, A attributes.

    `fields` (B, T, 2 + A) step, symbol, attributes; `bar_index` (B, T) the bar (0..N-1) that is under way when the
    row is decided; `prefix` (B, N, P); `bar` (B, N, D1) features; `next_steps` (B, T, L) the steps of the neighbouring
    bars; `cell` (B, T, D2) features of the row's slot; `memory` (B, T, L + R, A) attributes of the same cell in
    neighbouring bars, then of the R notes before; `scored` (B, T) rows that count; `present` (B, T) rows that are no
    padding.
    """

    fields: Tensor
    bar_index: Tensor
    prefix: Tensor
    bar: Tensor
    next_steps: Tensor
    cell: Tensor
    memory: Tensor
    scored: Tensor
    present: Tensor

    def applies(self, field: str) -> Tensor:
        """Where a field is decided and counts, (B, T): the step everywhere, the others at notes."""
        return self.scored if field == "step" else (self.fields[..., 0] != BAR_STEP) & self.scored


def rotate(x: Tensor, positions: Tensor) -> Tensor:
    """Turn (..., T, D) to rotary positions (T,)."""
    half = x.shape[-1] // 2
    frequency = 10000.0 ** (-torch.arange(half, device=x.device, dtype=torch.float32) / half)
    angle = positions.float()[:, None] * frequency
    cos, sin = angle.cos().to(x.dtype), angle.sin().to(x.dtype)
    first, second = x[..., :half], x[..., half:]
    return torch.cat([first * cos - second * sin, first * sin + second * cos], dim=-1)


class Block(nn.Module):
    """Causal self-attention and a feed-forward layer, each after a norm and added to the stream."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        width = config.width
        self.heads = config.heads
        self.attention_norm = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.attention_out = nn.Linear(width, width, bias=False)
        self.feed_norm = nn.LayerNorm(width)
        self.feed_in = nn.Linear(width, 4 * width, bias=False)
        self.feed_out = nn.Linear(4 * width, width, bias=False)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, x: Tensor, rows: PackedRows) -> Tensor:
        """Packed rows (R, width) to the same; attention looks back within a row's own sequence."""
        width = x.shape[-1]
        qkv = self.qkv(self.attention_norm(x)).unflatten(-1, (3, self.heads, width // self.heads))
        query, key, value = qkv.permute(1, 2, 0, 3)
        mixed = attend(rotate(query, rows.position), rotate(key, rows.position), value, rows)
        x = x + self.dropout(self.attention_out(mixed.transpose(0, 1).flatten(1)))
        fed: Tensor = x + self.dropout(self.feed_out(functional.gelu(self.feed_in(self.feed_norm(x)))))
        return fed


def _head(width: int, size: int) -> nn.Sequential:
    return nn.Sequential(nn.LayerNorm(width), nn.Linear(width, width), nn.GELU(), nn.Linear(width, size))


class ElementTransformer(nn.Module):
    """The network of one element.

    Parameters
    ----------
    spec : ElementSpec
        Fields and features.
    config : ModelConfig
        Size.
    """

    def __init__(self, spec: ElementSpec, config: ModelConfig) -> None:
        super().__init__()
        self.spec, self.config = spec, config
        width, sizes = config.width, tuple(spec.attributes.values())
        self.start = nn.Parameter(torch.zeros(width))
        self.step_in, self.symbol_in = nn.Embedding(STEPS, width), nn.Embedding(spec.symbols, width)
        self.attributes_in = nn.ModuleList(nn.Embedding(size, width) for size in sizes)
        self.prefix_in = nn.ModuleList(nn.Embedding(size, width) for size in PREFIX_SIZES.values())
        self.bar_in = nn.Linear(spec.bar_features, width)
        neighbours = 2 * len(spec.lags)
        self.next_steps_in = nn.ModuleList(nn.Embedding(UNKNOWN_STEP + 1, width) for _ in range(neighbours))
        self.trunk = nn.ModuleList(Block(config) for _ in range(config.trunk_blocks))
        self.step_head = _head(width, STEPS)
        self.step_chosen, self.cell_in = nn.Embedding(STEPS, width), nn.Linear(spec.cell_features, width)
        self.symbol_head = _head(width, spec.symbols)
        self.symbol_chosen = nn.Embedding(spec.symbols, width)
        self.memory_in = nn.ModuleList(
            nn.ModuleList(nn.Embedding(size + 1, width) for size in sizes) for _ in range(neighbours + RECENT_NOTES)
        )
        self.note_blocks = nn.ModuleList(Block(config) for _ in range(config.note_blocks))
        self.attribute_heads = nn.ModuleList(_head(width, size) for size in sizes)
        self.attribute_chosen = nn.ModuleList(nn.Embedding(size, width) for size in sizes[:-1])
        self.dropout = nn.Dropout(config.dropout)
        self._initialise()

    def _initialise(self) -> None:
        for module in self.modules():
            if isinstance(module, nn.Linear | nn.Embedding):
                nn.init.normal_(module.weight, std=0.02)
            if isinstance(module, nn.Linear) and module.bias is not None:
                nn.init.zeros_(module.bias)
        depth = self.config.trunk_blocks + self.config.note_blocks
        for block in (*self.trunk, *self.note_blocks):
            nn.init.normal_(block.attention_out.weight, std=0.02 / math.sqrt(2 * depth))
            nn.init.normal_(block.feed_out.weight, std=0.02 / math.sqrt(2 * depth))

    def embed_bars(self, prefix: Tensor, bar: Tensor) -> Tensor:
        """Conditions (B, N, P) and bar features (B, N, D1) to (B, N, width)."""
        state: Tensor = self.bar_in(bar.to(self.bar_in.weight.dtype))
        for index, table in enumerate(self.prefix_in):
            state = state + table(prefix[..., index])
        return state

    def embed_rows(self, fields: Tensor) -> Tensor:
        """Decided rows (B, T, 2 + A) to (B, T, width); a bar line has no symbol and no attributes."""
        note = (fields[..., 0] != BAR_STEP).unsqueeze(-1)
        inner: Tensor = self.symbol_in(fields[..., 1])
        for index, table in enumerate(self.attributes_in):
            inner = inner + table(fields[..., 2 + index])
        rows: Tensor = self.step_in(fields[..., 0]) + inner * note
        return rows

    def run_trunk(self, x: Tensor, next_steps: Tensor, rows: PackedRows) -> Tensor:
        """Row stream (R, width) and the neighbours' steps (R, L) through the trunk."""
        for index, table in enumerate(self.next_steps_in):
            x = x + table(next_steps[..., index])
        return _run(self.trunk, self.dropout(x), rows)

    def choose_step(self, stream: Tensor) -> Tensor:
        """Step logits (B, T, STEPS)."""
        logits: Tensor = self.step_head(stream)
        return logits

    def with_step(self, stream: Tensor, step: Tensor, cell: Tensor) -> Tensor:
        """The stream once the step and so the slot's features (B, T, D2) are known."""
        known: Tensor = self.step_chosen(step) + self.cell_in(cell.to(self.cell_in.weight.dtype))
        return stream + known

    def choose_symbol(self, stream: Tensor) -> Tensor:
        """Symbol logits (B, T, symbols)."""
        logits: Tensor = self.symbol_head(stream)
        return logits

    def with_symbol(self, stream: Tensor, symbol: Tensor, memory: Tensor, rows: PackedRows) -> Tensor:
        """The stream once the symbol is known, through the note blocks; `memory` is (R, lags, A)."""
        return _run(self.note_blocks, self.with_memory(stream, symbol, memory), rows)

    def with_memory(self, stream: Tensor, symbol: Tensor, memory: Tensor) -> Tensor:
        """The stream (..., width) beside symbol and `memory` (..., L + R, A), before the note blocks."""
        stream = stream + self.symbol_chosen(symbol)
        for lag, tables in enumerate(self.memory_in):
            for attribute, table in enumerate(cast(nn.ModuleList, tables)):
                stream = stream + table(memory[..., lag, attribute])
        return stream

    def logits(self, batch: Batch) -> dict[str, Tensor]:
        """Logits of each field, (B, T, size), every choice in sight of the true ones before it; zero at padding."""
        rows = PackedRows(batch.present)
        return {name: rows.unpack(logits) for name, logits in self._logits(batch, rows).items()}

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Negative log likelihood in nats by field, each (B, T); zero where a field does not apply."""
        rows = PackedRows(batch.present)
        return {
            name: rows.unpack(_nll(logits, rows.pack(batch.fields[..., column]))) * batch.applies(name)
            for column, (name, logits) in enumerate(self._logits(batch, rows).items())
        }

    def _logits(self, batch: Batch, rows: PackedRows) -> dict[str, Tensor]:
        fields = rows.pack(batch.fields)
        bars = self.embed_bars(batch.prefix, batch.bar)
        state = bars.flatten(0, 1).index_select(0, rows.sequence * bars.shape[1] + rows.pack(batch.bar_index))
        before = torch.where(rows.position[:, None] == 0, self.start, self.embed_rows(fields.roll(1, 0)))
        stream = self.run_trunk(before + state, rows.pack(batch.next_steps), rows)
        logits = {"step": self.choose_step(stream)}
        stream = self.with_step(stream, fields[:, 0], rows.pack(batch.cell))
        logits["symbol"] = self.choose_symbol(stream)
        stream = self.with_symbol(stream, fields[:, 1], rows.pack(batch.memory), rows)
        for index, (name, head) in enumerate(zip(self.spec.attributes, self.attribute_heads, strict=True)):
            logits[name] = head(stream)
            if index < len(self.attribute_chosen):
                stream = stream + self.attribute_chosen[index](fields[:, 2 + index])
        return logits

    @property
    def heads(self) -> dict[str, nn.Sequential]:
        """What decides each field; the last layer of a head gives the logits."""
        heads = {"step": self.step_head, "symbol": self.symbol_head}
        return heads | dict(zip(self.spec.attributes, cast(Iterable[nn.Sequential], self.attribute_heads), strict=True))


def _run(blocks: nn.ModuleList, x: Tensor, rows: PackedRows) -> Tensor:
    for block in blocks:
        x = block(x, rows)
    return x


def _nll(logits: Tensor, target: Tensor) -> Tensor:
    return functional.cross_entropy(logits.float(), target, reduction="none")
