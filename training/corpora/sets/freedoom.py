"""Freedoom's music: hand-sequenced rock of a free game (BSD-3-Clause)."""

from __future__ import annotations

from training.corpora.corpus import Corpus, Source, github_archive
from training.corpora.multitrack import multitrack_reader

CORPUS = Corpus(
    name="freedoom",
    folders=("freedoom",),
    reader=multitrack_reader("freedoom", "A", "rock", whole_files=True),
    tier="A",
    licence="BSD-3-Clause",
    citation="Freedoom project, CREDITS-MUSIC",
    source=Source(
        page="https://github.com/freedoom/freedoom",
        songs=112,
        url=github_archive("freedoom/freedoom", "d14dbbee3b6fbfb2c11cdb65eb61216e86d4ee85"),
        folder="freedoom",
        keep=("musics/*.mid", "COPYING.adoc", "CREDITS-MUSIC"),
    ),
)
