"""The library of reference tracks: what ships with the product, and what users measure of their own."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace as _with
from pathlib import Path

from workbench.analysis.audio_reading import Incoming, open_music
from workbench.analysis.distances import distance as measured_distance
from workbench.analysis.profile import Measurements
from workbench.analysis.reference_profile import ReferenceProfile, located, measure_reference
from workbench.domain.errors import AudioFileError, OutputError, ParameterError, UnknownReferenceError
from workbench.domain.files import write_text_atomically
from workbench.domain.naming import latin_id, names_of
from workbench.domain.paths import data_dir, home_dir, is_file
from workbench.domain.sound_files import SUFFIXES, files_below

__all__ = ["Added", "ReferenceLibrary", "ReferenceProfile", "distance"]

_ID_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}")
_LISTED_IDS = 12
_MEASURE_VERSION = 4
"""Rises when what is measured of a track changes: older caches are measured anew."""


@dataclass(frozen=True, slots=True)
class Added:
    """What adding a folder gave: the profiles, and by file why others were refused."""

    profiles: tuple[ReferenceProfile, ...]
    refused: tuple[tuple[Path, str], ...]


class ReferenceLibrary:
    """Reference profiles that ship with the product, and the user's own.

    Parameters
    ----------
    shipped
        Folder of the profiles that come with the product; by default `references` in the data folder.
    own
        The user's folder, where `add` writes; by default `references` in `BEATSFOUNDRY_HOME` (`~/.beatsfoundry`).
        A profile here hides a shipped one of the same id.
    """

    def __init__(self, *, shipped: Path | None = None, own: Path | None = None) -> None:
        self.shipped = shipped if shipped is not None else data_dir() / "references"
        self.own = own if own is not None else home_dir() / "references"

    def ids(self) -> tuple[str, ...]:
        """Ids of all profiles, sorted."""
        return tuple(sorted({path.stem for folder in (self.shipped, self.own) for path in folder.glob("*.json")}))

    def list(self, *, style: str | None = None, set_name: str | None = None) -> tuple[ReferenceProfile, ...]:
        """All profiles, sorted by id, or those of one style or set."""
        profiles = (self.get(id_) for id_ in self.ids())
        return tuple(
            one
            for one in profiles
            if (style is None or style in one.styles) and (set_name is None or set_name in one.sets)
        )

    def audio_path(self, id_: str) -> Path | None:
        """The sound of a reference where this machine has it: in `audio/` of the user's folder, or where it was added.

        A shipped profile has none until its file is put into `audio/` under its id.
        """
        for suffix in SUFFIXES:
            kept = self.own / "audio" / f"{id_}{suffix}"
            if is_file(kept):
                return kept
        stated = self.get(id_).path
        return Path(stated) if stated and Path(stated).is_file() else None

    def get(self, id_: str) -> ReferenceProfile:
        """Return one profile.

        Raises
        ------
        UnknownReferenceError
            If there is none of this id; the message lists known ids.
        """
        for folder in (self.own, self.shipped):
            path = folder / f"{id_}.json"
            if _ID_PATTERN.fullmatch(id_) and path.is_file():
                return _load(path)
        raise UnknownReferenceError(
            f"reference {id_!r} is not known: expected one of {self._shown_ids()}; {_HOW_TO_ADD}"
        )

    def add(
        self,
        path: str | Path,
        *,
        id: str | None = None,
        title: str | None = None,
        author: str = "unknown",
        licence: str = "private use",
        source: str = "",
        styles: Sequence[str] = (),
        sets: Sequence[str] = (),
        replace: bool = False,
    ) -> ReferenceProfile:
        """Measure an audio file and keep its profile.

        A file whose content was measured before is not measured again; adding it once more updates its remarks.

        Parameters
        ----------
        path
            WAV, AIFF, FLAC, MP3, OGG or Opus; three seconds at least.
        id
            Name by which requests call it. By default it is made of the file's name in Latin letters; where another
            track has that, with the folder's name before it or a number behind it.
        title, author, licence, source
            Attribution; the title is the file's name by default.
        styles, sets
            Sets that it belongs to.
        replace
            Whether another track of the same id in the user's folder may be replaced, in one step.

        Raises
        ------
        ParameterError
            If the id holds anything but letters, digits, '.', '_' and '-', belongs to a shipped profile, or (unless
            `replace`) to another track; and if an earlier content of this very file was measured.
        AudioFileError
            If the file cannot be read, is shorter than three seconds, or is silent.
        OutputError
            If the profile cannot be written.
        """
        file = Path(path)
        if id is not None:
            self._check_id(id)
        measured = _measured_once(file)
        name = id if id is not None else self._free_id(file, measured.sha256)
        if not replace:
            self._check_free(name, measured)
        profile = _with(
            measured,
            id=name,
            title=title or file.stem,
            author=author,
            licence=licence,
            source=source or file.name,
            styles=tuple(styles),
            sets=tuple(sets),
        )
        _write_profile(self.own / f"{name}.json", profile.to_json())
        return profile

    def add_folder(
        self, folder: str | Path, *, licence: str = "private use", styles: Sequence[str] = (),
        sets: Sequence[str] = (), replace: bool = False,
    ) -> Added:  # fmt: skip
        """Add every audio file in a folder and the folders below; a file that is refused does not stop the others.

        Raises
        ------
        ParameterError
            If the folder is not there, or holds no audio file.
        """
        files = files_below(folder)
        if not files:
            raise ParameterError(f"{folder}: expected a folder with {', '.join(SUFFIXES)} files, found none")
        profiles: list[ReferenceProfile] = []
        refused: list[tuple[Path, str]] = []
        for path in files:
            try:
                profiles.append(self.add(path, licence=licence, styles=styles, sets=sets, replace=replace))
            except (AudioFileError, ParameterError) as error:
                refused.append((path, str(error)))
        return Added(tuple(profiles), tuple(refused))

    def _check_id(self, name: str) -> None:
        if not _ID_PATTERN.fullmatch(name):
            raise ParameterError(f"reference id {name!r}: expected letters, digits, '.', '_' and '-', at most 120")
        if (self.shipped / f"{name}.json").is_file():
            raise ParameterError(f"reference id {name!r} is that of a shipped track: choose another")

    def _free_id(self, path: Path, digest: str) -> str:
        """The plainest id that no other track has: no shipped one, and of the user's only this content or this file."""
        for name in names_of(path, latin_id, f"track-{digest[:8]}"):
            if (self.shipped / f"{name}.json").is_file():
                continue
            standing = self._standing(name)
            if standing is None or standing.sha256 == digest or _is_at(standing, path):
                return name
        raise AssertionError("names do not end")

    def _check_free(self, name: str, measured: ReferenceProfile) -> None:
        standing = self._standing(name)
        if standing is None or standing.sha256 == measured.sha256:
            return
        if standing.path == measured.path:
            raise ParameterError(
                f"{measured.path}: reference {name!r} was measured when the file held something else: "
                "replace it (--replace), or keep both by another id (--id)"
            )
        raise ParameterError(
            f"{measured.path}: reference id {name!r} is that of another track ({standing.path or standing.title}): "
            "choose another (--id), or replace it (--replace)"
        )

    def _standing(self, name: str) -> ReferenceProfile | None:
        """The user's own profile of an id; None if there is none, or a damaged one."""
        path = self.own / f"{name}.json"
        try:
            return _load(path) if path.is_file() else None
        except ParameterError:
            return None

    def remove(self, id_: str) -> None:
        """Delete a profile of the user's folder.

        Raises
        ------
        UnknownReferenceError
            If the user's folder holds none of this id; shipped profiles stay.
        """
        path = self.own / f"{id_}.json"
        if not _ID_PATTERN.fullmatch(id_) or not path.is_file():
            where = "ships with the product and stays" if id_ in self.ids() else "is not known"
            raise UnknownReferenceError(f"reference {id_!r} {where}: only tracks that were added can be removed")
        path.unlink()

    def _shown_ids(self) -> str:
        ids = self.ids()
        more = f" and {len(ids) - _LISTED_IDS} more" if len(ids) > _LISTED_IDS else ""
        return (", ".join(ids[:_LISTED_IDS]) or "none yet") + more


_HOW_TO_ADD = "list them with 'beatsfoundry references list' or add one with 'beatsfoundry references add FILE --id ID'"


def distance(profile: Measurements | ReferenceProfile, reference: Measurements | ReferenceProfile) -> dict[str, float]:
    """Distances between two recordings by name (see `analysis.distances.distance`).

    Parameters
    ----------
    profile, reference : Measurements or ReferenceProfile

    Returns
    -------
    dict of str to float
        From 0; names have unit suffixes, and `overall` weighs them all.

    Examples
    --------
    A reference track is at no distance from itself, and at some from every other:

    >>> library = ReferenceLibrary(own=Path("absent"))
    >>> first, second = (library.get(name) for name in library.ids()[:2])
    >>> distance(first, first)["overall"], distance(first, second) == distance(second, first)
    (0.0, True)
    """
    return measured_distance(_measured(profile), _measured(reference))


def _measured_once(path: Path) -> ReferenceProfile:
    """Features of a file's content: measured, or taken from the cache."""
    try:
        digest = _digest(path)
    except (OSError, ValueError):
        digest = ""  # reading it as audio tells what is wrong
    cached = home_dir() / "cache" / "references" / f"{digest}-{_MEASURE_VERSION}.json"
    if digest and cached.is_file():
        try:
            return located(ReferenceProfile.from_json(cached.read_text(encoding="utf-8")), path, digest)
        except (OSError, ParameterError):
            pass  # a damaged cache is measured anew
    blank = {"id": "cached", "title": "", "author": "", "licence": "", "source": ""}
    incoming = open_music(path)
    profile = _with(located(measure_reference(incoming.audio, **blank), path, digest), note=_note(incoming))
    _write_profile(cached, _with(profile, path="").to_json())
    return profile


def _note(incoming: Incoming) -> str:
    """Remarks on a reference: what was repaired, and that a mono file counts as two speakers play it."""
    mono = ("mono, measured as two speakers play it",) if incoming.channels == 1 else ()
    return "; ".join((*incoming.notes, *mono))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_at(profile: ReferenceProfile, path: Path) -> bool:
    return bool(profile.path) and Path(profile.path) == path.resolve()


def _measured(one: Measurements | ReferenceProfile) -> Measurements:
    return one.measured if isinstance(one, ReferenceProfile) else one


def _load(path: Path) -> ReferenceProfile:
    try:
        return ReferenceProfile.from_json(path.read_text(encoding="utf-8"))
    except (OSError, ParameterError) as error:
        raise ParameterError(f"{path}: {error}; remove the file or add the track again") from None


def _write_profile(path: Path, text: str) -> None:
    try:
        write_text_atomically(path, text)
    except OSError as error:
        raise OutputError(f"{path}: the profile cannot be written ({error.strerror or error})") from None
