"""What each kind of job does: the pipeline's own functions, and a bundle that appears whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.api.jobs import Job

if TYPE_CHECKING:
    from workbench.domain.clock import Progress
    from workbench.domain.results import Track


def make_bundle(job: Job, bundle: Path, parent: Path | None, progress: Progress) -> dict[str, Any]:
    """Do a job; return the published response, with paths inside the bundle.

    A bundle that is there already was finished by a worker that died before it could say so.

    Raises
    ------
    WorkbenchError
        Whatever keeps the song from being made; no half-written bundle is left.
    """
    from workbench.output import export, load, outputs_of, read_manifest

    if bundle.exists():
        track = load(bundle)
        outputs = outputs_of(track, bundle)
    else:
        track = _MAKERS[job.kind](job.payload, parent, lambda part, told: progress(0.9 * part, told))
        progress(0.9, "export")
        outputs = export(track, bundle)
    response = track.response(_inside(outputs, bundle))
    response["metadata"]["creation_time"] = read_manifest(bundle)["creation_time"]
    return response


def _generate(payload: Mapping[str, Any], parent: Path | None, progress: Progress) -> Track:
    from workbench.domain.request import parse_request
    from workbench.pipeline import generate

    return generate(parse_request(payload), progress=progress)


def _modify(payload: Mapping[str, Any], parent: Path | None, progress: Progress) -> Track:
    from workbench.editing import modify

    return modify(_given(parent), payload["edits"], progress=progress)


def _render(payload: Mapping[str, Any], parent: Path | None, progress: Progress) -> Track:
    from workbench.editing.delivering import redeliver

    return redeliver(_given(parent), payload, progress=progress)


def _given(parent: Path | None) -> Path:
    if parent is None:
        raise ValueError("a job that changes a song needs the bundle of that song")
    return parent


_MAKERS: Mapping[str, Callable[[Mapping[str, Any], Path | None, Progress], Track]] = {
    "generate": _generate,
    "modify": _modify,
    "render": _render,
}


def _inside(outputs: Mapping[str, Any], bundle: Path) -> dict[str, Any]:
    """The paths of a response, below the bundle."""

    def inside(path: str) -> str:
        return str(Path(path).relative_to(bundle))

    return {
        "master": inside(outputs["master"]),
        "stems": {name: inside(path) for name, path in outputs["stems"].items()},
        "alternatives": [inside(path) for path in outputs["alternatives"]],
    }
