"""The songs of a folder: each is a bundle, with what was changed in a lab and not saved yet beside it."""

from __future__ import annotations

import contextlib
import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any

from workbench.domain.edit_state import EditState
from workbench.domain.errors import OutputError, ParameterError, WorkbenchError
from workbench.domain.files import write_text_atomically
from workbench.domain.naming import latin_id
from workbench.domain.plain_data import from_plain, to_plain
from workbench.domain.plan import Plan
from workbench.domain.plan_form import plan_from_dict, plan_to_dict
from workbench.domain.score import Score
from workbench.editing import Song
from workbench.output import has_sound

_MANIFEST, _PLAN = "manifest.json", "plan.json"
_NO_TITLE = "untitled"
_TITLE_WORDS = 5
MOST_SONGS = 200


@dataclass(frozen=True, slots=True)
class SongEntry:
    """A song that lies in a folder.

    `changed` is when it was saved or changed last, in seconds since 1970; `unsaved` whether changes lie beside it that
    are not in its sound yet.
    """

    name: str
    place: Path
    concept: str
    style: str
    tempo_bpm: float
    key: str
    seconds: float
    changed: float
    unsaved: bool


@dataclass(frozen=True, slots=True)
class Unsaved:
    """A song with changes that its bundle does not hold: `token` names this state of it."""

    song: Song
    token: str


def list_songs(folder: str | Path) -> tuple[SongEntry, ...]:
    """The songs with sound in a folder, the one that was changed last first; what is no song is passed over.

    Examples
    --------
    >>> list_songs("absent")
    ()
    """
    root = Path(folder).expanduser()
    places = [path.parent for path in root.glob(f"*/{_MANIFEST}") if not path.parent.name.startswith(".")]
    newest = sorted(places, key=lambda place: (-_changed(place), place.name))[:MOST_SONGS]
    return tuple(_entries(newest))


def free_name(folder: str | Path, text: str) -> str:
    """A name for a new song after a text: its first words in Latin letters, numbered where that is taken.

    Examples
    --------
    >>> free_name("absent", "Late-night tram ride through the rain, warm lights")
    'late-night-tram-ride-through-the'
    """
    own = latin_id(" ".join(text.split()[:_TITLE_WORDS])) or "song"
    numbered = (own if number == 1 else f"{own}-{number}" for number in count(1))
    return next(name for name in numbered if not (Path(folder) / name).exists())


def title_of(plan: Plan) -> str:
    """What a song is named after: its project where that was named, else its concept."""
    return plan.concept if plan.project_id == _NO_TITLE else plan.project_id


def find_song(folder: str | Path, name: object) -> Path:
    """The place of a song in a folder.

    Raises
    ------
    ParameterError
        If there is none of that name.
    """
    text = str(name)
    place = Path(folder) / text
    if Path(text).name != text or text.startswith(".") or not (place / _MANIFEST).is_file():
        raise ParameterError(f"there is no song {text!r} in {folder}")
    return place


def new_place(folder: str | Path, name: object) -> Path:
    """The place of a new song under a name, in Latin letters and without spaces.

    Raises
    ------
    ParameterError
        If nothing is left of the name, or it is taken.

    Examples
    --------
    >>> new_place("absent", "My Night Drive!").name
    'my-night-drive'
    """
    own = latin_id(str(name))
    if not own:
        raise ParameterError(f"name {str(name)!r}: expected letters or digits")
    if (Path(folder) / own).exists():
        raise ParameterError(f"there is a song {own} already: choose another name, such as {free_name(folder, own)}")
    return Path(folder) / own


def fingerprint(place: Path) -> str:
    """What the bundle at a place is known by; empty where there is none."""
    try:
        return hashlib.sha256((place / _MANIFEST).read_bytes()).hexdigest()
    except OSError:
        return ""


def keep_unsaved(place: Path, song: Song) -> str:
    """Keep a song with the changes that the bundle at a place does not hold; returns the token that names it.

    It lies beside the bundle, whose every file the manifest tells, and holds for that very bundle: once another is
    written there, it means nothing.
    """
    data = {
        "bundle": fingerprint(place),
        "plan": plan_to_dict(song.plan),
        "score": to_plain(song.score),
        "edits": to_plain(song.state),
    }
    text = json.dumps({**data, "token": f"{time.time_ns():x}"}, ensure_ascii=False)
    try:
        write_text_atomically(_unsaved_file(place), text + "\n")
    except OSError as error:
        raise OutputError(f"changes of {place.name} cannot be kept: {error.strerror or error}") from None
    return str(json.loads(text)["token"])


def read_unsaved(place: Path) -> Unsaved | None:
    """The changes that were kept beside the bundle at a place; None where there are none for this bundle."""
    data = _unsaved_data(place)
    if data is None:
        return None
    try:
        song = Song(
            plan_from_dict(data["plan"]), from_plain(Score, data["score"]), from_plain(EditState, data["edits"])
        )
    except (WorkbenchError, KeyError, TypeError, ValueError):
        return None
    return Unsaved(song, str(data["token"]))


def unsaved_token(place: Path) -> str:
    """The token of the changes that lie beside a bundle; empty where there are none for it."""
    data = _unsaved_data(place)
    return "" if data is None else str(data["token"])


def forget_unsaved(place: Path, *, went_to: str = "") -> None:
    """Take away what was kept beside a bundle; with `went_to` a note stays of the song that it was saved as."""
    token = unsaved_token(place)
    if went_to and token:
        with contextlib.suppress(OSError):
            write_text_atomically(_moved_file(place), json.dumps({"token": token, "name": went_to}) + "\n")
    _unsaved_file(place).unlink(missing_ok=True)


def moved_to(place: Path, token: str) -> str:
    """The song that the changes named by a token were saved as; empty where they were not saved under a new name."""
    try:
        data = json.loads(_moved_file(place).read_text(encoding="utf-8"))
        return str(data["name"]) if data["token"] == token else ""
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _moved_file(place: Path) -> Path:
    return place.with_name(f".{place.name}.moved.json")


def _unsaved_file(place: Path) -> Path:
    return place.with_name(f".{place.name}.unsaved.json")


def _unsaved_data(place: Path) -> dict[str, Any] | None:
    try:
        data = json.loads(_unsaved_file(place).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    known = isinstance(data, dict) and isinstance(data.get("token"), str) and data.get("bundle") == fingerprint(place)
    return data if known else None


def _changed(place: Path) -> float:
    """When the bundle or what lies beside it was written last."""

    def written(path: Path) -> float:
        try:
            return path.stat().st_mtime
        except OSError:
            return 0.0

    return max(written(place / _MANIFEST), written(_unsaved_file(place)))


def _entries(places: list[Path]) -> Iterator[SongEntry]:
    for place in places:
        try:
            plan = _plan_of(place, (place / _PLAN).stat().st_mtime_ns)
        except (OSError, ValueError, WorkbenchError):
            continue
        if plan is not None:
            yield SongEntry(
                place.name, place, plan.concept, plan.style, plan.tempo_bpm, str(plan.key), plan.duration_seconds,
                _changed(place), bool(unsaved_token(place)),
            )  # fmt: skip


@lru_cache(maxsize=2 * MOST_SONGS)
def _plan_of(place: Path, written_ns: int) -> Plan | None:
    """The plan of a finished song, read once for each time that it was written."""
    return plan_from_dict(json.loads((place / _PLAN).read_text(encoding="utf-8"))) if has_sound(place) else None
