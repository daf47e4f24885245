"""Elements, density and colour that a text states."""

from __future__ import annotations

import re

from workbench.concept.extraction import Extracted, Rule, first_extracted, pulled_apart
from workbench.concept.form_words import NO
from workbench.domain.elements import ELEMENTS, USUAL_ELEMENTS
from workbench.domain.request import PROCESSING_STYLES

_ELEMENT_WORDS = {
    "percussion": r"drum\s?kits?|drums|drumming|percussion|beats?|drum ?beats?|rhythm section",
    "bass": r"bass ?lines?|bass|sub ?bass|808s?|low end",
    "pads": r"pads?|chords?|keys|keyboards?|pianos?|rhodes|strings|organs?|harmony|choirs?",
    "leads": r"leads?|lead (?:synth|line|melody)|melod(?:y|ies)|solos?|flutes?|toplines?|lead lines?",
}
"""Words for an element and its instruments: "only piano" leaves the pads."""

_WHOLE_ELEMENTS = {
    "percussion": r"drums|drumming|percussion|beats?|drum ?beats?",
    "bass": r"bass ?lines?|bass(?! (?:drop|drum|guitar))|sub ?bass",
    "pads": r"pads?|chords?|harmony|harmonies",
    "leads": r"leads?|lead (?:synth|line|melody)|melod(?:y|ies)|solos?|toplines?",
}
"""Words for an element as a whole: "no piano" does not drop the pads, "no chords" does."""


for _one in ELEMENTS:
    # One that was registered is called by its name, beside what else that names.
    _ELEMENT_WORDS.setdefault(_one, re.escape(_one))
    _WHOLE_ELEMENTS.setdefault(_one, re.escape(_one))


def _list_of(words: dict[str, str]) -> str:
    one = "(?:" + "|".join(words.values()) + ")"
    joint = r"(?:\s*,\s*(?:and\s+|or\s+)?|\s+and\s+|\s+or\s+|\s*&\s*)(?:no |any |a |some )?"
    return rf"{one}(?:{joint}{one})*"


_WITHOUT = re.compile(rf"{NO}({_list_of(_WHOLE_ELEMENTS)})\b(?!\s+(?:only|alone)\b)")
_LESS = re.compile(r"\b(?:(drum|beat|percussion)|(bass)|(melody|lead))-?less\b")
_ONLY = re.compile(
    rf"\b(?:only|just|nothing but|solely)\s+(?:a |an |the |some )?({_list_of(_ELEMENT_WORDS)})\b"
    rf"|\b({_list_of(_ELEMENT_WORDS)})\s+(?:only|alone)\b"
)

_WITH = re.compile(
    rf"\b(?:with|plus|and|but|add|needs?|wants?)\s+(?:a |an |the |some |[a-z-]+ )?({_list_of(_WHOLE_ELEMENTS)})\b"
)

_STYLE_OF_ELEMENTS = re.compile(r"\bdrum\s*(?:and|&|'?n'?|\+)\s*bass\b")
"""A style whose name lists elements. "Drums and bass only" still means the elements."""


_COUNTED_CHORDS = re.compile(
    r"\b(?:only |just )?(?:a )?(?:one|two|three|four|five|\d|single)[ -]chords?(?: only| alone)?\b"
)
"""How many chords there are says nothing of who plays."""


def element_pattern() -> str:
    """A pattern of one element, called by its name or an instrument."""
    return "(?:" + "|".join(_ELEMENT_WORDS.values()) + ")"


def elements_in(text: str) -> set[str]:
    """The elements that a text in lower case names, by their names or instruments.

    Examples
    --------
    >>> sorted(elements_in("drums and piano"))
    ['pads', 'percussion']
    """
    return _elements_in(text, _ELEMENT_WORDS)


def _elements_in(text: str, words: dict[str, str]) -> set[str]:
    return {element for element, pattern in words.items() if re.search(rf"\b(?:{pattern})\b", text)}


def read_palette(text: str) -> Extracted[tuple[str, ...]] | None:
    """Elements that are left where a text leaves some out, or names the only ones."""
    text = _COUNTED_CHORDS.sub("music", _STYLE_OF_ELEMENTS.sub("music", text))
    absent: set[str] = set()
    phrases: list[str] = []
    for match in _WITHOUT.finditer(text):
        absent |= _elements_in(match.group(1), _WHOLE_ELEMENTS)
        phrases.append(match.group(0))
    for match in _LESS.finditer(text):
        absent.add(("percussion", "bass", "leads")[(match.lastindex or 1) - 1])
        phrases.append(match.group(0))
    only = _ONLY.search(_WITHOUT.sub(".", text))
    if only:
        absent |= set(USUAL_ELEMENTS) - _elements_in(only.group(1) or only.group(2), _ELEMENT_WORDS)
        phrases.append(only.group(0))
    asked = _added(text) - absent
    phrases += sorted(asked) if not only else []
    left = tuple(element for element in ELEMENTS if element in asked or element in {*USUAL_ELEMENTS} - absent)
    words = ", ".join(phrases)
    if not left:
        note = "read as everything, since a song needs one element at least"
        return Extracted(USUAL_ELEMENTS, words, note)
    return Extracted(left, words, against=_wanted_after_all(text, absent, phrases)) if absent or asked else None


def _added(text: str) -> set[str]:
    """Elements beyond the usual ones that a text asks for by name."""
    extra = {element: words for element, words in _ELEMENT_WORDS.items() if element not in USUAL_ELEMENTS}
    return _elements_in(_WITHOUT.sub(".", text), extra)


def _wanted_after_all(text: str, absent: set[str], phrases: list[str]) -> str:
    """What to tell where a text asks for an element that it leaves out: "no drums, with drums"."""
    for phrase in phrases:
        text = text.replace(phrase, " . ")
    for match in _WITH.finditer(text):
        if _elements_in(match.group(1), _WHOLE_ELEMENTS) & absent:
            return f"the text also says '{match.group(0).strip()}', but '{phrases[0]}' wins"
    return ""


_BARE = r"\b(?:very (?:sparse|minimal)|bare(?:ly there| bones)|skeletal)\b"
_SPARSE = (
    r"\b(?:sparse\w*|minimal(?:ist|istic)?(?! (?:techno|house))|stripped[ -](?:back|down)|spacious|open space"
    r"|few notes)\b"
)
_FULL = r"\b(?:dense|busy|layered|lush|orchestral|full[ -]sounding|thick|complex)\b"
_FULLEST = r"\b(?:wall of sound|maximal\w*|very (?:dense|busy))\b"


def read_density(text: str) -> Extracted[float] | None:
    """Texture density, 0 to 1; the middle of "sparse, dense"."""
    rules: list[Rule[float]] = [
        (_BARE, lambda _: 0.12),
        (_SPARSE, lambda _: 0.25),
        (_FULLEST, lambda _: 0.92),
        (_FULL, lambda _: 0.8),
    ]
    return pulled_apart(text, lambda some: first_extracted(some, rules), lambda density: density > 0.5)


_PROCESSING_WORDS = {
    "lo-fi": r"lo-?fi|lo fi|dusty|crackl\w+|cassette|tape hiss",
    "vintage": r"vintage|retro|analogue|analog|old[ -]school",
    "aggressive": r"aggressive|distorted|gritty|crushed|overdriven",
    "warm": r"warm|warmth|cosy|cozy",
    "bright": r"bright|sparkling|shimmering|crisp|glossy|shiny",
    "dark": r"dark|muffled|murky|gloomy|brooding",
    "wide": r"wide|expansive|vast|huge|immersive|panoramic",
    "clean": r"clean|pristine|polished|crystal[ -]clear|transparent",
}


def read_processing(text: str) -> Extracted[str] | None:
    """The first processing style that a text names or paraphrases."""
    found = [
        (first_extracted(text, [(rf"\b(?:{words})\b", lambda _: True)]), name)
        for name, words in _PROCESSING_WORDS.items()
    ]
    hits = [
        (text.find(extracted.words.lower()), name, extracted.words)
        for extracted, name in found
        if extracted and name in PROCESSING_STYLES
    ]
    return Extracted(min(hits)[1], min(hits)[2]) if hits else None


_DRY = (
    (rf"{NO}(?:reverbs?|room(?: sound)?)\b(?! for)|\bbone[ -]dry\b", "reverb_db"),
    (rf"{NO}(?:echo(?:es)?|delays?)\b", "delay_db"),
)


def read_dry(text: str) -> Extracted[tuple[str, ...]] | None:
    """The sends that a text wants closed, as targets of `SoundTraits`: "no reverb" is none.

    Examples
    --------
    >>> read_dry("house, no reverb").value
    ('reverb_db',)
    """
    found = [(target, match.group(0)) for pattern, target in _DRY for match in re.finditer(pattern, text)]
    return Extracted(tuple(target for target, _ in found), ", ".join(words for _, words in found)) if found else None


_DRUM_WORDS = {
    r"kicks?|kick drums?|bass drums?": ("kick",),
    r"snares?|snare drums?": ("snare",),
    r"claps?|handclaps?": ("clap",),
    r"hats?|hi[ -]?hats?": ("closed_hat", "open_hat", "pedal_hat"),
    r"cymbals?": ("crash", "ride"),
    r"crash(?:es)?": ("crash",),
    r"rides?": ("ride",),
    r"toms?": ("low_tom", "mid_tom", "high_tom"),
    r"rims?|rim ?shots?|side ?sticks?": ("side_stick",),
}
_ONE_DRUM = "(?:" + "|".join(_DRUM_WORDS) + ")"
_WITHOUT_DRUM = re.compile(rf"{NO}({_ONE_DRUM}(?:(?:\s*,\s*|\s+(?:and|or)\s+)(?:no )?{_ONE_DRUM})*)\b")


def read_absent_drums(text: str) -> Extracted[tuple[str, ...]] | None:
    """Drums that a text leaves out, as roles.

    Examples
    --------
    >>> read_absent_drums("house, no kick and no claps").value
    ('kick', 'clap')
    """
    found = list(_WITHOUT_DRUM.finditer(text))
    listed = " , ".join(match.group(1) for match in found)
    roles = [role for words, roles in _DRUM_WORDS.items() if re.search(rf"\b(?:{words})\b", listed) for role in roles]
    return Extracted(tuple(roles), ", ".join(match.group(0) for match in found)) if roles else None


_VOCALS = (
    r"\b(?:(?:fe)?male |lead |rap )?(?:vocals|vocalist|singers?|sung|lyrics|rapping|a cappella)\b"
    r"(?!\s*(?:chops?|cuts?|samples?|like))"
)


def read_vocals(text: str) -> Extracted[bool] | None:
    """Whether a text asks for somebody who sings, which cannot be made."""
    return first_extracted(text, [(_VOCALS, lambda _: True)])
