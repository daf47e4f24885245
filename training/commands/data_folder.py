"""Which folder of corpora a command reads: the one that is named, else the one that the settings name."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from pathlib import Path


def stated_data() -> Path | None:
    """What `data` in the settings, or `BEATSFOUNDRY_DATA`, names: the folder `midi` in it where there is one, else
    itself; None where nothing is named.
    """
    root = os.environ.get("BEATSFOUNDRY_DATA")
    if not root:
        return None
    folder = Path(root).expanduser()
    return folder / "midi" if (folder / "midi").is_dir() else folder


def add_data_option(parser: ArgumentParser, text: str, *, required: bool = True) -> None:
    """Declare `--data DIR`; where it is required, the settings may name it instead."""
    stated = stated_data()
    parser.add_argument(
        "--data", type=Path, metavar="DIR", default=stated, required=required and stated is None,
        help=f"{text} (default: data of the settings)",
    )  # fmt: skip
