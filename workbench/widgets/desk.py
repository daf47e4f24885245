"""The whole workbench in one widget: the form above, and below it what came out."""

from __future__ import annotations

from typing import Any

import ipywidgets as w

from workbench.domain.results import Track
from workbench.output.figures import CAPTIONS, draw_all
from workbench.output.showing import mime_bundle
from workbench.widgets.form import RequestForm
from workbench.widgets.tables import QualityTable, decisions_table, measurements_table, references_table


class Workbench(w.VBox):
    """Form, player, piano roll, quality, plan and pictures of one track after another.

    `form` is the `RequestForm`, `track` the last finished track; `show` puts in one that was made elsewhere.

    Parameters
    ----------
    concept
        Text that the form starts with.
    """

    def __init__(self, concept: str = "") -> None:
        self.form = RequestForm(concept)
        self.results = w.VBox([])
        super().__init__([self.form, self.results], layout=w.Layout(width="100%"))
        self.form.observe(self._arrived, "track")

    @property
    def track(self) -> Track | None:
        """The track that is shown."""
        track: Track | None = self.form.track
        return track

    def show(self, track: Track) -> None:
        """Show a track."""
        self.form.track = track

    def _arrived(self, change: Any) -> None:
        for old in self.results.children:
            old.close()
        self.results.children = _results(change.new) if change.new is not None else ()


def _results(track: Track) -> tuple[w.Widget, ...]:
    pages = {
        "Quality": w.HTML(QualityTable(track.report).html),
        "Plan": w.HTML(decisions_table(track.plan).html),
        "Pictures": w.VBox([]),
        "Measurements": w.HTML(measurements_table(track.report).html),
        "References": w.HTML(references_table(track.report).html),
    }
    tabs = w.Tab(list(pages.values()), titles=list(pages), layout=w.Layout(width="100%"))
    _draw_when_opened(tabs, list(pages).index("Pictures"), track)
    return _played(track), tabs


def _played(track: Track) -> w.Output:
    """The track as a cell shows it."""
    return w.Output(outputs=({"output_type": "display_data", "data": mime_bundle(track), "metadata": {}},))


def _draw_when_opened(tabs: w.Tab, index: int, track: Track) -> None:
    """Fill the page of pictures when it is first opened: drawing takes seconds that most visits do not need."""

    def opened(change: Any) -> None:
        page = tabs.children[index]
        if change.new == index and not page.children:
            page.children = _pictures(track)

    tabs.observe(opened, "selected_index")


def _pictures(track: Track) -> tuple[w.Widget, ...]:
    return tuple(
        w.VBox([w.HTML(f"<b>{CAPTIONS[name].title}</b>"), w.Image(value=data, layout=w.Layout(width="100%"))])
        for name, data in draw_all(track).items()
    )
