"""Which style a text speaks of: by name first, by hints next, then by words near to them, last by mood."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from workbench.concept.mood import Mood
from workbench.concept.neighbours import nearest_style
from workbench.concept.phrases import Hit, compile_phrases, find_phrases, join_words, normalise
from workbench.concept.style import list_styles, load_style
from workbench.domain.data_files import read_shipped
from workbench.domain.plan import Source

_EVERYDAY = frozenset({
    "banda", "blues", "boogie", "country", "disco", "drill", "drone", "electro", "emo", "folk", "funk", "fusion",
    "garage", "glitch", "gospel", "grunge", "hardcore", "house", "hymn", "industrial", "jerk", "juke", "jungle",
    "latin", "lounge", "march", "metal", "minimal", "noise", "opera", "pop", "punk", "rage", "rave", "rock",
    "soul", "trap", "tribal",
})  # fmt: skip
"""Style names that are everyday words too: they need a musical neighbour after an article or adjective."""
_POINTING = re.compile(
    r"(?:\b(?:the|my|your|our|his|her|their|this|that|a|an|old|empty|haunted|abandoned|burning|tourist|rain|concrete"
    r"|parking|rusty|scrap|lost|tired|every|in)|\w's)\s+$"
)
_MUSICAL = re.compile(
    r"^\s+(?:music|beats?|tracks?|tunes?|songs?|grooves?|anthems?|bangers?|drums?|bass\w*|rhythms?|ballads?|riffs?|"
    r"bands?|jams?|numbers?|instrumentals?|loops?|vibes?|feel|style|hit|set|mix|production|record|pop|rock|hop|music)\b"
)
_TOUCH_BEFORE = re.compile(
    r"(?:(?:touch|hint|dash|shade|element|trace|bit|flavou?r|influence)s?\s+(?:of|from)"
    r"|(?:inspired|influenced|coloured) by)(?:\s+(?:the|some))?\s*$"
)
_TOUCH_AFTER = re.compile(
    r"^\s*(?:inspired|influenced|tinged|inflected|elements|touches|undertones|influences?)\b(?!\s+(?:by|from))"
)
_ENOUGH_HINTS = 0.3
_ENOUGH_MOOD = 0.6


@dataclass(frozen=True, slots=True)
class StyleMatch:
    """The style chosen, where it came from and why; `others` are further styles that the text names.

    `named` tells whether the text calls the style by a name, and does not only hint at it. `words` are those of the
    text that no list of styles holds, and that still led to it.
    """

    name: str
    source: Source
    reason: str
    others: tuple[str, ...] = ()
    named: bool = False
    words: tuple[str, ...] = ()


def match_style(concept: str, mood_text: str | None, mood: Mood) -> StyleMatch:
    """Choose a style for a concept and a mood.

    Examples
    --------
    >>> from workbench.concept.mood import read_mood
    >>> match_style("lo-fi house for a rooftop", None, read_mood("")).name
    'house'
    """
    text, extra = normalise(concept), normalise(mood_text or "")
    names, extracted = _named(_without_kin(text))
    if not names:
        names, extracted = _named(_without_kin(extra))
    hints, words = _hinted(f"{text} . {extra}")
    kin = None if names else _kin(text) or _kin(extra)
    if names:
        scores = {name: score + 0.25 * min(1.0, hints.get(name, 0.0)) for name, score in names.items()}
        best = _best(scores)
        others = tuple(sorted((name for name in names if name != best), key=lambda name: -scores[name]))
        return StyleMatch(best, "text", f"the text says '{extracted[best]}'", others, named=True)
    if kin:
        word, style = kin
        reason = f"'{word}' is not known, and is read as its nearest kin {load_style(style).spoken}"
        return StyleMatch(style, "text", reason, named=True, words=(word,))
    if hints and max(hints.values()) >= _ENOUGH_HINTS:
        best = _best(hints)
        return StyleMatch(best, "text", f"hinted at by {join_words([repr(word) for word in words[best]])}")
    neighbour = nearest_style(f"{text} . {extra}")
    if neighbour:
        near = f"no style is named; '{neighbour.word}' is near to '{neighbour.keyword}'"
        return StyleMatch(neighbour.style, "text", near, words=(neighbour.word,))
    if mood.weight >= _ENOUGH_MOOD:
        return StyleMatch(_nearest(mood), "mood", f"no style is named; it is nearest to the mood {mood.describe()}")
    return StyleMatch("pop", "default", "neither the text nor the mood names a style")


def _best(scores: Mapping[str, float]) -> str:
    return min(scores, key=lambda name: (-scores[name], name))


def _named(text: str) -> tuple[dict[str, float], dict[str, str]]:
    """Scores of styles that are named and the words that name them: the head of a compound counts most."""
    aliases = _aliases()
    hits = [hit for hit in find_phrases(text, alias_pattern()) if not hit.negated and _is_music(text, hit)]
    scores: dict[str, float] = defaultdict(float)
    extracted: dict[str, str] = {}
    for index, hit in enumerate(hits):
        follower = hits[index + 1] if index + 1 < len(hits) else None
        is_modifier = follower is not None and not text[hit.end : follower.start].strip()
        score = 1.0 + 0.15 * hit.phrase.count(" ") - 0.1 * min(index, 5) - (0.5 if is_modifier else 0.0)
        before, after = text[max(0, hit.start - 30) : hit.start], text[hit.end : hit.end + 20]
        if _TOUCH_BEFORE.search(before) or _TOUCH_AFTER.search(after):
            score *= 0.4
        name = aliases[hit.phrase]
        scores[name] = max(scores[name], score) + (0.1 if name in extracted else 0.0)
        extracted.setdefault(name, hit.phrase)
    return dict(scores), extracted


def _is_music(text: str, hit: Hit) -> bool:
    if hit.phrase not in _EVERYDAY:
        return True
    pointed = _POINTING.search(text[max(0, hit.start - 20) : hit.start]) is not None
    return not pointed or _MUSICAL.search(text[hit.end : hit.end + 20]) is not None


def _without_kin(text: str) -> str:
    """A text in which "witch house" is no house: kinds of several words are blanked, letter by letter."""
    for hit in find_phrases(text, _kin_pattern()):
        if " " in hit.phrase and hit.phrase not in _aliases():
            text = text[: hit.start] + "_" * (hit.end - hit.start) + text[hit.end :]
    return text


def _kin(text: str) -> tuple[str, str] | None:
    """The first kind of music in a text that is not known itself, and the style nearest to it."""
    hits = [hit for hit in find_phrases(text, _kin_pattern()) if not hit.negated and _is_music(text, hit)]
    return (hits[0].phrase, _kin_table()[hits[0].phrase]) if hits else None


def _hinted(text: str) -> tuple[dict[str, float], dict[str, list[str]]]:
    scores: dict[str, float] = defaultdict(float)
    words: dict[str, list[str]] = defaultdict(list)
    for hit in find_phrases(text, keyword_pattern()):
        for name, weight in _keywords()[hit.phrase].items():
            if hit.phrase not in words[name]:
                scores[name] += -weight if hit.negated else weight
                words[name].append(hit.phrase)
    return dict(scores), words


def _nearest(mood: Mood) -> str:
    def distance(name: str) -> float:
        style = load_style(name)
        return (style.valence - mood.valence) ** 2 + (style.arousal - mood.arousal) ** 2

    return min(list_styles(), key=lambda name: (distance(name), name))


@cache
def _aliases() -> Mapping[str, str]:
    return {normalise(alias): name for name in list_styles() for alias in load_style(name).aliases}


def style_called(alias: str) -> str:
    """The style that a name, as `alias_pattern` finds it, stands for."""
    return _aliases()[alias]


@cache
def alias_pattern() -> re.Pattern[str]:
    """Finds the names of styles."""
    return compile_phrases(_aliases())


@cache
def _kin_table() -> Mapping[str, str]:
    table = read_shipped("workbench.concept", "kin.yaml")
    return {normalise(str(word)): style for style, words in table.items() for word in words}


@cache
def _kin_pattern() -> re.Pattern[str]:
    return compile_phrases(_kin_table())


@cache
def _keywords() -> Mapping[str, Mapping[str, float]]:
    table: dict[str, dict[str, float]] = defaultdict(dict)
    for name in list_styles():
        for word, weight in load_style(name).keywords.items():
            table[normalise(word)][name] = weight
    return dict(table)


def styles_hinted_at(keyword: str) -> tuple[str, ...]:
    """The styles that a keyword, as `keyword_pattern` finds it, speaks for."""
    return tuple(_keywords()[keyword])


@cache
def keyword_pattern() -> re.Pattern[str]:
    """Finds words that hint at styles."""
    return compile_phrases(_keywords())
