"""Reading SoundFonts: SF2 (SoundFont 2.04, Creative 2006) and SF3 (the same with samples as Ogg Vorbis)."""

from __future__ import annotations

import io
import mmap
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.domain.arrays import Signal
from workbench.domain.errors import ParameterError, counted, did_you_mean
from workbench.rendering.sampler.instrument import Instrument, Zone
from workbench.rendering.sampler.soundfont_modulators import DEFAULT_MODULATORS, Modulator, joined_modulators
from workbench.rendering.sampler.soundfont_zone import DEFAULTS, Sample, SoundZone, signed, zone_at

Generators = dict[int, int]

_INSTRUMENT, _SAMPLE = 41, 53
_KEYS, _VELOCITIES = 43, 44
_COMPRESSED, _ROM = 0x10, 0x8000
_NAMED = 8
# Offsets into samples, overrides and modes: what belongs to a sample, a preset cannot add to (section 8.1.2).
_INSTRUMENT_ONLY = {0, 1, 2, 3, 4, 12, 45, 46, 47, 50, 54, 57, 58}
_GENERATORS = 60
_RECORDS = {
    b"phdr": [("name", "S20"), ("number", "<u2"), ("bank", "<u2"), ("bag", "<u2"), ("rest", "V12")],
    b"pbag": [("generator", "<u2"), ("modulator", "<u2")],
    b"pmod": [("source", "<u2"), ("target", "<u2"), ("amount", "<i2"), ("by", "<u2"), ("transform", "<u2")],
    b"pgen": [("kind", "<u2"), ("amount", "<u2")],
    b"inst": [("name", "S20"), ("bag", "<u2")],
    b"ibag": [("generator", "<u2"), ("modulator", "<u2")],
    b"imod": [("source", "<u2"), ("target", "<u2"), ("amount", "<i2"), ("by", "<u2"), ("transform", "<u2")],
    b"igen": [("kind", "<u2"), ("amount", "<u2")],
    b"shdr": [
        ("name", "S20"), ("start", "<u4"), ("end", "<u4"), ("loop", "<u4"), ("stop", "<u4"), ("rate", "<u4"),
        ("root", "u1"), ("correction", "i1"), ("link", "<u2"), ("kind", "<u2"),
    ],
}  # fmt: skip
_OPTIONAL = (b"pmod", b"imod")


@dataclass(frozen=True, slots=True)
class Preset:
    """A preset by bank, program and name, with its first zone and the one behind its last."""

    bank: int
    program: int
    name: str
    zones: tuple[int, int]

    @property
    def number(self) -> str:
        """Bank and program, which no other preset has."""
        return f"{self.bank}:{self.program}"


@dataclass(frozen=True, slots=True)
class _Font:
    """Tables of a SoundFont by their four letters, and its samples."""

    name: str
    tables: Mapping[bytes, npt.NDArray[Any]]
    sound: memoryview
    fine: memoryview | None


@dataclass(frozen=True, slots=True)
class _Layer:
    """Generators and modulators of one zone."""

    generators: Generators
    modulators: tuple[Modulator, ...]


def list_presets(path: Path) -> tuple[Preset, ...]:
    """Presets of a SoundFont, by bank and program.

    Raises
    ------
    ParameterError
        If the file is no SoundFont.
    """
    return _presets(_open(path))


def read_soundfont(path: Path, preset: str | None = None) -> Instrument:
    """One preset of a SoundFont as an instrument.

    Parameters
    ----------
    path : Path
        SF2 or SF3 file.
    preset : str, optional
        Name, or bank and program (`0:24`) where several have one name; the first of the lowest bank where left out.

    Raises
    ------
    ParameterError
        If the file is damaged, or holds no such preset; the message lists some.
    """
    font = _open(path)
    chosen = _chosen(_presets(font), preset, path)
    memory: dict[str, tuple[npt.NDArray[Any], int]] = {}
    left: dict[str, list[str]] = {}
    try:
        found = [_sounding(layer, font, memory, left) for layer in _layers_of_preset(font, *chosen.zones)]
    except (IndexError, struct.error, OverflowError):
        raise ParameterError(f"{path.name}: damaged SoundFont, its tables name what is not there") from None
    sounds = [one for one in found if one is not None]
    remarks = tuple(
        f"{counted(len(names), 'zone')}: {why} ({', '.join(dict.fromkeys(names))})" for why, names in left.items()
    )
    if not sounds:
        raise ParameterError(
            f"{path.name}: preset {chosen.name!r} holds no samples{': ' + remarks[0] if remarks else ''}"
        )

    def adapted(index: int, key: int, velocity: int) -> Zone:
        return zone_at(sounds[index], key, velocity)

    zones = tuple(zone_at(one, one.sample.root, 127) for one in sounds)
    return Instrument(f"{path.stem}: {chosen.name}", zones, None, memory, remarks, adapted)


def _open(path: Path) -> _Font:
    try:
        with path.open("rb") as file:
            data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except (OSError, ValueError) as error:
        raise ParameterError(f"{path}: cannot be read ({getattr(error, 'strerror', None) or error})") from None
    if bytes(data[:4]) != b"RIFF" or bytes(data[8:12]) != b"sfbk":
        raise ParameterError(f"{path.name}: expected a SoundFont (RIFF sfbk)")
    found: dict[bytes, memoryview] = {}
    for name, body in _walk(data, 12):
        if name == b"LIST":
            found.update(_walk(body, 4))
    missing = [name.decode() for name in (*_RECORDS, b"smpl") if name not in found and name not in _OPTIONAL]
    if missing:
        raise ParameterError(f"{path.name}: damaged SoundFont, {', '.join(missing)} is missing")
    tables = {name: _table(found.get(name, memoryview(b"")), np.dtype(row)) for name, row in _RECORDS.items()}
    fine = found.get(b"sm24")
    whole = fine is not None and 2 * len(fine) >= len(found[b"smpl"])
    return _Font(path.name, tables, found[b"smpl"], fine if whole else None)


def _walk(data: memoryview, start: int) -> Iterator[tuple[bytes, memoryview]]:
    while start + 8 <= len(data):
        name, size = bytes(data[start : start + 4]), struct.unpack_from("<I", data, start + 4)[0]
        yield name, data[start + 8 : start + 8 + size]
        start += 8 + size + size % 2


def _table(body: memoryview, row: np.dtype[Any]) -> npt.NDArray[Any]:
    return np.frombuffer(body[: len(body) // row.itemsize * row.itemsize], row)


def _text(raw: bytes) -> str:
    return raw.split(b"\0")[0].decode("latin-1").strip()


def _presets(font: _Font) -> tuple[Preset, ...]:
    rows = font.tables[b"phdr"]
    if len(rows) < 2:
        raise ParameterError(f"{font.name}: holds no preset")
    found = [
        Preset(int(row["bank"]), int(row["number"]), _text(bytes(row["name"])), (int(row["bag"]), int(after["bag"])))
        for row, after in pairwise(rows)
    ]
    return tuple(sorted(found, key=lambda one: (one.bank, one.program)))


def _chosen(presets: tuple[Preset, ...], wanted: str | None, path: Path) -> Preset:
    """By name, whatever the case of its letters, else by bank and program."""
    if wanted is None:
        return presets[0]
    plain = wanted.strip().lower()
    named = [one for one in presets if one.name.lower() == plain]
    numbered = [one for one in presets if one.number == plain]
    if named or numbered:
        return (named or numbered)[0]
    some = ", ".join(f"{one.number} {one.name}" for one in presets[:_NAMED])
    hint = did_you_mean(wanted, [one.name for one in presets])
    raise ParameterError(f"{path.name}: preset {wanted!r} is not known{hint}: expected a name or number such as {some}")


def _layer(font: _Font, bags: bytes, gens: bytes, mods: bytes, zone: int) -> _Layer:
    rows = font.tables[bags]
    here, after = rows[zone], rows[zone + 1]
    generators = font.tables[gens][int(here["generator"]) : int(after["generator"])]
    modulators = font.tables[mods][int(here["modulator"]) : int(after["modulator"])]
    return _Layer(
        {int(row["kind"]): int(row["amount"]) for row in generators if row["kind"] <= _GENERATORS},
        tuple(Modulator(*(int(value) for value in row)) for row in modulators),
    )


def _above(common: _Layer, own: _Layer) -> _Layer:
    """A zone's own settings over those of the global zone."""
    return _Layer({**common.generators, **own.generators}, joined_modulators(common.modulators, own.modulators))


def _layers(font: _Font, tables: tuple[bytes, bytes, bytes], first: int, last: int, ends: int) -> Iterator[_Layer]:
    """Zones that end with the generator `ends`, each over the global zone that may stand first."""
    common = _Layer({}, ())
    for zone in range(first, last):
        own = _layer(font, *tables, zone)
        if ends in own.generators:
            yield _above(common, own)
        elif zone == first:
            common = own


def _layers_of_preset(font: _Font, first: int, last: int) -> Iterator[_Layer]:
    """Every zone that may sound: the instrument's, with what the preset adds."""
    instruments = font.tables[b"inst"]
    for preset in _layers(font, (b"pbag", b"pgen", b"pmod"), first, last, _INSTRUMENT):
        number = preset.generators[_INSTRUMENT]
        begin, end = int(instruments[number]["bag"]), int(instruments[number + 1]["bag"])
        for inner in _layers(font, (b"ibag", b"igen", b"imod"), begin, end, _SAMPLE):
            if (joined := _joined(inner, preset)) is not None:
                yield joined


def _joined(instrument: _Layer, preset: _Layer) -> _Layer | None:
    """Ranges meet, amounts and modulators add; None where the ranges have nothing in common."""
    joined = {kind: signed(value) for kind, value in instrument.generators.items()}
    for kind, value in preset.generators.items():
        if kind not in _INSTRUMENT_ONLY:
            joined[kind] = joined.get(kind, DEFAULTS.get(kind, 0)) + signed(value)
    for name in (_KEYS, _VELOCITIES):
        low, high = _range(instrument.generators.get(name))
        other_low, other_high = _range(preset.generators.get(name))
        low, high = max(low, other_low), min(high, other_high)
        if low > high:
            return None
        joined[name] = low | high << 8
    own = joined_modulators(DEFAULT_MODULATORS, instrument.modulators)
    return _Layer(joined, own + preset.modulators)


def _sounding(
    layer: _Layer, font: _Font, memory: dict[str, tuple[npt.NDArray[Any], int]], left: dict[str, list[str]]
) -> SoundZone | None:
    """A zone with its sample read; None, and a note in `left`, where there is no sound to play."""
    number = layer.generators[_SAMPLE]
    headers = font.tables[b"shdr"]
    if not 0 <= number < len(headers) - 1:
        raise ParameterError(f"{font.name}: damaged SoundFont, sample {number} is not there")
    row = headers[number]
    name = f"{number} {_text(bytes(row['name']))}".strip()
    start, end, kind = int(row["start"]), int(row["end"]), int(row["kind"])
    if kind & _ROM:
        left.setdefault("their sound lies in the ROM of a sound card", []).append(name)
        return None
    compressed = bool(kind & _COMPRESSED)
    if not start < end <= len(font.sound) // (1 if compressed else 2) or not row["rate"]:
        left.setdefault("their sample lies beyond the end of the file or is empty", []).append(name)
        return None
    if name not in memory:
        memory[name] = (_decoded(font, start, end, compressed), int(row["rate"]))
    base = 0 if compressed else start
    root = int(row["root"]) if row["root"] <= 127 else 60
    loop = (int(row["loop"]) - base, int(row["stop"]) - base)
    sample = Sample(name, memory[name][0].shape[1], loop, root, int(row["correction"]))
    keys, velocities = _range(layer.generators[_KEYS]), _range(layer.generators[_VELOCITIES])
    return SoundZone(sample, keys, velocities, layer.generators, layer.modulators)


def _decoded(font: _Font, start: int, end: int, compressed: bool) -> Signal:
    if compressed:
        import soundfile

        try:
            samples, _ = soundfile.read(io.BytesIO(font.sound[start:end]), dtype="float32", always_2d=True)
        except (soundfile.LibsndfileError, RuntimeError) as error:
            raise ParameterError(f"{font.name}: a sample cannot be decoded ({str(error).splitlines()[0]})") from None
        return np.ascontiguousarray(samples.T)
    coarse = np.frombuffer(font.sound, "<i2", end - start, 2 * start).astype(np.float32)
    if font.fine is not None:
        coarse += np.frombuffer(font.fine, "u1", end - start, start).astype(np.float32) / np.float32(256.0)
    return (coarse / np.float32(32768.0))[None, :]


def _range(value: int | None) -> tuple[int, int]:
    return (0, 127) if value is None else (value & 0xFF, value >> 8)
