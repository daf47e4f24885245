"""Readers of public corpora and of one's own MIDI files: each turns a folder into `CorpusSong`s.

The registry names each corpus; `read_corpus` reads one and tells what was kept and dropped, `read_corpora` gives the
songs of several.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from training.corpora.corpus import Corpus, place_of
from training.corpora.gathering import gather
from training.corpora.items import CorpusReading
from training.corpora.registry import CORPORA, how_to_have
from training.corpora.song import CorpusSong
from workbench.domain.errors import CorpusError, unknown_name

__all__ = [
    "CORPORA",
    "Corpus",
    "CorpusReading",
    "find_corpora",
    "place_of",
    "read_corpora",
    "read_corpus",
    "read_folder",
]


def read_corpora(
    data: Path, names: tuple[str, ...] | None = None, *, processes: int | None = None, use_cache: bool = True
) -> Iterator[CorpusSong]:
    """All songs of the corpora found below `data` (or of those named), in an order that nothing else changes.

    Parameters
    ----------
    data : Path
        Folder that holds the corpora, each in a folder of its own.
    names : tuple of str, optional
        Corpora to read. A user's own files ("folder") are read only when they are named: from `data/folder`, else from
        `data` itself.
    processes : int, optional
        Processes that parse (default: as many as there are processors).
    use_cache : bool
        Take songs that were read before from `~/.beatsfoundry/cache/corpora` (or below `BEATSFOUNDRY_HOME`).

    Raises
    ------
    CorpusError
        If a named corpus is not known or not there, or if there is none at all.
    """
    for corpus in find_corpora(data, names):
        for outcome in gather(corpus.reader, place_of(corpus, data), processes=processes, use_cache=use_cache):
            if outcome.song is not None:
                yield outcome.song


def read_corpus(data: Path, name: str, *, processes: int | None = None, use_cache: bool = True) -> CorpusReading:
    """One corpus with its songs, and why anything was dropped.

    Raises
    ------
    CorpusError
        If it is not known or not there.
    """
    (corpus,) = find_corpora(data, (name,))
    outcomes = gather(corpus.reader, place_of(corpus, data), processes=processes, use_cache=use_cache)
    return CorpusReading(name, tuple(outcomes))


def read_folder(folder: Path, *, processes: int | None = None, use_cache: bool = True) -> CorpusReading:
    """A user's own MIDI files: any tree of .mid, .midi and .smf, with the roles of its `roles.json` if there is one.

    Raises
    ------
    CorpusError
        If the folder is not there, or if `roles.json` is damaged.
    """
    reader = CORPORA["folder"].reader
    return CorpusReading("folder", tuple(gather(reader, folder, processes=processes, use_cache=use_cache)))


def check_data(data: Path) -> None:
    """Refuse a data folder that is not there.

    Raises
    ------
    CorpusError
        One line that names it.
    """
    if not data.is_dir():
        raise CorpusError(f"data folder {data} is not there: expected a folder that holds the corpora")


def find_corpora(data: Path, names: tuple[str, ...] | None = None) -> list[Corpus]:
    """The corpora that are there, in the order of the registry.

    Raises
    ------
    CorpusError
        If a named corpus is not known or not there, or if there is none at all.
    """
    unknown = [name for name in names or () if name not in CORPORA]
    if unknown:
        raise unknown_name("corpus", unknown[0], CORPORA, CorpusError)
    present = [corpus for corpus in CORPORA.values() if place_of(corpus, data).is_dir()]
    missing = [name for name in names or () if name not in {corpus.name for corpus in present}]
    wanted = [corpus for corpus in present if (corpus.name in names if names is not None else not corpus.named_only)]
    if missing or not wanted:
        check_data(data)
        by_name = [corpus.name for corpus in present if corpus.named_only and corpus.name != "folder"]
        if names is None and by_name:
            raise CorpusError(f"{data} holds only what must be asked for by name: {', '.join(by_name)}")
        every = dict.fromkeys(corpus.folder for corpus in CORPORA.values() if not corpus.named_only)
        folders = CORPORA[missing[0]].folders if missing else tuple(every)
        name, had = (f" called {missing[0]}", f"; {how_to_have(missing[0])}") if missing else ("", "")
        raise CorpusError(f"no corpus in {data}{name}: expected the folder(s) {', '.join(folders)}{had}")
    return wanted
