"""Versions of the element networks in MLflow's model registry, with the aliases `champion` and `challenger`.

A version is a weights file (whole, or a low-rank adapter) and its card, artifacts of the run that trained it. The
champion's files are also copied into the user's library of networks, so that a request may say
`"models": {"bass": "champion"}` and composing needs no registry.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import time
from typing import TYPE_CHECKING, Any

from workbench.domain.errors import ModelError, TrackingError
from workbench.domain.paths import home_dir
from workbench.tracking.comparing import Direction, Values, compare, plain, refusal
from workbench.tracking.store import default_tracking_uri, experiment_id, make_store_folder, quiet
from workbench.tracking.training_runs import WEIGHTS_FOLDER, WEIGHTS_TAG, log_result

if TYPE_CHECKING:
    from mlflow import MlflowClient

EXPERIMENT = "beatsfoundry/models"
CHAMPION, CHALLENGER = "champion", "challenger"
_PREFIX = "beatsfoundry-"

Measure = Callable[[Path], Values]


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
    """A version that became champion, the one before it, and the figures of both.

    `before` is None where no version was champion, so that the network in use was. `overridden` tells in which figures
    the version is worse than is accepted, where it was promoted all the same; `undecided` in which it may be worse, or
    chance was.
    """

    element: str
    version: int
    before: int | None
    figures: Mapping[str, float]
    champion_figures: Mapping[str, float]
    overridden: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()

    def __str__(self) -> str:
        """One line."""
        figures_text = ", ".join(
            f"{name} {value:.4g} (was {self.champion_figures[name]:.4g})" for name, value in self.figures.items()
        )
        place = "the shipped network" if self.before is None else f"version {self.before}"
        forced = f"; by force, although {'; '.join(self.overridden)}" if self.overridden else ""
        chance = f"; this may be chance: {'; '.join(self.undecided)}" if self.undecided else ""
        return f"{self.element} version {self.version} is champion in place of {place}: {figures_text}{forced}{chance}"


def register_model(weights: Path, *, alias: str | None = CHALLENGER, tracking_uri: str | None = None) -> ModelVersion:
    """Make a weights file and its card a new version of its element's network: of the run that trained it, where this
    store holds that run; else they are logged in a run of their own.

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
        run = _run_of_training(client, card["sha256"]) or _new_run(client, uri, weights, card)
        if not client.search_registered_models(f"name = '{model}'"):
            client.create_registered_model(model)
        source = f"{run.info.artifact_uri}/{WEIGHTS_FOLDER}"
        made = client.create_model_version(model, source, run.info.run_id, tags=tags)
        if alias is not None:
            client.set_registered_model_alias(model, alias, made.version)
    return get_version(card["element"], int(made.version), tracking_uri=tracking_uri)


def _run_of_training(client: MlflowClient, sha256: str) -> Any:
    """The run that made these weights and holds them; None if it is not in this store."""
    experiments = [one.experiment_id for one in client.search_experiments()]
    found = client.search_runs(experiments, f"tags.{WEIGHTS_TAG} = '{sha256}'") if experiments else []
    return next((run for run in found if client.list_artifacts(run.info.run_id, WEIGHTS_FOLDER)), None)


def _new_run(client: MlflowClient, uri: str, weights: Path, card: Mapping[str, Any]) -> Any:
    """A run for weights that were made elsewhere, such as those that ship."""
    name = f"{card['element']}/{card.get('name', weights.stem)}"
    run = client.create_run(experiment_id(client, EXPERIMENT, uri), run_name=name)
    log_result(
        uri, run.info.run_id, weights=weights, sha256=card["sha256"], params={}, metrics=card_metrics(card),
        tags={"element": card["element"], "kind": "weights from elsewhere"}, now_ms=int(time() * 1000),
        note="Weights that were registered without a training run in this store; their card tells where from.",
    )  # fmt: skip
    client.set_terminated(run.info.run_id, "FINISHED")
    return run


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


def challenger_of(element: str, *, tracking_uri: str | None = None) -> ModelVersion:
    """The version that may be promoted.

    Raises
    ------
    TrackingError
        If there is no challenger, or if it is the champion already.
    """
    challenger = get_version(element, CHALLENGER, tracking_uri=tracking_uri)
    if CHAMPION in challenger.aliases:
        raise TrackingError(f"{element} version {challenger.version} is the champion already: register a challenger")
    return challenger


def promote(
    element: str,
    *,
    measure: Measure,
    directions: Mapping[str, Direction] | None = None,
    tolerances: Mapping[str, float] | None = None,
    force: bool = False,
    tracking_uri: str | None = None,
) -> Promotion:
    """Make the challenger the champion, unless it is worse.

    Both are measured by the same function; while no version is champion, the network in use (as shipped, or of the
    folder that `BEATSFOUNDRY_WEIGHTS` names) is. The alias moves, and the champion's files are copied into the user's
    library, only if no figure is worse than the champion's by more than the tolerance and by more than chance (see
    `comparing.refusal`).

    Parameters
    ----------
    element : str
    measure : callable
        Figures by name of a weights file, such as {"nll": 1.47}, or with the songs that they are of as `Estimate`.
    directions : mapping name -> "lower" or "higher", optional
        Which way is better; figures that are not named are only reported. By default {"nll": "lower"}.
    tolerances : mapping name -> float, optional
        Share of the champion's figure by which the challenger may be worse; 0.005 for figures that are not named.
    force : bool
        Promote it although a figure is worse; the result tells which.
    tracking_uri : str, optional

    Raises
    ------
    ModelError
        If a figure falls: one line that names figure, both values, tolerance, interval and songs. Nothing is changed,
        and `force` is the way around it. Also if a figure was not measured.
    TrackingError
        If there is no challenger, or if it is the champion already.
    """
    challenger = challenger_of(element, tracking_uri=tracking_uri)
    champion = next((v for v in list_versions(element, tracking_uri=tracking_uri) if CHAMPION in v.aliases), None)
    with _files(challenger, tracking_uri) as weights:
        figures = measure(weights)
        with _champion_files(element, champion, tracking_uri) as held:
            before = measure(held)
        compared = compare(figures, before, directions or {"nll": "lower"}, tolerances or {})
        refused = refusal(compared)
        if refused and not force:
            raise ModelError(f"{element} version {challenger.version} is not promoted: {refused}")
        _install(weights, home_dir() / "models" / element / f"{CHAMPION}.safetensors")
    with _client(tracking_uri) as (client, _):
        client.set_registered_model_alias(_PREFIX + element, CHAMPION, str(challenger.version))
    replaced = champion.version if champion else None
    overridden = tuple(str(each) for each in compared if each.is_worse)
    undecided = tuple(str(each) for each in compared if each.is_undecided)
    return Promotion(element, challenger.version, replaced, plain(figures), plain(before), overridden, undecided)


@contextmanager
def _champion_files(element: str, champion: ModelVersion | None, tracking_uri: str | None) -> Iterator[Path]:
    """The champion's weights: the version's, else the network in use."""
    if champion is None:
        from workbench.models.registry import weights_path

        yield weights_path(element)
        return
    with _files(champion, tracking_uri) as weights:
        yield weights


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
            client.download_artifacts(version.run_id, WEIGHTS_FOLDER, folder)
        found = list((Path(folder) / WEIGHTS_FOLDER).glob("*.safetensors"))
        if len(found) != 1 or file_hash(found[0]) != version.sha256:
            raise TrackingError(f"{version.element} version {version.version}: its weights are damaged in the store")
        yield found[0]


@contextmanager
def _client(tracking_uri: str | None) -> Iterator[tuple[MlflowClient, str]]:
    """A quiet client; whatever goes wrong in MLflow is reported in one line."""
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
