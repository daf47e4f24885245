"""What is known of a plug-in: where it lies, what it is, and its parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workbench.domain.errors import ParameterError, unknown_name
from workbench.domain.moves import PluginSettings, Setting

PLUGIN_PREFIX = "plugin:"
"""What the patch of an element that a plug-in plays begins with."""


FORMATS = {"vst3": ".vst3", "ladspa": ".so", "clap": ".clap", "lv2": ".lv2"}
"""How files of each format end; of plug-ins of one name the first format is taken."""


def format_of(path: str) -> str:
    """The format of a file of plug-ins.

    Examples
    --------
    >>> format_of("/usr/lib/clap/ZamComp.clap")
    'clap'
    """
    return next((form for form, ending in FORMATS.items() if path.endswith(ending)), "ladspa")


@dataclass(frozen=True, slots=True)
class PluginParameter:
    """A parameter: a number in `low`..`high` with its unit, or one of `options`; `value` is what it begins at."""

    name: str
    value: float | str
    low: float = 0.0
    high: float = 1.0
    unit: str = ""
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PluginFacts:
    """A plug-in of a file: `format` is one of `FORMATS`, `kind` "effect" or "instrument"."""

    name: str
    format: str
    kind: str
    path: str
    maker: str = ""
    version: str = ""
    parameters: tuple[PluginParameter, ...] = ()


def check_no_plugins(form: Mapping[str, object]) -> None:
    """Refuse an edit, or the sound of a request, that inserts plug-ins: where others ask, no program of this machine is
    open to them.

    Raises
    ------
    ParameterError
        If it does.

    Examples
    --------
    >>> check_no_plugins({"edit": "mix", "element": "bass", "gain_db": -3.0})
    """
    if form.get("inserts"):
        raise ParameterError("inserts: plug-ins cannot be used here")


def checked_settings(plugin: PluginFacts, settings: PluginSettings) -> PluginSettings:
    """Settings that a plug-in can take; of those that move, every point.

    Raises
    ------
    ParameterError
        If it has no such parameter, or the value lies outside its range.

    Examples
    --------
    >>> comp = PluginFacts("Comp", "vst3", "effect", "", parameters=(PluginParameter("ratio", 4.0, 1.0, 20.0),))
    >>> checked_settings(comp, {"ratio": 8})
    {'ratio': 8}
    """
    known: Mapping[str, PluginParameter] = {one.name: one for one in plugin.parameters}
    for name, setting in settings.items():
        if name not in known:
            raise unknown_name(f"{plugin.name}: parameter", name, known)
        for value in [point.value for point in setting] if isinstance(setting, tuple) else [setting]:
            _check_value(plugin, known[name], value)
    return settings


def _check_value(plugin: PluginFacts, one: PluginParameter, value: Setting) -> None:
    if one.options:
        if str(value) not in one.options:
            raise unknown_name(f"{plugin.name}: {one.name}", value, one.options)
    elif isinstance(value, str) or not one.low <= value <= one.high:
        span = f"{one.low:g} to {one.high:g} {one.unit}".strip()
        raise ParameterError(f"{plugin.name}: {one.name}: expected {span}, got {value!r}")
