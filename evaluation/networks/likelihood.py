"""Are the networks better than counting? Nats a note by field, against tuned n-grams on the same blocks."""

from __future__ import annotations

from dataclasses import dataclass

from evaluation.criteria import Row, at_least, observed
from evaluation.networks.element_data import ElementData
from training.fit import validate
from training.module import ElementModule

LEAST_GAINS = {"percussion": (0.25, 0.20)}
_OTHER_GAINS = (0.20, 0.15)
_NAMES = ("5-grams", "5-grams that see the previous bar")


@dataclass(frozen=True, slots=True)
class Likelihood:
    """Nats a note of one element by field, with "nll" for the sum: network, 5-gram, 5-gram with the previous bar."""

    element: str
    notes: int
    network: dict[str, float]
    five_gram: dict[str, float]
    copy: dict[str, float]

    def rows(self) -> list[Row]:
        """How much lower the network lies than each baseline, in total and by field."""
        rows: list[Row] = []
        bars = LEAST_GAINS.get(self.element, _OTHER_GAINS)
        for name, bar, baseline in zip(_NAMES, bars, (self.five_gram, self.copy), strict=True):
            title = f"{self.element}: nats a note below {name}"
            rows.append(at_least(title, 100 * _gain(self.network, baseline, "nll"), 100 * bar, "%", self.notes))
            for field in self.network:
                if field != "nll":
                    gain = 100 * _gain(self.network, baseline, field)
                    rows.append(observed(f"{title}, {field}", gain, "%", self.notes))
        return rows


def measure_likelihood(element_data: ElementData) -> Likelihood:
    """Score the network and the baselines on every validation block."""
    module = ElementModule(element_data.config)
    module.network = element_data.model
    network = validate(module, list(element_data.parts), element_data.config)
    plain, copy = (baseline.nats_per_note for baseline in element_data.baselines)
    return Likelihood(element_data.element, module.validated_notes, network, plain, copy)


def _gain(network: dict[str, float], baseline: dict[str, float], field: str) -> float:
    return 1.0 - network[field] / baseline[field] if baseline[field] else 0.0
