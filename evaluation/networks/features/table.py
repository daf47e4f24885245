"""Statistics of notes by excerpt, and the table that they are gathered in.

Conventions
-----------
Every function returns one number for each excerpt, (excerpts,). Where an excerpt holds nothing to be averaged, the
stated default stands, so that a feature is always a finite number.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from evaluation.networks.notes import ExcerptNotes
from workbench.domain.arrays import Flags, Floats, Integers, Numbers


@dataclass(slots=True)
class Features:
    """Named columns of numbers, one row an excerpt.

    Examples
    --------
    >>> table = Features()
    >>> table.add("notes", np.array([3.0, 5.0]))
    >>> table.names, table.values.shape
    (['notes'], (2, 1))
    """

    names: list[str] = field(default_factory=list)
    columns: list[Floats] = field(default_factory=list)

    def add(self, name: str, column: Numbers) -> None:
        """Append a column; what is not finite becomes zero."""
        self.names.append(name)
        self.columns.append(np.nan_to_num(np.asarray(column, np.float64), nan=0.0, posinf=0.0, neginf=0.0))

    @property
    def values(self) -> Floats:
        """The table, (excerpts, features)."""
        return np.stack(self.columns, axis=1)

    def column(self, name: str) -> Floats:
        """One column by name."""
        return self.columns[self.names.index(name)]


def count(notes: ExcerptNotes, where: Flags | None = None) -> Floats:
    """Notes of each excerpt (that fulfil `where`)."""
    chosen = notes.excerpt if where is None else notes.excerpt[where]
    return np.bincount(chosen, minlength=notes.excerpts).astype(np.float64)


def share(notes: ExcerptNotes, where: Flags, among: Flags | None = None, default: float = 0.0) -> Floats:
    """Share of the notes (of those `among`) that fulfil `where`."""
    whole = count(notes, among)
    part = count(notes, where if among is None else where & among)
    return np.where(whole > 0, part / np.maximum(whole, 1), default)


def mean(
    notes: ExcerptNotes, values: Numbers, where: Flags | None = None, default: Floats | float | None = None
) -> Floats:
    """Mean of `values`, by default that of the whole excerpt where none fulfils `where`, else 0."""
    chosen = np.ones(len(notes), bool) if where is None else where
    whole = count(notes, chosen)
    total = np.bincount(notes.excerpt[chosen], weights=values[chosen], minlength=notes.excerpts)
    if default is None:
        default = 0.0 if where is None else mean(notes, values)
    means: Floats = np.where(whole > 0, total / np.maximum(whole, 1), default)
    return means


def deviation(notes: ExcerptNotes, values: Numbers, where: Flags | None = None) -> Floats:
    """Standard deviation of `values`; 0 where there is nothing."""
    centre = mean(notes, values, where, default=0.0)
    spread = mean(notes, (values - centre[notes.excerpt]) ** 2, where, default=0.0)
    return np.sqrt(spread)


def extreme(notes: ExcerptNotes, values: Numbers, where: Flags | None = None, *, highest: bool) -> Floats:
    """Highest or lowest of `values`; 0 where there is nothing."""
    chosen = np.ones(len(notes), bool) if where is None else where
    result = np.full(notes.excerpts, -np.inf if highest else np.inf)
    (np.maximum if highest else np.minimum).at(result, notes.excerpt[chosen], values[chosen])
    return np.where(np.isfinite(result), result, 0.0)


def entropy(owner: Integers, words: Integers, excerpts: int) -> Floats:
    """Entropy in nats of the words that each excerpt (`owner`, one for each word) holds.

    Examples
    --------
    >>> entropy(np.array([0, 0, 1]), np.array([4, 5, 4]), 2).round(3)
    array([0.693, 0.   ])
    """
    if not len(owner):
        return np.zeros(excerpts)
    pairs, counts = np.unique(np.stack([owner, words]), axis=1, return_counts=True)
    total = np.bincount(owner, minlength=excerpts)[pairs[0]]
    probability = counts / total
    return np.bincount(pairs[0], weights=-probability * np.log(probability), minlength=excerpts).astype(np.float64)


def onsets(notes: ExcerptNotes) -> tuple[Integers, Integers, Integers]:
    """Distinct (excerpt, place): their excerpts, places in 24ths, and how many notes each holds."""
    size = int(notes.place_24.max()) + 1 if len(notes) else 1
    keys, counts = np.unique(notes.excerpt * size + notes.place_24, return_counts=True)
    return keys // size, keys % size, counts


def by_owner(owner: Integers, values: Numbers, excerpts: int, *, default: float = 0.0) -> Floats:
    """Mean of loose values by the excerpt that owns them."""
    counts = np.bincount(owner, minlength=excerpts)
    total = np.bincount(owner, weights=values, minlength=excerpts)
    return np.where(counts > 0, total / np.maximum(counts, 1), default)


def spread_by_owner(owner: Integers, values: Numbers, excerpts: int) -> Floats:
    """Standard deviation of loose values by the excerpt that owns them."""
    centre = by_owner(owner, values, excerpts)
    return np.sqrt(by_owner(owner, (values - centre[owner]) ** 2, excerpts))


def correlation(owner: Integers, first: Numbers, second: Numbers, excerpts: int) -> Floats:
    """Pearson correlation of pairs of values by excerpt; 0 with fewer than five pairs or without spread."""
    a = first - by_owner(owner, first, excerpts)[owner]
    b = second - by_owner(owner, second, excerpts)[owner]
    shared = np.bincount(owner, weights=a * b, minlength=excerpts)
    size = np.sqrt(np.bincount(owner, weights=a * a, minlength=excerpts)
                   * np.bincount(owner, weights=b * b, minlength=excerpts))  # fmt: skip
    enough = (np.bincount(owner, minlength=excerpts) >= 5) & (size > 1e-9)
    return np.where(enough, shared / np.where(enough, size, 1.0), 0.0)


def similarity(first: Flags, second: Flags) -> Floats:
    """Jaccard similarity of two bars' cells, over all axes but the first; two empty bars are equal.

    Examples
    --------
    >>> similarity(np.array([[True, True, False]]), np.array([[True, False, False]]))
    array([0.5])
    """
    axes = tuple(range(1, first.ndim))
    union = (first | second).sum(axis=axes)
    return np.where(union > 0, (first & second).sum(axis=axes) / np.maximum(union, 1), 1.0)


def repetition(table: Features, bars: Flags, prefix: str = "") -> None:
    """Add how the bars of an excerpt, (excerpts, 4, ...), repeat each other."""
    pairs = {(i, j): similarity(bars[:, i], bars[:, j]) for i in range(4) for j in range(i + 1, 4)}
    following = np.stack([pairs[0, 1], pairs[1, 2], pairs[2, 3]])
    table.add(f"{prefix}same_mean", following.mean(axis=0))
    table.add(f"{prefix}same_least", following.min(axis=0))
    table.add(f"{prefix}same_most", following.max(axis=0))
    table.add(f"{prefix}same_1_3", pairs[0, 2])
    table.add(f"{prefix}same_2_4", pairs[1, 3])
    table.add(f"{prefix}same_1_4", pairs[0, 3])


def changes(notes: ExcerptNotes, values: Numbers) -> tuple[Integers, Floats]:
    """Change of `values` in the same cell from one bar to the next: the excerpts that own them, and the changes."""
    cell = notes.cell
    stride = 48 * notes.spec.symbols
    place = np.searchsorted(cell, cell + stride)
    inside = np.minimum(place, max(len(cell) - 1, 0))
    again = (place < len(cell)) & (notes.bar < 3)
    if len(cell):
        again &= cell[inside] == cell + stride
    return notes.excerpt[again], values[inside[again]] - values[again]
