"""Temperatures of a trained network: as sure as it may be, and no surer.

A network that has learned a small corpus by heart is right about as often as its validation curve says, but too sure
of itself: its nats a note suffer, and what it draws is tamer than the music that it learned from. One temperature a
field, chosen on songs that it did not learn from, mends that without changing any order of preference (Guo et al.,
"On calibration of modern neural networks", ICML 2017). It is folded into the last layer of each head, so a calibrated
network is a network like any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import torch
from scipy.optimize import minimize_scalar
from torch import Tensor
from torch.nn import functional

from workbench.models.transformer import Batch, ElementTransformer

_RANGE = (0.5, 3.0)


@torch.inference_mode()
def fit_temperatures(network: ElementTransformer, batches: Iterable[Batch]) -> dict[str, float]:
    """The temperature of each field that makes its true values likeliest.

    Parameters
    ----------
    network : ElementTransformer
        In evaluation mode.
    batches : iterable of Batch
        Of songs that it did not learn from; every scored row counts once.

    Returns
    -------
    dict field -> float
        Between 0.5 and 3; above 1 where the network was too sure.
    """
    rows: dict[str, list[tuple[Tensor, Tensor]]] = {}
    for batch in batches:
        for column, (name, logits) in enumerate(network.logits(batch).items()):
            counted = batch.applies(name)
            rows.setdefault(name, []).append((logits[counted].float(), batch.fields[..., column][counted]))
    return {name: _temperature(*map(torch.cat, zip(*pairs, strict=True))) for name, pairs in rows.items()}


def _temperature(logits: Tensor, truth: Tensor) -> float:
    if not len(truth):
        return 1.0

    def nats(temperature: float) -> float:
        return float(functional.cross_entropy(logits / temperature, truth))

    return round(float(minimize_scalar(nats, bounds=_RANGE, method="bounded").x), 3)


@torch.no_grad()
def apply_temperatures(network: ElementTransformer, temperatures: Mapping[str, float]) -> None:
    """Divide the logits of each field by its temperature, in the weights themselves."""
    for name, head in network.heads.items():
        for parameter in head[-1].parameters():
            parameter.div_(temperatures[name])
