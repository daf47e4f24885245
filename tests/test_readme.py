"""What the README tells is true."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from workbench.cli.main import build_parser
from workbench.domain.request import parse_request

COPYLEFT = {"plugins", "link"}
"""Extras under the GPL, which run in processes of their own."""


@pytest.fixture(scope="module")
def readme(repository: Path) -> str:
    return (repository / "README.md").read_text(encoding="utf-8")


def test_the_readme_is_short(readme: str) -> None:
    assert len(readme.split()) <= 1500


def test_the_request_is_valid(readme: str) -> None:
    block = re.findall(r"```json\n(.*?)```", readme, re.DOTALL)[0]
    request = parse_request(json.loads(block))
    assert request.project_id == "neon-rain"


def test_every_command_exists_and_is_reported(readme: str, repository: Path) -> None:
    listed = set(re.findall(r"^    ([a-z]+)(?: |$)", build_parser().format_help(), re.MULTILINE))
    pages = (readme, (repository / "docs" / "command-line.md").read_text(encoding="utf-8"))
    for page in pages:
        assert set(re.findall(r"`beatsfoundry ([a-z]+)", page)) == listed


def test_every_make_target_exists(readme: str, repository: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):.*##", (repository / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"^make ([a-z-]+)", readme, re.MULTILINE)) <= targets
    assert {"setup", "lab", "generate", "dashboard", "test", "test-long", "lint"} <= targets


def test_every_make_variable_exists(readme: str, repository: Path) -> None:
    told = re.findall(r"([A-Z]+)=", " ".join(re.findall(r"`make [a-z]+ [^`]*`", readme)))
    assert {"REQUEST", "OUT"} <= set(told)
    assert set(told) <= set(re.findall(r"^([A-Z_]+)\s*\?=", (repository / "Makefile").read_text(), re.MULTILINE))


def test_links_and_pictures_exist(readme: str, repository: Path) -> None:
    linked = [link for link in re.findall(r"\]\(([^)#]+)\)", readme) if "://" not in link]
    assert linked
    assert [link for link in linked if not (repository / link).exists()] == []


def test_the_lock_pins_every_dependency(repository: Path) -> None:
    """Each requirement of pyproject.toml is in the lock at one exact version, without addresses or hashes.

    The extras in `COPYLEFT` stay out: whoever wants them installs them.
    """
    import tomllib

    project = tomllib.loads((repository / "pyproject.toml").read_text())["project"]
    wanted = [
        *project["dependencies"],
        *(name for extra, named in project["optional-dependencies"].items() if extra not in COPYLEFT for name in named),
    ]
    lines = [line for line in (repository / "requirements.lock").read_text().splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r"[a-z0-9._-]+==[0-9][A-Za-z0-9.]*", line) for line in lines)
    pinned = {line.partition("==")[0] for line in lines}
    names = {re.match(r"[A-Za-z0-9._-]+", text).group().lower().replace("_", "-") for text in wanted}  # type: ignore[union-attr]
    assert names <= pinned
    locked = re.findall(r"^EXTRAS = (.*)$", (repository / "Makefile").read_text(), re.MULTILINE)
    assert set(locked[0].split()) == set(project["optional-dependencies"]) - COPYLEFT
    assert not pinned & {"pedalboard", "aalink", "dawdreamer", "mutagen", "essentia", "madmom", "matchering"}


def test_installed_packages_satisfy_each_other() -> None:
    done = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True, timeout=120)
    broken = [line for line in done.stdout.splitlines() if "beatsfoundry" in line]
    assert broken == []
