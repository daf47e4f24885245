"""OpenMSX, the free music of OpenTTD (GPL-2)."""

from __future__ import annotations

from training.corpora.corpus import Corpus, Source, github_archive
from training.corpora.multitrack import multitrack_reader

CORPUS = Corpus(
    name="openmsx",
    folders=("openmsx",),
    reader=multitrack_reader("openmsx", "B"),
    tier="B",
    licence="GPL-2",
    citation="OpenMSX project, README by file",
    source=Source(
        page="https://github.com/OpenTTD/OpenMSX",
        songs=31,
        url=github_archive("OpenTTD/OpenMSX", "5ecb59b97e13fe65b22014583b2c9aa46a2b9e63"),
        folder="openmsx",
        keep=("src/*.mid", "LICENSE", "README.md"),
    ),
)
