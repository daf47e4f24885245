"""A sentence and what is made of it: every decision is shown while one types, and anything can be set by hand."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import traitlets

from workbench.concept import bent, explain, translate
from workbench.domain.errors import ParameterError, WorkbenchError
from workbench.domain.plain_data import to_plain
from workbench.domain.plan import Plan
from workbench.domain.request import GenerationRequest, parse_request
from workbench.domain.results import Track
from workbench.output.figures.labels import label_and_unit
from workbench.output.report.html_tables import verdict
from workbench.output.report.page_audio import small_for_page
from workbench.output.report.player_data import player_data
from workbench.output.report.roll_data import roll_data
from workbench.pipeline import load_references
from workbench.plugins import scan
from workbench.session import Session
from workbench.store import open_store
from workbench.widgets.explorer.fields import request_fields
from workbench.widgets.explorer.request_notes import RequestNotes
from workbench.widgets.instrument import InstrumentWidget, action, front_end, sheet

_HERE = Path(__file__).resolve().parent
_FIRST_BARS = 4
_LARGEST_SEED = 2**32 - 1
_TEXT = "parameters.creative.concept"
_NO_TEXT = "the text is empty: describe the music in a few words"


class Explorer(InstrumentWidget):
    """From a sentence to a song. The table follows the text; what is set by hand is pinned, the rest is decided.

    `request` is what stands in it as a request that a script can run again; `session` holds the song, `track` is it
    finished.

    Parameters
    ----------
    concept
        Text that it starts with.
    session
        Where the song is made; by default a new one that keeps its results.
    """

    _esm = (_HERE / "by_name.js").read_text(encoding="utf-8") + front_end(_HERE / "explorer.js", "player.js", "roll.js")
    _css = sheet("player.css", "roll.css", "tables.css") + (_HERE / "explorer.css").read_text(encoding="utf-8")
    concept = traitlets.Unicode("").tag(sync=True)
    fields: Any = traitlets.List().tag(sync=True)
    pinned: Any = traitlets.Dict().tag(sync=True)
    decided: Any = traitlets.Dict().tag(sync=True)
    rows: Any = traitlets.List().tag(sync=True)
    not_used = traitlets.Unicode("").tag(sync=True)
    problem = traitlets.Unicode("").tag(sync=True)
    wrong = traitlets.Unicode("").tag(sync=True)
    """The field that the problem is about; none where it is the text."""
    blocked = traitlets.Unicode("").tag(sync=True)
    """Why a song that was asked for is not made; empty again once that is mended."""
    moved = traitlets.Unicode("").tag(sync=True)
    """What the text asked for and cannot be had as it stands there, and what was taken instead."""
    making = traitlets.Bool(False).tag(sync=True)
    offered: Any = traitlets.Dict().tag(sync=True)
    """The request that stood in an explorer before this one, or before `go_on`: `concept` and `pinned`."""
    plugins: Any = traitlets.List().tag(sync=True)
    json = traitlets.Dict().tag(sync=True)
    result: Any = traitlets.Dict().tag(sync=True)
    master = traitlets.Bytes(b"").tag(sync=True)

    def __init__(self, concept: str = "", *, session: Session | None = None) -> None:
        super().__init__(Session(store=open_store()) if session is None else session)
        self.fields = request_fields()
        self.concept = concept
        self._notes = RequestNotes(self.keeper.kept.folder)
        last = self._notes.read({field["path"] for field in self.fields})
        self.offered = {} if last == self._own() else last
        self._read()

    @property
    def request(self) -> GenerationRequest:
        """What stands in it.

        Raises
        ------
        ParameterError
            One line that names the field, what came and what is expected.
        """
        return self._request_of(self.pinned)

    def _request_of(self, pinned: Mapping[str, Any]) -> GenerationRequest:
        data: dict[str, Any] = {"parameters": {"creative": {"concept": self.concept}}}
        for path, value in pinned.items():
            *way, last = path.split(".")
            place = data
            for name in way:
                place = place.setdefault(name, {})
            place[last] = value
        return parse_request(data)

    @action
    def say(self, text: str) -> None:
        """Take the text as it stands, while it is typed."""
        self.concept = text
        self._read()
        self._notes.soon(self._own())

    @action
    def pin(self, path: str, value: Any) -> None:
        """Set a field by hand."""
        self._check(path)
        # Set last, it stands last.
        self.pinned = {**{name: one for name, one in self.pinned.items() if name != path}, path: value}
        self._read()
        self._notes.soon(self._own())

    @action
    def release(self, path: str) -> None:
        """Leave a field to the text again."""
        self._check(path)
        self.pinned = {name: value for name, value in self.pinned.items() if name != path}
        self._read()
        self._notes.soon(self._own())

    @action
    def go_on(self) -> None:
        """Take up the request that is offered; the one that stood here is offered then."""
        if not self.offered:
            raise ParameterError("no request is there to go on with")
        taken, own = self.offered, self._own()
        with self.hold_sync():
            self.concept, self.pinned, self.offered = taken["concept"], dict(taken["pinned"]), own
            self._read()
        self._notes.soon(self._own())

    def _own(self) -> dict[str, Any]:
        return {"concept": self.concept, "pinned": dict(self.pinned)}

    @action
    def list_plugins(self) -> None:
        """Look for the plug-in effects of this machine."""
        self.begin(self._list_plugins)

    def _list_plugins(self) -> None:
        self.tell("looking for plug-ins")
        self.plugins = [to_plain(one) for one in scan().plugins if one.kind == "effect"]
        self.tell(f"{len(self.plugins)} plug-in effects are on this machine")

    @action
    def generate(self, another: bool = False) -> None:
        """Make the song: its first bars are heard soon, then all of it; `another` takes a new seed."""
        if self.is_busy:
            raise ParameterError("busy: stop it first, or wait")
        if self.problem:
            self.blocked = self._cannot()
            self.send({"blocked": self.wrong})
            return
        if another:
            seed = int(self.pinned.get("options.seed", 0))
            self.pinned = {**self.pinned, "options.seed": (seed + 1) % _LARGEST_SEED}
            self._read()
        request = self.request
        self._notes.now(self._own())
        self.keeper.now()
        self.making = True
        self.begin(lambda: self._made(request))

    def _cannot(self) -> str:
        label = next((field["label"] for field in self.fields if field["path"] == self.wrong), "")
        return f"Cannot: {label} has a wrong entry" if label else f"Cannot: {self.problem}"

    def _made(self, request: GenerationRequest) -> None:
        try:
            self._make(request)
        finally:
            self.making = False

    def _make(self, request: GenerationRequest) -> None:
        with self.session.or_back():
            state = self.session.compose(request, progress=lambda done, what: self._say(0.3 * done, what))
            bars = min(_FIRST_BARS, state.song.plan.bars)
            self._say(0.3, f"the first {bars} bars")
            self.sound((1, bars), play=True)
            track = self.session.track(progress=lambda done, what: self._say(0.4 + 0.55 * done, what))
        self._show(track)
        self._say(0.97, "keeping it")
        self.save_new()
        self.songs_changed(f"the song is ready, and kept as {self.keeper.kept.name}")

    @traitlets.observe("opened")
    def _show_opened(self, _: Any) -> None:
        """What is heard here is the song as it stands; with changes that were not rendered it is heard elsewhere."""
        if self.keeper.kept.unsaved:
            self.result, self.master = {}, b""
        else:
            self._show(self.session.track())

    def _show(self, track: Track) -> None:
        """Keep the finished track in the widget, so that it plays when the notebook is opened again."""
        sound = small_for_page(track.master)
        with self.hold_sync():
            self.master = sound
            self.result = {
                "player": player_data(track),
                "roll": roll_data(track.score),
                "title": track.plan.concept,
                "verdict": verdict(track.report)[0],
            }

    def _check(self, path: str) -> None:
        if path not in {field["path"] for field in self.fields}:
            raise ParameterError(f"{path!r} is no field of the request")

    def _read(self) -> None:
        """Translate what stands there, and show what was decided; what cannot be read leaves the last plan in view."""
        try:
            request, plan = self._translated(self.pinned)
        except WorkbenchError as error:
            guilty = self._guilty() if self.concept.strip() else ""
            self.problem = _without_path(str(error), guilty or _TEXT) if self.concept.strip() else _NO_TEXT
            self.wrong = guilty
            self.blocked = self.blocked and self._cannot()
            return
        with self.hold_sync():
            self.problem = self.wrong = self.blocked = ""
            self.json = request.model_dump(mode="json", exclude_defaults=True)
            self._tell(plan)

    def _translated(self, pinned: Mapping[str, Any]) -> tuple[GenerationRequest, Plan]:
        request = self._request_of(pinned)
        return request, translate(request, references=load_references(request))

    def _guilty(self) -> str:
        """The field without which all would be well, the one that was set last first; none if the text is wrong."""
        for path in reversed(self.pinned):
            try:
                self._translated({name: value for name, value in self.pinned.items() if name != path})
            except WorkbenchError:
                continue
            return str(path)
        return ""

    def _tell(self, plan: Plan) -> None:
        table = explain(plan)
        self.rows = [
            [label_and_unit(one.parameter)[0], one.value, one.source, one.reason, one.contradiction]
            for one in plan.decisions
            if one.parameter != "not_used"
        ]
        self.moved = "; ".join(
            f"{label_and_unit(one.parameter)[0]}: {one.value}, {one.contradiction}" for one in bent(plan)
        )
        self.not_used = next((one.value for one in plan.decisions if one.parameter == "not_used"), "")
        tails = {path: _decision_of(path) for path in (field["path"] for field in self.fields)}
        self.decided = {path: table[name]["value"] for path, name in tails.items() if name in table}


def _without_path(line: str, path: str) -> str:
    """A line about a field, where the field itself stands beside it.

    Examples
    --------
    >>> _without_path("parameters.technical.tempo: 900 is above the limit", "parameters.technical.tempo")
    '900 is above the limit'
    >>> _without_path(
    ...     "parameters.technical.section_bars.verse: 0 is below the limit", "parameters.technical.section_bars"
    ... )
    'verse: 0 is below the limit'
    """
    return line[len(path) :].lstrip(".: ") if path and line.startswith(path) else line


def _decision_of(path: str) -> str:
    """The name of the decision that a field of the request is about; none tells how far a macro was moved."""
    parts = path.split(".")
    if parts[0] == "macros":
        return ""
    return ".".join(parts[2:]) if parts[0] == "parameters" else parts[-1]
