"""The user's settings: `~/.config/beatsfoundry/config.toml`, or below `XDG_CONFIG_HOME` where that is set.

```toml
home = "~/music/beatsfoundry"           # presets, samples, references and styles of your own
data = "/srv/corpora"                   # data sets
tracking_uri = "http://127.0.0.1:5000"  # where runs are logged
private = true                          # logs hold nothing that you wrote: no concept, project or message

[defaults]
out = "~/songs"                         # bundles without --out go here
format = "flac"                         # and any other of a request's options
```

What an environment variable or the command line says wins.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.domain.errors import ParameterError, did_you_mean, reason

_VARIABLES = {"home": "BEATSFOUNDRY_HOME", "data": "BEATSFOUNDRY_DATA", "tracking_uri": "MLFLOW_TRACKING_URI"}
_FOLDERS = ("home", "data")


@dataclass(frozen=True, slots=True)
class Config:
    """What the settings state: values of `_VARIABLES`, whether logs are private, the folder for bundles, and options of
    requests.
    """

    variables: dict[str, str] = field(default_factory=dict)
    private: bool = False
    out: Path | None = None
    options: dict[str, Any] = field(default_factory=dict)


def config_path() -> Path:
    """Where the settings lie."""
    base = os.environ.get("XDG_CONFIG_HOME")
    return (Path(base) if base else Path.home() / ".config") / "beatsfoundry" / "config.toml"


def load_config(path: Path | None = None) -> Config:
    """Read the settings; without a file there are none.

    Raises
    ------
    ParameterError
        If the file is not TOML, or holds a setting that is not known or no text.
    """
    place = path or config_path()
    try:
        data = tomllib.loads(place.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Config()
    except OSError as error:
        raise ParameterError(f"{place} cannot be read: {reason(error)}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ParameterError(f"{place} is not TOML: {error}") from None
    defaults, private = data.pop("defaults", {}), data.pop("private", False)
    if not isinstance(private, bool):
        raise ParameterError(f"{place}: private is neither true nor false: got {private!r}")
    _check(place, data, defaults)
    variables = {
        _VARIABLES[name]: str(Path(value).expanduser()) if name in _FOLDERS else value for name, value in data.items()
    }
    out = defaults.pop("out", None)
    return Config(variables, private, None if out is None else Path(out).expanduser(), defaults)


def _check(place: Path, data: dict[str, Any], defaults: Any) -> None:
    if not isinstance(defaults, dict) or not isinstance(defaults.get("out", ""), str):
        raise ParameterError(f"{place}: expected [defaults] with out as text and options of a request")
    for name, value in data.items():
        if name not in _VARIABLES:
            known = (*_VARIABLES, "private", "defaults")
            raise ParameterError(
                f"{place}: {name} is not known{did_you_mean(name, known)}: expected one of {', '.join(known)}"
            )
        if not isinstance(value, str):
            raise ParameterError(f"{place}: {name} is no text: write it in quotes")


def apply_config(config: Config, environment: MutableMapping[str, str]) -> None:
    """Set what the settings state and the environment does not."""
    for name, value in config.variables.items():
        environment.setdefault(name, value)
