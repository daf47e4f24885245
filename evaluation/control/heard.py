"""The control suite as heard: key and chords estimated from the master, choruses against verses, warnings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from evaluation.criteria import Row, at_least, at_most, observed
from training.excerpts import block_chords
from workbench.analysis.chords import HeardChord, estimate_chords, majmin_overlap, triad_of
from workbench.analysis.key import KeyEstimate, estimate_key, same_family
from workbench.analysis.loudness import momentary_loudness
from workbench.analysis.rhythm import fold_bpm
from workbench.domain.audio import Audio
from workbench.domain.elements import is_drums
from workbench.domain.plan import Plan, SectionPlan
from workbench.domain.results import Track
from workbench.domain.score import Part, Score
from workbench.rendering import render

LEAST_KEYS_RIGHT, LEAST_CHORD_OVERLAP = 0.95, 0.75
LEAST_LIFT_LU, MOST_LIFT_LU = 1.0, 4.0
_PEAKS, _VALLEYS = ("chorus", "drop", "hook"), ("verse",)
_TEMPO_NEAR = 0.01
_PLAIN_PATCH = "soft-ep"
_WATCHED = {"BF014": "silence inside", "BF031": "key", "BF032": "section contrast"}


@dataclass(frozen=True, slots=True)
class HeardTrack:
    """What was measured in one track; small, so that many can be kept. Overlaps are (seconds right, compared)."""

    project_id: str
    key_right: bool | None
    second_key_right: bool | None
    second_tempo_right: bool
    chords: tuple[float, float]
    plain_chords: tuple[float, float]
    lift_lu: float | None
    warned: frozenset[str]


def listen(track: Track) -> HeardTrack:
    """Measure a track."""
    from workbench.analysis.second_ear import second_opinion

    master, score = track.master, track.score
    other = second_opinion(master)
    reference = reference_chords(score)
    warned = frozenset(check.code for check in track.report.checks if check.outcome in ("warn", "fail"))
    return HeardTrack(
        project_id=score.title,
        key_right=_key_right(estimate_key(master), score),
        second_key_right=_key_right(other.key, score),
        second_tempo_right=abs(fold_bpm(other.fitted_bpm, score.tempo_bpm) / score.tempo_bpm - 1.0) < _TEMPO_NEAR,
        chords=majmin_overlap(reference, estimate_chords(master)),
        plain_chords=majmin_overlap(reference, estimate_chords(plain_rendering(score, track.plan))),
        lift_lu=_lift_lu(master, score),
        warned=warned,
    )


def judge_sound(heard: Sequence[HeardTrack]) -> list[Row]:
    """Every bar that needs sound."""
    second_keys = [one.second_key_right for one in heard if one.second_key_right is not None]
    keys = [one.key_right for one in heard if one.key_right is not None]
    lost = [one.project_id for one in heard if one.key_right is False]
    aside = f" ({', '.join(lost[:4])} not)" if lost else ""
    lifts = [one.lift_lu for one in heard if one.lift_lu is not None]
    lift = float(np.mean(lifts)) if lifts else float("nan")
    inside = float(np.mean([LEAST_LIFT_LU <= value <= MOST_LIFT_LU for value in lifts])) if lifts else float("nan")
    chords, seconds = _overlap([one.chords for one in heard])
    plain, _ = _overlap([one.plain_chords for one in heard])
    return [
        at_least(
            f"key signature heard, relatives count as right{aside}", _share(keys), LEAST_KEYS_RIGHT, "share", len(keys)
        ),
        observed("key signature heard by librosa", _share(second_keys), "share", len(second_keys)),
        observed(
            "tempo heard by librosa within 1 %, octaves count as right",
            _share([one.second_tempo_right for one in heard]),
            "share",
            len(heard),
        ),
        at_least("chords heard, weighted overlap", chords, LEAST_CHORD_OVERLAP, "share", round(seconds)),
        observed("chords heard, plain rendered chords", plain, "share", round(seconds)),
        at_least("chorus or drop over verse, mean, at least", lift, LEAST_LIFT_LU, "LU", len(lifts)),
        at_most("chorus or drop over verse, mean, at most", lift, MOST_LIFT_LU, "LU", len(lifts)),
        observed("chorus or drop over verse, songs from 1 to 4 LU", inside, "share", len(lifts)),
        *_warnings(heard),
    ]


def reference_chords(score: Score) -> tuple[HeardChord, ...]:
    """The chords as written, in seconds, as major and minor triads where they hold one."""
    seconds_at = score.tempo_map.seconds_at
    return tuple(
        HeardChord(seconds_at(chord.onset_beats), seconds_at(chord.end_beats), triad_of(chord.root, chord.quality))
        for chord in score.chords
    )


def plain_rendering(score: Score, plan: Plan) -> Audio:
    """The chords alone, each held in close position with its bass."""
    notes = block_chords(score.chords)
    basses = tuple(replace(note, pitch=36 + chord.bass) for chord in score.chords for note in block_chords([chord])[:1])
    alone = replace(score, parts={"pads": Part("pads", tuple(sorted((*notes, *basses))))})
    return render(alone, replace(plan, patches={"pads": _PLAIN_PATCH}))["pads"]


def _key_right(estimate: KeyEstimate | None, score: Score) -> bool | None:
    """None where nothing tonal is heard, or where only drums play."""
    if not any(part.notes for name, part in score.parts.items() if not is_drums(name)):
        return None
    if any(section.key not in (None, score.key) for section in score.sections):
        return None
    return same_family(estimate.key, score.key) if estimate is not None and estimate.is_tonal else None


def _lift_lu(master: Audio, score: Score) -> float | None:
    """Loudness of choruses and drops over that of verses; None where the song lacks either."""
    loudness = momentary_loudness(master)
    peaks = _loudness_of(loudness, score, _PEAKS)
    valleys = _loudness_of(loudness, score, _VALLEYS)
    return None if peaks is None or valleys is None else peaks - valleys


def _loudness_of(loudness: np.ndarray, score: Score, names: Sequence[str]) -> float | None:
    pieces = [_piece(loudness, score, section) for section in score.sections if section.name in names]
    values = np.concatenate(pieces) if pieces else np.zeros(0)
    return float(10.0 * np.log10(np.mean(10.0 ** (values / 10.0)))) if values.size else None


def _piece(loudness: np.ndarray, score: Score, section: SectionPlan) -> np.ndarray:
    """Momentary loudness (one value each 0.1 s) of a section, without the blocks that reach beyond it."""
    bar, seconds_at = score.metre.bar_beats, score.tempo_map.seconds_at
    first, last = (round(seconds_at(place * bar) * 10.0) for place in (section.start_bar, section.end_bar))
    return loudness[first : max(first + 1, last - 4)]


def _overlap(pairs: Sequence[tuple[float, float]]) -> tuple[float, float]:
    compared = sum(seconds for _, seconds in pairs)
    return (sum(right for right, _ in pairs) / compared if compared else float("nan")), compared


def _share(values: Sequence[bool]) -> float:
    return float(np.mean(values)) if values else float("nan")


def _warnings(heard: Sequence[HeardTrack]) -> list[Row]:
    counts: Mapping[str, int] = Counter(code for one in heard for code in one.warned)
    watched: list[Row] = [
        observed(f"{code} ({name}) warned", counts.get(code, 0), "songs", len(heard)) for code, name in _WATCHED.items()
    ]
    others = {code: count for code, count in sorted(counts.items()) if code not in _WATCHED}
    return watched + [observed(f"{code} warned", count, "songs", len(heard)) for code, count in others.items()]
