"""What keeps the song of a session for all instruments on it: changes soon after they were made, and at the end."""

from __future__ import annotations

import atexit
import contextlib
import os
import threading
import time
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

from workbench.domain.errors import WorkbenchError
from workbench.session import Session
from workbench.session.kept_song import KeptSong
from workbench.session.kept_songs import SongEntry
from workbench.widgets.instrument.after_pause import AfterPause
from workbench.widgets.song_places import NOTEBOOKS, in_hand, paths_for_page, songs_folder

_PAUSE_SECONDS = 1.0
"""Changes are kept once the hands rest for so long."""
_KEEPERS: weakref.WeakSet[SongKeeper] = weakref.WeakSet()


class SongKeeper:
    """One for each session.

    Parameters
    ----------
    session
        May hold a song or none.
    """

    def __init__(self, session: Session) -> None:
        self.kept = KeptSong(session, songs_folder())
        self.follows = False
        """Whether the song that is handed over in another notebook is taken up here."""
        self.conflict = False
        self.went_to = ""
        """The song that changes which stood here were saved as in another notebook."""
        self.opening = threading.Lock()
        """Held while a song is taken up: several instruments may see at once that it changed."""
        self._since = time.time()
        self._pause = AfterPause(_PAUSE_SECONDS)
        self._keeping = threading.Lock()
        _KEEPERS.add(self)

    def soon(self, after: Callable[[str], None]) -> None:
        """Keep the changes once no more come; `after` hears what went wrong, or nothing."""
        self.went_to = ""
        self._pause.soon(lambda: self._late(after))

    def now(self) -> None:
        """Keep the changes.

        Raises
        ------
        WorkbenchError
            If they cannot be kept, as after the song was changed elsewhere.
        """
        self._pause.cancel()
        with self._keeping:
            try:
                self.kept.keep_changes()
                self.conflict = False
            except WorkbenchError:
                self.conflict = True
                raise

    def taken_up(self) -> None:
        """From now on only what is handed over later is followed."""
        self._since, self.conflict, self.went_to = time.time(), False, ""

    @property
    def handed(self) -> str:
        """The song that was handed over since one was taken up here; empty if none was, or it is this one."""
        last = in_hand(self.kept.folder)
        is_new = self.follows and last.at > self._since and last.name != self.kept.name
        return last.name if is_new and (self.kept.folder / last.name / "manifest.json").is_file() else ""

    def form(self) -> dict[str, Any]:
        """The song for the page; nothing where the session has none."""
        kept = self.kept
        if not kept.session.history:
            return {}
        plan = kept.session.state.song.plan
        return {
            "name": kept.name,
            "proposal": kept.name or kept.propose(),
            "unsaved": kept.unsaved,
            "kept": kept.changes_kept,
            "conflict": self.conflict,
            "went_to": self.went_to,
            "concept": plan.concept,
            "facts": f"{plan.style}, {plan.tempo_bpm:g} BPM, {plan.key}, {minutes(plan.duration_seconds)}",
            "folder": paths_for_page(kept.place) if kept.place is not None else {},
        }

    def _late(self, after: Callable[[str], None]) -> None:
        try:
            self.now()
        except WorkbenchError as error:
            after(str(error))
        else:
            after("")


def minutes(seconds: float) -> str:
    """A length as a musician reads it.

    Examples
    --------
    >>> minutes(83.6)
    '1:24'
    """
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02d}"


def song_row(entry: SongEntry, here: str) -> dict[str, Any]:
    """A song of the list for the page."""
    return {
        "name": entry.name,
        "concept": entry.concept,
        "style": entry.style,
        "tempo": f"{entry.tempo_bpm:g} BPM",
        "key": entry.key,
        "length": minutes(entry.seconds),
        "changed": time.strftime("%Y-%m-%d %H:%M", time.localtime(entry.changed)),
        "unsaved": entry.unsaved,
        "here": entry.name == here,
    }


def ways_on() -> list[dict[str, str]]:
    """The notebooks beside this one in which a song can be gone on with."""
    # A Jupyter server tells each kernel which notebook it is for.
    own = Path(os.environ.get("JPY_SESSION_NAME", "")).stem
    found = {word: Path.cwd() / f"{name}.ipynb" for word, name in NOTEBOOKS.items() if name != own}
    return [{"word": word, **paths_for_page(path)} for word, path in found.items() if path.is_file()]


@atexit.register
def _keep_all() -> None:
    """Nothing that was changed within the last second of a kernel is lost."""
    for keeper in list(_KEEPERS):
        with contextlib.suppress(WorkbenchError):
            keeper.now()
