"""Known words and phrases found in free text, with what stands around them: negation, intensity, position."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_NEGATION = re.compile(
    r"(?:\b(?:no|not|never|without|nor|isn't|ain't|anything but|rather than|instead of|less|avoid|nothing)"
    r"(?:\s+(?:a|an|any|the|too|so|very|at all|really|overly|anything|particularly|like))*)\s*$"
)
_STRONGER = re.compile(r"\b(?:very|extremely|really|so|deeply|utterly|intensely|incredibly|super|totally)\s*$")
_WEAKER = re.compile(
    r"\b(?:slightly|somewhat|a bit|a little|mildly|gently|faintly|quietly|almost|touch of|hint of|dash of)\s*$"
)


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found at characters `start` to `end` of the normalised text; `strength` is 1 unless words bend it."""

    phrase: str
    start: int
    end: int
    negated: bool
    strength: float


def normalise(text: str) -> str:
    """Lower case, hyphens, underscores and line breaks as spaces, typographic apostrophes as plain ones.

    Examples
    --------
    >>> normalise("Lo-Fi  Hip_Hop")
    'lo fi hip hop'
    """
    text = text.lower().replace("\u2019", "'").replace("\u2010", "-").replace("\u2011", "-")
    return re.sub(r"[\s_\-\u2013]+", " ", text).strip()


def compile_phrases(phrases: Iterable[str]) -> re.Pattern[str]:
    """A pattern that finds the longest of several phrases as whole words, a plural s allowed."""
    ordered = sorted({normalise(phrase) for phrase in phrases}, key=lambda phrase: (-len(phrase), phrase))
    return re.compile(r"(?<![\w&'])(" + "|".join(map(re.escape, ordered)) + r")(?:s)?(?![\w&])")


def find_phrases(text: str, pattern: re.Pattern[str]) -> tuple[Hit, ...]:
    """Every phrase of `pattern` in a normalised text, left to right.

    Examples
    --------
    >>> [(hit.phrase, hit.negated) for hit in find_phrases("not sad, very calm", compile_phrases(["sad", "calm"]))]
    [('sad', True), ('calm', False)]
    """
    return tuple(_hit(text, match) for match in pattern.finditer(text))


def _hit(text: str, match: re.Match[str]) -> Hit:
    before = text[max(0, match.start() - 40) : match.start()]
    clause = re.split(r"[,.;:!?]", before)[-1]
    strength = 1.4 if _STRONGER.search(clause) else 0.6 if _WEAKER.search(clause) else 1.0
    return Hit(match.group(1), match.start(), match.end(), _NEGATION.search(clause) is not None, strength)


def join_words(words: Sequence[str]) -> str:
    """Words as a list in a sentence.

    Examples
    --------
    >>> join_words(["calm", "warm", "slow"])
    'calm, warm and slow'
    """
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""
