"""What the model report shows: the judge on whatever data there is, and its bars as a table with lights."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from evaluation.criteria import Criterion, Row, criteria_of
from evaluation.networks.element_data import ElementData
from evaluation.networks.judge import ElementResult, judge
from training.fit import load_parts
from training.notebook import choose_recipe
from training.session import quiet
from workbench.models.registry import load_model
from workbench.output.figures.labels import format_number
from workbench.output.report.html_tables import folded, light
from workbench.widgets.tables import HtmlTable

_HEADS = ("Outcome", "What", "Measured", "Threshold", "Unit", "n")


def judge_element(element: str, data: Path, *, n: int, songs: int | None = None) -> ElementResult:
    """Judge the weights in use on the recipe's corpora, or on the tutorial corpus where `data` does not hold them.

    Parameters
    ----------
    element : str
    data : Path
        Folder that holds corpora.
    n : int
        Four-bar excerpts a side, and samples that are looked through for faults.
    songs : int, optional
        At most so many songs of each corpus and split.

    Raises
    ------
    CorpusError
        If neither is there.
    """
    recipe = choose_recipe(element, data, name="")
    with quiet():
        parts = load_parts(data, recipe, songs)
        return judge(ElementData(element, parts, recipe, load_model(element), n=n), validity_n=n)


def criteria_table(results: Sequence[ElementResult]) -> HtmlTable:
    """Every value that has a threshold, with its light; below, folded, also those that it is read beside."""
    rows: list[Row] = [row for result in results for row in result.rows]
    judged = criteria_of(rows)
    every = folded(f"All {len(rows)} values, with those of people beside", _table(rows))
    return HtmlTable(f"{_table(judged)}{every}")


def _table(rows: Sequence[Row]) -> str:
    head = "".join(f'<th scope="col">{text}</th>' for text in _HEADS)
    body = "".join(f"<tr>{_cells(row)}</tr>" for row in rows)
    return f'<table class="bf-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _threshold_text(row: Criterion) -> str:
    """A threshold with its direction, as the value and whether it holds tell it.

    Examples
    --------
    >>> _threshold_text(Criterion("accuracy", 0.821, 0.68, "", 70, holds=False))
    'at most 0.68'
    >>> _threshold_text(Criterion("nats below 5-grams", 53.3, 25, "%", 70, holds=True))
    'at least 25'
    """
    number = format_number(row.limit)
    if row.value == row.limit or row.value != row.value:
        return number
    return f"at least {number}" if (row.value > row.limit) == row.holds else f"at most {number}"


def _cells(row: Row) -> str:
    threshold, outcome = "", ""
    if isinstance(row, Criterion):
        threshold = _threshold_text(row)
        outcome = f"{light('pass' if row.holds else 'fail')}{'holds' if row.holds else 'fails'}"
    cells = [f'<td class="bf-outcome">{outcome}</td>', f"<td>{escape(row.name)}</td>"]
    cells += [f'<td class="num">{text}</td>' for text in (format_number(row.value), threshold)]
    return "".join([*cells, f"<td>{escape(row.unit)}</td>", f'<td class="num">{row.n:,}</td>'])
