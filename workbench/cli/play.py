"""`beatsfoundry play`: a song to a MIDI port."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.cli.parser import positive
from workbench.domain.errors import ParameterError

if TYPE_CHECKING:
    from workbench.domain.plan import Plan
    from workbench.domain.score import Score


def add_to(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser("play", help="play a song to a MIDI port", description=play.__doc__)
    parser.add_argument("bundle", metavar="DIR", type=Path, nargs="?", help="bundle of generate or compose")
    parser.add_argument("--port", metavar="NAME", help="where to play to; the beginning of its name is enough")
    parser.add_argument(
        "--from-bar", metavar="N", type=positive, default=1, help="first bar that is played (default 1)"
    )
    parser.add_argument("--no-clock", action="store_true", help="send notes alone, without start, clock and stop")
    parser.add_argument("--virtual", action="store_true", help="make the port, for other programs to listen to")
    parser.add_argument("--link", action="store_true", help="play on the beat of an Ableton Link session")
    parser.set_defaults(run=play)


def play(options: argparse.Namespace) -> int:
    """Play the notes of a song in time, with a MIDI clock that drum machines and sequencers follow.

    Without --port the ports of this machine are listed.
    """
    from workbench.session.midi_out import play as play_score
    from workbench.session.midi_ports import open_output, output_names

    if options.port is None:
        print(*output_names() or ["no MIDI ports"], sep="\n")
        return 0
    if options.bundle is None:
        raise ParameterError("expected DIR --port NAME: a bundle to play, and where to")
    from workbench.output import load_song

    plan, score, _ = load_song(options.bundle)
    with open_output(options.port, virtual=options.virtual) as port:
        if options.link:
            _linked(options, plan, score, port)
        else:
            play_score(score, port, plan.patches, first_bar=options.from_bar, clock=not options.no_clock)
    return 0


def _linked(options: argparse.Namespace, plan: Plan, score: Score, port: Any) -> None:
    from workbench.session.link import joined, play_linked

    with joined(score.tempo_map.tempo_at(0.0), score.metre.bar_beats) as timeline:
        play_linked(
            score, port, timeline, plan.patches, first_bar=options.from_bar, clock=not options.no_clock
        )  # fmt: skip
