"""`beatsfoundry models list|register|promote|fetch`: fine-tuned networks and the versions in the registry."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.cli.parser import LineParser
from workbench.domain.errors import ParameterError
from workbench.models.elements import SPECS, get_spec
from workbench.models.library import list_names, named_path
from workbench.models.registry import weights_path

if TYPE_CHECKING:
    from workbench.tracking.comparing import Direction


def build_parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = LineParser(prog="beatsfoundry models", description="Fine-tuned networks, and versions in the registry.")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True, parser_class=LineParser)
    listing = actions.add_parser("list", help="networks by name, and registered versions with their aliases")
    listing.add_argument("elements", nargs="*", metavar="ELEMENT", help="all if none is named")
    register = actions.add_parser("register", help="log weights as a new version, called challenger")
    register.add_argument("element", metavar="ELEMENT")
    register.add_argument("model", nargs="?", metavar="NAME|FILE", help="by default the weights in use")
    register.add_argument("--alias", default="challenger", help="default: challenger")
    promote = actions.add_parser(
        "promote",
        help="make the challenger the champion, unless it is worse",
        description="Challenger and champion (the shipped network while there is no other) are measured on the same "
        "songs: nats a note, and how far what they write lies from the songs. The challenger is refused if a figure is "
        "worse by more than is accepted and than chance (95 % interval over songs), or may be and none is better.",
    )
    promote.add_argument("element", metavar="ELEMENT")
    promote.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="folder of corpora, some or all of the recipe's: their validation songs judge (default: data of "
        "the settings, unless --midi judges)",
    )
    promote.add_argument("--midi", type=Path, metavar="DIR", help="folder of your MIDI that judges too, or alone")
    promote.add_argument(
        "--tolerance", type=float, metavar="PERCENT", help="of every figure (default: 0.5 of nats, 15 of samples)"
    )
    promote.add_argument(
        "--force", action="store_true", help="promote it although it is refused; tells in what it is worse"
    )
    fetch = actions.add_parser("fetch", help="copy a version where requests find it by name")
    fetch.add_argument("element", metavar="ELEMENT")
    fetch.add_argument("version", metavar="VERSION|ALIAS")
    fetch.add_argument("--name", help="default: vN, N being the version's number")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns 0. Errors are raised as `WorkbenchError`."""
    options = build_parser().parse_args(argv)
    actions = {"list": _list, "register": _register, "promote": _promote, "fetch": _fetch}
    actions[options.action](options)
    return 0


def _list(options: argparse.Namespace) -> None:
    from workbench.models.checkpoint import read_card
    from workbench.tracking.model_registry import list_versions

    for element in options.elements or SPECS:
        get_spec(element)
        names, versions = list_names(element), list_versions(element)
        print(element if names or versions else f"{element}: no network of your own, and no version in the registry")
        for name in names:
            card = read_card(named_path(element, name))
            print(f"  {name:20} {card.get('method', 'whole'):6} {card['sha256'][:12]}")
        for version in versions:
            nll = version.metrics.get("val_nll", version.metrics.get("new_after_nll"))
            figure = "" if nll is None else f" {nll:.3f} nats"
            aliases = f" ({', '.join(version.aliases)})" if version.aliases else ""
            print(f"  version {version.version}: {version.name} {version.method}{figure}{aliases}")


def _register(options: argparse.Namespace) -> None:
    from workbench.models.checkpoint import read_card
    from workbench.tracking.model_registry import register_model

    get_spec(options.element)
    path = _weights(options.element, options.model)
    element = read_card(path)["element"]
    if element != options.element:
        raise ParameterError(f"weights {path.name} are for {element}, not for {options.element}")
    version = register_model(path, alias=options.alias)
    print(f"{version.element} version {version.version}: {version.name} ({', '.join(version.aliases)})")


def _weights(element: str, model: str | None) -> Path:
    if model is None:
        return weights_path(element)
    path = Path(model)
    return path if path.suffix == ".safetensors" else named_path(element, model)


def _promote(options: argparse.Namespace) -> None:
    from training.session import quiet
    from workbench.tracking.model_registry import challenger_of, promote

    get_spec(options.element)
    challenger_of(options.element)  # before songs are read
    with quiet():
        from training.commands.data_folder import stated_data
        from training.judging import TOLERANCES, measure_on

        data = options.data or (None if options.midi else stated_data())
        measure = measure_on(options.element, data, options.midi, tell=lambda line: print(line, file=sys.stderr))
        judged = [name for name in TOLERANCES if (options.midi if name.startswith("midi_") else data)]
        share = None if options.tolerance is None else options.tolerance / 100.0
        directions: dict[str, Direction] = dict.fromkeys(judged, "lower")
        tolerances = TOLERANCES if share is None else dict.fromkeys(judged, share)
        done = promote(
            options.element, measure=measure, directions=directions, tolerances=tolerances, force=options.force
        )
    print(done)


def _fetch(options: argparse.Namespace) -> None:
    from workbench.tracking.model_registry import fetch_model, get_version

    get_spec(options.element)
    name = options.name or f"v{get_version(options.element, options.version).version}"
    path = fetch_model(options.element, options.version, name)
    print(f'{path}: ask for it with "models": {{"{options.element}": "{name}"}}')
