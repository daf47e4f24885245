"""Addresses of MLflow's pages.

MLflow 3 lays its pages out for traces of language models unless an address says that it is about learning machines:
without `workflowType` an experiment opens on traces, of which there are none here, and hides its runs.
"""

from __future__ import annotations

import json
import os
import urllib.request
from urllib.parse import quote

from workbench.domain.errors import ParameterError

DEFAULT_PORT = 5000
PORT_VARIABLE = "DASHBOARD_PORT"
_WORKFLOW = "workflowType=machine_learning"
_ANSWER_SECONDS = 1.0


def dashboard_port() -> int:
    """The port of the dashboard: `DASHBOARD_PORT` where it is set, else 5000.

    Raises
    ------
    ParameterError
        If the variable holds no port.
    """
    text = os.environ.get(PORT_VARIABLE) or str(DEFAULT_PORT)
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise ParameterError(f"{PORT_VARIABLE}: expected a port from 1 to 65535, got {text!r}")
    return int(text)


def dashboard_url(port: int | None = None) -> str:
    """Where the dashboard will be.

    Examples
    --------
    >>> dashboard_url(5000)
    'http://127.0.0.1:5000'
    """
    return f"http://127.0.0.1:{dashboard_port() if port is None else port}"


def server_url(uri: str, port: int | None = None) -> str:
    """The server whose pages show a store: the store itself where it is one, else the dashboard on this machine.

    Examples
    --------
    >>> server_url("https://mlflow.example/"), server_url("sqlite:///runs/mlflow.db", 5000)
    ('https://mlflow.example', 'http://127.0.0.1:5000')
    """
    return uri.rstrip("/") if uri.startswith(("http://", "https://")) else dashboard_url(port)


def run_path(experiment_id: str, run_id: str, artifact: str = "") -> str:
    """The page of a run, or of one of its artifacts.

    Examples
    --------
    >>> run_path("1", "abc")
    '/#/experiments/1/runs/abc?workflowType=machine_learning'
    >>> run_path("1", "abc", "report.html")
    '/#/experiments/1/runs/abc/artifacts/report.html?workflowType=machine_learning'
    """
    below = f"/artifacts/{quote(artifact)}" if artifact else ""
    return f"/#/experiments/{experiment_id}/runs/{run_id}{below}?{_WORKFLOW}"


def run_url(uri: str, experiment_id: str, run_id: str, artifact: str = "") -> str:
    """The address of a run's page, or of one of its artifacts: on the tracking server, else on the local dashboard."""
    return server_url(uri) + run_path(experiment_id, run_id, artifact)


def charts_path(experiment_id: str, **state: str) -> str:
    """The charts in which an experiment's runs stand beside each other; `state` is what else the address states.

    Examples
    --------
    >>> charts_path("2", viewStateShareKey="suites")
    '/#/experiments/2/runs?workflowType=machine_learning&viewStateShareKey=suites&compareRunsMode=CHART'
    """
    query = "".join(f"{name}={quote(value)}&" for name, value in state.items())
    return f"/#/experiments/{experiment_id}/runs?{_WORKFLOW}&{query}compareRunsMode=CHART"


def version_url(uri: str, model: str, version: str) -> str:
    """The address of a registered version's page."""
    return f"{server_url(uri)}/#/models/{model}/versions/{version}?{_WORKFLOW}"


def knows_run(server: str, run_id: str) -> bool:
    """Whether a server answers now and has a run."""
    address = f"{server}/ajax-api/2.0/mlflow/runs/get?run_id={quote(run_id)}"
    try:
        with urllib.request.urlopen(address, timeout=_ANSWER_SECONDS) as answer:
            return bool(json.load(answer)["run"]["info"]["run_id"] == run_id)
    except (OSError, ValueError, KeyError, TypeError):
        return False
