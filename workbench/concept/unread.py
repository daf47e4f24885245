"""Words of a text that nothing reads, so that nobody waits for a tuba that never comes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import fields
from functools import cache

from workbench.concept.extraction import Extracted
from workbench.concept.instruments import instrument_pattern
from workbench.concept.mood import Mood, lexicon_pattern
from workbench.concept.moves import Move
from workbench.concept.phrases import Hit, find_phrases, join_words, normalise
from workbench.concept.statements import Statements
from workbench.concept.style_match import StyleMatch, alias_pattern, keyword_pattern, styles_hinted_at
from workbench.domain.data_files import read_shipped
from workbench.domain.plan import Decision

NOT_USED = "not_used"
"""The decision that lists what was not used."""

_DENIED = re.compile(r"\b(?:no|not|without|never|avoid)(?: any| a| the)?\s+$", re.IGNORECASE)
_FILLER_TEXT = """
a about after all also an and any are around as at b back be been beat before being bit but by can come could create
do each element elements else every feel feeling feels feature features featuring for from full generate get give go
good great had has have having her his how i if in instrumental into is it its just kind less let like little lot made
make makes making many me more most much music musical must my near new nice no not now of off on one only or original
other our out over own part parts piece play played playing plays please produce put quite really right say section
sections should so some something somewhat song songs sort sound sounding sounds style such than that the their them
then there these they thing this through to too track tracks tune under up use uses using version very vibe vibes want
was way we well were what when where which who whole will with without work write you your
bass beats chord chords drum drums drumming key lead leads major melody melodies minor pad pads percussion tempo
"""
_FILLERS = frozenset(_FILLER_TEXT.split())
"""Words of grammar, of asking, and of what every song has anyway."""

_TOKEN = re.compile(r"[\w#&']+|[^\w\s]")


def without_unmade(text: str) -> tuple[str, tuple[str, ...]]:
    """A text without what nothing here can make, and the words that ask for it.

    Examples
    --------
    >>> without_unmade("pop with flams and a fade-in, no risers")
    ('pop with   and a  , no  ', ('flams', 'fade-in'))
    """
    asked: list[str] = []

    def take(match: re.Match[str]) -> str:
        if not _DENIED.search(text[: match.start()]):
            asked.append(match.group(0))
        return " "

    return _unmade_pattern().sub(take, text), tuple(dict.fromkeys(asked))


@cache
def _unmade_pattern() -> re.Pattern[str]:
    phrases = sorted(
        (phrase for row in read_shipped("workbench.concept", "unmade.yaml") for phrase in row), key=len, reverse=True
    )
    spelled = "|".join(re.escape(phrase).replace(r"\ ", r"[\s-]+") for phrase in phrases)
    return re.compile(rf"\b(?:{spelled})s?\b", re.IGNORECASE)


def unread_words(
    text: str, extracted: Statements, match: StyleMatch, mood: Mood, moves: Iterable[Move]
) -> tuple[str, ...]:
    """What is left of a text (in English) when everything that was read is taken out, in its order.

    Examples
    --------
    >>> from workbench.concept.mood import read_mood
    >>> from workbench.concept.statements import read_statements
    >>> from workbench.concept.style_match import match_style
    >>> text = "house with tuba and polka, 2 minutes"
    >>> unread_words(text, read_statements(text), match_style(text, None, read_mood(text)), read_mood(text), ())
    ('tuba', 'polka')
    """
    plain = normalise(text)
    read = bytearray(len(plain))
    for start, end in [*_read_spans(plain, _phrases(extracted, match, mood, moves)), *_idioms(plain, match.name)]:
        read[start:end] = b"\1" * (end - start)
    return tuple(dict.fromkeys(_left_over(plain, read)))


def unread_decisions(unmade: tuple[str, ...], unknown: tuple[str, ...]) -> tuple[Decision, ...]:
    """The decision that lists what a text asks for and does not get; none if there is nothing."""
    reasons = [f"{join_words(unmade)} cannot be made here"] if unmade else []
    reasons += [f"nothing here knows {join_words(unknown)}"] if unknown else []
    if not reasons:
        return ()
    return (Decision(NOT_USED, ", ".join([*unmade, *unknown]), "default", "; ".join(reasons)),)


def _phrases(extracted: Statements, match: StyleMatch, mood: Mood, moves: Iterable[Move]) -> Iterator[str]:
    """The words that statements, style, mood and comparatives stand on."""
    for field in fields(extracted):
        value = getattr(extracted, field.name)
        if isinstance(value, Extracted):
            yield value.words
            yield from value.words.split(", ")
    yield from match.words
    yield from (word.removeprefix("not ") for word in mood.words)
    yield from (move.cause.strip("'") for move in moves)


def _read_spans(plain: str, phrases: Iterable[str]) -> Iterator[tuple[int, int]]:
    for phrase in {normalise(phrase) for phrase in phrases} - {""}:
        for found in re.finditer(rf"(?<!\w){re.escape(phrase)}(?!\w)", plain):
            yield found.span()
    for pattern in (alias_pattern(), lexicon_pattern(), instrument_pattern()):
        yield from (_span(plain, hit) for hit in find_phrases(plain, pattern))


def _idioms(plain: str, style: str) -> Iterator[tuple[int, int]]:
    """What hints at the style that was chosen is what that style does."""
    hits = find_phrases(plain, keyword_pattern())
    yield from (_span(plain, hit) for hit in hits if style in styles_hinted_at(hit.phrase))


def _span(plain: str, hit: Hit) -> tuple[int, int]:
    return hit.start, hit.end + plain.startswith("s", hit.end)


def _left_over(plain: str, read: bytearray) -> Iterator[str]:
    """Neighbouring words that were not read, without fillers at either end and parted at "and"."""
    run: list[str] = []
    for match in [*_TOKEN.finditer(plain), None]:
        word = match.group(0) if match else ""
        joins = (
            match is not None and (word[0].isalnum() or word[0] == "#") and not any(read[match.start() : match.end()])
        )
        if joins and word not in ("and", "or", "with", "but", "no", "without"):
            run.append(word)
            continue
        phrase = _trimmed(run)
        if phrase:
            yield phrase
        run = []


def _trimmed(run: list[str]) -> str:
    words = list(run)
    while words and words[0] in _FILLERS:
        words.pop(0)
    while words and words[-1] in _FILLERS:
        words.pop()
    return " ".join(words)
