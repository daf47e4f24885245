"""Sections, chords and notes of a session's song: choose bars, hear them, and have them written anew."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import traitlets

from workbench.editing import Song, parse_edits
from workbench.output.palette import element_colour
from workbench.output.roll_data import roll_data
from workbench.session import Session
from workbench.widgets.instrument import Instrument, action, front_end, sheet
from workbench.widgets.places import sections_of

_HERE = Path(__file__).resolve().parent


class Arranger(Instrument):
    """The song bar by bar: what is chosen on the ruler loops, and is regenerated, varied, transposed, muted or locked.

    Every button is one edit, as `modify` takes it; `edits` lists them.

    Parameters
    ----------
    session
        Holds a song; a finished one is heard in full quality where nothing changed.
    """

    _esm = front_end(_HERE / "arranger.js", "roll.js")
    _css = sheet("player.css", "roll.css") + (_HERE / "arranger.css").read_text(encoding="utf-8")
    roll: Any = traitlets.Dict().tag(sync=True)
    elements: Any = traitlets.List().tag(sync=True)
    sections: Any = traitlets.List().tag(sync=True)
    bars = traitlets.Int(1).tag(sync=True)

    def __init__(self, session: Session) -> None:
        self._heard = (1, 1)
        super().__init__(session)

    def refresh(self) -> None:
        """Show the song as it stands."""
        song = self.session.state.song
        with self.hold_sync():
            self.sections, self.bars = sections_of(song.plan), song.plan.bars
            self.elements = [_element(song, name) for name in song.score.parts]
            self.roll = roll_data(song.score)

    @action
    def listen(self, first: int, last: int) -> None:
        """Send some bars of all elements."""
        self._heard = (first, last)
        self.sound(self._heard)

    @action
    def edit(self, edit: Mapping[str, Any], stamp: float = 0.0) -> None:
        """Apply one edit, and hear the bars that are chosen."""
        (wanted,) = parse_edits([edit])
        before = self.session.state.song.score
        self.change([wanted], _edit_text(wanted.model_dump(mode="json", exclude_none=True)))
        after = self.session.state.song.score
        if after.bars != before.bars:
            self._heard = (1, min(self._heard[1], after.bars))
        self._hear_again(stamp)

    @action
    def undo(self) -> None:
        """Go back by one change, and hear it."""
        super().undo()
        self._hear_again()

    @action
    def redo(self) -> None:
        """Go on by one change, and hear it."""
        super().redo()
        self._hear_again()

    def _hear_again(self, stamp: float = 0.0) -> None:
        last = self.session.state.song.plan.bars
        self._heard = (min(self._heard[0], last), min(self._heard[1], last))
        self.sound(self._heard, stamp=stamp)


def _element(song: Song, name: str) -> dict[str, Any]:
    return {"name": name, "colour": element_colour(name), "locked": sorted(bar + 1 for bar in song.locked_bars(name))}


def _edit_text(edit: dict[str, Any]) -> str:
    """An edit as a line: what, of what, where."""
    where = edit.get("section") or (f"bars {edit['bars'][0]} to {edit['bars'][1]}" if edit.get("bars") else "the song")
    return f"{edit['edit']}: {edit.get('element', 'all elements')}, {where}"
