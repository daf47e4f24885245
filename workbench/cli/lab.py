"""`beatsfoundry lab` and `beatsfoundry dashboard`: start JupyterLab and MLflow's pages, on this machine only."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workbench.domain.errors import OutputError

QUICKSTART = Path("notebooks") / "00_quickstart.ipynb"
LOOPBACK = "127.0.0.1"
_SETTINGS = Path(__file__).with_name("lab_settings")


def add_to(commands: Any) -> None:
    """Declare both commands."""
    notebook = commands.add_parser("lab", help="open JupyterLab on the quick start", description=lab.__doc__)
    notebook.add_argument("notebook", nargs="?", type=Path, help=f"notebook to open (default: {QUICKSTART})")
    notebook.add_argument("--port", type=int, default=8888, help="port on this machine (default: 8888)")
    notebook.add_argument("--no-browser", action="store_true", help="print the address only")
    notebook.set_defaults(run=lab)
    pages = commands.add_parser("dashboard", help="open MLflow's pages", description=dashboard.__doc__)
    pages.add_argument("--port", type=int, default=5000, help="port on this machine (default: 5000)")
    pages.set_defaults(run=dashboard)


def lab(options: argparse.Namespace) -> int:
    """Open a notebook in JupyterLab, reachable from this machine only."""
    notebook = _find_notebook(options.notebook)
    environment = lab_environment(os.environ)
    command = lab_command(notebook, port=options.port, browser=not options.no_browser)
    _replace_process(command, environment)
    return 0


def dashboard(options: argparse.Namespace) -> int:
    """Show the logged tracks in MLflow, reachable from this machine only."""
    from workbench.tracking import launch_dashboard

    return launch_dashboard(options.port)


def lab_command(notebook: Path, *, port: int, browser: bool) -> list[str]:
    """The command that serves the notebook's repository and opens the notebook."""
    root = notebook.parent.parent if notebook.parent.name == "notebooks" else notebook.parent
    # Containers often have no other user than root; the server is reachable from this machine only, by its token.
    as_root = ["--ServerApp.allow_root=True"] if os.geteuid() == 0 else []
    return [
        sys.executable, "-m", "jupyterlab", *as_root,
        f"--ServerApp.ip={LOOPBACK}",
        f"--ServerApp.port={port}",
        f"--ServerApp.root_dir={root}",
        f"--LabApp.default_url=/lab/tree/{notebook.relative_to(root).as_posix()}",
        f"--ServerApp.open_browser={browser}",
        # The extension manager would look up a package index.
        "--LabApp.extension_manager=readonly",
    ]  # fmt: skip


def lab_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of JupyterLab: no news prompt, no telemetry; what the user has configured stays."""
    paths = [str(_SETTINGS), *filter(None, [environment.get("JUPYTER_CONFIG_PATH")])]
    return {**environment, "JUPYTER_CONFIG_PATH": os.pathsep.join(paths), "MLFLOW_DISABLE_TELEMETRY": "true"}


def _find_notebook(stated: Path | None) -> Path:
    if stated is not None:
        places = [stated.absolute()]
    else:
        repository = Path(__file__).resolve().parents[2]
        places = [Path.cwd() / QUICKSTART, repository / QUICKSTART]
    for place in places:
        if place.is_file():
            return place
    raise OutputError(
        f"notebook {stated or QUICKSTART} does not exist: run this in a clone of the repository, or name one"
    )


def _replace_process(command: list[str], environment: Mapping[str, str]) -> None:
    """Become the server: signals and exit code are then its own."""
    sys.stdout.flush()
    os.execve(command[0], command, dict(environment))
