"""Other languages: words of music and mood in German, Spanish, French, Italian and Portuguese, put into English.

Only words of the list are replaced; names of styles are much the same everywhere. All readers behind this one read
English, so that what it can say, every language can.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from workbench.concept.mood import load_lexicon, load_table
from workbench.domain.data_files import read_shipped
from workbench.domain.key_names import keys_in_english

_LEAST_WORDS = 2
_ENGLISH = re.compile(r"\b(?:the|with|and|for|of|from|like|that|without|but|this|about|into)\b", re.IGNORECASE)
_KEY = re.compile(r"\b[A-Ga-g][#b]? ?(?:major|minor|dorian|phrygian|lydian|mixolydian|locrian)\b")
_ELEMENT = r"(?=(?:pads?|leads?|bass|drums?|percussion|beats?|synths?)\b)"
_WITHOUT = re.compile(rf"\b(?:ohne|sin|sans|senza|sem)\s+{_ELEMENT}", re.IGNORECASE)
_ONLY = re.compile(rf"\b(?:nur|solo|sólo|soltanto|seulement|apenas)\s+{_ELEMENT}", re.IGNORECASE)
"""Elements have English names everywhere, so that no other word may tell the language."""

_COMPOUND = re.compile(r"\b(\w{3,}?)(musik|song|lied|stück|beat|track|rock|pop|ballade)(?=s?\b)", re.IGNORECASE)
"""German writes "Punkrock" and "Technobeat" as one word."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A text in English, and the language that it came from (None for English)."""

    text: str
    language: str | None = None


def read_in_english(text: str) -> Reading:
    """Replace the known words of the language that a text is written in, and keys in any of them.

    Examples
    --------
    >>> read_in_english("trauriger Techno ohne Schlagzeug, a-Moll")
    Reading(text='sad Techno without drums, A minor', language='German')
    >>> read_in_english("techno without drums").language is None
    True
    """
    text = keys_in_english(unicodedata.normalize("NFC", text))
    text = _ONLY.sub("only ", _WITHOUT.sub("without ", text))
    plain = without_accents(text)
    language = _language(plain)
    if language is None:
        return Reading(text)
    if language == "German":
        text = _COMPOUND.sub(r"\1 \2", text)
        plain = without_accents(text)
    words = _words()[language]
    # The tonic of "A minor" is a word in some languages.
    keys = [match.span() for match in _KEY.finditer(plain)]
    parts: list[str] = []
    end = 0
    for match in words.pattern.finditer(plain):
        if any(start <= match.start() < stop for start, stop in keys):
            continue
        parts += [text[end : match.start()], words.english(match.group(0).lower())]
        end = match.end()
    return Reading("".join([*parts, text[end:]]), language)


def without_accents(text: str) -> str:
    """The same text, letter by letter, without accents; its length stays.

    Examples
    --------
    >>> without_accents("été à Köln")
    'ete a Koln'
    """
    return "".join(unicodedata.normalize("NFD", letter)[0] for letter in text)


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of one language: exact forms, stems, and which of them are grammar."""

    forms: Mapping[str, str]
    stems: Mapping[str, str]
    grammar: frozenset[str]
    pattern: re.Pattern[str]

    def english(self, word: str) -> str:
        word = " ".join(word.split())
        if word in self.forms:
            return self.forms[word]
        return self.stems[next(stem for stem in self.stems if word.startswith(stem))]


def _language(plain: str) -> str | None:
    """The language with the most known words, if there are enough of them and more than English ones."""
    english = len(_ENGLISH.findall(plain))
    best, most = None, float(english)
    for name, words in _words().items():
        found = {match.group(0).lower() for match in words.pattern.finditer(plain)}
        telling = found - words.grammar - _english()
        score = len(telling) + sum(_weight(word) for word in found & words.grammar)
        if telling and (score >= _LEAST_WORDS or not english) and score > most:
            best, most = name, score
    return best


def _weight(word: str) -> float:
    """How much a word of grammar tells: letters are everywhere, and some words are English too."""
    return 0.1 if len(word) == 1 else 0.3 if word in _english() else 0.6


@cache
def _english() -> frozenset[str]:
    """Words that English has too: they prove nothing."""
    return frozenset({*load_table(), *load_lexicon(), *read_shipped("workbench.concept", "languages.yaml")["english"]})


@cache
def _words() -> Mapping[str, _Words]:
    data = read_shipped("workbench.concept", "languages.yaml")
    return {
        language: _build(list(_cells(data["grammar"], column)), list(_cells(data["words"], column)))
        for column, language in enumerate(data["languages"], start=1)
    }


def _cells(rows: list[list[str | None]], column: int) -> Iterator[tuple[str, str]]:
    for row in rows:
        for form in str(row[column] or "").split("/"):
            plain = without_accents(form.strip().lower())
            if plain:
                yield plain, str(row[0])


def _build(grammar: list[tuple[str, str]], words: list[tuple[str, str]]) -> _Words:
    pairs = [*reversed(grammar), *reversed(words)]
    forms = {form: english for form, english in pairs if not form.endswith("*")}
    stems = {form[:-1]: english for form, english in pairs if form.endswith("*")}
    longest = sorted(stems, key=lambda stem: (-len(stem), stem))
    ordered = sorted([*forms, *(f"{stem}*" for stem in stems)], key=lambda form: (-len(form), form))
    alternatives = [re.escape(form).replace(r"\*", r"\w*").replace(r"\ ", r"\s+") for form in ordered]
    pattern = re.compile(rf"(?<![\w'&-])(?:{'|'.join(alternatives)})(?![\w&]|-\w)", re.IGNORECASE)
    return _Words(forms, {stem: stems[stem] for stem in longest}, frozenset(form for form, _ in grammar), pattern)
