"""A training recorded in MLflow so that the run's page answers: what was learned, from what, and how it sounds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import time
from typing import Any

from training.corpora.registry import SOURCES
from training.dataset import EncodedPart
from training.provenance import data_hash
from workbench.models.history import STEP_COLUMN
from workbench.models.spec import BAR_STEP
from workbench.tracking import default_tracking_uri
from workbench.tracking.model_registry import card_metrics
from workbench.tracking.training_runs import UsedData, log_result, log_used_data

_NOT_PARAMETERS = {"data", "validation_nats_per_note", "nats_per_note", "course", "temperatures", "recipe", "config"}
"""Parts of a card that are figures or tables; recipe and size are logged field by field."""


def used_data(parts: Sequence[EncodedPart]) -> list[UsedData]:
    """The data sets behind encoded parts, each once for training and once for validation."""
    groups: dict[tuple[str, str], list[EncodedPart]] = defaultdict(list)
    for part in parts:
        groups[part.corpus, part.split].append(part)
    return [
        UsedData(corpus, data_hash(group), _source(corpus), counts_of(group), _context(split))
        for (corpus, split), group in sorted(groups.items())
    ]


def counts_of(parts: Sequence[EncodedPart]) -> dict[str, int]:
    """Songs, bars and notes."""
    notes = sum(int((part.rows[:, STEP_COLUMN] != BAR_STEP).sum()) for part in parts)
    return {"songs": len(parts), "bars": sum(part.bars for part in parts), "notes": notes}


def record_data(logger: Any, parts: Sequence[EncodedPart]) -> None:
    """Log what a run learns from and is measured on."""
    log_used_data(default_tracking_uri(), str(logger.run_id), used_data(parts))


def record_result(logger: Any, weights: Path, card: Mapping[str, Any], *, kind: str, note: str) -> None:
    """Log what a run brought.

    Parameters
    ----------
    logger : Lightning's MLflow logger
    weights : Path
    card : mapping
    kind : str
        "training" or "fine-tuning".
    note : str
        The description, in Markdown.
    """
    params = {name: value for name, value in card.items() if name not in _NOT_PARAMETERS and name != "sha256"}
    params |= {f"recipe/{name}": value for name, value in card.get("recipe", {}).items()}
    params |= {f"model/{name}": value for name, value in card["config"].items()}
    log_result(
        default_tracking_uri(), str(logger.run_id), weights=weights, sha256=card["sha256"],
        params={f"card/{name}": str(value) for name, value in params.items()}, metrics=card_metrics(card),
        tags={"element": card["element"], "kind": kind}, note=note,
        now_ms=int(time() * 1000), step=card.get("steps", 0),
    )  # fmt: skip


def training_note(card: Mapping[str, Any], parts: Sequence[EncodedPart]) -> str:
    """The description of a training."""
    nats = card["validation_nats_per_note"]["nll"]
    lines = [
        f"**{card['element']}**, trained for {card['steps']} steps in {card['minutes']} minutes: "
        f"**{nats:.3f} nats a note** on songs that it did not learn from.",
        "",
        "`samples.html` plays what it wrote at each step; `weights/` holds the network and its card.",
    ]
    return "\n".join([*lines, "", *data_lines(parts)])


def tuning_note(summary: str, parts: Sequence[EncodedPart]) -> str:
    """The description of a fine-tuning; `summary` is its result in a line."""
    lines = [f"**{summary}**", "", "`before-after.html` plays the same song by the network before and after."]
    return "\n".join([*lines, "", *data_lines(parts)])


def data_lines(parts: Sequence[EncodedPart]) -> list[str]:
    """A table of the data sets."""
    rows = [
        f"| {one.name} | {one.context} | {one.counts['songs']:,} | {one.counts['bars']:,} | {one.counts['notes']:,} "
        f"| {one.sha256[:10]} |"
        for one in used_data(parts)
    ]
    return ["| data | for | songs | bars | notes | sha256 |", "|---|---|---|---|---|---|", *rows]


def _source(corpus: str) -> str:
    return SOURCES[corpus].page if corpus in SOURCES else "your own files"


def _context(split: str) -> str:
    return "training" if split == "train" else split
