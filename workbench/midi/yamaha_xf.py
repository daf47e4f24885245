"""Chords of Yamaha's XF format, which keyboards write as sequencer-specific events."""

from __future__ import annotations

_XF_ACCIDENTALS = ("bbb", "bb", "b", "", "#", "##", "###")
_XF_TYPES = (
    "", "6", "maj7", "maj7#11", "add9", "maj9", "6/9", "aug", "m", "m6", "m7", "m7b5", "madd9", "m9", "m7add11",
    "mMaj7", "mMaj9", "dim", "dim7", "7", "7sus4", "7b5", "9", "7#11", "7add13", "7b9", "7b13", "7#9", "maj7#5", "7#5",
    "5", "5", "sus4", "sus2",
)  # fmt: skip
"""Yamaha XF's chord types in their order; octaves count as a fifth."""


def xf_chord(data: bytes) -> str:
    """The symbol of a chord in Yamaha's XF format (root, type, bass root, bass type); "" if it means none.

    Examples
    --------
    >>> xf_chord(bytes([0x31, 0x02, 0x7F, 0x7F])), xf_chord(bytes([0x27, 0x13, 0x34, 0x7F]))
    ('Cmaj7', 'Bb7/F')
    """
    if len(data) < 2 or not (root := _xf_note(data[0])) or data[1] >= len(_XF_TYPES):
        return ""
    bass = _xf_note(data[2]) if len(data) > 2 else ""
    return f"{root}{_XF_TYPES[data[1]]}{f'/{bass}' if bass and bass != root else ''}"


def _xf_note(byte: int) -> str:
    accidental, letter = byte >> 4, byte & 0x0F
    return f"{'CDEFGAB'[letter - 1]}{_XF_ACCIDENTALS[accidental]}" if 1 <= letter <= 7 and accidental < 7 else ""
