"""Views of MLflow's runs page: what the tag holds, whose it is, and where the dashboard opens."""

from __future__ import annotations

import base64
import json
import zlib
from pathlib import Path
from typing import Any

import pytest

from workbench.domain.errors import TrackingError
from workbench.tracking.dashboard import TRACKS_VIEW, start_page
from workbench.tracking.saved_views import TAG_PREFIX, ChartSection, SavedView, save_view, view_path
from workbench.tracking.store import EXPERIMENT, quiet
from workbench.tracking.track_view import tracks_view

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def store(tmp_path: Path) -> tuple[str, str, Any]:
    """A new store, its generation experiment, and a client."""
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    with quiet():
        from mlflow import MlflowClient

        client = MlflowClient(tracking_uri=uri)
        return uri, client.create_experiment(EXPERIMENT), client


def _state(envelope: dict[str, Any]) -> dict[str, Any]:
    assert envelope["state"].startswith("deflate;")
    state = zlib.decompress(base64.b64decode(envelope["state"].removeprefix("deflate;")))
    return dict(json.loads(state))


def test_a_view_is_kept_opened_and_left_to_who_overwrote_it(store: tuple[str, str, Any]) -> None:
    uri, place, client = store
    tag = TAG_PREFIX + TRACKS_VIEW

    def kept() -> dict[str, Any]:
        return dict(json.loads(client.get_experiment(place).tags[tag]))

    assert "viewStateShareKey" not in start_page(uri)
    save_view(place, tracks_view(), tracking_uri=uri)
    first = kept()
    assert first["name"] == "Tracks beside each other"
    assert start_page(uri) == view_path(place, TRACKS_VIEW)
    # Kept again, it is the same; a new layout replaces it.
    save_view(place, tracks_view(), tracking_uri=uri)
    assert kept() == first
    other = SavedView(TRACKS_VIEW, "Other", (ChartSection("One", ("a/b",)),))
    save_view(place, other, tracking_uri=uri)
    assert kept()["name"] == "Other"
    # MLflow's page writes another time of update when someone overwrites it.
    theirs = json.dumps({**kept(), "name": "Mine", "updatedAt": kept()["updatedAt"] + 5})
    client.set_experiment_tag(place, tag, theirs)
    save_view(place, tracks_view(), tracking_uri=uri)
    assert kept()["name"] == "Mine"
    # What is no view is replaced.
    client.set_experiment_tag(place, tag, "[]")
    save_view(place, tracks_view(), tracking_uri=uri)
    assert kept()["name"] == "Tracks beside each other"
    with pytest.raises(TrackingError, match="not saved"):
        save_view("77", other, tracking_uri=uri)


def test_sections_stand_in_our_order_and_each_chart_in_its_own(store: tuple[str, str, Any]) -> None:
    uri, place, client = store
    sections = (ChartSection("Zeta", ("z/one", "z/two")), ChartSection("Alpha", ("a/b",)))
    view = SavedView("mine", "Mine", sections, "tags.kind = 'suite'", folded=("sound",))
    save_view(place, view, tracking_uri=uri)
    state = _state(json.loads(client.get_experiment(place).tags[TAG_PREFIX + "mine"]))
    assert state["searchFilter"] == "tags.kind = 'suite'"
    assert [(one["name"], one["display"]) for one in state["compareRunSections"]] == [
        ("Zeta", True), ("Alpha", True), ("sound", False),
    ]  # fmt: skip
    assert state["isAccordionReordered"]
    names = {one["uuid"]: one["name"] for one in state["compareRunSections"]}
    charts = [(chart["metricKey"], names[chart["metricSectionId"]]) for chart in state["compareRunCharts"]]
    assert charts == [("z/one", "Zeta"), ("z/two", "Zeta"), ("a/b", "Alpha")]
    assert state["selectedColumns"] == ["metrics.`z/one`", "metrics.`z/two`"]
