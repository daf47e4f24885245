"""`beatsfoundry lab` and `beatsfoundry dashboard`: start JupyterLab and MLflow's pages, on this machine only."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from workbench.cli.parser import port
from workbench.domain.errors import ParameterError


def add_to(commands: Any) -> None:
    """Declare both commands."""
    notebook = commands.add_parser("lab", help="open JupyterLab on the quick start", description=lab.__doc__)
    notebook.add_argument("notebook", nargs="?", type=Path, help="notebook to open (default: the quick start)")
    notebook.add_argument("--port", type=port, default=8888, help="port on this machine (default: 8888)")
    notebook.add_argument("--no-browser", action="store_true", help="print the address only")
    notebook.set_defaults(run=lab)
    pages = commands.add_parser("dashboard", help="open MLflow's pages", description=dashboard.__doc__)
    usual = os.environ.get("DASHBOARD_PORT") or "5000"
    pages.add_argument("--port", type=port, default=usual, help="port of the page (default: DASHBOARD_PORT or 5000)")
    pages.add_argument("--store", type=Path, metavar="FILE", help="database of runs (default: that of this folder)")
    pages.add_argument("--no-browser", action="store_true", help="print the address only")
    pages.set_defaults(run=dashboard)
    late = commands.add_parser("upload", help="log runs that wait for a server", description=upload.__doc__)
    late.set_defaults(run=upload)


def lab(options: argparse.Namespace) -> int:
    """Open a notebook in JupyterLab, reachable from this machine only."""
    from workbench.widgets import launch_lab

    return launch_lab(options.notebook, options.port, open_browser=not options.no_browser)


def dashboard(options: argparse.Namespace) -> int:
    """Show the logged tracks in MLflow, reachable from this machine only."""
    from workbench.tracking import launch_dashboard
    from workbench.tracking.addresses import sqlite_address

    if options.store is not None and not options.store.is_file():
        raise ParameterError(f"{options.store}: expected the database of a store of runs, such as runs/mlflow.db")
    uri = None if options.store is None else sqlite_address(options.store)
    return launch_dashboard(options.port, tracking_uri=uri, open_browser=not options.no_browser)


def upload(options: argparse.Namespace) -> int:
    """Log the runs that wait in runs/pending because a tracking server did not answer."""
    from workbench.tracking import address_and_command
    from workbench.tracking.records import pending, upload_pending

    if not pending():
        print("no run waits")
        return 0
    for run in upload_pending():
        print(address_and_command(run))
    return 0
