"""Texts of MIDI files, which do not say in what alphabet they are written."""

from __future__ import annotations

_KANA = ("\u3040", "\u30ff")


def decode(data: bytes) -> str:
    """Bytes as text: UTF-8 where they are, Shift JIS where that gives kana, else Windows-1252.

    Examples
    --------
    >>> decode("Schlagzeug ä".encode("latin-1")), decode("ドラム".encode("shift_jis"))
    ('Schlagzeug ä', 'ドラム')
    """
    data = data.rstrip(b"\0")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        japanese = data.decode("shift_jis", errors="ignore")
        if any(_KANA[0] <= sign <= _KANA[1] for sign in japanese):
            return japanese
        return data.decode("cp1252", errors="replace")
