"""Tags written into sound files, and a seal over every byte by which a file proves that nobody changed it.

The seal is the SHA-256 of the whole file, with zeros in the place of the seal's own 64 digits. It tells accidents and
edits, not forgers: whoever wants to can seal another file.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO, Literal

from workbench.domain.errors import AudioFileError, OutputError, reason
from workbench.output.files.tags import SOFTWARE, Tags
from workbench.output.files.wave_chunks import Broadcast, add_chunks, broadcast_chunk, info_chunk, isrc_chunk

SEAL = b"beatsfoundry-sha256:"
_DIGITS = 64
_BLANK = b"0" * _DIGITS
_PIECE_BYTES = 1 << 20
_FLAC_COMMENT, _FLAC_LAST = 4, 0x80
_SEAL_TEXT = (SEAL + _BLANK).decode()

Verdict = Literal["untouched", "edited", "foreign"]


def stamp(path: Path, form: str, tags: Tags) -> str:
    """Write tags into a finished file of a delivery format, and seal it; return the SHA-256 of the sealed file.

    Raises
    ------
    AudioFileError
        If it is no file of that format.
    OSError
        If it cannot be written.
    """
    _WRITERS[form](path, tags)
    with path.open("r+b") as file:
        digest, at, before = _digest(file)
        file.seek(at)
        file.write(digest)
        file.seek(at)
        while piece := file.read(_PIECE_BYTES):
            before.update(piece)
    return before.hexdigest()


def verdict(path: str | Path) -> Verdict:
    """Whether a file is ours and as it was written, ours and edited, or foreign: without a seal.

    Raises
    ------
    OutputError
        If it cannot be read.
    """
    try:
        with Path(path).open("rb") as file:
            digest, at, _ = _digest(file)
            if at < 0:
                return "foreign"
            file.seek(at)
            return "untouched" if digest and file.read(_DIGITS) == digest else "edited"
    except (OSError, ValueError) as error:
        raise OutputError(f"{path} cannot be read: {reason(error)}") from None


def _digest(file: BinaryIO) -> tuple[bytes, int, hashlib._Hash]:
    """The seal that a file should have, empty if it ends before; where its digits are, -1 if it has none; and the
    digest of what lies before them, so that nobody need read it again.

    It is read once, a piece at a time: a file that is mapped would count as memory that the process holds.
    """
    before, at = _up_to_seal(file)
    if at < 0:
        return b"", at, before
    file.seek(at)
    if len(file.read(_DIGITS)) < _DIGITS:
        return b"", at, before
    whole = before.copy()
    whole.update(_BLANK)
    while piece := file.read(_PIECE_BYTES):
        whole.update(piece)
    return whole.hexdigest().encode(), at, before


def _up_to_seal(file: BinaryIO) -> tuple[hashlib._Hash, int]:
    """Digest of a file up to the digits of its seal, and where they are; of the whole file, and -1, if it has none."""
    digest, place, reach = hashlib.sha256(), 0, len(SEAL) - 1
    buffer = bytearray(reach + _PIECE_BYTES)
    view = memoryview(buffer)
    while count := file.readinto(view[reach:]):  # type: ignore[attr-defined]
        # A seal may begin in the piece before: its last bytes stand in front.
        found = buffer.find(SEAL, 0 if place else reach, reach + count)
        end = reach + count if found < 0 else found + len(SEAL)
        digest.update(view[reach:end])
        if found >= 0:
            return digest, place + end - reach
        place += count
        view[:reach] = bytes(view[count : count + reach])
    return digest, -1


def _wav(path: Path, tags: Tags) -> None:
    broadcast = Broadcast(
        tags.statement, SOFTWARE, loudness_lufs=tags.loudness_lufs, true_peak_dbtp=tags.true_peak_dbtp
    )  # fmt: skip
    lines = [tags.statement, *(f"{name}: {text}" for name, text in tags.words.items()), _SEAL_TEXT]
    texts = {
        "INAM": tags.title, "IART": tags.artist, "IPRD": tags.project, "IGNR": tags.genre, "ISFT": SOFTWARE,
        "ICMT": "\n".join(lines),
    }  # fmt: skip
    written = {name: text for name, text in texts.items() if text}
    # The ISRC of an INFO list is the source of a recording; the code has its place in axml.
    codes = [isrc_chunk(tags.isrc)] if tags.isrc else []
    add_chunks(path, [broadcast_chunk(broadcast), *codes, info_chunk(written)])


def _aiff(path: Path, tags: Tags) -> None:
    with path.open("r+b") as file:
        if file.read(4) != b"FORM":
            raise AudioFileError(f"{path}: expected an AIFF file to tag")
        end = file.seek(0, 2)
        file.write(b"\0" * (end % 2))
        for name, content in ((b"NAME", tags.title.encode()), (b"ID3 ", _id3(tags))):
            file.write(name + struct.pack(">I", len(content)) + content + b"\0" * (len(content) % 2))
        size = file.tell() - 8
        file.seek(4)
        file.write(struct.pack(">I", size))


def _mp3(path: Path, tags: Tags) -> None:
    sound = path.read_bytes()
    path.write_bytes(_id3(tags) + sound)


def _flac(path: Path, tags: Tags) -> None:
    """Comments in place of those that the encoder wrote, right behind the stream's description."""
    data = path.read_bytes()
    if data[:4] != b"fLaC":
        raise AudioFileError(f"{path}: expected a FLAC file to tag")
    at, blocks = 4, []
    while True:
        kind, size = data[at], int.from_bytes(data[at + 1 : at + 4], "big")
        blocks.append((kind & ~_FLAC_LAST, data[at + 4 : at + 4 + size]))
        at += 4 + size
        if kind & _FLAC_LAST:
            break
    kept = [block for block in blocks[1:] if block[0] != _FLAC_COMMENT]
    laid = [blocks[0], (_FLAC_COMMENT, _vorbis(tags)), *kept]
    heads = [
        bytes([kind | (_FLAC_LAST if number == len(laid) else 0)]) + len(content).to_bytes(3, "big") + content
        for number, (kind, content) in enumerate(laid, start=1)
    ]
    path.write_bytes(b"fLaC" + b"".join(heads) + data[at:])


def _vorbis(tags: Tags) -> bytes:
    """Comments as the Vorbis I specification lays them out."""
    comments = {
        "TITLE": tags.title, "ALBUM": tags.project, "GENRE": tags.genre,
        "BPM": "" if tags.tempo_bpm is None else f"{tags.tempo_bpm:g}", "ARTIST": tags.artist, "ISRC": tags.isrc,
        "INITIALKEY": tags.key_name, "ENCODER": SOFTWARE, "COMMENT": tags.statement,
        **{f"BEATSFOUNDRY_{name.upper()}": text for name, text in tags.words.items()}, "SEAL": _SEAL_TEXT,
    }  # fmt: skip
    lines = [f"{name}={text}".encode() for name, text in comments.items() if text]
    vendor = SOFTWARE.encode()
    head = struct.pack("<I", len(vendor)) + vendor + struct.pack("<I", len(lines))
    return head + b"".join(struct.pack("<I", len(line)) + line for line in lines)


def _id3(tags: Tags) -> bytes:
    """An ID3v2.3 tag. Texts are UTF-16, but for the seal, whose digits must stand beside each other."""
    tempo = "" if tags.tempo_bpm is None else str(round(tags.tempo_bpm))
    texts = {
        b"TIT2": tags.title, b"TALB": tags.project, b"TCON": tags.genre, b"TBPM": tempo, b"TSSE": SOFTWARE,
        b"TKEY": tags.key_name, b"TPE1": tags.artist, b"TSRC": tags.isrc,
    }  # fmt: skip
    frames = [
        *(_text(name, text) for name, text in texts.items() if text),
        _frame(b"COMM", b"\x01eng" + _wide("") + _wide(tags.statement)),
        *(_frame(b"TXXX", b"\x01" + _wide(name) + _wide(text)) for name, text in tags.words.items()),
        _frame(b"TXXX", b"\x00seal\x00" + _SEAL_TEXT.encode("latin-1")),
    ]  # fmt: skip
    body = b"".join(frames)
    size = bytes(len(body) >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x03\x00\x00" + size + body


def _text(name: bytes, text: str) -> bytes:
    return _frame(name, b"\x01" + _wide(text))


def _wide(text: str) -> bytes:
    return b"\xff\xfe" + text.encode("utf-16-le") + b"\0\0"


def _frame(name: bytes, content: bytes) -> bytes:
    return name + struct.pack(">I", len(content)) + b"\0\0" + content


_WRITERS: Mapping[str, Callable[[Path, Tags], None]] = {"wav": _wav, "aiff": _aiff, "mp3": _mp3, "flac": _flac}
