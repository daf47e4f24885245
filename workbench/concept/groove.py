"""The groove of a song: which one of the style, how it feels, and what the text says of its drummer."""

from __future__ import annotations

from dataclasses import replace

from workbench.concept.brief import Brief
from workbench.concept.decide import decided, quoted
from workbench.concept.playing_words import with_drumming
from workbench.concept.traits import adapt_groove, choose_groove
from workbench.domain.plan import Decision, Groove
from workbench.domain.theory import Metre

_LAID_BACK_MS = 8.0


def decide_groove(brief: Brief, metre: Metre, swing_percent: float, text: str) -> tuple[Groove, tuple[Decision, ...]]:
    """The groove, adapted to metre, swing and mood; `text` is the concept in English, where a groove may be named."""
    feel, without, drumming = brief.extracted.feel, brief.extracted.absent_drums, brief.extracted.drumming
    name = choose_groove(brief.style, text, brief.generator("groove"))
    groove = adapt_groove(
        brief.style,
        metre,
        swing_percent=swing_percent,
        feel=feel.value if feel else "",
        name=name,
        moves=brief.moves,
    )
    if _is_laid_back(brief):
        groove = replace(groove, late_ms=groove.late_ms + _LAID_BACK_MS)
    if without is not None:
        groove = replace(groove, without=without.value)
    if drumming is not None:
        groove = with_drumming(groove, drumming.value)
    return groove, (*_groove_decisions(brief, groove, name, text), *_drum_decisions(brief))


def _is_laid_back(brief: Brief) -> bool:
    return brief.extracted.pace is not None and "back" in brief.extracted.pace.words.lower()


def _groove_decisions(brief: Brief, groove: Groove, name: str, text: str) -> tuple[Decision, ...]:
    """Which groove, its feel, and what of the drummer moves."""
    feel, pace, moves = brief.extracted.feel, brief.extracted.pace, brief.moves
    style = f"usual for {brief.style.spoken}"
    late = f"{style}{moves.because('late')}"
    if pace is not None and _is_laid_back(brief):
        late += f"; the text says '{pace.words}'"
    named = bool(name) and name in text.lower()
    return (
        Decision(
            "groove",
            name or "the style's own",
            "text" if named else "style",
            "named" if named else "the seed chose it among those of the style",
        ),
        decided("feel", feel.value, "text", quoted(feel), feel.against)
        if feel
        else Decision("feel", "as usual", "style", style),
        Decision("backbeat_late", f"{groove.late_ms:g} ms", moves.source(["late"], "style"), late),
        Decision(
            "looseness",
            f"{groove.looseness:g}",
            moves.source(["looseness"], "style"),
            style + moves.because("looseness"),
        ),
        Decision(
            "pattern_adherence",
            f"{groove.adherence:g}",
            moves.source(["adherence"], "style"),
            style + moves.because("adherence"),
        ),
    )


def _drum_decisions(brief: Brief) -> tuple[Decision, ...]:
    asked = {"silent_drums": brief.extracted.absent_drums, "drumming": brief.extracted.drumming}
    return tuple(
        Decision(name, ", ".join(extracted.value), "text", quoted(extracted))
        for name, extracted in asked.items()
        if extracted is not None
    )
