"""Names made of other names: Latin letters for ids, and no two alike."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

_LONGEST = 80


def latin_id(text: str) -> str:
    """A text in lower-case Latin letters, digits, '.', '_' and '-', other alphabets transliterated; may be empty.

    Examples
    --------
    >>> latin_id("Été (2)"), latin_id("Тихая ночь"), latin_id("夜の海"), latin_id("!?")
    ('ete-2', 'tikhaya-noch', 'yeno-hai', '')
    """
    from anyascii import anyascii

    # It writes ideographs one beside the other, each with a capital letter: "YenoHai".
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", anyascii(text)) if not text.isascii() else text
    return re.sub(r"[^A-Za-z0-9._-]+", "-", spaced).strip("-._").lower()[:_LONGEST].strip("-._")


def names_of(path: Path, make: Callable[[str], str], last: str) -> Iterator[str]:
    """Names for a file, the plainest first: its own, with its folder's before it, then numbered without end.

    `make` turns a text into a name; `last` stands where nothing is left of the file's own.

    Examples
    --------
    >>> names = names_of(Path("/music/Album Two/01 Intro.wav"), latin_id, "track")
    >>> [next(names) for _ in range(4)]
    ['01-intro', 'album-two-01-intro', '01-intro-2', '01-intro-3']
    """
    own = make(path.stem) or last
    above = make(path.absolute().parent.name)
    yield own
    if above:
        yield f"{above}-{own}"
    yield from (f"{own}-{number}" for number in itertools.count(2))


def distinct_names(paths: Iterable[Path]) -> list[str]:
    """A name for each file, its own without suffix where it is the only one; upper and lower case count as one.

    Examples
    --------
    >>> distinct_names([Path("a/mix.wav"), Path("b/Mix.flac"), Path("b/song.mp3")])
    ['a-mix', 'b-Mix', 'song']
    """
    files = list(paths)
    stems = [path.stem.casefold() for path in files]
    taken: set[str] = set()
    chosen: list[str] = []
    for path, stem in zip(files, stems, strict=True):
        names = names_of(path, lambda text: text, "sound")
        if stems.count(stem) > 1:
            next(names)
        chosen.append(next(name for name in names if name.casefold() not in taken))
        taken.add(chosen[-1].casefold())
    return chosen
