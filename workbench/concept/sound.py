"""What words, macros and references add to the sound that style and processing style have by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace

from workbench.concept.extraction import Extracted
from workbench.concept.moves import Moves
from workbench.domain.plan import Decision, SoundTraits

_PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "brightness": ("tilt_db",),
    "low_end": ("low_db",),
    "width": ("side_db",),
    "space": ("reverb_db", "delay_db"),
    "drive": ("drive_db",),
    "dynamics": ("contrast_lu",),
}
"""Parameters of the table, and the targets that each stands for."""

_UNITS = {"dynamics": "LU"}
_SPOKEN = {"reverb_db": " reverb", "delay_db": " echo"}


_CLOSED_DB = -100.0
"""A send that is closed."""


def decide_sound(
    moves: Moves, dry: Extracted[tuple[str, ...]] | None = None
) -> tuple[SoundTraits, tuple[Decision, ...]]:
    """The sound traits and a decision for each parameter; what nothing moves is as usual for the style.

    Sends that the text wants closed (`dry`) are closed, whatever moves them.
    """
    sound, decisions = _moved_sound(moves)
    if dry is None:
        return sound, decisions
    sound = replace(sound, **dict.fromkeys(dry.value, _CLOSED_DB))
    closed = " and ".join({"reverb_db": "reverb", "delay_db": "echo"}[target] for target in dict.fromkeys(dry.value))
    dry_decision = Decision("space", f"no {closed}", "text", f"the text says '{dry.words}'")
    return sound, tuple(dry_decision if decision.parameter == "space" else decision for decision in decisions)


def _moved_sound(moves: Moves) -> tuple[SoundTraits, tuple[Decision, ...]]:
    sound = SoundTraits(**{field.name: round(moves.total(field.name), 2) for field in fields(SoundTraits)})
    return sound, tuple(_decision(parameter, targets, sound, moves) for parameter, targets in _PARAMETERS.items())


def _decision(parameter: str, targets: tuple[str, ...], sound: SoundTraits, moves: Moves) -> Decision:
    amounts = {target: getattr(sound, target) for target in targets}
    if not any(amounts.values()):
        return Decision(parameter, "as usual", "style", "mix profile and processing style decide")
    unit = _UNITS.get(parameter, "dB")
    value = ", ".join(f"{amount:+.1f} {unit}{_SPOKEN.get(target, '')}" for target, amount in amounts.items())
    why = "beside mix profile and processing style" + moves.because(*targets)
    return Decision(parameter, value, moves.source(targets, "style"), why)
