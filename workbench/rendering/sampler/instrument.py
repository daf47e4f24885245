"""An instrument of samples: zones by key and velocity, from a folder, an SFZ file or a SoundFont."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy.typing as npt

from workbench.domain.errors import ParameterError
from workbench.domain.paths import home_dir
from workbench.rendering.sampler.index import SampleFacts, index_folder, mapped_samples, read_samples
from workbench.rendering.sampler.naming import drum_pitch

SAMPLES_PREFIX = "samples:"
"""Where a patch is named, this and a name (or a path) stand for an instrument of samples."""


@dataclass(frozen=True, slots=True)
class Zone:
    """A region of keys and velocities that one sample plays.

    `root` is the key at which it sounds as recorded, `tune_cents` is added; `loop` are the first and the last sample
    of the loop or None. `sequence` (position, length) makes a round robin; a zone of group `group` is cut off when a
    zone sounds whose `off_by` names it. `one_shot`: it plays to its end, whatever the length of the note.
    """

    sample: str
    low_key: int = 0
    high_key: int = 127
    root: float = 60.0
    low_velocity: int = 1
    high_velocity: int = 127
    tune_cents: float = 0.0
    gain_db: float = 0.0
    pan: float = 0.0
    key_track: float = 1.0
    loop: tuple[int, int] | None = None
    offset: int = 0
    end: int | None = None
    one_shot: bool = False
    attack_ms: float = 0.0
    hold_ms: float = 0.0
    decay_ms: float = 0.0
    sustain: float = 1.0
    release_ms: float = 80.0
    velocity_track: float = 1.0
    cutoff_hz: float | None = None
    group: int = 0
    off_by: int = 0
    sequence: tuple[int, int] = (1, 1)


@dataclass(frozen=True, slots=True, eq=False)
class Instrument:
    """Zones, and where their sound comes from: files below `folder`, or `memory` (channels, n) with rates by name."""

    name: str
    zones: tuple[Zone, ...]
    folder: Path | None = None
    memory: dict[str, tuple[npt.NDArray[Any], int]] = field(default_factory=dict)

    def read(self, sample: str) -> tuple[npt.NDArray[Any], int]:
        """Samples (channels, n) and rate of one sample; each is read once and kept.

        Float WAV files are mapped into memory rather than read, so that large libraries cost no memory.

        Raises
        ------
        ParameterError
            If there is no such sample.
        """
        if sample not in self.memory:
            if self.folder is None:
                raise ParameterError(f"instrument {self.name}: sample {sample!r} is not there")
            self.memory[sample] = mapped_samples(self.folder / sample) or read_samples(self.folder / sample)
        return self.memory[sample]

    def preload(self) -> int:
        """Read every sample that a zone needs; returns the bytes that they take."""
        return sum(self.read(zone.sample)[0].nbytes for zone in self.zones)


def load_instrument(path: Path, *, preset: str | None = None) -> Instrument:
    """An instrument from a folder of samples, an SFZ file, or one preset of an SF2 or SF3 file.

    Parameters
    ----------
    path : Path
        Folder or file.
    preset : str, optional
        Name of a SoundFont's preset; the first one where left out.

    Raises
    ------
    ParameterError
        If nothing of the kind is there, or the file is damaged.
    """
    from workbench.rendering.sampler.sfz import read_sfz
    from workbench.rendering.sampler.soundfont import read_soundfont

    if path.is_dir():
        return map_folder(path)
    if not path.is_file():
        raise ParameterError(f"instrument {path} is not there: expected a folder, an SFZ, an SF2 or an SF3 file")
    if path.suffix.lower() == ".sfz":
        return read_sfz(path)
    if path.suffix.lower() in (".sf2", ".sf3"):
        return read_soundfont(path, preset)
    raise ParameterError(f"instrument {path.name}: expected a folder, .sfz, .sf2 or .sf3")


def find_instrument(name: str) -> Instrument:
    """An instrument by name: in `samples` of the user's folder, else a path; `FONT/PRESET` names a SoundFont's preset.

    Raises
    ------
    ParameterError
        If it is not there; the message lists what the user's folder holds.
    """
    home = home_dir() / "samples"
    for suffix in ("", ".sfz", ".sf2", ".sf3"):
        if (path := home / f"{name}{suffix}").exists():
            return load_instrument(path)
    if (path := Path(name).expanduser()).exists():
        return load_instrument(path)
    font, _, preset = name.rpartition("/")
    for path in (home / f"{font}.sf2", home / f"{font}.sf3", Path(font).expanduser()):
        if font and path.is_file():
            return load_instrument(path, preset=preset)
    known = ", ".join(sorted(entry.name for entry in home.glob("*"))) or "nothing yet"
    raise ParameterError(f"samples {name!r} are not there: {home} holds {known}")


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
        base = Zone("", key, key, float(key), one_shot=True, key_track=0.0, group=hats, off_by=hats, release_ms=40.0)
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
    """The named note where there is one, in the measured tuning if that agrees; else the measured pitch."""
    if one.name.pitch is None:
        return one.pitch
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
            replace(base, sample=_relative(folder, one), low_velocity=low, high_velocity=high, velocity_track=0.6)
            for one, low, high in zip(ordered, bottoms, tops, strict=True)
        ]
    return [
        replace(base, sample=_relative(folder, one), sequence=(place, len(group)))
        for place, one in enumerate(sorted(group, key=lambda one: one.path.name), start=1)
    ]


def _relative(folder: Path, one: SampleFacts) -> str:
    return one.path.relative_to(folder).as_posix()
