"""Tempo, duration and the number of bars: three numbers that must agree."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from workbench.concept.brief import Brief
from workbench.concept.decide import decided, overruled, quoted
from workbench.concept.structure import choose_form, choose_whole_form, usual_bars
from workbench.domain.plan import Decision, Source
from workbench.domain.theory import Metre

if TYPE_CHECKING:
    from workbench.analysis.references import ReferenceProfile

_TEMPO_LIMITS_BPM = (40.0, 240.0)
_NUDGE_BPM = 4
_STEP_BPM = 6.0
"""Least step in BPM that a whole move of the pace makes."""
_LONGEST_UNASKED_SECONDS = 190.0


def wanted_seconds(brief: Brief) -> float | None:
    """The duration that the request or its text asks for."""
    stated = brief.request.parameters.technical.duration
    if stated is not None:
        return stated
    return brief.extracted.duration_seconds.value if brief.extracted.duration_seconds else None


def decide_tempo(brief: Brief, metre: Metre) -> tuple[float, Decision]:
    """Tempo in BPM. A tempo that is not stated in the request is raised if the sections asked for would not fit."""
    tempo_bpm, source, why = _tempo(brief, metre)
    fit_bpm = _least_tempo(brief, metre)
    if source != "stated" and tempo_bpm < fit_bpm:
        why += f"; raised from {tempo_bpm:g} BPM, so that every section asked for gets a bar"
        tempo_bpm = fit_bpm
    against = _tempo_contradiction(brief, tempo_bpm, source)
    return tempo_bpm, decided("tempo", f"{tempo_bpm:g} BPM", source, why, against)


def _tempo(brief: Brief, metre: Metre) -> tuple[float, Source, str]:
    stated, extracted = brief.request.parameters.technical.tempo, brief.extracted.tempo_bpm
    if stated is not None:
        return stated, "stated", brief.why_stated("tempo")
    if extracted:
        return extracted.value, "text", quoted(extracted)
    style, moves = brief.style, brief.moves
    range_words = f"in the range {style.tempo_low_bpm:g} to {style.tempo_high_bpm:g} BPM of {style.spoken}"
    if brief.extracted.pace:
        tempo_bpm = _placed(brief, brief.extracted.pace.value + moves.total("pace"), stretch=True)
        why = f"the text says '{brief.extracted.pace.words}', {range_words}" + moves.because("pace")
        return _nudged(brief, metre, tempo_bpm), "text", why
    place = max(-1.0, min(1.0, 0.8 * (brief.arousal - style.arousal))) + moves.total("pace")
    tempo_bpm = _placed(brief, place, stretch=bool(moves.total("pace")))
    for profile in brief.references:
        folded = _folded(brief, profile)
        if folded is not None and brief.reference_weight:
            shifted = tempo_bpm + brief.reference_weight * (folded - tempo_bpm)
            return float(round(shifted)), "reference", f"near the tempo of {profile.id}, {range_words}"
    source: Source = "mood" if brief.mood.weight and abs(place) > 0.05 else "style"
    why = (
        f"arousal {brief.arousal:+.2f} places it {range_words}" if source == "mood" else f"the usual one {range_words}"
    )
    source = moves.source(["pace"], source)
    moved = _stepped(brief, metre, _nudged(brief, metre, tempo_bpm), place - moves.total("pace"))
    return moved, source, why + moves.because("pace")


def _stepped(brief: Brief, metre: Metre, tempo_bpm: float, place: float) -> float:
    """The tempo, a clear step from the usual one (at `place`) where a text asks for faster or slower.

    Round bars for a stated duration come second to that.
    """
    pace = brief.moves.total("pace")
    if not pace or wanted_seconds(brief) is None:
        return tempo_bpm
    step = max(1.0, round(_STEP_BPM * abs(pace)))
    usual = _nudged(brief, metre, _placed(brief, place))
    if pace > 0.0:
        return max(tempo_bpm, min(_TEMPO_LIMITS_BPM[1], usual + step))
    return min(tempo_bpm, max(_TEMPO_LIMITS_BPM[0], usual - step))


def _folded(brief: Brief, profile: ReferenceProfile) -> float | None:
    """The reference's tempo, doubled or halved into the style's range; None if it has none or fits at no octave."""
    if profile.tempo_bpm is None:
        return None
    style = brief.style
    octaves = [profile.tempo_bpm * factor for factor in (1.0, 0.5, 2.0)]
    inside = [tempo for tempo in octaves if style.tempo_low_bpm - 3 <= tempo <= style.tempo_high_bpm + 3]
    return float(round(inside[0])) if inside else None


def _placed(brief: Brief, place: float, *, stretch: bool = False) -> float:
    """A whole tempo at `place` in the style's range, -1 low to 1 high, 0 typical; `stretch` may leave the range."""
    style = brief.style
    edge = style.tempo_high_bpm if place > 0 else style.tempo_low_bpm
    tempo_bpm = style.tempo_typical_bpm + abs(place) * (edge - style.tempo_typical_bpm)
    low, high = _TEMPO_LIMITS_BPM if stretch else (style.tempo_low_bpm, style.tempo_high_bpm)
    return float(round(max(low, min(high, tempo_bpm))))


def _nudged(brief: Brief, metre: Metre, tempo_bpm: float) -> float:
    """The whole tempo within 4 BPM at which the wanted duration holds the roundest number of bars."""
    seconds = wanted_seconds(brief)
    if seconds is None or brief.extracted.bars:
        return tempo_bpm

    def unevenness(candidate: float) -> float:
        bars = seconds / (metre.bar_beats * 60.0 / candidate)
        rough = min(
            price + 2.0 * abs(bars - unit * round(bars / unit)) for unit, price in ((4, 0.0), (2, 0.5), (1, 1.0))
        )
        return rough + 0.08 * abs(candidate - tempo_bpm)

    steps = range(-_NUDGE_BPM, _NUDGE_BPM + 1)
    inside = [tempo_bpm + step for step in steps if _TEMPO_LIMITS_BPM[0] <= tempo_bpm + step <= _TEMPO_LIMITS_BPM[1]]
    return min(inside, key=unevenness)


def _least_tempo(brief: Brief, metre: Metre) -> float:
    """The tempo at which the stated duration holds a bar for each stated section; 0 if either is open."""
    structure, seconds = brief.request.parameters.technical.structure, wanted_seconds(brief)
    if not structure or brief.request.parameters.technical.duration is None or seconds is None:
        return 0.0
    return min(_TEMPO_LIMITS_BPM[1], float(math.ceil(len(structure) * metre.bar_beats * 60.0 / seconds)))


def _tempo_contradiction(brief: Brief, tempo_bpm: float, source: Source) -> str:
    """What speaks against a tempo that is stated: another statement, the mood, or the style."""
    style, pace = brief.style, brief.extracted.pace
    if source == "text" and brief.extracted.tempo_bpm is None:
        return pace.against if pace else ""
    if source not in ("stated", "text"):
        return ""
    against = overruled(brief.extracted.tempo_bpm, tempo_bpm, brief, "tempo") if source == "stated" else ""
    if against:
        return against
    if source == "text" and brief.extracted.tempo_bpm:
        limited = brief.extracted.tempo_bpm.note or brief.extracted.tempo_bpm.against
        if limited:
            return limited
    usual = style.tempo_typical_bpm
    if pace and pace.value * (tempo_bpm - usual) < 0 and abs(tempo_bpm - usual) > 0.1 * usual:
        return f"the text also says '{pace.words}', but the stated tempo wins"
    implied = max(-1.0, min(1.0, (tempo_bpm - 105.0) / 60.0))
    if brief.mood.weight and abs(implied - brief.mood.arousal) > 1.0:
        slower = "slower" if brief.mood.arousal < implied else "faster"
        return f"the mood {brief.mood.describe()} would suggest a {slower} tempo, but the statement wins"
    if not style.tempo_low_bpm <= tempo_bpm <= style.tempo_high_bpm:
        return (
            f"{style.title} is usually at {style.tempo_low_bpm:g} to {style.tempo_high_bpm:g} BPM, "
            "but the statement wins"
        )
    return ""


def decide_form(brief: Brief, metre: Metre, tempo_bpm: float) -> tuple[tuple[str, ...], int, tuple[Decision, Decision]]:
    """Section names, the number of bars, and the decisions on duration and structure."""
    bar_seconds = metre.bar_beats * 60.0 / tempo_bpm
    structure, structure_decision = _stated_structure(brief)
    bars, source, why, against = _bars(brief, bar_seconds, structure)
    names = structure or _form(brief, bars, bar_seconds, asked=source != "style")
    if source == "style":
        bars = usual_bars(brief.style, names)
        most = int(_LONGEST_UNASKED_SECONDS / bar_seconds)
        bars = max(len(names), min(bars, most - most % 4))
    duration = decided("duration", f"{bars * bar_seconds:.1f} s ({bars} bars)", source, why, against)
    return names, bars, (duration, structure_decision or _formed(brief, names, bars))


def _stated_structure(brief: Brief) -> tuple[tuple[str, ...] | None, Decision | None]:
    """The order of sections that the request or its text states."""
    stated, extracted = brief.request.parameters.technical.structure, brief.extracted.structure
    if stated:
        against = overruled(extracted, stated, brief, "structure")
        return stated, decided("structure", ", ".join(stated), "stated", brief.why_stated("structure"), against)
    if extracted:
        return extracted.value, decided(
            "structure", ", ".join(extracted.value), "text", quoted(extracted), extracted.against
        )
    return None, None


def _formed(brief: Brief, names: tuple[str, ...], bars: int) -> Decision:
    why = f"the form of {brief.style.spoken} that fits {bars} bars best"
    asked = [extracted.words for extracted in (brief.extracted.sections, brief.extracted.absent_sections) if extracted]
    if asked:
        return Decision("structure", ", ".join(names), "text", f"the text says '{', '.join(asked)}'; {why}")
    return Decision("structure", ", ".join(names), "style", why)


def _form(brief: Brief, bars: int, bar_seconds: float, *, asked: bool) -> tuple[str, ...]:
    """The style's form that fits, with every section that chords or the text name, without those that it denies."""
    chords, extracted, absent = (
        brief.request.parameters.technical.chords,
        brief.extracted.sections,
        brief.extracted.absent_sections,
    )
    long = brief.request.parameters.technical.section_bars or {}
    named = [*(chords if isinstance(chords, dict) else ()), *(extracted.value if extracted else ()), *long]
    wanted = tuple(dict.fromkeys(named))
    if asked:
        names = choose_form(brief.style, bars, bars * bar_seconds, wanted)
    else:
        names = choose_whole_form(brief.style, bars, int(_LONGEST_UNASKED_SECONDS / bar_seconds), wanted)
    return tuple(name for name in names if not absent or name not in absent.value) or names


def _bars(brief: Brief, bar_seconds: float, structure: tuple[str, ...] | None) -> tuple[int, Source, str, str]:
    """Bars, where they come from and why, and what speaks against them."""
    least = len(structure) if structure else 1
    stated, extracted, counted = (
        brief.request.parameters.technical.duration,
        brief.extracted.duration_seconds,
        brief.extracted.bars,
    )
    if stated is not None:
        origin = brief.origins.get("duration")
        why = f"{stated:g} s are asked for" if origin is None else f"{origin} asks for {stated:g} s"
        against = overruled(extracted, stated, brief, "duration")
        return max(least, round(stated / bar_seconds)), "stated", f"{why}, the nearest whole number of bars", against
    if counted:
        bars = max(least, round(counted.value))
        differs = extracted is not None and abs(extracted.value - bars * bar_seconds) > bar_seconds
        against = f"the text also says '{extracted.words}', but the bars win" if extracted and differs else ""
        return bars, "text", quoted(counted), against
    if extracted:
        bars = max(least, round(extracted.value / bar_seconds))
        note = f"; this is {extracted.note}" if extracted.note else ""
        return (
            bars,
            "text",
            f"the text says '{extracted.words}', the nearest whole number of bars{note}",
            extracted.note or extracted.against,
        )
    if structure:
        bars = usual_bars(brief.style, structure)
        return bars, "style", f"these sections at their usual lengths in {brief.style.spoken}", ""
    bars = max(4, 4 * round(brief.style.duration_seconds / bar_seconds / 4))
    return bars, "style", f"usual for {brief.style.spoken}", ""
