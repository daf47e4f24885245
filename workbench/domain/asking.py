"""A request as people give it: a sentence, a JSON or YAML file, or either on standard input."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

from workbench.domain.data_files import parse_yaml
from workbench.domain.errors import ParameterError, reason
from workbench.domain.request import GenerationRequest, load_request, parse_request, parse_request_text

STDIN = "-"
_YAML = (".yaml", ".yml")
_SUFFIXES = (".json", *_YAML, ".txt")
_LONGEST_NAME = 40


def read_request(source: str, stdin: TextIO) -> GenerationRequest:
    """The request that a command line names.

    Parameters
    ----------
    source : str
        A sentence, the path of a JSON, YAML or text file, or "-" for standard input.
    stdin : text stream
        Read only for "-".

    Raises
    ------
    ParameterError
        If a file is missing or holds no valid request, or the text is empty.
    """
    if source == STDIN:
        return parse_any(stdin.read(), "standard input")
    if source.lstrip().startswith("{"):
        return parse_request_text(source, "the request")
    if not is_file_name(source):
        return from_text(source)
    if source.lower().endswith(".json"):
        return load_request(source)
    try:
        text = Path(source).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ParameterError(f"request file {source} does not exist") from None
    except (OSError, ValueError) as error:
        raise ParameterError(f"request file {source} cannot be read: {reason(error)}") from None
    if source.lower().endswith(_YAML):
        return _parse_yaml_file(text, f"request file {source}")
    return parse_any(text, f"request file {source}")


def _parse_yaml_file(text: str, name: str) -> GenerationRequest:
    """A file of YAML holds a request; a plain text is a sentence all the same."""
    data = parse_yaml(text, name)
    if data is None:
        raise ParameterError(f"{name} holds nothing")
    return from_text(data) if isinstance(data, str) else parse_request(data)


def is_file_name(source: str) -> bool:
    """Whether a source is meant as a file: it ends like one, or one of that name is there, or a folder of that path.

    Examples
    --------
    >>> is_file_name("song.yaml"), is_file_name("warm lo-fi at 80 bpm, 2 minutes")
    (True, False)
    """
    if source.lower().endswith(_SUFFIXES):
        return True
    try:
        return Path(source).is_file() or (os.sep in source and Path(source).is_dir())
    except (OSError, ValueError):
        return False


def parse_any(text: str, name: str) -> GenerationRequest:
    """A request from JSON, YAML or a sentence, distinguished by what is there; `name` stands for it in messages.

    Raises
    ------
    ParameterError
        If it is none of them.
    """
    if text.lstrip().startswith("{"):
        return parse_request_text(text, name)
    if re.search(r"^(?:parameters|project_id|options|preset|template)\s*:", text, re.MULTILINE):
        return parse_request(parse_yaml(text, name))
    return from_text(text)


def from_text(text: str) -> GenerationRequest:
    """A request that holds a sentence alone; its project is called after the first words.

    Examples
    --------
    >>> from_text("Warm lo-fi at 80 bpm, 2 minutes").project_id
    'warm-lo-fi-at-80-bpm-2-minutes'
    """
    return parse_request({"project_id": project_name(text), "parameters": {"creative": {"concept": text}}})


def project_name(text: str) -> str:
    """The first words of a text as a name of a project; "untitled" where it holds no letter or digit."""
    words = re.findall(r"[a-z0-9]+", text.lower())
    name = ""
    for word in words:
        if name and len(name) + 1 + len(word) > _LONGEST_NAME:
            break
        name = f"{name}-{word}" if name else word[:_LONGEST_NAME]
    return name or "untitled"


def with_seed(request: GenerationRequest, seed: int | None) -> GenerationRequest:
    """The request with another seed."""
    return request if seed is None else with_options(request, {"seed": seed}, over=True)


def with_options(request: GenerationRequest, options: Mapping[str, Any], *, over: bool = False) -> GenerationRequest:
    """The request with options where it states none, or `over` those that it states.

    Raises
    ------
    ParameterError
        If an option is not known or does not fit.
    """
    data = request.model_dump(mode="json", exclude_unset=True)
    stated = data.get("options", {})
    merged = {**stated, **options} if over else {**options, **stated}
    return parse_request({**data, "options": merged})


RequestLike = GenerationRequest | Mapping[str, Any] | str
"""A request, the mapping of its published form, or a sentence."""


def as_request(asked: RequestLike) -> GenerationRequest:
    """The request that is meant.

    Raises
    ------
    ParameterError
        If a mapping is no valid request, or if it is none of the three.

    Examples
    --------
    >>> as_request("warm lo-fi").parameters.creative.concept
    'warm lo-fi'
    """
    if isinstance(asked, GenerationRequest):
        return asked
    if isinstance(asked, str):
        return GenerationRequest.from_concept(asked)
    if isinstance(asked, Mapping):
        return parse_request(dict(asked))
    raise ParameterError(f"request: expected a GenerationRequest, a mapping or a sentence, got {type(asked).__name__}")
