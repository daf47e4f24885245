from __future__ import annotations

import numpy as np
import pytest

from evaluation.networks.ngram.counts import KneserNey, best_model
from workbench.domain.errors import ParameterError


def markov(length: int, seed: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """A chain over four symbols that stays or moves on by one; its entropy is known."""
    rng = np.random.default_rng(seed)
    moves = (rng.random(length) < 0.8).astype(int)
    series = np.cumsum(moves) % 4
    return {"before": series[:-1], "noise": rng.integers(0, 50, length - 1)}, series[1:]


def test_reaches_the_entropy_of_a_markov_chain() -> None:
    model = KneserNey((("before",), ()), 4).fit(*markov(20000, 0))
    entropy = -(0.8 * np.log(0.8) + 0.2 * np.log(0.2))
    assert model.nats(*markov(5000, 1)).mean() == pytest.approx(entropy, abs=0.02)


def test_is_a_distribution_for_seen_and_unseen_contexts() -> None:
    model = KneserNey((("before", "noise"), ("before",), ()), 4).fit(*markov(500, 0))
    for before, noise in ((0, 3), (2, 999), (77, 77)):
        columns = {"before": np.full(4, before), "noise": np.full(4, noise)}
        assert np.exp(-model.nats(columns, np.arange(4))).sum() == pytest.approx(1.0)


def test_draws_as_often_as_it_says() -> None:
    model = KneserNey((("before", "noise"), ("before",), ()), 4).fit(*markov(500, 0))
    for before, noise in ((0, 3), (2, 999), (77, 77)):
        said = np.exp(-model.nats({"before": np.full(4, before), "noise": np.full(4, noise)}, np.arange(4)))
        chance = (np.arange(20000) + 0.5) / 20000
        drawn = model.draw({"before": np.full(20000, before), "noise": np.full(20000, noise)}, chance)
        assert np.bincount(drawn, minlength=4) / 20000 == pytest.approx(said, abs=1e-3)


def test_tuning_takes_the_chain_that_helps() -> None:
    chains = ((("noise",), ()), (("before",), ()))
    model, nats = best_model(chains, 4, markov(5000, 0), markov(1000, 1))
    assert model.chain == (("before",), ())
    assert nats < 0.6


def test_refuses_nonsense() -> None:
    with pytest.raises(ParameterError):
        KneserNey((), 4)
