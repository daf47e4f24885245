"""The music of Planet Blupi, a free game (GPL-3 or later)."""

from __future__ import annotations

from training.corpora.corpus import Corpus, Source
from training.corpora.multitrack import multitrack_reader

CORPUS = Corpus(
    name="planetblupi",
    folders=("planetblupi",),
    reader=multitrack_reader("planetblupi", "B"),
    tier="B",
    licence="GPL-3+",
    citation="Epsitec: Planet Blupi",
    source=Source(
        page="https://packages.debian.org/planetblupi-music-midi",
        note="copy the .mid files of the Debian package to planetblupi/",
    ),
)
