"""What each network is conditioned on: the plan in the vocabulary of the networks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from workbench.composition.harmonic_rhythm import bars_per_chord
from workbench.composition.phrases import HOOKS, habit, is_sung, resting_bars
from workbench.domain.arrays import Bytes, Integers
from workbench.domain.elements import Kind, kind_of, of_kind, plays
from workbench.domain.plan import Plan, SectionPlan
from workbench.domain.theory import Chord
from workbench.models.context import DENSITY_CLASSES, SongContext, register_classes
from workbench.models.grid import SLOTS_PER_BAR
from workbench.models.history import BAR_COLUMN, SLOT_COLUMN, STEP_COLUMN, SYMBOL_COLUMN
from workbench.models.spec import BAR_STEP, ElementSpec, base_pitches
from workbench.models.vocabulary import mood_index

_ENERGY_TO_DENSITY: Mapping[Kind, float] = {"drums": 1.1, "bass": 1.0, "chords": 0.6, "melody": 0.7}
_LEAST_DENSITY: Mapping[Kind, tuple[float, float]] = {"chords": (0.2, 0.35)}
"""Least density of an element: over others that state the chord, and where it states it alone. Less is no chord."""
_STATED_BY: Mapping[Kind, Kind] = {"bass": "chords", "chords": "bass", "melody": "chords"}
"""Who states the chord beside an element."""
_TEXTURE_TO_DENSITY = 0.35
_USUAL_TEXTURE, _TEXTURE_TO_LAYERS = 0.2, 4.0
"""How far from the middle the textures of styles lie, and what goes beyond, told in energy of layers and figures."""
_FEEL_TO_DENSITY = {"normal": 0.0, "half-time": -0.12, "double-time": 0.12}
_RISING, _RISE = ("build", "pre-chorus"), 0.3
_ANSWER, _MAKE_ROOM = 0.2, -0.07
_SOLO = 0.3
_PLAYED = 0.3
"""How much fuller than a singer's the tune of the most fluent instrument is."""
_ENERGY_TO_PITCH = 20.0
"""Semitones that the register of leads and pads rises from the calmest to the fullest section."""
_LOWER, _LEAST_RISE = ("verse",), 5
"""Where leads never rise, and the semitones by which they do at least in choruses."""


def section_of_bar(plan: Plan) -> list[SectionPlan]:
    """The section of each bar of the song."""
    return [section for section in plan.sections for _ in range(section.bars)]


def context_for(
    plan: Plan, spec: ElementSpec, chords: Sequence[Chord], streams: Mapping[str, Bytes], source: str
) -> SongContext:
    """The song as one element is conditioned on it."""
    sections = section_of_bar(plan)
    remaining = [section.end_bar - bar for bar, section in enumerate(sections)]
    return SongContext(
        bars=plan.bars,
        bar_beats=round(plan.metre.bar_beats),
        tempo_bpm=plan.tempo_bpm,
        key=plan.key,
        chords=tuple(chords),
        style=plan.model_style if plan.model_style in spec.styles else "",
        source=source if source in spec.sources else "",
        sections=tuple(section.name for section in sections),
        remaining=np.array(remaining, np.int64),
        density=np.array(
            [density_class(plan, spec.name, section, bar - section.start_bar) for bar, section in enumerate(sections)],
            np.int64,
        ),
        streams=streams,
        mood=mood_index(plan.valence, plan.arousal) if spec.sees_mood else 0,
        section_keys=tuple(section.key or plan.key for section in sections),
        register=asked_register(plan, spec.name) if "duration" in spec.attributes else 0,
    )


def density_class(plan: Plan, element: str, section: SectionPlan, bar: int = 0) -> int:
    """Density class 1..8 that is asked of an element in a bar of a section, from style, energy and texture.

    Builds and pre-choruses grow fuller; the bass speaks up where the leads pause, and makes room where they speak.
    Harmony has no density of its own here: its pace is that of style, song and section.
    """
    if element == "harmony":
        changes = 1.0 / bars_per_chord(plan, section)
        return int(np.clip(np.rint(2.0 * changes + 1.0), 1, DENSITY_CLASSES))
    kind = kind_of(element)
    wanted = (
        plan.parts[element].density
        + _ENERGY_TO_DENSITY[kind] * (section.energy - 0.55)
        + _TEXTURE_TO_DENSITY * (plan.texture_density - 0.5)
        + _FEEL_TO_DENSITY[section.feel]
    )
    if section.name in _RISING and section.bars > 1:
        wanted += _RISE * (bar / (section.bars - 1) - 0.5)
    if section.name == "solo" and kind == "melody":
        wanted += _SOLO
    if kind == "melody" and not is_sung(plan, element):
        wanted += _PLAYED * habit(plan, element, "fluency")
    leads = of_kind(section.elements, "melody")
    if kind == "bass" and leads and element in section.elements:
        wanted += _ANSWER if bar in resting_bars(plan, leads[0], section) else _MAKE_ROOM
    least = _LEAST_DENSITY.get(kind, (0.0, 0.0))[_alone(element, section)]
    return 1 + round(float(np.clip(wanted, least, 1.0)) * (DENSITY_CLASSES - 1))


def fuller(plan: Plan) -> float:
    """How much fuller (above 0) or sparser than any style is by itself a song was asked for, on the scale of energy."""
    beyond = max(0.0, abs(plan.texture_density - 0.5) - _USUAL_TEXTURE)
    return _TEXTURE_TO_LAYERS * float(np.copysign(beyond, plan.texture_density - 0.5))


def register_lift(plan: Plan, element: str) -> npt.NDArray[np.int64]:
    """Semitones by which the register is moved in each bar, (bars,): choruses and solos lie higher than verses.

    The bass stays where it is.
    """
    if kind_of(element) not in ("chords", "melody"):
        return np.zeros(plan.bars, np.int64)
    sections = section_of_bar(plan)
    lift = np.rint(_ENERGY_TO_PITCH * (np.array([section.energy for section in sections]) - 0.55)).astype(np.int64)
    if kind_of(element) == "melody":
        hooks, verses = (np.array([one.name in names for one in sections]) for names in ((*HOOKS, "solo"), _LOWER))
        lift = np.where(hooks, np.maximum(lift, _LEAST_RISE), np.where(verses, np.minimum(lift, 0), lift))
    return lift


def states_chords_alone(plan: Plan, element: str) -> list[bool]:
    """Whether, in each bar, the element that would state the chord with this one is silent."""
    return [_alone(element, section) for section in section_of_bar(plan)]


def _alone(element: str, section: SectionPlan) -> bool:
    other = _STATED_BY.get(kind_of(element))
    return other is not None and not plays(section.elements, other)


def asked_register(plan: Plan, element: str) -> npt.NDArray[np.int64]:
    """Register class that is asked of a pitched element in each bar, (bars,): the middle of its register, lifted."""
    traits = plan.parts[element]
    middle = (traits.low_pitch + traits.high_pitch) / 2
    return register_classes(middle + register_lift(plan, element))


def onset_stream(rows: Integers, bars: int, symbol: int | None = None) -> Bytes:
    """Onsets of a part (of one symbol, if given) as (bars, 48)."""
    grid = np.zeros((bars, SLOTS_PER_BAR), np.uint8)
    notes = rows[rows[:, STEP_COLUMN] != BAR_STEP]
    if symbol is not None:
        notes = notes[notes[:, SYMBOL_COLUMN] == symbol]
    grid[notes[:, BAR_COLUMN], notes[:, SLOT_COLUMN]] = 1
    return grid


def pitch_table(spec: ElementSpec, context: SongContext) -> npt.NDArray[np.int64]:
    """MIDI pitch of each symbol at each beat, (beats, symbols)."""
    return base_pitches(spec, context)[:, None] + np.arange(spec.symbols)
