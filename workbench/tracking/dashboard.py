"""Starts MLflow's own web page on this machine, over the store that `log_track` writes."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Mapping
from typing import TYPE_CHECKING

from workbench.domain.errors import TrackingError
from workbench.domain.paths import workspace
from workbench.tracking import first_visit
from workbench.tracking.opening import port_is_free
from workbench.tracking.pages import charts_path, dashboard_port, dashboard_url, run_path, server_url
from workbench.tracking.records import is_server, require_answer
from workbench.tracking.saved_views import TAG_PREFIX, view_path
from workbench.tracking.store import (
    EXPERIMENT,
    default_tracking_uri,
    first_sentence,
    make_store_folder,
    quiet,
    store_exists,
    store_name,
)

if TYPE_CHECKING:
    from mlflow import MlflowClient

EVALUATION = "beatsfoundry/evaluation"
"""The experiment of suites."""
SUITES_VIEW, TRACKS_VIEW = "beatsfoundry-suites", "beatsfoundry-tracks"
SUITES_QUERY = 'tags.kind = "suite"'


PAGE_TAG = "page"
"""Names the artifact of a suite's run on which the dashboard opens: its comparison with the run before it."""


def launch_dashboard(port: int | None = None, *, tracking_uri: str | None = None, open_browser: bool = False) -> int:
    """Serve the runs on http://127.0.0.1:`port` until interrupted; return the exit code.

    Only this machine can reach the page; one worker serves it, job execution and telemetry are off. The address that
    is printed, and with `open_browser` opened, is that of the comparison of suites, or of the tracks
    while there is none.

    Parameters
    ----------
    port
        By default that of `DASHBOARD_PORT`, or 5000.
    tracking_uri
        The store whose runs are shown; by default `default_tracking_uri()`.
    open_browser
        Whether the browser is opened as soon as the page answers.

    Raises
    ------
    TrackingError
        If the port is taken, or the store lies on a server that has a page of its own.
    """
    port = dashboard_port() if port is None else port
    uri = tracking_uri or default_tracking_uri()
    if is_server(uri):
        page = server_url(uri)
        with contextlib.suppress(TrackingError):
            require_answer(uri)
            page += start_page(uri)
        raise TrackingError(f"the store {uri} is a server with a page of its own: open {page} in a browser")
    if not port_is_free(port):
        raise TrackingError(f"port {port} is taken: stop what uses it, or choose another one with --port")
    make_store_folder(uri)
    page = start_page(uri)
    print(f"Dashboard: {dashboard_url(port)}{page} (runs of {store_name(uri)}; Ctrl-C stops it)", flush=True)
    threading.Thread(target=_open_when_warm, args=(port, page, open_browser), daemon=True).start()
    return run_until_interrupt(dashboard_command(port, uri), dashboard_environment())


def start_page(uri: str) -> str:
    """Where the dashboard opens: the newest comparison of two runs of a suite with its sound, else the charts of all
    suites' runs, else those of the tracks, else the list of experiments.

    Raises
    ------
    TrackingError
        If the store cannot be read.
    """
    if not store_exists(uri):
        return ""
    with quiet():
        from mlflow import MlflowClient

        client = MlflowClient(tracking_uri=uri)
        try:
            for name, query, view in ((EVALUATION, SUITES_QUERY, SUITES_VIEW), (EXPERIMENT, "", TRACKS_VIEW)):
                found = client.get_experiment_by_name(name)
                if found is not None and found.lifecycle_stage == "active":
                    place = str(found.experiment_id)
                    return _comparison_page(client, place, query) or _charts(place, view, query, found.tags)
        except Exception as error:
            raise TrackingError(f"the store {uri} cannot be read: {first_sentence(error)}") from error
    return ""


def _comparison_page(client: MlflowClient, place: str, query: str) -> str:
    """The page of the newest suite's run that was compared with the one before it; empty where there is none."""
    if not query:
        return ""
    found = client.search_runs([place], f"{query} and tags.{PAGE_TAG} != ''", max_results=1)
    return run_path(place, found[0].info.run_id, found[0].data.tags[PAGE_TAG]) if found else ""


def _charts(place: str, view: str, query: str, tags: Mapping[str, str]) -> str:
    if TAG_PREFIX + view in tags:
        return view_path(place, view)
    return charts_path(place, **({"searchFilter": query} if query else {}))


def warm_up(port: int, page: str = "", *, longest_seconds: float = 60.0) -> bool:
    """Wait until the server answers, and let it load what its first page will ask for.

    In its first search a server imports its store and fills its caches: asked here, no reviewer waits for it. `page` is
    the deep link that will be opened. Returns whether all was answered in time.
    """
    address, until = dashboard_url(port), time.monotonic() + longest_seconds
    while time.monotonic() < until:
        with contextlib.suppress(OSError):
            for request in _first_requests(address, page):
                urllib.request.urlopen(request, timeout=longest_seconds).read()
            return True
        time.sleep(0.2)
    return False


def _first_requests(address: str, page: str) -> list[urllib.request.Request]:
    """What MLflow's page asks for when it opens, the search for runs last."""
    experiment = page.partition("/experiments/")[2].partition("/")[0]
    requests = [urllib.request.Request(address + path) for path in ("/health", "/")]
    requests.append(_search(address, "experiments", {"max_results": 100}))
    if experiment:
        requests.append(_search(address, "runs", {"experiment_ids": [experiment], "max_results": 100}))
    return requests


def _search(address: str, what: str, asked: dict[str, object]) -> urllib.request.Request:
    kind = {"Content-Type": "application/json"}
    return urllib.request.Request(f"{address}/ajax-api/2.0/mlflow/{what}/search", json.dumps(asked).encode(), kind)


def _open_when_warm(port: int, page: str, open_browser: bool) -> None:
    import webbrowser

    if warm_up(port, page) and open_browser:
        webbrowser.open(dashboard_url(port) + page)


def dashboard_command(port: int, uri: str) -> list[str]:
    """The command that serves a store on the loopback address."""
    return [
        sys.executable, "-m", "mlflow", "server",
        "--host", "127.0.0.1", "--port", str(port), "--workers", "1",
        "--backend-store-uri", uri, "--artifacts-destination", str(workspace() / "runs" / "artifacts"),
        *(["--app-name", first_visit.APP_NAME] if first_visit.is_installed() else []),
    ]  # fmt: skip


def dashboard_environment() -> dict[str, str]:
    """The environment of the server: no telemetry, no job execution."""
    return {
        **os.environ,
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "DO_NOT_TRACK": "true",
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    }


def run_until_interrupt(command: list[str], environment: dict[str, str]) -> int:
    """Run a server in the foreground; an interrupt ends it in good order and counts as success."""
    process = subprocess.Popen(command, env=environment)
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        return 0
