"""Reading SoundFonts: SF2 (SoundFont 2.04, Creative 2006) and SF3 (the same with samples as Ogg Vorbis)."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from workbench.domain.errors import ParameterError
from workbench.rendering.sampler.instrument import Instrument, Zone

Signal = npt.NDArray[np.float32]
Generators = dict[int, int]

_INSTRUMENT, _SAMPLE = 41, 53
_KEYS, _VELOCITIES = 43, 44
_SIGNED = struct.Struct("<h")
_COMPRESSED = 0x10
_RECORDS = {b"phdr": 38, b"pbag": 4, b"pgen": 4, b"inst": 22, b"ibag": 4, b"igen": 4, b"shdr": 46}
# What a preset adds to its instruments rather than replaces (SoundFont 2.04, section 9.4); times are in timecents.
_DEFAULTS = {8: 13500, 34: -12000, 35: -12000, 36: -12000, 37: 0, 38: -12000, 48: 0, 51: 0, 52: 0, 17: 0, 56: 100}


def list_presets(path: Path) -> tuple[str, ...]:
    """Names of a SoundFont's presets, by bank and number.

    Raises
    ------
    ParameterError
        If the file is no SoundFont.
    """
    return tuple(name for name, _, _ in _presets(_chunks(path), path))


def read_soundfont(path: Path, preset: str | None = None) -> Instrument:
    """One preset of a SoundFont as an instrument.

    Parameters
    ----------
    path : Path
        SF2 or SF3 file.
    preset : str, optional
        Name; the first of the lowest bank where left out.

    Raises
    ------
    ParameterError
        If the file is damaged, or holds no such preset; the message lists some.
    """
    chunks = _chunks(path)
    presets = _presets(chunks, path)
    chosen = next((one for one in presets if preset is None or one[0].lower() == preset.lower()), None)
    if chosen is None:
        names = ", ".join(name for name, _, _ in presets[:12])
        raise ParameterError(f"{path.name}: preset {preset!r} is not known: expected one of {names}")
    memory: dict[str, tuple[npt.NDArray[np.float32], int]] = {}
    zones = [_zone(generators, chunks, memory, path) for generators in _zones_of_preset(chunks, chosen[1], chosen[2])]
    if not zones:
        raise ParameterError(f"{path.name}: preset {chosen[0]!r} holds no samples")
    return Instrument(f"{path.stem}: {chosen[0]}", tuple(zones), None, dict(memory))


def _chunks(path: Path) -> dict[bytes, bytes]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ParameterError(f"{path}: cannot be read ({error.strerror})") from None
    if data[:4] != b"RIFF" or data[8:12] != b"sfbk":
        raise ParameterError(f"{path.name}: expected a SoundFont (RIFF sfbk)")
    found: dict[bytes, bytes] = {}
    for name, body in _walk(data, 12, len(data)):
        if name == b"LIST":
            found.update(_walk(body, 4, len(body)))
    missing = [name.decode() for name in (*_RECORDS, b"smpl") if name not in found]
    if missing:
        raise ParameterError(f"{path.name}: damaged SoundFont, {', '.join(missing)} is missing")
    return found


def _walk(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, bytes]]:
    while start + 8 <= end:
        name, size = data[start : start + 4], struct.unpack_from("<I", data, start + 4)[0]
        yield name, data[start + 8 : start + 8 + size]
        start += 8 + size + size % 2


def _records(chunks: Mapping[bytes, bytes], name: bytes) -> list[bytes]:
    size, body = _RECORDS[name], chunks[name]
    return [body[i : i + size] for i in range(0, len(body) - size + 1, size)]


def _text(raw: bytes) -> str:
    return raw.split(b"\0")[0].decode("latin-1").strip()


def _presets(chunks: Mapping[bytes, bytes], path: Path) -> list[tuple[str, int, int]]:
    """Name, first and last zone of each preset, lowest bank and number first."""
    rows = [(_text(r[:20]), *struct.unpack_from("<HHH", r, 20)) for r in _records(chunks, b"phdr")]
    if len(rows) < 2:
        raise ParameterError(f"{path.name}: holds no preset")
    found = [(bank, number, name, first, rows[i + 1][3]) for i, (name, number, bank, first) in enumerate(rows[:-1])]
    return [(name, first, last) for _, _, name, first, last in sorted(found)]


def _generators(chunks: Mapping[bytes, bytes], bags: bytes, gens: bytes, zone: int) -> Generators:
    rows = _records(chunks, bags)
    first, last = (struct.unpack_from("<H", rows[i])[0] for i in (zone, zone + 1))
    table = _records(chunks, gens)
    return {struct.unpack_from("<H", row)[0]: struct.unpack_from("<H", row, 2)[0] for row in table[first:last]}


def _zones_of_preset(chunks: Mapping[bytes, bytes], first: int, last: int) -> Iterator[Generators]:
    """Generators of every sounding zone: the instrument's, with what the preset adds."""
    common: Generators = {}
    instruments = _records(chunks, b"inst")
    for zone in range(first, last):
        own = _generators(chunks, b"pbag", b"pgen", zone)
        if _INSTRUMENT not in own:
            common = own if zone == first else common
            continue
        preset = {**common, **own}
        number = preset[_INSTRUMENT]
        begin, end = (struct.unpack_from("<H", instruments[number + i], 20)[0] for i in (0, 1))
        shared: Generators = {}
        for inner in range(begin, end):
            generators = _generators(chunks, b"ibag", b"igen", inner)
            if _SAMPLE not in generators:
                shared = generators if inner == begin else shared
                continue
            if (joined := _joined({**shared, **generators}, preset)) is not None:
                yield joined


def _joined(instrument: Generators, preset: Generators) -> Generators | None:
    """Ranges meet, amounts add; None where the ranges have nothing in common."""
    joined = dict(instrument)
    for name in (_KEYS, _VELOCITIES):
        low, high = _range(instrument.get(name))
        other_low, other_high = _range(preset.get(name))
        low, high = max(low, other_low), min(high, other_high)
        if low > high:
            return None
        joined[name] = low | high << 8
    for name, default in _DEFAULTS.items():
        if name in preset:
            joined[name] = _signed(instrument.get(name, default & 0xFFFF)) + _signed(preset[name]) & 0xFFFF
    return joined


def _range(value: int | None) -> tuple[int, int]:
    return (0, 127) if value is None else (value & 0xFF, value >> 8)


def _signed(value: int) -> int:
    return int(_SIGNED.unpack(struct.pack("<H", value & 0xFFFF))[0])


def _zone(
    generators: Generators,
    chunks: Mapping[bytes, bytes],
    memory: dict[str, tuple[npt.NDArray[np.float32], int]],
    path: Path,
) -> Zone:
    headers = _records(chunks, b"shdr")
    number = generators[_SAMPLE]
    if number >= len(headers) - 1:
        raise ParameterError(f"{path.name}: damaged SoundFont, sample {number} is not there")
    row = headers[number]
    start, end, loop_start, loop_end, rate = struct.unpack_from("<5I", row, 20)
    root, correction = struct.unpack_from("<Bb", row, 40)
    compressed = bool(struct.unpack_from("<H", row, 44)[0] & _COMPRESSED)
    key = f"{number}"
    if key not in memory:
        memory[key] = (_decoded(chunks[b"smpl"], start, end, compressed, path), rate)
    base = 0 if compressed else start

    def value(name: int, default: int = 0) -> int:
        return _signed(generators.get(name, _DEFAULTS.get(name, default)))

    first = loop_start - base + value(2) + 32768 * value(45)
    last = loop_end - base + value(3) + 32768 * value(50)
    looped = generators.get(54, 0) & 1 and last > first + 8
    low, high = _range(generators.get(_KEYS))
    soft, loud = _range(generators.get(_VELOCITIES))
    override = value(58, -1)
    return Zone(
        sample=key,
        low_key=low,
        high_key=high,
        root=float(override if override >= 0 else root if root <= 127 else 60),
        low_velocity=max(1, soft),
        high_velocity=loud,
        tune_cents=100.0 * value(51) + value(52) + correction,
        # Attenuation counts 0.4 of what the standard says, as all players follow the first hardware.
        gain_db=-0.04 * max(0, value(48)),
        pan=value(17) / 500.0,
        key_track=value(56) / 100.0,
        loop=(first, last) if looped else None,
        attack_ms=_milliseconds(value(34)),
        hold_ms=_milliseconds(value(35)),
        decay_ms=_milliseconds(value(36)),
        sustain=10.0 ** (-max(0, min(1440, value(37))) / 200.0),
        release_ms=max(10.0, _milliseconds(value(38))),
        cutoff_hz=8.176 * 2.0 ** (value(8) / 1200.0) if value(8) < 13400 else None,
        group=value(57),
        off_by=value(57),
    )


def _milliseconds(timecents: int) -> float:
    return 0.0 if timecents <= -11950 else 1000.0 * float(2.0 ** (timecents / 1200.0))


def _decoded(smpl: bytes, start: int, end: int, compressed: bool, path: Path) -> Signal:
    if compressed:
        import soundfile

        try:
            samples, _ = soundfile.read(io.BytesIO(smpl[start:end]), dtype="float32", always_2d=True)
        except (soundfile.LibsndfileError, RuntimeError) as error:
            raise ParameterError(f"{path.name}: a sample cannot be decoded ({str(error).splitlines()[0]})") from None
        return np.ascontiguousarray(samples.T)
    if 2 * end > len(smpl):
        raise ParameterError(f"{path.name}: damaged SoundFont, a sample lies beyond the end of the file")
    return (np.frombuffer(smpl, "<i2", end - start, 2 * start).astype(np.float32) / np.float32(32768.0))[None, :]
