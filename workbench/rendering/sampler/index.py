"""An index of a sample folder: what each file is, what is wrong with it, and what its name promises."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from workbench.domain.arrays import Signal
from workbench.domain.errors import AudioFileError, ParameterError
from workbench.domain.sound_files import SUFFIXES, files_below
from workbench.domain.units import gain_to_db
from workbench.rendering.sampler.files import SampleNotes, read_samples, sample_notes
from workbench.rendering.sampler.instrument import Instrument
from workbench.rendering.sampler.naming import NameFacts, read_name

_SILENT_DB = -60.0
_CLIPPED_RUN = 4
_PITCH_SECONDS = 0.4
_LEAST_CLARITY = 0.85
_CENTS_OFF = 60.0


@dataclass(frozen=True, slots=True)
class SampleFacts:
    """One file of a library.

    `pitch` is the measured MIDI pitch (fractions are cents), None where the sound has none; `name` is what the file
    name says, `notes` what the file holds about its root key and loop; `problems` holds plain sentences, empty for a
    sound file without fault.
    """

    path: Path
    seconds: float
    sample_rate_hz: int
    channels: int
    peak_db: float
    rms_db: float
    pitch: float | None
    name: NameFacts
    problems: tuple[str, ...]
    notes: SampleNotes

    @property
    def usable(self) -> bool:
        """Whether the file holds sound at all."""
        return self.seconds > 0.0 and self.peak_db > _SILENT_DB


def index_folder(folder: Path) -> list[SampleFacts]:
    """Look at every sound file of a folder and its subfolders, sorted by path.

    Raises
    ------
    ParameterError
        If the folder is not there or holds no sound file.
    """
    if not folder.is_dir():
        raise ParameterError(f"sample folder {folder} is not there: expected a folder of {', '.join(SUFFIXES)} files")
    facts = [inspect(path) for path in files_below(folder)]
    if not facts:
        raise ParameterError(f"sample folder {folder} holds no sound: expected {', '.join(SUFFIXES)} files")
    return facts


def index_instrument(instrument: Instrument) -> list[SampleFacts]:
    """Look at every sample that the zones of an instrument name and that is there, sorted by name.

    Their names promise nothing: the instrument says which keys they play.
    """
    missing = set(instrument.missing())
    named = sorted({zone.sample for zone in instrument.zones} - missing)
    return [_inspect_sample(instrument, name) for name in named]


def _inspect_sample(instrument: Instrument, name: str) -> SampleFacts:
    path = Path(name) if instrument.folder is None else instrument.folder / name
    try:
        samples, rate = instrument.read(name)
    except AudioFileError as error:
        return _corrupt(path, error)
    notes = SampleNotes() if instrument.folder is None else sample_notes(path)
    return _measured(path, samples, rate, NameFacts(), notes)


def inspect(path: Path) -> SampleFacts:
    """Measure one file; a file that cannot be read is reported, not raised."""
    try:
        samples, rate = read_samples(path)
    except AudioFileError as error:
        return _corrupt(path, error)
    return _measured(path, samples, rate, read_name(path.stem), sample_notes(path))


def _corrupt(path: Path, error: AudioFileError) -> SampleFacts:
    name = read_name(path.stem)
    return SampleFacts(path, 0.0, 0, 0, -200.0, -200.0, None, name, (f"corrupt: {error}",), SampleNotes())


def _measured(
    path: Path, samples: npt.NDArray[np.float32], rate: int, name: NameFacts, notes: SampleNotes
) -> SampleFacts:
    peak = gain_to_db(float(np.abs(samples).max()))
    rms = gain_to_db(float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))))
    pitch = measured_pitch(samples.mean(axis=0), rate) if peak > _SILENT_DB else None
    problems = _faults(samples, peak, rate) + _contradictions(name, pitch)
    return SampleFacts(
        path, samples.shape[1] / rate, rate, samples.shape[0], round(peak, 2), round(rms, 2), pitch, name,
        tuple(problems), notes,
    )  # fmt: skip


def measured_pitch(mono: Signal, rate: int) -> float | None:
    """MIDI pitch of the steady part behind the attack, None where nothing repeats.

    Normalised autocorrelation (P. McLeod and G. Wyvill, "A smarter way to find pitch", ICMC 2005): the first peak
    that reaches 0.9 of the highest.
    """
    start = int(np.argmax(np.abs(mono))) if mono.size else 0
    piece = mono[start : start + round(_PITCH_SECONDS * rate)].astype(np.float64)
    if piece.size < rate // 12:
        return None
    piece = piece - piece.mean()
    size = 1 << int(2 * piece.size - 1).bit_length()
    spectrum = np.fft.rfft(piece, size)
    correlation = np.fft.irfft(np.abs(spectrum) ** 2, size)[: piece.size // 2]
    energy = np.concatenate([[0.0], np.cumsum(piece**2)])
    lags = np.arange(correlation.size)
    both = energy[piece.size - lags] + energy[-1] - energy[lags]
    clarity = 2.0 * correlation / np.maximum(both, 1e-12)
    least = rate // 2500
    negative = np.flatnonzero(clarity[least:] < 0.0)
    if not negative.size:
        return None
    first = least + int(negative[0])
    inner = clarity[first + 1 : -1]
    peaks = first + 1 + np.flatnonzero((inner > clarity[first:-2]) & (inner >= clarity[first + 2 :]))
    if not peaks.size or clarity[peaks].max() < _LEAST_CLARITY:
        return None
    best = int(peaks[np.flatnonzero(clarity[peaks] >= 0.9 * clarity[peaks].max())[0]])
    left, here, right = clarity[best - 1 : best + 2]
    lag = best + 0.5 * (left - right) / (left - 2.0 * here + right - 1e-15)
    return round(float(69.0 + 12.0 * np.log2(rate / lag / 440.0)), 2)


def _faults(samples: Signal, peak_db: float, rate: int) -> list[str]:
    found = []
    if peak_db <= _SILENT_DB:
        return ["silent"]
    if _longest_flat_top(samples) >= _CLIPPED_RUN:
        found.append("clipped: flat tops at full scale")
    lead = int(np.argmax(np.abs(samples).max(axis=0) > 0.01 * float(np.abs(samples).max())))
    if lead > 0.05 * rate:
        found.append(f"starts with {1000.0 * lead / rate:.0f} ms of silence")
    return found


def _longest_flat_top(samples: Signal) -> int:
    longest = 0
    for channel in np.abs(samples) >= 0.9995:
        steps = np.diff(np.concatenate([[0], channel.astype(np.int8), [0]]))
        runs = np.flatnonzero(steps == -1) - np.flatnonzero(steps == 1)
        longest = max(longest, int(runs.max(initial=0)))
    return longest


def _contradictions(name: NameFacts, pitch: float | None) -> list[str]:
    """Where the name promises another note than is heard; octaves are not held against a name."""
    if name.pitch_class is None or pitch is None:
        return []
    off = (100.0 * (pitch - name.pitch_class) + 600.0) % 1200.0 - 600.0
    return [] if abs(off) <= _CENTS_OFF else [f"mislabelled: the name says another note than {pitch:.1f} (MIDI)"]
