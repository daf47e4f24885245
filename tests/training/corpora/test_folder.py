from __future__ import annotations

import json
from pathlib import Path

import mido
import numpy as np
import pytest

from tests.training.corpora.tiny_midi import band, midi_track, raw_midi, write_song
from training.corpora import read_corpora, read_folder
from training.corpora.near import near_counts
from training.corpora.roles import ROLES_FILE, read_roles, write_roles
from training.corpora.sets.folder import role_table
from workbench.domain.errors import CorpusError

NOTE = bytes([0, 0x90, 60, 100, 96, 0x80, 60, 0])
FIVE_FOUR = bytes([0, 0xFF, 0x58, 4, 5, 2, 24, 8])


def metre(numerator: int, denominator: int) -> mido.MetaMessage:
    return mido.MetaMessage("time_signature", numerator=numerator, denominator=denominator)


def tempo(bpm: float) -> mido.MetaMessage:
    return mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(bpm))


def test_roles_key_and_chords_are_found(tmp_path: Path) -> None:
    write_song(tmp_path / "house" / "song.mid", band(8), [(0, tempo(96))])
    (song,) = read_folder(tmp_path).songs
    assert list(song.parts) == ["percussion", "bass", "pads", "leads"]
    assert (song.bars, song.bar_beats, song.style, song.tier) == (8, 4, "house", "U")
    assert song.tempo_bpm == pytest.approx(96, abs=0.01)
    assert str(song.key) == "C major"
    assert [(chord.root, chord.quality) for chord in song.chords[:4]] == [
        (0, "maj"), (7, "maj"), (9, "min"), (5, "maj"),
    ]  # fmt: skip
    assert song.source == "sequenced"


def test_waltzes_get_one_chord_a_bar(tmp_path: Path) -> None:
    write_song(tmp_path / "waltz.MIDI", band(8, bar_beats=3), [(0, metre(3, 4))])
    (song,) = read_folder(tmp_path).songs
    assert (song.bars, song.bar_beats) == (8, 3)
    assert [chord.onset_beats % 3 for chord in song.chords] == [0.0] * 8


def test_deviations_tell_a_played_file(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    rows = [(max(0.0, beat / 2 + rng.normal(0, 0.02)), 0.1, 38) for beat in range(64)]
    write_song(tmp_path / "played.mid", [midi_track("", 9, 0, rows)])
    assert read_folder(tmp_path).songs[0].source == "played"


def test_the_longest_stretch_of_one_metre_and_tempo_is_cut_out(tmp_path: Path) -> None:
    changes = [(0, metre(4, 4)), (0, tempo(100)), (16, tempo(140)), (48, metre(5, 4))]
    write_song(tmp_path / "changing.mid", band(24), changes)
    (song,) = read_folder(tmp_path).songs
    assert song.bars == 8
    assert song.tempo_bpm == pytest.approx(140, abs=0.01)
    assert song.parts["bass"].onsets_beats[0] == 0.0
    assert song.parts["bass"].onsets_beats[-1] == 31.0


def test_a_tempo_that_only_breathes_is_one_tempo(tmp_path: Path) -> None:
    write_song(tmp_path / "breathing.mid", band(8), [(4 * bar, tempo(100 + bar % 3)) for bar in range(8)])
    assert read_folder(tmp_path).songs[0].bars == 8


def test_empty_bars_at_either_end_do_not_count(tmp_path: Path) -> None:
    rows = [(8.0 + beat / 2, 0.2, 38) for beat in range(40)]
    write_song(tmp_path / "late.mid", [midi_track("", 9, 0, rows)])
    (song,) = read_folder(tmp_path).songs
    assert song.bars == 5
    assert song.parts["percussion"].onsets_beats[0] == 0.0


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the file is empty"),
        (b"RIFF this is no MIDI at all", "not a MIDI file"),
        (b"MThd\0\0\0\6\0", "damaged MIDI: the header ends too early"),
        (raw_midi(NOTE, length=2**32 - 1), "no track has a role"),
        (raw_midi(bytes([0, 60, 100])), "no notes"),
        (raw_midi(bytes([0, 0xF0, 0xFF, 0xFF, 0xFF, 0x7F])), "no notes"),
        (raw_midi(b"", tracks=0), "no track"),
        (b"MThd\0\0\0\6\0\1\0\2\1\xe0", "damaged MIDI: no track is left of it"),
        (raw_midi(NOTE * 40, division=0), "no ticks in a quarter note"),
        (raw_midi(NOTE * 40, division=0xE700), "no ticks in a frame"),
        (raw_midi(bytes([0, 0xFF, 0x51, 3, 0, 0, 1]) + NOTE * 40), "the tempo lies outside 20 to 400 BPM"),
        (raw_midi(bytes([0, 0xFF, 0x58, 4, 7, 3, 24, 8]) + NOTE * 40), "the metre is neither 4/4 nor 3/4"),
        (raw_midi(NOTE * 20 + FIVE_FOUR + NOTE * 20), "fewer than 4 bars of one metre and tempo"),
        (raw_midi(NOTE + bytes([0xFF, 0xFF, 0xFF, 0x7F]) + NOTE[1:]), "longer than 1,000 bars"),
        (raw_midi(NOTE * 250_000), "more than 200,000 notes"),
    ],
)  # fmt: skip
def test_odd_files_are_dropped_with_a_reason(tmp_path: Path, data: bytes, reason: str) -> None:
    (tmp_path / "odd.mid").write_bytes(data)
    reading = read_folder(tmp_path)
    assert reading.songs == ()
    assert reading.reasons == {reason: 1}


@pytest.mark.parametrize(
    "data",
    [
        raw_midi(NOTE * 40)[:-30],
        raw_midi(NOTE * 40, length=2**32 - 1),
        raw_midi(NOTE * 40, kind=5),
        raw_midi(NOTE * 40, division=0xE728),
        raw_midi(bytes([0, 0xFF, 0x51, 3, 0, 0, 0]) + NOTE * 40),
        raw_midi(bytes([0, 0xFF, 0x58, 4, 4, 200, 24, 8]) + NOTE * 40),
        raw_midi(bytes([0, 0xFF, 0x58, 4, 0, 0, 24, 8]) + NOTE * 40),
        raw_midi(bytes([0, 0xFF, 0x59, 2, 0xFE, 0xFF]) + NOTE * 40),
    ],
    ids=("cut off", "length", "type", "frames", "tempo 0", "metre 4/2^200", "metre 0/1", "key"),
)
def test_what_makes_no_sense_does_not_cost_the_notes(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "odd.mid").write_bytes(data)
    (song,) = read_folder(tmp_path).songs
    assert song.bars == 4
    assert len(song.parts["leads"]) >= 2 * 36 - 4


def test_links_and_folders_named_as_files_do_no_harm(tmp_path: Path) -> None:
    write_song(tmp_path / "song.mid", band(8))
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "self.mid").symlink_to(tmp_path / "self.mid")
    (tmp_path / "gone.mid").symlink_to(tmp_path / "nowhere.mid")
    (tmp_path / "folder.mid").mkdir()
    reading = read_folder(tmp_path)
    assert len(reading.songs) == 1
    assert {outcome.name for outcome in reading.dropped} == {"self.mid", "gone.mid"}
    assert sum(reading.reasons.values()) == 2


def test_a_file_that_may_not_be_opened_is_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_song(tmp_path / "song.mid", band(8))

    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert read_folder(tmp_path).reasons == {"cannot be opened (Permission denied)": 1}


def test_a_corrected_role_wins(tmp_path: Path) -> None:
    write_song(tmp_path / "song.mid", band(8))
    rows, broken = role_table(tmp_path)
    assert broken == []
    assert [row.role for row in rows] == ["percussion", "bass", "pads", "leads"]
    path = write_roles(tmp_path, rows)
    table = json.loads(path.read_text(encoding="utf-8"))
    assert set(table[1]) == {
        "file", "track", "name", "program", "notes", "lowest", "highest", "polyphony", "role", "doubt",
    }  # fmt: skip
    before = read_folder(tmp_path).songs[0]
    table[2]["role"], table[3]["role"] = "none", "pads"
    path.write_text(json.dumps(table), encoding="utf-8")
    (song,) = read_folder(tmp_path).songs
    assert "leads" not in song.parts
    assert song.parts["pads"].pitches.min() == before.parts["leads"].pitches.min()
    assert [row.role for row in role_table(tmp_path)[0]] == ["percussion", "bass", "none", "pads"]


@pytest.mark.parametrize("text", ["{", '[{"file": "a.mid"}]', '[{"file": "a.mid", "track": 0, "role": "oboe"}]'])
def test_a_damaged_table_of_roles_is_reported(tmp_path: Path, text: str) -> None:
    (tmp_path / ROLES_FILE).write_text(text, encoding="utf-8")
    with pytest.raises(CorpusError, match=r"roles\.json"):
        read_roles(tmp_path)


def test_both_sides_get_a_file_and_equal_contents_share_one(tmp_path: Path) -> None:
    for number in range(6):
        write_song(tmp_path / f"{number}.mid", band(8, transpose=number))
    (tmp_path / "copy.mid").write_bytes((tmp_path / "3.mid").read_bytes())
    split = {outcome.name: outcome.song.split for outcome in read_folder(tmp_path).outcomes if outcome.song}
    assert set(split.values()) == {"train", "validation"}
    assert split["copy.mid"] == split["3.mid"]


def random_tune(seed: int) -> list[tuple[float, float, int]]:
    rng = np.random.default_rng(seed)
    return [(slot / 4, 0.2, int(rng.integers(60, 84))) for slot in range(8 * 16) if rng.random() < 0.5]


def test_near_duplicates_share_a_side(tmp_path: Path) -> None:
    """Twelve tunes, each with a copy that is transposed and has a wrong note."""
    for seed in range(12):
        rows = random_tune(seed)
        wrong = [(onset, length, pitch + 5 + (index == 40)) for index, (onset, length, pitch) in enumerate(rows)]
        write_song(tmp_path / f"{seed}-a.mid", [midi_track("lead", 0, 80, rows)])
        write_song(tmp_path / f"{seed}-b.mid", [midi_track("lead", 0, 80, wrong)])
    reading = read_folder(tmp_path)
    split = {outcome.name: outcome.song.split for outcome in reading.outcomes if outcome.song}
    assert set(split.values()) == {"train", "validation"}
    assert all(split[f"{seed}-a.mid"] == split[f"{seed}-b.mid"] for seed in range(12))
    assert near_counts(reading.songs) == {"songs": 24, "groups": 12, "across": 0}


def test_one_file_trains(tmp_path: Path) -> None:
    write_song(tmp_path / "song.mid", band(8))
    assert read_folder(tmp_path).songs[0].split == "train"


def test_the_folder_is_read_by_name_only(tmp_path: Path) -> None:
    write_song(tmp_path / "song.mid", band(8))
    assert [song.song_id for song in read_corpora(tmp_path, ("folder",))] == ["folder_song.mid"]
    with pytest.raises(CorpusError, match="no corpus"):
        list(read_corpora(tmp_path))


def test_a_missing_folder_is_reported(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="is not there"):
        read_folder(tmp_path / "nowhere")


def test_no_damage_is_a_traceback(tmp_path: Path) -> None:
    """Bytes changed, cut and doubled anywhere: a file is read or dropped, and a reason names no bytes."""
    whole = write_song(tmp_path / "whole" / "song.mid", band(4), [(0, metre(4, 4)), (0, tempo(120))]).read_bytes()
    rng = np.random.default_rng(5)
    folder = tmp_path / "damaged"
    folder.mkdir()
    for number in range(120):
        data = bytearray(whole)
        for place in rng.integers(0, len(data), int(rng.integers(1, 8))):
            data[place] = int(rng.integers(0, 256))
        if number % 3 == 0:
            del data[int(rng.integers(0, len(data))) :]
        (folder / f"{number}.mid").write_bytes(bytes(data))
    reading = read_folder(folder, processes=1, use_cache=False)
    assert len(reading.outcomes) == 120
    assert len(reading.reasons) < 10


LIVE = [(0, metre(4, 4))]


def test_a_take_whose_tempo_breathes_from_beat_to_beat_is_one_tempo(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    map_of_a_take = [(beat, tempo(100 + rng.uniform(-4, 4))) for beat in range(64)]
    write_song(tmp_path / "live.mid", band(16), LIVE + map_of_a_take)
    (song,) = read_folder(tmp_path).songs
    assert song.bars == 16
    assert song.tempo_bpm == pytest.approx(100, abs=1)


def test_a_tempo_that_changes_for_good_is_another_one(tmp_path: Path) -> None:
    write_song(tmp_path / "two.mid", band(24), [(0, tempo(100)), (32, tempo(112))])
    (song,) = read_folder(tmp_path).songs
    assert (song.bars, round(song.tempo_bpm)) == (16, 112)


def test_events_one_tick_late_cost_no_bar(tmp_path: Path) -> None:
    late = 1 / 480
    write_song(tmp_path / "late.mid", band(8), [(late, metre(4, 4)), (late, tempo(96))])
    (song,) = read_folder(tmp_path).songs
    assert (song.bars, round(song.tempo_bpm)) == (8, 96)


@pytest.mark.parametrize(("bars", "learned"), [(1, 4), (2, 4), (3, 6), (4, 4)])
def test_loops_are_repeated_to_the_least_length(tmp_path: Path, bars: int, learned: int) -> None:
    hits = [(beat / 2, 0.1, (36, 42, 38, 42)[beat % 4]) for beat in range(8 * bars)]
    write_song(tmp_path / "loop.mid", [midi_track("", 9, 0, hits)], [(0, tempo(96))])
    (song,) = read_folder(tmp_path).songs
    part = song.parts["percussion"]
    assert (song.bars, len(part)) == (learned, 8 * learned)
    assert np.array_equal(part.onsets_beats, np.arange(8 * learned) / 2)
    assert [row.role for row in role_table(tmp_path)[0]] == ["percussion"]


def test_a_short_bass_loop_is_a_bass(tmp_path: Path) -> None:
    write_song(tmp_path / "loop.mid", [midi_track("", 0, 0, [(beat, 0.9, 36 + 2 * beat) for beat in range(4)])])
    assert list(read_folder(tmp_path).songs[0].parts) == ["bass"]


def test_the_path_of_one_file_is_reported(tmp_path: Path) -> None:
    path = write_song(tmp_path / "my song.mid", band(8))
    with pytest.raises(CorpusError, match=r"my song\.mid is a file: expected the folder"):
        read_folder(path)


def test_what_is_left_out_is_counted_with_reasons(tmp_path: Path) -> None:
    write_song(tmp_path / "song.mid", band(8))
    for number in range(2):
        write_song(tmp_path / f"odd{number}.mid", band(8, 3), [(0, metre(5, 4))])
    (tmp_path / "no.mid").write_bytes(b"fLaC")
    reading = read_folder(tmp_path)
    assert reading.left_out() == (
        "3 of 4 files are left out: 2 the metre is neither 4/4 nor 3/4 (such as odd0.mid); 1 not a MIDI file (no.mid)"
    )


def test_karaoke_and_riff_files_are_found(tmp_path: Path) -> None:
    whole = write_song(tmp_path / "song.mid", band(8)).read_bytes()
    (tmp_path / "song.KAR").write_bytes(whole)
    (tmp_path / "song.rmi").write_bytes(b"RIFF" + bytes(4) + b"RMIDdata" + len(whole).to_bytes(4, "little") + whole)
    assert {outcome.name for outcome in read_folder(tmp_path).outcomes} == {"song.mid", "song.KAR", "song.rmi"}
    assert [song.bars for song in read_folder(tmp_path).songs] == [8, 8, 8]
