"""Interpolated Kneser-Ney models of single fields: the baseline that a network has to beat.

Conventions
-----------
A model predicts one integer field from a chain of contexts, longest first. Contexts and targets are integer columns
of equal length. The likelihood of a target is the interpolation of all orders with absolute discounting; lower orders
count in how many longer contexts a target was seen (Kneser and Ney 1995; Chen and Goodman 1999, section 3).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workbench.domain.errors import ParameterError

Integers = npt.NDArray[np.int64]
Columns = Mapping[str, Integers]
Chain = tuple[tuple[str, ...], ...]
"""Names of context columns, longest context first, usually ending with the empty one."""


@dataclass(frozen=True, slots=True, eq=False)
class _Order:
    """Counts of one order: sorted keys of contexts and of (context, target) pairs."""

    pair_keys: Integers
    pair_counts: Integers
    context_keys: Integers
    context_totals: Integers
    context_types: Integers
    discount: float


class KneserNey:
    """A Kneser-Ney model of one field.

    Parameters
    ----------
    chain : tuple of tuples of str
        Contexts, longest first.
    vocabulary : int
        Number of target values; below the shortest context lies the uniform distribution.
    """

    def __init__(self, chain: Chain, vocabulary: int) -> None:
        if vocabulary < 1 or not chain:
            raise ParameterError(f"n-gram: expected a vocabulary and a chain, got {vocabulary} and {chain}")
        self._chain, self._vocabulary = chain, vocabulary
        self._orders: list[_Order] = []

    def fit(self, columns: Columns, target: Integers) -> KneserNey:
        """Count. Columns and target are (n,) integers."""
        self._orders = []
        weights, rows = np.ones(len(target), np.int64), np.arange(len(target))
        for names in self._chain:
            context = hash_columns(columns, names, len(target))[rows]
            pairs = _pair(context, target[rows])
            keys, first, inverse = np.unique(pairs, return_index=True, return_inverse=True)
            counts = np.bincount(inverse, weights=weights).astype(np.int64)
            self._orders.append(_order(keys, counts, context[first]))
            # The next order counts each (context, target) of this one once.
            rows, weights = rows[first], np.ones(len(first), np.int64)
        return self

    def nats(self, columns: Columns, target: Integers) -> npt.NDArray[np.float64]:
        """Negative log likelihood of each target, (n,), in nats."""
        probability = np.full(len(target), 1.0 / self._vocabulary)
        for names, order in zip(reversed(self._chain), reversed(self._orders), strict=True):
            context = hash_columns(columns, names, len(target))
            total = _look_up(order.context_keys, order.context_totals, context)
            types = _look_up(order.context_keys, order.context_types, context)
            count = _look_up(order.pair_keys, order.pair_counts, _pair(context, target))
            seen = total > 0
            kept = np.maximum(count - order.discount, 0.0) + order.discount * types * probability
            probability = np.where(seen, kept / np.maximum(total, 1), probability)
        nats: npt.NDArray[np.float64] = -np.log(probability)
        return nats


def best_chain(
    chains: Sequence[Chain], vocabulary: int, train: tuple[Columns, Integers], held_out: tuple[Columns, Integers]
) -> tuple[Chain, float]:
    """The chain with the least mean nats on the held-out rows, and that figure: tuned in the baseline's favour."""
    results = [(KneserNey(chain, vocabulary).fit(*train).nats(*held_out).mean(), chain) for chain in chains]
    nats, chain = min(results, key=lambda result: float(result[0]))
    return chain, float(nats)


def hash_columns(columns: Columns, names: Sequence[str], length: int) -> Integers:
    """One 64-bit key for each row from the named columns (multiply and add; collisions are negligible)."""
    key = np.full(length, 1469598103934665603, np.uint64)
    for name in names:
        key = (key ^ (columns[name].astype(np.uint64) + np.uint64(0x9E3779B9))) * np.uint64(1099511628211)
        key ^= key >> np.uint64(29)
    return key.view(np.int64)


def _pair(context: Integers, target: Integers) -> Integers:
    return hash_columns({"context": context, "target": target}, ("context", "target"), len(target))


def _order(pair_keys: Integers, pair_counts: Integers, contexts: Integers) -> _Order:
    context_keys, inverse = np.unique(contexts, return_inverse=True)
    totals = np.bincount(inverse, weights=pair_counts).astype(np.int64)
    types = np.bincount(inverse).astype(np.int64)
    once, twice = int((pair_counts == 1).sum()), int((pair_counts == 2).sum())
    discount = once / (once + 2 * twice) if once else 0.5
    return _Order(pair_keys, pair_counts, context_keys, totals, types, min(max(discount, 0.05), 0.95))


def _look_up(keys: Integers, values: Integers, wanted: Integers) -> Integers:
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[place] == wanted, values[place], 0)
