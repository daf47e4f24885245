"""An instrument of samples: zones by key and velocity."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy.typing as npt

from workbench.domain.errors import ParameterError
from workbench.rendering.sampler.conditions import ALWAYS, Conditions
from workbench.rendering.sampler.files import mapped_samples, read_samples
from workbench.rendering.sampler.shapes import FLAT, PLAIN, Envelope, EqualiserBand, Lfo, ModulationEnvelope, ZoneFilter

SAMPLES_PREFIX = "samples:"
"""Where a patch is named, this and a name (or a path) stand for an instrument of samples."""


@dataclass(frozen=True, slots=True)
class Fade:
    """A crossfade: silent up to `low`, whole from `high` (or the other way round); `power` keeps the energy."""

    by: str
    low: float
    high: float
    rising: bool
    power: bool = True


@dataclass(frozen=True, slots=True)
class Zone:
    """A region of keys and velocities that one sample plays.

    `root` is the key at which it sounds as recorded, `tune_cents` is added. Places in the sample are frames of it:
    `loop` is the first frame of the loop and the one behind its last, `end` the one behind the last that sounds.
    `loop_held`: the loop ends with the note; `loop_count`: after that many returns. `sequence` (position, length)
    makes a round robin; a zone of group `group` is cut off, within `off_ms`, when a zone sounds whose `off_by` names
    it; by its own group and key too, where `off_same_key`. `one_shot`: it plays to its end, whatever the length of
    the note. A zone that a key's release triggers loses `release_decay_db` for each second that the key was held,
    and is heard where another zone sounded before it, or `release_alone`. What is `random` is drawn for every note.
    """

    sample: str
    low_key: int = 0
    high_key: int = 127
    root: float = 60.0
    low_velocity: int = 1
    high_velocity: int = 127
    conditions: Conditions = ALWAYS
    sequence: tuple[int, int] = (1, 1)
    tune_cents: float = 0.0
    tune_velocity_cents: float = 0.0
    tune_random_cents: float = 0.0
    key_track: float = 1.0
    gain_db: float = 0.0
    gain_key_db: float = 0.0
    gain_key_center: int = 60
    gain_random_db: float = 0.0
    velocity_track: float = 1.0
    velocity_curve: tuple[tuple[int, float], ...] = ()
    fades: tuple[Fade, ...] = ()
    pan: float = 0.0
    width: float = 1.0
    position: float = 0.0
    delay_ms: float = 0.0
    delay_random_ms: float = 0.0
    offset: int = 0
    offset_random: int = 0
    end: int | None = None
    reverse: bool = False
    one_shot: bool = False
    loop: tuple[int, int] | None = None
    loop_held: bool = False
    loop_count: int | None = None
    loop_crossfade_ms: float = 0.0
    amp: Envelope = PLAIN
    amp_slopes: Envelope = FLAT
    pitch_sweep: ModulationEnvelope | None = None
    filter_sweep: ModulationEnvelope | None = None
    lfos: tuple[Lfo, ...] = ()
    filters: tuple[ZoneFilter, ...] = ()
    bands: tuple[EqualiserBand, ...] = ()
    group: int = 0
    off_by: int = 0
    off_ms: float = 8.0
    off_same_key: bool = True
    release_decay_db: float = 0.0
    release_alone: bool = False

    @property
    def release_ms(self) -> float:
        """How long the zone rings when its key is released."""
        return self.amp.release_ms


@dataclass(frozen=True, slots=True, eq=False)
class Instrument:
    """Zones, and where their sound comes from: files below `folder`, or `memory` (channels, n) with rates by name.

    `left_out` holds plain sentences about what the file asks for and the instrument does not do. `adapted` gives a
    zone as one key and velocity plays it, where its format lets them change more than a zone can say.
    """

    name: str
    zones: tuple[Zone, ...]
    folder: Path | None = None
    memory: dict[str, tuple[npt.NDArray[Any], int]] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    adapted: Callable[[int, int, int], Zone] | None = None

    def at(self, index: int, key: int, velocity: int) -> Zone:
        """A zone, by its place in `zones`, as this key and velocity play it."""
        return self.zones[index] if self.adapted is None else self.adapted(index, key, velocity)

    def read(self, sample: str) -> tuple[npt.NDArray[Any], int]:
        """Samples (channels, n) and rate of one sample; each is read once and kept.

        Float WAV files are mapped into memory rather than read, so that large libraries cost no memory.

        Raises
        ------
        ParameterError
            If there is no such sample.
        AudioFileError
            If it cannot be read.
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
