"""Songs in a folder, by name: what the tools do, without the protocol."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.domain.clock import Progress
from workbench.domain.errors import ParameterError, did_you_mean
from workbench.domain.request import GenerationRequest, parse_request
from workbench.plugins import check_no_plugins
from workbench.rendering.sampler import check_in_library

if TYPE_CHECKING:
    from workbench.domain.results import Track


_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class SongFolder:
    """Bundles of one folder. Names come from an assistant, so that none may lead out of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self) -> list[str]:
        """The finished songs, by name."""
        return sorted(path.parent.name for path in self.folder.glob("*/manifest.json"))

    def path(self, name: str, *, finished: bool) -> Path:
        """The folder of a song, which must be there if `finished`, and must not be there otherwise.

        Raises
        ------
        ParameterError
            If the name is no name, or the song is (not) there.
        """
        if not _NAME.fullmatch(name):
            raise ParameterError(f"name {name!r}: expected letters, digits, dots, dashes, 64 at most")
        there = name in self.names()
        if finished and not there:
            known = ", ".join(self.names()) or "none yet"
            raise ParameterError(f"no song {name!r} here{did_you_mean(name, self.names())}; there are: {known}")
        if not finished and (self.folder / name).exists():
            raise ParameterError(f"a song {name!r} is here already: choose another name")
        return self.folder / name

    def generate(self, request: Mapping[str, Any] | str, name: str, progress: Progress) -> dict[str, Any]:
        """Make a song from a request, or from a sentence."""
        target = self.path(name, finished=False)
        asked = request_from(request, name)
        from workbench.pipeline import generate

        return self._written(generate(asked, progress=progress), target)

    def modify(
        self, name: str, edits: Sequence[Mapping[str, Any]], new_name: str, progress: Progress
    ) -> dict[str, Any]:
        """Edit a song into a new one."""
        source, target = self.path(name, finished=True), self.path(new_name, finished=False)
        if any("file" in edit for edit in edits):
            raise ParameterError("edits that read a file cannot be used here: use 'beatsfoundry modify'")
        for edit in edits:
            check_in_library(str(edit.get("patch", "")))
            check_no_plugins(edit)
        from workbench.editing import modify

        return self._written(modify(source, edits, progress=progress), target)

    def render(self, name: str, options: Mapping[str, Any], new_name: str, progress: Progress) -> dict[str, Any]:
        """Write a song in another delivery."""
        source, target = self.path(name, finished=True), self.path(new_name, finished=False)
        from workbench.editing.delivering import redeliver

        return self._written(redeliver(source, options, progress=progress), target)

    def describe(self, name: str) -> dict[str, Any]:
        """Plan in short, measurements and checks of a song."""
        import json

        bundle = self.path(name, finished=True)
        plan, report = (
            json.loads((bundle / file).read_text(encoding="utf-8")) for file in ("plan.json", "report.json")
        )
        return {
            "name": name,
            "folder": str(bundle),
            "style": plan["style"],
            "tempo_bpm": plan["tempo_bpm"],
            "key": plan["key"],
            "sections": [
                {"name": section["name"], "start_bar": section["start_bar"], "bars": section["bars"]}
                for section in plan["sections"]
            ],
            "measurements": report["measurements"],
            "warnings": [
                {"code": check["code"], "title": check["title"], "outcome": check["outcome"]}
                for check in report["checks"]
                if check["outcome"] in ("warn", "fail")
            ],
        }

    def _written(self, track: Track, target: Path) -> dict[str, Any]:
        from workbench.output import export

        return track.response(export(track, target))


def request_from(request: Mapping[str, Any] | str, name: str) -> GenerationRequest:
    """A request, or the one whose concept is a sentence; its project is called as the song is."""
    form = {"parameters": {"creative": {"concept": request}}} if isinstance(request, str) else dict(request)
    asked = parse_request({**form, "project_id": name})
    check_no_plugins({"inserts": asked.parameters.sound_design.inserts})
    for patch in asked.parameters.sound_design.patches.values():
        check_in_library(patch)
    return asked
