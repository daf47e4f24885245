"""The bars that the engine is held to, and what a bench found for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from evaluation.bench import knobs
from evaluation.bench.result import BenchResult

_SONG, _LONG = "4 min", "15 min"
_MOST_LONG_MB = 1500.0


@dataclass(frozen=True, slots=True)
class Bar:
    """A value and the most that it may be; None where the bench did not take it."""

    name: str
    most: float
    value: Callable[[BenchResult], float | None]


def _ratio(name: str) -> Callable[[BenchResult], float | None]:
    """Of the song of four minutes, this checkout over the revision."""
    return lambda found: next((one.ratio for one in found.ratios.get(_SONG, ()) if one.name == name), None)


def _change(name: str) -> Callable[[BenchResult], float | None]:
    return lambda found: found.changes.get(name)


def _peer(name: str) -> Callable[[BenchResult], float | None]:
    """Our seconds over those of a peer."""
    return lambda found: next(
        (peer.ours_seconds / peer.seconds for peer in found.peers if peer.name == name and peer.seconds), None
    )


def _of_length(found: BenchResult) -> float | None:
    if not {_SONG, _LONG} <= set(found.measured):
        return None
    return found.measured[_LONG].cold_seconds / found.measured[_SONG].cold_seconds


def _long_memory(found: BenchResult) -> float | None:
    return found.measured[_LONG].cold.peak_mb if _LONG in found.measured else None


BARS = (
    Bar("4 minutes, cold, wall over the revision", 1 / 6, _ratio("cold, wall")),
    Bar("4 minutes, warm, wall over the revision", 1 / 8, _ratio("warm, wall")),
    Bar("4 minutes, peak memory over the revision", 1 / 3, _ratio("peak memory")),
    Bar("15 minutes, peak memory in MB", _MOST_LONG_MB, _long_memory),
    Bar("15 minutes over 4 minutes, cold", 4.0, _of_length),
    Bar("compose over the revision", 1 / 5, _ratio("compose, warm")),
    Bar("mix and master over the revision", 1 / 8, _ratio("mix and master, warm")),
    Bar("master over matchering", 1 / 4, _peer("matchering")),
    Bar("mix over pedalboard", 1.0, _peer("pedalboard")),
    Bar("render over FluidSynth", 1.5, _peer("FluidSynth")),
    Bar(knobs.AGAIN, 1 / 50, _change(knobs.AGAIN)),
    Bar(f"{knobs.PATCH}, seconds", 0.25, _change(knobs.PATCH)),
    Bar(f"{knobs.MIXED}, seconds", 0.15, _change(knobs.MIXED)),
    Bar(f"{knobs.ANEW}, seconds", 0.8, _change(knobs.ANEW)),
    Bar(knobs.CANDIDATES, 2.2, _change(knobs.CANDIDATES)),
)
"""In the order in which they are printed."""


def bar_lines(found: BenchResult) -> list[str]:
    """Each bar with what was found, and whether it holds."""
    return [f"{'':44}{'found':>9}{'at most':>9}", *(_line(bar, bar.value(found)) for bar in BARS)]


def _line(bar: Bar, value: float | None) -> str:
    if value is None:
        return f"{bar.name:44}{'-':>9}{bar.most:9.3g}   not taken"
    return f"{bar.name:44}{value:9.3g}{bar.most:9.3g}   {'holds' if value <= bar.most else 'missed'}"
