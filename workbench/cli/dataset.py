"""`beatsfoundry dataset make`."""

from __future__ import annotations

import argparse
import shutil
from typing import TYPE_CHECKING, Any

from workbench.cli.batch import add_options, lines_of, make_all, print_summary
from workbench.cli.parser import LineParser, positive
from workbench.domain.errors import OutputError

if TYPE_CHECKING:
    from workbench.batch import Place

_BATCH = "batch"


def add_to(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "dataset", help="make songs with exact labels, to train on", description="Songs as data for machine learning."
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True, parser_class=LineParser)
    maker = actions.add_parser("make", help="make songs, and write them as shards", description=make.__doc__)
    add_options(maker)
    maker.add_argument("--out", metavar="URL", required=True, help="folder, or an address such as s3://bucket/set")
    maker.add_argument("--name", metavar="NAME", help="what its card calls the set (default: the end of URL)")
    maker.add_argument("--validation", metavar="SHARE", type=float, default=0.1, help="of all groups (default: 0.1)")
    maker.add_argument("--test", metavar="SHARE", type=float, default=0.1, help="of all groups (default: 0.1)")
    maker.add_argument(
        "--shard-mb", metavar="MB", type=positive, default=500, help="then the next shard begins (default: 500)"
    )
    maker.add_argument("--overwrite", action="store_true", help="replace the data set that is there")
    maker.add_argument("--keep-batch", action="store_true", help="keep the bundles that the shards were written from")
    maker.set_defaults(run=make)


def make(options: argparse.Namespace) -> int:
    """Make each request of a file, and write sound, notes, plans and labels as shards with an index and a card.

    Bundles are made as `beatsfoundry batch` makes them, in URL/batch, with stems and as FLAC. What stops goes on with
    the same command. Returns 1 if a line failed; the set holds the others.
    """
    from workbench.batch import Place
    from workbench.batch.place import TABLE
    from workbench.dataset import Shares, write_dataset
    from workbench.dataset.writing import INDEX

    shares = Shares(options.validation, options.test)
    lines = lines_of(options, over={"format": "flac", "stem_export": True, "iterations": 1})
    place, source = Place(options.out), Place(Place(options.out).at(_BATCH))
    if not options.overwrite:
        _refuse_loss(place, source, {line.id for line in lines})
    batch = make_all(lines, source, options)
    name = options.name or options.out.rstrip("/").rsplit("/", 1)[-1]
    written = write_dataset(batch, source, place, name=name, shares=shares, shard_bytes=options.shard_mb * 1_000_000)
    place.write(TABLE, source.read(TABLE) or b"")
    print_summary(batch, place.at(TABLE))
    counts = ", ".join(f"{count} {split}" for split, count in written.songs.items())
    print(f"data    {counts}; {written.groups} groups, {written.shards} shards, {written.bytes / 1e6:.1f} MB")
    print(f"index   {place.at(INDEX)}")
    print(f"card    {place.at('README.md')}")
    if not batch.failed and not options.keep_batch:
        _clear(source)
    return 1 if batch.failed else 0


def _refuse_loss(place: Place, batch: Place, wanted: set[str]) -> None:
    """A finished set is replaced only where its batch is there to go on with, and no song of it would be lost.

    Raises
    ------
    OutputError
        If one stands there that would.
    """
    from workbench.batch.place import JOURNAL
    from workbench.dataset.writing import INDEX

    if place.read(INDEX) is None:
        return
    made = set(batch.documents(JOURNAL))
    if not made or not made <= wanted:
        raise OutputError(f"{place.url} holds a data set already: name another place, or overwrite it (--overwrite)")


def _clear(batch: Place) -> None:
    """Remove the bundles: the shards hold what they held."""
    if batch.folder is not None:
        shutil.rmtree(batch.folder, ignore_errors=True)
