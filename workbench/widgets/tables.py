"""Tables and pictures for notebooks; the domain's classes stay plain, these functions show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from workbench.domain.audio import Audio
from workbench.domain.plan import Plan
from workbench.domain.results import QualityReport, Track
from workbench.domain.score import Score
from workbench.output.figures.track_figures import CAPTIONS, draw_png
from workbench.output.report import html_tables

if TYPE_CHECKING:
    from workbench.widgets.pictures import Picture


class HtmlTable:
    """HTML that a notebook shows by itself; `html` is the text. What is too wide is scrolled, not cut."""

    def __init__(self, html: str) -> None:
        self.html = (
            f'<style>{html_tables.asset("tables.css")}</style><div class="bf" style="overflow-x:auto">{html}</div>'
        )

    def _repr_html_(self) -> str:
        return self.html


class QualityTable(HtmlTable):
    """The checks of a report with their lights, under the verdict in one line."""

    def __init__(self, report: QualityReport) -> None:
        line, outcome = html_tables.verdict(report)
        head = f"<p>{html_tables.light(outcome)}<b>{line}</b></p>"
        super().__init__(head + html_tables.checks_html(report))


def decisions_table(plan: Plan, *, about: Sequence[str] = ()) -> HtmlTable:
    """Each decision of the plan: value, where it came from, and why; with `about` only those that a word tells of."""
    touched = [row for row in plan.decisions if {row.parameter, *row.reason.split()}.intersection(about)]
    shown = replace(plan, decisions=tuple(touched)) if about else plan
    return HtmlTable(html_tables.decisions_html(shown))


def measurements_table(report: QualityReport) -> HtmlTable:
    """All measurements by group."""
    tables = html_tables.measurements_html(report)
    return HtmlTable("".join(f"<h4>{group.capitalize()}</h4>{table}" for group, table in tables.items()))


def references_table(report: QualityReport) -> HtmlTable:
    """The distances to each reference; zero is the same."""
    if not report.references:
        return HtmlTable("<p>The request names no reference.</p>")
    return HtmlTable(html_tables.references_html(report))


def stems_table(before: Track, after: Track) -> HtmlTable:
    """Which stems of an edited track are the very samples of the track before, and which were made again."""
    stems = after.mix.stems.items()
    rows = [(name, "same samples" if _same(before, name, stem) else "made again") for name, stem in stems]
    return HtmlTable(html_tables.plain_table(("Stem", "After the edit"), rows))


def _same(track: Track, name: str, stem: Audio) -> bool:
    old = track.mix.stems.get(name)
    return old is not None and bool(np.array_equal(old.samples, stem.samples))


def picture(track: Track, name: str) -> Picture:
    """One picture of the track as PNG; `picture_names()` lists them."""
    from workbench.widgets.pictures import Picture

    return Picture(draw_png(track, name), alt=CAPTIONS[name].title)


def before_and_after(before: Score, after: Score) -> Picture:
    """Two scores of one song as piano rolls; what stayed is grey, what changed is coloured and its bars are shaded."""
    from workbench.output.figures.edit_figures import before_and_after as draw
    from workbench.widgets.pictures import embedded

    return embedded(draw(before, after), alt="Piano rolls before and after an edit")


def picture_names() -> tuple[str, ...]:
    """Names that `picture` knows, in reading order."""
    return tuple(CAPTIONS)
