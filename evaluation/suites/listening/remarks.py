"""Remarks at a time of a track: kept on disk beside the answers of blind sessions, and on the track's run in MLflow."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from workbench.domain.errors import ParameterError
from workbench.domain.files import write_text_atomically
from workbench.tracking import workspace

LONGEST_TEXT = 2000
_PAGE = re.compile(r"https?://[^\s()<>\"']{1,500}")


@dataclass(frozen=True, slots=True)
class Remark:
    """A remark on a track: when in it, in seconds, of which version, and on which page."""

    seconds: float
    text: str
    version: str
    reviewer: str
    page: str = ""

    @property
    def line(self) -> str:
        """One line of Markdown for the run's description, with the way back to the page."""
        clock = f"{int(self.seconds // 60)}:{self.seconds % 60:04.1f}"
        back = f" ([back to the notebook]({self.page}))" if self.page else ""
        return f"**{clock}**, {self.version}, {self.reviewer}: {' '.join(self.text.split())}{back}"


def make_remark(seconds: float, text: str, *, version: str, reviewer: str, page: str = "") -> Remark:
    """A remark of values that are checked.

    Raises
    ------
    ParameterError
        If there is no text, it is too long, or the time is none.
    """
    wanted = str(text).strip()
    if not wanted or len(wanted) > LONGEST_TEXT:
        raise ParameterError(f"remark: expected 1 to {LONGEST_TEXT} characters, got {len(wanted)}")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds < math.inf:
        raise ParameterError(f"remark: expected a time in seconds from 0, got {seconds!r}")
    return Remark(round(float(seconds), 2), wanted, version, reviewer, page if _PAGE.fullmatch(page) else "")


def load_remarks(place: Path) -> list[Remark]:
    """The remarks of a file in order of time; none where there is no file.

    Raises
    ------
    ParameterError
        If it is damaged.
    """
    if not place.is_file():
        return []
    try:
        return [Remark(**fields) for fields in json.loads(place.read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError) as error:
        raise ParameterError(f"{place}: expected remarks on a track ({error})") from None


def save_remarks(place: Path, remarks: Sequence[Remark]) -> str:
    """Write remarks in order of time, in one step; returns the text."""
    ordered = sorted(remarks, key=lambda one: (one.seconds, one.reviewer))
    text = json.dumps([asdict(one) for one in ordered], indent=1, ensure_ascii=False) + "\n"
    place.parent.mkdir(parents=True, exist_ok=True)
    write_text_atomically(place, text)
    return text


def remarks_file(run: str, track: str, folder: Path | None = None) -> Path:
    """Where the remarks on a track of a run lie: below `runs/review/remarks` of the workspace."""
    plain = [re.sub(r"[^\w.-]+", "-", name).strip(".-") or "-" for name in (run, track)]
    return (folder or workspace() / "runs" / "review" / "remarks") / plain[0] / f"{plain[1]}.json"
