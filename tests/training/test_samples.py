"""What a network would write now: heard, seen, logged, and never in the way of the training."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import mido
import pytest
import yaml

from training.config import load_config
from training.corpora import read_corpora
from training.dataset import EncodedPart, encode_part
from training.excerpts import filled_bars, own_excerpt, song_score, write_excerpt
from training.fit import fit
from training.samples import choose_songs
from workbench.models.elements import SPECS
from workbench.models.transformer import ElementTransformer, ModelConfig

pytestmark = pytest.mark.filterwarnings("ignore")
SMALL = ModelConfig(width=32, heads=2, trunk_blocks=1, note_blocks=1, dropout=0.0)


@pytest.fixture(scope="module")
def parts(groove_data: Path) -> list[EncodedPart]:
    return [part for song in read_corpora(groove_data) if (part := encode_part(song, SPECS["percussion"])) is not None]


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    model = {"width": 32, "heads": 2, "trunk_blocks": 1, "note_blocks": 1}
    data = {"element": "percussion", "corpora": {"groove": 1.0}, "model": model, "rows": 64, "batch": 4}
    data |= {"steps": 3, "warm_up": 2, "validate_every": 3, "sample_every": 2}
    path = tmp_path / "recipe.yaml"
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    return path


def test_songs_for_samples_are_held_out_and_filled(parts: list[EncodedPart]) -> None:
    chosen = choose_songs(parts)
    assert [part.song_id for part, _ in chosen] == ["take5", "take6"]
    assert all(filled_bars(part)[bar : bar + 8].all() for part, bar in chosen)
    assert choose_songs([part for part in parts if part.split == "train"]) == []


def test_own_excerpt_is_the_song_and_a_sample_is_not(parts: list[EncodedPart]) -> None:
    part, bar = choose_songs(parts)[0]
    own = own_excerpt(part, "percussion", bar + 2, 4)
    assert own.bars == 4
    assert len(own.parts["percussion"].notes) == 4 * 13
    assert all(0 <= note.onset_beats < 16 for note in own.parts["percussion"].notes)
    network = ElementTransformer(SPECS["percussion"], SMALL).eval()
    written, again, other = (write_excerpt(network, part, bar, 4, seed) for seed in (1, 1, 2))
    assert written == again
    assert written.parts != other.parts
    assert {int(note.onset_beats // 4) for note in written.parts["percussion"].notes} == {0, 1, 2, 3}


def test_every_element_is_written_among_what_it_sees(repository: Path) -> None:
    song = next(read_corpora(repository / "data", ("tutorial",)))
    for element, spec in SPECS.items():
        part = encode_part(song, spec)
        assert part is not None
        score = write_excerpt(ElementTransformer(spec, SMALL).eval(), part, 8, 2, seed=1)
        assert score.bars == 2
        assert score.chords[-1].end_beats == 8.0
        assert set(score.parts) >= ({"pads", "percussion"} if element == "harmony" else {element})
        own = own_excerpt(part, element, 8, 2)
        assert own.tempo_bpm == song.tempo_bpm


def test_a_song_as_a_score_keeps_every_note(repository: Path) -> None:
    song = next(read_corpora(repository / "data", ("tutorial",)))
    score = song_score(song)
    assert {name: len(part.notes) for name, part in score.parts.items()} == {
        name: len(table) for name, table in song.parts.items()
    }
    assert [section.name for section in score.sections for _ in range(section.bars)] == list(song.sections)
    excerpt = song_score(song, 8, 4)
    assert excerpt.bars == 4
    assert all(0.0 <= note.onset_beats < 16.0 for part in excerpt.parts.values() for note in part.notes)


def test_samples_lie_in_the_run_where_nothing_is_logged(recipe: Path, groove_data: Path, tmp_path: Path) -> None:
    fit(load_config(recipe), groove_data, tmp_path / "run", progress=False)
    folder = tmp_path / "run" / "samples"
    assert sorted(path.name for path in folder.iterdir()) == ["songs", "step-000000", "step-000002", "step-000003"]
    for step in folder.iterdir():
        assert sorted(path.name for path in step.iterdir()) == sorted(
            f"{number}.{suffix}" for number in (1, 2) for suffix in ("mid", "mp3", "png")
        )
    assert len(mido.MidiFile(folder / "songs" / "1.mid").tracks) == 2
    assert (folder / "songs" / "1.png").read_bytes().startswith(b"\x89PNG")
    assert (folder / "step-000003" / "2.mp3").stat().st_size > 100_000


def test_a_failed_sample_is_reported_and_ends_nothing(
    recipe: Path, groove_data: Path, tmp_path: Path, monkeypatch: Any, caplog: Any
) -> None:
    def fails(*_: Any) -> None:
        raise OSError("the disk\nis full")

    monkeypatch.setattr("training.samples.audition", fails)
    with caplog.at_level(logging.WARNING, "training.samples"):
        weights = fit(load_config(recipe), groove_data, tmp_path / "run", progress=False)
    assert weights.is_file()
    assert "samples step-000000 could not be made: the disk is full; the training goes on" in caplog.messages
    assert not (tmp_path / "run" / "samples").exists()


def test_samples_do_not_change_what_is_learned(
    recipe: Path, groove_data: Path, tmp_path: Path, monkeypatch: Any
) -> None:
    written = []
    monkeypatch.setattr("training.samples.audition", lambda score, folder, name: written.append(score))
    heard = fit(load_config(recipe), groove_data, tmp_path / "heard", progress=False)
    alone = fit(load_config(recipe, sample_every=0), groove_data, tmp_path / "alone", progress=False)
    assert heard.read_bytes() == alone.read_bytes()
    assert len(written) == 8
    assert not (tmp_path / "alone" / "samples").exists()
