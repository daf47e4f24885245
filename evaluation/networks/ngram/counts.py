"""Interpolated Kneser-Ney models of single fields: the baseline that a network has to beat.

Conventions
-----------
A model predicts one integer field from a chain of contexts, longest first. Contexts and targets are integer columns
of equal length. The likelihood of a target is the interpolation of all orders with absolute discounting, one discount
each for what was seen once, twice and more often; lower orders count in how many longer contexts a target was seen
(Kneser and Ney 1995; Chen and Goodman 1999, section 3, "modified").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workbench.domain.arrays import Floats, Integers
from workbench.domain.errors import ParameterError

Columns = Mapping[str, Integers]
Chain = tuple[tuple[str, ...], ...]
"""Names of context columns, longest context first, usually ending with the empty one."""


@dataclass(frozen=True, slots=True, eq=False)
class _Order:
    """Counts of one order.

    `pair_keys` and `pair_kept` (the discounted counts) are sorted by the hash of context and target. The pairs stand
    once more by context: `context_keys` are sorted, the pairs of context i are `starts[i]`..`starts[i + 1]` of
    `targets`, and `cumulative` sums their discounted counts.
    """

    pair_keys: Integers
    pair_kept: Floats
    context_keys: Integers
    totals: Floats
    kept_shares: Floats
    starts: Integers
    targets: Integers
    cumulative: Floats


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

    @property
    def chain(self) -> Chain:
        """Contexts, longest first."""
        return self._chain

    def fit(self, columns: Columns, target: Integers) -> KneserNey:
        """Count. Columns and target are (n,) integers."""
        self._orders = []
        weights, rows = np.ones(len(target), np.int64), np.arange(len(target))
        for names in self._chain:
            context = hash_columns(columns, names, len(target))[rows]
            keys, first, inverse = np.unique(_pair(context, target[rows]), return_index=True, return_inverse=True)
            counts = np.bincount(inverse, weights=weights).astype(np.int64)
            self._orders.append(_order(keys, counts, context[first], target[rows][first]))
            # The next order counts each (context, target) of this one once.
            rows, weights = rows[first], np.ones(len(first), np.int64)
        return self

    def nats(self, columns: Columns, target: Integers) -> Floats:
        """Negative log likelihood of each target, (n,), in nats."""
        probability = np.full(len(target), 1.0 / self._vocabulary)
        for names, order in zip(reversed(self._chain), reversed(self._orders), strict=True):
            context = hash_columns(columns, names, len(target))
            place, seen = _find(order.context_keys, context)
            pair, known = _find(order.pair_keys, _pair(context, target))
            kept = np.where(known, order.pair_kept[pair], 0.0) / order.totals[place]
            mixed = kept + (1.0 - order.kept_shares[place]) * probability
            probability = np.where(seen, mixed, probability)
        nats: Floats = -np.log(probability)
        return nats

    def draw(self, columns: Columns, chance: Floats) -> Integers:
        """One target for each row of the context columns, (n,), from numbers 0..1 (n,): exactly as likely as estimated.

        An order either yields a target or passes the rest of the chance on to the next shorter one.
        """
        result = np.full(len(chance), -1, np.int64)
        rest = chance.astype(np.float64).copy()
        for names, order in zip(self._chain, self._orders, strict=True):
            place, seen = _find(order.context_keys, hash_columns(columns, names, len(chance)))
            share = np.where(seen, order.kept_shares[place], 0.0)
            here = (result < 0) & (rest < share)
            mass = order.cumulative[order.starts[place]] + rest * order.totals[place]
            index = np.minimum(np.searchsorted(order.cumulative, mass, side="right") - 1, order.starts[place + 1] - 1)
            result = np.where(here, order.targets[np.maximum(index, order.starts[place])], result)
            rest = np.where(result < 0, (rest - share) / np.maximum(1.0 - share, 1e-12), rest)
        left = np.minimum((rest * self._vocabulary).astype(np.int64), self._vocabulary - 1)
        return np.where(result < 0, left, result)


def best_model(
    chains: Sequence[Chain], vocabulary: int, train: tuple[Columns, Integers], held_out: tuple[Columns, Integers]
) -> tuple[KneserNey, float]:
    """The model whose chain has the least mean nats on the held-out rows, and that value: tuned in its favour."""
    best: tuple[KneserNey, float] | None = None
    for chain in chains:
        model = KneserNey(chain, vocabulary).fit(*train)
        nats = float(model.nats(*held_out).mean())
        if best is None or nats < best[1]:
            best = (model, nats)
    if best is None:
        raise ParameterError("n-gram: expected one chain or more to choose from")
    return best


def hash_columns(columns: Columns, names: Sequence[str], length: int) -> Integers:
    """One 64-bit key for each row from the named columns (multiply and add; collisions are negligible)."""
    key = np.full(length, 1469598103934665603, np.uint64)
    for name in names:
        key = (key ^ (columns[name].astype(np.uint64) + np.uint64(0x9E3779B9))) * np.uint64(1099511628211)
        key ^= key >> np.uint64(29)
    return key.view(np.int64)


def _pair(context: Integers, target: Integers) -> Integers:
    return hash_columns({"context": context, "target": target}, ("context", "target"), len(target))


def _order(pair_keys: Integers, counts: Integers, contexts: Integers, targets: Integers) -> _Order:
    kept = counts - _discounts(counts)[np.minimum(counts, 3)]
    context_keys, inverse = np.unique(contexts, return_inverse=True)
    totals = np.bincount(inverse, weights=counts).astype(np.float64)
    by_context = np.argsort(inverse, kind="stable")
    starts = np.r_[0, np.cumsum(np.bincount(inverse))]
    cumulative = np.r_[0.0, np.cumsum(kept[by_context])]
    kept_shares = np.bincount(inverse, weights=kept) / totals
    return _Order(pair_keys, kept, context_keys, totals, kept_shares, starts, targets[by_context], cumulative)


def _discounts(counts: Integers) -> Floats:
    """Discounts of what was seen 0, 1, 2, 3 or more times (Chen and Goodman 1999, equation 26)."""
    seen = np.bincount(np.minimum(counts, 5), minlength=5)[1:5].astype(np.float64)
    if seen[0] == 0 or seen[1] == 0:
        return np.array([0.0, 0.5, 0.5, 0.5])
    base = seen[0] / (seen[0] + 2 * seen[1])
    ratio = seen[1:] / np.maximum(seen[:-1], 1)
    raw = np.array([1, 2, 3]) - np.array([2, 3, 4]) * base * ratio
    discounts: Floats = np.r_[0.0, np.clip(raw, 0.05, [0.95, 1.9, 2.9])]
    return discounts


def _find(keys: Integers, wanted: Integers) -> tuple[Integers, npt.NDArray[np.bool_]]:
    """Place of each wanted key (any where it is not there), and whether it is there."""
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return place, keys[place] == wanted
