"""The song of a session and the place where it is kept: opened, saved, and changes kept until then."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from workbench.domain.clock import Progress
from workbench.domain.errors import ParameterError
from workbench.domain.results import Track
from workbench.output import export
from workbench.session.kept_songs import (
    find_song,
    fingerprint,
    forget_unsaved,
    free_name,
    keep_unsaved,
    moved_to,
    new_place,
    read_unsaved,
    title_of,
    unsaved_token,
)
from workbench.session.session import Session, State


class KeptSong:
    """Keeps the song of a session as a bundle in a folder of songs.

    `save` finishes the song and writes its bundle. Changes since then are kept beside it (`keep_changes`), so that the
    song can be taken up in another process before it is saved. What somebody else wrote meanwhile is never replaced.

    Parameters
    ----------
    session : Session
        May hold a song already; it has no place then.
    folder : path
        Where songs lie, a folder each.
    """

    def __init__(self, session: Session, folder: str | Path) -> None:
        self.session, self.folder = session, Path(folder).expanduser().absolute()
        self._place: Path | None = None
        self._first: State | None = None
        self._saved: State | None = None
        self._kept: State | None = None
        self._fingerprint = self._token = ""

    @property
    def place(self) -> Path | None:
        """The folder of the song's bundle; None if the song in the session was not saved or opened here."""
        history = self.session.history
        return self._place if history and history[0] is self._first else None

    @property
    def name(self) -> str:
        """What the song is called where it is kept; else empty."""
        place = self.place
        return place.name if place is not None else ""

    @property
    def unsaved(self) -> bool:
        """Whether the song as it stands lies in no bundle."""
        return self.place is None or self.session.state is not self._saved

    @property
    def changes_kept(self) -> bool:
        """Whether the song as it stands lies beside its bundle, where it is not what the bundle holds."""
        return self.unsaved and self.place is not None and self.session.state is self._kept

    @property
    def went_to(self) -> str:
        """The song that changes of this one were saved as in another process; empty where none were."""
        place = self.place
        if place is None or not self._token:
            return ""
        name = moved_to(place, self._token)
        return name if name and (self.folder / name).is_dir() else ""

    @property
    def changed_elsewhere(self) -> bool:
        """Whether the bundle, or the changes beside it, are no longer what this session wrote or read."""
        place = self.place
        return place is not None and (fingerprint(place), unsaved_token(place)) != (self._fingerprint, self._token)

    def propose(self) -> str:
        """A name that the song can be saved under."""
        return free_name(self.folder, title_of(self.session.state.song.plan))

    def open(self, name: str) -> int:
        """Take up a song, with the changes that were not saved; returns how many edits these are.

        Raises
        ------
        OutputError, ParameterError
            If there is no such song.
        """
        place = find_song(self.folder, name)
        known, changes = fingerprint(place), read_unsaved(place)
        self.session.open(place)
        self._stands_at(place, known, self.session.state)
        if changes is None:
            return 0
        before = len(self.session.state.song.state.history)
        self._token, self._kept = changes.token, self.session.go_on(changes.song)
        return len(changes.song.state.history) - before

    def save(self, *, progress: Progress | None = None) -> Track:
        """Finish the song and write its bundle where it is kept.

        Raises
        ------
        ParameterError
            If it has no place yet, or was changed elsewhere since it was taken up.
        OutputError
            If it cannot be written.
        """
        place = self.place
        if place is None:
            raise ParameterError("the song has no name yet: save it under one")
        self._check_ours(place)
        return self._write(place, progress)

    def save_as(self, name: str, *, progress: Progress | None = None) -> Track:
        """Finish the song and keep it under a new name; it stands there from now on.

        Raises
        ------
        ParameterError
            If the name is no name, or is taken.
        OutputError
            If it cannot be written.
        """
        place, before, token = new_place(self.folder, name), self.place, self._token
        name = place.name
        track = self._write(place, progress)
        if before is not None and unsaved_token(before) == token:
            # The song that it was made from stands as it was saved.
            forget_unsaved(before, went_to=name)
        return track

    def keep_changes(self) -> None:
        """Keep the song as it stands beside its bundle, where it is not what the bundle holds.

        Raises
        ------
        ParameterError
            If somebody else wrote there meanwhile.
        OutputError
            If it cannot be written.
        """
        place, state = self.place, self.session.state if self.session.history else None
        if place is None or state is None or state is self._kept:
            return
        self._check_ours(place)
        if state is self._saved:
            forget_unsaved(place)
            self._token = ""
        else:
            self._token = keep_unsaved(place, state.song)
        self._kept = state

    def _write(self, place: Path, progress: Progress | None) -> Track:
        state, track = self._finished(progress)
        export(track, place, overwrite=True)
        forget_unsaved(place)
        self._stands_at(place, fingerprint(place), state)
        return track

    def _finished(self, progress: Progress | None) -> tuple[State, Track]:
        """A state and the track of it, whose edits count as one call since the song was taken up."""
        while True:
            state = self.session.state
            track = self.session.track(progress=progress)
            if self.session.state is state:
                break
        edits, earlier = track.edits, self.session.history[0].song.state
        since = len(edits.history) - len(earlier.history)
        calls = (*(len(call) for call in earlier.in_calls()), *((since,) if since else ()))
        return state, replace(track, edits=replace(edits, calls=calls))

    def _stands_at(self, place: Path, known: str, state: State) -> None:
        self._place, self._fingerprint, self._token = place, known, ""
        self._first = self.session.history[0]
        self._saved = self._kept = state

    def _check_ours(self, place: Path) -> None:
        """Refuse to write over what somebody else wrote; a place that was emptied is free."""
        if self.changed_elsewhere and fingerprint(place):
            raise ParameterError(
                f"{place.name} was changed in another notebook since it was opened here: open it again, or save this "
                "one under another name"
            )
