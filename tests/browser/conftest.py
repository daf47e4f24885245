"""A real browser, a real JupyterLab and a real dashboard, all on the loopback address."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

TOKEN = "beatsfoundry-test"
_FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --autoplay-policy=no-user-gesture-required"
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium, driven by playwright; tests are skipped where either is missing."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if executable is None:
        pytest.skip("no chromium on this machine: install it (apt-get install chromium) to run the browser tests")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as engine:
        chromium = engine.chromium.launch(executable_path=executable, headless=True, args=_FLAGS.split())
        yield chromium
        chromium.close()


class Visit:
    """One page with a record of what went wrong: requests to other hosts, failed ones, and console errors."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.outside: list[str] = []
        self.errors: list[str] = []
        page.on("request", lambda request: self._request(request.url))
        page.on("console", lambda message: self._console(message) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _console(self, message: Any) -> None:
        self.errors.append(f"{message.text} {message.location.get('url', '')}".strip())

    def _request(self, url: str) -> None:
        if not url.startswith(("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:", "file:", "about:")):
            self.outside.append(url)


@pytest.fixture
def visit(browser: Any) -> Iterator[Visit]:
    """A fresh page of 1400 by 1000 pixels."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    context.set_default_timeout(90_000)
    yield Visit(context.new_page())
    context.close()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Start a server command and wait until it answers; returns its address. It is stopped after the test."""
    running: list[subprocess.Popen[bytes]] = []

    def start(command: list[str], environment: dict[str, str], port: int, health: str) -> str:
        log = tmp_path / f"server-{port}.log"
        with log.open("wb") as sink:
            process = subprocess.Popen(
                command, env=environment, cwd=tmp_path, stdout=sink, stderr=subprocess.STDOUT, start_new_session=True
            )
        running.append(process)
        address = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise RuntimeError(f"server ended with {process.returncode}:\n{log.read_text()[-2000:]}")
            try:
                with urllib.request.urlopen(address + health, timeout=2):
                    return address
            except OSError:
                time.sleep(0.3)
        raise RuntimeError(f"server did not answer within 120 s:\n{log.read_text()[-2000:]}")

    yield start
    for process in running:
        _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    import signal

    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture
def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def lab(serve: Callable[..., str], free_port: int, tmp_path: Path) -> Callable[[Path, Path], str]:
    """Start JupyterLab as `beatsfoundry lab` does, with empty user settings; returns the notebook's address."""
    from workbench.widgets.lab import lab_command, lab_environment

    def start(root: Path, notebook: Path) -> str:
        homes = (
            "JUPYTER_CONFIG_DIR",
            "JUPYTER_DATA_DIR",
            "JUPYTERLAB_SETTINGS_DIR",
            "JUPYTERLAB_WORKSPACES_DIR",
            "IPYTHONDIR",
        )
        empty = {name: str(tmp_path / name.lower()) for name in homes}
        empty["BEATSFOUNDRY_HOME"] = str(tmp_path / "home")
        empty["BEATSFOUNDRY_SONG_FOLDER"] = str(root / "out")
        store = {"MLFLOW_TRACKING_URI": f"sqlite:///{tmp_path}/runs/mlflow.db"}
        command = lab_command(root, notebook, free_port, open_browser=False, token=TOKEN)
        # `--LabApp.expose_app_in_browser` lets the test drive the page through its own command registry.
        command.append("--LabApp.expose_app_in_browser=True")
        address = serve(command, {**lab_environment(root), **empty, **store}, free_port, f"/api?token={TOKEN}")
        return f"{address}/lab/tree/{notebook.relative_to(root).as_posix()}?reset&token={TOKEN}"

    return start


@pytest.fixture
def run_all_cells() -> Callable[..., list[str]]:
    """`run_all_cells(page, address)` opens a notebook, runs every cell and returns the errors in the outputs."""
    return _run_all_cells


def _run_all_cells(page: Any, address: str, *, timeout_seconds: float = 300.0) -> list[str]:
    page.goto(address)
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    page.wait_for_function(f"() => {_SESSION}?.kernel?.status === 'idle'")
    page.evaluate(_RUN_ALL)
    page.wait_for_function("() => window.allCellsRan === true", timeout=timeout_seconds * 1000)
    page.wait_for_function(f"() => {_SESSION}?.kernel?.status === 'idle'")
    errors: list[str] = page.evaluate(_ERRORS)
    return errors


@pytest.fixture
def workspace(repository: Path, tmp_path: Path) -> Callable[..., Path]:
    """`workspace(*names)` makes a folder to start JupyterLab in, with copies of these notebooks in `notebooks`."""

    def make(*names: str) -> Path:
        root = tmp_path / "workspace"
        for folder in ("notebooks", "runs"):
            (root / folder).mkdir(parents=True, exist_ok=True)
        for name in names:
            shutil.copy(repository / "notebooks" / f"{name}.ipynb", root / "notebooks")
        return root

    return make


@pytest.fixture
def opened(
    visit: Any,
    lab: Callable[[Path, Path], str],
    run_all_cells: Callable[..., list[str]],
    workspace: Callable[..., Path],
) -> Callable[..., Any]:
    """`opened(name, *beside)` runs a notebook in JupyterLab and returns the page, of 1280 by 800 pixels."""

    def run(name: str, *beside: str) -> Any:
        root = workspace(name, *beside)
        visit.page.set_viewport_size({"width": 1280, "height": 800})
        assert run_all_cells(visit.page, lab(root, root / "notebooks" / f"{name}.ipynb")) == []
        visit.page.evaluate("() => window.jupyterapp.commands.execute('application:toggle-left-area')")
        return visit.page

    return run


_RUN_ALL = """() => {
  window.jupyterapp.commands.execute('notebook:run-all-cells').then(() => { window.allCellsRan = true; });
}"""
_SESSION = "window.jupyterapp?.shell.currentWidget?.sessionContext?.session"
_ERRORS = """() => {
  const found = [];
  for (const cell of window.jupyterapp.shell.currentWidget.content.model.cells)
    for (const output of (cell.type === 'code' ? cell.sharedModel.outputs || [] : []))
      if (output.output_type === 'error') found.push(`${output.ename}: ${output.evalue}`);
  return found;
}"""
