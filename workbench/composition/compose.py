"""Compose: elements in dependency order, each seeing those before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

from workbench.composition.canonical_form import from_canonical, to_canonical
from workbench.composition.conditioning import onset_stream
from workbench.composition.drums import write_percussion
from workbench.composition.ensemble import beneath_tune
from workbench.composition.finishing import finished_drums, finished_line
from workbench.composition.harmony import write_chords
from workbench.composition.melodic import write_melodic
from workbench.domain.arrays import Bytes, Integers
from workbench.domain.clock import Progress
from workbench.domain.cores import thread_count
from workbench.domain.elements import ELEMENTS, is_drums, of_kind
from workbench.domain.plain_data import from_plain, to_plain
from workbench.domain.plan import Delivery, Plan, SoundTraits
from workbench.domain.score import Note, Part, Score
from workbench.domain.song import DRUM_ROLES
from workbench.domain.theory import Chord
from workbench.models.elements import get_spec
from workbench.models.registry import check_models, model_hashes
from workbench.models.threads import one_thread
from workbench.store import Store, code_version, content_key

_Written = tuple[Integers, tuple[Note, ...]]
_ROLES = list(DRUM_ROLES)
_MOST_THREADS = 2
"""There are never more than two elements that do not wait for others."""


def compose(plan: Plan, *, progress: Progress | None = None, store: Store | None = None) -> Score:
    """Write the score of a plan.

    Parameters
    ----------
    plan : Plan
        What is wanted.
    progress : callable, optional
        Called with a fraction 0..1 and what is being done.
    store : Store, optional
        Where a score is taken from that was composed before, and is kept if it was not.

    Returns
    -------
    Score
        The same plan and weights give the same score, note for note.

    Raises
    ------
    ModelError
        If an element's weights are missing or damaged, or if the plan names a network that is not there.

    Examples
    --------
    >>> import workbench
    >>> score = workbench.compose(workbench.translate("techno in A minor, 130 bpm"))  # doctest: +SKIP
    >>> list(score.parts)  # doctest: +SKIP
    ['percussion', 'bass', 'pads', 'leads']
    """
    check_models(plan.models)
    if store is None:
        return _composed(plan, progress)
    score = from_plain(Score, store.document(_key(plan), lambda: to_plain(_composed(plan, progress))))
    return replace(score, title=plan.project_id)


def _composed(plan: Plan, progress: Progress | None) -> Score:
    with one_thread():
        return from_canonical(_compose(to_canonical(plan), progress or (lambda fraction, message: None)), plan)


def _key(plan: Plan) -> str:
    """The name of a plan's score in the store. What is only heard, explained or delivered changes no note."""
    silent = replace(
        plan,
        project_id="", concept="", references=(), decisions=(), patches={}, patch_settings={}, mix={},
        processing_style="", mix_profile="", sound=SoundTraits(), delivery=Delivery(),
    )  # fmt: skip
    code = code_version("models", "composition", "domain")
    return content_key("compose", silent, model_hashes(plan.models), code=code)


def _compose(plan: Plan, report: Progress) -> Score:
    """What does not see each other is written at the same time: chords and percussion, pads and leads."""
    playing = [element for element in ELEMENTS if element in plan.palette]
    written: dict[str, Future[_Written]] = {}
    with _unhurried(ThreadPoolExecutor(min(_MOST_THREADS, thread_count()))) as pool:
        chords = pool.submit(write_chords, plan)
        # Whoever waits comes after those that it waits for, so there is always one that can go on.
        for element in playing:
            written[element] = pool.submit(_write_in_turn, plan, element, chords, dict(written))
        report(0.0, "harmony")
        harmony = chords.result()
        for number, element in enumerate(playing):
            report((number + 0.3) / (len(playing) + 0.3), element)
            written[element].result()
    report(1.0, "score")
    notes = {element: part.result()[1] for element, part in written.items()}
    for tune in of_kind(playing, "melody")[:1]:
        for element in of_kind(playing, "chords"):
            notes[element] = beneath_tune(notes[element], notes[tune], plan, element, harmony)
    parts = {element: Part(element, notes[element]) for element in playing}
    return Score(plan.project_id, plan.tempo_bpm, plan.metre, plan.key, plan.sections, harmony, parts)


@contextmanager
def _unhurried(pool: ThreadPoolExecutor) -> Iterator[ThreadPoolExecutor]:
    """A pool of which an error takes back what has not begun."""
    try:
        yield pool
    except BaseException:
        pool.shutdown(cancel_futures=True)
        raise
    pool.shutdown()


def _write_in_turn(
    plan: Plan, element: str, chords: Future[tuple[Chord, ...]], before: Mapping[str, Future[_Written]]
) -> _Written:
    """An element once the chords stand, if it knows any, and those before it whose onsets it sees."""
    spec = get_spec(element)
    streams: dict[str, Bytes] = {}
    for name, part in before.items():
        if set(streams_seen(name)) & set(spec.streams):
            streams |= streams_of(name, part.result()[0], plan.bars)
    return write_element(plan, element, chords.result() if spec.sees_chords else (), streams)


def write_element(
    plan: Plan, element: str, chords: tuple[Chord, ...], streams: Mapping[str, Bytes]
) -> tuple[Integers, tuple[Note, ...]]:
    """Rows and finished notes of one element over the whole song, in sight of chords and of what `streams` hold."""
    if is_drums(element):
        rows = write_percussion(plan)
        return rows, finished_drums(rows, plan, element)
    rows, notes = write_melodic(plan, element, chords, streams)
    return rows, finished_line(notes, plan, element, chords)


def streams_seen(element: str) -> tuple[str, ...]:
    """Names under which elements after it see an element."""
    return ("kick", "snare") if is_drums(element) else (element,)


def streams_of(element: str, rows: Integers, bars: int) -> dict[str, Bytes]:
    """What the elements after it see of one: its onsets, of percussion those of kick and snare."""
    if is_drums(element):
        return {role: onset_stream(rows, bars, _ROLES.index(role)) for role in streams_seen(element)}
    return {element: onset_stream(rows, bars)}
