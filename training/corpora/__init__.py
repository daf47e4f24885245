"""Readers of public corpora: each turns a folder into `CorpusSong`s."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from training.corpora import accompaniment, billboard, freedoom, groove, pop909
from training.corpora.song import CorpusSong
from workbench.domain.errors import CorpusError


@dataclass(frozen=True, slots=True)
class Corpus:
    """A public data set: where it lies below the data folder, how it is read, under which licence, whom to cite."""

    name: str
    folder: str
    read: Callable[[Path], Iterator[CorpusSong]]
    tier: Literal["A", "B", "S"]
    licence: str
    citation: str


CORPORA: dict[str, Corpus] = {
    corpus.name: corpus
    for corpus in (
        Corpus(
            "groove", "groove_gmd", groove.read, "A", "CC BY 4.0",
            "Gillick, Roberts, Engel, Eck, Bamman: Learning to Groove with Inverse Sequence Transformations, ICML 2019",
        ),
        Corpus(
            "pop909", "pop909_aligned", pop909.read, "A", "MIT",
            "Wang et al.: POP909, ISMIR 2020; structure: Dai, Zhang, Dannenberg, MuMe+CSMC 2020",
        ),
        Corpus(
            "billboard", "billboard_chords", billboard.read, "A", "CC0",
            "Burgoyne, Wild, Fujinaga: An Expert Ground Truth Set for Audio Chord Recognition, ISMIR 2011",
        ),
        Corpus(
            "freedoom", "freedoom", freedoom.read, "A", "BSD-3-Clause", "Freedoom project, CREDITS-MUSIC",
        ),
        Corpus(
            "accompaniment", "mma_synth", accompaniment.read, "S", "patterns GPL-2+ (MMA), chords CC0 and MIT",
            "van der Poel: Musical MIDI Accompaniment; chords of POP909 and McGill Billboard",
        ),
    )
}  # fmt: skip
"""Corpora that can be read, by name."""


def read_corpora(data: Path, names: tuple[str, ...] | None = None) -> Iterator[CorpusSong]:
    """All songs of the corpora found below `data` (or of those named).

    Raises
    ------
    CorpusError
        If a named corpus is not known or not there, or if there is none at all.
    """
    unknown = [name for name in names or () if name not in CORPORA]
    if unknown:
        raise CorpusError(f"corpus {unknown[0]!r} is not known: expected one of {', '.join(CORPORA)}")
    present = [corpus for corpus in CORPORA.values() if (data / corpus.folder).is_dir()]
    missing = [name for name in names or () if name not in {corpus.name for corpus in present}]
    if missing or not present:
        wanted = CORPORA[missing[0]].folder if missing else ", ".join(corpus.folder for corpus in CORPORA.values())
        raise CorpusError(f"no corpus in {data}: expected the folder(s) {wanted}")
    for corpus in present:
        if names is None or corpus.name in names:
            yield from corpus.read(data / corpus.folder)
