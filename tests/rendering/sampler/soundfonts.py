"""SoundFonts by hand: samples, zones of generators and modulators, presets."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

RATE = 44100
Generators = Sequence[tuple[int, int]]


@dataclass(frozen=True)
class Sample:
    """16-bit values, a loop, a root key and a kind (1 mono, 0x8001 in ROM)."""

    values: np.ndarray
    loop: tuple[int, int] = (0, 0)
    root: int = 69
    kind: int = 1
    rate: int = RATE


@dataclass(frozen=True)
class Font:
    """One instrument of zones, which every preset plays; `(generators, modulators)` each."""

    samples: Sequence[Sample]
    zones: Sequence[Generators]
    presets: Sequence[tuple[str, int, int]] = (("Preset", 0, 0),)
    added: Generators = ()
    modulators: Sequence[tuple[int, int, int, int, int]] = field(default=())

    def bytes(self) -> bytes:
        smpl, headers = b"", b""
        for sample in self.samples:
            start, data = len(smpl) // 2, np.asarray(sample.values).astype("<i2").tobytes()
            smpl += data + bytes(92)
            end = start + len(data) // 2
            places = (start, end, start + sample.loop[0], start + sample.loop[1], sample.rate)
            headers += name("sample") + struct.pack("<5IBbHH", *places, sample.root, 0, 0, sample.kind)
        ibag, igen, imod = b"", b"", b""
        for zone in self.zones:
            ibag += struct.pack("<HH", len(igen) // 4, len(imod) // 10)
            igen += generators(zone)
            imod += b"".join(struct.pack("<HHhHH", *one) for one in self.modulators)
        ibag += struct.pack("<HH", len(igen) // 4, len(imod) // 10)
        phdr, pbag, pgen = b"", b"", b""
        for text, bank, program in self.presets:
            phdr += name(text) + struct.pack("<HHHIII", program, bank, len(pbag) // 4, 0, 0, 0)
            pbag += struct.pack("<HH", len(pgen) // 4, 0)
            pgen += generators((*self.added, (41, 0)))
        phdr += name("EOP") + struct.pack("<HHHIII", 0, 0, len(pbag) // 4, 0, 0, 0)
        pbag += struct.pack("<HH", len(pgen) // 4, 0)
        inst = name("inst") + struct.pack("<H", 0) + name("EOI") + struct.pack("<H", len(ibag) // 4 - 1)
        parts = {
            b"phdr": phdr, b"pbag": pbag, b"pmod": bytes(10), b"pgen": pgen + bytes(4), b"inst": inst, b"ibag": ibag,
            b"imod": imod + bytes(10), b"igen": igen + bytes(4), b"shdr": headers + name("EOS") + bytes(26),
        }  # fmt: skip
        pdta = chunk(b"LIST", b"pdta" + b"".join(chunk(key, body) for key, body in parts.items()))
        lists = chunk(b"LIST", b"INFO" + chunk(b"ifil", struct.pack("<HH", 2, 1)))
        lists += chunk(b"LIST", b"sdta" + chunk(b"smpl", smpl)) + pdta
        return b"RIFF" + struct.pack("<I", 4 + len(lists)) + b"sfbk" + lists

    def write(self, path: Path) -> Path:
        path.write_bytes(self.bytes())
        return path


def name(text: str) -> bytes:
    return text.encode("latin-1")[:20].ljust(20, b"\0")


def chunk(key: bytes, body: bytes) -> bytes:
    return key + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def generators(zone: Generators) -> bytes:
    return b"".join(struct.pack("<HH", kind, amount & 0xFFFF) for kind, amount in zone)


def tone(hz: float = 441.0, frames: int = RATE, level: float = 0.5) -> np.ndarray:
    return 32767 * level * np.sin(2 * np.pi * hz * np.arange(frames) / RATE)


def noise(frames: int = RATE) -> np.ndarray:
    return 3000 * np.random.default_rng(0).standard_normal(frames)
