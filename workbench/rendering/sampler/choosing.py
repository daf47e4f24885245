"""Which zones a note plays: keys, velocities, turns, switches, chance, and the notes around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workbench.domain.score import Note
from workbench.domain.seeding import generator
from workbench.rendering.sampler.instrument import Instrument, Zone


@dataclass(frozen=True, slots=True)
class Moment:
    """A note, and what matters around it: the keys held with it, the note before it, its draw of 0..1, the tempo."""

    pitch: int
    velocity: int
    held: frozenset[int] = frozenset()
    before: Note | None = None
    chance: float = 0.0
    tempo_bpm: float = 120.0


@dataclass(frozen=True, slots=True)
class Chosen:
    """A zone of a note, the velocity that counts for it, and whether it sounds when the key is released."""

    index: int
    zone: Zone
    velocity: int
    on_release: bool


class Chooser:
    """Walks through the notes of a part and remembers the keyswitch and whose turn it is."""

    def __init__(self, instrument: Instrument, turn: int = 0) -> None:
        self._zones = instrument.zones
        self._turns = [turn] * len(instrument.zones)
        switches = [zone.conditions.switched_by for zone in instrument.zones]
        self._switches = {key for one in switches if one for key in range(one[0], one[1] + 1)}
        defaults = [zone.conditions.default_switch for zone in instrument.zones]
        self._switch = next((key for key in reversed(defaults) if key is not None), None)

    def choose(self, moment: Moment) -> list[Chosen]:
        """The zones of one note, in the instrument's order; a turn passes for each zone whose keys hold the note."""
        if moment.pitch in self._switches:
            self._switch = moment.pitch
        chosen = []
        for index, zone in enumerate(self._zones):
            if not zone.low_key <= moment.pitch <= zone.high_key:
                continue
            turn = self._turns[index]
            self._turns[index] += 1
            velocity = _velocity(zone, moment)
            in_turn = turn % zone.sequence[1] == zone.sequence[0] - 1
            if in_turn and zone.low_velocity <= velocity <= zone.high_velocity and self._allowed(zone, moment):
                chosen.append(Chosen(index, zone, velocity, zone.conditions.trigger == "release"))
        return chosen

    def _allowed(self, zone: Zone, moment: Moment) -> bool:
        asked = zone.conditions
        alone = not moment.held - {moment.pitch}
        low, high = asked.chance
        switched = asked.switched_by is None or (
            self._switch is not None and asked.switched_by[0] <= self._switch <= asked.switched_by[1]
        )
        return (
            switched
            and (low <= moment.chance < high or (high >= 1.0 <= moment.chance))
            and (asked.while_down is None or asked.while_down in moment.held)
            and (asked.while_up is None or asked.while_up not in moment.held)
            and (asked.after is None or (moment.before is not None and moment.before.pitch == asked.after))
            and asked.tempo_bpm[0] <= moment.tempo_bpm <= asked.tempo_bpm[1]
            and (asked.trigger not in ("first", "legato") or (asked.trigger == "first") == alone)
        )


def _velocity(zone: Zone, moment: Moment) -> int:
    if zone.conditions.velocity_of_before and moment.before is not None:
        return moment.before.velocity
    return moment.velocity


def zones_for(instrument: Instrument, pitch: int, velocity: int, turn: int) -> list[Zone]:
    """Zones that a note by itself plays; `turn` counts the notes before it, for round robins."""
    return [one.zone for one in Chooser(instrument, turn).choose(Moment(pitch, velocity, frozenset({pitch})))]


def moments(notes: Sequence[Note], name: str, tempo_bpm: float) -> list[Moment]:
    """What is around each of the notes, which come in the order in which they begin.

    The draw of a note depends on the instrument's name and the note's place alone, so a render is repeatable.
    """
    found = []
    held: list[Note] = []
    for index, note in enumerate(notes):
        held = [*(other for other in held if other.end_beats > note.start_beats + 1e-9), note]
        chance = float(generator(0, "sampler", name, index).random())
        before = notes[index - 1] if index else None
        keys = frozenset(other.pitch for other in held)
        found.append(Moment(note.pitch, note.velocity, keys, before, chance, tempo_bpm))
    return found
