"""From request to plan: every parameter decided, with where it came from and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from workbench.concept.chords import section_chords
from workbench.concept.decide import (
    STATED,
    Brief,
    decide_density,
    decide_key,
    decide_metre,
    decide_palette,
    decide_patches,
    decide_processing,
    decide_swing,
)
from workbench.concept.instruments import read_instruments
from workbench.concept.mood import Mood, read_mood
from workbench.concept.section_details import detail_decisions, lay_bars, section_key, with_details
from workbench.concept.statements import read_statements
from workbench.concept.structure import assign_elements, shape_energy
from workbench.concept.style import Style, load_style
from workbench.concept.style_match import match_style
from workbench.concept.timing import decide_form, decide_tempo, wanted_seconds
from workbench.concept.traits import adapt_groove, adapt_parts
from workbench.domain.plan import DEFAULT_VARIATION, Decision, Delivery, Plan, SectionPlan, Source
from workbench.domain.request import GenerationRequest, Options
from workbench.domain.song import numbered
from workbench.domain.theory import Key, Metre

if TYPE_CHECKING:
    from workbench.analysis.references import ReferenceProfile


def translate(request: GenerationRequest, *, references: Sequence[ReferenceProfile] = ()) -> Plan:
    """Decide everything that a song needs from what a user asks for.

    What the request states wins; then what its text states outright; then mood, reference tracks, style and defaults.
    The same request gives the same plan.

    Parameters
    ----------
    request
        A valid request.
    references
        Profiles of the reference tracks that the request names; they may set a tempo that is left open.

    Raises
    ------
    ParameterError
        If statements cannot hold together, such as more sections than bars.

    Examples
    --------
    >>> plan = translate(GenerationRequest.from_concept("rainy lo-fi study beat in D minor, 76 bpm"))
    >>> plan.style, plan.tempo_bpm, str(plan.key)
    ('lo-fi', 76.0, 'D minor')
    """
    brief, opening = _read(request, references)
    metre, metre_decision = decide_metre(brief)
    key, key_decision = decide_key(brief)
    tempo_bpm, tempo_decision = decide_tempo(brief, metre)
    swing_percent, swing_decision = decide_swing(brief)
    palette, palette_decision = decide_palette(brief)
    texture_density, density_decision = decide_density(brief)
    processing_style, processing_decision = decide_processing(brief)
    names, bars, form_decisions = decide_form(brief, metre, tempo_bpm)
    text = f"{request.parameters.creative.concept} . {request.parameters.creative.mood or ''}"
    sections = _sections(brief, names, bars, palette, metre, tempo_bpm, key)
    technical = request.parameters.technical
    patches, patch_decisions = decide_patches(brief, palette, read_instruments(text))
    said = brief.said
    return Plan(
        project_id=request.project_id,
        concept=request.parameters.creative.concept,
        seed=request.options.seed,
        style=brief.style.name,
        model_style=brief.style.model_style,
        tempo_bpm=tempo_bpm,
        metre=metre,
        key=key,
        valence=round(brief.valence, 3),
        arousal=round(brief.arousal, 3),
        sections=sections,
        palette=palette,
        texture_density=texture_density,
        groove=adapt_groove(
            brief.style,
            metre,
            swing_percent=swing_percent,
            half_time=said.half_time is not None,
            laid_back=said.pace is not None and "back" in said.pace.words.lower(),
        ),
        harmony=brief.style.harmony,
        parts=adapt_parts(
            brief.style, palette, texture_density=texture_density, valence=brief.valence, arousal=brief.arousal
        ),
        patches=patches,
        processing_style=processing_style,
        mix_profile=brief.style.mix_profile,
        delivery=_delivery(request.options),
        references=request.parameters.creative.references,
        models={str(element): name for element, name in request.models.items()},
        variation=DEFAULT_VARIATION if technical.variation is None else technical.variation,
        decisions=(
            *opening,
            tempo_decision,
            metre_decision,
            key_decision,
            swing_decision,
            *form_decisions,
            *_sections_decisions(brief),
            *detail_decisions(sections, technical, metre, tempo_bpm),
            palette_decision,
            density_decision,
            *patch_decisions,
            processing_decision,
            Decision("mix_profile", brief.style.mix_profile, "style", f"made for {brief.style.spoken}"),
            *(Decision(f"models.{element}", name, "stated", STATED) for element, name in request.models.items()),
            *_delivery_decisions(request.options),
        ),
    )


def _read(request: GenerationRequest, references: Sequence[ReferenceProfile]) -> tuple[Brief, tuple[Decision, ...]]:
    """Read text and mood, choose the style, and blend the mood with the style's own."""
    creative = request.parameters.creative
    mood = read_mood(creative.concept, creative.mood)
    match = match_style(creative.concept, creative.mood, mood)
    style = load_style(match.name)
    valence, arousal = mood.blend(style.valence, style.arousal)
    said = read_statements(f"{creative.concept} . {creative.mood or ''}")
    aside = f"; it also names {', '.join(match.others)}" if match.others else ""
    decisions = (
        Decision("style", style.name, match.source, match.reason + aside),
        _mood_decision(mood, style, valence, arousal, stated=creative.mood is not None),
    )
    return Brief(request, said, style, mood, valence, arousal, tuple(references)), decisions


def _mood_decision(mood: Mood, style: Style, valence: float, arousal: float, *, stated: bool) -> Decision:
    value = f"valence {valence:+.2f}, arousal {arousal:+.2f}"
    if not mood.weight:
        return Decision("mood", value, "style", f"usual for {style.spoken}, since no word of feeling is known")
    source: Source = "stated" if stated else "text"
    return Decision("mood", value, source, f"from {mood.describe()}, mixed with what is usual for {style.spoken}")


def _sections(
    brief: Brief,
    names: tuple[str, ...],
    total_bars: int,
    palette: tuple[str, ...],
    metre: Metre,
    tempo_bpm: float,
    key: Key,
) -> tuple[SectionPlan, ...]:
    technical, style = brief.request.parameters.technical, brief.style
    seconds = wanted_seconds(brief)
    bars = lay_bars(names, total_bars, style, technical, metre=metre, tempo_bpm=tempo_bpm, seconds=seconds)
    energies = shape_energy(names, bars, brief.style, brief.arousal)
    elements = assign_elements(names, energies, palette, brief.style)
    starts = [sum(bars[:index]) for index in range(len(bars))]
    chords = [
        section_chords(
            technical.chords,
            name,
            length,
            metre.bar_beats,
            key=section_key(technical, name, number, key),
            number=number,
        )
        for (name, number), length in zip(numbered(names), bars, strict=True)
    ]
    laid = tuple(
        SectionPlan(name, name, *rest)
        for name, *rest in zip(names, starts, bars, energies, elements, chords, strict=True)
    )
    return with_details(laid, technical, style)


def _sections_decisions(brief: Brief) -> tuple[Decision, ...]:
    chords = brief.request.parameters.technical.chords
    harmony = brief.style.harmony
    if chords is None:
        value = f"{harmony.colour}, {harmony.bars_per_chord:g} bars a chord"
        why = f"usual for {brief.style.spoken}; the harmony model writes them"
        return (Decision("chords", value, "style", why),)
    value = chords if isinstance(chords, str) else "; ".join(f"{name}: {line}" for name, line in chords.items())
    return (Decision("chords", value, "stated", STATED),)


def _delivery(options: Options) -> Delivery:
    return Delivery(
        format=options.format,
        sample_rate_hz=options.sample_rate,
        bit_depth=options.bit_depth or 24,
        target_lufs=options.target_loudness,
        stem_export=options.stem_export,
        preview=options.preview,
    )


def _delivery_decisions(options: Options) -> tuple[Decision, ...]:
    values = {
        "format": options.format,
        "sample_rate": f"{options.sample_rate} Hz",
        "bit_depth": "none" if options.format == "mp3" else f"{options.bit_depth or 24} bits",
        "target_loudness": f"{options.target_loudness:g} LUFS",
        "stem_export": "yes" if options.stem_export else "no",
        "preview": "yes" if options.preview else "no",
        "iterations": str(options.iterations),
        "seed": str(options.seed),
    }
    return tuple(
        Decision(name, value, "stated", STATED)
        if name in options.model_fields_set
        else Decision(name, value, "default", "the request leaves it open")
        for name, value in values.items()
    )
