"""Sample files: found by a name that may be spelled otherwise, read or mapped, with the loop and root key they hold."""

from __future__ import annotations

import difflib
import os
import struct
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from workbench.analysis.audio_reading import open_audio
from workbench.domain.arrays import Signal

_PROBED = 256
_MOST_CHUNKS = 4096


@dataclass(frozen=True, slots=True)
class SampleNotes:
    """What a sample file says of itself: the key at which it sounds as recorded, and its loop, end exclusive."""

    root: int | None = None
    loop: tuple[int, int] | None = None


def read_samples(path: Path) -> tuple[Signal, int]:
    """Samples (1 or 2 channels, n) as float32 and their rate.

    Raises
    ------
    AudioFileError
        As `open_audio`: if the file is no sound file, is damaged, has more channels, or its header lies.
    """
    incoming = open_audio(path)
    return np.ascontiguousarray(incoming.audio.samples[: incoming.channels]), incoming.audio.sample_rate_hz


def mapped_samples(path: Path) -> tuple[Signal, int] | None:
    """A float WAV file as an array (channels, n) that the system reads from disk when it is used; None for others.

    How many frames there are is what the audio library counts, so that no chunk behind the sound is ever taken for
    it; where the frames do not lie where they are looked for, the file is read instead.
    """
    import soundfile

    if path.suffix.lower() != ".wav":
        return None
    try:
        with soundfile.SoundFile(os.fsencode(path)) as file, path.open("rb") as raw:
            start = _place_of(raw, b"data") if file.subtype == "FLOAT" and file.endian == "FILE" else None
            shape = (int(file.frames), int(file.channels))
            if start is None or not 0 < 4 * shape[0] * shape[1] <= path.stat().st_size - start:
                return None
            mapped = np.memmap(path, "<f4", "r", start, shape)
            return (mapped.T, int(file.samplerate)) if _agrees(mapped, file) else None
    except (soundfile.SoundFileError, OSError, RuntimeError, ValueError):
        return None


def _agrees(mapped: npt.NDArray[np.float32], file: object) -> bool:
    """Whether the first and the last frames are those that the library reads."""
    for place in (0, max(0, len(mapped) - _PROBED)):
        file.seek(place)  # type: ignore[attr-defined]
        heard = file.read(_PROBED, dtype="float32", always_2d=True)  # type: ignore[attr-defined]
        if heard.tobytes() != np.ascontiguousarray(mapped[place : place + _PROBED]).tobytes():
            return False
    return True


def _chunks(file: BinaryIO, order: str = "<") -> Iterator[tuple[bytes, int, int]]:
    """Name, place and size of the chunks of an open RIFF or FORM file, cut to what is there."""
    file.seek(0, 2)
    length = file.tell()
    place, large = 12, 0
    for _ in range(_MOST_CHUNKS):
        file.seek(place)
        head = file.read(8)
        if len(head) < 8:
            return
        name, size = head[:4], struct.unpack(f"{order}I", head[4:])[0]
        if name == b"ds64":
            large = int.from_bytes(file.read(16)[8:], "little")
        if name == b"data" and size == 0xFFFFFFFF:
            size = large or size
        yield name, place + 8, min(size, length - place - 8)
        place += 8 + size + size % 2


def _place_of(file: BinaryIO, wanted: bytes) -> int | None:
    return next((place for name, place, _ in _chunks(file) if name == wanted), None)


def sample_notes(path: Path) -> SampleNotes:
    """Root key and loop that a WAV (`smpl` chunk), AIFF (`INST`, `MARK`) or FLAC (`riff` block) file holds."""
    try:
        with path.open("rb") as file:
            head = file.read(12)
            if head[:4] in (b"RIFF", b"RF64", b"BW64"):
                return _wav_notes(file)
            if head[:4] == b"FORM":
                return _aiff_notes(file)
            return _sampler_chunk(_flac_chunk(file)) if head[:4] == b"fLaC" else SampleNotes()
    except (OSError, ValueError, struct.error):
        # A name with a NUL byte in it, which no file can have, is a ValueError.
        return SampleNotes()


def _wav_notes(file: BinaryIO) -> SampleNotes:
    for name, place, size in _chunks(file):
        if name == b"smpl":
            file.seek(place)
            return _sampler_chunk(file.read(min(size, 60)))
    return SampleNotes()


def _sampler_chunk(body: bytes) -> SampleNotes:
    """A `smpl` chunk (Microsoft, "Multimedia Data Standards Update", 1994): its loops end with their last frame."""
    if len(body) < 36:
        return SampleNotes()
    root, loops = struct.unpack_from("<I", body, 12)[0], struct.unpack_from("<I", body, 28)[0]
    loop = None
    if loops and len(body) >= 60:
        first, last = struct.unpack_from("<2I", body, 44)
        loop = (first, last + 1) if last > first else None
    return SampleNotes(root if root <= 127 else None, loop)


def _aiff_notes(file: BinaryIO) -> SampleNotes:
    """The sustain loop of an instrument chunk, from marker to marker (Apple, "Audio Interchange File Format", 1989)."""
    marks: dict[int, int] = {}
    instrument = b""
    for name, place, size in _chunks(file, ">"):
        file.seek(place)
        if name == b"MARK":
            marks = _markers(file.read(min(size, 1 << 16)))
        elif name == b"INST":
            instrument = file.read(min(size, 20))
    if len(instrument) < 14:
        return SampleNotes()
    mode, begin, end = struct.unpack_from(">3h", instrument, 8)
    first, last = marks.get(begin, 0), marks.get(end, 0)
    root = instrument[0] if instrument[0] <= 127 else None
    return SampleNotes(root, (first, last) if mode and last > first else None)


def _markers(body: bytes) -> dict[int, int]:
    found: dict[int, int] = {}
    place = 2
    while place + 7 <= len(body):
        number, frame, letters = struct.unpack_from(">hIB", body, place)
        found[number] = frame
        place += 7 + letters + (letters + 1) % 2
    return found


def _flac_chunk(file: BinaryIO) -> bytes:
    """The `smpl` chunk among the foreign metadata that `flac` keeps in application blocks."""
    place = 4
    for _ in range(_MOST_CHUNKS):
        file.seek(place)
        head = file.read(4)
        if len(head) < 4:
            break
        size = int.from_bytes(head[1:], "big")
        if head[0] & 0x7F == 2 and file.read(8) == b"riffsmpl":
            return file.read(min(size, 64))[4:]
        if head[0] & 0x80:
            break
        place += 4 + size
    return b""


@dataclass(slots=True)
class FileFinder:
    """Finds files below a folder by names written on other systems; listings are read once."""

    folder: Path
    _listed: dict[Path, dict[str, str]] = field(default_factory=dict)

    def find(self, name: str) -> str:
        """The name as the folder spells it: backslashes, letter case and composed letters do not matter.

        A name that is not found comes back with slashes, as it was written.
        """
        wanted = name.replace("\\", "/").strip().strip('"')
        if wanted.startswith("/") and not Path(wanted).is_file():
            wanted = wanted.lstrip("/")  # "\\Percussion\\a.wav" means the folder of the instrument
        if (self.folder / wanted).is_file():
            return wanted
        here = self.folder
        found: list[str] = []
        for part in wanted.split("/"):
            spelled = part if part in ("", ".", "..") else self._listing(here).get(_folded(part))
            if spelled is None:
                return wanted
            here, found = here / spelled, [*found, spelled]
        return "/".join(found) if here.is_file() else wanted

    def near(self, name: str) -> str | None:
        """A file beside the one that is missing whose name is most like it, or one of that name in another folder."""
        parent, _, last = name.rpartition("/")
        names = list(self._listing(self.folder / parent).values()) if parent else []
        names += [*self._listing(self.folder).values()]
        return next(iter(difflib.get_close_matches(last, names, 1, 0.75)), None)

    def _listing(self, folder: Path) -> dict[str, str]:
        if folder not in self._listed:
            try:
                names = sorted(entry.name for entry in folder.iterdir())
            except OSError:
                names = []
            self._listed[folder] = {_folded(name): name for name in names}
        return self._listed[folder]


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
