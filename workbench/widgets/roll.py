"""The piano roll as a notebook widget: Python works out what is drawn, the page draws it."""

from __future__ import annotations

import anywidget
import traitlets

from workbench.domain.score import Score
from workbench.output.report.html_tables import asset, script
from workbench.output.report.roll_data import roll_data


class PianoRoll(anywidget.AnyWidget):
    """Every note of a score, with sections, chords and drum lanes; zooms, pans and tells of the note pointed at.

    A score as the last line of a cell shows the same by itself; this is the roll as a part of other widgets.

    Parameters
    ----------
    score
        The song to show.
    """

    _esm = script("roll.js") + "export default { render: ({ model, el }) => mountRoll(el, model.get('data')).dispose };"
    _css = asset("roll.css")
    data = traitlets.Dict().tag(sync=True)

    def __init__(self, score: Score) -> None:
        super().__init__(data=roll_data(score))
