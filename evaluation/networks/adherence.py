"""Do networks do what they are asked for, and is all that they write music? Density, style, validity."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evaluation.criteria import Row, at_least, at_most, observed
from evaluation.networks.element_data import ElementData, JudgedSamples, Side, side
from evaluation.networks.excerpt_writing import asked, job_at, last_bars
from evaluation.networks.excerpts import EXCERPT_BARS, choose_places, cut
from evaluation.networks.metrics.density_order import rank_correlation, rank_correlation_of_means, style_heard
from evaluation.networks.metrics.validity import fault
from workbench.domain.arrays import Integers
from workbench.models.batch import WritingJob
from workbench.models.context import DENSITY_CLASSES, DENSITY_COLUMN
from workbench.models.history import STEP_COLUMN
from workbench.models.spec import BAR_STEP

LEAST_RANK_CORRELATION = 0.9
LEAST_TIMES_CHANCE, LEAST_SHARE_OF_HUMAN = 2.0, 0.7
VALIDITY_SAMPLES = 10_000
_SWEEP_PLACES = 40
_CLASSES = range(1, DENSITY_CLASSES + 1)
_STYLE_TRAINING_EXCERPTS = 4000


def judge_density(element_data: ElementData) -> tuple[list[Row], list[Integers]]:
    """Each density class asked of forty places; returns what was written beside the rows of the table."""
    where = element_data.places[:: max(1, len(element_data.places) // _SWEEP_PLACES)][:_SWEEP_PLACES]
    column = DENSITY_COLUMN
    classes = [value for _ in where for value in _CLASSES]
    jobs = [
        job_at(
            asked(element_data.validation[place.part].conditioning, column, value),
            place.bar,
            (element_data.seed, 1, i, value),
        )
        for i, place in enumerate(where)
        for value in _CLASSES
    ]
    written = element_data.write(jobs)
    notes = [_notes_a_bar(rows, job) for rows, job in zip(written, jobs, strict=True)]
    by_place = [rank_correlation(_CLASSES, row) for row in np.reshape(notes, (len(where), -1))]
    title = f"{element_data.element}: density asked against density written"
    conditions = [excerpt.condition("density") for excerpt in element_data.human.excerpts]
    human = rank_correlation(conditions, [len(excerpt.notes) for excerpt in element_data.human.excerpts])
    rows: list[Row] = [
        at_least(title, rank_correlation(classes, notes), LEAST_RANK_CORRELATION, "rank correlation", len(jobs)),
        observed(
            f"{title}, means of the classes", rank_correlation_of_means(classes, notes), "rank correlation", len(jobs)
        ),
        observed(f"{title}, mean over places", float(np.mean(by_place)), "rank correlation", len(where)),
        observed(f"{title}, human (conditioned classes)", human, "rank correlation", len(conditions)),
    ]
    return rows, written


def _notes_a_bar(rows: Integers, job: WritingJob) -> float:
    last = last_bars(rows, len(job.conditioning.prefix) - EXCERPT_BARS)
    return float((last[:, STEP_COLUMN] != BAR_STEP).sum()) / EXCERPT_BARS


def judge_style(element_data: ElementData, case: JudgedSamples) -> list[Row]:
    """The style heard by a classifier that was trained on human training music."""
    where = choose_places(element_data.training, _STYLE_TRAINING_EXCERPTS, element_data.seed)
    training = side([cut(element_data.training[place.part], place.bar) for place in where], element_data.spec)
    heard = style_heard(*(_with_styles(one) for one in (training, case.human, case.sample)))
    title = f"{element_data.element}: style heard as asked"
    if heard.styles < 3:
        return [observed(f"{title}, not judged: styles stated in the data", heard.styles, "styles", heard.n)]
    rows: list[Row] = [
        at_least(f"{title}, times chance", heard.sample / heard.chance, LEAST_TIMES_CHANCE, "x", heard.n),
        at_least(f"{title}, share of human", heard.sample / heard.human, LEAST_SHARE_OF_HUMAN, "", heard.n),
        observed(f"{title}, sample", heard.sample, "", heard.n),
        observed(f"{title}, human", heard.human, "", heard.n),
        observed(f"{title}, chance of {heard.styles} styles", heard.chance, "", heard.n),
    ]
    return rows


def _with_styles(one: Side) -> tuple[np.ndarray, np.ndarray]:
    styles = np.array([excerpt.condition("style") for excerpt in one.excerpts])
    stated = styles > 0
    return one.features.values[stated], styles[stated]


def judge_validity(element_data: ElementData, written: Sequence[Integers], n: int = VALIDITY_SAMPLES) -> list[Row]:
    """Faults in all that was written, topped up with samples of one bar to `n`."""
    rng = np.random.default_rng(element_data.seed)
    jobs = []
    for number in range(max(0, n - len(written))):
        part = element_data.validation[int(rng.integers(len(element_data.validation)))]
        conditioning = job_at(
            part.conditioning, int(rng.integers(part.bars)), (element_data.seed, 2, number)
        ).conditioning
        jobs.append(WritingJob(conditioning.bars(0, 1), part.bar_beats, (element_data.seed, 2, number)))
    everything = [*written, *element_data.write(jobs)]
    most = element_data.settings.polyphony
    faults = [fault(rows, element_data.spec, bars=int(rows[:, 0].max()) + 1, polyphony=most) for rows in everything]
    wrong = [text for text in faults if text]
    title = f"{element_data.element}: invalid samples" + (f" ({wrong[0]})" if wrong else "")
    return [at_most(title, len(wrong), 0, "samples", len(everything))]
