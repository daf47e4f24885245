"""The YAML files that lie beside this package's code, and those that a user adds in a folder of the same name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

import yaml

from workbench.domain.errors import ParameterError
from workbench.domain.paths import MODEL_NAME, home_dir

# libyaml reads the styles ten times as fast; where it is missing, the plain reader gives the same values.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SUFFIX = ".yaml"


def parse_yaml(text: str) -> Any:
    """Values of a YAML text; raises `yaml.YAMLError` if it is damaged."""
    return yaml.load(text, Loader=_LOADER)


def read_text(*path: str) -> str:
    """Text of a file of this package."""
    return resources.files("workbench.concept").joinpath(*path).read_text(encoding="utf-8")


def read_yaml(*path: str) -> Any:
    """Values of a YAML file of this package."""
    return parse_yaml(read_text(*path))


def named_files(folder: str) -> Mapping[str, Traversable]:
    """Files of a folder by name: those that ship, hidden by those of the user's own folder (`~/.beatsfoundry`)."""
    shipped: Traversable = resources.files("workbench.concept").joinpath(folder)
    found: dict[str, Traversable] = {}
    for place in (shipped, home_dir() / folder):
        if place.is_dir():
            found |= {file.name.removesuffix(_SUFFIX): file for file in place.iterdir() if file.name.endswith(_SUFFIX)}
    return {name: file for name, file in found.items() if re.match(MODEL_NAME, name)}


def load_named(what: str, folder: str, name: str) -> Any:
    """Values of a file of `named_files`; `what` stands for the kind of file in messages.

    Raises
    ------
    ParameterError
        If there is no such file (the message lists the names), or it is damaged.
    """
    files = named_files(folder)
    if name not in files:
        raise ParameterError(f"{what} {name!r} is not known: expected one of {', '.join(sorted(files))}")
    try:
        return parse_yaml(files[name].read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ParameterError(f"{what} {name} cannot be read: {' '.join(str(error).split())}") from None
