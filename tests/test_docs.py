"""The pages below docs/ are true: links lead somewhere, examples are accepted, every page is in the site."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from workbench.domain.request import parse_request
from workbench.editing import parse_edits

ROOT = Path(__file__).resolve().parents[1]
PAGES = [
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "docs" / "decisions").glob("*.md")),
    ROOT / "CONTRIBUTING.md",
]


def _json_blocks(page: str) -> list[object]:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return [json.loads(block) for block in re.findall(r"```json\n(.*?)```", text, re.DOTALL)]


def _anchor(heading: str) -> str:
    """The anchor of a heading, as GitHub and MyST make it."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    missing = []
    # A link may be broken over two lines, as long prose is.
    for link in re.findall(r"\]\(([^)]+)\)", text):
        address, _, anchor = link.partition("#")
        target = (page.parent / address).resolve() if address else page
        if "://" in link:
            continue
        if not target.exists():
            missing.append(link)
        elif anchor:
            headings = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            missing += [] if anchor in map(_anchor, headings) else [link]
    assert missing == []


def test_every_page_is_in_the_site() -> None:
    listed = set()
    for page in PAGES:
        for tree in re.findall(r"```\{toctree\}\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
            listed |= {line.strip() for line in tree.splitlines() if line.strip() and not line.startswith(":")}
    own = {path.stem for path in (ROOT / "docs").glob("*.md")} - {"index"}
    assert own <= listed


def test_the_request_of_the_page_is_valid() -> None:
    assert parse_request(_json_blocks("request.md")[0]).project_id == "neon-rain"


def test_the_edits_of_the_page_are_valid() -> None:
    assert len(parse_edits(_json_blocks("editing.md")[0])) == 5


@pytest.mark.long
def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sphinx", "--fail-on-warning", "--keep-going", "-q", "-b", "html"]
    done = subprocess.run([*command, ROOT / "docs", tmp_path / "site"], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "site" / "api" / "workbench.generate.html").exists()
