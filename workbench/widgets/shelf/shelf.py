"""The songs at hand, of which one is open: what the notebooks of the instruments begin with."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from workbench.domain.errors import ParameterError
from workbench.domain.request import parse_request
from workbench.session import Session
from workbench.session.kept_songs import free_name, list_songs
from workbench.store import open_store
from workbench.widgets.instrument import InstrumentWidget, front_end, sheet
from workbench.widgets.song_places import in_hand

_HERE = Path(__file__).resolve().parent
_EXAMPLE: dict[str, Any] = {
    "project_id": "example",
    "parameters": {
        "creative": {"concept": "driving synthwave at night"},
        "technical": {"tempo": 120, "key": "F minor", "duration": 16, "structure": ["verse", "chorus"]},
    },
    "options": {"seed": 3, "preview": True},
}


class Songs(InstrumentWidget):
    """A list of the songs at hand with their players. One is open: `session` holds it, for the instruments.

    It begins with the song that was handed over by *Open in*, or the one that was changed last; where there is none, a
    short example is made. Choosing another one takes the instruments along.

    Parameters
    ----------
    song
        The name of a song, or the folder of a bundle, to begin with.
    """

    _esm = front_end(_HERE / "shelf.js", "player.js")
    _css = sheet()

    def __init__(self, song: str | Path = "") -> None:
        if not isinstance(song, str | Path):
            raise ParameterError(f"Songs: expected the name of a song or its folder, got {type(song).__name__}")
        super().__init__(Session(store=open_store()))
        self.keeper.follows = not str(song)
        self._begin_with(song)
        self.keeper.taken_up()
        self.list_songs()
        self.songs_changed(self.message or f"open: {self.keeper.kept.name or 'new song'}")
        Songs._last_made = self

    _last_made: ClassVar[Songs | None] = None

    @classmethod
    def at_hand(cls) -> Songs:
        """The list that was made last in this process; a new one where there is none."""
        return Songs._last_made or cls()

    def _begin_with(self, song: str | Path) -> None:
        kept = self.keeper.kept
        if isinstance(song, Path) or "/" in song:
            place = Path(song).expanduser().absolute()
            if place.parent == kept.folder:
                kept.open(place.name)
            else:
                self.session.open(place)
            return
        name = song or _newest(kept.folder)
        if name:
            kept.open(name)
        else:
            self._make_example()

    def _make_example(self) -> None:
        """A short song, where there is none: shown while it is made, and kept like any other."""
        from IPython.display import HTML, display

        from workbench.widgets.progress import ProgressBar

        bar = ProgressBar()
        place = display(bar, display_id=True)  # type: ignore[no-untyped-call]
        self.session.generate(parse_request(_EXAMPLE), progress=bar)
        self.keeper.kept.save_as(free_name(self.keeper.kept.folder, "example"))
        self.tell("there was no song yet: here is a short example")
        if place is not None:
            place.update(HTML(""))  # type: ignore[no-untyped-call]
        bar.close()


def songs_at_hand() -> Songs:
    """The `Songs` that was made last in this kernel, so that every instrument is on its session; else a new one.

    A cell that begins with it shows its instrument also where no other cell was run before.
    """
    return Songs.at_hand()


def _newest(folder: Path) -> str:
    """The song that was handed over or changed last; empty where there is none."""
    songs, handed = list_songs(folder), in_hand(folder)
    if not songs:
        return ""
    there = any(song.name == handed.name for song in songs)
    return handed.name if there and handed.at >= songs[0].changed else songs[0].name
