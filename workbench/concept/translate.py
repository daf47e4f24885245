"""From request to plan: every parameter decided, with where it came from and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from workbench.concept.brief import STATED, Brief
from workbench.concept.chords import few_chords, section_chords
from workbench.concept.decide import (
    Chords,
    decide_density,
    decide_key,
    decide_metre,
    decide_palette,
    decide_patches,
    decide_processing,
    decide_swing,
    given_chords,
    overruled,
    quoted,
    told,
)
from workbench.concept.delivery import decide_level
from workbench.concept.instruments import read_instruments
from workbench.concept.languages import read_in_english
from workbench.concept.playing_words import with_drumming
from workbench.concept.reading import read_brief
from workbench.concept.section_details import (
    detail_decisions,
    lay_bars,
    section_key,
    with_details,
    with_key_change,
    with_length,
)
from workbench.concept.sound import decide_sound
from workbench.concept.structure import assign_elements, shape_energy
from workbench.concept.timing import decide_form, decide_tempo, wanted_seconds
from workbench.concept.traits import adapt_groove, adapt_harmony, adapt_parts, choose_groove
from workbench.domain.asking import RequestLike, as_request
from workbench.domain.plan import (
    DEFAULT_VARIATION,
    Decision,
    Delivery,
    Groove,
    HarmonyTraits,
    Plan,
    SectionPlan,
)
from workbench.domain.song import check_sections, numbered
from workbench.domain.theory import Key, Metre

if TYPE_CHECKING:
    from workbench.analysis.references import ReferenceProfile

_LAID_BACK_MS = 8.0


def translate(request: RequestLike, *, references: Sequence[ReferenceProfile] = ()) -> Plan:
    """Decide everything that a song needs from what a user asks for.

    What the request states wins; then what its text states outright; then its preset and template; then mood,
    reference tracks, style and defaults. Macros and comparatives ("darker") move what nobody stated. The same request
    gives the same plan.

    Parameters
    ----------
    request
        A valid request, a mapping of its published form, or a sentence.
    references
        Profiles of the reference tracks that the request names; they move what is left open towards them.

    Raises
    ------
    ParameterError
        If statements cannot hold together, such as more sections than bars, or a style, preset, template or macro is
        not known.

    Examples
    --------
    >>> plan = translate("rainy lo-fi study beat in D minor, 76 bpm")
    >>> plan.style, plan.tempo_bpm, str(plan.key)
    ('lo-fi', 76.0, 'D minor')
    """
    request = as_request(request)
    brief, opening = read_brief(request, references)
    metre, metre_decision = decide_metre(brief)
    key, key_decision = decide_key(brief)
    tempo_bpm, tempo_decision = decide_tempo(brief, metre)
    swing_percent, swing_decision = decide_swing(brief)
    palette, palette_decision = decide_palette(brief)
    texture_density, density_decision = decide_density(brief)
    processing_style, processing_decision = decide_processing(brief)
    names, bars, form_decisions = decide_form(brief, metre, tempo_bpm)
    brief = with_key_change(brief, names, key)
    check_sections(brief.request.parameters.technical.by_section(), names, "the form of this style")
    creative, technical = request.parameters.creative, brief.request.parameters.technical
    harmony = _harmony(brief)
    chords, chords_decision = _chords(brief, key, harmony)
    sections = _sections(brief, names, bars, palette, metre, tempo_bpm, key, chords)
    text = read_in_english(f"{creative.concept} . {creative.mood or ''}").text
    patches, patch_decisions = decide_patches(brief, palette, read_instruments(text))
    sound, sound_decisions = decide_sound(brief.moves, brief.said.dry)
    feel = brief.said.feel
    groove_name = choose_groove(brief.style, text, brief.generator("groove"))
    groove = adapt_groove(
        brief.style,
        metre,
        swing_percent=swing_percent,
        feel=feel.value if feel else "",
        name=groove_name,
        moves=brief.moves,
    )
    if brief.said.pace is not None and "back" in brief.said.pace.words.lower():
        groove = replace(groove, late_ms=groove.late_ms + _LAID_BACK_MS)
    if brief.said.absent_drums is not None:
        groove = replace(groove, without=brief.said.absent_drums.value)
    if brief.said.drumming is not None:
        groove = with_drumming(groove, brief.said.drumming.value)
    delivery, delivery_decisions = _delivery(brief)
    parts = adapt_parts(
        brief.style,
        palette,
        texture_density=texture_density,
        valence=brief.valence,
        arousal=brief.arousal,
        moves=brief.moves,
        rng=brief.generator("voices"),
    )
    return Plan(
        project_id=request.project_id,
        concept=creative.concept,
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
        groove=groove,
        harmony=harmony,
        parts=parts,
        patches=patches,
        processing_style=processing_style,
        mix_profile=brief.style.mix_profile,
        delivery=delivery,
        references=creative.references,
        models={str(element): name for element, name in request.models.items()},
        variation=DEFAULT_VARIATION if technical.variation is None else technical.variation,
        ending="close" if brief.said.ending is None else brief.said.ending.value,
        sound=sound,
        decisions=(
            *opening,
            tempo_decision,
            metre_decision,
            key_decision,
            swing_decision,
            *_groove_decisions(brief, groove, groove_name, text),
            *_drum_decisions(brief),
            *with_length(form_decisions, sections, metre, tempo_bpm),
            *_ending_decisions(brief),
            _energy_decision(brief),
            chords_decision,
            *detail_decisions(brief),
            palette_decision,
            density_decision,
            *_part_decisions(brief),
            *patch_decisions,
            processing_decision,
            *sound_decisions,
            Decision("mix_profile", brief.style.mix_profile, "style", f"made for {brief.style.spoken}"),
            *(Decision(f"models.{element}", name, "stated", STATED) for element, name in request.models.items()),
            *delivery_decisions,
        ),
    )


def _sections(
    brief: Brief,
    names: tuple[str, ...],
    total_bars: int,
    palette: tuple[str, ...],
    metre: Metre,
    tempo_bpm: float,
    key: Key,
    given: Chords | None,
) -> tuple[SectionPlan, ...]:
    technical, style = brief.request.parameters.technical, brief.style
    seconds = wanted_seconds(brief)
    bars = lay_bars(names, total_bars, style, technical, metre=metre, tempo_bpm=tempo_bpm, seconds=seconds)
    lift = brief.moves.total("energy")
    energies = [
        round(max(0.05, min(1.0, energy + lift)), 3) for energy in shape_energy(names, bars, brief.style, brief.arousal)
    ]
    elements = assign_elements(names, energies, palette, brief.style, brief.request.options.seed)
    starts = [sum(bars[:index]) for index in range(len(bars))]
    chords = [
        section_chords(
            given,
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


def _groove_decisions(brief: Brief, groove: Groove, name: str, text: str) -> tuple[Decision, ...]:
    """Which groove, its feel, and what of the drummer moves."""
    feel, pace, moves = brief.said.feel, brief.said.pace, brief.moves
    style = f"usual for {brief.style.spoken}"
    late = f"{style}{moves.because('late')}"
    if pace is not None and "back" in pace.words.lower():
        late += f"; the text says '{pace.words}'"
    named = bool(name) and name in text.lower()
    return (
        Decision(
            "groove",
            name or "the style's own",
            "text" if named else "style",
            "named" if named else "the seed chose it among those of the style",
        ),
        told("feel", feel.value, "text", quoted(feel), feel.against)
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
    asked = {"silent_drums": brief.said.absent_drums, "drumming": brief.said.drumming}
    return tuple(
        Decision(name, ", ".join(said.value), "text", quoted(said)) for name, said in asked.items() if said is not None
    )


def _ending_decisions(brief: Brief) -> tuple[Decision, ...]:
    """How the song ends, and which sections are longer or shorter than usual, where the text says so."""
    ending, sizes = brief.said.ending, brief.said.section_sizes
    found = () if ending is None else (Decision("ending", ending.value, "text", quoted(ending)),)
    if sizes is None:
        return found
    told_sizes = ", ".join(f"{name} x {size:g}" for name, size in sizes.value.items())
    return (*found, Decision("section_sizes", told_sizes, "text", quoted(sizes)))


def _energy_decision(brief: Brief) -> Decision:
    lift, moves = brief.moves.total("energy"), brief.moves
    why = "sections of this style, shaped by arousal" + moves.because("energy")
    return Decision("energy", f"{lift:+.2f}" if lift else "as usual", moves.source(["energy"], "style"), why)


def _part_decisions(brief: Brief) -> tuple[Decision, ...]:
    """What moves the notes of the parts beyond density and mood."""
    spoken = {"notes": "octaves", "presence": "of the bars", "sustain": "", "register": "semitones"}
    return tuple(
        Decision(
            f"parts.{target}",
            f"{brief.moves.total(target):+.2g} {unit}".strip(),
            brief.moves.source([target], "style"),
            f"beside what is usual for {brief.style.spoken}" + brief.moves.because(target),
        )
        for target, unit in spoken.items()
        if brief.moves.total(target)
    )


def _harmony(brief: Brief) -> HarmonyTraits:
    harmony, said = adapt_harmony(brief.style.harmony, brief.moves), brief.said.bars_per_chord
    return harmony if said is None else replace(harmony, bars_per_chord=said.value, passing=0.0)


def _chords(brief: Brief, key: Key, harmony: HarmonyTraits) -> tuple[Chords | None, Decision]:
    """The chords that are given, or as few as the text wants; None leaves them to the network."""
    given, count = given_chords(brief), brief.said.chord_count
    if given is not None or count is None:
        return given, _chords_decision(brief, harmony)
    line = few_chords(count.value, key, harmony.bars_per_chord, brief.generator("chords"))
    return line, Decision("chords", line, "text", f"{quoted(count)}; the seed draws them")


def _chords_decision(brief: Brief, harmony: HarmonyTraits) -> Decision:
    chords, said = brief.request.parameters.technical.chords, brief.said.chords
    if chords is not None:
        value = chords if isinstance(chords, str) else "; ".join(f"{name}: {line}" for name, line in chords.items())
        against = overruled(said, chords, brief, "chords")
        return told("chords", value, "stated", brief.why_stated("chords"), against)
    if said:
        return told("chords", said.value, "text", quoted(said), said.against)
    bars = harmony.bars_per_chord
    value = f"{harmony.colour}, {bars:g} {'bar' if bars == 1 else 'bars'} a chord"
    moves, pace = brief.moves, brief.said.bars_per_chord
    if pace:
        return Decision("chords", value, "text", f"{quoted(pace)}; the harmony model writes them")
    why = f"usual for {brief.style.spoken}; the harmony model writes them{moves.because('chord_size', 'chord_pace')}"
    return Decision("chords", value, moves.source(["chord_size", "chord_pace"], "style"), why)


def _delivery(brief: Brief) -> tuple[Delivery, tuple[Decision, ...]]:
    options = brief.request.options
    profile, loudness, opening = decide_level(brief)
    delivery = Delivery(
        format=options.format,
        sample_rate_hz=options.sample_rate,
        bit_depth=options.bit_depth or 24,
        target_lufs=loudness,
        ceiling_dbtp=profile.ceiling_dbtp,
        stem_export=options.stem_export,
        preview=options.preview,
    )
    values = {
        "format": options.format,
        "sample_rate": f"{options.sample_rate} Hz",
        "bit_depth": "none" if options.format == "mp3" else f"{options.bit_depth or 24} bits",
        "stem_export": "yes" if options.stem_export else "no",
        "preview": "yes" if options.preview else "no",
        "iterations": str(options.iterations),
        "seed": str(options.seed),
    }
    decisions = tuple(
        Decision(name, value, "stated", STATED)
        if name in options.model_fields_set
        else Decision(name, value, "default", "the request leaves it open")
        for name, value in values.items()
    )
    return delivery, (*opening, *decisions)
