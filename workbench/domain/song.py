"""What request, plan and score all say of a song: sections, drum roles, fills."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TypeVar

from workbench.domain.errors import ParameterError, unknown_name

Value = TypeVar("Value")


FILL_KINDS = ("snares", "toms", "kicks", "hats", "claps", "hand drums")
"""What drummers announce a change with."""

SECTION_NAMES = (
    "intro", "verse", "pre-chorus", "chorus", "post-chorus", "hook", "refrain", "build", "drop", "breakdown", "break",
    "bridge", "solo", "interlude", "instrumental", "theme", "vamp", "coda", "outro",
)  # fmt: skip
"""Canonical section names of pop and electronic music."""

HOOK_SECTIONS = ("chorus", "drop", "hook", "refrain")
"""Sections that listeners remember a song by."""

_SECTION_ALIASES = {
    "prechorus": "pre-chorus", "pre chorus": "pre-chorus", "pre_chorus": "pre-chorus", "lift": "pre-chorus",
    "postchorus": "post-chorus", "post chorus": "post-chorus", "buildup": "build", "build-up": "build",
    "build up": "build", "riser": "build", "middle eight": "bridge", "middle 8": "bridge", "ending": "outro",
    "introduction": "intro", "opening": "intro", "end": "outro", "final chorus": "chorus", "last chorus": "chorus",
    "break down": "breakdown", "break-down": "breakdown", "guitar solo": "solo", "head": "theme",
    "a": "verse", "b": "chorus", "c": "bridge", "main": "theme",
}  # fmt: skip


def parse_section_name(text: str) -> str:
    """Return the canonical name of a section ("Pre Chorus" -> "pre-chorus"; "verse 2" -> "verse").

    Raises
    ------
    ParameterError
        If the name is not known; the message lists the known ones.

    Examples
    --------
    >>> parse_section_name("Verse 2")
    'verse'
    """
    name = text.strip().lower().rstrip("0123456789").strip()
    name = _SECTION_ALIASES.get(text.strip().lower(), _SECTION_ALIASES.get(name, name))
    if name not in SECTION_NAMES:
        raise unknown_name("section", text, SECTION_NAMES)
    return name


def parse_section_reference(text: str) -> str:
    """Read a section name that may have a number: "Chorus" means every chorus, "chorus 3" the third one.

    Raises
    ------
    ParameterError
        If the name is not known.

    Examples
    --------
    >>> parse_section_reference("Pre Chorus"), parse_section_reference("Chorus 3")
    ('pre-chorus', 'chorus 3')
    """
    name, digits = text.strip(), ""
    while name and name[-1].isdigit():
        name, digits = name[:-1], name[-1] + digits
    canonical = parse_section_name(text)
    return f"{canonical} {int(digits)}" if digits else canonical


def of_section(values: Mapping[str, Value] | None, name: str, number: int) -> Value | None:
    """What a mapping by section reference holds for the `number`-th section (from 1) of a name; None if nothing.

    Examples
    --------
    >>> of_section({"chorus": 1, "chorus 2": 5}, "chorus", 2), of_section({"chorus": 1}, "verse", 1)
    (5, None)
    """
    values = values or {}
    return values.get(f"{name} {number}", values.get(name))


def check_sections(named: Mapping[str, Collection[str]], names: Sequence[str], holder: str) -> None:
    """Refuse what is stated of sections that are not there.

    Parameters
    ----------
    named : mapping field -> collection of str
        The section references that each field holds.
    names : sequence of str
        Sections in order.
    holder : str
        What holds them, as the message calls it.

    Raises
    ------
    ParameterError
        If a section is named that is not among them.
    """
    there = {form for name, number in numbered(names) for form in (name, f"{name} {number}")}
    for field, references in named.items():
        foreign = [name for name in references if name not in there]
        if foreign:
            absent, held = ", ".join(foreign), ", ".join(dict.fromkeys(names))
            raise ParameterError(f"{field} name {absent}, which {holder} does not hold: it holds {held}")


def numbered(names: Sequence[str]) -> list[tuple[str, int]]:
    """Each section name with how often it has come, from 1.

    Examples
    --------
    >>> numbered(["verse", "chorus", "verse"])
    [('verse', 1), ('chorus', 1), ('verse', 2)]
    """
    return [(name, names[: index + 1].count(name)) for index, name in enumerate(names)]


DRUM_ROLES: dict[str, int] = {
    "kick": 36,
    "snare": 38,
    "side_stick": 37,
    "clap": 39,
    "closed_hat": 42,
    "pedal_hat": 44,
    "open_hat": 46,
    "low_tom": 45,
    "mid_tom": 47,
    "high_tom": 50,
    "ride": 51,
    "crash": 49,
    "percussion": 56,
}
"""Drum roles and the General MIDI note that each is written as; the order is the models' vocabulary."""

_GM_TO_ROLE = {
    35: "kick", 36: "kick", 37: "side_stick", 38: "snare", 39: "clap", 40: "snare", 41: "low_tom", 42: "closed_hat",
    43: "low_tom", 44: "pedal_hat", 45: "low_tom", 46: "open_hat", 47: "mid_tom", 48: "mid_tom", 49: "crash",
    50: "high_tom", 51: "ride", 52: "crash", 53: "ride", 55: "crash", 57: "crash", 59: "ride",
    # Roland TD-11 notes outside General MIDI, as the Groove MIDI Dataset uses them.
    22: "closed_hat", 26: "open_hat", 58: "low_tom",
}  # fmt: skip


def drum_role(pitch: int) -> str:
    """The role of a General MIDI drum note; notes without a role of their own are "percussion".

    Examples
    --------
    >>> drum_role(40), drum_role(70)
    ('snare', 'percussion')
    """
    return _GM_TO_ROLE.get(pitch, "percussion")
