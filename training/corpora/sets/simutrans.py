"""The music of Simutrans, a free transport game (Artistic License 1.0)."""

from __future__ import annotations

from training.corpora.corpus import Corpus, Source
from training.corpora.multitrack import multitrack_reader

CORPUS = Corpus(
    name="simutrans",
    folders=("simutrans",),
    reader=multitrack_reader("simutrans", "B"),
    tier="B",
    licence="Artistic License 1.0",
    citation="Simutrans project, music.tab by file",
    source=Source(
        page="https://github.com/simutrans/simutrans",
        note="copy the .mid files of the repository's folder music/ to simutrans/",
    ),
)
