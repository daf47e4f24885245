"""What is asked of the beat and of each part, once density, mood and metre are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from workbench.concept.style import Style
from workbench.domain.plan import Groove, PartTraits
from workbench.domain.theory import Metre

_BACKBEAT_ROLES = ("snare", "clap")
_WALTZ = {"kick": "x-.-.-.-.-o-", "snare": "--.-x-.-x-.o", "clap": "----o---o---"}


def adapt_groove(
    style: Style, metre: Metre, *, swing_percent: float, half_time: bool = False, laid_back: bool = False
) -> Groove:
    """The style's groove with the swing decided, for a metre; half-time moves the backbeat to the third beat.

    A pattern counts four characters a beat, so that a bar of 3/4 has twelve. Laid-back playing lies 8 ms later.
    """
    patterns = dict(style.groove.patterns)
    if half_time:
        patterns = {role: _halved(text) if role in _BACKBEAT_ROLES else text for role, text in patterns.items()}
    if metre.bar_beats == 3.0 and not metre.is_compound:
        patterns = {role: _WALTZ.get(role, text[:12]) for role, text in patterns.items()}
    late_ms = style.groove.late_ms + (8.0 if laid_back else 0.0)
    return replace(style.groove, swing_percent=swing_percent, late_ms=late_ms, patterns=patterns)


def _halved(pattern: str) -> str:
    """Move the backbeat from steps 4 and 12 to step 8; a pattern without it stays.

    Examples
    --------
    >>> _halved("----x--.----x--.")
    '-------.x------.'
    """
    if pattern[4] not in "xo" or pattern[12] not in "xo":
        return pattern
    steps = list(pattern)
    steps[8], steps[4], steps[12] = pattern[4], "-", "-"
    return "".join(steps)


def adapt_parts(
    style: Style, palette: Sequence[str], *, texture_density: float, valence: float, arousal: float
) -> dict[str, PartTraits]:
    """Part traits by element: fuller textures mean more notes, excitement shorter and higher ones."""
    fuller = texture_density - style.texture_density
    livelier = arousal - style.arousal
    return {element: _adapted(style.parts[element], element, fuller, livelier, valence) for element in palette}


def _adapted(traits: PartTraits, element: str, fuller: float, livelier: float, valence: float) -> PartTraits:
    lift = round(3.0 * livelier + 1.5 * valence) if element == "leads" else 0
    lift = max(-5, min(5, lift))
    rests = 0.35 * fuller if element in ("pads", "leads") else 0.0
    return replace(
        traits,
        density=_unit(traits.density * 2.0 ** (1.6 * fuller + 0.35 * livelier), low=0.03),
        presence=_unit(traits.presence + rests, low=0.2),
        sustain=_unit(traits.sustain - 0.2 * livelier),
        low_pitch=traits.low_pitch + lift,
        high_pitch=traits.high_pitch + lift,
    )


def _unit(value: float, low: float = 0.0) -> float:
    return round(max(low, min(1.0, value)), 3)
