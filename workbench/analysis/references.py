"""Reference tracks as features: what was measured, whose work it is, and the library that keeps both."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from workbench.analysis.distances import distance as measured_distance
from workbench.analysis.loudness import integrated_loudness
from workbench.analysis.profile import Measurements, measure
from workbench.analysis.reading import read_audio
from workbench.analysis.rhythm import STEADY_CONFIDENCE
from workbench.analysis.spectrum import THIRD_OCTAVE_HZ
from workbench.domain.audio import Audio
from workbench.domain.errors import AudioFileError, OutputError, ParameterError, UnknownReferenceError
from workbench.domain.paths import data_dir, home_dir

_ID_PATTERN = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$")
_LEAST_SECONDS, _SILENT_LUFS = 3.0, -60.0
_LISTED_IDS = 12


@dataclass(frozen=True, slots=True)
class ReferenceProfile:
    """Features of one reference track with its attribution; it holds no audio.

    `measurements` are the numbers of `analysis.profile.Measurements` (for example `tempo_bpm`,
    `integrated_loudness_lufs`), `third_octave_db` the spectrum in the bands of `spectrum.THIRD_OCTAVE_HZ`, `key` a
    text such as "F minor" or None.
    """

    id: str
    title: str
    author: str
    licence: str
    source: str
    duration_seconds: float
    measurements: Mapping[str, float]
    third_octave_db: tuple[float, ...]
    key: str | None

    @property
    def measured(self) -> Measurements:
        """All figures in the form that `distance` compares."""
        return Measurements(self.measurements, self.key, self.third_octave_db)

    @property
    def tempo_bpm(self) -> float | None:
        """Tempo, or None where the track has no steady pulse."""
        steady = self.measurements["tempo_confidence"] >= STEADY_CONFIDENCE
        return self.measurements["tempo_bpm"] if steady else None

    def to_json(self) -> str:
        """Text with sorted names; `from_json` reads it back unchanged."""
        return json.dumps(asdict(self), indent=1, sort_keys=True, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> ReferenceProfile:
        """Read a profile back.

        Raises
        ------
        ParameterError
            If the text is no profile.
        """
        try:
            fields = json.loads(text)
            profile = cls(**{**fields, "third_octave_db": tuple(float(level) for level in fields["third_octave_db"])})
            numbers_ok = all(isinstance(value, int | float) for value in profile.measurements.values())
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ParameterError(
                f"reference profile: expected the JSON that `references add` writes ({error})"
            ) from None
        if not numbers_ok or len(profile.third_octave_db) != len(THIRD_OCTAVE_HZ):
            raise ParameterError(f"reference profile {profile.id!r}: the figures are damaged")
        return profile


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

    def list(self) -> tuple[ReferenceProfile, ...]:
        """All profiles, sorted by id."""
        return tuple(self.get(id_) for id_ in self.ids())

    def get(self, id_: str) -> ReferenceProfile:
        """Return one profile.

        Raises
        ------
        UnknownReferenceError
            If there is none of this id; the message lists known ids.
        """
        for folder in (self.own, self.shipped):
            path = folder / f"{id_}.json"
            if _ID_PATTERN.match(id_) and path.is_file():
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
    ) -> ReferenceProfile:
        """Measure an audio file and keep its profile; the id is made of the file's name unless stated.

        An older profile of the same id in the user's folder is replaced, in one step.

        Raises
        ------
        ParameterError
            If the id holds anything but letters, digits, '.', '_' and '-', or belongs to a shipped profile.
        AudioFileError
            If the file cannot be read, is shorter than three seconds, or is silent.
        OutputError
            If the profile cannot be written.
        """
        name = id if id is not None else re.sub(r"[^A-Za-z0-9._-]+", "-", Path(path).stem).strip("-._").lower()
        if not _ID_PATTERN.match(name):
            raise ParameterError(f"reference id {name!r}: expected letters, digits, '.', '_' and '-', at most 120")
        if (self.shipped / f"{name}.json").is_file():
            raise ParameterError(f"reference id {name!r} is that of a shipped track: choose another")
        figures = measure(_music(path))
        profile = ReferenceProfile(
            id=name,
            title=title or Path(path).stem,
            author=author,
            licence=licence,
            source=source or Path(path).name,
            duration_seconds=figures["duration_seconds"],
            measurements=figures.numbers,
            third_octave_db=figures.third_octave_db,
            key=figures.key,
        )
        _write_atomically(self.own / f"{name}.json", profile.to_json())
        return profile

    def remove(self, id_: str) -> None:
        """Delete a profile of the user's folder.

        Raises
        ------
        UnknownReferenceError
            If the user's folder holds none of this id; shipped profiles stay.
        """
        path = self.own / f"{id_}.json"
        if not _ID_PATTERN.match(id_) or not path.is_file():
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
