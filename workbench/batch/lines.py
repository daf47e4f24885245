"""The lines of a batch: requests as people write them down, each known by what it asks for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import yaml

from workbench.domain.asking import STDIN, from_text, is_file_name, parse_any
from workbench.domain.errors import ParameterError, WorkbenchError, reason
from workbench.domain.request import GenerationRequest, parse_request

_ID_DIGITS = 20
_LISTS = (".json", ".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class BatchLine:
    """A request of a batch: its number, from 0, and its id, which any other request has another of."""

    index: int
    id: str
    request: GenerationRequest


def request_id(request: GenerationRequest) -> str:
    """A hash of all that a request states: 20 hexadecimal digits of SHA-256.

    Examples
    --------
    >>> request_id(from_text("house")) == request_id(from_text("techno"))
    False
    """
    stated = request.model_dump(mode="json", exclude_unset=True)
    return hashlib.sha256(json.dumps(stated, sort_keys=True).encode()).hexdigest()[:_ID_DIGITS]


def numbered(requests: Iterable[GenerationRequest]) -> tuple[BatchLine, ...]:
    """Requests as the lines of a batch."""
    return tuple(BatchLine(index, request_id(request), request) for index, request in enumerate(requests))


def read_requests(source: str, stdin: TextIO) -> list[GenerationRequest]:
    """The requests that a command line names.

    Parameters
    ----------
    source : str
        A file of lines, each a request as JSON or a sentence; a JSON or YAML file that holds a list of either, or one
        request; "-" for lines on standard input; or a sentence.
    stdin : text stream
        Read only for "-".

    Raises
    ------
    ParameterError
        If the file is missing or holds none, or if a line is no valid request; the message tells which.
    """
    if source == STDIN:
        return _from_lines(stdin.read(), "standard input")
    if not is_file_name(source) and not source.lower().endswith(".jsonl"):
        return [from_text(source)]
    try:
        text = Path(source).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ParameterError(f"file of requests {source} does not exist") from None
    except (OSError, ValueError) as error:
        raise ParameterError(f"file of requests {source} cannot be read: {reason(error)}") from None
    return _from_document(text, source) if source.lower().endswith(_LISTS) else _from_lines(text, source)


def _from_document(text: str, name: str) -> list[GenerationRequest]:
    try:
        data = json.loads(text) if name.lower().endswith(".json") else yaml.safe_load(text)
    except (ValueError, yaml.YAMLError) as error:
        raise ParameterError(f"{name}: expected a list of requests ({' '.join(str(error).split())[:200]})") from None
    entries = data if isinstance(data, list) else [data]
    return _parsed([(f"{name}, entry {number}", entry) for number, entry in enumerate(entries, start=1)], name)


def _from_lines(text: str, name: str) -> list[GenerationRequest]:
    lines = [(f"{name}, line {number}", line.strip()) for number, line in enumerate(text.splitlines(), start=1)]
    return _parsed([(place, _unquoted(line)) for place, line in lines if line], name)


def _unquoted(line: str) -> str:
    """A sentence that is written as a JSON string, as a program writes it; any other line as it is."""
    try:
        value = json.loads(line) if line.startswith('"') else line
    except ValueError:
        return line
    return str(value)


def _parsed(entries: Sequence[tuple[str, Any]], name: str) -> list[GenerationRequest]:
    if not entries:
        raise ParameterError(f"{name} holds no request: expected one on each line, as JSON or as a sentence")
    return [_request(entry, place) for place, entry in entries]


def _request(entry: Any, place: str) -> GenerationRequest:
    try:
        return parse_any(entry, place) if isinstance(entry, str) else parse_request(entry)
    except WorkbenchError as error:
        message = str(error)
        raise ParameterError(message if message.startswith(place) else f"{place}: {message}") from None
