"""The published form of the McGill Billboard annotations: one `salami_chords.txt` a song.

The form is described on the set's own page (https://ddmal.ca/research/The_McGill_Billboard_Project_(Chord_Analysis_Dataset)/):
a header of `# name: value`, then a line a phrase: seconds, a tab, and letters, section names, bars between pipes, a
repetition `xN` and leading instruments, parted by commas.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from training.corpora.items import SkippedError
from training.corpora.note_tables import read_bytes

ANNOTATION = "salami_chords.txt"

_SECTIONS = (
    (r"intro", "intro"), (r"pre-?(chorus|verse)", "prechorus"), (r"chorus|refrain|hook", "chorus"),
    (r"bridge|middle", "bridge"), (r"solo", "solo"), (r"trans|inter|instrumental|break", "interlude"),
    (r"outro|coda|ending|fade", "outro"),
)  # fmt: skip
_LETTER = re.compile(r"[A-Z]'*")
_FALLBACK_BAR_SECONDS = 2.0


def read_folder(root: Path) -> Iterator[dict[str, Any]]:
    """Every annotated song below a folder, by number: id, title, artist, metre, bar_s (median bar in seconds),
    sections (label, section, tonic, metre, bars); files that cannot be read have no sections.
    """
    for path in sorted(root.rglob(ANNOTATION), key=lambda found: found.parent.name):
        try:
            text = read_bytes(path).decode("utf-8", errors="replace")
        except SkippedError:
            text = ""
        yield {"id": f"billboard_{path.parent.name}", **parse_annotation(text)}


def song_words(entry: dict[str, Any]) -> tuple[str, str]:
    """Title and artist without case and signs: by them second takes of a song are known; a song without is itself."""
    title, artist = (re.sub(r"\W+", "", str(entry[name]).lower()) for name in ("title", "artist"))
    return (title, artist) if title else (entry["id"], "")


def parse_annotation(text: str) -> dict[str, Any]:
    r"""One annotation.

    Examples
    --------
    >>> text = "# metre: 4/4\n# tonic: C\n0.0\tA, intro, | C:maj | F:maj . G:maj . | x2\n8.0\tend"
    >>> song = parse_annotation(text)
    >>> song["sections"][0]["bars"], song["bar_s"]
    (['C:maj', 'F:maj F:maj G:maj G:maj', 'C:maj', 'F:maj F:maj G:maj G:maj'], 2.0)
    """
    head = {"title": "", "artist": "", "metre": "", "tonic": "?"}
    now: dict[str, str] = {}
    sections: list[dict[str, Any]] = []
    timed: list[tuple[float, int]] = []
    for line in text.splitlines():
        if comment := re.match(r"#\s*(\w+):\s*(.*)", line):
            name, value = comment.group(1), comment.group(2).strip()
            now[name] = value
            if not sections:
                head[name] = value
            continue
        seconds, _, rest = line.partition("\t")
        bars = _bars(rest)
        label = _label(rest)
        if (label is not None and bars) or (bars and not sections):
            sections.append({"label": label or "", "section": section_name(label or ""), "bars": []})
            sections[-1] |= {"tonic": now.get("tonic", "?"), "metre": now.get("metre", "")}
        if bars:
            sections[-1]["bars"] += bars
        if re.fullmatch(r"\d+(\.\d+)?", seconds.strip()):
            timed.append((float(seconds), len(bars)))
    return {**{name: head[name] for name in ("title", "artist", "metre")}, "sections": sections, "bar_s": _bar_s(timed)}


def section_name(label: str) -> str:
    """The section that an annotator's free label means; what is not known is a verse.

    Examples
    --------
    >>> section_name("fadeout"), section_name("pre-chorus two"), section_name("main theme")
    ('outro', 'prechorus', 'verse')
    """
    return next((name for pattern, name in _SECTIONS if re.match(pattern, label)), "verse")


def _label(rest: str) -> str | None:
    """The label that begins a section: the name after a letter, "" for a letter alone; None if none begins."""
    fields = [part.strip() for part in rest.split("|")[0].split(",")]
    words = [part for part in fields if part and not part.startswith("(") and not part.endswith(")")]
    if not words or words[0] in ("silence", "end"):
        return None
    letters = [word for word in words if _LETTER.fullmatch(word)]
    names = [word for word in words if not _LETTER.fullmatch(word)]
    return names[0] if names else "" if letters else None


def _bars(rest: str) -> list[str]:
    if "|" not in rest:
        return []
    *bars, tail = rest.split("|")[1:]
    repeats = re.search(r"\bx(\d+)", tail)
    return [_spell_out(bar) for bar in bars] * (min(int(repeats.group(1)), 64) if repeats else 1)


def _spell_out(bar: str) -> str:
    """A bar whose dots are the chord before them."""
    words: list[str] = []
    for word in bar.split():
        words.append(words[-1] if word == "." and words else word)
    return " ".join(words)


def _bar_s(timed: list[tuple[float, int]]) -> float:
    lengths = [
        (following - start) / bars
        for (start, bars), (following, _) in itertools.pairwise(timed)
        if bars and following > start
    ]
    return round(float(np.median(lengths)), 3) if lengths else _FALLBACK_BAR_SECONDS
