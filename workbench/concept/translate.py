"""From request to plan: every parameter decided, with where it came from and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from workbench.concept.brief import STATED, Brief
from workbench.concept.brief_reading import read_brief
from workbench.concept.channels import channel_decisions, decide_channels
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
    decided,
    given_chords,
    overruled,
    quoted,
)
from workbench.concept.delivery import decide_level
from workbench.concept.groove import decide_groove
from workbench.concept.instruments import read_instruments
from workbench.concept.languages import read_in_english
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
from workbench.concept.traits import adapt_harmony, adapt_parts
from workbench.domain.asking import RequestLike, as_request
from workbench.domain.plan import (
    DEFAULT_VARIATION,
    Decision,
    Delivery,
    HarmonyTraits,
    Plan,
    SectionPlan,
)
from workbench.domain.song import check_sections, numbered
from workbench.domain.theory import Key, Metre

if TYPE_CHECKING:
    from workbench.analysis.references import ReferenceProfile


def translate(request: RequestLike, *, references: Sequence[ReferenceProfile] = ()) -> Plan:
    """Decide everything that a song needs from what a user asks for.

    What the request states wins; then what its text states outright; then its preset and template; then mood,
    reference tracks, style and defaults. Macros and comparatives ("darker") move what nobody stated. The same request
    gives the same plan.

    Parameters
    ----------
    request : GenerationRequest, mapping or str
        A valid request, a mapping of its published form, or a sentence.
    references : sequence of ReferenceProfile
        Profiles of the reference tracks that the request names; they move what is left open towards them.

    Returns
    -------
    Plan
        Its `decisions` give the source and reason of each value.

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
    brief, opening = read_brief(as_request(request), references)
    frame = _decide_frame(brief)
    brief = with_key_change(brief, frame.section_names, frame.key)
    technical = brief.request.parameters.technical
    check_sections(technical.by_section(), frame.section_names, "the form of this style")
    plan, decisions = _decide_parts(brief, frame)
    return replace(plan, decisions=(*opening, *decisions))


@dataclass(frozen=True, slots=True)
class _Frame:
    """What holds for the whole song; `because` tells why, by name."""

    metre: Metre
    key: Key
    tempo_bpm: float
    swing_percent: float
    palette: tuple[str, ...]
    texture_density: float
    processing_style: str
    section_names: tuple[str, ...]
    bars: int
    because: Mapping[str, Decision]
    because_form: tuple[Decision, ...]


def _decide_frame(brief: Brief) -> _Frame:
    because: dict[str, Decision] = {}
    metre, because["metre"] = decide_metre(brief)
    key, because["key"] = decide_key(brief)
    tempo_bpm, because["tempo"] = decide_tempo(brief, metre)
    swing_percent, because["swing"] = decide_swing(brief)
    palette, because["palette"] = decide_palette(brief)
    texture_density, because["density"] = decide_density(brief)
    processing_style, because["processing"] = decide_processing(brief)
    names, bars, because_form = decide_form(brief, metre, tempo_bpm)
    return _Frame(
        metre=metre,
        key=key,
        tempo_bpm=tempo_bpm,
        swing_percent=swing_percent,
        palette=palette,
        texture_density=texture_density,
        processing_style=processing_style,
        section_names=names,
        bars=bars,
        because=because,
        because_form=because_form,
    )


def _decide_parts(brief: Brief, frame: _Frame) -> tuple[Plan, tuple[Decision, ...]]:
    """What the frame is filled with - chords, sections, groove, parts, sound - and the decisions in their order."""
    request, style, because = brief.request, brief.style, frame.because
    creative, technical = request.parameters.creative, request.parameters.technical
    harmony = _harmony(brief)
    chords, chords_decision = _chords(brief, frame.key, harmony)
    sections = _sections(brief, frame, chords)
    text = read_in_english(f"{creative.concept} . {creative.mood or ''}").text
    patches, patch_decisions = decide_patches(brief, frame.palette, read_instruments(text))
    sound, sound_decisions = decide_sound(brief.moves, brief.extracted.dry)
    groove, groove_decisions = decide_groove(brief, frame.metre, frame.swing_percent, text)
    delivery, delivery_decisions = _delivery(brief)
    parts = adapt_parts(
        style,
        frame.palette,
        texture_density=frame.texture_density,
        valence=brief.valence,
        arousal=brief.arousal,
        moves=brief.moves,
        rng=brief.generator("voices"),
    )
    plan = Plan(
        project_id=request.project_id,
        concept=creative.concept,
        seed=request.options.seed,
        style=style.name,
        model_style=style.model_style,
        tempo_bpm=frame.tempo_bpm,
        metre=frame.metre,
        key=frame.key,
        valence=round(brief.valence, 3),
        arousal=round(brief.arousal, 3),
        sections=sections,
        palette=frame.palette,
        texture_density=frame.texture_density,
        groove=groove,
        harmony=harmony,
        parts=parts,
        patches=patches,
        processing_style=frame.processing_style,
        mix_profile=style.mix_profile,
        delivery=delivery,
        references=creative.references,
        models={str(element): name for element, name in request.models.items()},
        variation=DEFAULT_VARIATION if technical.variation is None else technical.variation,
        ending="close" if brief.extracted.ending is None else brief.extracted.ending.value,
        sound=sound,
        mix=decide_channels(brief, frame.palette),
        decisions=(),
    )
    return plan, (
        because["tempo"],
        because["metre"],
        because["key"],
        because["swing"],
        *groove_decisions,
        *with_length(frame.because_form, sections, frame.metre, frame.tempo_bpm),
        *_ending_decisions(brief),
        _energy_decision(brief),
        chords_decision,
        *detail_decisions(brief),
        because["palette"],
        because["density"],
        *_part_decisions(brief),
        *patch_decisions,
        *channel_decisions(brief, frame.palette),
        because["processing"],
        *sound_decisions,
        Decision("mix_profile", style.mix_profile, "style", f"made for {style.spoken}"),
        *(Decision(f"models.{element}", name, "stated", STATED) for element, name in request.models.items()),
        *delivery_decisions,
    )


def _sections(brief: Brief, frame: _Frame, given: Chords | None) -> tuple[SectionPlan, ...]:
    technical, style = brief.request.parameters.technical, brief.style
    names, metre = frame.section_names, frame.metre
    seconds = wanted_seconds(brief)
    bars = lay_bars(names, frame.bars, style, technical, metre=metre, tempo_bpm=frame.tempo_bpm, seconds=seconds)
    lift = brief.moves.total("energy")
    energies = [
        round(max(0.05, min(1.0, energy + lift)), 3) for energy in shape_energy(names, bars, brief.style, brief.arousal)
    ]
    elements = assign_elements(names, energies, frame.palette, brief.style, brief.request.options.seed)
    starts = [sum(bars[:index]) for index in range(len(bars))]
    chords = [
        section_chords(
            given,
            name,
            length,
            metre.bar_beats,
            key=section_key(technical, name, number, frame.key),
            number=number,
        )
        for (name, number), length in zip(numbered(names), bars, strict=True)
    ]
    laid = tuple(
        SectionPlan(name, name, *rest)
        for name, *rest in zip(names, starts, bars, energies, elements, chords, strict=True)
    )
    return with_details(laid, technical, style)


def _ending_decisions(brief: Brief) -> tuple[Decision, ...]:
    """How the song ends, and which sections are longer or shorter than usual, where the text says so."""
    ending, sizes = brief.extracted.ending, brief.extracted.section_sizes
    found = () if ending is None else (Decision("ending", ending.value, "text", quoted(ending)),)
    if sizes is None:
        return found
    size_decisions = ", ".join(f"{name} x {size:g}" for name, size in sizes.value.items())
    return (*found, Decision("section_sizes", size_decisions, "text", quoted(sizes)))


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
    harmony, extracted = adapt_harmony(brief.style.harmony, brief.moves), brief.extracted.bars_per_chord
    return harmony if extracted is None else replace(harmony, bars_per_chord=extracted.value, passing=0.0)


def _chords(brief: Brief, key: Key, harmony: HarmonyTraits) -> tuple[Chords | None, Decision]:
    """The chords that are given, or as few as the text wants; None leaves them to the network."""
    given, count = given_chords(brief), brief.extracted.chord_count
    if given is not None or count is None:
        return given, _chords_decision(brief, harmony)
    line = few_chords(count.value, key, harmony.bars_per_chord, brief.generator("chords"))
    return line, Decision("chords", line, "text", f"{quoted(count)}; the seed draws them")


def _chords_decision(brief: Brief, harmony: HarmonyTraits) -> Decision:
    chords, extracted = brief.request.parameters.technical.chords, brief.extracted.chords
    if chords is not None:
        value = chords if isinstance(chords, str) else "; ".join(f"{name}: {line}" for name, line in chords.items())
        against = overruled(extracted, chords, brief, "chords")
        return decided("chords", value, "stated", brief.why_stated("chords"), against)
    if extracted:
        return decided("chords", extracted.value, "text", quoted(extracted), extracted.against)
    bars = harmony.bars_per_chord
    value = f"{harmony.colour}, {bars:g} {'bar' if bars == 1 else 'bars'} a chord"
    moves, pace = brief.moves, brief.extracted.bars_per_chord
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
