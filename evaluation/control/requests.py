"""The control suite: random requests over styles, keys, metres, durations, structures, palettes and chords."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from workbench.concept.style import Style, list_styles, load_style
from workbench.domain.data_files import read_yaml
from workbench.domain.paths import data_dir
from workbench.domain.request import GenerationRequest, parse_request
from workbench.domain.seeding import generator
from workbench.domain.theory import NOTE_NAMES_FLAT, SCALES, Key

_MODE_WEIGHTS = {"major": 4, "minor": 4, "dorian": 1, "mixolydian": 1, "phrygian": 1, "lydian": 1}
_OWN_CHORDS, _OWN_TEMPO, _OWN_STRUCTURE, _OWN_DETAILS, _WHOLE_PALETTE = 0.3, 0.7, 0.6, 0.15, 0.5
"""Shares of the requests that state chords, a tempo, a structure, bars, tempi or keys of sections; and that leave the
palette whole."""


@cache
def suite() -> dict[str, Any]:
    """The fixed parts, as `data/suites/control.yaml` holds them."""
    parts: dict[str, Any] = read_yaml(data_dir() / "suites" / "control.yaml")
    return parts


def draw_requests(n: int, seed: int = 0) -> list[GenerationRequest]:
    """The first `n` requests of the suite; fewer are the beginning of more.

    Every style comes in turn, so that 22 requests hold each of them once, and so do the twelve tonics.

    Examples
    --------
    >>> draw_requests(2)[0] == draw_requests(1)[0]
    True
    """
    return [_request(number, seed) for number in range(n)]


def _request(number: int, seed: int) -> GenerationRequest:
    rng = generator(seed, "control suite", number)
    style = load_style(list_styles()[number % len(list_styles())])
    technical: dict[str, Any] = _chords(rng) if rng.random() < _OWN_CHORDS else {"key": _key(number, rng)}
    if rng.random() < _OWN_TEMPO:
        technical["tempo"] = _tempo(style, rng)
    if "structure" not in technical and rng.random() < _OWN_DETAILS:
        technical |= _details(technical["key"], technical.get("tempo", style.tempo_typical_bpm), rng)
    if "structure" not in technical and rng.random() < _OWN_STRUCTURE:
        technical["structure"] = _one_of(suite()["structures"], rng)
    technical["metre"] = _weighted(suite()["metres"], rng)
    technical["duration"] = float(_one_of(suite()["durations_seconds"], rng))
    palette = suite()["palettes"][0] if rng.random() < _WHOLE_PALETTE else _one_of(suite()["palettes"], rng)
    return parse_request(
        {
            "project_id": f"control-{number:02d}",
            "parameters": {
                "creative": {"concept": style.title},
                "technical": technical,
                "sound_design": {"palette": palette},
            },
            "options": {"seed": int(rng.integers(2**31)), "preview": True},
        }
    )


def _key(number: int, rng: np.random.Generator) -> str:
    modes = {mode: weight for mode, weight in _MODE_WEIGHTS.items() if mode in SCALES}
    return f"{NOTE_NAMES_FLAT[number % 12]} {_weighted(modes, rng)}"


def _chords(rng: np.random.Generator) -> dict[str, Any]:
    own = _one_of(suite()["chords"], rng)
    technical = {"key": own["key"], "chords": own.get("line") or own["by_section"]}
    return technical | ({"structure": own["structure"]} if "structure" in own else {})


def _details(key: str, tempo_bpm: float, rng: np.random.Generator) -> dict[str, Any]:
    """Sections with bars, keys, tempi and feels of their own, apart from the song's."""
    own = dict(_one_of(suite()["details"], rng))
    home = Key.parse(key)
    up, times = own.pop("section_keys_up", {}), own.pop("section_tempos_times", {})
    if up:
        own["section_keys"] = {name: str(Key((home.tonic + steps) % 12, home.mode)) for name, steps in up.items()}
    if times:
        own["section_tempos"] = {name: max(40.0, round(tempo_bpm * factor)) for name, factor in times.items()}
    return own


def _tempo(style: Style, rng: np.random.Generator) -> float:
    return round(float(rng.uniform(style.tempo_low_bpm, style.tempo_high_bpm)), int(rng.integers(2)))


def _one_of(choices: Sequence[Any], rng: np.random.Generator) -> Any:
    return choices[int(rng.integers(len(choices)))]


def _weighted(weights: Mapping[str, float], rng: np.random.Generator) -> str:
    share = np.array(list(weights.values()), dtype=np.float64)
    return list(weights)[int(rng.choice(len(share), p=share / share.sum()))]
