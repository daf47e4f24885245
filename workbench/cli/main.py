"""The command line `beatsfoundry`: finds the command, and turns errors into one line and an exit code.

Nothing heavy is imported here: each command imports what it needs when it runs.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import EntryPoint, entry_points
from typing import Any, NoReturn

from workbench.cli import (
    analyze,
    batch,
    cache,
    completion,
    dataset,
    doctor,
    explain,
    generate,
    lab,
    master,
    modify,
    parameters,
    play,
    plugins,
    prepare,
    presets,
    references,
    samples,
    serve,
    sessions,
    verify,
)
from workbench.cli.help import print_versions
from workbench.cli.parser import LineParser, printable
from workbench.cli.run_log import run_log
from workbench.domain.errors import WorkbenchError

COMMAND_GROUP = "beatsfoundry.commands"
"""Entry points of this group are further commands: the name, and a function `main(argv) -> int | None`."""

EXIT_ERROR = 2
EXIT_INTERRUPTED = 130


def build_parser(*, with_summaries: bool = False) -> argparse.ArgumentParser:
    """The parser of every command that this package has, with those that other packages add.

    What the added ones do is only said with summaries: their modules are imported for that.
    """
    parser, commands = _own_parser()
    for name, entry in _added_commands().items():
        commands.add_parser(name, add_help=False, help=_summary(entry) if with_summaries else None)
    return parser


def _own_parser() -> tuple[argparse.ArgumentParser, Any]:
    """The parser of this package's commands, and the action that holds them."""
    parser = LineParser(prog="beatsfoundry", description="Compose, render, mix, master and measure music.")
    parser.add_argument("--version", action="store_true", help="print the versions that matter, and leave")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=LineParser)
    for module in (
        generate,
        batch,
        dataset,
        explain,
        modify,
        sessions,
        verify,
        play,
        plugins,
        doctor,
        master,
        analyze,
        references,
        samples,
        presets,
        parameters,
        prepare,
        cache,
        serve,
        lab,
    ):
        module.add_to(commands)
    completion.add_to(commands, _whole_parser)
    return parser, commands


def _whole_parser() -> argparse.ArgumentParser:
    """The parser with the options of the added commands too, whose modules are imported for that."""
    parser = build_parser()
    commands = next(action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    for name, entry in _added_commands().items():
        build = getattr(sys.modules[entry.load().__module__], "build_parser", None)
        if build is not None:
            commands.choices[name] = build()
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return 0, 2 after an error (printed in one line), or 130 after an interruption."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    _say_every_name()
    try:
        with _terminated_as_interrupted():
            return _run(arguments)
    except WorkbenchError as error:
        print(f"beatsfoundry: {printable(str(error))}", file=sys.stderr)
        return EXIT_ERROR
    except KeyboardInterrupt:
        print("beatsfoundry: interrupted", file=sys.stderr)
        if argv is None:
            _leave(EXIT_INTERRUPTED)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone, as `head` does; keep Python from complaining while it closes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_ERROR


def _leave(code: int) -> NoReturn:
    """End the process at once: threads that are at work in compiled code would hold up its end, or abort it."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def _say_every_name() -> None:
    """Print the bytes of file names that are no text as escapes, rather than fail on them."""
    out = sys.stdout
    if isinstance(out, io.TextIOWrapper) and out.errors == "strict":
        out.reconfigure(errors="backslashreplace")


def _run(arguments: list[str]) -> int:
    for argument in arguments:
        if "\0" in argument:
            raise WorkbenchError(f"{argument!r} holds a NUL byte, which no path or name can hold")
    _apply_settings()
    parser, own = _own_parser()
    if not arguments or arguments[0] not in own.choices:
        # To look for commands of other packages takes as long as to start Python.
        added = _added_commands()
        if arguments and arguments[0] in added:
            command: Callable[[list[str]], int | None] = added[arguments[0]].load()
            return int(command(arguments[1:]) or 0)
        parser = build_parser(with_summaries=not arguments or arguments[0] in ("-h", "--help"))
    options = parser.parse_args(arguments)
    if options.version:
        print_versions()
        return 0
    if options.command is None:
        parser.print_help()
        return EXIT_ERROR
    with run_log(options):
        return int(options.run(options) or 0)


def _apply_settings() -> None:
    """The user's settings as environment variables, which added commands and their libraries look at.

    OpenMP reads how its threads wait when PyTorch is loaded, so that is set here too.
    """
    from workbench.domain.config import apply_config, load_config
    from workbench.domain.cores import wait_asleep

    apply_config(load_config(), os.environ)
    wait_asleep(os.environ)


def _added_commands() -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in sorted(entry_points(group=COMMAND_GROUP), key=lambda item: item.name)}


def _summary(entry: EntryPoint) -> str:
    """The first sentence that an added command says of itself."""
    describe = getattr(sys.modules[entry.load().__module__], "build_parser", None)
    text = "" if describe is None else str(describe().description).split(". ")[0].rstrip(".")
    return (text[:1].lower() + text[1:] or f"see beatsfoundry {entry.name} --help").replace("%", "%%")


@contextlib.contextmanager
def _terminated_as_interrupted() -> Iterator[None]:
    """Let a polite kill unwind the stack as Ctrl-C does, so that drafts are removed and servers are stopped."""
    try:
        before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    except ValueError:  # not in the main thread: whoever runs us handles signals
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


if __name__ == "__main__":
    sys.exit(main())
