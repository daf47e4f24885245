"""The music of EasyRPG's run time package (CC BY 4.0, some files CC0)."""

from __future__ import annotations

from training.corpora.corpus import Corpus, Source, github_archive
from training.corpora.multitrack import multitrack_reader

CORPUS = Corpus(
    name="easyrpg",
    folders=("easyrpg_rtp",),
    reader=multitrack_reader("easyrpg", "A"),
    tier="A",
    licence="CC BY 4.0, some files CC0",
    citation="EasyRPG RTP, AUTHORS.md by file",
    source=Source(
        page="https://github.com/EasyRPG/RTP",
        songs=30,
        url=github_archive("EasyRPG/RTP", "993d88cbc78c658d348bbfa74a3b424d393d27e5"),
        folder="easyrpg_rtp",
        keep=("Music/*.mid", "AUTHORS.md", "COPYING"),
    ),
)
