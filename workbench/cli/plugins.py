"""`beatsfoundry plugins`: effects and instruments of this machine, and their parameters."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from workbench.cli.parser import printable

if TYPE_CHECKING:
    from workbench.plugins import PluginFacts


def add_to(commands: Any) -> None:
    """Declare the command."""
    one = commands.add_parser("plugins", help="list plug-ins and their parameters", description=show.__doc__)
    one.add_argument("name", metavar="NAME", nargs="?", help="plug-in whose parameters are listed")
    one.add_argument("--rescan", action="store_true", help="look at every file again, those that failed too")
    one.add_argument("--json", action="store_true", help="print JSON")
    one.set_defaults(run=show)


def show(options: argparse.Namespace) -> int:
    """List the plug-ins that were found (VST3, LADSPA, CLAP, LV2), or the parameters of one."""
    from workbench.domain.plain_data import to_plain
    from workbench.plugins import find_plugin, scan

    found = scan(again=options.rescan)
    if options.name is not None:
        plugin = find_plugin(options.name)
        print(json.dumps(to_plain(plugin), indent=2) if options.json else _parameters(plugin))
        return 0
    if options.json:
        print(json.dumps({"plugins": to_plain(found.plugins), "refused": dict(found.refused)}, indent=2))
        return 0
    for one in found.plugins:
        print(f"{one.format:7} {one.kind:11} {printable(one.name)}")
    for path, why in found.refused.items():
        print(f"refused {printable(path)}: {printable(why)}")
    if not found.plugins:
        print("no plug-ins: VST3 needs pip install beatsfoundry[plugins], LV2 lilv; BEATSFOUNDRY_PLUGINS names folders")
    return 0


def _parameters(plugin: PluginFacts) -> str:
    lines = [f"{printable(plugin.name)}, {plugin.kind}, {plugin.format}, {plugin.path}"]
    for one in plugin.parameters:
        span = ", ".join(one.options) if one.options else f"{one.low:g} to {one.high:g} {one.unit}".strip()
        lines.append(f"{printable(one.name)} = {one.value} ({span})")
    return "\n".join(lines)
