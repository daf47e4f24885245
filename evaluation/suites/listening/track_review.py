"""Tracks of two runs in a notebook: heard in step, judged by metrics beside reference bands, remarked on at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import traitlets

from evaluation.suites.catalogue import Metric, comparable, metric
from evaluation.suites.comparison_page import TRACK_SOUND
from evaluation.suites.listening.remarks import load_remarks, make_remark, remarks_file, save_remarks
from evaluation.suites.run import TRACKS
from evaluation.suites.run_result import RunResult, TrackResult, load_run
from evaluation.suites.tracking import track_record
from workbench.analysis.audio_reading import read_audio
from workbench.analysis.levels import at_equal_loudness
from workbench.analysis.references import ReferenceLibrary, ReferenceProfile
from workbench.domain.audio import Audio
from workbench.domain.errors import AudioFileError, ParameterError, TrackingError
from workbench.quality import CHECKS
from workbench.tracking.dashboard import EVALUATION
from workbench.tracking.remarks import run_urls, write_remarks
from workbench.widgets.instrument import Answering, action, front_end, loop_of, sheet

_HERE = Path(__file__).resolve().parent
_LONGEST_SECONDS = 720.0
_LEAST_OF_RANGE = 3
_LIGHTS = {"fail": 0, "warn": 1, "ok": 2}


class TrackReview(Answering):
    """The tracks of a run, beside those of an earlier one: a table with lights, players in step, metrics, remarks.

    A and B switch at the same beat, equally loud. Each metric stands beside the middle four fifths of the references
    of the track's style, and beside the other version; what lies outside, or went down by more than counts, is lit.
    A remark holds its time; it is kept in `runs/review/remarks` and on the track's run in MLflow.

    Parameters
    ----------
    run : path
        Folder of `evaluate suite`.
    before : path, optional
        Folder of the run that it is compared with.
    reviewer : str
        Who listens.
    folder : path, optional
        Where remarks are kept; by default `runs/review/remarks` of the workspace.
    library : ReferenceLibrary, optional
        The references; by default those that ship and the user's own.
    """

    _esm = front_end(_HERE / "track_review.js")
    _css = sheet() + (_HERE / "track_review.css").read_text(encoding="utf-8")
    names: Any = traitlets.List().tag(sync=True)
    tracks: Any = traitlets.List().tag(sync=True)
    track = traitlets.Unicode("").tag(sync=True)
    metrics: Any = traitlets.List().tag(sync=True)
    reference = traitlets.Unicode("").tag(sync=True)
    remarks: Any = traitlets.List().tag(sync=True)
    urls: Any = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        run: str | Path,
        before: str | Path | None = None,
        *,
        reviewer: str = "me",
        folder: Path | None = None,
        library: ReferenceLibrary | None = None,
    ) -> None:
        super().__init__()
        self._places = [Path(one) for one in (before, run) if one is not None]
        self._runs = [load_run(place) for place in self._places]
        self._reviewer, self._folder, self._library = reviewer, folder, library or ReferenceLibrary()
        shown = [one.name or place.name for one, place in zip(self._runs, self._places, strict=True)]
        self.names = shown if len(set(shown)) == len(shown) else ["before", "after"]
        self.tracks = sorted(
            (self._row(track) for track in self._runs[-1].tracks), key=lambda row: (_LIGHTS[row["light"]], row["id"])
        )

    @action
    def choose(self, track: str) -> None:
        """Show a track, and send both versions of it."""
        self._found(self._runs[-1], track)
        self.track = track
        self.metrics = self._metrics(track)
        self.remarks = [asdict(one) for one in load_remarks(self._file(track))]
        sounds = self._sounds(track)
        if not sounds:
            self.tell(f"{track}: no sound is kept in the folder of the run", failed=True)
            return
        message, buffers = loop_of(sounds, (1, 1), track=track)
        self.send(message, buffers)
        self.tell(f"{track}: {', '.join(sounds)}")

    @action
    def remark(self, seconds: float, text: str, version: str = "", page: str = "") -> None:
        """Keep a remark at a time of the track that is shown."""
        if not self.track:
            raise ParameterError("remark: choose a track first")
        if version not in ("", *self.names):
            raise ParameterError(f"version {version!r}: expected one of {', '.join(self.names)}")
        made = make_remark(seconds, text, version=version or self.names[-1], reviewer=self._reviewer, page=str(page))
        self._keep([*load_remarks(self._file(self.track)), made])

    @action
    def withdraw(self, number: int) -> None:
        """Take back a remark, by its place in the list from 0."""
        held = load_remarks(self._file(self.track)) if self.track else []
        if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < len(held):
            raise ParameterError(f"remark {number!r} is not there")
        if held[number].reviewer != self._reviewer:
            raise ParameterError(f"this remark is {held[number].reviewer}'s")
        self._keep([one for place, one in enumerate(held) if place != number])

    @action
    def links(self) -> None:
        """Find the pages of the tracks' runs in MLflow."""
        self.begin(self._links)

    def _links(self) -> None:
        records = {track_record(self._runs[-1], track.id): track.id for track in self._runs[-1].tracks}
        self.urls = {records[record]: url for record, url in run_urls(EVALUATION, records).items()}
        self.tell("" if self.urls else "this run is not in MLflow: remarks stay on disk")

    def _keep(self, remarks: Sequence[Any]) -> None:
        text = save_remarks(self._file(self.track), remarks)
        held = load_remarks(self._file(self.track))
        self.remarks = [asdict(one) for one in held]
        self.tracks = [row | ({"remarks": len(held)} if row["id"] == self.track else {}) for row in self.tracks]
        record, track = track_record(self._runs[-1], self.track), self.track
        kept = f"{len(held)} {'remark' if len(held) == 1 else 'remarks'} on {track} kept"

        def log() -> None:
            try:
                url = write_remarks(EVALUATION, record, text, [one.line for one in held])
            except TrackingError as error:
                self.tell(f"{kept} on disk; {error}", failed=True)
                return
            if url is not None:
                self.urls = self.urls | {track: url}
            self.tell(f"{kept} on disk" + (" and in MLflow" if url else "; this run is not in MLflow"))

        self.tell(kept)
        self.wait()
        self.begin(log)

    def _file(self, track: str) -> Path:
        return remarks_file(self._places[-1].resolve().name, track, self._folder)

    def _found(self, run: RunResult, track: str) -> TrackResult:
        for one in run.tracks:
            if one.id == track:
                return one
        raise ParameterError(f"track {track!r} is not in {run.name or 'the run'}")

    def _row(self, track: TrackResult) -> dict[str, Any]:
        failed = sorted(code for code, outcome in track.outcomes.items() if outcome == "fail")
        warned = sorted(code for code, outcome in track.outcomes.items() if outcome == "warn")
        verdicts = [row["verdict"] for row in self._metrics(track.id)]
        return {
            "id": track.id, "style": track.style, "seed": track.seed,
            "light": "fail" if failed else "warn" if warned else "ok",
            "checks": [{"code": code, "title": check_title(code)} for code in [*failed, *warned]],
            "down": verdicts.count("down"), "up": verdicts.count("up"),
            "remarks": len(load_remarks(self._file(track.id))),
        }  # fmt: skip

    def _metrics(self, track: str) -> list[dict[str, Any]]:
        """What is judged of a track: metrics with a better way, and those of its sound beside the references."""
        now = self._found(self._runs[-1], track)
        before = next((one for one in self._runs[0].tracks if one.id == track), None) if len(self._runs) == 2 else None
        profiles, self.reference = _profiles(self._library, now)
        rows = []
        for name, value in now.metrics.items():
            about = metric(name)
            band = _band(name, profiles)
            if about.direction == "neither" and band is None:
                continue
            old = None if before is None else before.metrics.get(name)
            verdict = _verdict(about, old, value)
            outside = band is not None and not band[0] <= value <= band[2]
            rows.append({
                "name": name, "title": about.title, "unit": about.unit, "before": old, "now": value,
                "band": None if band is None else list(band), "verdict": verdict,
                "light": "warn" if verdict == "down" or outside else "ok",
            })  # fmt: skip
        return sorted(rows, key=lambda row: (_LIGHTS[row["light"]], row["band"] is None, row["title"]))

    def _sounds(self, track: str) -> dict[str, Audio]:
        sounds = {}
        for name, place in zip(self.names, self._places, strict=True):
            folder = place if place.is_dir() else place.parent
            try:
                sounds[name] = read_audio(folder / TRACKS / track / TRACK_SOUND)
            except AudioFileError:
                continue
        return at_equal_loudness(sounds, longest_seconds=_LONGEST_SECONDS, together=True) if sounds else {}


def check_title(code: str) -> str:
    """What a check is called; the code of one that is no longer there.

    Examples
    --------
    >>> check_title("BF001"), check_title("BF999")
    ('Integrated loudness', 'BF999')
    """
    return next((one.title for one in CHECKS if one.code == code), code)


def _profiles(library: ReferenceLibrary, track: TrackResult) -> tuple[Sequence[ReferenceProfile], str]:
    """The references whose bands are shown: those that the track names, of its style, or all; too few make no band."""
    named = [library.get(name) for name in track.references if name in library.ids()]
    if len(named) >= _LEAST_OF_RANGE:
        return named, f"{len(named)} named references"
    of_style = library.list(style=track.style) if track.style else ()
    if len(of_style) >= _LEAST_OF_RANGE:
        return of_style, f"{len(of_style)} {track.style} references"
    everything = library.list()
    return (everything, f"{len(everything)} reference tracks") if len(everything) >= _LEAST_OF_RANGE else ((), "")


def _band(name: str, profiles: Sequence[ReferenceProfile]) -> tuple[float, float, float] | None:
    """The 10th, 50th and 90th percentile of a metric of the sound over the references."""
    group, _, own = name.partition("/")
    if group != "sound" or own == "duration_seconds":
        return None
    held: list[Mapping[str, float]] = [profile.measured.numbers for profile in profiles]
    values = [float(numbers[own]) for numbers in held if own in numbers and np.isfinite(numbers[own])]
    if len(values) < _LEAST_OF_RANGE or min(values) == max(values):
        return None
    low, middle, high = (float(np.percentile(values, share)) for share in (10, 50, 90))
    return low, middle, high


def _verdict(about: Metric, before: float | None, now: float) -> str:
    """Of one track: down or up, for worse or for better, where it moved by more than counts.

    Whether a version is worse is said of all tracks together, by the interval of their differences.
    """
    if before is None or about.direction == "neither":
        return ""
    change = comparable(about.name, now) - comparable(about.name, before)
    if abs(change) < max(about.least, 1e-9):
        return ""
    return "up" if (change > 0) == (about.direction == "higher") else "down"
