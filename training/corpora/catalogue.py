"""What `corpora list` tells and `corpora get` does: where sets are had, and what of them is here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from training.corpora.corpus import Corpus, place_of
from training.corpora.download import Loaded, download
from training.corpora.gathering import find_items
from training.corpora.registry import CORPORA, SOURCES, how_to_have
from training.corpora.unpack import check_manifest, unpack
from workbench.domain.errors import CorpusError, unknown_name


@dataclass(frozen=True, slots=True)
class Entry:
    """A corpus in the catalogue. `state` is "absent", "whole", "partial" or "damaged", or "" if no folder was named;
    `here` of `expected` songs are there.
    """

    name: str
    tier: str
    licence: str
    citation: str
    page: str
    note: str
    can_get: bool
    can_make: bool
    folders: tuple[str, ...]
    state: str = ""
    here: int = 0
    expected: int = 0


def list_corpora(data: Path | None = None) -> list[Entry]:
    """Every public corpus; with a data folder also what of it is there.

    Whole means: for a copy that `get` unpacked, that each file still has the SHA-256 of its manifest; else that there
    are as many songs as the publication has, and every file that the copy's own index names.
    """
    return [_entry(corpus, data) for corpus in CORPORA.values() if not corpus.named_only]


def _entry(corpus: Corpus, data: Path | None) -> Entry:
    source = SOURCES.get(corpus.name)
    state, here, expected = _state(corpus, data) if data is not None else ("", 0, 0)
    return Entry(
        corpus.name,
        corpus.tier,
        corpus.licence,
        corpus.citation,
        source.page if source else "",
        source.note if source else "",
        bool(source and source.url),
        bool(source and source.made),
        corpus.folders,
        state,
        here,
        expected,
    )


def _state(corpus: Corpus, data: Path) -> tuple[str, int, int]:
    place = place_of(corpus, data)
    published = SOURCES[corpus.name].songs if corpus.name in SOURCES else 0
    if not place.is_dir():
        return "absent", 0, published
    checked = check_manifest(place)
    if checked is not None and checked[1]:
        return "damaged", checked[0] - len(checked[1]), checked[0]
    try:
        items = find_items(corpus.reader, place)
    except CorpusError:
        return "damaged", 0, published
    here = sum(all(path.is_file() for path in item.files) for item in items)
    expected = max(published, len(items))
    return ("whole" if here >= expected else "partial"), here, expected


def get_corpora(
    names: tuple[str, ...], data: Path, *, progress: Loaded | None = None
) -> Iterator[tuple[str, str | CorpusError]]:
    """Load several public sets, one after the other; one that fails does not keep the next from coming.

    Parameters
    ----------
    names : tuple of str
        If empty, every set that can be downloaded and that a recipe learns from, as far as it is not there yet.
    data : Path
    progress : callable, optional

    Yields
    ------
    (name, where it lies now, or the error)

    Raises
    ------
    CorpusError
        If a name is not known; then nothing is loaded.
    """
    for name in names:
        _check_known(name)
    for name in names or wanted_by_recipes():
        if not names and place_of(CORPORA[name], data).is_dir():
            yield name, f"{place_of(CORPORA[name], data)} is there already"
            continue
        try:
            folder, files = get_corpus(name, data, progress=progress)
            yield name, f"{folder}: {files:,} files"
        except CorpusError as error:
            yield name, error


def wanted_by_recipes() -> tuple[str, ...]:
    """Public sets that the recipes of the shipped networks learn from and that can be downloaded.

    Examples
    --------
    >>> wanted_by_recipes()
    ('groove', 'pop909', 'billboard', 'freedoom', 'progressions')
    """
    from training.config import list_configs, load_config

    learned = {name for element in list_configs() for name in load_config(element).corpora}
    return tuple(name for name, source in SOURCES.items() if name in learned and source.url)


def _check_known(name: str) -> None:
    if name not in CORPORA:
        raise unknown_name("corpus", name, SOURCES, CorpusError)


def get_corpus(name: str, data: Path, *, progress: Loaded | None = None) -> tuple[Path, int]:
    """Load a public set and unpack it below the data folder.

    Returns
    -------
    folder : Path
        Where it lies now.
    files : int
        How many files it holds.

    Raises
    ------
    CorpusError
        If it is not known, cannot be loaded, or is there already.
    """
    _check_known(name)
    source = SOURCES.get(name)
    if source is None or not source.url:
        where = how_to_have(name)
        raise CorpusError(f"corpus {name!r} has no download that can be read as it is: {where}")
    place = place_of(CORPORA[name], data)
    if place.is_dir():
        raise CorpusError(f"{place} is there already: remove it to have the set anew")
    archive = data / Path(urlsplit(source.url).path).name
    sha256 = download(source.url, archive, checksum=source.checksum, progress=progress)
    try:
        files = unpack(
            archive, data / source.folder, keep=source.keep, origin={"url": source.url, "archive_sha256": sha256}
        )
    finally:
        archive.unlink(missing_ok=True)
    return data / source.folder, files
