"""The line: request to plan to score to stems to mix to master to report. The only module that knows the order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from workbench.domain.asking import RequestLike, as_request
from workbench.domain.audio import Audio, Mix, summed
from workbench.domain.clock import SOUND_STAGES, Clock, Progress, side_by_side
from workbench.domain.clock import STAGES as STAGES
from workbench.domain.collecting import rarely_collected
from workbench.domain.cores import thread_count
from workbench.domain.errors import ParameterError
from workbench.domain.plan import Plan
from workbench.domain.recordings import is_recorded
from workbench.domain.request import GenerationRequest
from workbench.domain.results import Track
from workbench.domain.score import Score
from workbench.domain.seeding import derived_seed
from workbench.dsp.headroom import loudest_within, within_full_scale
from workbench.dsp.memory import set_aside
from workbench.dsp.parallel import Work
from workbench.provenance import provenance

if TYPE_CHECKING:
    from workbench.analysis.references import ReferenceProfile
    from workbench.store import Store

_ATTEMPTS = 3
_SOUNDING = 2
"""Candidates that are given their sound at the same time; more would only take memory."""
_LEAST_DISTANCE = 0.15
"""Candidates that are nearer to each other than this are hardly two songs: the same notes but for a few bars."""


def generate(request: RequestLike, *, progress: Progress | None = None, store: Store | None = None) -> Track:
    """Make a finished, measured track from a request.

    Parameters
    ----------
    request : GenerationRequest, mapping or str
        What is wanted; a mapping has the published form, a string is a concept. `options.iterations` beyond one adds
        alternatives, each made from a seed of its own.
    progress : callable, optional
        Called with a fraction 0..1 and what is being done.
    store : Store, optional
        Where scores and stems are taken from and kept, such as `workbench.open_store()`; the track is the same.

    Returns
    -------
    Track
        The candidate of the best quality; the others are in `alternatives`, each the best of those left by quality and
        by distance from those before it. The same request gives the same track again; the seed in a candidate's
        provenance, or an alternative's own `request`, gives that candidate again.

    Raises
    ------
    UnknownReferenceError
        If a reference is named that the library does not hold.
    ModelError
        If the networks' weights are missing or damaged, or if a fine-tuned network is named that is not there.

    Examples
    --------
    >>> import workbench
    >>> track = workbench.generate("rainy lo-fi study beat in D minor, 76 bpm")  # doctest: +SKIP
    """
    request = as_request(request)
    check_models(request)
    references = load_references(request)
    with rarely_collected():
        first, *others = _ranked(_candidates(request, references, progress, store))
    set_aside()
    return replace(first, request=request, alternatives=tuple(others))


def compose_only(
    request: RequestLike, *, progress: Progress | None = None, store: Store | None = None
) -> tuple[Plan, Score]:
    """Plan and write the song without any sound; the parameters are those of `generate`.

    Returns
    -------
    tuple of (Plan, Score)

    Raises
    ------
    UnknownReferenceError, ModelError, ParameterError
        As `generate`; also if the plan asks for sounds that are not there.
    """
    from workbench.composition import compose
    from workbench.concept import translate

    request = as_request(request)
    check_models(request)
    clock = Clock(None)
    with clock.stage("translate"):
        plan = translate(request, references=load_references(request))
    check_sound(plan)
    with clock.stage("compose"):
        return plan, compose(plan, progress=progress, store=store)


def candidate_request(request: GenerationRequest, number: int, attempt: int = 0) -> GenerationRequest:
    """The request that gives candidate `number` (from 0) alone: one iteration, and for alternatives a derived seed.

    A further attempt at a candidate, for one that came out like another, has a seed of its own.

    Examples
    --------
    >>> request = GenerationRequest.from_concept("night drive", seed=3, iterations=2)
    >>> candidate_request(request, 0).options.seed
    3
    """
    seed = request.options.seed
    if number > 0:
        seed = derived_seed(seed, "alternative", number, *([attempt] if attempt else []))
    options = request.options.model_copy(update={"seed": seed, "iterations": 1})
    return request.model_copy(update={"options": options})


def check_models(request: GenerationRequest) -> None:
    """Refuse a request whose fine-tuned networks are not there, before any work is done.

    Raises
    ------
    ModelError
        One line that tells which there are.
    """
    if request.models:
        from workbench.models.registry import check_models as check

        check({str(element): name for element, name in request.models.items()})


def check_sound(plan: Plan) -> None:
    """Refuse a plan whose patches, mix profile or processing style are not there or damaged, before it is composed.

    What the plan's style brings along is not looked at: it ships with the style, and loading it takes a second.

    Raises
    ------
    ParameterError
        One line that names what is wrong.
    """
    from workbench.concept.style import load_style as load_kind
    from workbench.domain.request import PROCESSING_STYLES
    from workbench.domain.user_styles import user_style_names

    kind = load_kind(plan.style)
    elements = [name for name in plan.palette if plan.patches.get(name) not in kind.patches.get(name, ())]
    if elements:
        from workbench.rendering import load_sounds

        load_sounds(elements, plan)
    if plan.mix:
        from workbench.plugins import check_inserts

        check_inserts(plan.mix)
    if plan.mix_profile != kind.mix_profile:
        from workbench.mixing import load_profile

        load_profile(plan.mix_profile)
    if plan.processing_style not in PROCESSING_STYLES or plan.processing_style in user_style_names():
        from workbench.mastering import load_style
        from workbench.mixing import load_colour

        load_colour(plan.processing_style)
        load_style(plan.processing_style)


def load_references(request: GenerationRequest) -> tuple[ReferenceProfile, ...]:
    """The profiles of the reference tracks that a request names.

    Raises
    ------
    UnknownReferenceError
        If the library does not hold one of them.
    """
    names = request.parameters.creative.references
    if not names:
        return ()
    from workbench.analysis.references import ReferenceLibrary

    library = ReferenceLibrary()
    return tuple(library.get(name) for name in names)


def deliver(mix: Mix, plan: Plan) -> tuple[Audio, Audio]:
    """Master a mix so that the written file keeps loudness and ceiling; return the master and what is heard."""
    from workbench.mastering import master_below
    from workbench.output import master_as_heard

    wanted = plan.delivery
    return master_below(
        mix.audio,
        target_lufs=wanted.target_lufs,
        ceiling_dbtp=wanted.ceiling_dbtp,
        processing_style=plan.processing_style,
        heard=lambda mastered: master_as_heard(mastered, plan),
    )


def finish(
    request: GenerationRequest,
    plan: Plan,
    score: Score,
    *,
    references: Sequence[ReferenceProfile] = (),
    model_hashes: Mapping[str, str] | None = None,
    standing: Mix | None = None,
    progress: Progress | None = None,
    store: Store | None = None,
) -> Track:
    """Give sound to a song that is written: render, mix, master and check it.

    Parameters
    ----------
    request, plan, score, progress, store
        As `compose_only` takes and returns them.
    references
        Profiles whose distance the report tells.
    model_hashes
        Of the networks that wrote the score, by default the plan's as they are now; if given, PyTorch is not loaded.
    standing : Mix, optional
        Stems that are taken as they are, and the desk on which the others are mixed beside them.
    """
    clock = Clock(progress, SOUND_STAGES)
    return _finished(request, plan, score, references, clock, model_hashes, standing, store)


@dataclass(frozen=True, slots=True)
class _Written:
    """A candidate before it is heard."""

    request: GenerationRequest
    plan: Plan
    score: Score
    clock: Clock


def _candidates(
    request: GenerationRequest,
    references: Sequence[ReferenceProfile],
    progress: Progress | None,
    store: Store | None,
) -> list[Track]:
    """Every candidate: they are written one after the other, for each must differ from those before it; two at a time
    are given their sound meanwhile, where two threads may work.
    """
    count = request.options.iterations
    reports = side_by_side(progress, count)
    written: list[_Written] = []
    if count == 1:
        # In this thread, for an interruption reaches no other.
        song = _write(request, 0, references, Clock(progress), (), store)
        return [_sounding(song, references, store, Work())]
    coming: list[Future[Track]] = []
    work = Work()
    with ThreadPoolExecutor(min(_SOUNDING, thread_count(), count)) as players:
        try:
            for number, report in enumerate(reports):
                written.append(_write(request, number, references, Clock(report), tuple(written), store))
                coming.append(players.submit(_sounding, written[number], references, store, work))
            return [track.result() for track in coming]
        except BaseException:
            work.call_off()
            players.shutdown(wait=False, cancel_futures=True)
            raise


def _sounding(song: _Written, references: Sequence[ReferenceProfile], store: Store | None, work: Work) -> Track:
    with work.here():
        return _finished(song.request, song.plan, song.score, references, song.clock, store=store)


def _write(
    request: GenerationRequest,
    number: int,
    references: Sequence[ReferenceProfile],
    clock: Clock,
    others: Sequence[_Written],
    store: Store | None,
) -> _Written:
    """Candidate `number` without sound; one that comes out too much like another is written again."""
    from workbench.composition import compose
    from workbench.concept import translate
    from workbench.quality import distance_of

    for attempt in range(_ATTEMPTS):
        clock.begin()
        candidate = candidate_request(request, number, attempt)
        with clock.stage("translate"):
            plan = translate(candidate, references=references)
            check_sound(plan)
        with clock.stage("compose") as report:
            score = compose(plan, progress=report, store=store)
        if all(distance_of((plan, score), (other.plan, other.score)) >= _LEAST_DISTANCE for other in others):
            break
    return _Written(candidate, plan, score, clock)


def _ranked(tracks: Sequence[Track]) -> list[Track]:
    """The candidates from the best on, each with its ranking; one alone has none."""
    if len(tracks) == 1:
        return list(tracks)
    from workbench.quality import merits_of, rank

    merits = [merits_of(track) for track in tracks]
    order = rank([(track.plan, track.score) for track in tracks], [track.report for track in tracks], merits)
    return [replace(tracks[number], ranking=ranking) for number, ranking in order]


def _finished(
    request: GenerationRequest,
    plan: Plan,
    score: Score,
    references: Sequence[ReferenceProfile],
    clock: Clock,
    model_hashes: Mapping[str, str] | None = None,
    standing: Mix | None = None,
    store: Store | None = None,
) -> Track:
    from workbench.output.figures.track_figures import learning_to_draw
    from workbench.quality import check

    if standing is None:
        mixed = _mixed(plan, score, clock, store)
    else:
        mixed = _mixed_beside(standing, plan, score, clock, store)
    with learning_to_draw():
        with clock.stage("master"):
            master, heard = deliver(mixed, plan)
            if plan.delivery.format != "mp3":
                master = heard  # the steps of the file: they are written as they are, and read again so
        with clock.stage("check"):
            quality = check(master=heard, mix=mixed, score=score, plan=plan, references=references)
    made = provenance(plan, clock.seconds, model_hashes)
    return Track(request, plan, score, mix=mixed, master=master, report=quality, provenance=made)


def _mixed(plan: Plan, score: Score, clock: Clock, store: Store | None) -> Mix:
    from workbench.mixing import mix
    from workbench.rendering import render

    with clock.stage("render") as report:
        stems = render(score, plan, progress=report, store=store)
    with clock.stage("mix"):
        if is_recorded(plan, stems):
            return mix(stems, score, plan)  # its sum is what was recorded, over full scale or not
        return within_full_scale(mix(stems, score, plan, release=stems.pop))


def _mixed_beside(standing: Mix, plan: Plan, score: Score, clock: Clock, store: Store | None) -> Mix:
    """The standing stems as they are; those that they lack are rendered and mixed on the same desk."""
    from workbench.mixing import mix_again
    from workbench.rendering import render

    missing = {name: part for name, part in score.parts.items() if name not in standing.stems}
    with clock.stage("render") as report:
        stems = render(replace(score, parts=missing), plan, progress=report, store=store) if missing else {}
    with clock.stage("mix"):
        if standing.desk is None:
            raise ParameterError("mix: expected standing stems with the desk that they were mixed on")
        again = mix_again(stems, score, plan, standing.desk) if missing else {}
        both = {name: standing.stems.get(name) or loudest_within(again[name]) for name in score.parts}
        return Mix(summed(both.values()), both, standing.desk)
