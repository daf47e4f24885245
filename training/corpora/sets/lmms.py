"""Demo projects of LMMS, exported as MIDI (licences by file)."""

from __future__ import annotations

from training.corpora.corpus import Corpus, Source
from training.corpora.multitrack import multitrack_reader

CORPUS = Corpus(
    name="lmms",
    folders=("lmms_demos",),
    reader=multitrack_reader("lmms", "B", "electronic"),
    tier="B",
    licence="by file: Artistic-2, BSD-2, CC BY, CC BY-SA",
    citation="LMMS demo projects, LICENSES.demos.txt by file",
    source=Source(
        page="https://github.com/LMMS/lmms",
        note="export the projects of the repository's folder data/projects/ as MIDI from LMMS to lmms_demos/",
    ),
)
