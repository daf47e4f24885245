"""Contexts of the n-gram baselines, found by forward search on the validation part: the strongest of their kind.

A context lists columns of `columns.py`, the most telling first; the chain drops the last one by one.
At most four of them are earlier decisions of the part itself. The place in the bar, the note's own fields decided
before, the conditions and what the other elements play come free.
"""

from __future__ import annotations

from evaluation.networks.ngram.counts import Chain
from workbench.models.spec import ElementSpec

Context = tuple[str, ...]

_TUNED: dict[str, dict[str, tuple[Context, Context]]] = {
    "harmony": {
        "step": (
            ("slot", "density", "symbol1", "bass2", "symbol3", "style", "symbol2"),
            ("copy_next", "slot", "density", "slot2", "remaining", "phrase"),
        ),
        "symbol": (
            ("symbol2", "mode", "symbol1", "style", "symbol3", "slot2"),
            ("symbol2", "mode", "symbol1", "slot2", "copy_symbol", "bass2"),
        ),
        "quality": (
            ("style", "mode", "last_quality", "symbol", "quality2", "symbol1", "quality1"),
            ("style", "last_quality", "copy_quality", "symbol", "symbol1", "mode"),
        ),
        "bass": (
            ("quality", "last_bass", "last_quality", "symbol", "bass1", "style", "symbol1"),
            ("quality", "last_bass", "last_quality", "symbol", "bass1", "style", "symbol1"),
        ),
    },
    "percussion": {
        "step": (
            ("slot", "slot2", "density", "symbol1", "symbol2", "symbol3"),
            ("slot", "slot2", "symbol1", "copy_next", "density", "symbol2", "symbol3"),
        ),
        "symbol": (
            ("symbol1", "here_velocity", "symbol2", "symbol3", "step_slot", "style", "tempo"),
            ("copy_symbol", "symbol1", "here_velocity", "symbol2", "symbol3"),
        ),
        "velocity": (
            ("last_velocity", "symbol", "dynamics", "beat_slot"),
            ("copy_velocity", "symbol", "last_velocity"),
        ),
        "offset": (
            ("last_offset", "offset1"),
            ("copy_offset", "last_offset"),
        ),
    },
    "bass": {
        "step": (
            ("slot", "style", "duration1", "velocity2", "density", "slot2", "duration2"),
            ("slot", "copy_next", "duration1", "style", "duration2", "slot2", "density"),
        ),
        "symbol": (
            ("symbol2", "symbol1", "style", "slot2", "step_slot", "duration1"),
            ("symbol2", "symbol1", "style", "step_slot", "copy_symbol", "duration2", "duration1"),
        ),
        "duration": (
            ("last_duration", "duration2", "style", "step_slot", "density", "velocity2", "duration3"),
            ("copy_duration", "last_duration", "duration2", "style", "step_slot", "duration3", "dynamics"),
        ),
        "velocity": (
            ("style", "dynamics", "source", "last_velocity", "slot2", "step_slot", "last_offset"),
            ("style", "dynamics", "copy_velocity", "velocity1", "source", "step_slot", "slot2"),
        ),
        "offset": (
            ("last_duration", "offset1", "style", "source", "last_offset", "step_slot"),
            ("dynamics", "offset1", "style", "source", "step_slot", "duration1"),
        ),
    },
    "pads": {
        "step": (
            ("slot", "style", "slot2", "duration2", "next_bass", "density"),
            ("slot", "style", "slot2", "copy_next", "density", "duration2"),
        ),
        "symbol": (
            ("together", "symbol1", "chord", "source", "symbol2", "symbol3"),
            ("together", "symbol1", "source", "chord", "symbol2", "symbol3", "copy_symbol"),
        ),
        "duration": (
            ("duration1", "style", "together", "source", "step_slot", "slot2"),
            ("duration1", "style", "together", "source", "step_slot", "slot2"),
        ),
        "velocity": (
            ("dynamics", "last_velocity", "next_bass", "style", "here_velocity", "velocity1", "source"),
            ("dynamics", "last_velocity", "next_bass", "style", "here_velocity", "velocity1", "source"),
        ),
        "offset": (
            ("style", "beat_slot", "offset1", "offset3", "duration"),
            ("style", "beat_slot", "offset1", "offset3", "duration"),
        ),
    },
    "leads": {
        "step": (
            ("slot", "style", "slot2", "duration1", "duration2", "density"),
            ("slot", "style", "slot2", "duration1", "duration2", "density"),
        ),
        "symbol": (
            ("symbol3", "symbol2", "symbol1", "chord", "at_streams", "mode"),
            ("symbol3", "symbol2", "symbol1", "chord", "step_slot", "copy_symbol", "velocity1"),
        ),
        "duration": (
            ("style", "duration1", "duration2"),
            ("style", "copy_duration", "duration1", "duration2", "beat_slot"),
        ),
        "velocity": (
            ("dynamics", "velocity2", "section", "last_velocity", "velocity1"),
            ("dynamics", "velocity2", "section", "last_velocity", "velocity1"),
        ),
        "offset": (
            ("offset1", "offset3", "offset2", "last_offset", "step_slot"),
            ("offset1", "copy_offset", "offset3", "offset2"),
        ),
    },
}
"""By element and field: the context without and the one with the previous bar."""


def candidate_chains(field: str, spec: ElementSpec, *, copy: bool) -> list[Chain]:
    """Chains among which the best on the validation part is used: the tuned ones, and plain ones for new elements."""
    tuned = _TUNED.get(spec.name, {}).get(field, ())
    copied = "copy_next" if field == "step" else f"copy_{field}"
    plain = _plain(field, spec)
    contexts = [*tuned, *((copied, *context) for context in plain)] if copy else [*tuned[:1], *plain]
    return [as_chain(context) for context in contexts]


def as_chain(context: Context) -> Chain:
    """The context and all its beginnings, longest first.

    Examples
    --------
    >>> as_chain(("slot", "symbol1"))
    (('slot', 'symbol1'), ('slot',), ())
    """
    return tuple(context[:length] for length in range(len(context), -1, -1))


def _plain(field: str, spec: ElementSpec) -> tuple[Context, ...]:
    if field == "step":
        return ("slot", "slot2", "symbol1", "symbol2"), ("slot", "symbol1", "density")
    if field == "symbol":
        chord = ("chord",) if spec.sees_chords else ()
        return ("symbol1", "together", "step_slot", *chord, "symbol2"), ("symbol1", "mode", *chord, "symbol2")
    return (f"{field}1", "symbol", "beat_slot", f"{field}2"), ("symbol", f"last_{field}", "beat_slot")
