"""Touch: what a hand adds to classes of velocity and timing, so that no two strokes are alike.

The networks write velocity in 16 classes and timing in steps of 1/96 beat. Here each stroke gets a place inside its
classes, the habits of the song's own player, the accents of the metre, and a drift that carries from stroke to stroke.
All of it grows with the looseness of the style; drums that a machine plays have its levels and lie on the grid.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from workbench.composition.drummer import is_programmed, programmed_velocity
from workbench.domain.elements import is_drums
from workbench.domain.plan import Plan
from workbench.domain.score import Note
from workbench.domain.seeding import generator
from workbench.domain.song import DRUM_ROLES, drum_role
from workbench.domain.units import seconds_to_beats

_CLASS_VELOCITIES, _CLASS_BEATS = 8.0, 1 / 96
_LEAST = 0.3
"""Share of the spread inside a class of velocity that a machine keeps: programmed patterns are not flat either."""
_HABIT_VELOCITIES, _HABIT_SECONDS = 9.0, 0.0035
"""Standard deviations of how a player strikes a drum in every song bar."""
_DRIFT_VELOCITIES, _DRIFT_SECONDS = 3.0, 0.003
"""Standard deviations of what drifts from bar to bar."""
_SPREAD_VELOCITIES, _SPREAD_SECONDS, _SPREAD_STROKES = 8.0, 0.002, 0.009
"""Standard deviations from stroke to stroke; in time those of fingers, and of the four limbs of a drummer."""
_ACCENTS = {"closed_hat": 9.0, "ride": 8.0, "percussion": 8.0, "pedal_hat": 4.0, "kick": 3.0}
"""How much louder than off the beat a drum is struck on it."""
_LIGHTER = {"kick": -14.0, "closed_hat": -12.0, "ride": -6.0, "open_hat": -6.0}
"""What players strike softer than the networks, which learned from programmed patterns as well, have it."""


@dataclass(frozen=True, slots=True)
class _Player:
    """How a song's player differs from others, by drum role ("" for a pitched element)."""

    louder: dict[str, float]
    late_seconds: dict[str, float]


def touched(notes: Iterable[Note], plan: Plan, element: str) -> list[Note]:
    """Notes with a velocity and a timing of their own.

    What happens to a note depends on its bar and its place among the notes of that bar alone, so that bars that stay
    sound the same when others are written anew.

    Parameters
    ----------
    notes : iterable of Note
        As written by a network, before swing and sections.
    plan : Plan
    element : str

    Returns
    -------
    list of Note
        Sorted, with the same onsets and pitches.
    """
    if is_drums(element) and is_programmed(plan):
        return [replace(one, velocity=programmed_velocity(one, plan), shift_beats=0.0) for one in sorted(notes)]
    player = _player(plan, element)
    bars: dict[int, list[Note]] = {}
    for note in sorted(notes):
        bars.setdefault(int(note.onset_beats // plan.metre.bar_beats), []).append(note)
    return [note for bar, inside in bars.items() for note in _touched_bar(inside, bar, plan, element, player)]


def _player(plan: Plan, element: str) -> _Player:
    rng = generator(plan.seed, "player", element)
    roles = tuple(DRUM_ROLES) if is_drums(element) else ("",)
    louder, late = rng.standard_normal((2, len(roles)))
    return _Player(
        {role: _HABIT_VELOCITIES * value for role, value in zip(roles, louder.tolist(), strict=True)},
        {role: _HABIT_SECONDS * value for role, value in zip(roles, late.tolist(), strict=True)},
    )


def _touched_bar(notes: list[Note], bar: int, plan: Plan, element: str, player: _Player) -> list[Note]:
    loose = plan.groove.looseness
    inside = generator(plan.seed, "touch", element, bar).uniform(-0.5, 0.5, (2, len(notes)))
    apart = generator(plan.seed, "strokes", element, bar).standard_normal((2, len(notes)))
    spread = _SPREAD_STROKES if is_drums(element) else _SPREAD_SECONDS
    drifts = [generator(plan.seed, "drift", element, number).standard_normal(2) for number in (bar, bar + 1)]
    made = []
    for number, note in enumerate(notes):
        role = drum_role(note.pitch) if is_drums(element) else ""
        way = note.onset_beats / plan.metre.bar_beats - bar
        drift = (1.0 - way) * drifts[0] + way * drifts[1]
        velocity = (
            max(_LEAST, loose) * _CLASS_VELOCITIES * inside[0, number]
            + loose * (player.louder[role] + _DRIFT_VELOCITIES * drift[0] + _SPREAD_VELOCITIES * apart[0, number])
            + max(_LEAST, loose) * _ACCENTS.get(role, 0.0) * _weight(note.onset_beats % plan.metre.bar_beats)
            + loose * _LIGHTER.get(role, 0.0)
        )
        late = player.late_seconds[role] + _DRIFT_SECONDS * drift[1] + spread * apart[1, number]
        shift = _CLASS_BEATS * inside[1, number] + seconds_to_beats(late, plan.tempo_bpm)
        made.append(
            replace(
                note,
                velocity=min(127, max(1, round(note.velocity + velocity))),
                shift_beats=float(note.shift_beats + shift),
            )
        )
    return made


def _weight(beat: float) -> float:
    """How much a place of the bar is leant on, -0.5 (off 16ths) to 0.5 (the first beat).

    Examples
    --------
    >>> [_weight(beat) for beat in (0.0, 1.0, 1.5, 1.25)]
    [0.5, 0.35, -0.1, -0.5]
    """
    if beat == 0.0:
        return 0.5
    if beat % 1.0 == 0.0:
        return 0.35
    return -0.1 if beat % 0.5 == 0.0 else -0.5
