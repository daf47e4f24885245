"""The lines of a batch: requests as people write them down, each known by what it asks for."""

from __future__ import annotations

import hashlib
import json
import re
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
_STRAY_BYTES = re.compile("[\udc80-\udcff]")
"""Bytes that are no UTF-8, as `surrogateescape` keeps them."""


@dataclass(frozen=True, slots=True)
class WrongLine:
    """A line that is no valid request: what stands there, and which one it is and what is wrong with it."""

    stated: str
    reason: str


@dataclass(frozen=True, slots=True)
class BatchLine:
    """A request of a batch: its number, from 0, and its id, which any other request has another of.

    A line that is none has no `request`, and `wrong` tells why.
    """

    index: int
    id: str
    request: GenerationRequest | None
    wrong: str = ""


def request_id(request: GenerationRequest) -> str:
    """A hash of all that a request states: 20 hexadecimal digits of SHA-256.

    Examples
    --------
    >>> request_id(from_text("house")) == request_id(from_text("techno"))
    False
    """
    stated = request.model_dump(mode="json", exclude_unset=True)
    return hashlib.sha256(json.dumps(stated, sort_keys=True).encode()).hexdigest()[:_ID_DIGITS]


def numbered(entries: Iterable[GenerationRequest | WrongLine]) -> tuple[BatchLine, ...]:
    """Requests, and what is none, as the lines of a batch."""
    return tuple(_numbered(index, entry) for index, entry in enumerate(entries))


def _numbered(index: int, entry: GenerationRequest | WrongLine) -> BatchLine:
    if isinstance(entry, WrongLine):
        digest = hashlib.sha256(f"{entry.reason}\n{entry.stated}".encode(errors="surrogatepass")).hexdigest()
        return BatchLine(index, digest[:_ID_DIGITS], None, entry.reason)
    return BatchLine(index, request_id(entry), entry)


def read_requests(source: str, stdin: TextIO) -> list[GenerationRequest | WrongLine]:
    """The requests that a command line names; lines of a file that are none are reported beside them.

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
        If the file is missing, holds none, or no valid one; the message tells what is wrong with the first.
    """
    if source == STDIN:
        return _from_lines(stdin.read(), "standard input")
    if not is_file_name(source) and not source.lower().endswith(".jsonl"):
        return [from_text(source)]
    try:
        text = Path(source).read_text(encoding="utf-8-sig", errors="surrogateescape")
    except FileNotFoundError:
        raise ParameterError(f"file of requests {source} does not exist") from None
    except (OSError, ValueError) as error:
        raise ParameterError(f"file of requests {source} cannot be read: {reason(error)}") from None
    return _from_document(text, source) if source.lower().endswith(_LISTS) else _from_lines(text, source)


def _from_document(text: str, name: str) -> list[GenerationRequest | WrongLine]:
    if _STRAY_BYTES.search(text):
        raise ParameterError(f"file of requests {name} cannot be read: it is not UTF-8 text")
    try:
        data = json.loads(text) if name.lower().endswith(".json") else yaml.safe_load(text)
    except (ValueError, yaml.YAMLError) as error:
        raise ParameterError(f"{name}: expected a list of requests ({' '.join(str(error).split())[:200]})") from None
    entries = data if isinstance(data, list) else [data]
    return _parsed([(f"{name}, entry {number}", entry) for number, entry in enumerate(entries, start=1)], name)


def _from_lines(text: str, name: str) -> list[GenerationRequest | WrongLine]:
    lines = [(f"{name}, line {number}", line.strip()) for number, line in enumerate(text.splitlines(), start=1)]
    return _parsed([(place, _entry(line)) for place, line in lines if line], name)


def _entry(line: str) -> Any:
    """A line as it is; JSON that is no object as its value: a sentence in quotation marks, or no request."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return line
    return line if isinstance(value, dict) else value


def _parsed(entries: Sequence[tuple[str, Any]], name: str) -> list[GenerationRequest | WrongLine]:
    if not entries:
        raise ParameterError(f"{name} holds no request: expected one on each line, as JSON or as a sentence")
    found = [_request(entry, place) for place, entry in entries]
    wrong = [one for one in found if isinstance(one, WrongLine)]
    if len(wrong) == len(found):
        raise ParameterError(wrong[0].reason)
    return found


def _request(entry: Any, place: str) -> GenerationRequest | WrongLine:
    try:
        if isinstance(entry, str) and _STRAY_BYTES.search(entry):
            raise ParameterError("it is not UTF-8 text")
        return parse_any(entry, place) if isinstance(entry, str) else parse_request(entry)
    except WorkbenchError as error:
        message = str(error)
        stated = entry if isinstance(entry, str) else json.dumps(entry, default=str, sort_keys=True)
        return WrongLine(stated, message if message.startswith(place) else f"{place}: {message}")
