"""Sections, chords and notes of a session's song: choose bars, hear them, write them by hand or have them written."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import traitlets

from workbench.domain.elements import ELEMENTS
from workbench.domain.errors import ParameterError
from workbench.editing import Song, parse_edits
from workbench.editing.edits import Add, Unmute
from workbench.editing.song import bars_of
from workbench.editing.swinging import swung
from workbench.output.figures.palette import element_colour
from workbench.output.report.roll_data import roll_data
from workbench.session import Session
from workbench.widgets.arranger.note_grid import note_grid
from workbench.widgets.instrument import InstrumentWidget, action, front_end, sheet
from workbench.widgets.instrument.answering import spoken
from workbench.widgets.places import sections_of

_HERE = Path(__file__).resolve().parent


class Arranger(InstrumentWidget):
    """The song bar by bar: what is chosen on the ruler loops, and is regenerated, varied, transposed, muted or locked.

    The notes of one element are drawn, moved, stretched and deleted by hand. Every button and every stroke is one edit,
    as `modify` takes it; `edits` lists them.

    Parameters
    ----------
    session
        Holds a song; a finished one is heard in full quality where nothing changed.
    """

    _esm = "".join((_HERE / name).read_text(encoding="utf-8") for name in ("chord_lane.js", "notes.js")) + front_end(
        _HERE / "arranger.js", "player.js", "roll.js"
    )
    _css = sheet("player.css", "roll.css") + (_HERE / "arranger.css").read_text(encoding="utf-8")
    roll: Any = traitlets.Dict().tag(sync=True)
    elements: Any = traitlets.List().tag(sync=True)
    sections: Any = traitlets.List().tag(sync=True)
    bars = traitlets.Int(1).tag(sync=True)
    grid: Any = traitlets.Dict().tag(sync=True)
    absent: Any = traitlets.List().tag(sync=True)
    refused: Any = traitlets.Dict().tag(sync=True)

    def __init__(self, session: Session) -> None:
        self._heard = (1, 1)
        self._shown: tuple[str, int, int] | None = None
        self._serial = 0
        super().__init__(session)

    def refresh(self) -> None:
        """Show the song as it stands."""
        song = self.session.state.song
        with self.hold_sync():
            self.sections, self.bars = sections_of(song.plan), song.plan.bars
            self.elements = [_element(song, name) for name in song.score.parts]
            self.absent = [name for name in ELEMENTS if name not in song.score.parts]
            self.roll = roll_data(song.score)
            self._show_grid()

    def tell(self, line: str, *, failed: bool = False) -> None:
        """Answer the page in one line; what was refused before is past."""
        self.refused = {}
        super().tell(line, failed=failed)

    @action
    def listen(self, first: int, last: int) -> None:
        """Send some bars of all elements."""
        self._heard = (first, last)
        self.sound(self._heard)

    @action
    def show_notes(self, element: str, first: int, last: int) -> None:
        """Show some bars of an element in the note editor; the first eight if there are more."""
        note_grid(self.session.state.song, element, first, last)
        self._shown = (element, first, last)
        self._show_grid()

    @action
    def edit(self, edit: Mapping[str, Any], stamp: float = 0.0, serial: int | None = None) -> None:
        """Apply one edit, and hear the bars that are chosen.

        The note editor draws ahead of Python: it numbers its edits by `serial`, which comes back with the notes that
        the edit led to, or with those that stay if it was refused.
        """
        if serial is not None:
            self._serial = _whole(serial)
        try:
            self._apply(edit)
        except ParameterError as error:
            self.tell(spoken(error), failed=True)
            self.refused = {"edit": edit, "why": self.message, "offer": self._offer(edit)}
            return
        finally:
            self._show_grid()
        self._hear_again(stamp)

    @action
    def swing(self, percent: float, step: float = 0.25, stamp: float = 0.0) -> None:
        """Give the notes that are shown some swing: 50 per cent is straight, 66.7 a triplet."""
        if self._shown is None:
            raise ParameterError("swing: choose an element first")
        element = self._shown[0]
        bars = (int(self.grid["first"]), int(self.grid["last"]))
        edit = swung(self.session.state.song, element, bars, percent, step_beats=step)
        if edit is None:
            self.tell(f"{element} swings by {percent:g} per cent already in bars {bars[0]} to {bars[1]}")
            return
        self.edit(edit, stamp=stamp)

    def _apply(self, edit: Mapping[str, Any]) -> None:
        (wanted,) = parse_edits([edit])
        if isinstance(wanted, Add):
            wanted = _brought_back(self.session.state.song, wanted)
        before = self.session.state.song.score
        self.change([wanted], _edit_text(wanted.model_dump(mode="json", exclude_none=True)))
        after = self.session.state.song
        if after.plan.decisions[-1].contradiction:
            self.tell(f"{self.message}; {after.plan.decisions[-1].contradiction}")
        if after.score.bars != before.bars:
            self._heard = (1, min(self._heard[1], after.score.bars))

    def _offer(self, edit: Any) -> dict[str, Any]:
        """The edit that lets an element play where a refused edit missed it; empty where that is not the reason."""
        song = self.session.state.song
        name = edit.get("element") if isinstance(edit, Mapping) else None
        if name not in ELEMENTS or edit.get("edit") == "add":
            return {}
        where = {key: edit[key] for key in ("section", "bars") if key in edit}
        try:
            wanted = {bar for piece in bars_of(song.plan, where.get("section"), where.get("bars")) for bar in piece}
        except (ParameterError, TypeError, ValueError):
            return {}
        playing = song.playing_bars(name) if name in song.score.parts else set()
        return {} if wanted & playing else {"edit": "add", "element": name, **where}

    def _show_grid(self) -> None:
        """The notes of the element that is shown; none where it is no longer in the song."""
        song = self.session.state.song
        if self._shown is None or self._shown[0] not in song.score.parts:
            self.grid = {"serial": self._serial}
            return
        element, first, last = self._shown
        bars = song.plan.bars
        self.grid = note_grid(song, element, min(first, bars), min(last, bars)) | {"serial": self._serial}

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


def _brought_back(song: Song, edit: Add) -> Add | Unmute:
    """What is added where it was muted comes back with the notes that it had."""
    bars = {bar for piece in bars_of(song.plan, edit.section, edit.bars) for bar in piece}
    muted = any(
        bars & set(range(silenced.first_bar, silenced.end_bar))
        for silenced in song.state.mutes
        if silenced.element == edit.element
    )
    return Unmute(element=edit.element, section=edit.section, bars=edit.bars) if muted else edit


def _edit_text(edit: dict[str, Any]) -> str:
    """An edit as a line: what, of what, where; of notes by hand how many.

    Examples
    --------
    >>> _edit_text({"edit": "notes", "element": "bass", "add": [{}], "change": [{}, {}]})
    'notes: bass, 1 added, 2 changed'
    """
    if edit["edit"] == "notes":
        done = {"add": "added", "remove": "removed", "change": "changed"}
        counts = [f"{len(edit[name])} {word}" for name, word in done.items() if edit.get(name)]
        return f"notes: {edit['element']}, {', '.join(counts)}"
    where = edit.get("section") or (f"bars {edit['bars'][0]} to {edit['bars'][1]}" if edit.get("bars") else "the song")
    return f"{edit['edit']}: {edit.get('element', 'all elements')}, {where}"


def _whole(serial: object) -> int:
    if isinstance(serial, bool) or not isinstance(serial, int):
        raise ParameterError(f"serial: expected a whole number, got {type(serial).__name__}")
    return serial
