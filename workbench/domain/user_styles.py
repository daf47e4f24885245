"""Processing styles of the user's own: files `styles/NAME.yaml` in the user's folder, with parts `mix` and `master`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workbench.domain.data_files import read_yaml
from workbench.domain.errors import ParameterError, unknown_name
from workbench.domain.paths import home_dir

_WORDS = ("description", "kind")
"""Settings that are no numbers."""

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")


def user_style_names() -> tuple[str, ...]:
    """Names of the user's styles, sorted."""
    return tuple(sorted(path.stem for path in (home_dir() / "styles").glob("*.yaml") if _NAME.fullmatch(path.stem)))


def unknown_style(name: str, shipped: Sequence[str]) -> ParameterError:
    """The error for a processing style that nobody has: a close name, and all that there are.

    Examples
    --------
    >>> print(unknown_style("warn", ("warm", "dark")))
    processing_style: 'warn' is not known (did you mean warm?): expected one of warm, dark
    """
    known = (*shipped, *(own for own in user_style_names() if own not in shipped))
    return unknown_name("processing_style:", name, known)


def read_user_style(name: str, part: str) -> dict[str, Any] | None:
    """One part of a user's style with its description; None where there is no such style.

    Parameters
    ----------
    name : str
        Lower-case letters, digits and hyphens.
    part : str
        "mix" or "master"; a part that is left out is empty.

    Raises
    ------
    ParameterError
        If the file is no YAML mapping of `description`, `mix` and `master`, or a setting is no number.
    """
    path = home_dir() / "styles" / f"{name}.yaml"
    if not _NAME.fullmatch(name) or not path.is_file():
        return None
    data = read_yaml(path)
    if not isinstance(data, Mapping) or set(data) - {"description", "mix", "master"}:
        raise ParameterError(f"{path}: expected a mapping of description, mix and master")
    settings = data.get(part) or {}
    if not isinstance(settings, Mapping):
        raise ParameterError(f"{path}: expected {part} to be a mapping of settings, got {settings!r}")
    for setting, value in _leaves(settings):
        if setting not in _WORDS and not isinstance(value, int | float | None):
            raise ParameterError(f"{path}: {part}: expected a number for {setting}, got {value!r}")
    return {"description": str(data.get("description", "")), **settings}


def _leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every single value of nested settings with the name of its field."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, str(key))
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, name)
    else:
        yield name, value
