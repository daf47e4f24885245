"""What each kind of job does: the pipeline's own functions, and a bundle that appears whole.

Whatever a worker made before stays warm: networks and kernels in its process, scores and stems in the user's store, so
that a change makes only what depends on it. Whether something was warm is heard nowhere: the bytes are the same.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.api.jobs import Job
from workbench.api.previews import preview_bars

if TYPE_CHECKING:
    from workbench.domain.audio import Mix
    from workbench.domain.clock import Progress
    from workbench.domain.results import Track
    from workbench.session import Session

_COMPOSED, _MADE = 0.3, 0.9
"""Shares of the whole that are done once the notes are written, and once the sound is made."""


@dataclass(frozen=True, slots=True)
class Making:
    """One job being done.

    Parameters
    ----------
    job : Job
        What is to be done.
    bundle : Path
        Folder that appears when it is done.
    parent : Path, optional
        Bundle of the song that is changed.
    progress : callable
        As for `workbench.generate`; whatever it raises calls the job off.
    hear : callable
        Takes the first seconds of the song, before the rest is made.
    record : callable
        Takes the finished track and its bundle; returns what its owner should know.
    """

    job: Job
    bundle: Path
    parent: Path | None
    progress: Progress
    hear: Callable[[Mix], None]
    record: Callable[[Track, Path], list[str]]
    seconds: dict[str, float] = field(default_factory=dict)

    def part(self, start: float, end: float) -> Progress:
        """The progress of a part of the work as a share of the whole."""
        return lambda fraction, message: self.progress(start + (end - start) * fraction, message)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a stage."""
        began = time.monotonic()
        try:
            yield
        finally:
            self.seconds[name] = round(time.monotonic() - began, 3)


def make_bundle(making: Making) -> dict[str, Any]:
    """Do a job; return the published response, with paths inside the bundle.

    A bundle that is there already was finished by a worker that died before it could say so.

    Raises
    ------
    WorkbenchError
        Whatever keeps the song from being made; no half-written bundle is left.
    """
    from workbench.output import export, load, outputs_of

    bundle = making.bundle
    if bundle.exists():
        track = load(bundle)
        outputs = outputs_of(track, bundle)
    else:
        track = _MAKERS[making.job.kind](making)
        making.progress(_MADE, "export")
        with making.stage("export"):
            outputs = export(track, bundle)
    with making.stage("record"):
        notes = making.record(track, bundle)
    return {**track.response(_inside(outputs, bundle)), "notes": notes}


def _generate(making: Making) -> Track:
    from workbench.domain.request import parse_request
    from workbench.pipeline import generate
    from workbench.session import Session
    from workbench.store import open_store

    request, store = parse_request(making.job.payload), open_store()
    session = Session(store=store)
    with making.stage("compose"):
        session.compose(request, progress=making.part(0.0, _COMPOSED))
    _preview(making, session)
    with making.stage("sound"):
        if request.options.iterations == 1:
            return session.track(progress=making.part(_COMPOSED, _MADE))
        # The first candidate's notes are in the store by now.
        return generate(request, progress=making.part(_COMPOSED, _MADE), store=store)


def _modify(making: Making) -> Track:
    from workbench.session import Session
    from workbench.store import open_store

    session = Session(store=open_store())
    with making.stage("compose"):
        session.open(_parent(making))
        session.modify(making.job.payload["edits"])
    _preview(making, session)
    with making.stage("sound"):
        return session.track(progress=making.part(_COMPOSED, _MADE))


def _render(making: Making) -> Track:
    from workbench.editing.delivering import redeliver

    with making.stage("sound"):
        return redeliver(_parent(making), making.job.payload, progress=making.part(0.0, _MADE))


def _preview(making: Making, session: Session) -> None:
    """Let the first seconds be heard."""
    making.progress(_COMPOSED, "preview")
    with making.stage("preview"):
        making.hear(session.preview(preview_bars(session.state.song.plan)))


def _parent(making: Making) -> Path:
    if making.parent is None:
        raise ValueError("a job that changes a song needs the bundle of that song")
    return making.parent


_MAKERS: Mapping[str, Callable[[Making], Track]] = {"generate": _generate, "modify": _modify, "render": _render}


def _inside(outputs: Mapping[str, Any], bundle: Path) -> dict[str, Any]:
    """The paths of a response, below the bundle."""

    def inside(path: str) -> str:
        return str(Path(path).relative_to(bundle))

    return {
        "master": inside(outputs["master"]),
        "stems": {name: inside(path) for name, path in outputs["stems"].items()},
        "alternatives": [inside(path) for path in outputs["alternatives"]],
    }
