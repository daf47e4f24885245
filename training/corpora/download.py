"""Load a file over HTTP: a broken load goes on where it stopped, and nothing counts before its checksum is right."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from workbench.domain.errors import CorpusError
from workbench.domain.files import write_text_atomically
from workbench.domain.paths import home_dir

Loaded = Callable[[int, int | None], None]
"""Called with the bytes that have come and, where it is known, how many there are."""

_ATTEMPTS = 5
_TIMEOUT_SECONDS = 60.0
_CHUNK_BYTES = 1 << 16
LARGEST_DOWNLOAD_BYTES = 4 << 30


def download(url: str, path: Path, *, checksum: str = "", progress: Loaded | None = None) -> str:
    """Load a file to `path`.

    What has come lies in `path.part` until it is whole; a load that breaks off is tried again from there, now and in a
    later call, as long as the server still holds the same file (its ETag or date). Where no checksum is published, that
    of the first load is kept in the user's folder, and later loads are held against it.

    Parameters
    ----------
    url : str
        An http or https address.
    path : Path
        Where the file goes; it appears at once, whole and checked.
    checksum : str
        "sha256:..." or "md5:..."; "" if none is published.
    progress : callable, optional
        Called with the bytes that are here, and those that there are (None if the server does not tell).

    Returns
    -------
    str
        The SHA-256 of the file.

    Raises
    ------
    CorpusError
        If the server cannot be reached or refuses, if the load breaks off again and again (run it again to go on), or
        if the checksum is wrong.
    """
    if urllib.parse.urlsplit(url).scheme not in ("http", "https"):
        raise CorpusError(f"address {url} cannot be loaded: expected http or https")
    part = path.with_name(path.name + ".part")
    for attempt in range(_ATTEMPTS):
        try:
            _load_rest(url, part, progress)
            break
        except (OSError, http.client.HTTPException) as error:
            if isinstance(error, urllib.error.HTTPError) and error.code < 500:
                raise CorpusError(f"{url} answers {error.code} {error.reason}: see the set's page") from None
            if attempt == _ATTEMPTS - 1:
                here = part.stat().st_size if part.is_file() else 0
                why = getattr(error, "reason", None) or error
                raise CorpusError(f"{url} breaks off after {here:,} bytes ({why}): run it again to go on") from None
    sha256 = _check(url, part, checksum)
    part.replace(path)
    _validator_file(part).unlink(missing_ok=True)
    return sha256


class _BrokenOffError(OSError):
    """The server closed the connection before the file was whole."""


def _load_rest(url: str, part: Path, progress: Loaded | None) -> None:
    """Ask for what is missing in the part, and append it; the whole file comes where the server knows no ranges."""
    here = part.stat().st_size if part.is_file() else 0
    validator = _read_json(_validator_file(part)).get("validator") if here else None
    request = urllib.request.Request(url, headers={"User-Agent": "beatsfoundry", "Accept-Encoding": "identity"})
    if here and validator:
        # If-Range (RFC 9110, 13.1.5): the rest only if the file is still the same one, else all of it.
        request.add_header("Range", f"bytes={here}-")
        request.add_header("If-Range", validator)
    with _open(request) as answer:
        goes_on = answer.status == 206 and answer.headers.get("Content-Range", "").startswith(f"bytes {here}-")
        here = here if goes_on else 0
        length = answer.headers.get("Content-Length")
        total = here + int(length) if length and length.isdigit() else None
        if total is not None and total > LARGEST_DOWNLOAD_BYTES:
            raise CorpusError(f"{url} holds {total:,} bytes, more than {LARGEST_DOWNLOAD_BYTES:,}: it is not the set")
        part.parent.mkdir(parents=True, exist_ok=True)
        _validator_file(part).write_text(json.dumps({"validator": _validator(answer.headers)}), encoding="utf-8")
        with part.open("ab" if goes_on else "wb") as file:
            while chunk := answer.read(_CHUNK_BYTES):
                file.write(chunk)
                here += len(chunk)
                if here > LARGEST_DOWNLOAD_BYTES:
                    raise CorpusError(f"{url} holds more than {LARGEST_DOWNLOAD_BYTES:,} bytes: it is not the set")
                if progress:
                    progress(here, total)
    if total is not None and here < total:
        raise _BrokenOffError(f"{here:,} of {total:,} bytes came")


def _open(request: urllib.request.Request) -> Any:
    try:
        return urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS)
    except urllib.error.HTTPError as error:
        if error.code != 416 or not request.has_header("Range"):
            raise
        # The part is as long as the file or longer; what it is worth the whole file decides.
        error.close()
        request.remove_header("Range")
        request.remove_header("If-range")
        return urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS)


def _validator(headers: http.client.HTTPMessage) -> str | None:
    etag = headers.get("ETag")
    # A weak ETag does not promise equal bytes and may not be used in If-Range.
    return etag if etag and not etag.startswith("W/") else headers.get("Last-Modified")


def _validator_file(part: Path) -> Path:
    return part.with_name(part.name + ".json")


def _check(url: str, part: Path, checksum: str) -> str:
    """The file's SHA-256, if it is what was published or what was loaded first."""
    found = {name: _digest(part, name) for name in ("sha256", "md5")}
    known = _read_json(_known_file()).get(url, {})
    expected = checksum or (f"sha256:{known['sha256']}" if "sha256" in known else "")
    algorithm, _, wanted = expected.partition(":")
    if expected and found.get(algorithm) != wanted:
        part.unlink()
        _validator_file(part).unlink(missing_ok=True)
        whose = "published" if checksum else "of the first download"
        raise CorpusError(
            f"{url} has {algorithm} {found.get(algorithm)}, but the one {whose} is {wanted}: what came was thrown away"
        )
    if not expected:
        _remember(url, found["sha256"], part.stat().st_size)
    return found["sha256"]


def _remember(url: str, sha256: str, size: int) -> None:
    path = _known_file()
    known = _read_json(path) | {url: {"sha256": sha256, "bytes": size}}
    with contextlib.suppress(OSError):
        write_text_atomically(path, json.dumps(known, indent=1, sort_keys=True))


def _known_file() -> Path:
    return home_dir() / "downloads.json"


def _read_json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def _digest(path: Path, algorithm: str) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.new(algorithm, usedforsecurity=False)).hexdigest()
