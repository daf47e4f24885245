"""The one reader of YAML files: those that ship beside the code, and those that a user adds to a folder of theirs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

import yaml

from workbench.domain.errors import ParameterError, unknown_name
from workbench.domain.paths import MODEL_NAME, home_dir

# libyaml reads the styles ten times as fast; where it is missing, the plain reader gives the same values.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SUFFIX = ".yaml"


def parse_yaml(text: str, what: str) -> Any:
    """Values of a YAML text.

    Raises
    ------
    ParameterError
        If the text is no YAML; the message begins with `what` and tells line and column.

    Examples
    --------
    >>> parse_yaml("tempo: [96, 124]", "style house")
    {'tempo': [96, 124]}
    >>> parse_yaml("tempo: [96, 124}", "style house")
    Traceback (most recent call last):
    workbench.domain.errors.ParameterError: style house cannot be read as YAML: line 1, column 16
    """
    try:
        return yaml.load(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        raise ParameterError(f"{what} cannot be read as YAML: {_where(error)}") from None


def read_yaml(file: Traversable, what: str | None = None) -> Any:
    """Values of a YAML file, UTF-8; `what` stands for it in messages, its path if left out.

    Raises
    ------
    ParameterError
        If the file cannot be opened, or holds no YAML.
    """
    what = what or str(file)
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise ParameterError(f"{what} cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise ParameterError(f"{what} cannot be read: expected text in UTF-8") from None
    return parse_yaml(text, what)


def read_shipped(package: str, *path: str) -> Any:
    """Values of a YAML file that ships inside a package.

    Examples
    --------
    >>> read_shipped("workbench.domain", "deliveries.yaml")["apple"]["target_lufs"]
    -16
    """
    return read_yaml(resources.files(package).joinpath(*path), path[-1])


@dataclass(frozen=True, slots=True)
class DataFolder:
    """A folder of YAML files by name: `folder` of a package, and below the user's own folder where `users` is set.

    Attributes
    ----------
    what : str
        What one file describes, in messages: "style", "preset".
    package, folder : str
        Where the files ship.
    users : bool
        Whether `~/.beatsfoundry/FOLDER` adds files; those hide shipped ones of the same name.

    Examples
    --------
    >>> DataFolder("style", "workbench.mastering", "styles").read("wide")["width"] > 1
    True
    """

    what: str
    package: str
    folder: str
    users: bool = False

    def files(self) -> Mapping[str, Traversable]:
        """Files by name, the name without its suffix."""
        places: list[Traversable] = [resources.files(self.package).joinpath(self.folder)]
        if self.users:
            places.append(home_dir() / self.folder)
        found: dict[str, Traversable] = {}
        for place in places:
            if place.is_dir():
                found |= {
                    file.name.removesuffix(_SUFFIX): file for file in place.iterdir() if file.name.endswith(_SUFFIX)
                }
        return {name: found[name] for name in sorted(found) if re.match(MODEL_NAME, name)}

    def names(self) -> tuple[str, ...]:
        """All names, sorted."""
        return tuple(self.files())

    def read(self, name: str) -> Any:
        """Values of one file.

        Raises
        ------
        ParameterError
            If there is no such file (the message lists the names), or it is no YAML.
        """
        files = self.files()
        if name not in files:
            raise unknown_name(self.what, name, files)
        return read_yaml(files[name], f"{self.what} {name}")


def _where(error: yaml.YAMLError) -> str:
    """The place of the fault, or its description where it has none."""
    mark = getattr(error, "problem_mark", None)
    return " ".join(str(error).split()) if mark is None else f"line {mark.line + 1}, column {mark.column + 1}"
