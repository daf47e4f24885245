"""`beatsfoundry presets`."""

from __future__ import annotations

import argparse
from typing import Any


def add_to(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "presets", help="the presets, templates and macros that a request can name", description=presets.__doc__
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help="show what this one holds")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=presets)


def presets(options: argparse.Namespace) -> int:
    """List presets, templates and macros with descriptions; your own are YAML files in folders of these names.

    The folders presets, templates and macros are looked for in ~/.beatsfoundry (or BEATSFOUNDRY_HOME).
    """
    from workbench.domain.errors import unknown_name

    rows = [row for row in _rows() if options.name in (None, row["name"])]
    if not rows:
        raise unknown_name("preset, template or macro", options.name, [row["name"] for row in _rows()])
    if options.json:
        from workbench.output import to_json

        print(to_json(rows), end="")
    else:
        _print_table(rows, whole=options.name is not None)
    return 0


def _rows() -> list[dict[str, Any]]:
    from workbench.concept import list_macros, list_starters, load_macro, load_starter

    starters = [load_starter(kind, name) for kind in ("preset", "template") for name in list_starters(kind)]
    macros = [load_macro(name) for name in list_macros()]
    return [
        {"kind": one.kind, "name": one.name, "description": one.description, "sets": {**one.fields, **_macros(one)}}
        for one in starters
    ] + [{"kind": "macro", "name": one.name, "description": one.description, "sets": one.curves} for one in macros]


def _macros(starter: Any) -> dict[str, Any]:
    return {"macros": starter.macros} if starter.macros else {}


def _print_table(rows: list[dict[str, Any]], *, whole: bool) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table("kind", "name", "what it is for", *(["sets"] if whole else []))
    table.columns[1].no_wrap = True
    for row in rows:
        sets = [escape("\n".join(f"{name}: {_shown(value)}" for name, value in row["sets"].items()))] if whole else []
        table.add_row(row["kind"], row["name"], escape(row["description"]), *sets)
    Console().print(table)


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_shown(inner)}" for name, inner in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_shown(inner) if not isinstance(inner, tuple) else f"({_shown(inner)})" for inner in value)
    return f"{value:g}" if isinstance(value, float) else str(value)
