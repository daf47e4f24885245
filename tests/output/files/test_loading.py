"""A bundle that is taken up again is the same track: written once more, it has the same bytes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import workbench.output.files.bundle as bundle
from workbench.domain.edit_state import EditState, LockedBars, MutedBars
from workbench.domain.errors import OutputError
from workbench.domain.results import Provenance, Track
from workbench.mixing import mix, mix_again
from workbench.output import export, export_composition, has_sound, load, load_song


@pytest.fixture(autouse=True)
def plain_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "_report_html", lambda track: b"<!doctype html>")


@pytest.fixture(scope="module")
def mixed(tiny_track: Track) -> Track:
    """The tiny track, really mixed, edited once, with an alternative."""
    made = mix(tiny_track.mix.stems, tiny_track.score, tiny_track.plan)
    note = tiny_track.score.parts["bass"].notes[0]
    edits = EditState(
        ({"edit": "mute"},), (LockedBars("leads", 0, 2),), (MutedBars("bass", 0, 1, (note,)),), {"bass": "techno"}
    )
    other = replace(tiny_track, provenance=Provenance(99, {}, {}, {}), plan=replace(tiny_track.plan, seed=99))
    return replace(tiny_track, mix=made, edits=edits, alternatives=(other,))


def files_of(folder: Path) -> dict[str, bytes]:
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    del found["manifest.json"]
    return found


def test_what_is_loaded_is_what_was_made(mixed: Track, tmp_path: Path) -> None:
    export(mixed, tmp_path / "song")
    again = load(tmp_path / "song")
    assert (again.plan, again.score, again.edits) == (mixed.plan, mixed.score, mixed.edits)
    assert (again.request, again.report, again.provenance) == (mixed.request, mixed.report, mixed.provenance)
    assert again.mix.desk is not None
    assert mixed.mix.desk is not None
    assert np.array_equal(again.mix.desk.gain, mixed.mix.desk.gain)
    assert np.array_equal(again.mix.desk.side_gain, mixed.mix.desk.side_gain)
    assert again.mix.desk.curves == mixed.mix.desk.curves


@pytest.mark.parametrize(("form", "bits"), [("wav", 24), ("wav", 16), ("flac", 24), ("aiff", 24)])
def test_written_again_it_has_the_same_bytes(mixed: Track, tmp_path: Path, form: str, bits: int) -> None:
    plan = replace(mixed.plan, delivery=replace(mixed.plan.delivery, format=form, bit_depth=bits))
    export(replace(mixed, plan=plan, alternatives=()), tmp_path / "song")
    export(load(tmp_path / "song"), tmp_path / "again")
    assert files_of(tmp_path / "song") == files_of(tmp_path / "again")


def test_an_alternative_is_a_track_of_its_own(mixed: Track, tmp_path: Path) -> None:
    export(mixed, tmp_path / "song")
    other = load(tmp_path / "song" / "alternatives" / "1")
    assert (other.plan.seed, other.provenance.seed, other.request.options.seed) == (99, 99, 99)


def test_notes_alone_are_read_too(mixed: Track, tmp_path: Path) -> None:
    export_composition(mixed.plan, mixed.score, tmp_path / "notes", edits=mixed.edits)
    assert load_song(tmp_path / "notes") == (mixed.plan, mixed.score, mixed.edits)
    with pytest.raises(OutputError, match="notes without sound"):
        load(tmp_path / "notes")


def test_what_was_changed_or_is_no_bundle_is_refused(mixed: Track, tmp_path: Path) -> None:
    export(mixed, tmp_path / "song")
    score = json.loads((tmp_path / "song" / "score.json").read_text())
    (tmp_path / "song" / "score.json").write_text(json.dumps(score))
    with pytest.raises(OutputError, match="changed or damaged"):
        load(tmp_path / "song")
    (tmp_path / "empty").mkdir()
    with pytest.raises(OutputError, match="manifest"):
        load(tmp_path / "empty")


def test_one_stem_is_mixed_again_beside_the_others(mixed: Track) -> None:
    """The desk as it was left gives the very samples that it gave."""
    desk = mixed.mix.desk
    assert desk is not None
    for name, raw in mixed.alternatives[0].mix.stems.items():
        again = mix_again({name: raw}, mixed.score, mixed.plan, desk)[name].samples
        np.testing.assert_array_equal(again, mixed.mix.stems[name].samples)


def test_a_mix_without_stems_cannot_be_recalled(mixed: Track, tmp_path: Path) -> None:
    plan = replace(mixed.plan, delivery=replace(mixed.plan.delivery, stem_export=False))
    export(replace(mixed, plan=plan), tmp_path / "song")
    assert load(tmp_path / "song").mix.desk is None


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("empty", "empty holds no manifest.json: expected a bundle"),
        ("file", "file is no folder: expected a bundle"),
        ("nowhere", "nowhere does not exist: expected a bundle"),
        ("list", "manifest.json cannot be read as a bundle's manifest: expected an object"),
        ("so\0ng", r"so\\x00ng' does not exist: expected a bundle"),
    ],
)
def test_what_is_no_bundle_is_reported_without_an_errno(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("")
    (tmp_path / "list").mkdir()
    (tmp_path / "list" / "manifest.json").write_text("[]")
    with pytest.raises(OutputError, match=said) as caught:
        has_sound(tmp_path / name)
    assert "Errno" not in str(caught.value)
