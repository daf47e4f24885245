"""The judge of the networks: every bar of every element, as structured results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from evaluation.criteria import (
    Criterion,
    Observation,
    Row,
    criteria_of,
    criterion_form,
    observations_of,
    rows_form,
    rows_table,
)
from evaluation.networks.adherence import VALIDITY_SAMPLES, judge_density, judge_style, judge_validity
from evaluation.networks.element_data import ElementData, load_element_data
from evaluation.networks.fine_tuning import judge_fine_tuning
from evaluation.networks.likelihood import Likelihood, measure_likelihood
from evaluation.networks.likeness import judge_samples
from workbench.domain.clock import Tell
from workbench.models.checkpoint import read_card, write_card
from workbench.models.elements import SPECS, get_spec
from workbench.models.registry import weights_path
from workbench.models.threads import one_thread


@dataclass(frozen=True, slots=True)
class ElementResult:
    """Everything measured of one element; `likelihood` is None where it was left out."""

    element: str
    rows: tuple[Row, ...]
    likelihood: Likelihood | None = None

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """The rows that have a limit."""
        return criteria_of(self.rows)

    @property
    def observations(self) -> tuple[Observation, ...]:
        """The rows that have none."""
        return observations_of(self.rows)


@one_thread()
def judge(element_data: ElementData, *, likelihood: bool = True, validity_n: int = VALIDITY_SAMPLES) -> ElementResult:
    """Measure an element against every bar."""
    nats = measure_likelihood(element_data) if likelihood else None
    rows: list[Row] = nats.rows() if nats else []
    samples, written = element_data.written
    case = element_data.compare(samples, with_ngram=True)
    rows += judge_samples(case)
    density, swept = judge_density(element_data)
    rows += density + judge_style(element_data, case)
    rows += judge_validity(element_data, [*written, *swept], validity_n)
    return ElementResult(element_data.element, tuple(rows), nats)


def evaluate_models(
    data: Path,
    elements: Sequence[str] = (),
    *,
    n: int = 500,
    settings: Mapping[str, Any] | None = None,
    seed: int = 0,
    validity_n: int = VALIDITY_SAMPLES,
    fine_tuning: bool = False,
    progress: Tell | None = None,
) -> list[ElementResult]:
    """Measure the weights in use on the validation parts of the corpora.

    Parameters
    ----------
    data : Path
        Folder that holds the corpora.
    elements : sequence of str
        All if empty.
    n : int
        Four-bar excerpts a side.
    settings : mapping name -> value, optional
        What is drawn otherwise than each element's spec says, such as {"nucleus": 0.9}.
    seed : int
    validity_n : int
        Samples that are looked through for faults.
    fine_tuning : bool
        Whether elements are tuned on a style that is new to them, which takes some minutes each.
    progress : callable, optional
        Called with the element that begins.

    Raises
    ------
    CorpusError
        If a corpus is missing.
    ModelError
        If weights are missing or damaged.
    """
    results = []
    for element in elements or tuple(SPECS):
        if progress:
            progress(element)
        drawn = replace(get_spec(element).settings, **(settings or {}))
        result = judge(load_element_data(element, data, settings=drawn, n=n, seed=seed), validity_n=validity_n)
        if fine_tuning:
            result = replace(result, rows=(*result.rows, *judge_fine_tuning(element, data)))
        results.append(result)
    return results


def update_cards(results: Sequence[ElementResult]) -> None:
    """Write what was measured into the cards of the weights in use."""
    for result in results:
        path = weights_path(result.element)
        card = read_card(path)
        if result.likelihood is not None:
            card["validation_nats_per_note"] = result.likelihood.network
            card["validation_notes"] = result.likelihood.notes
            card["baselines"] = {
                name: {field: round(nats, 4) for field, nats in values.items()}
                for name, values in (
                    ("five_gram", result.likelihood.five_gram),
                    ("five_gram_with_previous_bar", result.likelihood.copy),
                )
            }
        card["bars"] = [criterion_form(one) for one in result.criteria]
        write_card(path, card)


def to_json(results: Sequence[ElementResult]) -> dict[str, Any]:
    """The published form: bars, and beside them the values and the nats by field."""
    return {
        **rows_form([row for result in results for row in result.rows]),
        "fields": [asdict(result.likelihood) for result in results if result.likelihood],
    }


def to_table(results: Sequence[ElementResult]) -> str:
    """A plain table: nats by field, then every bar and value."""
    lines = [f"{'element':12}{'field':10}{'network':>9}{'5-gram':>9}{'copy':>9}{'lower by':>10}"]
    for result in results:
        lines += _fields(result.likelihood) if result.likelihood else []
    return "\n".join([*lines, "", rows_table([row for result in results for row in result.rows])])


def _fields(nats: Likelihood) -> list[str]:
    lines = []
    for field, value in nats.network.items():
        plain, copy = nats.five_gram[field], nats.copy[field]
        gain = 1.0 - value / plain if plain else 0.0
        lines.append(f"{nats.element:12}{field:10}{value:9.3f}{plain:9.3f}{copy:9.3f}{gain:10.1%}")
    return [*lines, f"{'':12}n = {nats.notes} notes"]
