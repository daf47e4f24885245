"""Reference tracks by family, in two halves: one shapes what the mixer aims at, the other judges what came out.

A mix that is moved towards the very tracks that judge it lies near to them whatever it sounds like. So no track is in
both halves, in any family. The split follows from the ids alone: in the order of their SHA-256, each track goes to the
half that has fewer of its families so far, or where both have as many, to that of its hash's last bit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from workbench.analysis.references import ReferenceLibrary, ReferenceProfile
from workbench.domain.data_files import read_yaml
from workbench.domain.paths import data_dir

_DEFAULT_FAMILY = "dance"


@dataclass(frozen=True, slots=True)
class Halves:
    """Ids of a family's shipped references: those that shape the mixer's targets, and those that judge."""

    shaping: tuple[str, ...]
    judging: tuple[str, ...]


def family_names() -> tuple[str, ...]:
    """Names of the families.

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> "downtempo" in family_names()
    True
    """
    return tuple(_table()["families"])


def styles_of(family: str) -> tuple[str, ...]:
    """Styles that are held against a family.

    Parameters
    ----------
    family : str
        A name of `family_names`.

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> "techno" in styles_of("dance")
    True
    """
    return tuple(_table()["styles"][family])


def members_of(family: str) -> tuple[str, ...]:
    """Ids of all shipped references of a family, of both halves.

    Parameters
    ----------
    family : str
        A name of `family_names`.

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> len(set(members_of("dance"))) == len(members_of("dance")) > 0
    True
    """
    return tuple(_table()["families"][family])


def family_of(style: str) -> str:
    """Family of a style.

    Parameters
    ----------
    style : str
        A name of a style; one that is not known is held against dance music.

    Returns
    -------
    str

    Examples
    --------
    >>> family_of("ambient"), family_of("polka")
    ('atmosphere', 'dance')
    """
    return next((family for family in family_names() if style in styles_of(family)), _DEFAULT_FAMILY)


def halves(family: str) -> Halves:
    """Both halves of a family's references.

    Parameters
    ----------
    family : str
        A name of `family_names`.

    Returns
    -------
    Halves
        Of sizes that differ by one at most; no track is in both, whatever its families.

    Examples
    --------
    >>> both = halves("dance")
    >>> sorted(both.shaping + both.judging) == sorted(members_of("dance"))
    True
    """
    return split(_table()["families"])[family]


def judges(family: str, *, library: ReferenceLibrary | None = None) -> tuple[ReferenceProfile, ...]:
    """The tracks that judge a family: its judging half, and what the user added under one of its styles.

    Parameters
    ----------
    family : str
        A name of `family_names`.
    library : ReferenceLibrary, optional
        The user's by default.

    Returns
    -------
    tuple of ReferenceProfile
        Shipped tracks first; the user's own by id.

    Examples
    --------
    >>> from pathlib import Path
    >>> shipped = ReferenceLibrary(own=Path("absent"))
    >>> tuple(track.id for track in judges("dance", library=shipped)) == halves("dance").judging
    True
    """
    held = library or ReferenceLibrary()
    own = {path.stem for path in held.own.glob("*.json")}
    styles = set(styles_of(family))
    added = tuple(one for one in map(held.get, sorted(own)) if styles & set(one.styles))
    return (*(held.get(name) for name in halves(family).judging if name not in own), *added)


def split(families: Mapping[str, Sequence[str]]) -> dict[str, Halves]:
    """Split tracks into halves, as even as can be in every family.

    Parameters
    ----------
    families : mapping of str to sequence of str
        Ids by family; an id may stand in several.

    Returns
    -------
    dict of str to Halves
        By family. It follows from the ids alone, not from their order.

    Examples
    --------
    >>> found = split({"dance": ["a", "b", "c", "d"], "song": ["c", "d"]})
    >>> [(len(one.shaping), len(one.judging)) for one in found.values()]
    [(2, 2), (1, 1)]
    """
    shaping: set[str] = set()
    placed: set[str] = set()
    for name in sorted({name for names in families.values() for name in names}, key=_digest):
        mine = [set(names) for names in families.values() if name in names]
        ahead = sum(len(names & shaping) - len(names & (placed - shaping)) for names in mine)
        if ahead < 0 or (ahead == 0 and _digest(name)[-1] % 2 == 0):
            shaping.add(name)
        placed.add(name)
    return {
        family: Halves(tuple(n for n in names if n in shaping), tuple(n for n in names if n not in shaping))
        for family, names in families.items()
    }


def _digest(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


@lru_cache(maxsize=1)
def _table() -> Mapping[str, Mapping[str, list[str]]]:
    table: Mapping[str, Mapping[str, list[str]]] = read_yaml(data_dir() / "references" / "families.yaml")
    return table
