"""Contexts of the n-gram baselines, found by forward search on the validation part: the strongest of their kind.

A context lists columns of `evaluation.ngram_columns`, the most telling first; the chain drops the last one by one.
At most four of them are earlier decisions of the part itself; the place in the bar, the note's own fields decided
before, the conditions and what the other elements play come free.
"""

from __future__ import annotations

from evaluation.metrics.ngram import Chain
from workbench.models.spec import ElementSpec

Context = tuple[str, ...]

_TUNED: dict[str, dict[str, tuple[Context, Context]]] = {}
"""By element and field: the context without and the one with the previous bar."""


def candidate_chains(field: str, spec: ElementSpec, *, copy: bool) -> list[Chain]:
    """Chains among which the best on the validation part is used: the tuned ones, and plain ones for new elements."""
    tuned = _TUNED.get(spec.name, {}).get(field)
    contexts = list(_plain(field, spec)) if tuned is None else [tuned[0]]
    if copy:
        contexts = [(copied, *context) for context in contexts for copied in _copied(field)] + contexts
        contexts += [] if tuned is None else [tuned[1]]
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


def _copied(field: str) -> tuple[str, ...]:
    return ("copy_next",) if field == "step" else (f"copy_{field}",)
