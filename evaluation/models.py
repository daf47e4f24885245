"""Are the networks better than counting? Nats a note of the weights in use against n-gram baselines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from evaluation.baselines import baseline_nats_per_note
from training.config import load_config
from training.fit import load_parts, validate
from training.module import ElementModule
from workbench.models.checkpoint import read_card, write_card
from workbench.models.elements import SPECS
from workbench.models.registry import load_model, weights_path


@dataclass(frozen=True, slots=True)
class Bar:
    """One figure beside its bar: `holds` tells whether `value` is at most `bar`. `n` counts the notes scored."""

    name: str
    value: float
    bar: float
    unit: str
    n: int
    holds: bool


@dataclass(frozen=True, slots=True)
class ElementResult:
    """Nats a note of one element by field: network, 5-gram, 5-gram that sees the previous bar."""

    element: str
    notes: int
    network: dict[str, float]
    five_gram: dict[str, float]
    copy: dict[str, float]

    def bars(self) -> tuple[Bar, ...]:
        """The total against each baseline."""
        value = self.network["nll"]
        baselines = (("5-gram", self.five_gram["nll"]), ("5-gram with the previous bar", self.copy["nll"]))
        return tuple(
            Bar(
                f"{self.element}: nats a note against {name}",
                round(value, 3),
                round(limit, 3),
                "nats",
                self.notes,
                value <= limit,
            )
            for name, limit in baselines
        )


def evaluate_models(
    data: Path, elements: Sequence[str] = (), *, progress: Callable[[str], None] | None = None
) -> list[ElementResult]:
    """Compare the weights in use with the baselines on the validation parts of the corpora.

    Parameters
    ----------
    data : Path
        Folder that holds the corpora.
    elements : sequence of str
        All if empty.
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
        config = load_config(element)
        parts = load_parts(data, config)
        module = ElementModule(config)
        module.network = load_model(element)
        network = validate(module, parts, config)
        five_gram = baseline_nats_per_note(parts, config, copy=False)
        copy = baseline_nats_per_note(parts, config, copy=True)
        results.append(ElementResult(element, module.validated_notes, network, five_gram, copy))
    return results


def update_cards(results: Sequence[ElementResult]) -> None:
    """Write what was measured, and the baselines, into the cards of the weights in use."""
    for result in results:
        path = weights_path(result.element)
        card = read_card(path)
        card["validation_nats_per_note"] = result.network
        card["validation_notes"] = result.notes
        card["baselines"] = {
            name: {field: round(nats, 4) for field, nats in figures.items()}
            for name, figures in (("five_gram", result.five_gram), ("five_gram_with_previous_bar", result.copy))
        }
        write_card(path, card)


def to_json(results: Sequence[ElementResult]) -> dict[str, object]:
    """The published form, with the figures by field beside."""
    bars = [asdict(bar) for result in results for bar in result.bars()]
    return {"bars": bars, "fields": [asdict(result) for result in results]}


def to_table(results: Sequence[ElementResult]) -> str:
    """A plain table: one line a field, nats a note of network, 5-gram and copy."""
    lines = [f"{'element':12}{'field':10}{'network':>9}{'5-gram':>9}{'copy':>9}{'lower by':>10}"]
    for result in results:
        for field, nats in result.network.items():
            gain = 1.0 - nats / result.five_gram[field] if result.five_gram[field] else 0.0
            row = f"{nats:9.3f}{result.five_gram[field]:9.3f}{result.copy[field]:9.3f}{gain:10.1%}"
            lines.append(f"{result.element:12}{field:10}{row}")
        lines.append(f"{'':12}n = {result.notes} notes")
    return "\n".join(lines)
