"""`beatsfoundry lab` and `beatsfoundry dashboard`: start JupyterLab and MLflow's pages, on this machine only."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from workbench.cli.parser import port


def add_to(commands: Any) -> None:
    """Declare both commands."""
    notebook = commands.add_parser("lab", help="open JupyterLab on the quick start", description=lab.__doc__)
    notebook.add_argument("notebook", nargs="?", type=Path, help="notebook to open (default: the quick start)")
    notebook.add_argument("--port", type=port, default=8888, help="port on this machine (default: 8888)")
    notebook.add_argument("--no-browser", action="store_true", help="print the address only")
    notebook.set_defaults(run=lab)
    pages = commands.add_parser("dashboard", help="open MLflow's pages", description=dashboard.__doc__)
    pages.add_argument("--port", type=port, default=5000, help="port on this machine (default: 5000)")
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

    return launch_dashboard(options.port, open_browser=not options.no_browser)


def upload(options: argparse.Namespace) -> int:
    """Log the runs that wait in runs/pending because a tracking server did not answer."""
    from workbench.tracking.records import pending, upload_pending

    if not pending():
        print("no run waits")
        return 0
    for run in upload_pending():
        print(run.url)
    return 0
