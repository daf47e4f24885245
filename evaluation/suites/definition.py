"""Suites of tracks: fixed prompts and seeds, as data files that ship in `data/suites` or that a user writes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from workbench.domain.elements import ELEMENTS
from workbench.domain.errors import ParameterError, did_you_mean
from workbench.domain.paths import data_dir, is_file
from workbench.domain.request import GenerationRequest, parse_request

SHIPPED = ("smoke", "nightly", "full")
_FIELDS = {"title", "seeds", "options", "defaults", "models", "prompts", "references"}
_GROUPS = ("creative", "technical", "sound_design")


@dataclass(frozen=True, slots=True)
class SuiteTrack:
    """One track of a suite: its id (prompt and seed), the request, and the ids of references it is compared with.

    The references judge only: the request does not name them, so that the music does not follow them.
    """

    id: str
    request: GenerationRequest
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suite:
    """Tracks that are made and measured together; `digest` changes with anything in the file."""

    name: str
    title: str
    tracks: tuple[SuiteTrack, ...]
    digest: str


def load_suite(name: str | Path, *, models: Mapping[str, str] | None = None) -> Suite:
    """Read a suite that ships (smoke, nightly, full), or a YAML file of the same form.

    `models` names networks by element, such as `{"bass": "my-adapter"}`, for every track that has the element: so a
    network is compared with the shipped one on the same prompts and seeds.

    ::

        title: Mine
        seeds: [1, 2]                   # every prompt with every seed
        options: {format: flac}         # of every request
        defaults: {technical: {duration: 30}}
        models: {bass: my-adapter}      # fine-tuned networks; the shipped ones where it is left out
        references: [naev-automat]      # to compare with; a prompt may name its own
        prompts:
          night: {creative: {concept: night drive}, technical: {tempo: 100}}

    Raises
    ------
    ParameterError
        If there is no such suite, or if it holds a field or a request that is not valid.
    """
    path = data_dir() / "suites" / f"{name}.yaml" if str(name) in SHIPPED else Path(name)
    if not is_file(path):
        hint = did_you_mean(str(name).lower(), SHIPPED)
        raise ParameterError(f"suite {str(name)!r} is not there{hint}: expected {', '.join(SHIPPED)} or a YAML file")
    try:
        text = path.read_text(encoding="utf-8")
        data = yaml.safe_load(text)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ParameterError(f"suite {path}: expected YAML ({' '.join(str(error).split())})") from None
    return _parse(path.stem, data, models or {}, hashlib.sha256(text.encode()).hexdigest())


def _parse(name: str, data: Any, models: Mapping[str, str], digest: str) -> Suite:
    if not isinstance(data, dict) or not isinstance(data.get("prompts"), dict) or not data["prompts"]:
        raise ParameterError(f"suite {name}: expected an object with prompts")
    unknown = set(data) - _FIELDS
    if unknown:
        raise ParameterError(
            f"suite {name}: {sorted(unknown)[0]!r} is not known: expected {', '.join(sorted(_FIELDS))}"
        )
    seeds = data.get("seeds", [0])
    if not isinstance(seeds, list) or not seeds or len(set(map(str, seeds))) != len(seeds):
        raise ParameterError(f"suite {name}: expected a list of different seeds, got {seeds!r}")
    for field, known in (("defaults", _GROUPS), ("models", ("harmony", *ELEMENTS))):
        stated = data.get(field) or {}
        if not isinstance(stated, dict) or set(stated) - set(known):
            raise ParameterError(f"suite {name}, {field}: expected an object with {', '.join(known)}")
    data = {**data, "models": {**(data.get("models") or {}), **models}}
    tracks = [
        _track(name, data, str(prompt), asked, seed) for prompt, asked in data["prompts"].items() for seed in seeds
    ]
    return Suite(name, str(data.get("title", name)), tuple(tracks), digest)


def _track(name: str, data: Mapping[str, Any], prompt: str, asked: Any, seed: Any) -> SuiteTrack:
    if not isinstance(asked, dict) or set(asked) - {*_GROUPS, "references"}:
        raise ParameterError(f"suite {name}, {prompt}: expected {', '.join(_GROUPS)} or references")
    defaults = data.get("defaults") or {}
    parameters = {group: {**(defaults.get(group) or {}), **(asked.get(group) or {})} for group in _GROUPS}
    palette = parameters["sound_design"].get("palette", ELEMENTS)
    networks = {element: network for element, network in data["models"].items() if element in ("harmony", *palette)}
    form = {
        "project_id": f"{prompt}-{seed}",
        "parameters": {group: fields for group, fields in parameters.items() if fields},
        "options": {**(data.get("options") or {}), "seed": seed},
        **({"models": networks} if networks else {}),
    }
    try:
        # Through JSON, so that YAML's own types are held to the published form.
        request = parse_request(json.loads(json.dumps(form)))
    except (ParameterError, TypeError) as error:
        raise ParameterError(f"suite {name}, {prompt}: {error}") from None
    return SuiteTrack(f"{prompt}-{seed}", request, tuple(asked.get("references", data.get("references") or ())))
