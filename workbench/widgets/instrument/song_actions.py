"""What every instrument can do with the song as a whole: open, save, export, and take it to another notebook."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import traitlets

from workbench.analysis.levels import at_equal_loudness
from workbench.domain.clock import Progress
from workbench.domain.errors import OutputError, ParameterError
from workbench.domain.results import Track
from workbench.output import decode
from workbench.output.daw import FORMATS, export_session
from workbench.output.daw.formats import find_format
from workbench.output.files.parts import export_parts
from workbench.output.report.page_audio import encode_for_page, small_for_page
from workbench.output.report.player_data import player_data
from workbench.session import Session
from workbench.session.kept_songs import find_song, free_name, list_songs, title_of
from workbench.widgets.instrument.answering import Answering, action
from workbench.widgets.instrument.song_keeper import SongKeeper, song_row, ways_on
from workbench.widgets.song_places import exports_folder, hand_over, paths_for_page

_HEARD_SECONDS = 30.0
_SESSION_FOLDER = "session"


class SongActions(Answering):
    """The song bar of an instrument. `session` and `keeper` are the instrument's."""

    session: Session
    keeper: SongKeeper
    song: Any = traitlets.Dict().tag(sync=True)
    songs: Any = traitlets.List().tag(sync=True)
    ways: Any = traitlets.List().tag(sync=True)
    daws: Any = traitlets.List(list(FORMATS)).tag(sync=True)
    written: Any = traitlets.Dict().tag(sync=True)
    opened = traitlets.Int(0).tag(sync=True)
    """Counts the songs that were taken up, so that the page asks for their sound."""

    def songs_changed(self, message: str, *, opened: bool = False, failed: bool = False) -> None:
        """Let every instrument on the session show the song; the instrument itself says how."""
        raise NotImplementedError

    @action
    def list_songs(self) -> None:
        """Show the songs at hand, the newest first."""
        here = self.keeper.kept.name
        self.songs = [song_row(entry, here) for entry in list_songs(self.keeper.kept.folder)]

    @action
    def hear_song(self, name: str) -> None:
        """Send a stretch of a song that lies in the folder, its loudest."""
        place = find_song(self.keeper.kept.folder, name)
        self.begin(lambda: self._hear_song(place))

    @action
    def open_song(self, name: str, leave: bool = False) -> None:
        """Take up another song; with `leave` even where this one was never saved."""
        kept = self.keeper.kept
        if kept.session.history and kept.place is None and not leave:
            raise ParameterError(
                "this song has no name yet and would be lost: save it first, or open the other one again"
            )
        find_song(kept.folder, name)
        self._keep_changes()
        self.begin(lambda: self._open_song(name))

    @action
    def open_again(self) -> None:
        """Take the song up as another notebook left it."""
        name = self.keeper.kept.name
        self.begin(lambda: self._open_song(name))

    @action
    def save_song(self, show: bool = False) -> None:
        """Finish the song and keep it, a new one under the name that is proposed; `show` opens its player and files."""
        kept = self.keeper.kept
        self.begin(lambda: self._save("" if kept.place is not None else kept.propose(), show=show))

    @action
    def save_song_as(self, name: str) -> None:
        """Finish the song and keep it under another name."""
        self.begin(lambda: self._save(name))

    @action
    def finish(self) -> None:
        """Make the whole track, keep it, and say what was measured of it."""
        self.save_song(show=True)

    @action
    def export_files(self, parts: Sequence[str], daw: str = "") -> None:
        """Write files of the finished song, and the session of a DAW, to a new folder of `exports`."""
        if not isinstance(parts, list | tuple) or not (parts or daw):
            raise ParameterError("export: choose master, stems, MIDI or a session first")
        if daw:
            find_format(daw)
        self.begin(lambda: self._export_files([str(part) for part in parts], daw))

    @action
    def hear_written(self) -> None:
        """Send the master of what was written last."""
        if self._last is None:
            raise ParameterError("the sound is in the files; save or export again to hear it here")
        self.send({"written": self.written.get("number", 0)}, [small_for_page(self._last.master)])

    @action
    def hand_over(self, to: str) -> None:
        """Keep the song as it stands, for the notebook that is opened next."""
        kept = self.keeper.kept
        if kept.place is None:
            raise ParameterError("the song has no name yet: save it first")
        self._keep_changes()
        hand_over(kept.folder, kept.name)
        self.send({"handed": str(to)})

    @action
    def look(self) -> None:
        """See whether another notebook handed a song over, or changed this one; take it up then."""
        keeper = self.keeper
        if self.is_busy or keeper.opening.locked():
            return
        changed = keeper.kept.changed_elsewhere and not keeper.conflict
        name = keeper.handed or (keeper.kept.name if changed else "")
        if not name:
            return
        self._keep_changes()
        self.begin(lambda: self._open_song(name, found=True))

    _last: Track | None = None

    def save_new(self, progress: Progress | None = None) -> None:
        """Keep a song that was just made, under a name of its own."""
        self._keep(self.keeper.kept.propose(), progress)

    def show_song(self) -> None:
        """Show how the song stands to what was saved."""
        self.song = self.keeper.form()
        if not self.ways:
            self.ways = ways_on()

    def _keep_changes(self) -> None:
        try:
            self.keeper.now()
        finally:
            self.show_song()

    def _open_song(self, name: str, *, found: bool = False) -> None:
        """Take up a song; one that was only `found` to have changed is left where another instrument is at it."""
        if not self.keeper.opening.acquire(blocking=not found):
            return
        try:
            self._say(0.2, f"opening {name}")
            kept = self.keeper.kept
            went = kept.went_to if found and name == kept.name else ""
            count = kept.open(name)
            self.keeper.taken_up()
            self.keeper.went_to = went
            self.written, self._last = {}, None
            more = "1 change that is" if count == 1 else f"{count} changes that are"
            if went:
                more = f"its changes were saved as {went}: this is {name} as it was saved before"
                self.songs_changed(more, opened=True)
            else:
                self.songs_changed(f"opened: {name}" + (f", with {more} not saved yet" if count else ""), opened=True)
            self.list_songs()
        finally:
            self.keeper.opening.release()

    def _save(self, name: str, *, show: bool = False) -> None:
        self._keep(name, self._say, show=show)
        measured = self.written["line"]
        self.songs_changed(f"saved as {self.keeper.kept.name}: {measured}")
        self.list_songs()

    def _keep(self, name: str, progress: Progress | None, *, show: bool = False) -> None:
        kept = self.keeper.kept
        track = kept.save_as(name, progress=progress) if name else kept.save(progress=progress)
        self.keeper.taken_up()
        if kept.place is None:
            raise OutputError("the song could not be kept")
        found = sorted(
            path for path in kept.place.rglob("*") if path.suffix in (".wav", ".flac", ".mp3", ".mid", ".html")
        )
        files = [path for path in found if "alternatives" not in path.parts]
        self._show_written(track, kept.place, files, show=show)

    def _export_files(self, parts: list[str], daw: str) -> None:
        kept = self.keeper.kept
        track = self.session.track(progress=lambda done, what: self._say(0.8 * done, what))
        name = kept.name or title_of(track.plan)
        folder = exports_folder() / free_name(exports_folder(), name)
        self._say(0.85, "writing the files")
        files = export_parts(track, folder, parts) if parts else []
        if daw:
            files = [export_session(track, daw, folder / _SESSION_FOLDER / free_name("", name)), *files]
        self._show_written(track, folder, files, show=True)
        self.tell(f"exported to {folder.parent.name}/{folder.name}: {self.written['line']}")

    def _show_written(self, track: Track, folder: Path, files: Sequence[Path], *, show: bool) -> None:
        measured = track.report.measurements
        loudness, peak = measured["integrated_loudness_lufs"], measured["true_peak_dbtp"]
        self._last = track
        self.written = {
            "number": int(self.written.get("number", 0)) + 1,
            "line": f"{loudness:.1f} LUFS, true peak {peak:.1f} dBTP",
            "folder": paths_for_page(folder),
            "files": [_file(path, folder) for path in files],
            "player": player_data(track),
            "open": show,
        }

    def _hear_song(self, place: Path) -> None:
        masters = sorted(place.glob("master.*"))
        if not masters:
            raise OutputError(f"{place.name} holds no master")
        sound = at_equal_loudness({"song": decode(masters[0].read_bytes())}, longest_seconds=_HEARD_SECONDS)
        self.send({"song": place.name}, [encode_for_page(sound["song"])])

    def _say(self, fraction: float, message: str) -> None:
        if abs(fraction - self.progress) >= 0.01 or message != self.message:
            self.progress = min(1.0, fraction)
            self.tell(message)


def _file(path: Path, folder: Path) -> dict[str, Any]:
    megabytes = round(path.stat().st_size / 1e6, 1)
    form = {"label": path.relative_to(folder).as_posix(), "megabytes": megabytes, **paths_for_page(path)}
    # A session that leans on files beside it is nothing by itself.
    if path.is_relative_to(folder / _SESSION_FOLDER) and path.parent.parent == folder / _SESSION_FOLDER:
        form["beside"] = paths_for_page(path.parent)
    return form
