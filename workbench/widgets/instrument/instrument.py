"""The ground of every instrument: a session, its history, and what the page hears of it."""

from __future__ import annotations

import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import traitlets

from workbench.domain.audio import Audio
from workbench.domain.errors import ParameterError
from workbench.domain.results import Track
from workbench.editing import Edit
from workbench.output.report.html_tables import asset, scripts
from workbench.session import Session
from workbench.widgets.instrument.after_pause import AfterPause
from workbench.widgets.instrument.answering import action
from workbench.widgets.instrument.loop_sound import first_seconds, loop_of, resting_loop
from workbench.widgets.instrument.song_actions import SongActions
from workbench.widgets.instrument.song_keeper import SongKeeper

_HERE = Path(__file__).resolve().parent
_PLAYERS: weakref.WeakKeyDictionary[Session, weakref.WeakSet[InstrumentWidget]] = weakref.WeakKeyDictionary()
"""Who shows a session: what one of them changes, the others show too."""
_PAUSE_SECONDS = 2.0
"""What was heard is kept for the notebook once nothing more was sent for so long."""


def front_end(script: Path, *parts: str) -> str:
    """A widget's module: what all are built of, the engine, shipped parts by name, then its own script."""
    meters = [] if "player.js" in parts else ["meters.js", "levels.js"]
    shared = scripts(*meters, *parts)
    names = ("kernel.js", "engine.js", "controls.js", "songs.js", "chart.js")
    own = [(_HERE / name).read_text(encoding="utf-8") for name in names]
    return shared + "".join(own) + script.read_text(encoding="utf-8")


def sheet(*parts: str) -> str:
    """Style sheet of the instruments, after shipped sheets by name."""
    shipped = "".join(asset(part) for part in parts) or asset("player.css")
    return shipped + (_HERE / "instrument.css").read_text(encoding="utf-8")


class InstrumentWidget(SongActions):
    """A widget on a session. The page asks by messages `{"do": NAME, ...}`; answers are traits and sound.

    Parameters
    ----------
    session
        Holds the song; several instruments may share one.
    """

    edits: Any = traitlets.List().tag(sync=True)
    can_undo = traitlets.Bool(False).tag(sync=True)
    can_redo = traitlets.Bool(False).tag(sync=True)
    last_loop: Any = traitlets.Dict().tag(sync=True)
    """What was heard last, for a page that is opened again without Python."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session = _checked(session, type(self).__name__)
        players = _PLAYERS.setdefault(session, weakref.WeakSet())
        self.keeper = next((player.keeper for player in players), None) or SongKeeper(session)
        players.add(self)
        self._pause, self._bars = AfterPause(_PAUSE_SECONDS), (0, 0)
        self._stems: dict[str, Audio] = {}
        self._refresh()

    def refresh(self) -> None:
        """Show the session's song as it stands; each instrument adds its own traits."""

    @property
    def track(self) -> Track:
        """The finished track of the song as it stands."""
        return self.session.track()

    @action
    def undo(self) -> None:
        """Go back by one change."""
        self.session.undo()
        self._changed("undone")

    @action
    def redo(self) -> None:
        """Go on by one change that was undone."""
        self.session.redo()
        self._changed("done again")

    @action
    def stop(self) -> None:
        """Call off what is being made."""
        self.session.cancel()

    def change(self, edits: Sequence[Edit | Mapping[str, Any]], message: str) -> None:
        """Edit the song, and let every instrument on the session show it."""
        self.session.modify(edits)
        self._changed(message)

    def sound(self, bars: tuple[int, int], elements: Sequence[str] | None = None, **more: Any) -> None:
        """Send bars of the song as it stands to the page, by default of all elements."""
        mixed = self.session.preview(bars, elements=elements)
        message, buffers = loop_of(mixed.stems, bars, **more)
        self.send(message, buffers)
        if bars != self._bars:
            self._bars, self._stems = bars, {}
        self._stems |= {name: first_seconds(stem) for name, stem in mixed.stems.items()}
        self._pause.soon(self._keep_loop)

    def songs_changed(self, message: str, *, opened: bool = False, failed: bool = False) -> None:
        """Let every instrument on the session show the song."""
        for player in _PLAYERS.get(self.session, ()):
            player._refresh()
            player.opened += opened
        # Last, so that all is shown by the time that it is announced.
        for player in _PLAYERS.get(self.session, ()) if opened else (self,):
            player.tell(message, failed=failed)

    def _keep_loop(self) -> None:
        self.last_loop = resting_loop(dict(self._stems), self._bars)

    def _changed(self, message: str) -> None:
        self.songs_changed(message)
        self.keeper.soon(self._kept)

    def _kept(self, problem: str) -> None:
        """The changes were kept, or could not be."""
        for player in _PLAYERS.get(self.session, ()):
            player.show_song()
        if problem:
            self.tell(problem, failed=True)

    def _refresh(self) -> None:
        history = self.session.history
        if not history:
            self.show_song()
            return
        at = next(index for index, state in enumerate(history) if state is self.session.state)
        self.can_undo, self.can_redo = at > 0, at + 1 < len(history)
        edits = [edit for state in history[: at + 1] for edit in state.edits]
        own = [edit.model_dump(mode="json", exclude_none=True) for edit in edits]
        self.edits = [*map(dict, history[0].song.state.history), *own]
        self.refresh()
        self.show_song()


def _checked(session: object, owner: str) -> Session:
    """A session; a path or a track is easily given in its place."""
    if isinstance(session, Session):
        return session
    raise ParameterError(f"{owner}: expected a workbench.Session in which a song is open, got {type(session).__name__}")
