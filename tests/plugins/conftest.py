"""Debian's zam-plugins, one at a time, run by the real host."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from workbench.plugins import scanning

ZAM = Path("/usr/lib/ladspa")


def zam(name: str) -> str:
    """The name of one of Debian's zam-plugins; the test is skipped where they are absent."""
    if not (ZAM / f"{name}-ladspa.so").is_file():
        pytest.skip(f"zam-plugins are absent: {ZAM}/{name}-ladspa.so")
    return name


@pytest.fixture
def real(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Makes one of zam-plugins the only plug-in there is, run by the real host."""

    def only(name: str) -> None:
        folder = tmp_path / "zam"
        folder.mkdir(exist_ok=True)
        shutil.copy(ZAM / f"{zam(name)}-ladspa.so", folder)
        monkeypatch.setenv("BEATSFOUNDRY_HOME", str(tmp_path / "home"))
        monkeypatch.setenv("BEATSFOUNDRY_PLUGINS", str(folder))
        monkeypatch.setattr(scanning, "_FOLDERS", {})

    return only
