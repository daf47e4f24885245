"""What a judge measures is what composition ships, and the compiled network is PyTorch's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.models.test_part_writer import make_context, make_network
from workbench.domain.arrays import Integers
from workbench.domain.errors import ModelError
from workbench.models.batch import WritingJob, write_batch
from workbench.models.elements import SPECS
from workbench.models.network import Network, room
from workbench.models.part_writer import PartWriter
from workbench.models.registry import load_model, load_network
from workbench.models.spec import RECENT_NOTES, STEPS, Conditioning, Settings, conditioning_of
from workbench.models.torch_network import TorchNetwork
from workbench.models.transformer import Batch, ElementTransformer

_ROWS = 40


def written(network: Network, conditioning: Conditioning, settings: Settings, seed: int) -> Integers:
    writer = PartWriter(network, conditioning, 4, settings)
    for _ in range(len(conditioning.prefix)):
        writer.sample(1, np.random.default_rng((seed, writer.bars)))
    return writer.rows


@pytest.mark.parametrize("bars", [8, 24])
@pytest.mark.parametrize("element", SPECS)
def test_many_parts_are_written_as_one_is(element: str, bars: int) -> None:
    """Bar by bar as composition does, and all bars at once among others as a judge does: 24 bars outgrow the window."""
    network = load_network(element)
    conditioning = [conditioning_of(network.spec, make_context(length)) for length in (bars, bars // 3, bars - 1)]
    jobs = [WritingJob(each, 4, number) for number, each in enumerate(conditioning)]
    together = write_batch(network, jobs, network.spec.settings, threads=2)
    for job, rows in zip(jobs, together, strict=True):
        writer, rng = PartWriter(network, job.conditioning, 4, network.spec.settings), np.random.default_rng(job.seed)
        for _ in range(len(job.conditioning.prefix)):
            writer.sample(1, rng)
        assert np.array_equal(rows, writer.rows)


def random_batch(model: ElementTransformer, rng: np.random.Generator) -> Batch:
    """Integers as they may come, of random contents: one bar of so many rows."""
    spec, sizes = model.spec, list(model.spec.attributes.values())
    fields = [rng.integers(0, STEPS, _ROWS), rng.integers(0, spec.symbols, _ROWS)]
    fields += [rng.integers(0, size, _ROWS) for size in sizes]
    lags = 2 * len(spec.lags)
    seen = np.stack([rng.integers(0, size + 1, (_ROWS, lags + RECENT_NOTES)) for size in sizes], axis=2)
    prefix = [rng.integers(0, table.weight.shape[0]) for table in model.prefix_in]  # type: ignore[union-attr, index]
    tables = [
        np.stack(fields, axis=1), np.zeros(_ROWS, np.int64), np.array([prefix]),
        rng.random((1, spec.bar_features)) < 0.2, rng.integers(0, STEPS + 1, (_ROWS, lags)),
        rng.random((_ROWS, spec.cell_features)) < 0.2, seen, np.ones(_ROWS, bool), np.ones(_ROWS, bool),
    ]  # fmt: skip
    return Batch(*(torch.from_numpy(np.asarray(table))[None] for table in tables))


def logits_row_by_row(network: Network, batch: Batch, chunk: int) -> list[np.ndarray]:
    """Logits of each field as writing computes them, so many rows at a time."""
    fields, _, prefix, bar, next_steps, cell, seen, _, _ = (part[0].numpy() for part in batch)
    state, memory = network.embed_bars(prefix, bar.astype(np.uint8)), room(network.config, 1, _ROWS)
    rows = np.concatenate([network.start[None], network.embed_rows(fields[:-1])]) + state
    collected = []
    for first in range(0, _ROWS, chunk):
        now = slice(first, first + chunk)
        places = np.stack([np.zeros(chunk, np.int64), np.arange(first, first + chunk)], axis=1)
        stream = network.run_trunk(rows[now], next_steps[now], memory, places)
        found = [network.choose(0, stream)]
        stream = network.with_step(stream, fields[now, 0], cell[now].astype(np.uint8))
        found.append(network.choose(1, stream))
        stream = network.with_symbol(stream, fields[now, 1], seen[now], memory, places)
        for number in range(fields.shape[1] - 2):
            found.append(network.choose(2 + number, stream))
            if number < fields.shape[1] - 3:
                stream = network.with_attribute(stream, number, fields[now, 2 + number])
        collected.append(found)
    return [np.concatenate(field) for field in zip(*collected, strict=True)]


@pytest.mark.parametrize("element", SPECS)
def test_logits_are_those_of_training(element: str) -> None:
    model = load_model(element)
    batch = random_batch(model, np.random.default_rng(3))
    with torch.inference_mode():
        expected = [logits[0].numpy() for logits in model.logits(batch).values()]
    for network in (load_network(element), TorchNetwork(model)):
        for found, field in zip(logits_row_by_row(network, batch, 1), expected, strict=True):
            assert np.abs(found - field).max() < 1e-4


@pytest.mark.parametrize("element", SPECS)
def test_company_changes_no_bit(element: str) -> None:
    network = load_network(element)
    batch = random_batch(load_model(element), np.random.default_rng(4))
    alone = logits_row_by_row(network, batch, 1)
    for chunk in (2, 8, _ROWS):
        for one, other in zip(alone, logits_row_by_row(network, batch, chunk), strict=True):
            assert np.array_equal(one, other)


@pytest.mark.parametrize("element", SPECS)
def test_pytorch_draws_the_same_rows(element: str) -> None:
    network, reference = load_network(element), TorchNetwork(load_model(element))
    conditioning = conditioning_of(network.spec, make_context(2))
    for seed in range(8):
        one, other = (written(each, conditioning, network.spec.settings, seed) for each in (network, reference))
        assert np.array_equal(one, other)


@pytest.mark.long
@pytest.mark.parametrize("element", SPECS)
def test_pytorch_draws_the_same_rows_on_two_hundred_seeds(element: str) -> None:
    network, reference = load_network(element), TorchNetwork(load_model(element))
    conditioning = conditioning_of(network.spec, make_context(2))
    for seed in range(200):
        one, other = (written(each, conditioning, network.spec.settings, seed) for each in (network, reference))
        assert np.array_equal(one, other)


@pytest.mark.parametrize("threads", [2, 8])
def test_threads_change_nothing(threads: int) -> None:
    network = make_network("percussion")
    settings = replace(network.spec.settings, guidance=0.5)
    jobs = [WritingJob(conditioning_of(network.spec, make_context(4)), 4, seed) for seed in range(8)]
    alone = write_batch(network, jobs, settings)
    assert all(map(np.array_equal, alone, write_batch(network, jobs, settings, threads=threads)))


def test_pytorch_stands_in_where_that_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEATSFOUNDRY_NETWORKS", "torch")
    assert isinstance(load_network("bass"), TorchNetwork)
    monkeypatch.setenv("BEATSFOUNDRY_NETWORKS", "abacus")
    with pytest.raises(ModelError, match="abacus"):
        load_network("bass")
