"""From a request to the brief: language, comparatives, statements, preset and template, style and mood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from workbench.concept.brief import Brief
from workbench.concept.comparatives import read_comparatives
from workbench.concept.decide import decided
from workbench.concept.desk_words import read_desk
from workbench.concept.languages import Reading, read_in_english
from workbench.concept.macros import macro_moves
from workbench.concept.mood import read_mood
from workbench.concept.moves import Move, Moves
from workbench.concept.playing_words import with_sizes, without_playing
from workbench.concept.reference_moves import reference_moves
from workbench.concept.section_details import with_said_bars
from workbench.concept.starters import complete
from workbench.concept.statements import Statements, read_statements
from workbench.concept.style import Style, load_style
from workbench.concept.style_match import StyleMatch, match_style
from workbench.concept.unread import unread_decisions, unread_words, without_unmade
from workbench.domain.plan import Decision, Source
from workbench.domain.request import GenerationRequest

if TYPE_CHECKING:
    from workbench.analysis.references import ReferenceProfile

_OWN_MOOD = 1.0
"""From this weight on the concept tells a mood of its own, so that a preset adds none."""


def read_brief(
    request: GenerationRequest, references: Sequence[ReferenceProfile]
) -> tuple[Brief, tuple[Decision, ...]]:
    """Everything that the decisions stand on, and what the reading itself decided: language, style, mood, macros.

    Raises
    ------
    ParameterError
        If a style, preset, template or macro is not known.
    """
    concept = read_in_english(request.parameters.creative.concept)
    text, unmade = without_unmade(concept.text)
    desk, spoken = read_desk(text)
    asked, rest = read_comparatives(spoken)
    own_mood = read_comparatives(_in_english(request.parameters.creative.mood))[1]
    extracted = replace(read_statements(f"{rest} . {own_mood}"), desk=desk)
    rest = without_playing(rest)
    named = match_style(text, None, read_mood(rest))
    settled = {
        field for field, known in (("style", named.named), ("mood", read_mood(rest).weight >= _OWN_MOOD)) if known
    }
    done = complete(request, extracted, settled=settled)
    creative = done.request.parameters.creative
    asked_of_mood, mood_rest = read_comparatives(_in_english(creative.mood))
    mood = read_mood(rest, mood_rest)
    match = match_style(text, mood_rest, mood)
    style, style_decision = _style(creative.style, match, done.origins.get("style"))
    if extracted.section_sizes is not None:
        style = with_sizes(style, extracted.section_sizes.value)
    done = with_said_bars(done, extracted, style)
    moves = Moves(
        (*_felt(asked), *_felt(asked_of_mood), *macro_moves(done.request.macros),
         *reference_moves(references, creative.reference_weight))
    )  # fmt: skip
    valence, arousal = mood.blend(style.valence, style.arousal)
    brief = Brief(
        request=done.request,
        extracted=extracted,
        style=style,
        mood=mood,
        valence=_clip(valence + moves.total("valence")),
        arousal=_clip(arousal + moves.total("arousal")),
        references=tuple(references),
        moves=moves,
        origins=done.origins,
    )
    unread = unread_words(f"{text} . {_in_english(creative.mood)}", extracted, match, mood, (*asked, *asked_of_mood))
    opening = (
        *_language(concept),
        *_starters(brief),
        style_decision,
        *_vocals(extracted),
        *_mood(brief),
        *_macros(brief),
        *unread_decisions(unmade, unread),
    )
    return brief, opening


def _in_english(mood: str | None) -> str:
    return read_in_english(mood or "").text


def _felt(asked: tuple[Move, ...]) -> tuple[Move, ...]:
    """Comparatives count once, however often a text says the same word."""
    return tuple(dict.fromkeys(asked))


def _style(stated: str | None, match: StyleMatch, origin: str | None) -> tuple[Style, Decision]:
    if stated is None:
        aside = f"; it also names {', '.join(match.others)}" if match.others else ""
        return load_style(match.name), Decision("style", match.name, match.source, match.reason + aside)
    why = f"{origin} says so" if origin else "it is stated in the request"
    differs = match.named and match.name != stated and origin is None
    against = f"{match.reason}, but the request wins" if differs else ""
    return load_style(stated), decided("style", stated, "stated", why, against)


def _language(concept: Reading) -> tuple[Decision, ...]:
    if concept.language is None:
        return ()
    return (Decision("language", concept.language, "text", f"read as '{concept.text}'"),)


def _vocals(extracted: Statements) -> tuple[Decision, ...]:
    if extracted.vocals is None:
        return ()
    against = f"the text says '{extracted.vocals.words}', but voices cannot be made: the leads sing instead"
    return (decided("vocals", "none", "default", "the music is instrumental", against),)


def _starters(brief: Brief) -> tuple[Decision, ...]:
    request = brief.request
    named = {"preset": request.preset, "template": request.template}
    return tuple(
        Decision(kind, name, "stated", f"it fills in {_filled_in(brief, kind, name)}")
        for kind, name in named.items()
        if name is not None
    )


def _filled_in(brief: Brief, kind: str, name: str) -> str:
    origin = f"the {kind} '{name}'"
    return ", ".join(field for field, source in brief.origins.items() if source == origin) or "nothing that is open"


def _mood(brief: Brief) -> tuple[Decision, Decision]:
    mood, style = brief.mood, brief.style
    source: Source = "style"
    why = f"usual for {style.spoken}, since no word of feeling is known"
    if mood.weight:
        source = "stated" if brief.request.parameters.creative.mood is not None else "text"
        why = f"from {mood.describe()}, mixed with what is usual for {style.spoken}"
        if "mood" in brief.origins:
            why = f"{brief.origins['mood']} feels so: {why}"
    return (
        _on_axis("valence", brief.valence, source, why, mood.valence_conflict, brief.moves),
        _on_axis("arousal", brief.arousal, source, why, mood.arousal_conflict, brief.moves),
    )


def _on_axis(axis: str, value: float, source: Source, why: str, conflict: str, moves: Moves) -> Decision:
    source = source if source != "style" else moves.source([axis], source)
    return decided(axis, f"{value:+.2f}", source, why + moves.because(axis), conflict)


def _macros(brief: Brief) -> tuple[Decision, ...]:
    return tuple(
        Decision(f"macros.{name}", f"{amount:+.2g}", "stated", brief.why_stated(f"macros.{name}") + _reach(brief, name))
        for name, amount in brief.request.macros.items()
    )


def _reach(brief: Brief, name: str) -> str:
    targets = [move.target for move in brief.moves.moves if move.cause.startswith(f"{name} ") and move.amount]
    return f"; it moves {', '.join(targets)}" if targets else "; at 0 it moves nothing"


def _clip(value: float) -> float:
    return max(-1.0, min(1.0, value))
