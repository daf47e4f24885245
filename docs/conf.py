"""Sphinx configuration: Markdown pages (MyST), numpydoc docstrings, the Furo theme without outside fonts or scripts."""

from __future__ import annotations

import json
from importlib.metadata import version as package_version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
CARDS = ROOT / "docs" / "generated"

project = "BeatsFoundry"
author = "BeatsFoundry's authors"
version = release = package_version("beatsfoundry")
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "numpydoc"]
exclude_patterns = ["api/*.inc"]
html_theme = "furo"
html_title = "BeatsFoundry"
html_show_sphinx = False
autosummary_generate = True
autodoc_typehints = "none"
numpydoc_show_class_members = False
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
# Pages link to files and folders of the repository, which are not pages of the site.
suppress_warnings = ["myst.xref_missing"]


def setup(app: Any) -> None:
    """Write the pages that are made from data before the others are read."""
    app.connect("builder-inited", lambda _: write_cards())


def write_cards() -> None:
    """One page of the networks' cards, from the JSON that ships beside the weights."""
    CARDS.mkdir(exist_ok=True)
    cards = [
        json.loads(path.read_text()) for path in sorted((ROOT / "workbench" / "models" / "weights").glob("*.json"))
    ]
    pages = [_card_page(card) for card in cards]
    (CARDS / "model-cards.md").write_text("# Model cards\n\n" + "\n".join(pages), encoding="utf-8")


def _card_page(card: dict[str, Any]) -> str:
    data = "".join(f"- {_source(one)}\n" for one in card.get("data", []))
    rows = "".join(
        f"| {row['name'].partition(': ')[2]} | {row['value']:g} | {row['bar']:g} | {row['unit']} | {row['n']} | "
        f"{'yes' if row['holds'] else 'no'} |\n"
        for row in card.get("bars", [])
    )
    nats = card.get("validation_nats_per_note", {}).get("nll")
    told = f"{nats:.2f} nats a note on {card['validation_notes']:,} validation notes. " if nats else ""
    return (
        f"## {card['element'].capitalize()}\n\n"
        f"{told}Trained in {card['steps']:,} steps and {card['minutes']:g} minutes; "
        f"SHA-256 `{card['sha256'][:16]}...`\n\n{data}\n"
        f"| criterion | value | limit | unit | n | holds |\n|---|---|---|---|---|---|\n{rows}\n"
    )


def _source(source: Any) -> str:
    if not isinstance(source, dict):
        return str(source)
    return ", ".join(str(source[name]) for name in ("name", "licence", "citation") if source.get(name))
