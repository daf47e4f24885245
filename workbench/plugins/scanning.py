"""Which plug-ins are there: files of the usual folders, looked at once in a process of their own, and remembered."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from workbench.domain.errors import ParameterError, did_you_mean
from workbench.domain.files import write_text_atomically
from workbench.domain.moves import Insert, StripMove
from workbench.domain.paths import home_dir
from workbench.domain.plain_data import from_plain, to_plain
from workbench.plugins.facts import FORMATS, PLUGIN_PREFIX, PluginFacts, checked_settings
from workbench.plugins.hosting import PluginError, answers
from workbench.plugins.lilv import lilv_name

FOLDERS_VARIABLE = "BEATSFOUNDRY_PLUGINS"
"""Names further folders, parted as in PATH."""
_CACHE = "plugins.json"
_UNIX = ("~/.{}", "/usr/lib/{}", "/usr/local/lib/{}")
_MAC = ("~/Library/Audio/Plug-Ins/{}", "/Library/Audio/Plug-Ins/{}")
_FOLDERS = {
    form: tuple(folder.format(form) for folder in _UNIX)
    + (tuple(folder.format(form.upper()) for folder in _MAC) if sys.platform == "darwin" else ())
    for form in FORMATS
}
_SEARCHED = {"vst3": "**/*.vst3", "ladspa": "*.so", "clap": "**/*.clap", "lv2": "*.lv2"}
_NEEDED = {"vst3": "pedalboard: pip install beatsfoundry[plugins]", "lv2": "lilv, a library of the system"}


@dataclass(frozen=True, slots=True)
class Scan:
    """What was found, and by file why nothing was."""

    plugins: tuple[PluginFacts, ...]
    refused: Mapping[str, str]


def scan(*, again: bool = False) -> Scan:
    """Every plug-in of the usual folders; only files that are new or have changed are looked at, or all of them.

    A file that hangs or crashes is refused, remembered, and the next one is looked at: it costs 9 s once.
    """
    known = {} if again else _read()
    there = {str(path): _state(path) for path in _files()}
    kept = {path: entry for path, entry in known.items() if there.get(path) == entry["state"]}
    fresh = [path for path in there if path not in kept]
    if fresh:
        kept |= {path: {"state": there[path], **found} for path, found in _looked_at(fresh)}
    if kept != known:
        _write(kept)
    plugins = [
        from_plain(PluginFacts, {"path": path, **one}) for path, entry in kept.items() for one in entry["plugins"]
    ]
    ordered = sorted(plugins, key=lambda one: (one.name.casefold(), list(FORMATS).index(one.format), one.path))
    return Scan(tuple(ordered), {path: entry["refused"] for path, entry in kept.items() if entry["refused"]})


def find_plugin(name: str) -> PluginFacts:
    """A plug-in by its name, or by format and name ("ladspa/ZamComp"); of one name the first of `FORMATS` is taken.

    Raises
    ------
    ParameterError
        If there is none; the message tells the nearest name, and why a file of that name is refused.
    """
    found = scan()
    wanted = name.strip().casefold()
    for one in found.plugins:
        if wanted in (one.name.casefold(), f"{one.format}/{one.name}".casefold()):
            return one
    names = [one.name for one in found.plugins]
    why = next((f": {Path(path).name} {why}" for path, why in found.refused.items() if wanted in path.casefold()), "")
    missing = "; ".join(f"{form.upper()} needs {what}" for form, what in _NEEDED.items() if not can_host(form))
    hint = f" ({missing})" if missing else ""
    raise ParameterError(f"plug-in {name!r} is not there{why or did_you_mean(name, names)}{hint}")


def checked_insert(insert: Insert) -> Insert:
    """An insert whose settings its plug-in takes; of one that is not there, nobody knows.

    Raises
    ------
    ParameterError
        If it is there, and has no such parameter, or is an instrument.
    """
    try:
        plugin = find_plugin(insert.plugin)
    except ParameterError:
        return insert
    if plugin.kind != "effect":
        raise ParameterError(f"plug-in {plugin.name} is an instrument: name it as patch {PLUGIN_PREFIX}{plugin.name}")
    checked_settings(plugin, insert.settings)
    return insert


def check_inserts(mix: Mapping[str, StripMove]) -> None:
    """Refuse effects of channels that are there and cannot take what is set of them.

    Raises
    ------
    ParameterError
        As `checked_insert`.
    """
    for move in mix.values():
        for insert in move.inserts:
            checked_insert(insert)


def refuse(plugin: PluginFacts, reason: str) -> None:
    """Remember that a plug-in failed at work, so that it costs its time once; `scan(again=True)` forgets it."""
    known = _read()
    if plugin.path in known:
        _write({**known, plugin.path: {**known[plugin.path], "plugins": [], "refused": reason}})


def can_host(form: str) -> bool:
    """Whether plug-ins of a format can be run here."""
    if form == "vst3":
        return find_spec("pedalboard") is not None
    return form != "lv2" or lilv_name() is not None


def _files() -> Iterator[Path]:
    more = [folder for folder in os.environ.get(FOLDERS_VARIABLE, "").split(os.pathsep) if folder]
    for form, pattern in _SEARCHED.items():
        own = [folder for folder in os.environ.get(f"{form.upper()}_PATH", "").split(os.pathsep) if folder]
        if can_host(form):
            for folder in _folders([*more, *own, *_FOLDERS.get(form, ())]):
                yield from (path for path in sorted(folder.glob(pattern)) if form != "ladspa" or path.is_file())


def _folders(names: Iterable[str]) -> Iterator[Path]:
    for name in dict.fromkeys(names):
        folder = Path(name).expanduser()
        if folder.is_dir():
            yield folder


def _state(path: Path) -> list[int]:
    """What changes when a plug-in is installed anew."""
    files = [path] if path.is_file() else [file for file in sorted(path.rglob("*")) if file.is_file()]
    facts = [file.stat() for file in files]
    return [sum(one.st_size for one in facts), max((one.st_mtime_ns for one in facts), default=0)]


def _looked_at(paths: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What is in each file; after one that ends the host, another host goes on behind it."""
    left = list(paths)
    while left:
        looking = left[0]
        try:
            for answer in answers({"do": "describe", "paths": left}):
                looking = answer.get("looking", looking)
                if "path" in answer:
                    left.remove(answer["path"])
                    yield answer["path"], {"plugins": answer.get("plugins", []), "refused": answer.get("refused", "")}
            return
        except PluginError as error:
            left.remove(looking)
            yield looking, {"plugins": [], "refused": str(error)}


def _read() -> dict[str, dict[str, Any]]:
    try:
        found = json.loads((home_dir() / _CACHE).read_text(encoding="utf-8"))
        return {path: entry for path, entry in found.items() if {"state", "plugins", "refused"} <= set(entry)}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def _write(known: Mapping[str, Any]) -> None:
    try:
        write_text_atomically(home_dir() / _CACHE, json.dumps(to_plain(dict(known))))
    except OSError:
        return  # it is only looked at again
