"""Plug-ins at work: sound through an effect, notes through an instrument; one that fails is reported and left out."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from workbench.domain.arrays import Signal
from workbench.domain.automation import Lane, Placed, placed
from workbench.domain.clock import LOG
from workbench.domain.errors import ParameterError
from workbench.domain.moves import PluginSettings
from workbench.domain.tempo_map import TempoMap
from workbench.plugins.facts import PluginFacts, checked_settings
from workbench.plugins.hosting import PluginError, answers
from workbench.plugins.scanning import find_plugin, refuse

MidiEvent = tuple[float, tuple[int, int, int]]
"""A second, and a MIDI message of three bytes."""

Place = Callable[[Lane], list[Placed]]
"""Turns the points of a parameter into samples."""

_FAILED: dict[str, str] = {}
_LOCK = threading.Lock()


def place_in(tempi: TempoMap, bar_beats: float, sample_rate_hz: int) -> Place:
    """Where points lie in the sound of a song of these tempi and bars."""
    return lambda lane: placed(lane, lambda beats: round(tempi.seconds_at(beats) * sample_rate_hz), bar_beats)


def _at_the_start(lane: Lane) -> list[Placed]:
    return placed(lane[:1], lambda beats: 0, 4.0)


def failures(names: Sequence[str]) -> Mapping[str, str]:
    """Which of some plug-ins failed in this process, and why."""
    with _LOCK:
        return {name: _FAILED[name] for name in names if name in _FAILED}


def run_effect(
    name: str, settings: PluginSettings, sound: Signal, sample_rate_hz: int, place: Place = _at_the_start
) -> Signal | None:
    """Sound, (2, n), through an effect: as long as it was; None where the plug-in is missing or fails (reported).

    Parameters
    ----------
    name, settings
        As it is listed; parameters that move have points.
    sound, sample_rate_hz
        What it hears.
    place : callable
        Turns the points of a parameter into samples (`place_in`); without it no parameter moves.

    Raises
    ------
    ParameterError
        If it is an instrument, or has no such parameter.
    """

    def ask(plugin: PluginFacts, folder: Path) -> dict[str, Any]:
        np.save(folder / "input.npy", np.ascontiguousarray(sound))
        return {"do": "effect", "input": str(folder / "input.npy")}

    made = _asked(name, "effect", settings, sample_rate_hz, place, ask)
    if made is not None and made.shape != sound.shape:
        _fail(name, f"plug-in {name} gave sound of another length")
        return None
    return made


def play_instrument(
    name: str,
    settings: PluginSettings,
    events: Sequence[MidiEvent],
    length: int,
    sample_rate_hz: int,
    place: Place = _at_the_start,
) -> Signal | None:
    """`length` samples of what an instrument makes of MIDI messages, (2, n); None where it is missing or fails.

    The parameters are those of `run_effect`.

    Raises
    ------
    ParameterError
        If it is an effect, or has no such parameter.
    """

    def ask(plugin: PluginFacts, folder: Path) -> dict[str, Any]:
        return {"do": "instrument", "events": sorted(events), "length": length}

    return _asked(name, "instrument", settings, sample_rate_hz, place, ask)


def _asked(
    name: str,
    kind: str,
    settings: PluginSettings,
    sample_rate_hz: int,
    place: Place,
    ask: Callable[[PluginFacts, Path], dict[str, Any]],
) -> Signal | None:
    try:
        plugin = find_plugin(name)
    except ParameterError as error:
        _fail(name, str(error))
        return None
    if plugin.kind != kind:
        raise ParameterError(f"plug-in {plugin.name} is an {plugin.kind}: expected an {kind}")
    known = checked_settings(plugin, settings)
    common = {
        "path": plugin.path, "name": plugin.name, "sample_rate_hz": sample_rate_hz,
        "settings": {one: value[0].value if isinstance(value, tuple) else value for one, value in known.items()},
        "moves": {one: place(value) for one, value in known.items() if isinstance(value, tuple)},
    }  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="beatsfoundry-plugin-") as scratch:
        folder = Path(scratch)
        try:
            for _ in answers({**common, **ask(plugin, folder), "output": str(folder / "output.npy")}):
                pass
            made = np.load(folder / "output.npy")
        except PluginError as error:
            refuse(plugin, str(error))
            _fail(name, f"plug-in {plugin.name} {error}")
            return None
    if made.ndim != 2 or made.shape[0] not in (1, 2) or not np.isfinite(made).all():
        _fail(name, f"plug-in {plugin.name} gave no sound that can be used")
        return None
    with _LOCK:
        _FAILED.pop(name, None)
    return np.asarray(np.repeat(made, 2, axis=0) if made.shape[0] == 1 else made, np.float32)


def _fail(name: str, why: str) -> None:
    with _LOCK:
        _FAILED[name] = why
    LOG.warning("plug-in %s is not heard: %s", name, why, extra={"fields": {"plugin": name, "reason": why}})
