"""What is said of a corpus: its name, how it is read, under which licence, whom to cite, and where it is had.

A checksum is stated only where a publisher or another project's catalogue states it. GitHub makes archives of a commit
when they are asked for and promises no steady bytes, so for those the checksum of the first download is kept and later
ones are held against it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from training.corpora.items import Reader
from training.corpora.song import Tier


@dataclass(frozen=True, slots=True)
class Source:
    """Where a set is had.

    Parameters
    ----------
    page : str
        Its own page, repository or DOI.
    songs : int
        Songs (or patterns, progressions) of the publication; 0 where there is no publication to count.
    url : str
        The archive that `get` loads; "" if there is none that can be read as it is.
    folder : str
        Folder below the data folder that the archive's content goes to; its own outermost folder is left out.
    keep : tuple of str
        Patterns of the files that are unpacked; all if empty.
    checksum : str
        "sha256:..." or "md5:..." as published; "" where none is.
    note : str
        What to know, such as how to have a set that cannot be loaded.
    made : bool
        Whether `corpora make` makes it.
    """

    page: str
    songs: int = 0
    url: str = ""
    folder: str = ""
    keep: tuple[str, ...] = ()
    checksum: str = ""
    note: str = ""
    made: bool = False


@dataclass(frozen=True, slots=True)
class Corpus:
    """A data set, told in one module of `training.corpora.sets`.

    Parameters
    ----------
    name : str
        By which recipes and commands ask for it.
    folders : tuple of str
        Folders below the data folder where it may lie; the first that is there counts.
    reader : Reader
        How it is read.
    tier : {"A", "B", "S", "U"}
        Of free licences, of copyleft or other licences, made by a program, a user's own.
    licence, citation : str
        Under which licence it is published, and whom to cite.
    source : Source, optional
        Where it is had; None where it is not public.
    named_only : bool
        Whether it is read only when it is asked for by name.
    """

    name: str
    folders: tuple[str, ...]
    reader: Reader
    tier: Tier
    licence: str
    citation: str
    source: Source | None = None
    named_only: bool = False

    @property
    def folder(self) -> str:
        """The first of its folders."""
        return self.folders[0]


def place_of(corpus: Corpus, data: Path) -> Path:
    """Where a corpus lies below `data`: the first of its folders that is there, else where it would lie."""
    return next((data / name for name in corpus.folders if (data / name).is_dir()), data / corpus.folder)


def github_archive(repository: str, commit: str) -> str:
    """The address of GitHub's archive of a commit."""
    return f"https://github.com/{repository}/archive/{commit}.tar.gz"
