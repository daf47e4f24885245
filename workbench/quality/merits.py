"""What tells one good candidate from another: checks say what is broken, and of most songs nothing is.

Each merit is 0 to 1, and is left out where a song has nothing to measure: one without choruses has no hook.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from workbench.analysis.distances import TYPICAL, distance
from workbench.analysis.profile import Measurements
from workbench.analysis.reference_halves import family_of, halves
from workbench.analysis.references import ReferenceLibrary
from workbench.analysis.spectrum import stereo_spectrum, third_octave_db
from workbench.domain.plan import SectionPlan
from workbench.domain.results import QualityReport, Track
from workbench.domain.score import Score
from workbench.domain.song import HOOK_SECTIONS

_LEVELS = {"pass": 1.0, "warn": 0.5, "fail": 0.0}
_TRAITS = 4.0
"""In how many traits neighbouring sections can differ (BF032)."""
_VERSE_SECTIONS = ("verse", "build", "breakdown")
_HOOK_BARS = 4
_NEAREST = 3
LABELS = {
    "checks": "checks", "likeness": "nearness to finished tracks", "contrast": "contrast of sections",
    "energy": "loudness along the plan", "hook": "hook that returns",
}  # fmt: skip
"""Merits as a person reads them."""

Cells = frozenset[tuple[int, int]]


def merits_of(track: Track) -> dict[str, float]:
    """Every merit of a finished track.

    `likeness` is 1 for the sound of the nearest finished tracks of its family and 0.5 where it lies as far from them
    as unlike tracks do; of the shipped references only those count that no mix is moved towards, and none of a user's
    own, so that the same request gives the same order on every machine. `contrast` and `energy` are the figures of
    BF032 and BF033, `hook` is `hook_of`.
    """
    found = {
        "checks": quality_of(track.report),
        "likeness": likeness_of(track),
        "contrast": _scaled(track.report, "BF032", 0.0, _TRAITS),
        "energy": _scaled(track.report, "BF033", -1.0, 1.0),
        "hook": hook_of(track.score),
    }
    return {name: round(value, 4) for name, value in found.items() if value is not None}


def quality_of(report: QualityReport) -> float:
    """Share of the checks that apply which passed, 0 to 1; a warning counts half.

    Examples
    --------
    >>> quality_of(QualityReport((), {}, {}))
    1.0
    """
    judged = [_LEVELS[check.outcome] for check in report.checks if check.outcome in _LEVELS]
    return round(sum(judged) / len(judged), 4) if judged else 1.0


def likeness_of(track: Track) -> float | None:
    """How near a master lies to the nearest finished tracks of its family; None where it was not measured whole.

    Tempo and key are left out: they were asked for.
    """
    sound = {name for name in TYPICAL if name not in ("tempo_percent", "key_fifths")}
    shipped = ReferenceLibrary().shipped
    library = ReferenceLibrary(shipped=shipped, own=shipped)
    spectrum = tuple(map(float, third_octave_db(stereo_spectrum(track.master))))
    measured = Measurements(track.report.measurements, None, spectrum)
    gaps = []
    try:
        for name in halves(family_of(track.plan.style)).judging:
            found = distance(measured, library.get(name).measured)
            gaps.append(float(np.mean([found[part] / TYPICAL[part] for part in sound])))
    except KeyError:
        return None
    return 1.0 / (1.0 + float(np.mean(sorted(gaps)[:_NEAREST])))


def hook_of(score: Score) -> float | None:
    """How much of the tune of the first chorus returns in the later ones, less what of it the verses hold, 0 to 1.

    None without two choruses in which the leads play. Tunes are the same where the same pitches begin in the same
    places of their first four bars.
    """
    choruses = [cells for one in score.sections if one.name in HOOK_SECTIONS and (cells := _tune(score, one))]
    if len(choruses) < 2:
        return None
    hook, *others = choruses
    verses = [cells for one in score.sections if one.name in _VERSE_SECTIONS and (cells := _tune(score, one))]
    returns = float(np.mean([_alike(hook, other) for other in others]))
    return returns * (1.0 - max((_alike(hook, verse) for verse in verses), default=0.0))


def _tune(score: Score, section: SectionPlan) -> Cells:
    """Notes of the leads at the beginning of a section, as (24th of a beat, pitch)."""
    part, bar = score.parts.get("leads"), score.metre.bar_beats
    start = section.start_bar * bar
    end = start + min(_HOOK_BARS, section.bars) * bar
    notes = part.notes if part else ()
    return frozenset((round(24 * (n.onset_beats - start)), n.pitch) for n in notes if start <= n.onset_beats < end)


def _alike(first: Cells, second: Cells) -> float:
    return len(first & second) / len(first | second)


def _scaled(report: QualityReport, code: str, low: float, high: float) -> float | None:
    """The value of a coded check on a scale of 0 to 1; None where it did not apply."""
    value = next((check.value for check in report.checks if check.code == code), None)
    return (value - low) / (high - low) if isinstance(value, int | float) else None


def reason_of(number: int, merits: Sequence[Mapping[str, float]]) -> str:
    """In which merits a candidate stands above the mean of all, or below it, by how much; the largest first."""
    shared = [name for name in merits[number] if all(name in one for one in merits)]
    leads = {name: merits[number][name] - float(np.mean([one[name] for one in merits])) for name in shared}
    leading = sorted((name for name in leads if abs(leads[name]) >= 0.005), key=lambda name: -abs(leads[name]))
    words = [f"{LABELS[name]} {merits[number][name]:.2f} ({leads[name]:+.2f})" for name in leading]
    return ", ".join(words) or "no merit differs from the others'"
