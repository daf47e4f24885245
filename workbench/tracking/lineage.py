"""Where a track comes from: data, training run, version of the network, track, evaluation.

Networks are followed by the SHA-256 of their weights: it stands in the run of a track, in the card beside the weights,
in the registry's version and in the run of the training.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.domain.errors import TrackingError
from workbench.domain.paths import home_dir
from workbench.tracking.pages import run_url, version_url
from workbench.tracking.store import default_tracking_uri, first_sentence, quiet, store_exists, store_name
from workbench.tracking.training_runs import WEIGHTS_TAG

if TYPE_CHECKING:
    from mlflow import MlflowClient

MODEL_TAG = "model/"
_REGISTRY_PREFIX = "beatsfoundry-"
_SHIPPED = Path(__file__).resolve().parents[1] / "models" / "weights"


@dataclass(frozen=True, slots=True)
class NetworkOrigin:
    """One network's way: its weights, the data that it learned, and its runs in this store where there are any.

    `version` is its number in the registry. Addresses open the pages; texts are empty where nothing is known.
    """

    element: str
    sha256: str
    data: str = ""
    data_sha256: str = ""
    revision: str = ""
    version: str = ""
    training_url: str = ""
    version_url: str = ""

    def __str__(self) -> str:
        """One line, from the data to the weights."""
        parts = [self.data or "data not known", f"data {self.data_sha256[:10]}" if self.data_sha256 else ""]
        parts += [f"training run {self.training_url}" if self.training_url else f"trained at {self.revision[:10]}"]
        parts += [f"version {self.version}" if self.version else "", f"weights {self.sha256[:10]}"]
        return f"{self.element}: " + " -> ".join(part for part in parts if part and part != "trained at ")


def origins(hashes: Mapping[str, str], *, tracking_uri: str | None = None) -> list[NetworkOrigin]:
    """The origin of each network of a track.

    Parameters
    ----------
    hashes
        SHA-256 of the weights by element, as `Provenance.model_hashes` holds them.
    tracking_uri
        The store in which runs and versions are looked for.

    Raises
    ------
    TrackingError
        If the store cannot be reached.
    """
    cards = _cards()
    uri = tracking_uri or default_tracking_uri()
    with quiet():
        from mlflow import MlflowClient

        client = MlflowClient(tracking_uri=uri, registry_uri=uri)
        return [_origin(client, uri, element, digest, cards.get(digest, {})) for element, digest in hashes.items()]


def track_hashes(tags: Mapping[str, str]) -> dict[str, str]:
    """The weights' hashes among a run's tags.

    Examples
    --------
    >>> track_hashes({"model/bass": "ab", "style": "house"})
    {'bass': 'ab'}
    """
    return {tag.removeprefix(MODEL_TAG): digest for tag, digest in tags.items() if tag.startswith(MODEL_TAG)}


def trained_hash(tags: Mapping[str, str]) -> dict[str, str]:
    """The weights' hash among the tags of the run that trained them, by element.

    Examples
    --------
    >>> trained_hash({"element": "bass", "weights_sha256": "ab"}), trained_hash({"element": "bass"})
    ({'bass': 'ab'}, {})
    """
    return {tags.get("element", "network"): tags[WEIGHTS_TAG]} if WEIGHTS_TAG in tags else {}


def _origin(client: MlflowClient, uri: str, element: str, digest: str, card: Mapping[str, Any]) -> NetworkOrigin:
    kind = element.partition("/")[0]
    version = _version(client, kind, digest)
    trained = _training_run(client, digest)
    return NetworkOrigin(
        element=element,
        sha256=digest,
        data=", ".join(str(part.get("name", part)) for part in card.get("data", ()) if isinstance(part, dict)),
        data_sha256=str(card.get("data_sha256") or ""),
        revision=str(card.get("git_revision") or ""),
        version=str(version.version) if version else "",
        training_url=run_url(uri, *trained) if trained else "",
        version_url=version_url(uri, f"{_REGISTRY_PREFIX}{kind}", str(version.version)) if version else "",
    )


def _version(client: MlflowClient, element: str, digest: str) -> Any:
    """The registered version of these weights, None if there is none."""
    found = client.search_model_versions(f"name = '{_REGISTRY_PREFIX}{element}'")
    return next((item for item in found if item.tags.get("sha256") == digest), None)


def _training_run(client: MlflowClient, digest: str) -> tuple[str, str] | None:
    """Experiment and id of the run that made these weights."""
    experiments = [one.experiment_id for one in client.search_experiments()]
    runs = client.search_runs(experiments, f"tags.{WEIGHTS_TAG} = '{digest}'", max_results=1) if experiments else []
    return (str(runs[0].info.experiment_id), str(runs[0].info.run_id)) if runs else None


def _cards() -> dict[str, dict[str, Any]]:
    """Cards of all networks that lie on this machine, by the hash of their weights; damaged ones are left out."""
    cards = {}
    for folder in (_SHIPPED, home_dir() / "models"):
        for path in folder.rglob("*.json"):
            try:
                card = json.loads(path.read_text(encoding="utf-8"))
                cards[str(card["sha256"])] = card
            except (OSError, ValueError, KeyError, TypeError):
                continue
    return cards


def run_lineage(run_id: str, *, tracking_uri: str | None = None) -> list[NetworkOrigin]:
    """The origins of the networks behind a logged run: of a track, of all tracks of a suite, or of a training.

    Raises
    ------
    TrackingError
        If the store holds no such run, or if it tells of no network.
    """
    uri = tracking_uri or default_tracking_uri()
    if not store_exists(uri):
        raise TrackingError(f"run {run_id!r} is not there: no run is logged yet, {store_name(uri)} does not exist")
    with quiet():
        from mlflow import MlflowClient
        from mlflow.exceptions import MlflowException

        client = MlflowClient(tracking_uri=uri)
        try:
            run = client.get_run(run_id)
        except MlflowException as error:
            if error.error_code in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"):
                raise TrackingError(f"run {run_id!r} is not in {store_name(uri)}: expected the id of a run") from None
            raise TrackingError(f"{store_name(uri)} cannot be read: {first_sentence(error)}") from None
        below = client.search_runs([run.info.experiment_id], f"tags.`mlflow.parentRunId` = '{run_id}'")
    hashes: dict[str, str] = {}
    for one in (run, *below):
        hashes |= track_hashes(one.data.tags) | trained_hash(one.data.tags)
    if not hashes:
        raise TrackingError(
            f"run {run_id!r} tells of no network: expected the run of a track, of a suite, or of a finished training"
        )
    return origins(hashes, tracking_uri=uri)


def log_lineage(run_id: str, found: list[NetworkOrigin], *, tracking_uri: str | None = None) -> None:
    """Keep the way of a run's networks as its artifact `lineage.md`, with links."""
    with quiet():
        from mlflow import MlflowClient

        client = MlflowClient(tracking_uri=tracking_uri or default_tracking_uri())
        client.log_text(run_id, to_markdown(found), "lineage.md")


def to_markdown(found: list[NetworkOrigin]) -> str:
    """A table from data to weights; numbers link to runs and versions."""
    lines = ["| network | data | training run | version | weights |", "|---|---|---|---|---|"]
    for one in found:
        data = f"{one.data or 'not known'} ({one.data_sha256[:10]})" if one.data_sha256 else one.data or "not known"
        run = f"[run]({one.training_url})" if one.training_url else one.revision[:10] or "not here"
        version = f"[{one.version}]({one.version_url})" if one.version else "not registered"
        lines.append(f"| {one.element} | {data} | {run} | {version} | {one.sha256[:10]} |")
    return "\n".join(lines) + "\n"
