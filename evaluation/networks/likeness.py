"""Do samples look like human music? Classifiers, overlap of distributions, timing and touch, form, chords, copies."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from evaluation.criteria import Row, at_least, at_most, observed
from evaluation.metrics.overlap import mean_overlap_area
from evaluation.metrics.two_sample import FOLDS, telling_features, two_sample_test
from evaluation.networks.element_data import JudgedSamples, Side, halves
from evaluation.networks.excerpts import LEAST_NOTES
from evaluation.networks.features import overlap_features
from evaluation.networks.metrics import chord_tones, consistency, microtiming, repetition
from evaluation.networks.metrics.copies import copy_share
from evaluation.networks.notes import ExcerptNotes
from workbench.domain.arrays import Floats
from workbench.domain.elements import is_drums

TWO_SAMPLE_BARS = {"percussion": 0.68}
_OTHER_TWO_SAMPLE_BAR = 0.72
LEAST_OVERLAP_RATIO = 0.98
MOST_MARGINAL_RATIO = 1.25
LEAST_TIMES_CLOSER = {"offset": 6.0, "velocity": 8.0}
MOST_SHIFT = 0.4
MOST_GROOVE_POINTS, MOST_SCALE_POINTS, MOST_CHORD_POINTS, MOST_COPY_POINTS = 1.0, 2.0, 5.0, 2.0
MOST_SHOWN = 3
"""Features named that differ most by themselves: where to look when the classifiers tell the sides apart."""
_HUMAN_TIMING_SHARE = 0.5
"""Elements with fewer notes off the grid than this have no human timing to be compared with."""


def judge_two_sample(case: JudgedSamples) -> list[Row]:
    """Classifier two-sample tests: the sample, human music against itself, and others beside.

    The worst value of the sample counts, of both classifiers, and with and without the places that are all but empty.
    """
    results = {name: two_sample_test(*pair) for name, pair in _pairs(case).items()}
    title = f"{case.element}: two-sample accuracy"
    bar = TWO_SAMPLE_BARS.get(case.element, _OTHER_TWO_SAMPLE_BAR)
    worst = max(results["sample"], results["sample with rests"], key=lambda result: result.accuracy)
    rows: list[Row] = [at_most(title, worst.accuracy, bar, "", worst.n_other)]
    for name, result in results.items():
        rows.append(observed(f"{title}, {name}, logistic regression", result.logistic_regression, "", result.n_other))
        rows.append(observed(f"{title}, {name}, gradient boosting", result.gradient_boosting, "", result.n_other))
    human, sample = case.human.features, case.sample.features
    for name, distance, _ in telling_features(human.names, human.values, sample.values)[:MOST_SHOWN]:
        rows.append(observed(f"{case.element}: distinguished by {name} alone", distance, "KS", len(case.sample)))
    return rows


def _pairs(case: JudgedSamples) -> dict[str, tuple[Floats, tuple[str, ...], Floats, tuple[str, ...]]]:
    def pair(one: Side, other: Side) -> tuple[Floats, tuple[str, ...], Floats, tuple[str, ...]]:
        return one.features.values, one.songs, other.features.values, other.songs

    pairs = {
        "sample": pair(case.human, case.sample),
        "sample with rests": pair(case.human_with_rests, case.sample_with_rests),
        "human training music": pair(case.human, case.matched),
    }
    values, songs = case.human.features.values, np.array(case.human.songs)
    first, second = halves(case.human)
    if min(len(np.unique(songs[first])), len(np.unique(songs[second]))) >= FOLDS:
        pairs["human halves"] = (values[first], tuple(songs[first]), values[second], tuple(songs[second]))
    return pairs | {name: pair(case.human, other) for name, other in case.others.items()}


def judge_overlap(case: JudgedSamples) -> list[Row]:
    """Overlap area as a share of the human-human value."""
    chosen = [case.human.features.names.index(name) for name in overlap_features(case.element)]

    def overlap(other: Side) -> float:
        return mean_overlap_area(case.human.features.values[:, chosen], other.features.values[:, chosen])

    title, n = f"{case.element}: overlap area", len(case.sample)
    human, sample = overlap(case.matched), overlap(case.sample)
    rows: list[Row] = [at_least(f"{title}, share of human-human", sample / human, LEAST_OVERLAP_RATIO, "", n)]
    rows += [observed(f"{title}, sample", sample, "", n), observed(f"{title}, human training music", human, "", n)]
    return rows + [observed(f"{title}, {name}", overlap(other), "", len(other)) for name, other in case.others.items()]


def judge_touch(case: JudgedSamples) -> list[Row]:
    """Microtiming and velocity, for elements that hold them as played."""
    rows: list[Row] = []
    for name in ("offset", "velocity"):
        if _is_played(case.human.notes, name):
            rows += _judge_touch(case, name)
    return rows


def _judge_touch(case: JudgedSamples, name: str) -> list[Row]:
    values: Callable[[ExcerptNotes], Floats] = (lambda n: n.offset_ms) if name == "offset" else (lambda n: n.velocity)
    unit = "ms" if name == "offset" else "MIDI"
    human, n = case.human.notes, len(case.sample.notes)
    title = f"{case.element}: {name}"
    marginal = [microtiming.marginal_distance(human, s.notes, values) for s in (case.sample, case.matched)]
    change = [microtiming.change_distance(human, s.notes, values) for s in (case.sample, case.matched)]
    jitter = microtiming.change_distance_of_jitter(human, values)
    rows: list[Row] = [
        at_most(f"{title} by role and slot, against human-human", _ratio(*marginal), MOST_MARGINAL_RATIO, "x", n),
        observed(f"{title} by role and slot, sample", marginal[0], unit, n),
        observed(f"{title} by role and slot, human training music", marginal[1], unit, n),
        at_least(f"{title} from bar to bar, times closer than jitter", _ratio(jitter, change[0]),
                 LEAST_TIMES_CLOSER[name], "x", n),
        observed(f"{title} from bar to bar, sample", change[0], unit, n),
        observed(f"{title} from bar to bar, human training music", change[1], unit, n),
        observed(f"{title} from bar to bar, Gaussian jitter", jitter, unit, n),
    ]  # fmt: skip
    if is_drums(case.element):
        for label, other in (("sample", case.sample), ("human training music", case.matched)):
            distance = microtiming.hat_distance(human, other.notes, values)
            rows.append(observed(f"{title} of kick and snare against hat, {label}", distance, unit, n))
    return rows


def _is_played(notes: ExcerptNotes, name: str) -> bool:
    if name not in notes.attributes or not len(notes):
        return False
    off_grid = float((notes.attributes["offset"] != 12).mean())
    return off_grid >= _HUMAN_TIMING_SHARE


def judge_form(case: JudgedSamples) -> list[Row]:
    """Repetition, groove and scale consistency."""
    human, sample, n = case.human.notes, case.sample.notes, len(case.sample)
    rows: list[Row] = []
    for name, metric in (
        ("distinct bars", repetition.distinct_bars), ("bar-to-bar similarity", repetition.bar_to_bar_similarity),
    ):  # fmt: skip
        shift = repetition.shift_in_deviations(metric(human), metric(sample))
        reference = repetition.shift_in_deviations(metric(human), metric(case.matched.notes))
        title = f"{case.element}: {name}"
        rows.append(at_most(f"{title}, shift from human", abs(shift), MOST_SHIFT, "sd", n))
        rows.append(observed(f"{title}, shift of human training music", reference, "sd", n))
        rows += _means(title, metric, case)
    rows += _points(case, "groove consistency", consistency.groove_consistency, MOST_GROOVE_POINTS)
    rows += _means(f"{case.element}: groove consistency on 16ths", _groove_on_sixteenths, case)
    if "duration" in human.attributes:
        rows += _points(case, "scale consistency", consistency.scale_consistency, MOST_SCALE_POINTS)
    return rows


def _groove_on_sixteenths(notes: ExcerptNotes) -> Floats:
    return consistency.groove_consistency(notes, sixteenths=True)


def _points(case: JudgedSamples, name: str, metric: Callable[[ExcerptNotes], Floats], most: float) -> list[Row]:
    title = f"{case.element}: {name}"
    difference = 100 * abs(metric(case.sample.notes).mean() - metric(case.human.notes).mean())
    return [at_most(f"{title}, difference from human", difference, most, "points", len(case.sample)),
            *_means(title, metric, case)]  # fmt: skip


def _means(title: str, metric: Callable[[ExcerptNotes], Floats], case: JudgedSamples) -> list[Row]:
    sides = {"sample": case.sample, "human": case.human, "human training music": case.matched} | dict(case.others)
    return [observed(f"{title}, {name}", metric(one.notes).mean(), "", len(one)) for name, one in sides.items()]


def judge_chords(case: JudgedSamples) -> list[Row]:
    """Bass on downbeats, long on-beat notes of leads."""
    metrics = {"bass": ("roots and fifths on downbeats", chord_tones.downbeat_roots_and_fifths),
               "leads": ("chord tones among long notes on beats", chord_tones.long_on_beat_chord_tones)}  # fmt: skip
    if case.element not in metrics:
        return []
    name, metric = metrics[case.element]
    human, sample, matched = (100 * metric(one.notes) for one in (case.human, case.sample, case.matched))
    title, n = f"{case.element}: {name}", len(case.sample)
    return [
        at_most(f"{title}, difference from human", abs(sample - human), MOST_CHORD_POINTS, "points", n),
        observed(f"{title}, sample", sample, "%", n),
        observed(f"{title}, human", human, "%", n),
        observed(f"{title}, human training music", matched, "%", n),
    ]


def judge_copies(case: JudgedSamples) -> list[Row]:
    """Runs of bars that stand in the training set, beside the share of validation bars that do."""
    rows: list[Row] = []
    for run, words in ((1, "bars"), (2, "pairs of bars"), (4, "runs of four bars")):
        sample, human = (
            copy_share([excerpt.rows for excerpt in one.excerpts], case.training, one.notes.spec, run=run)
            for one in (case.sample, case.human)
        )
        title = f"{case.element}: {words} copied from the training set"
        rows.append(at_most(title, 100 * sample.share, 100 * human.share + MOST_COPY_POINTS, "%", sample.n))
        rows.append(observed(f"{title}, human", 100 * human.share, "%", human.n))
    return rows


def judge_samples(case: JudgedSamples, *, classifiers: bool = True) -> list[Row]:
    """Every judgement of samples beside human music."""
    rows = judge_two_sample(case) if classifiers else []
    for judge in (judge_overlap, judge_touch, judge_form, judge_chords, judge_copies):
        rows += judge(case)
    title = f"{case.element}: excerpts with fewer than {LEAST_NOTES} notes"
    for name, whole, kept in (
        ("sample", case.sample_with_rests, case.sample), ("human", case.human_with_rests, case.human),
    ):  # fmt: skip
        rows.append(observed(f"{title}, {name}", 100 * (1 - len(kept) / len(whole)), "%", len(whole)))
    return rows


def _ratio(first: float, second: float) -> float:
    return first / second if second > 0 else float("inf")
