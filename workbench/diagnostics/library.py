"""Sample library check: every instrument in the user's `samples` folder, for files that are missing or at fault."""

from __future__ import annotations

from pathlib import Path

from workbench.diagnostics.findings import Diagnosis, judged
from workbench.domain.errors import WorkbenchError, counted
from workbench.domain.paths import home_dir
from workbench.rendering.sampler import look_at, missing_text, near_names

TOOL = "samples"
_INSTRUMENTS = (".sfz", ".sf2", ".sf3")
_MOST_NAMED = 3


def check(folder: Path | None = None) -> list[Diagnosis]:
    """One finding for each folder and instrument of a sample library, by default the user's."""
    place = home_dir() / "samples" if folder is None else folder
    entries = sorted(place.glob("*")) if place.is_dir() else []
    return [_entry(one) for one in entries if one.is_dir() or one.suffix.lower() in _INSTRUMENTS]


def _entry(path: Path) -> Diagnosis:
    try:
        facts, instrument = look_at(path)
    except WorkbenchError as error:
        return Diagnosis(TOOL, path.name, "fail", str(error), "BFD035")
    if missing := instrument.missing():
        return Diagnosis(TOOL, path.name, "fail", missing_text(missing) + near_names(instrument), "BFD035")
    wrong = [one for one in facts if one.problems]
    named = "; ".join(f"{one.path.name}: {one.problems[0]}" for one in wrong[:_MOST_NAMED])
    more = f" and {len(wrong) - _MOST_NAMED} more" if len(wrong) > _MOST_NAMED else ""
    message = f"{named}{more}" if wrong else f"{counted(len(facts), 'sample')} without fault"
    broken = any(not one.sample_rate_hz for one in facts)
    return judged(TOOL, path.name, message, "BFD035", fails=broken, warns=bool(wrong))
