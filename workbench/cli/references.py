"""`beatsfoundry references`."""

from __future__ import annotations

import argparse
import shutil
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.cli.parser import printable
from workbench.domain.errors import ParameterError, unknown_name

if TYPE_CHECKING:
    from workbench.analysis.references import ReferenceLibrary, ReferenceProfile


def add_to(commands: Any) -> None:
    """Declare the command and what it does."""
    parser = commands.add_parser(
        "references", help="list, add or remove reference tracks", description=list_references.__doc__
    )
    parser.set_defaults(run=list_references, json=False, style=None, set=None)
    actions = parser.add_subparsers(dest="action", metavar="list|add|remove")
    shown = actions.add_parser("list", help="the tracks that a request can name", description=list_references.__doc__)
    shown.add_argument("--style", metavar="NAME", help="those of one style alone")
    shown.add_argument("--set", metavar="NAME", help="those of one set alone")
    shown.add_argument("--json", action="store_true", help="print the profiles as JSON")
    shown.set_defaults(run=list_references)
    added = actions.add_parser(
        "add", help="measure a file or a folder and keep the profiles", description=add_reference.__doc__
    )
    added.add_argument("file", metavar="FILE", type=Path, help="WAV, AIFF, FLAC, MP3, OGG, Opus, or a folder")
    added.add_argument("--id", help="name by which requests call it (default: made of the file's name)")
    added.add_argument("--style", action="append", default=[], metavar="NAME", help="a style that it stands for")
    added.add_argument("--set", action="append", default=[], metavar="NAME", help="a set of yours that it belongs to")
    added.add_argument(
        "--replace", action="store_true", help="replace another track of the same id, or an earlier content of the file"
    )
    for name, default in (("title", None), ("author", "unknown"), ("licence", "private use"), ("source", "")):
        added.add_argument(f"--{name}", default=default, help=f"attribution: {name}")
    added.set_defaults(run=add_reference)
    removed = actions.add_parser("remove", help="forget a track that was added", description=remove_reference.__doc__)
    removed.add_argument("id", metavar="ID", help="its name")
    removed.set_defaults(run=remove_reference)


def list_references(options: argparse.Namespace) -> int:
    """Show the reference tracks by id: only measured features are kept, never audio."""
    from workbench.analysis.references import ReferenceLibrary

    profiles = ReferenceLibrary().list(style=options.style, set_name=options.set)
    if options.json:
        from workbench.output import to_json

        print(to_json(profiles), end="")
        return 0
    width = shutil.get_terminal_size().columns
    print("\n".join(line for one in profiles for line in _lines(one, width)) or "no reference track")
    return 0


def _lines(profile: ReferenceProfile, width: int) -> list[str]:
    """One track: its id, then what is known of it, wrapped to the terminal.

    The id stands alone on its line and whole: cut short it could not be copied into a request.
    """
    from workbench.output.figures.reference_texts import chords_text, tempo_text

    tempo, _, confidence = tempo_text(profile).partition(" ")
    sections = len(profile.boundaries_seconds) + 1
    heard = (
        f"{tempo} BPM, confidence {confidence.strip('()')}", profile.key or "no key",
        f"{sections} section{'s' * (sections > 1)}",
        f"{profile.measurements['integrated_loudness_lufs']:.1f} LUFS",
    )  # fmt: skip
    lines = (
        ", ".join((profile.title, profile.author, profile.licence)),
        ", ".join(heard),
        f"styles {', '.join(profile.styles) or 'none'}; chords {chords_text(profile) or 'none'}",
    )
    wrapped = (
        textwrap.wrap(printable(text), max(width, 40), initial_indent="  ", subsequent_indent="    ") for text in lines
    )
    return [profile.id, *(line for lines in wrapped for line in lines)]


def add_reference(options: argparse.Namespace) -> int:
    """Measure audio and keep its profile in your own library; the audio itself is not copied."""
    from workbench.analysis.references import ReferenceLibrary

    _check_styles(options.style)
    if options.file.is_dir():
        return _add_folder(options)
    library = ReferenceLibrary()
    before = _standing(library)
    profile = library.add(
        options.file,
        id=options.id,
        title=options.title,
        author=options.author,
        licence=options.licence,
        source=options.source,
        styles=options.style,
        sets=options.set,
        replace=options.replace,
    )
    print(_outcome(profile, before))
    return 0


def _check_styles(names: Sequence[str]) -> None:
    """Refuse a style that no request could name, before anything is measured.

    Raises
    ------
    ParameterError
        One line with a close name, if there is one, and all that there are.
    """
    from workbench.concept.style import list_styles

    known = list_styles()
    for name in names:
        if name not in known:
            raise unknown_name("--style:", name, known)


def _standing(library: ReferenceLibrary) -> dict[str, str]:
    """The user's own profiles by id, as they lie on disk."""
    return {path.stem: path.read_text(encoding="utf-8", errors="replace") for path in library.own.glob("*.json")}


def _outcome(profile: ReferenceProfile, before: dict[str, str]) -> str:
    """What adding a profile came to: a new one, another in its place, or the same again, maybe described otherwise."""
    note = f" ({profile.note})" * bool(profile.note)
    if profile.id not in before:
        return f"added {profile.id}{note}"
    if before[profile.id] == profile.to_json():
        return f"{profile.id} is already there{note}"
    if profile.sha256 and profile.sha256 in before[profile.id]:
        return f"updated {profile.id}{note}"
    return f"replaced {profile.id}{note}"


def _add_folder(options: argparse.Namespace) -> int:
    """Add what can be read; what cannot is reported by file, and the exit code is 1."""
    from workbench.analysis.references import ReferenceLibrary

    if options.id or options.title:
        raise ParameterError(f"{options.file} is a folder: id and title are made of the files' names")
    library = ReferenceLibrary()
    before = _standing(library)
    found = library.add_folder(
        options.file, licence=options.licence, styles=options.style, sets=options.set, replace=options.replace
    )
    for profile in found.profiles:
        print(_outcome(profile, before))
    for _, reason in found.refused:
        print(f"refused {reason}")
    return 1 if found.refused else 0


def remove_reference(options: argparse.Namespace) -> int:
    """Forget a track that was added; the profiles that ship with the workbench stay."""
    from workbench.analysis.references import ReferenceLibrary

    ReferenceLibrary().remove(options.id)
    print(f"removed {options.id}")
    return 0
