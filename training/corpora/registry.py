"""The corpora that can be read: where each lies below the data folder, how it is read, and under which licence."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from training.corpora import (
    accompaniment,
    billboard,
    drum_patterns,
    folder,
    groove,
    nottingham,
    pop909,
    progressions,
    tutorial,
)
from training.corpora.items import Reader
from training.corpora.multitrack import multitrack_reader
from training.corpora.song import Tier


@dataclass(frozen=True, slots=True)
class Corpus:
    """A data set: the folders below the data folder where it may lie (the first that is there counts), how it is read,
    under which licence, whom to cite. `named_only` ones are read only when they are asked for by name.
    """

    name: str
    folders: tuple[str, ...]
    reader: Reader
    tier: Tier
    licence: str
    citation: str
    named_only: bool = False

    @property
    def folder(self) -> str:
        """The first of its folders."""
        return self.folders[0]


def place_of(corpus: Corpus, data: Path) -> Path:
    """Where a corpus lies below `data`: the first of its folders that is there, else where it would lie."""
    return next((data / name for name in corpus.folders if (data / name).is_dir()), data / corpus.folder)


_BILLBOARD = "Burgoyne, Wild, Fujinaga: An Expert Ground Truth Set for Audio Chord Recognition, ISMIR 2011"

CORPORA: dict[str, Corpus] = {
    corpus.name: corpus
    for corpus in (
        Corpus(
            "groove", ("groove_gmd", "groove"), groove.READER, "A", "CC BY 4.0",
            "Gillick, Roberts, Engel, Eck, Bamman: Learning to Groove with Inverse Sequence Transformations, ICML 2019",
        ),
        Corpus(
            "pop909", ("pop909_aligned", "POP909-Dataset", "POP909"), pop909.READER, "A", "MIT",
            "Wang et al.: POP909, ISMIR 2020; structure: Dai, Zhang, Dannenberg, MuMe+CSMC 2020",
        ),
        Corpus("billboard", ("billboard_chords", "McGill-Billboard"), billboard.READER, "A", "CC0", _BILLBOARD),
        Corpus(
            "billboard_waltzes", ("billboard_chords", "McGill-Billboard"), billboard.WALTZ_READER, "A", "CC0",
            _BILLBOARD,
        ),
        Corpus(
            "freedoom", ("freedoom",), multitrack_reader("freedoom", "A", "rock", whole_files=True), "A",
            "BSD-3-Clause", "Freedoom project, CREDITS-MUSIC",
        ),
        Corpus(
            "accompaniment", ("mma_synth", "accompaniment"), accompaniment.READER, "S",
            "made here: notes CC0, chords CC0 and MIT; in `mma_synth`: patterns GPL-2+ (MMA)",
            "generated over the chords of POP909 and McGill Billboard; in `mma_synth` by van der Poel's MMA",
        ),
        Corpus(
            "easyrpg", ("easyrpg_rtp",), multitrack_reader("easyrpg", "A"), "A", "CC BY 4.0, some files CC0",
            "EasyRPG RTP, AUTHORS.md by file",
        ),
        Corpus(
            "drum_patterns", ("drum_patterns", "dmp_midi"), drum_patterns.READER, "A", "MIT",
            "Bardet: 200 and 260 Drum Machine Patterns; transcribed by Handley and Montoya-Moraga, collected by Vellut",
        ),
        Corpus(
            "progressions", ("free_chord_progressions", "free-midi-chords"), progressions.READER, "A", "MIT",
            "Drolez: free-midi-chords",
        ),
        Corpus(
            "simutrans", ("simutrans",), multitrack_reader("simutrans", "B"), "B", "Artistic License 1.0",
            "Simutrans project, music.tab by file",
        ),
        Corpus(
            "openmsx", ("openmsx",), multitrack_reader("openmsx", "B"), "B", "GPL-2", "OpenMSX project, README by file",
        ),
        Corpus(
            "planetblupi", ("planetblupi",), multitrack_reader("planetblupi", "B"), "B", "GPL-3+",
            "Epsitec: Planet Blupi",
        ),
        Corpus(
            "lmms", ("lmms_demos",), multitrack_reader("lmms", "B", "electronic"), "B",
            "by file: Artistic-2, BSD-2, CC BY, CC BY-SA", "LMMS demo projects, LICENSES.demos.txt by file",
        ),
        Corpus(
            "nottingham", ("nottingham", "nottingham-dataset"), nottingham.READER, "B", "GPL-3",
            "Foxley: Nottingham Music Database; cleaned by Jukedeck",
        ),
        Corpus(
            "tutorial", ("tutorial",), tutorial.READER, "S", "CC0", "composed by this project's own networks",
            named_only=True,
        ),
        Corpus("folder", ("folder", "."), folder.READER, "U", "your own", "your own files", named_only=True),
    )
}  # fmt: skip
"""Corpora that can be read, by name. One more is a module with a `Reader` and a line here; a public one also has a line
in `sources.py`."""
