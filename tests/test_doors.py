"""Doors and what comes in: what one door refuses, every door refuses for the same reason; what one takes, all take.

Sound has a table of its own (`tests/analysis/test_doors.py`, and `tests/api/test_uploads.py` for the HTTP API).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

import workbench
from tests.api.conftest import PREFIX, Server, server, settings  # noqa: F401
from tests.midi.writing import body, chunk, header, meta, note, riff
from training.corpora.note_tables import parse_midi
from workbench.api.mcp.songs import request_from
from workbench.cli.main import main
from workbench.composition import compose
from workbench.domain.edit_state import EditState
from workbench.domain.errors import WorkbenchError
from workbench.domain.plan import Plan
from workbench.editing import Song, adopt, edit_song
from workbench.output.daw import read_session
from workbench.rendering.sampler import load_instrument
from workbench.rendering.sampler.instrument import Instrument
from workbench.widgets import Explorer

Door = Callable[[Path], Any]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BEATSFOUNDRY_HOME", str(tmp_path / "home"))
    (tmp_path / "in").mkdir()
    return tmp_path


def told(door: Callable[[], Any], capsys: pytest.CaptureFixture[str]) -> str:
    """What a door says when it refuses, in one line; empty where it takes what comes."""
    capsys.readouterr()
    try:
        code = door()
    except WorkbenchError as error:
        return str(error)
    said = capsys.readouterr().err
    assert "Traceback" not in said
    return said.splitlines()[-1] if isinstance(code, int) and code else ""


# Projects: one reader of bundles.

PROJECTS = {
    "absent": "", "a file": "is no folder", "empty": "holds no manifest.json", "damaged": "cannot be read as a bundle",
    "a list": "expected an object", "without a plan": "holds no plan.json",
}  # fmt: skip
_MANIFESTS = {"damaged": "{", "a list": "[]", "without a plan": '{"files": {}}'}
EDITS = [{"edit": "mute", "element": "bass"}]


def project(folder: Path, kind: str) -> Path:
    path = folder / "song"
    if kind == "a file":
        path.write_text("x")
    elif kind != "absent":
        path.mkdir()
    if kind in _MANIFESTS:
        (path / "manifest.json").write_text(_MANIFESTS[kind])
    (folder / "edits.json").write_text(json.dumps(EDITS))
    return path


PROJECT_DOORS: dict[str, Door] = {
    "modify": lambda at: main(["modify", str(at), str(at.parent / "edits.json"), "--out", str(at.parent / "out")]),
    "export": lambda at: main(["export", str(at), "--daw", "reaper", "--out", str(at.parent / "out.rpp")]),
    "load": workbench.load,
    "Session.open": lambda at: workbench.Session().open(at),
    "modify in Python": lambda at: workbench.modify(at, EDITS),
    "export_session": lambda at: workbench.export_session(at, "reaper", at.parent / "out.rpp"),
}


@pytest.mark.parametrize("kind", PROJECTS)
@pytest.mark.parametrize("door", PROJECT_DOORS)
def test_projects(door: str, kind: str, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = project(home / "in", kind)
    said = told(lambda: PROJECT_DOORS[door](path), capsys)
    assert str(path) in said
    assert PROJECTS[kind] in said or (kind == "a file" and "is no bundle" in said)
    assert not list((home / "in").glob("out*"))


# Folders: one scan.

FOLDERS = {"absent": ("not there", "nothing"), "empty": ("none", "no "), "hidden files": ("none", "no ")}
FOLDER_DOORS: dict[str, Door] = {
    "analyze": lambda at: main(["analyze", str(at), "--quiet"]),
    "references add": lambda at: main(["references", "add", str(at)]),
    "samples": lambda at: main(["samples", str(at)]),
    "corpora roles": lambda at: main(["corpora", "roles", str(at)]),
    "finetune": lambda at: main(["finetune", "bass", "--midi", str(at), "--name", "own"]),
    "add_folder": lambda at: workbench.ReferenceLibrary().add_folder(at),
    "load_instrument": load_instrument,
}


@pytest.mark.parametrize("kind", FOLDERS)
@pytest.mark.parametrize("door", FOLDER_DOORS)
def test_folders(door: str, kind: str, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = home / "in" / "folder"
    if kind != "absent":
        path.mkdir()
    if kind == "hidden files":
        for name in ("._a.wav", "._a.mid", ".DS_Store"):
            (path / name).write_bytes(b"\0\5\x16\7")
    said = told(lambda: FOLDER_DOORS[door](path), capsys)
    assert str(path) in said
    assert any(words in said for words in FOLDERS[kind])


# MIDI: one reader.

TUNE = [event for at in range(32) for event in note(at, 0.9, 60 + at % 7, 90)]
ODD_KEY = [(0.0, meta(0x59, b"\xfe\xff")), *TUNE]
MIDI = {
    "a web page": (b"<html>404</html>", "it is a web page"),
    "a pointer": (b"version https://git-lfs.github.com/spec/v1\noid", "a Git LFS pointer"),
    "a MuseScore file": (b"PK\3\4" + bytes(40), "a ZIP archive"),
    "empty": (b"", "the file is empty"),
    "no notes": (header(0, 1) + chunk(body([(0.0, meta(5, "la"))])), "no notes"),
    "a tune": (header(0, 1) + chunk(body(TUNE)), ""),
    "an odd key": (header(0, 1) + chunk(body(ODD_KEY)), ""),
    "RIFF": (riff(header(0, 1) + chunk(body(TUNE))), ""),
    "8/8": (header(0, 1) + chunk(body([(0.0, meta(0x58, b"\x08\x03\x18\x08")), *TUNE])), ""),
}


@pytest.fixture(scope="module")
def song() -> Song:
    request = {
        "parameters": {
            "creative": {"concept": "steady pop groove"},
            "technical": {"key": "C major", "metre": "4/4", "structure": ["verse"], "section_bars": {"verse": 8}},
        },
        "options": {"seed": 5, "preview": True},
    }  # fmt: skip
    plan = workbench.translate(workbench.parse_request(request))
    return Song(plan, compose(plan), EditState())


MIDI_DOORS: dict[str, Callable[[Path, Song], Any]] = {
    "edit": lambda at, song: edit_song(song, [{"edit": "import", "role": "melody", "file": str(at), "around": False}]),
    "import": lambda at, song: adopt(read_session(at)),
    "training": lambda at, song: parse_midi(at.read_bytes()).parts or _no_notes(),
}


def _no_notes() -> None:
    raise WorkbenchError("no notes")


@pytest.mark.parametrize("kind", MIDI)
@pytest.mark.parametrize("door", MIDI_DOORS)
def test_midi(door: str, kind: str, song: Song, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, reason = MIDI[kind]
    (home / "in" / "tune.mid").write_bytes(data)
    said = told(lambda: MIDI_DOORS[door](home / "in" / "tune.mid", song), capsys)
    assert bool(said) == bool(reason)
    assert reason in said


# Texts and fields: one form.

FORMS: dict[str, tuple[dict[str, Any], str]] = {
    "an empty concept": ({"creative": {"concept": ""}}, "is empty"),
    "a key that is none": ({"technical": {"key": "X minor"}}, "key 'X minor' is not known"),
    "a chord that is none": ({"technical": {"chords": "C-F-Q"}}, "chord 'C-F-Q' is not known"),
    "a metre that is none": ({"technical": {"metre": "11/8"}}, "11/8"),
    "a tempo beyond": ({"technical": {"tempo": 500}}, "tempo"),
    "a patch that is none": ({"sound_design": {"patches": {"leads": "tuba-x"}}}, "tuba-x"),
    "a chart's minor": ({"technical": {"key": "A-", "chords": "Am / / F | C-7"}}, ""),
    "degrees in a list": ({"technical": {"key": "E-flat major", "chords": "I–V–vi–IV"}}, ""),
}


def form_of(parts: dict[str, Any]) -> dict[str, Any]:
    return {"project_id": "song", "parameters": {"creative": {"concept": "pop"}, **parts}}


def _explained(form: dict[str, Any], folder: Path, _: Server) -> int:
    (folder / "request.json").write_text(json.dumps(form))
    return main(["explain", str(folder / "request.json")])


def _posted(form: dict[str, Any], _: Path, server: Server) -> None:  # noqa: F811
    answer = server.client.post(f"{PREFIX}/generate", json=form, headers=server.key())
    if answer.status_code != 202:
        assert answer.status_code == 422
        raise WorkbenchError(answer.json()["detail"])


def _asked_by_assistant(form: dict[str, Any], _: Path, __: Server) -> Plan:
    from workbench.pipeline import check_sound

    plan = workbench.translate(request_from(form, "song"))
    check_sound(plan)
    return plan


FORM_DOORS: dict[str, Callable[[dict[str, Any], Path, Server], Any]] = {
    "explain": _explained, "POST /generate": _posted, "mcp": _asked_by_assistant,
}  # fmt: skip


@pytest.mark.parametrize("kind", FORMS)
@pytest.mark.parametrize("door", FORM_DOORS)
def test_fields(
    door: str,
    kind: str,
    home: Path,
    server: Server,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
) -> None:
    parts, reason = FORMS[kind]
    said = told(lambda: FORM_DOORS[door](form_of(parts), home, server), capsys)
    assert bool(said) == bool(reason), said
    assert reason in said


@pytest.mark.parametrize(("value", "reason"), [("X minor", "key 'X minor' is not known"), ("A-", ""), ("h-moll", "")])
def test_fields_of_the_explorer(value: str, reason: str) -> None:
    explorer = Explorer("pop")
    explorer.pin("parameters.technical.key", value)
    assert reason in (explorer.problem if reason else "")
    if not reason:
        assert str(workbench.translate(explorer.request).key) in ("A minor", "B minor")


# Instruments: one reader.

INSTRUMENTS = {
    "a missing sample": ("x.sfz", b"<region> sample=gone.wav key=60", "gone.wav"),
    "no region": ("x.sfz", b"<global> volume=3", "region"),
    "a web page": ("x.sf2", b"<html>404</html>", "expected a SoundFont"),
    "a good one": ("x.sfz", b"<region> sample=tone.wav key=60", ""),
}


def _asked_for(path: Path) -> int:
    form = form_of({"sound_design": {"patches": {"leads": f"samples:{path}"}}})
    (path.parent / "request.json").write_text(json.dumps(form))
    return main(["explain", str(path.parent / "request.json")])


def _read_whole(instrument: Instrument) -> int:
    return sum(instrument.read(zone.sample)[0].nbytes for zone in instrument.zones)


INSTRUMENT_DOORS: dict[str, Door] = {
    "samples": lambda at: main(["samples", str(at)]),
    "explain": _asked_for,
    "load_instrument": lambda at: str(_read_whole(load_instrument(at))),
}


@pytest.mark.parametrize("kind", INSTRUMENTS)
@pytest.mark.parametrize("door", INSTRUMENT_DOORS)
def test_instruments(door: str, kind: str, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name, data, reason = INSTRUMENTS[kind]
    soundfile.write(home / "in" / "tone.wav", 0.5 * np.sin(np.arange(4410) / 20.0), 44100)
    (home / "in" / name).write_bytes(data)
    said = told(lambda: INSTRUMENT_DOORS[door](home / "in" / name), capsys)
    assert bool(said) == bool(reason), said
    assert reason in said
