"""The corpora that can be read, by name."""

from __future__ import annotations

from training.corpora.corpus import Corpus, Source
from training.corpora.sets import (
    accompaniment,
    billboard,
    drum_patterns,
    easyrpg,
    folder,
    freedoom,
    groove,
    lmms,
    nottingham,
    openmsx,
    planetblupi,
    pop909,
    progressions,
    simutrans,
    tutorial,
)

CORPORA: dict[str, Corpus] = {
    corpus.name: corpus
    for corpus in (
        groove.CORPUS,
        pop909.CORPUS,
        billboard.CORPUS,
        billboard.WALTZES,
        freedoom.CORPUS,
        accompaniment.CORPUS,
        easyrpg.CORPUS,
        drum_patterns.CORPUS,
        progressions.CORPUS,
        simutrans.CORPUS,
        openmsx.CORPUS,
        planetblupi.CORPUS,
        lmms.CORPUS,
        nottingham.CORPUS,
        tutorial.CORPUS,
        folder.CORPUS,
    )
}
"""In the order in which they are read. One more is a module of `training.corpora.sets` and a line here."""

SOURCES: dict[str, Source] = {name: corpus.source for name, corpus in CORPORA.items() if corpus.source is not None}
"""Where each public one is had."""


def how_to_have(name: str) -> str:
    """How a corpus comes into the data folder, in a few words.

    Examples
    --------
    >>> how_to_have("groove")
    '`beatsfoundry corpora get groove --data DIR` has groove'
    """
    source = SOURCES.get(name)
    if source is None:
        return f"{name} is not public"
    if source.made:
        return f"`beatsfoundry corpora make {name} --data DIR` makes {name}"
    if source.url:
        return f"`beatsfoundry corpora get {name} --data DIR` has {name}"
    return f"for {name} see {source.page} ({source.note})"
