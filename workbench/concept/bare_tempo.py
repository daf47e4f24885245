"""A tempo that a text gives as a mere number: "techno 130", "bossa nova at 140", "140 dubstep"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workbench.concept.extraction import Extracted
from workbench.concept.phrases import Hit, find_phrases, normalise
from workbench.concept.style import load_style
from workbench.concept.style_match import alias_pattern, style_called

_PLAIN = r"(\d{2,3}(?:[.,]\d+)?)"
_END = r"(?=\s*(?:$|[,;)|]|\.(?!\d)|(?:in|with|and|but|for)\b))"
_AT = re.compile(rf"(?<![\w.])at {_PLAIN}(?: {_PLAIN})?{_END}")
_AFTER = re.compile(rf"^\s+{_PLAIN}(?: {_PLAIN})?{_END}")
_BEFORE = re.compile(r"(?:^|[,;(|]\s*)(\d{3})\s+$")
_A_MOMENT = re.compile(
    r"\b(?:drop|build|enter|start|begin|end|com|break|fad|stop|change|switch|kick|cut|sample|record|listen|filter)\w*"
    r"(?: \w+){0,2} $"
)
_LIMITS_BPM = (40.0, 240.0)
_NEAR = 0.3
"""How far beyond a style's own range, as a share of it, a number behind its name is still a tempo."""


def read_bare_tempo(text: str) -> Extracted[float] | None:
    """Tempo in BPM of a number without a unit, "at" one, or beside the name of a style that it suits.

    Years, drum machines ("808 trap") and numbers of something else ("house 3", "drop at 64") are none.

    Examples
    --------
    >>> [
    ...     found and found.value
    ...     for found in map(read_bare_tempo, ("techno 130", "bossa at 140", "140 dubstep", "pop 9"))
    ... ]
    [130.0, 140.0, 140.0, None]
    """
    plain = normalise(text)
    for words, low, high in [*_stated(plain), *_beside_styles(plain)]:
        tempo_bpm = sum(_number(one) for one in (low, high or low)) / 2.0
        if _LIMITS_BPM[0] <= tempo_bpm <= _LIMITS_BPM[1]:
            return Extracted(tempo_bpm, words)
    return None


def _stated(plain: str) -> Iterator[tuple[str, str, str | None]]:
    for match in _AT.finditer(plain):
        if not _A_MOMENT.search(plain[: match.start()]):
            yield match[0], match[1], match[2]


def _beside_styles(plain: str) -> Iterator[tuple[str, str, str | None]]:
    for hit in find_phrases(plain, alias_pattern()):
        after, before = _AFTER.search(plain[hit.end :]), _BEFORE.search(plain[: hit.start])
        if after and _suits(hit, _number(after[1])):
            yield after[0].strip(), after[1], after[2]
        elif before and _suits(hit, _number(before[1])):
            yield before[1], before[1], None


def _suits(hit: Hit, tempo_bpm: float) -> bool:
    style = load_style(style_called(hit.phrase))
    return style.tempo_low_bpm * (1.0 - _NEAR) <= tempo_bpm <= style.tempo_high_bpm * (1.0 + _NEAR)


def _number(figures: str) -> float:
    return float(figures.replace(",", "."))
