"""What a file is by its first bytes, in words: for messages about files that are not what their name says."""

from __future__ import annotations

_MARKS = (
    (0, b"version https://git-lfs", "a Git LFS pointer, not the file: fetch it with 'git lfs pull'"),
    (0, b"MThd", "a MIDI file"),
    (0, b"fLaC", "FLAC audio"),
    (0, b"OggS", "Ogg audio"),
    (0, b"ID3", "MP3 audio"),
    (8, b"WAVE", "WAV audio"),
    (8, b"AIF", "AIFF audio"),
    (0, b"caff", "CAF audio"),
    (4, b"ftyp", "an MP4 or M4A file"),
    (0, bytes.fromhex("3026b2758e66cf11"), "a WMA file"),
    (0, bytes.fromhex("1a45dfa3"), "a Matroska or WebM file"),
    (0, b"MAC ", "a Monkey's Audio file"),
    (0, b"wvpk", "a WavPack file"),
    (0, b"DSD ", "a DSD file"),
    (0, b"MMMD", "a SMAF ringtone"),
    (8, b"XDIR", "an XMI file"),
    (8, b"sfbk", "a SoundFont"),
    (0, b"FLhd", "an FL Studio project"),
    (0, b"%PDF", "a PDF file"),
    (0, b"PK\3\4", "a ZIP archive, such as MuseScore's .mscz: unpack or export it"),
    (0, b"\x1f\x8b", "a gzip archive, such as an Ableton Live set: export it"),
    (0, b"7z\xbc\xaf", "a 7z archive"),
    (0, b"Rar!", "a RAR archive"),
    (0, bytes.fromhex("00051607"), "what macOS stores beside a file (AppleDouble)"),
    (0, b"bplist", "a property list of macOS"),
    (0, b"RIFF", "a RIFF file of another kind"),
    (0, b"FORM", "an IFF file of another kind"),
)
_TEXTS = (
    (b"<!doctype html", "a web page: download the file itself"),
    (b"<html", "a web page: download the file itself"),
    (b"<?xml", "XML, such as MusicXML"),
    (b"{", "JSON text"),
    (b"[", "text"),
)
HEAD_BYTES = 512
"""As many are enough to tell."""


def named_format(head: bytes) -> str:
    """What the first bytes of a file say that it is, with what to do where something helps; empty if not known.

    Examples
    --------
    >>> named_format(b"MThd...."), named_format(b" <HTML><body>404"), named_format(bytes(9))
    ('a MIDI file', 'a web page: download the file itself', '')
    """
    marked = next((name for place, mark, name in _MARKS if head[place:].startswith(mark)), "")
    if marked or not head.strip():
        return marked
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    named = next((name for mark, name in _TEXTS if text.startswith(mark)), "")
    return named or ("text" if _is_text(head[:HEAD_BYTES]) else "")


def _is_text(head: bytes) -> bool:
    """Printable characters and line ends alone."""
    return all((byte >= 32 and byte != 127) or byte in b"\t\r\n" for byte in head) and len(head) > 3


def is_sound(name: str) -> bool:
    """Whether a name that `named_format` gave, or none, may stand for sound that is read here."""
    return not name or name.endswith(" audio")
