"""A bundle taken up again: the same track, so that writing it once more gives the same bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from workbench.domain.audio import Audio, Mix, summed
from workbench.domain.edit_state import EditState
from workbench.domain.errors import AudioFileError, OutputError, ParameterError
from workbench.domain.paths import is_file
from workbench.domain.plain_data import from_plain
from workbench.domain.plan import Plan
from workbench.domain.plan_form import plan_from_dict
from workbench.domain.request import GenerationRequest, parse_request
from workbench.domain.results import Provenance, QualityReport, Track
from workbench.domain.score import Score
from workbench.output.files.audio_files import decode
from workbench.output.files.folder import MANIFEST, read_manifest
from workbench.output.files.song_files import desk_from_document


@dataclass(frozen=True, slots=True)
class _Bundle:
    """Where a track lies: the folder with the manifest, the path below it, and what the manifest says."""

    folder: Path
    below: str
    manifest: Mapping[str, Any]

    def holds(self, name: str) -> bool:
        return self.below + name in self.manifest["files"]

    def read(self, name: str) -> bytes:
        """The bytes of a file, which must be those that were written."""
        path = self.folder / (self.below + name)
        entry = self.manifest["files"].get(self.below + name)
        if entry is None:
            raise OutputError(f"{self.folder} holds no {name}, so it cannot be taken up: make it again")
        try:
            data = path.read_bytes()
        except OSError as error:
            raise OutputError(f"{path} cannot be read: {error.strerror}") from None
        if hashlib.sha256(data).hexdigest() != entry["sha256"]:
            raise OutputError(f"{path} is not what the manifest says: it was changed or damaged since it was written")
        return data

    def document(self, name: str) -> dict[str, Any]:
        return dict(json.loads(self.read(name)))


def load(directory: str | Path) -> Track:
    """Read a finished bundle again; `alternatives/K` of a bundle is read as a track of its own.

    Parameters
    ----------
    directory : path
        A folder that `export` wrote.

    Returns
    -------
    Track
        Sound as the files hold it, of shape (2, n), stems only if they were exported, without its alternatives.
        Exporting it gives the same bytes again in every file but the manifest; of mp3 files this is not true, since
        they are lossy.

    Raises
    ------
    OutputError
        If the folder is no finished bundle, or if a file was changed or is missing.

    Examples
    --------
    >>> load("absent")
    Traceback (most recent call last):
    workbench.domain.errors.OutputError: absent does not exist: expected a bundle, as generate and compose write it
    """
    bundle = _find(directory)
    if bundle.holds("plan.json") and not bundle.holds("report.json"):
        raise OutputError(f"{directory} holds notes without sound: generate it, or edit the notes alone")
    plan, score, edits = _song(bundle)
    report = bundle.document("report.json")
    mix = _mix(bundle, plan, score)
    return Track(
        request=_request(bundle),
        plan=plan,
        score=score,
        mix=mix,
        master=_audio(bundle, f"master{plan.delivery.suffix}"),
        report=_report(report),
        provenance=_provenance(bundle),
        edits=edits,
    )


def load_song(directory: str | Path) -> tuple[Plan, Score, EditState]:
    """Read plan, score and edits of a bundle, with or without sound.

    Raises
    ------
    OutputError
        As `load`.
    """
    return _song(_find(directory))


@dataclass(frozen=True, slots=True)
class StemFile:
    """A stem of a bundle that is not read yet: its element, length in samples and sample rate."""

    element: str
    length_samples: int
    sample_rate_hz: int
    _bundle: _Bundle
    _name: str

    def read(self) -> Audio:
        """The sound.

        Raises
        ------
        OutputError
            If the file is not what the manifest says.
        """
        return _audio(self._bundle, self._name)


def stem_files(directory: str | Path) -> dict[str, StemFile]:
    """The stems that a bundle holds, by element in the order of the score; none where they were not exported.

    Raises
    ------
    OutputError
        As `load`.
    """
    import soundfile

    bundle = _find(directory)
    plan, score, _ = _song(bundle)
    found = {}
    for element in score.parts:
        name = f"stems/{element}{plan.delivery.suffix}"
        if not bundle.holds(name):
            continue
        try:
            info = soundfile.info(bundle.folder / (bundle.below + name))
        except (OSError, soundfile.LibsndfileError) as error:
            raise OutputError(f"{bundle.folder / name} cannot be read: {error}") from None
        found[element] = StemFile(element, info.frames, info.samplerate, bundle, name)
    return found


def has_sound(directory: str | Path) -> bool:
    """Whether a bundle holds a finished track, and not notes alone.

    Raises
    ------
    OutputError
        If the folder is no bundle.
    """
    return _find(directory).holds("report.json")


def _find(directory: str | Path) -> _Bundle:
    folder, below = Path(directory).expanduser(), ""
    if not is_file(folder / MANIFEST) and folder.parent.name == "alternatives":
        folder, below = folder.parents[1], f"alternatives/{folder.name}/"
    manifest = read_manifest(folder)
    if not isinstance(manifest.get("files"), dict):
        raise OutputError(f"{folder / MANIFEST} names no files, so {folder} is not a bundle")
    return _Bundle(folder, below, manifest)


def _song(bundle: _Bundle) -> tuple[Plan, Score, EditState]:
    edits = bundle.document("edits.json") if bundle.holds("edits.json") else {}
    try:
        return (
            plan_from_dict(bundle.document("plan.json")),
            from_plain(Score, bundle.document("score.json")),
            from_plain(EditState, edits),
        )
    except (ParameterError, ValueError) as error:
        raise OutputError(f"{bundle.folder} was written by another version: {error}") from None


def _request(bundle: _Bundle) -> GenerationRequest:
    request = parse_request(bundle.manifest.get("request_as_stated") or bundle.manifest["request"])
    options = request.options.model_copy(update={"seed": _origin(bundle)["seed"], "iterations": 1})
    return request.model_copy(update={"options": options}) if bundle.below else request


def _origin(bundle: _Bundle) -> Mapping[str, Any]:
    number = bundle.below.removeprefix("alternatives/").rstrip("/")
    origin: Mapping[str, Any] = bundle.manifest["alternatives"][number] if number else bundle.manifest
    return origin


def _provenance(bundle: _Bundle) -> Provenance:
    origin = _origin(bundle)
    return Provenance(
        origin["seed"], origin["model_hashes"], origin["versions"], origin["seconds_by_stage"],
        created=bundle.manifest.get("creation_time", ""), licences=origin.get("licences", {}),
    )  # fmt: skip


def _mix(bundle: _Bundle, plan: Plan, score: Score) -> Mix:
    """The stems and their sum; without exported stems, silence of the master's length."""
    suffix = plan.delivery.suffix
    names = [name for name in score.parts if bundle.holds(f"stems/{name}{suffix}")]
    stems = {name: _audio(bundle, f"stems/{name}{suffix}") for name in names}
    # Lossy stems are not what the desk made: they cannot stand beside new ones.
    lossless = plan.delivery.format != "mp3" and bundle.holds("mix.json")
    desk = desk_from_document(bundle.document("mix.json")) if lossless else None
    if not stems:
        master = _audio(bundle, f"master{suffix}")
        return Mix(Audio(np.zeros_like(master.samples), master.sample_rate_hz), {}, None)
    return Mix(summed(stems.values()), stems, desk)


def _audio(bundle: _Bundle, name: str) -> Audio:
    data = bundle.read(name)
    try:
        return decode(data)
    except AudioFileError as error:
        raise OutputError(f"{bundle.folder / name} cannot be read: {error}") from None


def _report(data: Mapping[str, Any]) -> QualityReport:
    """The report as it was; what was no number is none again."""
    numbers = {name: float("nan") if value is None else value for name, value in data["measurements"].items()}
    kept = {"checks": data["checks"], "measurements": numbers, "references": data["references"]}
    return from_plain(QualityReport, kept)
