"""Weights laid out for the compiled kernels: float32, inputs first, alike tables one below the other."""

from __future__ import annotations

import functools
import platform
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from llvmlite import binding

from workbench.domain.arrays import HalfFloats, Integers, Singles
from workbench.models.context import PREFIX_SIZES
from workbench.models.kernels import Blocks, Heads
from workbench.models.spec import RECENT_NOTES, STEPS, ElementSpec, ModelConfig

_LANES = 16
"""Outputs that a processor may take at a time: heads are filled up to whole multiples."""

State = Mapping[str, npt.NDArray[np.generic]]
"""Weights by the names of `ElementTransformer.state_dict`, of any float type."""


class EmbeddingTable(NamedTuple):
    """Embeddings of several columns, one below the other (rows, W), and the row where each column begins."""

    rows: Singles
    starts: Integers


class Linear(NamedTuple):
    """Weights (inputs, W) and bias (W,)."""

    weights: Singles
    bias: Singles


class Weights(NamedTuple):
    """All that a network knows; names are those of `ElementTransformer`."""

    start: Singles
    row_in: EmbeddingTable
    prefix_in: EmbeddingTable
    bar_in: Linear
    next_steps_in: EmbeddingTable
    step_chosen: Singles
    cell_in: Linear
    symbol_chosen: Singles
    memory_in: EmbeddingTable
    attribute_chosen: tuple[Singles, ...]
    blocks: Blocks
    heads: Heads


def pack(state: State, spec: ElementSpec, config: ModelConfig) -> Weights:
    """Lay out the weights of a network.

    Raises
    ------
    KeyError
        If a weight is missing.
    ValueError
        If one has another shape than `spec` and `config` ask for.
    """
    width, sizes, lags = config.width, list(spec.attributes.values()), 2 * len(spec.lags)

    def table(name: str, rows: int) -> Singles:
        return _read(state, f"{name}.weight", (rows, width))

    def tables(name: str, rows: Sequence[int]) -> list[Singles]:
        return [table(f"{name}.{number}", size) for number, size in enumerate(rows)]

    def linear(name: str, inputs: int) -> Linear:
        weights = _read(state, f"{name}.weight", (width, inputs))
        return Linear(np.ascontiguousarray(weights.T), _read(state, f"{name}.bias", (width,)))

    seen = [memory for place in range(lags + RECENT_NOTES) for memory in tables(f"memory_in.{place}", _more(sizes))]
    rows_in = [table("step_in", STEPS), table("symbol_in", spec.symbols), *tables("attributes_in", sizes)]
    # The last row stands for what a bar line does not have: no symbol, no attributes.
    rows_in.append(np.zeros((1, width), np.float32))
    return Weights(
        _read(state, "start", (width,)),
        _stacked(rows_in),
        _stacked(tables("prefix_in", list(PREFIX_SIZES.values()))),
        linear("bar_in", spec.bar_features),
        _stacked(tables("next_steps_in", [STEPS + 1] * lags)),
        table("step_chosen", STEPS),
        linear("cell_in", spec.cell_features),
        table("symbol_chosen", spec.symbols),
        _stacked(seen),
        tuple(tables("attribute_chosen", sizes[:-1])),
        _blocks(state, config),
        _heads(state, width, [STEPS, spec.symbols, *sizes]),
    )


def turns(positions: int, size: int) -> Singles:
    """Cosines and sines of the rotary positions of a head of some size, (positions, 2, size / 2)."""
    half = size // 2
    frequency = np.float32(10000.0) ** (-np.arange(half, dtype=np.float32) / np.float32(half))
    angle = np.arange(positions, dtype=np.float32)[:, None] * frequency
    return np.stack([np.cos(angle), np.sin(angle)], axis=1).astype(np.float32)


def _more(sizes: Sequence[int]) -> list[int]:
    """Room for "none" beside the values."""
    return [size + 1 for size in sizes]


def _read(state: State, name: str, shape: tuple[int, ...]) -> Singles:
    weights = np.ascontiguousarray(state[name], np.float32)
    if weights.shape != shape:
        raise ValueError(f"{name} has shape {weights.shape}, not {shape}")
    return weights


def _stacked(tables: Sequence[Singles]) -> EmbeddingTable:
    starts = np.cumsum([0, *(len(table) for table in tables[:-1])])
    return EmbeddingTable(np.concatenate(tables), starts.astype(np.int64))


def _blocks(state: State, config: ModelConfig) -> Blocks:
    width = config.width
    names = [f"trunk.{number}" for number in range(config.trunk_blocks)]
    names += [f"note_blocks.{number}" for number in range(config.note_blocks)]

    def norms(name: str) -> Singles:
        return np.stack([_norm(state, f"{block}.{name}", width) for block in names])

    def matrices(name: str, outputs: int, inputs: int) -> Singles:
        read = [_read(state, f"{block}.{name}.weight", (outputs, inputs)) for block in names]
        return np.ascontiguousarray(np.stack(read).swapaxes(1, 2))

    packed = [
        matrices("qkv", 3 * width, width),
        matrices("attention_out", width, width),
        matrices("feed_in", 4 * width, width),
        matrices("feed_out", width, 4 * width),
    ]
    qkv, attention_out, feed_in, feed_out = _halved(packed)

    return Blocks(norms("attention_norm"), qkv, attention_out, norms("feed_norm"), feed_in, feed_out)


def _halved(matrices: Sequence[Singles]) -> Sequence[Singles] | Sequence[HalfFloats]:
    """The bits of half precision where they tell all numbers exactly, as weights from disk, and can be read fast."""
    halves = [matrix.astype(np.float16) for matrix in matrices]
    exact = all(np.array_equal(half, matrix) for half, matrix in zip(halves, matrices, strict=True))
    return [half.view(np.uint16) for half in halves] if exact and _reads_halves() else matrices


@functools.cache
def _reads_halves() -> bool:
    """Whether the processor itself converts half precision: 64-bit ARM does, x86 with F16C (from 2012 on)."""
    return platform.machine() in ("aarch64", "arm64") or binding.get_host_cpu_features().get("f16c", False)


def _heads(state: State, width: int, sizes: Sequence[int]) -> Heads:
    names = ["step_head", "symbol_head", *(f"attribute_heads.{number}" for number in range(len(sizes) - 2))]
    padded = -(-max(sizes) // _LANES) * _LANES
    out = np.zeros((len(sizes), width, padded), np.float32)
    out_bias = np.zeros((len(sizes), padded), np.float32)
    for number, (name, size) in enumerate(zip(names, sizes, strict=True)):
        out[number, :, :size] = _read(state, f"{name}.3.weight", (size, width)).T
        out_bias[number, :size] = _read(state, f"{name}.3.bias", (size,))
    hidden = np.stack([_read(state, f"{name}.1.weight", (width, width)).T for name in names])
    bias = np.stack([_read(state, f"{name}.1.bias", (width,)) for name in names])
    return Heads(np.stack([_norm(state, f"{name}.0", width) for name in names]), hidden, bias, out, out_bias)


def _norm(state: State, name: str, width: int) -> Singles:
    return np.stack([_read(state, f"{name}.{part}", (width,)) for part in ("weight", "bias")])
