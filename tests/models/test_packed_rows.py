"""Padding is not computed, and changes nothing."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.models.test_one_decoder import random_batch
from workbench.models import packed_rows
from workbench.models.elements import SPECS
from workbench.models.packed_rows import PackedRows
from workbench.models.registry import load_model
from workbench.models.transformer import Batch

LENGTHS = (40, 1, 17, 33)


def padded_batch(batches: list[Batch], lengths: tuple[int, ...], rubbish: int) -> Batch:
    """Sequences cut to so many rows side by side; where one ends, another's rows stand as padding."""
    tables = {name: torch.cat([getattr(batch, name) for batch in batches]) for name in Batch._fields}
    present = torch.arange(tables["fields"].shape[1]) < torch.tensor(lengths)[:, None]
    for name in ("fields", "next_steps", "cell", "memory"):
        tables[name] = torch.where(
            present.view(*present.shape, *[1] * (tables[name].dim() - 2)), tables[name], tables[name].roll(rubbish, 0)
        )
    return Batch(**(tables | {"present": present, "scored": present}))


@pytest.mark.parametrize("element", SPECS)
def test_each_sequence_is_computed_as_if_it_were_alone(element: str) -> None:
    network = load_model(element)
    rng = np.random.default_rng(5)
    batches = [random_batch(network, rng) for _ in LENGTHS]
    with torch.no_grad():
        together = network.losses(padded_batch(batches, LENGTHS, rubbish=1))
        alone = [network.losses(batch) for batch in batches]
    for name, nats in together.items():
        for place, length in enumerate(LENGTHS):
            torch.testing.assert_close(nats[place, :length], alone[place][name][0, :length], atol=2e-4, rtol=1e-4)
            assert not nats[place, length:].any()


def test_gradients_do_not_depend_on_padding() -> None:
    network = load_model("bass")
    rng = np.random.default_rng(6)
    batches = [random_batch(network, rng) for _ in LENGTHS]
    gradients = []
    for rubbish in (1, 2):
        network.zero_grad()
        torch.stack(
            [nats.sum() for nats in network.losses(padded_batch(batches, LENGTHS, rubbish)).values()]
        ).sum().backward()
        gradients.append([weights.grad for weights in network.parameters() if weights.grad is not None])
    assert len(gradients[0]) == len(list(network.parameters()))
    for one, other in zip(*gradients, strict=True):
        assert torch.equal(one, other)


def test_attention_one_by_one_is_that_of_the_padded_batch() -> None:
    """As it is computed on a processor, and on anything else."""
    present = torch.arange(40) < torch.tensor(LENGTHS)[:, None]
    rows = PackedRows(present)
    tensors = torch.randn(3, 6, sum(LENGTHS), 32, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    query, key, value = tensors.float()
    one_by_one = packed_rows._one_by_one(query, key, value, rows)
    torch.testing.assert_close(one_by_one, packed_rows._padded(query, key, value, rows), atol=1e-5, rtol=1e-5)
    first = slice(0, LENGTHS[0])
    scores = tensors[0][:, first] @ tensors[1][:, first].transpose(1, 2) / 32**0.5
    later = torch.ones(LENGTHS[0], LENGTHS[0]).triu(1).bool()
    expected = scores.masked_fill(later, -torch.inf).softmax(-1) @ tensors[2][:, first]
    torch.testing.assert_close(one_by_one[:, first].double(), expected, atol=1e-5, rtol=1e-5)


def test_packed_rows_know_their_places() -> None:
    rows = PackedRows(torch.tensor([[True, True, False], [True, False, False], [True, True, True]]))
    assert rows.lengths == [2, 1, 3]
    assert rows.sequence.tolist() == [0, 0, 1, 2, 2, 2]
    assert rows.position.tolist() == [0, 1, 0, 0, 1, 2]
    table = torch.arange(18).view(3, 3, 2)
    assert torch.equal(rows.unpack(rows.pack(table))[0], torch.tensor([[0, 1], [2, 3], [0, 0]]))
