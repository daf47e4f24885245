"""A folder of samples mapped to keys and velocities by the names, pitch and loudness of its files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from workbench.domain.errors import ParameterError
from workbench.rendering.sampler.index import SampleFacts, index_folder
from workbench.rendering.sampler.instrument import Instrument, Zone
from workbench.rendering.sampler.naming import drum_pitch
from workbench.rendering.sampler.shapes import Envelope

_DRUM = Envelope(release_ms=40.0)


def map_folder(folder: Path) -> Instrument:
    """Map a folder of samples by name, measured pitch and loudness.

    Files whose name names a drum become one-shots on that drum's General MIDI key; several of one drum are ordered by
    loudness into velocity layers where their names or levels tell them apart, else they take turns. Everything else
    is spread over the keyboard about its pitch, as named, else as measured; samples without any pitch are left out.

    Raises
    ------
    ParameterError
        If no file of the folder can be used.
    """
    facts = [one for one in index_folder(folder) if one.usable]
    zones = _drum_zones(folder, facts) or _pitched_zones(folder, facts)
    if not zones:
        raise ParameterError(f"sample folder {folder}: no file names a drum or has a pitch")
    return Instrument(folder.name, tuple(zones), folder)


def _drum_zones(folder: Path, facts: Sequence[SampleFacts]) -> list[Zone]:
    by_role: dict[str, list[SampleFacts]] = {}
    for one in facts:
        if one.name.role:
            by_role.setdefault(one.name.role, []).append(one)
    zones = []
    for role, group in by_role.items():
        key = drum_pitch(role)
        hats = 1 if role.endswith("_hat") else 0
        base = Zone("", key, key, float(key), one_shot=True, key_track=0.0, group=hats, off_by=hats, amp=_DRUM)
        zones += _layers(folder, group, base)
    return zones


def _pitched_zones(folder: Path, facts: Sequence[SampleFacts]) -> list[Zone]:
    by_root: dict[int, list[SampleFacts]] = {}
    for one in facts:
        root = _root(one)
        if root is not None:
            by_root.setdefault(round(root), []).append(one)
    roots = sorted(by_root)
    zones = []
    for i, root in enumerate(roots):
        low = 0 if i == 0 else (roots[i - 1] + root) // 2 + 1
        high = 127 if i == len(roots) - 1 else (root + roots[i + 1]) // 2
        for one in by_root[root]:
            base = Zone("", low, high, _root(one) or float(root))
            zones += _layers(folder, [one], base) if len(by_root[root]) == 1 else []
        if len(by_root[root]) > 1:
            zones += _layers(folder, by_root[root], Zone("", low, high, float(root)))
    return zones


def _root(one: SampleFacts) -> float | None:
    """The named note, in the measured tuning if that agrees; else the measured pitch; else what the file notes."""
    if one.name.pitch is None:
        return one.pitch if one.pitch is not None or one.notes.root is None else float(one.notes.root)
    if one.pitch is not None and abs(one.pitch - one.name.pitch) < 0.6:
        return one.pitch
    return float(one.name.pitch)


def _layers(folder: Path, group: Sequence[SampleFacts], base: Zone) -> list[Zone]:
    """Velocity layers where names tell loudness, else a round robin in the order of the names."""
    named = [one for one in group if one.name.velocity is not None]
    if len({one.name.velocity for one in named}) > 1 and len(named) == len(group):
        ordered = sorted(group, key=lambda one: one.name.velocity or 0)
        tops = [one.name.velocity or 127 for one in ordered[:-1]] + [127]
        bottoms = [1] + [top + 1 for top in tops[:-1]]
        return [
            replace(
                base,
                sample=_relative(folder, one),
                low_velocity=low,
                high_velocity=high,
                velocity_track=0.6,
                loop=_loop(one, base),
            )
            for one, low, high in zip(ordered, bottoms, tops, strict=True)
        ]
    return [
        replace(base, sample=_relative(folder, one), sequence=(place, len(group)), loop=_loop(one, base))
        for place, one in enumerate(sorted(group, key=lambda one: one.path.name), start=1)
    ]


def _loop(one: SampleFacts, base: Zone) -> tuple[int, int] | None:
    """The loop that a sample holds; one-shots have none."""
    return None if base.one_shot else one.notes.loop


def _relative(folder: Path, one: SampleFacts) -> str:
    return one.path.relative_to(folder).as_posix()
