"""An instrument of samples: zones by key and velocity."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy.typing as npt

from workbench.domain.errors import ParameterError
from workbench.rendering.sampler.index import mapped_samples, read_samples

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
            if self.folder is None or not (self.folder / sample).is_file():
                raise ParameterError(f"instrument {self.name}: sample {sample!r} is not there")
            self.memory[sample] = mapped_samples(self.folder / sample) or read_samples(self.folder / sample)
        return self.memory[sample]

    def missing(self) -> tuple[str, ...]:
        """Samples that zones name and that are neither in memory nor in the folder, sorted."""
        named = {zone.sample for zone in self.zones} - self.memory.keys()
        return tuple(sorted(name for name in named if self.folder is None or not (self.folder / name).is_file()))

    def preload(self) -> int:
        """Read every sample that a zone needs; returns the bytes that they take."""
        return sum(self.read(zone.sample)[0].nbytes for zone in self.zones)
