import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import workbench.output.files.bundle as bundle
from workbench.domain.errors import OutputError, WorkbenchError
from workbench.domain.results import Provenance, Track
from workbench.output import (
    decode,
    export,
    export_composition,
    master_as_heard,
    read_manifest,
    write_audio,
    write_midi,
)

ELEMENTS = ("percussion", "bass", "pads", "leads")
ONE = {
    "master.wav", "plan.json", "score.json", "report.json", "report.html", "midi/song.mid",
    *(f"stems/{name}.wav" for name in ELEMENTS), *(f"midi/{name}.mid" for name in ELEMENTS),
}  # fmt: skip


@pytest.fixture
def plain_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare a test the pictures of the report where the folder alone is looked at."""
    monkeypatch.setattr(bundle, "_report_html", lambda track: b"<!doctype html>")


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def twins(tiny_track: Track) -> Track:
    """The tiny track with one alternative, which took another time to make."""
    other = replace(tiny_track, provenance=Provenance(99, {}, {}, {"compose": 2.0}))
    return replace(tiny_track, alternatives=(other,))


@pytest.fixture(scope="module")
def written(twins: Track, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("bundle") / "song"
    export(twins, folder)
    return folder


def test_layout(written: Path) -> None:
    assert set(files_of(written)) == {"manifest.json", *ONE, *(f"alternatives/1/{name}" for name in ONE)}


@pytest.mark.usefixtures("plain_page")
def test_outputs_are_the_published_form_and_exist(twins: Track, tmp_path: Path) -> None:
    outputs = export(twins, tmp_path / "song")
    assert set(outputs) == {"master", "stems", "alternatives"}
    assert set(outputs["stems"]) == set(ELEMENTS)
    for path in (outputs["master"], *outputs["stems"].values(), *outputs["alternatives"]):
        assert Path(path).is_file()
    assert len(outputs["alternatives"]) == 1


def test_manifest_tells_where_it_comes_from(written: Path, twins: Track) -> None:
    manifest = read_manifest(written)
    assert manifest["request"] == twins.request.model_dump(mode="json")
    assert (manifest["seed"], manifest["alternatives"]["1"]["seed"]) == (7, 99)
    assert manifest["seconds_by_stage"] == {"compose": 1.25}
    assert manifest["licences"] == twins.provenance.licences == {"models": {"bass": "Apache-2.0"}}
    assert manifest["creation_time"] == "2026-01-01T00:00:00+00:00"
    # The form that Python answers with, and the one of the command line, which reads the manifest.
    assert twins.response()["metadata"]["creation_time"] == manifest["creation_time"]
    found = files_of(written)
    del found["manifest.json"]
    assert {name: entry["sha256"] for name, entry in manifest["files"].items()} == {
        name: hashlib.sha256(data).hexdigest() for name, data in found.items()
    }


def test_only_the_manifest_differs_when_made_again(written: Path, twins: Track, tmp_path: Path) -> None:
    slower = replace(twins, provenance=replace(twins.provenance, seconds_by_stage={"compose": 9.0}))
    export(slower, tmp_path / "again")
    first, again = files_of(written), files_of(tmp_path / "again")
    assert {name for name in first if first[name] != again[name]} <= {"manifest.json"}


def test_stems_sum_to_the_mix(written: Path, twins: Track) -> None:
    total = sum(decode((written / "stems" / f"{name}.wav").read_bytes()).samples for name in ELEMENTS)
    error = np.abs(total - twins.mix.audio.samples).max()
    assert 20 * np.log10(error) < -90


def test_the_master_is_what_was_heard(written: Path, twins: Track) -> None:
    heard = master_as_heard(twins.master, twins.plan)
    assert np.array_equal(decode((written / "master.wav").read_bytes()).samples, heard.samples)


def test_plan_and_report_are_readable_json(written: Path) -> None:
    plan = json.loads((written / "plan.json").read_text())
    assert (plan["key"], plan["metre"], plan["tempo_bpm"], plan["bars"]) == ("F minor", "4/4", 120.0, 4)
    assert plan["decisions"][0]["reason"] == "the request says 120"
    report = json.loads((written / "report.json").read_text())
    assert report["passed"] is False
    assert [check["outcome"] for check in report["checks"]] == ["pass", "fail", "warn", "not applicable"]


@pytest.mark.usefixtures("plain_page")
def test_stems_can_be_left_out(tiny_track: Track, tmp_path: Path) -> None:
    plan = replace(tiny_track.plan, delivery=replace(tiny_track.plan.delivery, stem_export=False, format="flac"))
    outputs = export(replace(tiny_track, plan=plan), tmp_path / "song")
    assert outputs["stems"] == {}
    assert not (tmp_path / "song" / "stems").exists()
    assert (tmp_path / "song" / "master.flac").is_file()


@pytest.mark.usefixtures("plain_page")
def test_an_occupied_folder_is_refused_and_kept(tiny_track: Track, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    for overwrite in (False, True):
        with pytest.raises(OutputError):
            export(tiny_track, tmp_path, overwrite=overwrite)
    assert files_of(tmp_path) == {"mine.txt": b"mine"}


@pytest.mark.usefixtures("plain_page")
def test_an_earlier_bundle_is_replaced_on_demand_only(tiny_track: Track, tmp_path: Path) -> None:
    export(tiny_track, tmp_path / "song")
    (tmp_path / "song" / "stale.txt").write_text("old")
    with pytest.raises(OutputError, match="is not empty"):
        export(tiny_track, tmp_path / "song")
    export(tiny_track, tmp_path / "song", overwrite=True)
    assert set(files_of(tmp_path / "song")) == {"manifest.json", *ONE}
    assert [path.name for path in tmp_path.iterdir()] == ["song"]


@pytest.mark.parametrize(
    "failure", [RuntimeError("broken"), KeyboardInterrupt(), OSError(28, "No space left on device")]
)
@pytest.mark.usefixtures("plain_page")
@pytest.mark.parametrize("had", [False, True])
def test_a_failure_leaves_what_was_there(
    tiny_track: Track, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: BaseException, had: bool
) -> None:
    target = tmp_path / "deep" / "song"
    if had:
        export(tiny_track, target)
    before = files_of(tmp_path)

    def fail(track: Track) -> bytes:
        raise failure

    monkeypatch.setattr(bundle, "_report_html", fail)
    expected = OutputError if isinstance(failure, OSError) else type(failure)
    with pytest.raises(expected):
        export(tiny_track, target, overwrite=True)
    assert files_of(tmp_path) == before
    if not had:
        assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("plain_page")
def test_unwritable_folders_are_one_line(tiny_track: Track, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for target in (tmp_path / "file", tmp_path / "file" / "below", Path("/proc/beatsfoundry")):
        with pytest.raises(OutputError) as caught:
            export(tiny_track, target)
        assert "\n" not in str(caught.value)


@pytest.mark.usefixtures("plain_page")
def test_a_nul_byte_in_a_path_is_one_line(tiny_track: Track, tmp_path: Path) -> None:
    from workbench.domain.request import load_request
    from workbench.editing.edits import load_edits
    from workbench.editing.midi_reading import read_midi

    path = tmp_path / "so\0ng.wav"
    uses = (
        lambda: export(tiny_track, path), lambda: write_audio(tiny_track.master, path),
        lambda: write_midi(tiny_track.score, path), lambda: load_request(path), lambda: load_edits(path),
        lambda: read_midi(path),
    )  # fmt: skip
    for use in uses:
        with pytest.raises(WorkbenchError, match="the path holds a NUL byte") as caught:
            use()
        assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_composition_alone(tiny_track: Track, tmp_path: Path) -> None:
    paths = export_composition(tiny_track.plan, tiny_track.score, tmp_path / "notes")
    names = {path.relative_to(tmp_path / "notes").as_posix() for path in paths}
    assert names == {"plan.json", "score.json", "midi/song.mid", *(f"midi/{name}.mid" for name in ELEMENTS)}
    assert set(files_of(tmp_path / "notes")) == names | {"manifest.json"}
    assert set(read_manifest(tmp_path / "notes")["files"]) == names


def test_no_manifest_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"holds no manifest\.json: expected a bundle"):
        read_manifest(tmp_path)
