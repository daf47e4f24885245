"""The text of an SFZ file: comments, `#define`, `#include`, headers and opcodes, as sfizz and ARIA read them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from workbench.domain.errors import ParameterError
from workbench.rendering.sampler.files import FileFinder

DEEPEST_INCLUDE = 32
_MOST_INCLUDES = 4096
_MOST_CHARACTERS = 1 << 26
_LONGEST_VALUE = 1 << 12
_MOST_ROUNDS = 16
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|//[^\r\n]*", re.DOTALL)
_TOKEN = re.compile(
    r"""
    <(?P<header>[^<>\r\n]*)>
    | \#define\b[ \t]*(?P<macro>\$\w+)?[ \t]*(?P<meaning>[^\s<]*)
    | \#include\b[ \t]*(?:"(?P<file>[^"\r\n]*)")?
    | (?P<name>[\w$]+)=(?P<value>[^\r\n<]*)
    | (?P<junk>[^\s<]+|<)
    """,
    re.VERBOSE,
)
_NEXT = re.compile(r"[ \t](?:(?=[A-Za-z_$])[\w$]+=|\#define\b|\#include\b)")


@dataclass(slots=True)
class SfzBlock:
    """A header and its opcodes, the last of a name winning; names are in lower case."""

    header: str
    opcodes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SfzText:
    """Blocks in order, and what was no SFZ, in words."""

    blocks: tuple[SfzBlock, ...]
    unread: tuple[str, ...]


def read_text(path: Path) -> SfzText:
    """Read an SFZ file and what it includes.

    A macro has the meaning that was defined last before its use; included files are looked for from the folder of the
    instrument, then from that of the including file, and never outside the instrument's folder.

    Raises
    ------
    ParameterError
        If a file cannot be read, lies outside the folder, includes itself without end, or grows beyond all measure.
    """
    reader = _Reader(path)
    reader.read(path, 0)
    return SfzText(tuple(reader.blocks), tuple(dict.fromkeys(reader.unread)))


class _Reader:
    """What is known while reading: macros, the block that is open, and how much has been read."""

    def __init__(self, path: Path) -> None:
        self.blocks: list[SfzBlock] = []
        self.unread: list[str] = []
        self._root = path
        self._finder = FileFinder(path.parent)
        self._macros: dict[str, str] = {}
        self._texts: dict[Path, str] = {}
        self._characters = 0
        self._includes = 0

    def read(self, path: Path, depth: int) -> None:
        text = self._text(path)
        place = 0
        while found := _TOKEN.search(text, place):
            place = found.end()
            if found["header"] is not None:
                self._open(found["header"])
            elif found["name"] is not None:
                place = found.start("value") + self._assign(found["name"], found["value"])
            elif found["junk"] is not None:
                self._note(found["junk"])
            elif found[0].startswith("#define"):
                self._define(found["macro"], found["meaning"], found[0])
            else:
                self._include(found["file"], path, depth)

    def _text(self, path: Path) -> str:
        if path not in self._texts:
            try:
                raw = path.read_bytes()
            except OSError as error:
                raise ParameterError(f"{path}: cannot be read ({error.strerror})") from None
            self._texts[path] = _COMMENT.sub(" ", decoded(raw))
        self._characters += len(self._texts[path])
        if self._characters > _MOST_CHARACTERS:
            raise ParameterError(f"{self._root.name}: grows beyond 64 million characters by its #include lines")
        return self._texts[path]

    def _open(self, header: str) -> None:
        name = header.strip().lower()
        if not name.isidentifier():
            self._note(f"<{header}>")
            return
        self.blocks.append(SfzBlock(name))

    def _assign(self, name: str, rest: str) -> int:
        """Take an opcode's value from the rest of its line; returns how much of that was the value."""
        after = _NEXT.search(rest)
        value = rest[: after.start()] if after else rest
        if not self.blocks:
            self._note(f"{name}={value.strip()}")
        else:
            self.blocks[-1].opcodes |= {self._expanded(name).lower(): self._expanded(value).strip()}
        return len(value)

    def _define(self, macro: str | None, meaning: str, line: str) -> None:
        if macro is None:
            self._note(line)
        else:
            self._macros[macro[1:]] = meaning

    def _include(self, name: str | None, including: Path, depth: int) -> None:
        if not name:
            self._note("#include without a file in quotation marks")
            return
        self._includes += 1
        if depth >= DEEPEST_INCLUDE or self._includes > _MOST_INCLUDES:
            raise ParameterError(
                f"{self._root.name}: #include {name!r} goes deeper than {DEEPEST_INCLUDE} files or more than "
                f"{_MOST_INCLUDES} in all: does a file include itself?"
            )
        self.read(self._included(self._expanded(name), including), depth + 1)

    def _included(self, name: str, including: Path) -> Path:
        folder = self._root.parent
        found = folder / self._finder.find(name)
        if not found.is_file():
            found = including.parent / FileFinder(including.parent).find(name)
        try:
            inside = found.resolve().is_relative_to(folder.resolve())
        except (OSError, RuntimeError, ValueError):
            inside = False
        if not inside:
            raise ParameterError(
                f"{self._root.name}: #include {name!r} lies outside the instrument's folder: move it into {folder.name}"
            )
        if not found.is_file():
            raise ParameterError(f"{self._root.name}: #include {name!r} is not there: expected it below {folder.name}")
        return found

    def _expanded(self, text: str) -> str:
        """Text with macros replaced: the shortest name that is known behind a $ counts, as in ARIA."""
        for _ in range(_MOST_ROUNDS):
            if "$" not in text or not self._macros:
                return text
            replaced = "".join(self._pieces(text))
            if replaced == text:
                return text
            if len(replaced) > _LONGEST_VALUE:
                raise ParameterError(f"{self._root.name}: {text[:40]!r} grows without end by its #define lines")
            text = replaced
        return text

    def _pieces(self, text: str) -> Iterator[str]:
        head, *uses = text.split("$")
        yield head
        for use in uses:
            known = next((use[:end] for end in range(1, len(use) + 1) if use[:end] in self._macros), None)
            yield f"${use}" if known is None else self._macros[known] + use[len(known) :]

    def _note(self, text: str) -> None:
        self.unread.append(f"{text[:40]!r}, which is no SFZ")


def decoded(raw: bytes) -> str:
    """Text of UTF-8 or UTF-16 with a mark, else of Windows-1252, in which older editors save."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")
