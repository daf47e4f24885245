"""Styles: what a kind of music is asked for and what is plausible in it, read from `styles/*.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from workbench.domain.data_files import DataFolder
from workbench.domain.elements import ELEMENTS, USUAL_ELEMENTS, element_of, likeness
from workbench.domain.errors import ParameterError, unknown_name
from workbench.domain.plan import Groove, HarmonyTraits, PartTraits
from workbench.domain.plan_form import part_traits
from workbench.domain.request import PROCESSING_STYLES
from workbench.domain.song import DRUM_ROLES, FILL_KINDS, SECTION_NAMES
from workbench.domain.theory import SCALES, parse_pitch_class

MODEL_STYLES = (
    "rock", "pop", "funk", "jazz", "hiphop", "soul", "latin", "reggae", "dance", "house", "techno", "trance", "dnb",
    "ambient", "lofi", "rnb", "electronic", "folk", "country",
)  # fmt: skip
"""Style words that the networks were trained with."""

MAYBE = "?"
"""After an element that plays in a section of some songs of the style and not of others."""
Arrangement = Mapping[str, tuple[tuple[str, ...], ...]]

_STYLES = DataFolder("style", "workbench.concept", "styles")


@dataclass(frozen=True, slots=True)
class Style:
    """A kind of music as a set of priors.

    `aliases` are names of the style, `keywords` words that only hint at it (weight 0..1). Tempi are as felt.
    `modes` weighs the modes that are usual, `tonics` the usual tonics. `forms` are section orders that fit songs of
    different lengths; `section_bars` and `section_energy` (0..1) hold the usual length and intensity by section name.
    `arrangement` holds what plays in a section, one entry for each time that it comes (the last one stays); an element
    with a question mark plays in half of the songs.
    `patches` holds candidates by element, the most typical first. `built_on_loops`: a bar may repeat for
    long, since the pattern is the point. `pedals` names the degree on which the bass stays in a section. `grooves`
    holds by name what other drummers of the style play: patterns that replace some of the groove's own.
    """

    name: str
    title: str
    description: str
    aliases: tuple[str, ...]
    keywords: Mapping[str, float]
    model_style: str
    tempo_low_bpm: float
    tempo_typical_bpm: float
    tempo_high_bpm: float
    valence: float
    arousal: float
    modes: Mapping[str, float]
    tonics: tuple[str, ...]
    groove: Groove
    texture_density: float
    harmony: HarmonyTraits
    parts: Mapping[str, PartTraits]
    duration_seconds: float
    forms: tuple[tuple[str, ...], ...]
    section_bars: Mapping[str, int]
    section_energy: Mapping[str, float]
    arrangement: Arrangement
    processing_style: str
    mix_profile: str
    patches: Mapping[str, tuple[str, ...]]
    built_on_loops: bool = False
    pedals: Mapping[str, Literal["", "tonic", "dominant"]] = field(default_factory=dict)
    grooves: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def traits_of(self, element: str) -> PartTraits:
        """What is asked of an element, or of the one that it is like."""
        return next(self.parts[name] for name in likeness(element) if name in self.parts)

    def patches_of(self, element: str) -> tuple[str, ...]:
        """Patches for an element, the most typical first, else its own, else for the one that it is like."""
        own = element_of(element).patch if element not in self.patches else ""
        return (own,) if own else next(self.patches[name] for name in likeness(element) if name in self.patches)

    @property
    def spoken(self) -> str:
        """The title inside a sentence: lower case, but "UK garage" and "R&B" stay."""
        first = self.title.split()[0]
        return self.title if first.isupper() else self.title[0].lower() + self.title[1:]


@cache
def list_styles() -> tuple[str, ...]:
    """Names of all styles.

    Returns
    -------
    tuple of str
        Sorted.

    Examples
    --------
    >>> "lo-fi" in list_styles()
    True
    """
    return _STYLES.names()


def load_style(name: str) -> Style:
    """Read one style by name.

    Parameters
    ----------
    name : str
        A name of `list_styles`.

    Returns
    -------
    Style

    Raises
    ------
    ParameterError
        If there is no such style, or its file holds something that does not fit.

    Examples
    --------
    >>> load_style("techno").model_style
    'techno'
    """
    if not isinstance(name, str) or name not in list_styles():
        raise unknown_name("style", name, list_styles())
    return _load_style(name)


@cache
def _load_style(name: str) -> Style:
    return parse_style(name, _STYLES.read(name))


def parse_style(name: str, data: Any) -> Style:
    """Build a style from the values of its file.

    Raises
    ------
    ParameterError
        If a field is missing, unknown or outside its range; the message names style and field.
    """
    try:
        style = _build(name, data)
    except (KeyError, TypeError, ValueError) as error:
        what = f"field {error} is missing" if isinstance(error, KeyError) else str(error).replace("\n", " ")
        raise ParameterError(f"style {name}: {what}") from None
    for problem in _problems(style):
        raise ParameterError(f"style {name}: {problem}")
    return style


def _build(name: str, data: dict[str, Any]) -> Style:
    fields = dict(data)
    low, typical, high = (float(value) for value in fields.pop("tempo_bpm"))
    return Style(
        name=name,
        aliases=tuple(fields.pop("aliases")),
        keywords={str(word): float(weight) for word, weight in fields.pop("keywords").items()},
        tempo_low_bpm=low,
        tempo_typical_bpm=typical,
        tempo_high_bpm=high,
        tonics=tuple(fields.pop("tonics")),
        groove=_groove(fields.pop("groove")),
        harmony=HarmonyTraits(**fields.pop("harmony")),
        parts={element: part_traits(traits) for element, traits in fields.pop("parts").items()},
        forms=tuple(tuple(form) for form in fields.pop("forms")),
        arrangement={
            section: tuple(tuple(elements) for elements in takes)
            for section, takes in fields.pop("arrangement").items()
        },
        patches={element: tuple(names) for element, names in fields.pop("patches").items()},
        **fields,
    )


def _groove(data: dict[str, Any]) -> Groove:
    return Groove(**{**data, "fills": tuple(data.get("fills", Groove().fills))})


def _problems(style: Style) -> list[str]:
    """What does not fit in a style, in words."""
    found = [f"tonic {tonic!r}" for tonic in style.tonics if not _is_note(tonic)]
    found += [f"mode {mode!r}" for mode in style.modes if mode not in SCALES]
    found += [f"section {section!r}" for section in _sections(style) if section not in SECTION_NAMES]
    found += [f"section {section!r} has no length" for form in style.forms for section in form
              if section not in style.section_bars]  # fmt: skip
    found += [f"element {element!r}" for element in _elements(style) if element not in ELEMENTS]
    patterns = [
        (role, text)
        for patterns in (style.groove.patterns, *style.groove.sections.values(), *style.grooves.values())
        for role, text in patterns.items()
    ]
    found += [f"drum role {role!r}" for role, _ in patterns if role not in DRUM_ROLES]
    found += [f"pattern {text!r}" for _, text in patterns if len(text) != 16 or set(text) - set("Xxog.-")]
    found += [f"rhythm {traits.rhythm!r}" for traits in style.parts.values() if not _is_rhythm(traits.rhythm)]
    found += [f"fill {fill!r}" for fill in style.groove.fills if fill not in FILL_KINDS]
    checks = {
        "model_style": style.model_style in MODEL_STYLES,
        "tempo_bpm": 40 <= style.tempo_low_bpm <= style.tempo_typical_bpm <= style.tempo_high_bpm <= 240,
        "valence, arousal": abs(style.valence) <= 1 and abs(style.arousal) <= 1,
        "processing_style": style.processing_style in PROCESSING_STYLES,
        "parts": set(USUAL_ELEMENTS) <= set(style.parts),
        "patches": set(USUAL_ELEMENTS) <= set(style.patches) and all(style.patches.values()),
        "forms": bool(style.forms) and all(style.forms),
        "borrowed": all(0 <= share <= 1 for share in style.harmony.borrowed.values()),
        "pedals": set(style.pedals.values()) <= {"tonic", "dominant"},
        "passing": 0 <= style.harmony.passing <= 1,
        "rhythm beside figures": not any(traits.rhythm and traits.figures for traits in style.parts.values()),
        "swing_percent": 50 <= style.groove.swing_percent <= 75,
    }
    return [f"{what} is not known" for what in found] + [
        f"{field} does not fit" for field, fits in checks.items() if not fits
    ]


def _is_rhythm(text: str) -> bool:
    return not text or (len(text) == 16 and not set(text) - set("Xxog.-"))


def _is_note(text: str) -> bool:
    try:
        parse_pitch_class(text)
    except ParameterError:
        return False
    return True


def _sections(style: Style) -> set[str]:
    return {
        *style.section_bars,
        *style.section_energy,
        *style.arrangement,
        *style.pedals,
        *style.harmony.borrowed,
        *style.groove.sections,
        *(name for form in style.forms for name in form),
    }


def _elements(style: Style) -> set[str]:
    takes = (take for takes in style.arrangement.values() for take in takes)
    listed = (element.removesuffix(MAYBE) for take in takes for element in take)
    return {*style.parts, *style.patches, *listed}
