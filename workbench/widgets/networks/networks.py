"""Networks of an element: cards, versions with their aliases, and two of them on the same prompt, heard in step."""

from __future__ import annotations

import weakref
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import traitlets

from workbench.analysis.levels import at_equal_loudness
from workbench.domain.errors import ModelError, ParameterError
from workbench.domain.plan import Plan
from workbench.domain.request import parse_request
from workbench.domain.score import Score
from workbench.models.checkpoint import read_card
from workbench.models.elements import SPECS
from workbench.models.library import check_name, list_names, named_path
from workbench.models.registry import weights_path
from workbench.output.report.roll_data import roll_data
from workbench.session import Session
from workbench.session.excerpt import excerpt_of
from workbench.widgets.instrument import Answering, action, front_end, loop_of, sheet

_HERE = Path(__file__).resolve().parent
IN_USE = "in use"
"""The name of the network that songs are written by where a request names none."""
HEARD_BARS = 8
_BROWSERS: weakref.WeakSet[ModelBrowser] = weakref.WeakSet()


class ModelBrowser(Answering):
    """Which networks an element has, what their cards tell, and how two of them continue the same prompt.

    A network that is chosen is asked for in a request by `"models": {"bass": "my-style"}`.

    Parameters
    ----------
    element : str
        What is shown first: harmony, percussion, bass, pads or leads.
    """

    _esm = front_end(_HERE / "networks.js", "roll.js")
    _css = sheet("player.css", "roll.css")
    element = traitlets.Unicode("").tag(sync=True)
    elements: Any = traitlets.List(list(SPECS)).tag(sync=True)
    networks: Any = traitlets.List().tag(sync=True)
    versions: Any = traitlets.List().tag(sync=True)
    card: Any = traitlets.List().tag(sync=True)
    chosen = traitlets.Unicode("").tag(sync=True)
    compared: Any = traitlets.Dict().tag(sync=True)
    rolls: Any = traitlets.List().tag(sync=True)

    def __init__(self, element: str = "bass") -> None:
        super().__init__()
        _BROWSERS.add(self)
        self.choose(element)

    @action
    def choose(self, element: str) -> None:
        """Show the networks of another element."""
        if element not in SPECS:
            raise ParameterError(f"element {element!r} has no network: expected one of {', '.join(SPECS)}")
        self.element, self.versions = element, []
        self.networks = [_network(element, name) for name in (IN_USE, *list_names(element))]
        self.show(IN_USE)

    @action
    def show(self, name: str) -> None:
        """Show the card of a network."""
        self.card = [[key, text] for key, text in _card_rows(read_card(_path(self.element, name)))]
        self.chosen = name

    @action
    def registry(self) -> None:
        """List the versions of the registry with their aliases."""
        self.begin(self._registry)

    @action
    def fetch(self, version: int, name: str) -> None:
        """Copy a version of the registry to where requests find it by name."""
        check_name(name)
        self.begin(lambda: self._fetch(version, name))

    @action
    def compare(self, first: str, second: str, concept: str, seed: int = 1) -> None:
        """Let two networks write the element of one song, the same in all else, and send both, equally loud."""
        for name in (first, second):
            _path(self.element, name)
        if first == second:
            raise ParameterError(f"A and B are both {first}: choose two networks")
        if not str(concept).strip():
            raise ParameterError("concept: expected a sentence that both networks are given")
        self.begin(lambda: self._compare(first, second, str(concept), seed))

    def _registry(self) -> None:
        from workbench.tracking.model_registry import list_versions

        self.tell("reading the registry")
        found = list_versions(self.element)
        self.versions = [
            {
                "version": one.version, "name": one.name, "kind": one.method, "aliases": list(one.aliases),
                "sha256": one.sha256[:12], "figures": {name: float(value) for name, value in one.metrics.items()},
            }
            for one in found
        ]  # fmt: skip
        self.tell(f"{len(found)} versions of {self.element} in the registry")

    def _fetch(self, version: int, name: str) -> None:
        from workbench.tracking.model_registry import fetch_model

        fetch_model(self.element, version, name)
        self.networks = [_network(self.element, own) for own in (IN_USE, *list_names(self.element))]
        self.show(name)
        self.tell(f"version {version} is {name} now: a request asks for it by models: {self.element}: {name}")

    def _compare(self, first: str, second: str, concept: str, seed: int) -> None:
        element, sounds, rolls, scores = self.element, {}, [], []
        bars: range | None = None
        for side, name in zip("AB", (first, second), strict=True):
            self.progress = 0.05 if side == "A" else 0.5
            self.tell(f"{name} writes")
            session = Session()
            models = {} if name == IN_USE else {element: name}
            form = {"parameters": {"creative": {"concept": concept}}, "options": {"seed": seed}, "models": models}
            song = session.compose(parse_request(form)).song
            bars = bars or _fullest(song.plan, song.score, element)
            sounds[side] = session.preview((bars.start + 1, bars.stop)).audio
            heard = list(song.score.parts)
            rolls.append(
                roll_data(excerpt_of(song.plan, _only(song.score, element), bars, _shown(heard, element)).score)
            )
            scores.append(song.score)
        if bars is None:
            raise ParameterError("nothing was written")
        levelled = at_equal_loudness(sounds, together=True)
        same, union = _shared(scores[0], scores[1], element)
        message, buffers = loop_of(levelled, (bars.start + 1, bars.stop))
        self.rolls = rolls
        self.compared = {
            "a": first, "b": second, "same": same, "notes": union, "first": bars.start + 1, "last": bars.stop,
            "concept": concept, "seed": seed,
        }  # fmt: skip
        self.send(message, buffers)
        what = "chords" if element == "harmony" else "notes"
        self.tell(
            f"{same} of {union} {what} are the same in both songs; heard are bars {bars.start + 1} to {bars.stop}"
        )


def show_kept(element: str) -> None:
    """Let every browser of an element show the networks that there are now."""
    for browser in _BROWSERS:
        if browser.element == element:
            browser.networks = [_network(element, name) for name in (IN_USE, *list_names(element))]


def _path(element: str, name: str) -> Path:
    return weights_path(element) if name == IN_USE else named_path(element, name)


def _network(element: str, name: str) -> dict[str, Any]:
    try:
        card = read_card(_path(element, name))
    except ModelError as error:
        return {"name": name, "kind": str(error), "steps": "", "nats": None, "data": "", "date": "", "sha256": ""}
    data = card.get("data", [])
    figures = card.get("validation_nats_per_note", {})
    return {
        "name": name,
        "kind": str(card.get("method", "whole")),
        "steps": str(card.get("steps") or ""),
        "nats": figures.get("nll") if isinstance(figures, dict) else None,
        "data": ", ".join(f"{entry['name']} {entry['share']:.0%}" for entry in data if "share" in entry),
        "date": str(card.get("date") or ""),
        "sha256": str(card["sha256"])[:12],
    }


def _card_rows(card: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """A card as lines of name and value; lists of plain values on one line."""
    rows: list[tuple[str, str]] = []
    for key, value in card.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            rows += _card_rows(value, f"{name}.")
        elif isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
            for number, one in enumerate(value, 1):
                rows += _card_rows(one if isinstance(one, Mapping) else {"": one}, f"{name}.{number}.")
        else:
            rows.append((name, ", ".join(map(str, value)) if isinstance(value, list) else f"{value}"))
    return rows


def _fullest(plan: Plan, score: Score, element: str) -> range:
    """Eight bars in a row in which the element plays most, or the first of the song."""
    bar_beats, bars = plan.metre.bar_beats, plan.bars
    events = score.chords if element == "harmony" else score.parts[element].notes if element in score.parts else ()
    counts = Counter(int((event.onset_beats + 1e-6) // bar_beats) for event in events)
    starts = range(max(1, bars - HEARD_BARS + 1))
    start = max(starts, key=lambda at: (sum(counts[bar] for bar in range(at, at + HEARD_BARS)), -at))
    return range(start, min(bars, start + HEARD_BARS))


def _shown(parts: list[str], element: str) -> list[str]:
    return [element] if element in parts else parts


def _only(score: Score, element: str) -> Score:
    """The element alone; chords stand in every score."""
    if element not in score.parts:
        return score
    return replace(score, parts={element: score.parts[element]})


def _shared(first: Score, second: Score, element: str) -> tuple[int, int]:
    """How many notes, or chords, two songs have in common, and how many there are in both together."""

    def events(score: Score) -> Counter[tuple[Any, ...]]:
        if element == "harmony":
            return Counter((chord.onset_beats, str(chord)) for chord in score.chords)
        notes = score.parts[element].notes if element in score.parts else ()
        return Counter((note.onset_beats, note.pitch, note.duration_beats) for note in notes)

    one, other = events(first), events(second)
    return (one & other).total(), (one | other).total()
