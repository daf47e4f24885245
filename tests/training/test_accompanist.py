"""The accompanist by rule: chords as given, styles that differ, a corpus that every command of training works with."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml

from training.accompanist import accompany, make_accompaniment
from training.accompanist.arranging import section_spans
from training.accompanist.making import commissions
from training.commands.corpora import main as corpora
from training.commands.train import main as train
from training.corpora import read_corpora, read_corpus
from training.corpora.song import CorpusSong, spread_sections
from workbench.concept import list_styles
from workbench.domain.errors import CorpusError
from workbench.domain.score import Note, Score
from workbench.domain.theory import Chord, Key

pytestmark = pytest.mark.filterwarnings("ignore")

LOOP = ("C", "Am7", "F/A", "G7")
ANNOTATION = """# title: {title}
# artist: Nobody
# metre: 4/4
# tonic: C

0.0\tsilence
2.0\tA, intro, | C:maj | A:min | F:maj | G:7 |
10.0\tB, verse, | C:maj | A:min F:maj | F:maj | G:7 | C:maj | A:min | F:maj | G:7 |
26.0\tC, chorus, | F:maj | G:7 | C:maj | A:min | F:maj | G:7 | C:maj | C:maj |
42.0\tsilence
"""


def song(bars: int = 16, *, split: str = "train") -> CorpusSong:
    sections, remaining = spread_sections([("verse", bars // 2), ("chorus", bars // 2)], bars)
    return CorpusSong(
        song_id="set_1", corpus="billboard", tier="A", split=split, style="", source="played", tempo_bpm=100.0,  # type: ignore[arg-type]
        bar_beats=4, bars=bars, key=Key.parse("C major"),
        chords=tuple(Chord.parse(LOOP[bar % 4], onset_beats=4.0 * bar) for bar in range(bars)),
        sections=sections, remaining=remaining, parts={},
    )  # fmt: skip


def played(score: Score, element: str) -> list[Note]:
    return list(score.parts[element].notes)


def sounding(score: Score, beats: float) -> Chord:
    return next(chord for chord in score.chords if chord.onset_beats <= beats < chord.end_beats)


@pytest.mark.parametrize("style", ["house", "pop", "reggae-dub", "trance", "trap", "ambient"])
def test_what_is_played_belongs_to_the_chords(style: str) -> None:
    _, score = accompany(song(), style, name="one", seed=1)
    assert score.chords == song().chords
    assert {section.name for section in score.sections} == {"verse", "chorus"}
    for note in played(score, "pads"):
        assert note.pitch % 12 in sounding(score, note.onset_beats).pitch_classes
    bass = played(score, "bass")
    chords = [sounding(score, note.onset_beats) for note in bass]
    inside = [note.pitch % 12 in {chord.bass, *chord.pitch_classes} for note, chord in zip(bass, chords, strict=True)]
    # Steps into the next chord are the only other tones.
    assert np.mean(inside) > 0.8
    starts = {note.onset_beats: note for note in bass if note.onset_beats % 4.0 == 0.0}
    assert all(note.pitch % 12 == sounding(score, beats).bass for beats, note in starts.items())
    assert all(len(part.notes) > 0 for part in score.parts.values())


def test_the_same_names_give_the_same_notes_and_others_do_not() -> None:
    one, again, other = (accompany(song(), "pop", name=name, seed=1)[1] for name in ("a", "a", "b"))
    assert one == again
    assert played(one, "percussion") != played(other, "percussion")


def test_a_house_kick_is_on_every_beat_and_reggae_has_none_on_the_first() -> None:
    def kicks(style: str) -> set[float]:
        _, score = accompany(song(), style, name="one", seed=1)
        return {note.onset_beats % 4.0 for note in played(score, "percussion") if note.pitch == 36}

    assert {0.0, 1.0, 2.0, 3.0} <= kicks("house")
    assert kicks("house") != kicks("reggae-dub")


def test_sections_are_those_of_the_annotators() -> None:
    sections, remaining = spread_sections([("verse", 4), ("verse", 4), ("chorus", 8)], 16)
    assert list(section_spans(replace(song(), sections=sections, remaining=remaining))) == [
        ("verse", 0, 4),
        ("verse", 4, 4),
        ("chorus", 8, 8),
    ]


def test_every_song_and_every_style_is_taken_before_any_comes_again() -> None:
    sources = [replace(song(), song_id=f"set_{number}") for number in range(30)]
    names = [one.name for one in commissions(sources, 60, seed=1)]
    assert len(set(names)) == 60
    assert len({one.song.song_id for one in commissions(sources, 30, seed=1)}) == 30
    assert {one.style for one in commissions(sources, 30, seed=1)} == set(list_styles())


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with four public songs of chords, of which one validates, and the accompaniment made of them."""
    folder = tmp_path_factory.mktemp("data")
    # 0106 is on the side of validation (`splits.source_split`).
    for number in ("0003", "0004", "0006", "0106"):
        path = folder / "McGill-Billboard" / number / "salami_chords.txt"
        path.parent.mkdir(parents=True)
        path.write_text(ANNOTATION.format(title=number), encoding="utf-8")
    assert corpora(["make", "accompaniment", "--data", str(folder), "--songs", "8"]) == 0
    return folder


def test_the_corpus_is_read_as_it_was_written(data: Path) -> None:
    index = json.loads((data / "accompaniment" / "index.json").read_text(encoding="utf-8"))
    reading = read_corpus(data, "accompaniment", use_cache=False)
    assert len(reading.songs) == 8
    sources = {one.song_id: one for one in read_corpora(data, ("billboard",))}
    for read, entry in zip(reading.songs, index["songs"], strict=True):
        source = sources[entry["source"]]
        assert (read.source, read.style, read.split) == ("accompaniment", entry["model_style"], source.split)
        assert [(c.onset_beats, c.root, c.quality) for c in read.chords] == [
            (c.onset_beats, c.root, c.quality) for c in source.chords
        ]
        assert read.sections == source.sections
        assert {name: len(table) for name, table in read.parts.items()} == entry["notes"]
        written = (data / "accompaniment" / entry["file"]).read_bytes()
        assert hashlib.sha256(written).hexdigest() == entry["sha256"]
    assert {one.split for one in reading.songs} == {"train", "validation"}
    card = (data / "accompaniment" / "README.md").read_text(encoding="utf-8")
    assert "CC0 1.0" in card
    assert "8 songs, 160 bars" in card


def test_it_is_made_again_byte_for_byte(data: Path, tmp_path: Path) -> None:
    (tmp_path / "McGill-Billboard").symlink_to(data / "McGill-Billboard")
    again = make_accompaniment(tmp_path, songs=8)
    first = {path.name: path.read_bytes() for path in (data / "accompaniment").rglob("*") if path.is_file()}
    assert {path.name: path.read_bytes() for path in again.rglob("*") if path.is_file()} == first


def test_what_is_missing_or_in_the_way_is_said(data: Path, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="is there already: remove it"):
        make_accompaniment(data)
    with pytest.raises(
        CorpusError, match=r"no chord progressions in .*`beatsfoundry corpora get billboard --data DIR`"
    ):
        make_accompaniment(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("element", ["percussion", "bass", "pads"])
def test_each_network_that_learned_from_it_can_be_trained_on_it(
    element: str, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = tmp_path / "recipe.yaml"
    model = {"width": 32, "heads": 2, "trunk_blocks": 1, "note_blocks": 1, "dropout": 0.1}
    form = {"element": element, "corpora": {"accompaniment": 0.6, "freedoom": 0.4}, "model": model, "rows": 64}
    form |= {"batch": 4, "steps": 4, "warm_up": 2, "validate_every": 4, "checkpoint_every": 4, "sample_every": 0}
    recipe.write_text(yaml.safe_dump(form), encoding="utf-8")
    arguments = [element, "--data", str(data), "--out", str(tmp_path / "out"), "--config", str(recipe), "--no-track"]
    assert train(arguments) == 0
    card = json.loads((tmp_path / "out" / f"{element}.json").read_text(encoding="utf-8"))
    assert card["validation_nats_per_note"]["nll"] > 0.0
    assert [one["name"] for one in card["data"]] == ["accompaniment"]
    told = capsys.readouterr().err
    assert f"without freedoom (40% of the {element} recipe)" in told
    assert "now accompaniment 100%" in told
