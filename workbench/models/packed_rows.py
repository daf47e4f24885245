"""Rows of sequences of unequal length without the padding between them, and attention over them."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


class PackedRows:
    """Which rows of a padded batch are there, and the way from the batch to those rows and back.

    Layers that treat each row by itself (linear ones, norms, tables) compute packed rows only, and `attend` keeps each
    sequence to itself. The results are those of the padded batch, since padding stands at the end and attention is
    causal; what is saved is the padding.

    Parameters
    ----------
    present : Tensor of bool, (B, T)
        True at rows that are no padding; in each sequence padding comes last.

    Attributes
    ----------
    sequence, position : Tensor of int64, (R,)
        The sequence that each packed row belongs to, 0..B-1, and its place in it.
    lengths : list of int
        Rows of each sequence.

    Examples
    --------
    >>> rows = PackedRows(torch.tensor([[True, True, True], [True, False, False]]))
    >>> rows.pack(torch.tensor([[1, 2, 3], [4, 0, 0]]))
    tensor([1, 2, 3, 4])
    >>> rows.unpack(torch.tensor([5, 6, 7, 8]))
    tensor([[5, 6, 7],
            [8, 0, 0]])
    """

    def __init__(self, present: Tensor) -> None:
        self._shape = present.shape
        self._places = present.flatten().nonzero().squeeze(1)
        self.sequence = self._places // present.shape[1]
        self.position = self._places % present.shape[1]
        self.lengths: list[int] = present.sum(1).tolist()

    def pack(self, table: Tensor) -> Tensor:
        """(B, T, ...) to (R, ...)."""
        return table.flatten(0, 1).index_select(0, self._places)

    def unpack(self, rows: Tensor) -> Tensor:
        """(R, ...) to (B, T, ...), zero at padding."""
        table = rows.new_zeros((self._shape.numel(), *rows.shape[1:]))
        return table.index_copy(0, self._places, rows).view(*self._shape, *rows.shape[1:])


def attend(query: Tensor, key: Tensor, value: Tensor, rows: PackedRows) -> Tensor:
    """Causal attention within the sequences of packed rows, each tensor (H, R, D), to (H, R, D)."""
    return _one_by_one(query, key, value, rows) if query.device.type == "cpu" else _padded(query, key, value, rows)


def _one_by_one(query: Tensor, key: Tensor, value: Tensor, rows: PackedRows) -> Tensor:
    """Sequence after sequence, always in 32 bits: a processor's kernel for bfloat16 takes twice as long, both ways."""
    queries, keys, values = (torch.split(x.float()[None], rows.lengths, dim=2) for x in (query, key, value))
    with torch.autocast("cpu", enabled=False):
        mixed = [
            functional.scaled_dot_product_attention(*each, is_causal=True)
            for each in zip(queries, keys, values, strict=True)
        ]
    return torch.cat(mixed, dim=2)[0].to(value.dtype)


def _padded(query: Tensor, key: Tensor, value: Tensor, rows: PackedRows) -> Tensor:
    """All sequences at once, where starting a kernel costs more than computing padding."""
    queries, keys, values = (rows.unpack(x.transpose(0, 1)).transpose(1, 2) for x in (query, key, value))
    mixed = functional.scaled_dot_product_attention(queries, keys, values, is_causal=True)
    return rows.pack(mixed.transpose(1, 2)).transpose(0, 1)
