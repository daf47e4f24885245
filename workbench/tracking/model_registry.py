"""Versions of the element networks in MLflow's model registry, with the aliases `champion` and `challenger`.

A version is a weights file (whole, or a low-rank adapter) and its card, logged as artifacts of a run that holds the
card's figures. The champion's files are also copied into the user's library of networks, so that a request may say
`"models": {"bass": "champion"}` and composing needs no registry.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal

from workbench.domain.errors import ModelError, TrackingError
from workbench.domain.paths import home_dir
from workbench.tracking.store import default_tracking_uri, experiment_id, make_store_folder, quiet

if TYPE_CHECKING:
    from mlflow import MlflowClient

EXPERIMENT = "beatsfoundry/models"
CHAMPION, CHALLENGER = "champion", "challenger"
TOLERANCE = 0.005
"""By what share a figure of the challenger may be worse than the champion's."""
_PREFIX = "beatsfoundry-"
_FOLDER = "weights"

Direction = Literal["lower", "higher"]
Measure = Callable[[Path], Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """One version of an element's network: its number, name, kind ("whole", "lora"), hash, aliases and figures."""

    element: str
    version: int
    name: str
    method: str
    sha256: str
    aliases: tuple[str, ...]
    metrics: Mapping[str, float]
    run_id: str


@dataclass(frozen=True, slots=True)
class Promotion:
    """A version that became champion, the one before it (None if there was none), and the figures of both."""

    element: str
    version: int
    before: int | None
    figures: Mapping[str, float]
    champion_figures: Mapping[str, float]

    def __str__(self) -> str:
        """One line."""
        told = ", ".join(
            f"{name} {value:.4g}"
            + (f" (was {self.champion_figures[name]:.4g})" if name in self.champion_figures else "")
            for name, value in self.figures.items()
        )
        place = "the first champion" if self.before is None else f"champion in place of version {self.before}"
        return f"{self.element} version {self.version} is {place}: {told}"


def register_model(weights: Path, *, alias: str | None = CHALLENGER, tracking_uri: str | None = None) -> ModelVersion:
    """Log a weights file and its card as a new version of its element's network.

    Parameters
    ----------
    weights : Path
        A safetensors file with its card beside it.
    alias : str, optional
        What the version is then called; by default "challenger".
    tracking_uri : str, optional
        By default `default_tracking_uri()`.

    Raises
    ------
    ModelError
        If file or card are missing, or do not belong together.
    TrackingError
        If the store cannot be written.
    """
    from workbench.models.checkpoint import file_hash, read_card

    card = read_card(weights)
    if not weights.is_file() or file_hash(weights) != card["sha256"]:
        raise ModelError(f"weights {weights.name} are missing or are not those that their card tells")
    model = _PREFIX + card["element"]
    tags = {
        "name": str(card.get("name", weights.stem)),
        "method": str(card.get("method", "whole")),
        "sha256": card["sha256"],
    }
    with _client(tracking_uri) as (client, uri):
        run = client.create_run(experiment_id(client, EXPERIMENT, uri), run_name=f"{card['element']}/{tags['name']}")
        for name, value in card_metrics(card).items():
            client.log_metric(run.info.run_id, name, value)
        for path in (weights, weights.with_suffix(".json")):
            client.log_artifact(run.info.run_id, str(path), _FOLDER)
        client.set_terminated(run.info.run_id, "FINISHED")
        if not client.search_registered_models(f"name = '{model}'"):
            client.create_registered_model(model)
        source = f"{run.info.artifact_uri}/{_FOLDER}"
        made = client.create_model_version(model, source, run.info.run_id, tags=tags)
        if alias is not None:
            client.set_registered_model_alias(model, alias, made.version)
    return get_version(card["element"], int(made.version), tracking_uri=tracking_uri)


def card_metrics(card: Mapping[str, Any]) -> dict[str, float]:
    """The figures of a card under plain names: "val_nll", "new_after_nll", "old_before_step", ...

    Examples
    --------
    >>> card_metrics({"validation_nats_per_note": {"nll": 1.5}})
    {'val_nll': 1.5}
    """
    groups = {"val": card.get("validation_nats_per_note") or {}, **(card.get("nats_per_note") or {})}
    return {
        f"{group}_{name}": float(value) for group, figures in groups.items() for name, value in (figures or {}).items()
    }


def list_versions(element: str, *, tracking_uri: str | None = None) -> list[ModelVersion]:
    """Every version of an element's network, newest first; none if nothing was registered."""
    with _client(tracking_uri) as (client, _):
        if not client.search_registered_models(f"name = '{_PREFIX + element}'"):
            return []
        aliases = client.get_registered_model(_PREFIX + element).aliases
        found = client.search_model_versions(f"name = '{_PREFIX + element}'")
        versions = [_version(element, item, aliases, client.get_run(str(item.run_id))) for item in found]
    return sorted(versions, key=lambda item: -item.version)


def _version(element: str, item: Any, aliases: Mapping[str, str], run: Any) -> ModelVersion:
    number = int(item.version)
    return ModelVersion(
        element=element,
        version=number,
        name=item.tags.get("name", ""),
        method=item.tags.get("method", ""),
        sha256=item.tags.get("sha256", ""),
        aliases=tuple(sorted(alias for alias, held in aliases.items() if int(held) == number)),
        metrics=dict(run.data.metrics),
        run_id=str(item.run_id),
    )


def get_version(element: str, version: int | str, *, tracking_uri: str | None = None) -> ModelVersion:
    """A version by number or alias.

    Raises
    ------
    TrackingError
        If there is none; the message lists those that there are.
    """
    versions = list_versions(element, tracking_uri=tracking_uri)
    for item in versions:
        if str(version) == str(item.version) or version in item.aliases:
            return item
    there = ", ".join(" ".join((str(item.version), *item.aliases)) for item in versions) or "none yet"
    raise TrackingError(f"{element} has no version {version!r} in the registry: there are {there}")


def fetch_model(element: str, version: int | str, name: str, *, tracking_uri: str | None = None) -> Path:
    """Copy a version's files into the user's library, where requests find them under `name`; returns the weights.

    Raises
    ------
    TrackingError
        If there is no such version, or if its files cannot be had.
    ModelError
        If `name` is none.
    """
    from workbench.models.library import check_name

    check_name(name)
    found = get_version(element, version, tracking_uri=tracking_uri)
    with _files(found, tracking_uri) as weights:
        return _install(weights, home_dir() / "models" / element / f"{name}.safetensors")


def promote(
    element: str,
    *,
    measure: Measure,
    directions: Mapping[str, Direction] | None = None,
    tolerance: float = TOLERANCE,
    tracking_uri: str | None = None,
) -> Promotion:
    """Make the challenger the champion, unless it is worse.

    Both are measured by the same function. The alias moves, and the champion's files are copied into the user's
    library, only if no figure is worse than the champion's by more than the tolerance.

    Parameters
    ----------
    element : str
    measure : callable
        Figures by name of a weights file, such as {"nll": 1.47}.
    directions : mapping name -> "lower" or "higher", optional
        Which way is better; figures that are not named are only told. By default {"nll": "lower"}.
    tolerance : float
        Share of the champion's figure by which the challenger may be worse.
    tracking_uri : str, optional

    Raises
    ------
    ModelError
        If a figure falls: one line that names figure, both values and the tolerance. Nothing is changed.
    TrackingError
        If there is no challenger, or if it is the champion already.
    """
    challenger = get_version(element, CHALLENGER, tracking_uri=tracking_uri)
    if CHAMPION in challenger.aliases:
        raise TrackingError(f"{element} version {challenger.version} is the champion already: register a challenger")
    champion = next((v for v in list_versions(element, tracking_uri=tracking_uri) if CHAMPION in v.aliases), None)
    with _files(challenger, tracking_uri) as weights:
        figures, before = dict(measure(weights)), {}
        if champion is not None:
            with _files(champion, tracking_uri) as held:
                before = dict(measure(held))
            _refuse_worse(challenger, figures, before, directions or {"nll": "lower"}, tolerance)
        _install(weights, home_dir() / "models" / element / f"{CHAMPION}.safetensors")
    with _client(tracking_uri) as (client, _):
        client.set_registered_model_alias(_PREFIX + element, CHAMPION, str(challenger.version))
    return Promotion(element, challenger.version, champion.version if champion else None, figures, before)


def _refuse_worse(
    challenger: ModelVersion,
    figures: Mapping[str, float],
    before: Mapping[str, float],
    directions: Mapping[str, Direction],
    tolerance: float,
) -> None:
    worse = []
    for name, direction in directions.items():
        if name not in figures or name not in before:
            raise ModelError(f"figure {name!r} was not measured: expected one of {', '.join(figures)}")
        change = (figures[name] - before[name]) * (1.0 if direction == "lower" else -1.0)
        # "not at most" refuses NaN as well.
        if not change <= tolerance * abs(before[name]):
            share = change / abs(before[name]) if before[name] else float("inf")
            worse.append(f"{name} is {figures[name]:.4g} against {before[name]:.4g}, {share:.1%} worse")
    if worse:
        raise ModelError(
            f"{challenger.element} version {challenger.version} is not promoted: {'; '.join(worse)}; "
            f"at most {tolerance:.1%} is accepted"
        )


def _install(weights: Path, target: Path) -> Path:
    from workbench.models.library import both_appear

    with both_appear(target) as draft:
        for suffix in (".json", ".safetensors"):
            shutil.copyfile(weights.with_suffix(suffix), draft.with_suffix(suffix))
    return target


@contextmanager
def _files(version: ModelVersion, tracking_uri: str | None) -> Iterator[Path]:
    """The weights of a version in a passing folder, whole."""
    from workbench.models.checkpoint import file_hash

    with TemporaryDirectory() as folder:
        with _client(tracking_uri) as (client, _):
            client.download_artifacts(version.run_id, _FOLDER, folder)
        found = list((Path(folder) / _FOLDER).glob("*.safetensors"))
        if len(found) != 1 or file_hash(found[0]) != version.sha256:
            raise TrackingError(f"{version.element} version {version.version}: its weights are damaged in the store")
        yield found[0]


@contextmanager
def _client(tracking_uri: str | None) -> Iterator[tuple[MlflowClient, str]]:
    """A quiet client; whatever goes wrong in MLflow is told in one line."""
    uri = tracking_uri or default_tracking_uri()
    with quiet():
        from mlflow import MlflowClient
        from mlflow.exceptions import MlflowException

        make_store_folder(uri)
        try:
            yield MlflowClient(tracking_uri=uri, registry_uri=uri), uri
        except (MlflowException, OSError) as error:
            reason = " ".join(str(error).split()).split(". ")[0][:200].rstrip(".")
            raise TrackingError(f"the model registry in {uri} cannot be used: {reason}") from error
