"""Strokes that the network is not asked for: rolls of the hats, crashes at entries, stops, soft ghosts.

They are set into the rows of the part, so that bass and whoever else listens to the drums hears them too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import numpy as np
import numpy.typing as npt

from workbench.composition.conditioning import section_of_bar
from workbench.composition.drum_licks import Stroke, licks_of_bar
from workbench.composition.drum_sheet import ROLES, beat_slot, patterns_of, step_slots
from workbench.composition.drummer import is_programmed, occasion, restlessness, rides
from workbench.composition.fills import announcements
from workbench.composition.phrases import habit
from workbench.domain.arrays import Integers
from workbench.domain.plan import Plan, SectionPlan
from workbench.domain.seeding import generator
from workbench.domain.song import HOOK_SECTIONS
from workbench.models.grid import OFFSET_BINS, SLOTS_PER_BEAT
from workbench.models.history import BAR_COLUMN, FIRST_ATTRIBUTE, SLOT_COLUMN, STEP_COLUMN, SYMBOL_COLUMN
from workbench.models.spec import BAR_STEP, VELOCITY_BINS
from workbench.models.tokenizer import with_bar_lines

_ON_TIME = OFFSET_BINS // 2
_DIVISIONS = {"thirty-seconds": (0, 1, 3, 5, 6, 7, 9, 11), "sextuplets": (0, 2, 4, 6, 8, 10), "triplets": (0, 4, 8)}
"""Slots within a beat."""
_ROLLS: tuple[tuple[str, float, float], ...] = (
    ("thirty-seconds", 3.5, 0.5), ("sextuplets", 3.0, 1.0), ("thirty-seconds", 3.0, 1.0), ("triplets", 2.0, 2.0),
    ("thirty-seconds", 1.5, 0.5), ("sextuplets", 1.5, 0.5), ("sextuplets", 3.5, 0.5), ("triplets", 3.0, 1.0),
)  # fmt: skip
"""Division, first beat and length in beats."""
_PHRASE_ROLLS = 4
"""The first of them stand at the end of a bar, as the ends of phrases have them."""
_BETWEEN = 0.4
"""How much rarer rolls are within a phrase than at its end."""
_ROLL_SOFT, _ROLL_LOUD = 5, 11
_ORNAMENTS, _ORNAMENTS_ON_LOOPS = 9.0, 1.5
"""Strokes a bar that come or go at full variation: where drummers play, and at the turns of machines."""
_HATS = ("closed_hat", "open_hat", "pedal_hat")
_RIDDEN, _FOOT_BIN = (0, 3, 4, 6, 8, 9), 6
"""Slots of a beat in which a ride is struck: no 32nds, and how loudly the foot closes the hats meanwhile."""
_WELCOME = {"o": 1.0, "g": 1.0, ".": 0.4}
_ORNAMENT_BINS = (5, 9)
_GHOST_BINS, _MEANT_BIN = (2, 5), 8
_CRASH_ENERGY, _CRASH_AGAIN = 0.4, 0.5
"""Energy from which a section opens with a crash, and has others within."""
_CYMBALS, _LAVISH = (0.4, 3.0), 0.75
"""How much more often than usual players strike them, and from which habit on hooks have one every other bar."""
_AGAIN, _AFTER_FILL, _ACCENT = 0.9, 0.6, 0.5
"""How surely another follows after eight bars and after a fill, and how often a hook has one each four."""


def with_figures(rows: Integers, plan: Plan) -> Integers:
    """Rows of a part, or of some whole bars of it, with what belongs to the style and to the song's sections."""
    notes = rows[rows[:, STEP_COLUMN] != BAR_STEP]
    bars = np.unique(rows[:, BAR_COLUMN]).tolist()
    for change in (_ornamented, _weighed, _with_licks, _rolled, _ridden, _crashed, _stopped):
        notes = change(notes, plan, bars)
    lines = with_bar_lines(notes, plan.bars)
    kept: Integers = lines[np.isin(lines[:, BAR_COLUMN], bars)]
    return without_roles(kept, plan.groove.without)


def without_roles(rows: Integers, roles: Collection[str]) -> Integers:
    """Rows without the strokes of some drums, which nobody else shall see either."""
    silent = [ROLES.index(role) for role in roles]
    strokes = rows[:, STEP_COLUMN] != BAR_STEP
    kept: Integers = rows[~(strokes & np.isin(rows[:, SYMBOL_COLUMN], silent))]
    return kept


def _ornamented(notes: Integers, plan: Plan, bars: Sequence[int]) -> Integers:
    """Here and there a stroke comes or goes where the style leaves it open, the more often the more variation."""
    sections, ends = section_of_bar(plan), announcements(plan)
    programmed = is_programmed(plan)
    often = plan.variation * restlessness(plan) * (_ORNAMENTS_ON_LOOPS if programmed else _ORNAMENTS)
    for bar in bars:
        within = bar - sections[bar].start_bar
        rng = generator(plan.seed, "ornaments", *occasion(plan, sections[bar], bar))
        count, plays = int(rng.poisson(often)), (notes[:, BAR_COLUMN] == bar).any()
        if not plays or sections[bar].name == "build" or bar in ends or (programmed and within % 4 != 3):
            continue
        cells = _open_cells(plan, sections[bar])
        if not cells:
            continue
        weights = np.array([weight for _, _, weight in cells])
        for chosen in rng.choice(len(cells), min(count, len(cells)), replace=False, p=weights / weights.sum()):
            slot, role, _ = cells[int(chosen)]
            notes = _toggled(notes, bar, slot, role, int(rng.integers(*_ORNAMENT_BINS, endpoint=True)))
    return notes


def _with_licks(notes: Integers, plan: Plan, bars: Sequence[int]) -> Integers:
    """A drummer's licks; strokes that stand stay, and bars that end in a fill have enough."""
    if is_programmed(plan) or plan.groove.steps_per_beat != 4:
        return notes
    sections, ends = section_of_bar(plan), announcements(plan)
    for bar in bars:
        inside = notes[notes[:, BAR_COLUMN] == bar]
        if len(inside) and sections[bar].name != "build" and bar not in ends:
            for strokes, chokes in licks_of_bar(plan, sections[bar], bar, _backbeats(inside)):
                notes = _licked(notes, bar, strokes, chokes)
    return notes


def _backbeats(inside: Integers) -> list[int]:
    snares = inside[:, SYMBOL_COLUMN] == ROLES.index("snare")
    return [slot for slot in inside[snares, SLOT_COLUMN].tolist() if slot % SLOTS_PER_BEAT == 0 and slot > 0]


def _licked(notes: Integers, bar: int, strokes: Sequence[Stroke], chokes: Collection[str]) -> Integers:
    """Notes with the strokes of a lick where their drums are free."""
    for slot, role, loud in strokes:
        here = (notes[:, BAR_COLUMN] == bar) & (notes[:, SLOT_COLUMN] == slot)
        if (here & (notes[:, SYMBOL_COLUMN] == ROLES.index(role))).any():
            continue
        choked = here & np.isin(notes[:, SYMBOL_COLUMN], [ROLES.index(drum) for drum in chokes])
        notes = np.concatenate([notes[~choked], _strokes([slot], role, [loud]) + _at(bar)])
    return notes


def _open_cells(plan: Plan, section: SectionPlan) -> list[tuple[int, str, float]]:
    """Slot, drum and weight of the strokes that a section may have or not."""
    slots = step_slots(plan.groove.steps_per_beat)
    return [
        (int(slots[step]), role, _WELCOME[character])
        for role, pattern in patterns_of(plan, section).items()
        for step, character in enumerate(pattern)
        if character in _WELCOME
    ]


def _toggled(notes: Integers, bar: int, slot: int, role: str, velocity_bin: int) -> Integers:
    here = (
        (notes[:, BAR_COLUMN] == bar) & (notes[:, SLOT_COLUMN] == slot) & (notes[:, SYMBOL_COLUMN] == ROLES.index(role))
    )
    if here.any():
        kept: Integers = notes[~here]
        return kept
    return np.concatenate([notes, _strokes([slot], role, [velocity_bin]) + _at(bar)])


def _weighed(notes: Integers, plan: Plan, bars: Sequence[int]) -> Integers:
    """Ghost strokes are played softly, and what is certain is meant."""
    sections, weighed = section_of_bar(plan), notes.copy()
    slots = step_slots(plan.groove.steps_per_beat)
    for bar in bars:
        rng = generator(plan.seed, "ghosts", bar)
        inside = weighed[:, BAR_COLUMN] == bar
        for role, pattern in patterns_of(plan, sections[bar]).items():
            for step, character in enumerate(pattern):
                if character not in "gX":
                    continue
                stroke = inside & (weighed[:, SLOT_COLUMN] == slots[step])
                stroke &= weighed[:, SYMBOL_COLUMN] == ROLES.index(role)
                written = weighed[stroke, FIRST_ATTRIBUTE]
                soft = rng.integers(*_GHOST_BINS, endpoint=True)
                weighed[stroke, FIRST_ATTRIBUTE] = soft if character == "g" else np.maximum(written, _MEANT_BIN)
    return weighed


def _rolled(notes: Integers, plan: Plan, bars: Sequence[int]) -> Integers:
    """The closed hat rolls at the ends of phrases, where it plays."""
    if not plan.groove.rolls or plan.groove.steps_per_beat != 4:
        return notes
    hat, sections, made = ROLES.index("closed_hat"), section_of_bar(plan), [notes]
    taken = np.zeros(len(notes), bool)
    for bar in bars:
        section = sections[bar]
        roll = _roll_of(plan, section, bar - section.start_bar)
        plays = (notes[:, BAR_COLUMN] == bar) & (notes[:, SYMBOL_COLUMN] == hat)
        if roll is None or not plays.any():
            continue
        strokes, first, end = roll
        taken |= plays & (notes[:, SLOT_COLUMN] >= first) & (notes[:, SLOT_COLUMN] < end)
        made.append(strokes + _at(bar))
    return np.concatenate([notes[~taken], *made[1:]])


def _ridden(notes: Integers, plan: Plan, bars: Sequence[int]) -> Integers:
    """Sections in which the drummer keeps time on the ride: what the hats would play, and the foot on the backbeats.

    Where the style's pattern has a ride already, or hats that keep no time, it stays.
    """
    sections, hats = section_of_bar(plan), [ROLES.index(role) for role in _HATS]
    beat = SLOTS_PER_BEAT
    for bar in bars:
        section, patterns = sections[bar], patterns_of(plan, sections[bar])
        here = (notes[:, BAR_COLUMN] == bar) & np.isin(notes[:, SYMBOL_COLUMN], hats)
        own = patterns.get("ride", "").strip("-.") or not set(patterns.get("closed_hat", "")) & set("Xx")
        if own or not here.any() or not rides(plan, section.name) or section.name == "build":
            continue
        struck = {int(slot): int(loud) for slot, loud in notes[here][:, [SLOT_COLUMN, FIRST_ATTRIBUTE]]}
        time = {slot: loud for slot, loud in struck.items() if slot % beat in _RIDDEN}
        feet = list(range(beat, round(plan.metre.bar_beats) * beat, 2 * beat))
        added = [_strokes(time, "ride", time.values()), _strokes(feet, "pedal_hat", [_FOOT_BIN] * len(feet))]
        notes = np.concatenate([notes[~here], *(strokes + _at(bar) for strokes in added)])
    return notes


def _roll_of(plan: Plan, section: SectionPlan, bar: int) -> tuple[Integers, int, int] | None:
    """Strokes of the roll in a bar of a section, from its bar line on, and the slots from and to which it lasts."""
    rng = generator(plan.seed, "rolls", section.label, bar)
    chance, choice, rising = rng.random(3)
    ends = bar % 4 == 3 or bar == section.bars - 1
    often = plan.groove.rolls * (1.0 if ends else _BETWEEN * (0.5 + plan.variation))
    if "percussion" not in section.elements or section.energy < _CRASH_ENERGY or chance >= often:
        return None
    division, beat, beats = _ROLLS[int(choice * (_PHRASE_ROLLS if ends else len(_ROLLS)))]
    first, end = round(beat * SLOTS_PER_BEAT), round((beat + beats) * SLOTS_PER_BEAT)
    slots = [
        whole + slot
        for whole in range(0, end, SLOTS_PER_BEAT)
        for slot in _DIVISIONS[division]
        if first <= whole + slot < end
    ]
    louder = np.linspace(_ROLL_SOFT, _ROLL_LOUD, len(slots)).astype(int).tolist()
    return _strokes(slots, "closed_hat", louder if rising < 0.6 else louder[::-1]), first, end


def _strokes(slots: Iterable[int], role: str, velocity_bins: Iterable[int]) -> Integers:
    """Rows of strokes on time in bar 0."""
    rows = [
        (0, slot, 0, ROLES.index(role), min(velocity, VELOCITY_BINS - 1), _ON_TIME)
        for slot, velocity in zip(slots, velocity_bins, strict=True)
    ]
    return np.array(rows, np.int64).reshape(-1, FIRST_ATTRIBUTE + 2)


def _at(bar: int) -> npt.NDArray[np.int64]:
    """What is added to rows of bar 0."""
    return np.array([bar, *[0] * (FIRST_ATTRIBUTE + 1)], np.int64)


def _crashed(notes: Integers, plan: Plan, bars: Sequence[int]) -> Integers:
    """A crash opens a section, more surely one that the song is remembered by; strokes beside it are left out."""
    sections, ends, opened = section_of_bar(plan), announcements(plan), []
    for bar in bars:
        section = sections[bar]
        within = bar - section.start_bar
        plays = ((notes[:, BAR_COLUMN] == bar) & (notes[:, SLOT_COLUMN] == 0)).any()
        chance = float(generator(plan.seed, "crash", section.label, bar).random())
        if plays and chance < _crash_chance(plan, section, within, after_fill=bar - 1 in ends):
            opened.append(_strokes([0], "crash", [round(9 + 4 * section.energy)]) + _at(bar))
    return np.concatenate([notes, *opened])


def _crash_chance(plan: Plan, section: SectionPlan, bar: int, *, after_fill: bool) -> float:
    often = plan.groove.crash * (_CYMBALS[0] + (_CYMBALS[1] - _CYMBALS[0]) * habit(plan, "percussion", "cymbals"))
    if "percussion" not in section.elements or section.energy < _CRASH_ENERGY:
        return 0.0
    if bar == 0:
        return often * (1.4 if section.name in HOOK_SECTIONS else 1.0)
    if section.energy <= _CRASH_AGAIN:
        return 0.0
    every = 2 if habit(plan, "percussion", "cymbals") > _LAVISH else 4
    accents = _ACCENT * (bar % every == 0 and section.name in HOOK_SECTIONS)
    return often * max(_AGAIN * (bar % 8 == 0), _AFTER_FILL * after_fill, accents)


def _stopped(notes: Integers, plan: Plan, bars: Sequence[int]) -> Integers:
    """Silence before what comes next."""
    silent = np.zeros(len(notes), bool)
    for bar, end in announcements(plan).items():
        if end.stops and bar in bars:
            after = notes[:, SLOT_COLUMN] >= beat_slot(plan.metre.bar_beats, end.beats)
            silent |= (notes[:, BAR_COLUMN] == bar) & after
    kept: Integers = notes[~silent]
    return kept
