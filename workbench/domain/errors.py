"""The error tree. Every message says what was expected, what came, and what to do.

WorkbenchError
├── ParameterError (also ValueError)   a request, plan or argument outside its range
│   └── UnknownReferenceError          a reference track that the library does not hold
├── ModelError                         weights missing, damaged or of another kind
├── CorpusError                        training data missing or unreadable
├── MidiFileError                  a MIDI file that cannot be read
├── AudioFileError                     an audio file that cannot be read or written
├── OutputError                        a folder or file that cannot be written
├── TrackingError                      the experiment store cannot be reached
└── CancelledError                     work that was called off
"""

import difflib
from collections.abc import Iterable
from typing import TypeVar


class WorkbenchError(Exception):
    """Base of every error that the workbench raises on purpose."""


class ParameterError(WorkbenchError, ValueError):
    """A parameter is unknown, out of range or impossible beside another one."""


class UnknownReferenceError(ParameterError):
    """A reference track is named that the library does not hold."""


class ModelError(WorkbenchError):
    """Model weights are missing, damaged or do not fit the architecture."""


class CorpusError(WorkbenchError):
    """Training data is missing or unreadable."""


class MidiFileError(WorkbenchError):
    """A MIDI file cannot be read. `reason` names no file, so that equal reasons can be counted together."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason


class AudioFileError(WorkbenchError):
    """An audio file cannot be read or written."""


class OutputError(WorkbenchError):
    """A bundle, folder or file cannot be written."""


class TrackingError(WorkbenchError):
    """The experiment store cannot be reached or written."""


class CancelledError(WorkbenchError):
    """Work was called off before it was done."""


Fault = TypeVar("Fault", bound=WorkbenchError)


def reason(error: OSError | ValueError) -> str:
    """Why a path cannot be used, in words: of a NUL byte in it Python tells by a ValueError.

    Python 3.13 calls it a character, and names the call.

    Examples
    --------
    >>> reason(ValueError("embedded null byte")), reason(ValueError("mkdir: embedded null character in path"))
    ('the path holds a NUL byte', 'the path holds a NUL byte')
    >>> reason(FileNotFoundError(2, "No such file or directory", "song"))
    'No such file or directory'
    """
    if isinstance(error, ValueError) and "embedded null" in str(error):
        return "the path holds a NUL byte"
    return str(getattr(error, "strerror", None) or error)


def counted(number: int, thing: str) -> str:
    """How many of a thing, for a message.

    Examples
    --------
    >>> counted(1, "zone"), counted(2, "zone")
    ('1 zone', '2 zones')
    """
    return f"{number} {thing}{'s' * (number != 1)}"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A hint for a message about a name that is not known: the nearest one; empty if none is near.

    Examples
    --------
    >>> did_you_mean("warn", ("warm", "dark")), did_you_mean("tuba", ("warm", "dark"))
    (' (did you mean warm?)', '')
    """
    close = difflib.get_close_matches(name, list(known), 1)
    return f" (did you mean {close[0]}?)" if close else ""


def unknown_name(what: str, name: object, known: Iterable[str], kind: type[Fault] = ParameterError) -> Fault:  # type: ignore[assignment]
    """The error for a name that nothing has: the nearest one there is, then all of them.

    Examples
    --------
    >>> print(unknown_name("delivery", "spotfy", ("apple", "spotify")))
    delivery 'spotfy' is not known (did you mean spotify?): expected one of apple, spotify
    """
    names = list(known)
    hint = did_you_mean(str(name).lower(), names)
    return kind(f"{what} {name!r} is not known{hint}: expected one of {', '.join(names)}")
