"""The tutorial corpus (CC0): songs that this project's own networks composed, for learning the tools on any machine."""

from __future__ import annotations

from pathlib import Path

from training.corpora.composed import find_composed, read_composed
from training.corpora.corpus import Corpus
from training.corpora.items import Item, Reader
from training.corpora.song import CorpusSong
from workbench.domain.paths import data_dir


def tutorial_data() -> Path:
    """The data folder that holds the tutorial corpus, in a checkout and in an installed package alike.

    Examples
    --------
    >>> (tutorial_data() / "tutorial" / "index.json").is_file()
    True
    """
    return data_dir()


def read(item: Item) -> CorpusSong:
    """One song."""
    return read_composed(item, "tutorial", "sequenced")


CORPUS = Corpus(
    name="tutorial",
    folders=("tutorial",),
    reader=Reader(find_composed, read),
    tier="S",
    licence="CC0",
    citation="composed by this project's own networks",
    named_only=True,
)
