"""Starts JupyterLab on this machine, settled for the workbench: no news prompt, no outside requests."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from urllib.parse import quote

from workbench.domain.errors import OutputError
from workbench.domain.paths import workspace
from workbench.tracking.dashboard import run_until_interrupt
from workbench.tracking.store import default_tracking_uri
from workbench.widgets.own_notebooks import FOLDER, PACKED, own_copy

QUICKSTART = Path("notebooks") / "00_quickstart.ipynb"
SETTINGS = Path(__file__).resolve().parent / "lab_settings"


def launch_lab(
    notebook: Path | None = None, port: int = 8888, *, open_browser: bool = True, token: str | None = None
) -> int:
    """Run JupyterLab on the loopback address until interrupted; return the exit code.

    Parameters
    ----------
    notebook
        What is opened at the start; by default the quickstart where the workspace holds it. Of one that
        ships, the copy in `my-notebooks` is opened.
    port
        Where it listens; the next free port is taken where this one is in use.
    open_browser
        Whether a browser is opened; the address is printed in any case.
    token
        The access token; by default a new random one.

    Raises
    ------
    OutputError
        If the notebook does not exist, or the port is none.
    """
    if not 1 <= port <= 65535:
        raise OutputError(f"port {port}: expected 1 to 65535")
    chosen = own_copy(find_notebook(notebook))
    root = chosen.parent.parent if chosen.parent.name in ("notebooks", FOLDER) else chosen.parent
    command = lab_command(root, chosen, port, open_browser=open_browser, token=token)
    return run_until_interrupt(command, lab_environment(root))


def find_notebook(notebook: Path | None = None) -> Path:
    """The notebook to open: the one stated, else the quickstart of the workspace, the repository or the package.

    Raises
    ------
    OutputError
        If it does not exist.
    """
    repository = Path(__file__).resolve().parents[2]
    packed = Path(__file__).resolve().parents[1] / PACKED / QUICKSTART.name
    usual = [workspace() / QUICKSTART, repository / QUICKSTART, packed]
    places = [notebook] if notebook is not None else usual
    found = next((place.expanduser().resolve() for place in places if place.is_file()), None)
    if found is None:
        raise OutputError(
            f"notebook {notebook or QUICKSTART} does not exist: start in a clone of the repository, or name one"
        )
    return found


def lab_command(
    root: Path, notebook: Path, port: int, *, open_browser: bool = True, token: str | None = None
) -> list[str]:
    """The command that starts JupyterLab with `root` as its folder and `notebook` in view."""
    command = [
        sys.executable, "-m", "jupyterlab", "--ip=127.0.0.1", f"--port={port}", f"--ServerApp.root_dir={root}",
        f"--LabApp.default_url=/lab/tree/{quote(notebook.relative_to(root).as_posix())}",
        "--LabApp.extension_manager=readonly", "--LabApp.news_url=",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        # Progress bars, pictures and audio come in bursts that the usual limits would cut.
        "--ZMQChannelsWebsocketConnection.iopub_data_rate_limit=1e9",
        "--ZMQChannelsWebsocketConnection.iopub_msg_rate_limit=1e5",
        # A notebook that is saved again after its kernel has gone keeps the widgets that it shows.
        "--ContentsManager.pre_save_hook=workbench.widgets.saved_states.keep_states",
    ]  # fmt: skip
    if not open_browser:
        command.append("--no-browser")
    if token is not None:
        command.append(f"--IdentityProvider.token={token}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    return command


def lab_environment(root: Path) -> dict[str, str]:
    """The environment of the server and its kernels: settings, songs below `root`, one store of runs, no telemetry."""
    paths = [str(SETTINGS), *filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")])]
    return {
        "BEATSFOUNDRY_SONG_FOLDER": str(root / "out"),
        **os.environ,
        "JUPYTER_CONFIG_PATH": os.pathsep.join(paths),
        "MLFLOW_TRACKING_URI": default_tracking_uri(),
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "DO_NOT_TRACK": "true",
    }
