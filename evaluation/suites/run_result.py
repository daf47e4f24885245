"""What a suite's run found: values of metrics by track, on disk as JSON, and their means with intervals."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from evaluation.metrics.frechet import SetDistance
from evaluation.statistics import mean_interval, outliers
from evaluation.suites.catalogue import comparable, metric
from workbench.domain.errors import ParameterError
from workbench.domain.paths import is_file, is_folder

RESULT_FILE = "results.json"
FORMAT = 1
_PUBLISHED = {"metrics": "figures"}


@dataclass(frozen=True, slots=True)
class TrackResult:
    """Values of the metrics of one track, by `group/name`; `key` tells request and code, `outcomes` the coded checks.

    `embedding` holds its windows of `analysis.embedding`, for distances between sets.
    """

    id: str
    key: str
    metrics: Mapping[str, float]
    outcomes: Mapping[str, str] = field(default_factory=dict)
    style: str = ""
    seed: int = 0
    references: tuple[str, ...] = ()
    model_hashes: Mapping[str, str] = field(default_factory=dict)
    embedding: tuple[tuple[float, ...], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The published JSON form, in which values are `figures`; `track_from_dict` reads it back."""
        return {_PUBLISHED.get(name, name): value for name, value in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class Summary:
    """Mean of one metric over the tracks that have it, its 95 % interval, and the tracks that lie far off."""

    name: str
    mean: float
    low: float
    high: float
    n: int
    outliers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RunResult:
    """One run of a suite.

    `failures` tells, by track, why there are no values; `sets` holds the distances of all tracks together from the
    reference tracks (see `evaluation.suites.set_distances`), `human_sets` those between the references' halves: the
    scale on which they are read.
    """

    suite: str
    title: str
    suite_digest: str
    code_digest: str
    tracks: tuple[TrackResult, ...]
    failures: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    peak_memory_mb: float = 0.0
    created: str = ""
    name: str = ""
    sets: Mapping[str, SetDistance] = field(default_factory=dict)
    human_sets: Mapping[str, SetDistance] = field(default_factory=dict)

    def names(self) -> list[str]:
        """Names of all metrics, in the order of the first track that has them."""
        return list(dict.fromkeys(name for track in self.tracks for name in track.metrics))

    def values(self, name: str) -> dict[str, float]:
        """A metric by track, as it is compared."""
        return {track.id: comparable(name, track.metrics[name]) for track in self.tracks if name in track.metrics}

    def summary(self) -> list[Summary]:
        """Mean, interval and outliers of each metric."""
        return [_summary(name, self.values(name)) for name in self.names()]

    def to_json(self) -> str:
        """Text that `from_json` reads back."""
        form = {"format": FORMAT, **asdict(self), "tracks": [track.to_dict() for track in self.tracks]}
        return json.dumps(form, indent=1, ensure_ascii=False, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> RunResult:
        """Read a result back.

        Raises
        ------
        ParameterError
            If the text is none.
        """
        try:
            data = json.loads(text)
            if data.pop("format") != FORMAT:
                raise ParameterError("it is of another version")
            tracks = tuple(track_from_dict(track) for track in data.pop("tracks"))
            sets = {name: SetDistance(**fields) for name, fields in data.pop("sets", {}).items()}
            human = {name: SetDistance(**fields) for name, fields in data.pop("human_sets", {}).items()}
            return cls(**data, tracks=tracks, sets=sets, human_sets=human)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ParameterError(f"result of a suite: expected what 'evaluate suite' writes ({error})") from None


def track_from_dict(data: Mapping[str, Any]) -> TrackResult:
    """One track's result from its JSON form."""
    rows = tuple(tuple(map(float, row)) for row in data.get("embedding", ()))
    ours = {published: name for name, published in _PUBLISHED.items()}
    fields = {ours.get(name, name): value for name, value in data.items()}
    return TrackResult(**{**fields, "references": tuple(data.get("references", ())), "embedding": rows})


def load_run(run: str | Path | RunResult, *, tracking_uri: str | None = None) -> RunResult:
    """A result: itself, read from a folder or file, or fetched from MLflow by the id of the suite's run.

    Raises
    ------
    ParameterError
        If there is no such result.
    TrackingError
        If the store cannot be reached.
    """
    if isinstance(run, RunResult):
        return run
    path = Path(run)
    file = path / RESULT_FILE if is_folder(path) else path
    if is_file(file):
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            raise ParameterError(f"{file}: expected the result of a suite ({error})") from None
        return RunResult.from_json(text)
    from workbench.tracking.reading import artifact_text

    logged = artifact_text(str(run), RESULT_FILE, tracking_uri=tracking_uri)
    if logged is None:
        raise ParameterError(f"run {str(run)!r} is not there: expected a folder of 'evaluate suite' or a run's id")
    return RunResult.from_json(logged)


def _summary(name: str, values: Mapping[str, float]) -> Summary:
    data = list(values.values())
    low, high = mean_interval(data) if len(data) > 1 else (data[0], data[0])
    far = outliers(data, least=metric(name).least)
    return Summary(name, float(np.mean(data)), low, high, len(data), tuple(np.array(list(values))[far].tolist()))


def outliers_by_track(summaries: Iterable[Summary]) -> dict[str, list[str]]:
    """By track, the titles of the metrics that lie far from those of the other tracks; only ones with a better way."""
    outliers: dict[str, list[str]] = {}
    for one in summaries:
        if metric(one.name).direction != "neither":
            for track in one.outliers:
                outliers.setdefault(track, []).append(metric(one.name).title)
    return outliers
