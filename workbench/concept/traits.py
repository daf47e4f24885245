"""What is asked of the beat and of each part, once density, mood and metre are known."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from workbench.concept.moves import Moves
from workbench.concept.style import Style
from workbench.domain.elements import Kind, kind_of
from workbench.domain.plan import Groove, HarmonyTraits, PartTraits
from workbench.domain.theory import Metre

_MOST_TONES = 5
"""What a hand has fingers for."""
CHORD_SIZES: tuple[Literal["power", "triads", "sevenths", "ninths"], ...] = ("power", "triads", "sevenths", "ninths")
"""Sizes of chords, small to large."""

_STILL = Moves()
_PLACES: Mapping[Kind, tuple[int, int]] = {"melody": (-8, 4), "chords": (-4, 5)}
"""How many semitones lower and higher than usual the lead and the pads of a song may lie."""

_BACKBEAT_ROLES = ("snare", "clap")
_WALTZ = {"kick": "x-.-.-.-.-o-", "snare": "--.-x-.-x-.o", "clap": "----o---o---"}


def choose_groove(style: Style, text: str, rng: np.random.Generator) -> str:
    """Which of the style's grooves a song has: the one that its text names, else any; "" is the style's own."""
    named = [name for name in style.grooves if re.search(rf"\b{re.escape(name)}\b", text.lower())]
    known = ("", *style.grooves)
    return named[0] if named else known[int(rng.integers(len(known)))]


def adapt_groove(
    style: Style, metre: Metre, *, swing_percent: float, feel: str = "", name: str = "", moves: Moves = _STILL
) -> Groove:
    """A groove of the style with the swing decided, for a metre and a feel ("half-time", "double-time" or none).

    Half-time moves the backbeat to the third beat, double-time plays the pattern twice as fast. A pattern counts four
    characters a beat, so that a bar of 3/4 has twelve; 9/8 and 5/4 take those of 3/4, 7/8 and 7/4 those of 4/4.
    """
    usual = style.groove
    patterns = _in_metre({**usual.patterns, **style.grooves.get(name, {})}, metre, feel)
    return replace(
        usual,
        swing_percent=swing_percent,
        # A machine is on the beat, not ahead of it: no move takes a late style beyond zero.
        late_ms=round(max(min(0.0, usual.late_ms), usual.late_ms + moves.total("late")), 2),
        looseness=_unit(usual.looseness + moves.total("looseness")),
        adherence=_unit(usual.adherence + moves.total("adherence")),
        patterns=patterns,
        sections={section: _in_metre(changed, metre, feel) for section, changed in usual.sections.items()},
    )


def _in_metre(patterns: Mapping[str, str], metre: Metre, feel: str) -> dict[str, str]:
    if feel == "half-time":
        patterns = {role: _halved(text) if role in _BACKBEAT_ROLES else text for role, text in patterns.items()}
    elif feel == "double-time":
        patterns = {role: text[::2] * 2 for role, text in patterns.items()}
    if metre.is_triple:
        # A drum that never plays plays no waltz either.
        patterns = {
            role: _WALTZ.get(role, text[:12]) if text.strip("-") else text[:12] for role, text in patterns.items()
        }
    return dict(patterns)


def _halved(pattern: str) -> str:
    """Move the backbeat from steps 4 and 12 to step 8; a pattern without it stays.

    Examples
    --------
    >>> _halved("----x--.----x--.")
    '-------.x------.'
    """
    if pattern[4] not in "Xxo" or pattern[12] not in "Xxo":
        return pattern
    steps = list(pattern)
    steps[8], steps[4], steps[12] = pattern[4], "-", "-"
    return "".join(steps)


def adapt_parts(
    style: Style,
    palette: Sequence[str],
    *,
    texture_density: float,
    valence: float,
    arousal: float,
    moves: Moves = _STILL,
    rng: np.random.Generator | None = None,
) -> dict[str, PartTraits]:
    """Part traits by element: fuller textures mean more notes, excitement shorter and higher ones; moves add theirs.

    Larger chords are also played with more tones: in styles that have ninths already nothing else would be heard.

    With `rng` the song has voices of its own: its leads and pads lie some semitones lower or higher than usual.
    """
    fuller = texture_density - style.texture_density
    livelier = arousal - style.arousal
    places = {kind: int(rng.integers(low, high + 1)) for kind, (low, high) in _PLACES.items()} if rng else {}
    return {
        element: _adapted(style.traits_of(element), kind, fuller, livelier, valence, moves, places.get(kind, 0))
        for element in palette
        for kind in (kind_of(element),)
    }


def _adapted(
    traits: PartTraits, kind: Kind, fuller: float, livelier: float, valence: float, moves: Moves, place: int
) -> PartTraits:
    lift = max(-5, min(5, round(3.0 * livelier + 1.5 * valence))) + round(moves.total("register"))
    lift = (lift if kind == "melody" else 0) + place
    larger = max(0, round(moves.total("chord_size"))) if kind == "chords" else 0
    rests = 0.35 * fuller + moves.total("presence") if kind in ("chords", "melody") else 0.0
    return replace(
        traits,
        density=_unit(traits.density * 2.0 ** (1.6 * fuller + 0.35 * livelier + moves.total("notes")), low=0.03),
        presence=_unit(traits.presence + rests, low=0.2),
        sustain=_unit(traits.sustain - 0.2 * livelier + moves.total("sustain")),
        low_pitch=traits.low_pitch + lift,
        high_pitch=traits.high_pitch + lift,
        hand_tones=min(_MOST_TONES, traits.hand_tones + larger),
    )


def adapt_harmony(usual: HarmonyTraits, moves: Moves) -> HarmonyTraits:
    """The style's chords, larger or smaller, quicker or slower; a chord lasts half a bar to eight bars.

    Examples
    --------
    >>> from workbench.concept.moves import Move
    >>> adapt_harmony(HarmonyTraits(), Moves((Move("chord_size", 1.0, "stated", "complexity +1"),))).colour
    'sevenths'
    """
    step = CHORD_SIZES.index(usual.colour) + round(moves.total("chord_size"))
    lasts = usual.bars_per_chord / 2.0 ** round(moves.total("chord_pace"))
    return replace(
        usual,
        passing=_unit(usual.passing * usual.bars_per_chord / lasts),
        colour=CHORD_SIZES[max(0, min(len(CHORD_SIZES) - 1, step))],
        bars_per_chord=max(0.5, min(8.0, lasts)) if lasts != usual.bars_per_chord else lasts,
    )


def _unit(value: float, low: float = 0.0) -> float:
    return round(max(low, min(1.0, value)), 3)
