"""Processing styles of the user's own: files `styles/NAME.yaml` in the user's folder, with parts `mix` and `master`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import yaml

from workbench.domain.errors import ParameterError, did_you_mean
from workbench.domain.paths import home_dir

_WORDS = ("description", "kind")
"""Settings that are no numbers."""

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")


def user_style_names() -> tuple[str, ...]:
    """Names of the user's styles, sorted."""
    return tuple(sorted(path.stem for path in (home_dir() / "styles").glob("*.yaml") if _NAME.fullmatch(path.stem)))


def style_is_unknown(name: str, shipped: Sequence[str]) -> str:
    """What to tell of a processing style that nobody has: a close name, and all that there are.

    Examples
    --------
    >>> style_is_unknown("warn", ("warm", "dark"))
    "processing_style: 'warn' is not known (did you mean warm?): expected one of warm, dark"
    """
    known = (*shipped, *(own for own in user_style_names() if own not in shipped))
    hint = did_you_mean(name.lower(), known)
    return f"processing_style: {name!r} is not known{hint}: expected one of {', '.join(known)}"


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
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ParameterError(f"{path}: not readable as YAML ({str(error).splitlines()[0]})") from None
    if not isinstance(data, Mapping) or set(data) - {"description", "mix", "master"}:
        raise ParameterError(f"{path}: expected a mapping of description, mix and master")
    settings = data.get(part) or {}
    if not isinstance(settings, Mapping):
        raise ParameterError(f"{path}: expected {part} to be a mapping of settings, got {settings!r}")
    for setting, value in _leaves(settings):
        if setting not in _WORDS and not isinstance(value, int | float | None):
            raise ParameterError(f"{path}: {part}: expected a number for {setting}, got {value!r}")
    return {"description": str(data.get("description", "")), **settings}


@contextmanager
def naming_style(name: str, part: str) -> Iterator[None]:
    """Tell what is wrong with the settings of a user's style in one line that names style and part.

    Raises
    ------
    ParameterError
        In place of what is raised inside.
    """
    try:
        yield
    except (ParameterError, TypeError, ValueError) as error:
        said = str(error).split("__init__() ")[-1]
        raise ParameterError(f"processing style {name!r}, {part}: {said}") from None


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
