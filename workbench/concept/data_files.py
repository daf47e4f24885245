"""The YAML files that lie beside this package's code."""

from __future__ import annotations

from importlib import resources
from typing import Any

import yaml

# libyaml reads the styles ten times as fast; where it is missing, the plain reader gives the same values.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def parse_yaml(text: str) -> Any:
    """Values of a YAML text; raises `yaml.YAMLError` if it is damaged."""
    return yaml.load(text, Loader=_LOADER)


def read_text(*path: str) -> str:
    """Text of a file of this package."""
    return resources.files("workbench.concept").joinpath(*path).read_text(encoding="utf-8")


def read_yaml(*path: str) -> Any:
    """Values of a YAML file of this package."""
    return parse_yaml(read_text(*path))
