"""Drum patterns as text: for half-time and double-time, for compound metres, for calmer and fuller sections."""

from __future__ import annotations

from collections.abc import Mapping

from workbench.domain.plan import Feel

_STRETCHED = ("kick", "snare", "clap", "side_stick")
_HATS = ("closed_hat", "ride", "pedal_hat")
_TIMEKEEPERS = (*_HATS, "percussion")
_FIRST_LAYER = ("kick", "snare", "side_stick", "closed_hat")
_ORDER = "-.goxX"
_TRIPLE = 12
"""Characters of a bar of three beats."""
_CALMER = {"x": "o", "o": ".", "g": ".", ".": "-"}
"""What becomes of a character where fewer layers play; what is certain or never stays so."""


def in_feel(patterns: Mapping[str, str], feel: Feel) -> dict[str, str]:
    """Patterns (16 or 12 characters a bar) whose backbeat goes at half or at twice the pace.

    Half-time stretches kick and backbeat over two bars' time, of which the first half is played; the hats go on.

    Examples
    --------
    >>> in_feel({"snare": "----x-------x---", "closed_hat": "x.x.x.x.x.x.x.x."}, "half-time")["snare"]
    '--------x-------'
    >>> in_feel({"snare": "----x-------x---"}, "double-time")["snare"]
    '--x---x---x---x-'
    """
    if feel == "half-time":
        return {role: _stretched(text) if role in _STRETCHED else text for role, text in patterns.items()}
    if feel == "double-time":
        return {role: text[::2] * 2 for role, text in patterns.items()}
    return dict(patterns)


def _stretched(pattern: str) -> str:
    half = pattern[: len(pattern) // 2]
    return "".join(character + "-" for character in half)


def compound_patterns(patterns: Mapping[str, str]) -> dict[str, str]:
    """Patterns of four 16ths a beat as three eighths to each dotted quarter, in a bar of four (9/8: of three).

    What stands on the beat stays; the off-beat comes on the third eighth, as in a shuffle. Hats play every eighth.

    Examples
    --------
    >>> compound_patterns({"kick": "x-.---.ox-o---o.", "closed_hat": "x.x.x.x.x.x.x.x."})
    {'kick': 'x-.--ox-o--o', 'closed_hat': 'xoxxoxxoxxox'}
    """
    result = {}
    for role, text in patterns.items():
        whole = text if len(text) == _TRIPLE else (text * 2)[:16]
        beats = [whole[start : start + 4] for start in range(0, len(whole), 4)]
        result[role] = "".join(beat[0] + "-" + max(beat[2:], key=_ORDER.index) for beat in beats)
        if role in _HATS and text[0] in "Xxo":
            result[role] = "".join(beat[0] + "o" + _raised(max(beat[2:], key=_ORDER.index)) for beat in beats)
    return result


def layered(patterns: Mapping[str, str], level: int) -> dict[str, str]:
    """The pattern of a calm (0), middle (1) or full (2) section: fuller ones have more layers.

    Examples
    --------
    >>> layered({"kick": "x---", "open_hat": "--x-"}, 1)["open_hat"]
    '--o-'
    """
    if level >= 2:
        return dict(patterns)
    # Who keeps time on the ride does it in calm sections too.
    rides = not patterns.get("closed_hat", "").strip("-") and bool(set(patterns.get("ride", "")) & set("Xx"))
    backed = any(set(patterns.get(role, "")) & set("Xx") for role in ("snare", "side_stick"))
    result = {}
    for role, text in patterns.items():
        first = role in _FIRST_LAYER or (role == "ride" and rides) or (role == "clap" and not backed)
        steps = 0 if first else 2 - level
        steps += role in _TIMEKEEPERS and level == 0
        result[role] = "".join(_lowered(character, steps) for character in text)
    return result


def _lowered(character: str, steps: int) -> str:
    for _ in range(steps):
        character = _CALMER.get(character, character)
    return character


def _raised(character: str) -> str:
    return {"-": ".", ".": "o", "g": "o", "o": "x"}.get(character, character)
