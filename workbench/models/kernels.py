"""The network's arithmetic as compiled loops: sums in one fixed order, whatever the number of rows and threads.

Every product of rows and weights adds up the inputs of each output one after the other, so a row comes out the same
bit for bit alone, among others, and in any thread. Loops run over outputs, positions or widths, where the processor
takes many at a time without changing that order. Float32 throughout; no call holds the interpreter's lock.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numba
import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

from workbench.domain.arrays import HalfFloats, Integers, Singles

_EPSILON = np.float32(1e-5)
_HALF, _ONE = np.float32(0.5), np.float32(1.0)
_HALF_ROOT = np.float32(np.sqrt(0.5))
# Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.28: erf to 3e-7 without an exponential.
_ERF = tuple(
    np.float32(a) for a in (0.0705230784, 0.0422820123, 0.0092705272, 0.0001520143, 0.0002765672, 0.0000430638)
)
_E1, _E2, _E3, _E4, _E5, _E6 = _ERF
# Taylor series of 2**x for |x| <= 1/2: the next term is below 2e-7.
_P1, _P2, _P3, _P4, _P5, _P6 = (
    np.float32(np.log(2.0) ** power / factorial)
    for power, factorial in ((1, 1), (2, 2), (3, 6), (4, 24), (5, 120), (6, 720))
)
_LOG2_E = np.float32(np.log2(np.e))
_LEAST = np.float32(-87.0)
"""Below it an exponential is no normal float32."""


class Blocks(NamedTuple):
    """Weights of N blocks of width W: norms (N, 2, W) as scale and shift, matrices (N, inputs, outputs).

    Matrices are float32, or the bits of half precision where that holds them exactly: reading them is what takes time.
    """

    attention_norm: Singles
    qkv: Singles | HalfFloats
    attention_out: Singles | HalfFloats
    feed_norm: Singles
    feed_in: Singles | HalfFloats
    feed_out: Singles | HalfFloats


class Heads(NamedTuple):
    """Weights of H heads: norm (H, 2, W), hidden layer (H, W, W) and its bias (H, W), output (H, W, S) and bias (H, S).

    S is at least the size of the largest head; the rest is padded with zeros.
    """

    norm: Singles
    hidden: Singles
    hidden_bias: Singles
    out: Singles
    out_bias: Singles


class Memory(NamedTuple):
    """Keys and values that rows look back at, for some streams: (streams, blocks, heads, size, positions) and
    (streams, blocks, heads, positions, size).
    """

    keys: Singles
    values: Singles


def _widened(_: Any, weight: types.Type) -> tuple[Any, Callable[..., ir.Value]]:
    """A weight as float32: the processor's own conversion where it is the bits of half precision."""

    def generate(_: Any, builder: ir.IRBuilder, signature: Any, arguments: list[ir.Value]) -> ir.Value:
        if signature.args[0] == types.float32:
            return arguments[0]
        return builder.fpext(builder.bitcast(arguments[0], ir.HalfType()), ir.FloatType())

    return types.float32(weight), generate


_wide: Any = intrinsic(_widened)


@numba.njit(nogil=True, cache=True, fastmath={"contract"})
def add_product(rows: Singles, weights: Singles | HalfFloats, out: Singles) -> None:
    """Add rows (n, I) times weights (I, O) to `out` (n, O). Two rows share each reading of the weights."""
    whole, pairs = rows.shape[1] - rows.shape[1] % 4, rows.shape[0] - rows.shape[0] % 2
    for i in range(0, whole, 4):
        for r in range(0, pairs, 2):
            _add_four_to_two(rows, weights, out, i, r)
        if pairs < rows.shape[0]:
            _add_four_to_one(rows, weights, out, i, pairs)
    for i in range(whole, rows.shape[1]):
        for r in range(rows.shape[0]):
            for j in range(weights.shape[1]):
                out[r, j] += rows[r, i] * _wide(weights[i, j])


@numba.njit(nogil=True, cache=True, fastmath={"contract"})
def _add_four_to_two(rows: Singles, weights: Singles | HalfFloats, out: Singles, i: int, r: int) -> None:
    s = r + 1
    a, b, c, d = rows[r, i], rows[r, i + 1], rows[r, i + 2], rows[r, i + 3]
    e, f, g, h = rows[s, i], rows[s, i + 1], rows[s, i + 2], rows[s, i + 3]
    for j in range(weights.shape[1]):
        first, second = _wide(weights[i, j]), _wide(weights[i + 1, j])
        third, fourth = _wide(weights[i + 2, j]), _wide(weights[i + 3, j])
        out[r, j] = out[r, j] + a * first + b * second + c * third + d * fourth
        out[s, j] = out[s, j] + e * first + f * second + g * third + h * fourth


@numba.njit(nogil=True, cache=True, fastmath={"contract"})
def _add_four_to_one(rows: Singles, weights: Singles | HalfFloats, out: Singles, i: int, r: int) -> None:
    a, b, c, d = rows[r, i], rows[r, i + 1], rows[r, i + 2], rows[r, i + 3]
    for j in range(weights.shape[1]):
        first = out[r, j] + a * _wide(weights[i, j]) + b * _wide(weights[i + 1, j])
        out[r, j] = first + c * _wide(weights[i + 2, j]) + d * _wide(weights[i + 3, j])


@numba.njit(nogil=True, cache=True)
def add_entries(out: Singles, table: Singles, entries: Integers) -> None:
    """Add rows `entries` (n, K) of a table (size, W) to `out` (n, W)."""
    for r in range(entries.shape[0]):
        for k in range(entries.shape[1]):
            entry = entries[r, k]
            for j in range(out.shape[1]):
                out[r, j] += table[entry, j]


@numba.njit(nogil=True, cache=True)
def add_flagged(out: Singles, table: Singles, flags: npt.NDArray[np.uint8]) -> None:
    """Add the rows of a table (K, W) where flags (n, K) stand to `out` (n, W)."""
    for r in range(flags.shape[0]):
        for k in range(flags.shape[1]):
            if flags[r, k]:
                for j in range(out.shape[1]):
                    out[r, j] += table[k, j]


@numba.njit(nogil=True, cache=True, fastmath={"contract", "reassoc"})
def normed(rows: Singles, norm: Singles) -> Singles:
    """Layer norm of rows (n, W) with scale and shift (2, W); a width is summed in one order, as it is compiled."""
    out = np.empty_like(rows)
    width = rows.shape[1]
    for r in range(rows.shape[0]):
        total = np.float32(0.0)
        for j in range(width):
            total += rows[r, j]
        mean = total / np.float32(width)
        squares = np.float32(0.0)
        for j in range(width):
            squares += (rows[r, j] - mean) * (rows[r, j] - mean)
        scale = _ONE / np.sqrt(squares / np.float32(width) + _EPSILON)
        for j in range(width):
            out[r, j] = (rows[r, j] - mean) * scale * norm[0, j] + norm[1, j]
    return out


@numba.njit(nogil=True, cache=True, fastmath={"contract"})
def gelu(rows: Singles) -> None:
    """Gaussian error linear units of rows (n, W), in place (Hendrycks and Gimpel 2016)."""
    for r in range(rows.shape[0]):
        for j in range(rows.shape[1]):
            x = rows[r, j]
            z = abs(x) * _HALF_ROOT
            p = _ONE + z * (_E1 + z * (_E2 + z * (_E3 + z * (_E4 + z * (_E5 + z * _E6)))))
            p *= p
            p *= p
            p *= p
            error = _ONE - _ONE / (p * p)
            rows[r, j] = _HALF * (x + abs(x) * error)


@numba.njit(nogil=True, cache=True, fastmath={"contract"})
def exponentials(values: Singles, bits: npt.NDArray[np.int32]) -> None:
    """Exponentials of numbers up to 0, in place; `bits` is room of the same size."""
    for t in range(values.shape[0]):
        scaled = max(values[t], _LEAST) * _LOG2_E
        whole = np.floor(scaled + _HALF)
        x = scaled - whole
        bits[t] = (np.int32(whole) + 127) << 23
        values[t] = _ONE + x * (_P1 + x * (_P2 + x * (_P3 + x * (_P4 + x * (_P5 + x * _P6)))))
    powers = bits.view(np.float32)
    for t in range(values.shape[0]):
        values[t] *= powers[t]


@numba.njit(nogil=True, cache=True, fastmath={"contract"})
def _attend(query: Singles, keys: Singles, values: Singles, length: int, out: Singles) -> None:
    """Write what a head (D,) sees of `length` positions, keys (D, positions) and values (positions, D), to `out`."""
    size = query.shape[0]
    weights, bits = np.zeros(length, np.float32), np.empty(length, np.int32)
    for d in range(0, size - size % 4, 4):
        a, b, c, e = query[d], query[d + 1], query[d + 2], query[d + 3]
        for t in range(length):
            weights[t] += a * keys[d, t] + b * keys[d + 1, t] + c * keys[d + 2, t] + e * keys[d + 3, t]
    for d in range(size - size % 4, size):
        for t in range(length):
            weights[t] += query[d] * keys[d, t]
    largest = weights[0]
    for t in range(length):
        largest = max(largest, weights[t])
    for t in range(length):
        weights[t] -= largest
    exponentials(weights, bits)
    total = np.float32(0.0)
    for d in range(size):
        out[d] = np.float32(0.0)
    for t in range(length):
        total += weights[t]
    whole = length - length % 4
    for t in range(0, whole, 4):
        a, b, c, e = weights[t], weights[t + 1], weights[t + 2], weights[t + 3]
        for d in range(size):
            out[d] += a * values[t, d] + b * values[t + 1, d] + c * values[t + 2, d] + e * values[t + 3, d]
    for t in range(whole, length):
        for d in range(size):
            out[d] += weights[t] * values[t, d]
    for d in range(size):
        out[d] /= total


@numba.njit(nogil=True, cache=True, fastmath={"contract"})
def _remember(qkv: Singles, turns: Singles, keys: Singles, values: Singles, position: int, heads: int) -> None:
    """Turn the query of a row (3 * W,) to its position, in place, and store the turned key and the value.

    Rotary positions: `turns` (positions, 2, D / 2) holds cosines and sines (Su et al. 2021).
    """
    width = qkv.shape[0] // 3
    size = width // heads
    half = size // 2
    scale = _ONE / np.sqrt(np.float32(size))
    for h in range(heads):
        for d in range(half):
            cos, sin = turns[position, 0, d], turns[position, 1, d]
            low, high = h * size + d, h * size + d + half
            first, second = qkv[low], qkv[high]
            qkv[low], qkv[high] = (first * cos - second * sin) * scale, (first * sin + second * cos) * scale
            first, second = qkv[width + low], qkv[width + high]
            keys[h, d, position] = first * cos - second * sin
            keys[h, d + half, position] = first * sin + second * cos
        for d in range(size):
            values[h, position, d] = qkv[2 * width + h * size + d]


@numba.njit(nogil=True, cache=True)
def run_blocks(
    rows: Singles, blocks: Blocks, first: int, last: int, memory: Memory, turns: Singles, places: Integers
) -> None:
    """Rows (n, W) through blocks `first`..`last`-1, in place.

    `places` (n, 2) tells stream and position of each row; those of one stream follow what is remembered of it.
    """
    n, width = rows.shape
    heads, size = memory.keys.shape[2], memory.keys.shape[3]
    mixed = np.empty((n, width), np.float32)
    for block in range(first, last):
        qkv = np.zeros((n, 3 * width), np.float32)
        add_product(normed(rows, blocks.attention_norm[block]), blocks.qkv[block], qkv)
        for r in range(n):
            stream, position = places[r]
            _remember(qkv[r], turns, memory.keys[stream, block], memory.values[stream, block], position, heads)
        for r in range(n):
            stream, position = places[r]
            for h in range(heads):
                inside = slice(h * size, (h + 1) * size)
                keys, values = memory.keys[stream, block, h], memory.values[stream, block, h]
                _attend(qkv[r, inside], keys, values, position + 1, mixed[r, inside])
        add_product(mixed, blocks.attention_out[block], rows)
        inner = np.zeros((n, blocks.feed_in.shape[2]), np.float32)
        add_product(normed(rows, blocks.feed_norm[block]), blocks.feed_in[block], inner)
        gelu(inner)
        add_product(inner, blocks.feed_out[block], rows)


@numba.njit(nogil=True, cache=True)
def head_logits(rows: Singles, heads: Heads, head: int) -> Singles:
    """Logits (n, S) of one head for rows (n, W)."""
    n = rows.shape[0]
    hidden, out = np.empty(rows.shape, np.float32), np.empty((n, heads.out.shape[2]), np.float32)
    for r in range(n):
        hidden[r] = heads.hidden_bias[head]
        out[r] = heads.out_bias[head]
    add_product(normed(rows, heads.norm[head]), heads.hidden[head], hidden)
    gelu(hidden)
    add_product(hidden, heads.out[head], out)
    return out
