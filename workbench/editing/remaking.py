"""A bundle made again from its manifest alone: request, seed and edits must give the same bytes."""

from __future__ import annotations

import tempfile
from pathlib import Path

from workbench.domain.clock import Progress
from workbench.domain.errors import OutputError
from workbench.domain.request import parse_request
from workbench.editing.adopting import IMPORTED
from workbench.editing.edits import parse_edits
from workbench.editing.modifying import modify
from workbench.output import export, load_song, read_manifest
from workbench.output.files.verifying import FileVerdict
from workbench.pipeline import generate


def remake(directory: str | Path, *, progress: Progress | None = None) -> list[FileVerdict]:
    """Make a track again, from nothing that is kept, and hold every file to the hashes of its manifest.

    Raises
    ------
    OutputError
        If the folder is no bundle with sound, or if its notes came from elsewhere.
    ParameterError, ModelError
        If what it was made with is no longer there.
    """
    manifest = read_manifest(directory)
    plan, _, state = load_song(directory)
    if "request" not in manifest:
        raise OutputError(f"{directory} holds notes without sound, and no request to make it again from")
    if any(decision.parameter == IMPORTED for decision in plan.decisions):
        raise OutputError(f"{directory} was made of an imported session, which its manifest does not hold")
    track = generate(parse_request(manifest.get("request_as_stated") or manifest["request"]), progress=progress)
    with tempfile.TemporaryDirectory(prefix="beatsfoundry-remake-") as scratch:
        for number, edits in enumerate(state.in_calls() if state else ()):
            before = Path(scratch) / str(number)
            export(track, before)
            track = modify(before, parse_edits(edits))
        made = Path(scratch) / "made"
        export(track, made)
        again = read_manifest(made)["files"]
    findings = []
    for name, entry in manifest["files"].items():
        same = again.get(name, {}).get("sha256") == entry.get("sha256")
        findings.append(FileVerdict(name, "untouched" if same else "edited" if name in again else "missing"))
    return findings
