"""The library of reference tracks: what ships with the product, and what users measure of their own."""

from __future__ import annotations

import hashlib
import itertools
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from workbench.analysis.distances import distance as measured_distance
from workbench.analysis.loudness import integrated_loudness
from workbench.analysis.profile import Measurements
from workbench.analysis.reading import read_audio, repair_note
from workbench.analysis.reference_profile import ReferenceProfile, located, measure_reference
from workbench.domain.audio import Audio
from workbench.domain.errors import AudioFileError, OutputError, ParameterError, UnknownReferenceError
from workbench.domain.paths import data_dir, home_dir

__all__ = ["Added", "ReferenceLibrary", "ReferenceProfile", "distance"]

AUDIO_SUFFIXES = (".wav", ".flac", ".mp3", ".ogg", ".oga", ".aiff", ".aif")
_ID_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}")
_LEAST_SECONDS, _SILENT_LUFS = 3.0, -60.0
_LISTED_IDS = 12
_MEASURE_VERSION = 3
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
        for suffix in AUDIO_SUFFIXES:
            kept = self.own / "audio" / f"{id_}{suffix}"
            if kept.is_file():
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
    ) -> ReferenceProfile:
        """Measure an audio file and keep its profile; the id is made of the file's name unless stated.

        A file whose content was measured before is not measured again. An older profile of the same id in the user's
        folder is replaced, in one step.

        Raises
        ------
        ParameterError
            If the id holds anything but letters, digits, '.', '_' and '-', or belongs to a shipped profile.
        AudioFileError
            If the file cannot be read, is shorter than three seconds, or is silent.
        OutputError
            If the profile cannot be written.
        """
        name = id if id is not None else _id_of(Path(path))
        if not _ID_PATTERN.fullmatch(name):
            raise ParameterError(f"reference id {name!r}: expected letters, digits, '.', '_' and '-', at most 120")
        if (self.shipped / f"{name}.json").is_file():
            raise ParameterError(f"reference id {name!r} is that of a shipped track: choose another")
        profile = replace(
            _measured_once(Path(path)),
            id=name,
            title=title or Path(path).stem,
            author=author,
            licence=licence,
            source=source or Path(path).name,
            styles=tuple(styles),
            sets=tuple(sets),
            note=repair_note(path),
        )
        _write_atomically(self.own / f"{name}.json", profile.to_json())
        return profile

    def add_folder(
        self, folder: str | Path, *, licence: str = "private use", styles: Sequence[str] = (), sets: Sequence[str] = ()
    ) -> Added:
        """Add every audio file in a folder and the folders below; a file that is refused does not stop the others.

        Raises
        ------
        ParameterError
            If the folder is not there, or holds no audio file.
        """
        place = Path(folder)
        files = sorted(path for path in place.rglob("*") if path.suffix.lower() in AUDIO_SUFFIXES and path.is_file())
        if not files:
            raise ParameterError(f"{place}: expected a folder with {', '.join(AUDIO_SUFFIXES)} files, found none")
        profiles: list[ReferenceProfile] = []
        refused: list[tuple[Path, str]] = []
        for path in files:
            name = _free_name(path, {one.id for one in profiles})
            try:
                profiles.append(self.add(path, id=name, licence=licence, styles=styles, sets=sets))
            except (AudioFileError, ParameterError) as error:
                refused.append((path, str(error)))
        return Added(tuple(profiles), tuple(refused))

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
    """Distances between two recordings by name (see `analysis.distances.distance`)."""
    return measured_distance(_measured(profile), _measured(reference))


def _music(path: str | Path) -> Audio:
    """Audio that is long and loud enough to be a reference."""
    audio = read_audio(path)
    if audio.duration_seconds < _LEAST_SECONDS:
        raise AudioFileError(f"{path}: expected at least {_LEAST_SECONDS:g} s, got {audio.duration_seconds:.3g} s")
    loudness = integrated_loudness(audio)
    if loudness <= _SILENT_LUFS:
        raise AudioFileError(f"{path}: expected music, got silence ({loudness:.0f} LUFS)")
    return audio


def _measured_once(path: Path) -> ReferenceProfile:
    """Features of a file's content: measured, or taken from the cache."""
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        digest = ""  # reading it as audio tells what is wrong
    cached = home_dir() / "cache" / "references" / f"{digest}-{_MEASURE_VERSION}.json"
    if digest and cached.is_file():
        try:
            return located(ReferenceProfile.from_json(cached.read_text(encoding="utf-8")), path, digest)
        except (OSError, ParameterError):
            pass  # a damaged cache is measured anew
    blank = {"id": "cached", "title": "", "author": "", "licence": "", "source": ""}
    profile = located(measure_reference(_music(path), **blank), path, digest)
    _write_atomically(cached, replace(profile, path="").to_json())
    return profile


def _free_name(path: Path, taken: set[str]) -> str:
    """The file's own name, with its folder's before it if another has that, else with a number."""
    own, below = _id_of(path), f"{_id_of(path.parent)}-{_id_of(path)}"
    names = itertools.chain((own, below), (f"{below}-{number}" for number in itertools.count(2)))
    return next(name for name in names if name not in taken)


def _id_of(path: Path) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", path.stem).strip("-._").lower()


def _measured(one: Measurements | ReferenceProfile) -> Measurements:
    return one.measured if isinstance(one, ReferenceProfile) else one


def _load(path: Path) -> ReferenceProfile:
    try:
        return ReferenceProfile.from_json(path.read_text(encoding="utf-8"))
    except (OSError, ParameterError) as error:
        raise ParameterError(f"{path}: {error}; remove the file or add the track again") from None


def _write_atomically(path: Path, text: str) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True) if path.parent.is_dir() else None
        raise OutputError(f"{path}: the profile cannot be written ({error.strerror or error})") from None
