"""Words for how the drums are played, how the song ends, and which of its sections are long or short."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from workbench.concept.extraction import Extracted, first_extracted
from workbench.concept.form_words import NO
from workbench.concept.style import Style
from workbench.domain.plan import Ending, Groove
from workbench.domain.song import parse_section_name

_HATS = r"hi[ -]?hats?|hats?"
_ROLLS = (
    rf"\b(?:(?:{_HATS})[ -]rolls?|rolling (?:{_HATS})|rolls of (?:{_HATS})|(?:{_HATS})[ -]triplets?"
    rf"|triplet[ -](?:{_HATS}))\b"
)
_GHOSTS = r"\bghost(?:ed)?[ -](?:notes?|snares?|strokes?|hits?)\b"
_GHOST_STEPS = (3, 7, 9, 15)
"""16ths beside the backbeats of a bar of 4/4, where the left hand bounces."""
_ENDINGS: tuple[tuple[str, Ending], ...] = (
    (r"\b(?:fad(?:e|es|ing)[ -](?:out|away|to silence)|fade-?out)\b", "fade"),
    (r"\b(?:abrupt|sudden|cold|hard) (?:end(?:ing)?|stop|cut)\b", "abrupt"),
    (r"\b(?:ends?|stops?|cuts? off) (?:abruptly|suddenly|cold)\b", "abrupt"),
)  # fmt: skip
_LONGER, _SHORTER = 2.0, 0.5
_SECTIONS = r"intro|outro|build(?:[ -]?up)?|breakdown|drop|solo|bridge|verse|chorus|interlude"
_SIZED = re.compile(
    rf"\b(?P<long>(?:very )?(?:long|lengthy|extended|drawn[ -]out))?(?P<short>short|brief|quick)?"
    rf" (?P<section>(?:guitar |piano |synth )?(?:{_SECTIONS}))s?\b"
)


def read_drumming(text: str) -> Extracted[tuple[str, ...]] | None:
    """What the drummer is asked to play: "hat rolls", "ghost notes"; with "no " before it, to leave out.

    Examples
    --------
    >>> read_drumming("trap with rolling hats and no ghost notes").value
    ('hat rolls', 'no ghost notes')
    """
    found = []
    for what, pattern in (("hat rolls", _ROLLS), ("ghost notes", _GHOSTS)):
        wanted, refused = first_extracted(text, [(pattern, lambda _: True)]), re.search(rf"{NO}{pattern}", text)
        if refused or wanted:
            words = refused.group(0) if refused else wanted.words if wanted else ""
            found.append((f"no {what}" if refused else what, words))
    return Extracted(tuple(what for what, _ in found), ", ".join(words for _, words in found)) if found else None


def read_ending(text: str) -> Extracted[Ending] | None:
    """How the song ends, where a text says it."""
    found = [
        (extracted, ending)
        for pattern, ending in _ENDINGS
        if (extracted := first_extracted(text, [(pattern, lambda _: True)]))
    ]
    return Extracted(found[0][1], found[0][0].words) if found else None


def without_playing(text: str) -> str:
    """A text without the words for drumming and endings, which tell no mood: a ghost note is no ghost.

    Examples
    --------
    >>> without_playing("house with ghost notes and a fade out")
    'house with   and a  '
    """
    patterns = [_ROLLS, _GHOSTS, *(pattern for pattern, _ in _ENDINGS)]
    return re.sub("|".join(patterns), " ", text, flags=re.IGNORECASE)


def read_sizes(text: str) -> Extracted[Mapping[str, float]] | None:
    """By section how much longer than usual it is to be.

    Examples
    --------
    >>> dict(read_sizes("trance with a long build-up and a short intro").value)
    {'build': 2.0, 'intro': 0.5}
    """
    found = [match for match in _SIZED.finditer(text) if match["long"] or match["short"]]
    sizes = {parse_section_name(_bare(match["section"])): _LONGER if match["long"] else _SHORTER for match in found}
    return Extracted(sizes, ", ".join(match.group(0).strip() for match in found)) if found else None


def _bare(section: str) -> str:
    return section.split(" ")[-1] if section.endswith("solo") else section


def with_drumming(groove: Groove, asked: tuple[str, ...]) -> Groove:
    """A groove in which the drummer plays what is asked for.

    Ghost notes stand beside the backbeats where the snare is silent otherwise.
    """
    if "hat rolls" in asked or "no hat rolls" in asked:
        groove = replace(groove, rolls=float("hat rolls" in asked))
    if "ghost notes" in asked or "no ghost notes" in asked:
        groove = replace(groove, ghosts="ghost notes" in asked)
        change = _ghosted if "ghost notes" in asked else _plain
        sections = {name: _on_snare(patterns, change) for name, patterns in groove.sections.items()}
        groove = replace(groove, patterns=_on_snare(groove.patterns, change), sections=sections)
    return groove


def _on_snare(patterns: Mapping[str, str], change: Callable[[str], str]) -> dict[str, str]:
    return {role: change(text) if role == "snare" else text for role, text in patterns.items()}


def _ghosted(snare: str) -> str:
    """A pattern with ghosts, as certain as a backbeat is.

    Examples
    --------
    >>> _ghosted("----X-------X---")
    '---gX--g-g--X--g'
    """
    return "".join("g" if step in _GHOST_STEPS and one in "-.o" else one for step, one in enumerate(snare))


def _plain(snare: str) -> str:
    return snare.replace("g", "-")


def with_sizes(style: Style, sizes: Mapping[str, float]) -> Style:
    """A style whose sections are longer or shorter than usual."""
    bars = {name: max(2, round(length * sizes.get(name, 1.0))) for name, length in style.section_bars.items()}
    return replace(style, section_bars=bars)
