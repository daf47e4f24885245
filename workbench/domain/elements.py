"""What an element is, in one place: the parts that a song is made of, and how each plays.

An element is one record here. What follows from it (which network writes it, how its notes are shaped, its patches, its
channel at the desk, its colour) asks for its `kind`, or looks under its own name and then under the one it is `like`.
So a fifth element is one record more:

    register(Element("vibes", "chords", colour="#7a4fa3", program=11, like="pads"))

It has to be registered before other rooms are imported, since the order of elements and the form of requests are taken
from here.
"""

from __future__ import annotations

import sys
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

Kind = Literal["drums", "bass", "chords", "melody", "other"]
"""How an element plays: drums of a kit, the line below all chords, the chords themselves, a tune; "other" is a part of
a user's own (a stem that was brought in), of which nothing is known but its notes."""


@dataclass(frozen=True, slots=True)
class Element:
    """One part of a song.

    Parameters
    ----------
    name : str
    kind : {"drums", "bass", "chords", "melody"}
    colour : str
        Hex code, in every picture and table.
    patch : str
        What it sounds like where a plan names nothing: a kit for drums, a patch for the others.
    program : int
        General MIDI program, from 0, where the patch has none of its own.
    low_pitch, high_pitch : int
        What its instruments can play, as MIDI notes.
    like : str
        Another element, whose network, patches, traits by style and channel at the desk serve it where there are none
        under its own name. Such an element plays only where it is asked for.
    """

    name: str
    kind: Kind
    colour: str
    patch: str = ""
    program: int = 0
    low_pitch: int = 21
    high_pitch: int = 108
    like: str = ""

    @property
    def compass(self) -> tuple[int, int]:
        """Lowest and highest MIDI pitch: B0 is the low string of a five-string bass, A0 to C8 a piano."""
        return self.low_pitch, self.high_pitch

    @property
    def single_line(self) -> bool:
        """Whether it sounds one note at a time."""
        return self.kind in ("bass", "melody")


_TABLE: dict[str, Element] = {
    one.name: one
    for one in (
        Element("percussion", "drums", "#d9513c", "studio", low_pitch=22, high_pitch=87),
        Element("bass", "bass", "#3465a8", "warm-saw", program=38, low_pitch=23),
        Element("pads", "chords", "#2a9482", "warm-juno", program=89),
        Element("leads", "melody", "#d9932b", "mono-saw", program=81),
    )
}
"""In the order in which they are composed; the colours differ in hue and in lightness, so that they part without hue as
well."""

_FORMS = "workbench.domain.element_names"
"""Once it is imported, forms of requests and edits are made from the elements that there are."""

_BEFORE: dict[Kind, tuple[Kind, ...]] = {
    "drums": ("drums",),
    "bass": ("drums", "bass"),
    "chords": ("drums", "bass", "chords"),
    "melody": ("drums", "bass", "chords", "melody"),
}


def register(element: Element) -> None:
    """Add an element, after those of its kind.

    Raises
    ------
    ValueError
        If it comes too late, is drums, if there is one of that name, or none that it could be like.
    """
    global ELEMENTS, USUAL_ELEMENTS, PITCHED_ELEMENTS
    if _FORMS in sys.modules:
        raise ValueError(f"element {element.name} comes too late: register it before requests are imported")
    if element.kind == "drums":
        raise ValueError(f"element {element.name} is drums: a song has one kit")
    if element.name in _TABLE:
        raise ValueError(f"there is an element {element.name} already")
    if element.like not in _TABLE or _TABLE[element.like].kind != element.kind:
        raise ValueError(f"element {element.name} is like {element.like or 'none'}: expected an element of its kind")
    _TABLE[element.name] = element
    earlier = [one for one in _TABLE.values() if one.kind in _BEFORE[element.kind]]
    ordered = {one.name: one for one in [*earlier, *_TABLE.values()]}
    _TABLE.clear()
    _TABLE.update(ordered)
    ELEMENTS, USUAL_ELEMENTS, PITCHED_ELEMENTS = _names()


def _names() -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    return (
        tuple(_TABLE),
        tuple(name for name, one in _TABLE.items() if not one.like),
        tuple(name for name, one in _TABLE.items() if one.kind != "drums"),
    )


ELEMENTS, USUAL_ELEMENTS, PITCHED_ELEMENTS = _names()
"""Elements that sound, in the order in which they are composed (harmony lies beneath them); those that play where
nothing is said; those that are not drums."""


def element_of(name: str) -> Element:
    """An element by its name; a part that is none is of the kind "other".

    Examples
    --------
    >>> element_of("bass").single_line, element_of("vocals").kind
    (True, 'other')
    """
    return _TABLE.get(name) or Element(name, "other", "")


def kind_of(name: str) -> Kind:
    """How an element plays.

    Examples
    --------
    >>> [kind_of(name) for name in ("percussion", "bass", "pads", "leads", "vocals")]
    ['drums', 'bass', 'chords', 'melody', 'other']
    """
    return element_of(name).kind


def is_drums(name: str) -> bool:
    """Whether an element's notes are strokes on a kit, and not pitches.

    Examples
    --------
    >>> is_drums("percussion"), is_drums("leads")
    (True, False)
    """
    return kind_of(name) == "drums"


def plays(elements: Collection[str], kind: Kind) -> bool:
    """Whether an element of a kind is among some.

    Examples
    --------
    >>> plays(("percussion", "bass"), "bass"), plays(("percussion", "bass"), "chords")
    (True, False)
    """
    return any(kind_of(name) == kind for name in elements)


def of_kind(elements: Collection[str], kind: Kind) -> tuple[str, ...]:
    """Those of some elements that are of a kind, in their order.

    Examples
    --------
    >>> of_kind(("leads", "pads"), "melody")
    ('leads',)
    """
    return tuple(name for name in elements if kind_of(name) == kind)


def likeness(name: str) -> tuple[str, ...]:
    """The names under which a table is asked for an element: its own, then that which it is like.

    Examples
    --------
    >>> likeness("pads")
    ('pads',)
    """
    like = element_of(name).like
    return (name, like) if like else (name,)
