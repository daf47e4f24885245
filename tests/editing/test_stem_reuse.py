"""Stems whose inputs did not change keep their bytes, on disk too; a loop has no seam; a bad edit writes nothing."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import workbench.output.files.bundle as bundle
from workbench import modify
from workbench.cli import main as cli
from workbench.domain.request import parse_request
from workbench.domain.results import Track
from workbench.output import export, export_composition, load, read_manifest
from workbench.pipeline import generate

ALL = ("percussion", "bass", "pads", "leads")


@pytest.fixture(scope="module")
def track() -> Track:
    """Four bars, generated."""
    return generate(
        parse_request(
            {
                "project_id": "shortest",
                "parameters": {
                    "creative": {"concept": "driving synthwave at night"},
                    "technical": {"tempo": 160, "key": "F minor", "duration": 6, "structure": ["verse", "chorus"]},
                },
                "options": {"seed": 3, "preview": True, "sample_rate": 44100},
            }
        )
    )


@pytest.fixture
def folder(track: Track, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(bundle, "_report_html", lambda track: b"<!doctype html>")
    export(track, tmp_path / "song")
    return tmp_path / "song"


def hashes(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != "manifest.json")
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def stems(folder: Path) -> dict[str, str]:
    found = hashes(folder)
    return {name: found[f"stems/{name}.wav"] for name in ALL if f"stems/{name}.wav" in found}


def run(folder: Path, edits: Any, *more: str) -> int:
    changes = folder.parent / "changes.json"
    changes.write_text(json.dumps(edits))
    return cli.main(["modify", str(folder), str(changes), "--out", str(folder.parent / "edited"), "--quiet", *more])


# What each edit may change of the stems; the others keep their bytes. Kicks duck bass and pads in this profile.
CASES: list[tuple[list[dict[str, Any]], set[str]]] = [
    ([{"edit": "regenerate", "element": "leads", "section": "chorus"}], {"leads"}),
    (
        [{"edit": "patch", "element": "bass", "patch": "sub-sine"}, {"edit": "vary", "element": "pads"}],
        {"bass", "pads"},
    ),
    ([{"edit": "transpose", "semitones": 2}], {"percussion", "bass", "pads", "leads"}),  # the kit is tuned to the key
    ([{"edit": "drop", "element": "pads"}], {"pads"}),
    ([{"edit": "mute", "element": "bass", "section": "verse"}], {"bass"}),
    ([{"edit": "lock"}], set()),
    ([{"edit": "mix", "element": "leads", "gain_db": -3, "eq": [{"frequency_hz": 500, "gain_db": 3}]}], {"leads"}),
    ([{"edit": "mix", "element": "pads", "mute": True}], {"pads"}),
    ([{"edit": "sound", "element": "percussion", "settings": {"snare.noise_decay_ms": 90}}], {"percussion"}),
    ([{"edit": "notes", "element": "leads", "add": [{"bar": 1, "beat": 1.55, "pitch": 84}]}], {"leads"}),
]  # fmt: skip


@pytest.mark.parametrize(("edits", "touched"), CASES, ids=lambda value: value[0]["edit"] if type(value) is list else "")
def test_stems_keep_their_bytes_on_disk(folder: Path, edits: list[dict[str, Any]], touched: set[str]) -> None:
    before = hashes(folder)
    first = stems(folder)
    assert run(folder, edits) == 0
    assert hashes(folder) == before, "the bundle that is edited stays as it is"
    after = stems(folder.parent / "edited")
    assert {name for name in first if after.get(name) != first[name]} == touched
    again = load(folder.parent / "edited")
    assert [entry["edit"] for entry in again.edits.history] == [edit["edit"] for edit in edits]
    assert read_manifest(folder.parent / "edited")["edits"] == [dict(entry) for entry in again.edits.history]
    total = np.sum([stem.samples for stem in again.mix.stems.values()], axis=0)
    assert np.abs(total - again.mix.audio.samples).max() < 1e-5
    if not touched:
        assert hashes(folder.parent / "edited")["master.wav"] == before["master.wav"]
    assert abs(again.report.measurements["integrated_loudness_lufs"] + 14.0) < 0.2


def test_the_same_edit_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    edits = [{"edit": "regenerate", "element": "bass"}]
    assert run(folder, edits) == 0
    first = hashes(tmp_path / "edited")
    history = list(read_manifest(tmp_path / "edited")["edits"])
    assert run(folder, history, "--overwrite") == 0
    assert hashes(tmp_path / "edited") == first


def test_where_kicks_duck_new_kicks_make_new_stems(track: Track) -> None:
    from workbench.editing import Song, edit_song
    from workbench.editing.stem_reuse import kept_stems
    from workbench.mixing import load_profile

    song = Song(track.plan, track.score, track.edits)
    changed = edit_song(song, [{"edit": "regenerate", "element": "percussion"}])
    ducked = {name for name in ALL if load_profile(track.plan.mix_profile).strip_of(name).duck_db > 0}
    kicks = [[n.start_beats for n in s.score.parts["percussion"].notes if n.pitch == 36] for s in (song, changed)]
    touched = {"percussion"} | (ducked if kicks[0] != kicks[1] else set())
    assert set(kept_stems(track, changed)) == set(ALL) - touched
    slower = edit_song(song, [{"edit": "tempo", "bpm": 120}])
    assert kept_stems(track, slower) == ()
    assert kept_stems(replace(track, mix=replace(track.mix, desk=None)), song) == ()


def test_tempo_changes_the_sound_and_no_note(track: Track) -> None:
    slower = modify(track, [{"edit": "tempo", "bpm": 120}])
    assert slower.score.parts == track.score.parts
    assert slower.master.duration_seconds > track.master.duration_seconds + 1.0
    assert slower.plan.tempo_bpm == 120


def test_a_loop_has_no_seam(track: Track) -> None:
    """End and beginning follow each other like any two neighbouring samples, and the levels on both sides agree."""
    looped = modify(track, [{"edit": "loop"}])
    samples = looped.master.samples
    assert samples.shape[1] == round(looped.plan.duration_seconds * 44100)
    steps = np.abs(np.diff(np.concatenate([samples[:, -2205:], samples[:, :2205]], axis=1), axis=1)).max(axis=0)
    seam = steps[2204]
    assert seam <= np.quantile(steps, 0.999) * 1.5
    assert {stem.samples.shape for stem in looped.mix.stems.values()} == {samples.shape}
    total = np.sum([stem.samples for stem in looped.mix.stems.values()], axis=0)
    assert np.abs(total - looped.mix.audio.samples).max() < 1e-5
    checks = {check.code: check for check in looped.report.checks}
    assert all(check.outcome != "fail" for check in looped.report.checks), checks
    assert abs(looped.report.measurements["integrated_loudness_lufs"] + 14.0) <= 0.2
    assert looped.report.measurements["true_peak_dbtp"] <= -1.0


@pytest.mark.parametrize(
    "edits",
    [
        [{"edit": "regenerate", "bars": [1, 900]}],
        [{"edit": "drop", "element": "banjo"}],
        [{"edit": "chords", "chords": "Fm | Qx"}],
        [{"edit": "fly"}],
        [{"edit": "import", "file": "absent.mid", "role": "melody"}],
        {"edit": "drop"},
    ],
)
def test_a_bad_edit_is_one_line_and_exit_2(folder: Path, edits: Any, capsys: pytest.CaptureFixture[str]) -> None:
    before = hashes(folder)
    assert run(folder, edits) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("beatsfoundry: ")
    assert captured.err.count("\n") == 1
    assert hashes(folder) == before
    assert sorted(path.name for path in folder.parent.iterdir()) == ["changes.json", "song"]


def test_notes_alone_are_edited_too(track: Track, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    export_composition(track.plan, track.score, tmp_path / "notes")
    assert run(tmp_path / "notes", [{"edit": "mute", "element": "pads"}]) == 0
    assert "edit 1  mute: element pads" in capsys.readouterr().out
    assert run(tmp_path / "edited", [{"edit": "unmute", "element": "pads"}], "--overwrite") == 2
    changes = tmp_path / "changes.json"
    changes.write_text(json.dumps([{"edit": "unmute", "element": "pads"}]))
    command = ["modify", str(tmp_path / "edited"), str(changes), "--out", str(tmp_path / "back"), "--quiet"]
    assert cli.main(command) == 0
    first, back = hashes(tmp_path / "notes"), hashes(tmp_path / "back")
    assert {name for name in first if first[name] != back[name]} == {"plan.json"}, "the plan tells the edits"


@pytest.mark.parametrize(
    "form", ['[{"edit": "mute", "element": "pads"}]', '{"edit": "mute", "element": "pads"}',
             '{"edits": [{"edit": "mute", "element": "pads"}]}'],
)  # fmt: skip
def test_edits_come_as_json_too_on_the_line_or_by_standard_input(
    track: Track, tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    export_composition(track.plan, track.score, tmp_path / "notes")
    assert cli.main(["modify", str(tmp_path / "notes"), form, "--out", str(tmp_path / "line"), "--quiet"]) == 0
    monkeypatch.setattr("sys.stdin", io.StringIO(form))
    assert cli.main(["modify", str(tmp_path / "notes"), "-", "--out", str(tmp_path / "input"), "--quiet"]) == 0
    assert hashes(tmp_path / "line") == hashes(tmp_path / "input")
    assert not (tmp_path / "line" / "midi" / "pads.mid").exists()


def test_the_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["modify", "--schema"]) == 0
    assert "regenerate" in json.loads(capsys.readouterr().out)["items"]["discriminator"]["mapping"]
    assert cli.main(["modify"]) == 2
