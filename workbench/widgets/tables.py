"""Tables and pictures for notebooks; the domain's classes stay plain, these functions show them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.domain.plan import Plan
from workbench.domain.results import QualityReport, Track
from workbench.domain.score import Score
from workbench.output import html_tables
from workbench.output.figures import CAPTIONS, draw_png

if TYPE_CHECKING:
    from IPython.display import Image


class HtmlTable:
    """HTML that a notebook shows by itself; `html` is the text."""

    def __init__(self, html: str) -> None:
        self.html = f"<style>{html_tables.asset('tables.css')}</style>{html}"

    def _repr_html_(self) -> str:
        return self.html


class QualityTable(HtmlTable):
    """The checks of a report with their lights, under the verdict in one line."""

    def __init__(self, report: QualityReport) -> None:
        line, outcome = html_tables.verdict(report)
        head = f"<p>{html_tables.light(outcome)}<b>{line}</b></p>"
        super().__init__(head + html_tables.checks_html(report))


def decisions_table(plan: Plan) -> HtmlTable:
    """Each decision of the plan: value, where it came from, and why."""
    return HtmlTable(html_tables.decisions_html(plan))


def measurements_table(report: QualityReport) -> HtmlTable:
    """All measurements by group."""
    tables = html_tables.measurements_html(report)
    return HtmlTable("".join(f"<h4>{group.capitalize()}</h4>{table}" for group, table in tables.items()))


def references_table(report: QualityReport) -> HtmlTable:
    """The distances to each reference."""
    if not report.references:
        return HtmlTable("<p>The request names no reference.</p>")
    return HtmlTable(html_tables.references_html(report))


def picture(track: Track, name: str) -> Image:
    """One picture of the track as PNG; `picture_names()` lists them."""
    from IPython.display import Image

    return Image(  # type: ignore[no-untyped-call]
        data=draw_png(track, name), format="png", alt=CAPTIONS[name].title, embed=True
    )


def before_and_after(before: Score, after: Score) -> Image:
    """Two scores of one song as piano rolls; what stayed is grey, what changed is coloured and its bars are shaded."""
    from IPython.display import Image

    from workbench.output.drawing import to_png
    from workbench.output.edit_figures import before_and_after as draw

    return Image(  # type: ignore[no-untyped-call]
        data=to_png(draw(before, after)), format="png", alt="Piano rolls before and after an edit", embed=True
    )


def picture_names() -> tuple[str, ...]:
    """Names that `picture` knows, in reading order."""
    return tuple(CAPTIONS)
