"""Charts that open as we laid them out, whoever opens them: a saved view of MLflow's runs page.

MLflow keeps a saved view as a tag of the experiment: a name and, as deflated JSON, the state of the page (filter,
order, sections, charts). A link with the view's key opens it, and the menu of views lists it. Charts are headed by
the names of their metrics, which MLflow does not let us title; so the sections tell what they mean. Metrics that a view
does not name follow below, in sections by the part of their name before the stroke, folded at first.
"""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import dataclass
from time import time
from typing import Any

from workbench.domain.errors import TrackingError
from workbench.tracking.pages import charts_path
from workbench.tracking.store import default_tracking_uri, first_sentence, quiet

TAG_PREFIX = "mlflow.sharedViewState."
_MOST_RUNS = 20


@dataclass(frozen=True, slots=True)
class ChartSection:
    """Metrics under one heading: a chart each, in it one bar a run."""

    title: str
    metrics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SavedView:
    """A layout of an experiment's runs: what is charted in which sections, and which runs are shown.

    `key` is its id within the experiment, `query` a filter in MLflow's words, and `folded` the sections of other
    metrics that are closed at first.
    """

    key: str
    name: str
    sections: tuple[ChartSection, ...]
    query: str = ""
    folded: tuple[str, ...] = ()


def save_view(experiment_id: str, view: SavedView, *, tracking_uri: str | None = None) -> None:
    """Keep a view in an experiment. One that someone has overwritten in MLflow's page since is theirs and stays.

    Raises
    ------
    TrackingError
        If the store cannot be written.
    """
    uri = tracking_uri or default_tracking_uri()
    tag = TAG_PREFIX + view.key
    with quiet():
        from mlflow import MlflowClient

        client = MlflowClient(tracking_uri=uri)
        try:
            text = _envelope(view, client.get_experiment(experiment_id).tags.get(tag))
            if text is not None:
                client.set_experiment_tag(experiment_id, tag, text)
        except Exception as error:
            raise TrackingError(f"view {view.name!r} not saved in {uri}: {first_sentence(error)}") from error


def view_path(experiment_id: str, key: str) -> str:
    """The deep link to a saved view's charts."""
    return charts_path(experiment_id, viewStateShareKey=key)


def _envelope(view: SavedView, kept: str | None) -> str | None:
    """The tag's text; None where what is kept is the same, or was overwritten by hand."""
    packed = zlib.compress(json.dumps(_state(view), separators=(",", ":")).encode(), 9)
    state = "deflate;" + base64.b64encode(packed).decode()
    now = int(time() * 1000)
    try:
        old = json.loads(kept) if kept else {}
        by_hand = old.get("updatedAt") != old.get("createdAt")
    except (ValueError, AttributeError):
        old, by_hand = {}, False
    if by_hand or (old.get("state"), old.get("name")) == (state, view.name):
        return None
    return json.dumps({"name": view.name, "createdAt": now, "updatedAt": now, "state": state})


def _state(view: SavedView) -> dict[str, Any]:
    charts = [
        _chart(metric, f"section-{number}")
        for number, section in enumerate(view.sections)
        for metric in section.metrics
    ]
    sections = [_section(f"section-{number}", section.title) for number, section in enumerate(view.sections)]
    sections += [_section(f"folded-{name}", name, display=False) for name in view.folded]
    return {
        "searchFilter": view.query,
        "orderByKey": "attributes.start_time",
        "orderByAsc": False,
        "startTime": "ALL",
        "lifecycleFilter": "Active",
        "selectedColumns": [f"metrics.`{metric}`" for section in view.sections[:1] for metric in section.metrics],
        "compareRunCharts": charts,
        "compareRunSections": sections,
        # Without this MLflow would put the sections into alphabetical order.
        "isAccordionReordered": True,
        "runsHiddenMode": "FIRST_20_RUNS",
        "hideEmptyCharts": True,
    }


def _chart(metric: str, section: str) -> dict[str, Any]:
    return {
        "uuid": metric, "type": "BAR", "metricKey": metric, "displayName": metric, "metricSectionId": section,
        "runsCountToCompare": _MOST_RUNS, "deleted": False, "isGenerated": False,
    }  # fmt: skip


def _section(uuid: str, name: str, *, display: bool = True) -> dict[str, Any]:
    return {
        "uuid": uuid,
        "name": name,
        "display": display,
        "isReordered": True,
        "deleted": False,
        "isGenerated": not display,
    }
