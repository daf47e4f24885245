"""Each reader on a tiny copy of the set in the layouts that it knows."""

from __future__ import annotations

import json
from pathlib import Path

import mido
import numpy as np
import pytest

from tests.training.corpora.tiny_midi import band, midi_track, write_song
from training.corpora import CORPORA, read_corpora, read_corpus
from training.corpora.items import SkippedError
from training.corpora.pop909_published import beats_at
from training.corpora.salami import parse_annotation, section_name, song_words
from training.corpora.sets.drum_patterns import bar_of
from training.corpora.sets.nottingham import name_blocks
from training.corpora.sets.progressions import parse_degree
from training.corpora.song import NoteTable
from training.corpora.splits import source_split, split_by_content
from workbench.domain.errors import CorpusError


def test_tiers_are_reported_for_every_corpus_and_song() -> None:
    assert {corpus.tier for corpus in CORPORA.values()} == {"A", "B", "S", "U"}
    assert {name for name, corpus in CORPORA.items() if corpus.tier == "B"} == {
        "simutrans", "openmsx", "planetblupi", "lmms", "nottingham",
    }  # fmt: skip


# Groove

GROOVE_HEAD = "drummer,session,id,style,bpm,beat_type,time_signature,midi_filename,audio_filename,duration,split"


def test_groove_as_published(tmp_path: Path) -> None:
    rows = [GROOVE_HEAD]
    for number, (metre, split) in enumerate(
        (("4-4", "train"), ("3-4", "train"), ("4-4", "test"), ("4-4", "validation"))
    ):
        name = f"drummer1/session1/{number}_funk_100_beat_{metre}.mid"
        write_song(tmp_path / "groove" / name, band(4)[:1])
        rows.append(f"drummer1,drummer1/session1,drummer1/session1/{number},funk,100,beat,{metre},{name},,1.0,{split}")
    rows.append("drummer1,s,gone,funk,100,beat,4-4,drummer1/gone.mid,,1.0,train")
    (tmp_path / "groove" / "info.csv").write_text("\n".join(rows), encoding="utf-8")
    reading = read_corpus(tmp_path, "groove")
    assert [(song.song_id, song.split) for song in reading.songs] == [
        ("drummer1/session1/0", "train"), ("drummer1/session1/3", "validation"),
    ]  # fmt: skip
    assert reading.reasons == {"the metre is not 4/4": 1, "official test part": 1, "the file is not there": 1}


def test_groove_without_its_index_is_reported(tmp_path: Path) -> None:
    (tmp_path / "groove").mkdir()
    with pytest.raises(CorpusError, match=r"info\.csv"):
        read_corpus(tmp_path, "groove")
    (tmp_path / "groove" / "info.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(CorpusError, match="index is damaged"):
        read_corpus(tmp_path, "groove")


# POP909


def write_pop909(folder: Path, *, seconds_a_beat: float = 0.6, first_beat: int = 2, bars: int = 12) -> None:
    """A song whose beats begin after a silence and whose chords change on the third beat annotated."""
    beats = 4 * bars + first_beat
    times = [1.0 + seconds_a_beat * beat for beat in range(beats)]
    scale = seconds_a_beat / 0.5  # the file's own tempo stays at 120 BPM, so its bar lines are those of no music
    start = (1.0 + seconds_a_beat * first_beat) / 0.5

    def placed(rows: list[tuple[float, float, int]]) -> list[tuple[float, float, int]]:
        return [(start + onset * scale, length * scale, pitch) for onset, length, pitch in rows]

    roots = (0, 7, 9, 5)
    piano = [(4.0 * bar, 3.9, 48 + roots[bar % 4] + step) for bar in range(bars) for step in (0, 12, 19)]
    melody = [(beat / 2, 0.4, 72) for beat in range(8 * bars)]
    tracks = [midi_track("MELODY", 0, 0, placed(melody)), midi_track("PIANO", 1, 0, placed(piano))]
    song = folder / "POP909" / "001"
    write_song(song / "001.mid", tracks)
    song.joinpath("beat_midi.txt").write_text(
        "\n".join(f"{time} {float(i % 2 == 0)} {float(i % 4 == 0)}" for i, time in enumerate(times)), encoding="utf-8"
    )
    song.joinpath("beat_audio.txt").write_text(
        "\n".join(f"{time}\t{float(i % 4 + 1)}" for i, time in enumerate(times)), encoding="utf-8"
    )
    names = ("C:maj", "G:maj/3", "A:min", "F:maj")
    edges = [times[0], *times[first_beat::4], times[-1] + 1]
    labels = ["N", *(names[bar % 4] for bar in range(bars))]
    lines = [f"{a}\t{b}\t{label}" for a, b, label in zip(edges, edges[1:], labels, strict=False)]
    song.joinpath("chord_midi.txt").write_text("\n".join(lines), encoding="utf-8")
    song.joinpath("key_audio.txt").write_text("0.5\t2.0\tG:maj\n2.0\t30.0\tC:maj\n", encoding="utf-8")


def test_pop909_as_published_is_put_on_its_true_downbeats(tmp_path: Path) -> None:
    write_pop909(tmp_path / "POP909-Dataset")
    (song,) = read_corpus(tmp_path, "pop909").songs
    assert (song.song_id, song.split, song.bars, song.bar_beats) == ("pop909_001", "train", 12, 4)
    assert song.tempo_bpm == pytest.approx(100.0, abs=0.01)
    assert str(song.key) == "C major"
    np.testing.assert_allclose(song.parts["leads"].onsets_beats[:4], [0, 0.5, 1, 1.5], atol=0.01)
    assert [(chord.onset_beats, chord.root, chord.bass) for chord in song.chords[:3]] == [
        (0, 0, 0),
        (4, 7, 11),
        (8, 9, 9),
    ]


def test_pop909_with_damaged_texts_is_dropped(tmp_path: Path) -> None:
    write_pop909(tmp_path / "POP909-Dataset")
    (tmp_path / "POP909-Dataset" / "POP909" / "001" / "chord_midi.txt").write_text("one two\n", encoding="utf-8")
    assert read_corpus(tmp_path, "pop909").reasons == {"chord_midi.txt is damaged": 1}


def test_moments_lie_among_beats() -> None:
    times = np.array([1.0, 2.0, 4.0])
    assert beats_at(np.array([1.5, 3.0, 4.0]), times).tolist() == [0.5, 1.5, 2.0]


# Billboard

ANNOTATION = """# title: Any Song
# artist: Somebody
# metre: 4/4
# tonic: C

0.0\tsilence
0.5\tA, intro, | C:maj | F:maj . G:maj . | x2, (guitar)
8.5\tB, verse, | A:min F:maj | (2/4) G:7 | ->
12.5\t| C:maj | * |
16.5\tB', pre-chorus, | F:maj | N |
20.5\tZ, noise
21.0\tend
"""


def test_an_annotation_is_parsed() -> None:
    song = parse_annotation(ANNOTATION)
    assert [(part["section"], len(part["bars"])) for part in song["sections"]] == [
        ("intro", 4), ("verse", 4), ("prechorus", 2),
    ]  # fmt: skip
    assert song["sections"][0]["bars"][1] == "F:maj F:maj G:maj G:maj"
    assert song["bar_s"] == 2.0
    assert (song["metre"], song["sections"][0]["tonic"]) == ("4/4", "C")


def test_a_change_of_key_is_seen() -> None:
    text = "# metre: 4/4\n# tonic: C\n0.0\tA, verse, | C:maj |\n# tonic: D\n2.0\tB, chorus, | D:maj |\n4.0\tend"
    assert [part["tonic"] for part in parse_annotation(text)["sections"]] == ["C", "D"]


def test_an_empty_annotation_holds_nothing() -> None:
    assert parse_annotation("")["sections"] == []
    assert song_words({"id": "billboard_0001", "title": "", "artist": ""}) == ("billboard_0001", "")


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("trans", "interlude"),
        ("fadeout", "outro"),
        ("pre-verse", "prechorus"),
        ("refrain", "chorus"),
        ("vocal", "verse"),
    ],
)
def test_labels_of_sections(label: str, name: str) -> None:
    assert section_name(label) == name


def test_billboard_as_published(tmp_path: Path) -> None:
    texts = {
        "0003": ANNOTATION,
        "0004": ANNOTATION.replace("Any Song", "any song!"),
        "0006": ANNOTATION.replace("Any", "Other").replace("metre: 4/4", "metre: 3/4"),
        "0012": ANNOTATION.replace("Any", "Third").replace("tonic: C", "tonic: ?"),
    }
    for number, text in texts.items():
        path = tmp_path / "McGill-Billboard" / number / "salami_chords.txt"
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
    reading = read_corpus(tmp_path, "billboard")
    (song,) = reading.songs
    assert song.song_id == "billboard_0003"
    assert song.sections[0] == "intro"
    assert song.sections[-1] == "pre-chorus"
    assert song.tempo_bpm == 120.0
    assert [(chord.root, chord.quality) for chord in song.chords[:3]] == [(0, "maj"), (5, "maj"), (7, "maj")]
    assert reading.reasons == {
        "second take of a song": 1, "the metre is not 4/4": 1, "more than one tonic, or none": 1,
    }  # fmt: skip
    (waltz,) = read_corpora(tmp_path, ("billboard_waltzes",))
    assert (waltz.corpus, waltz.bar_beats, waltz.tempo_bpm) == ("billboard_waltzes", 3, 90.0)


# Multi-track sets


def index_entry(name: str, **changes: object) -> dict[str, object]:
    roles = {"drums": 200, "bass": 100, "pad": 50, "lead": 50}
    tracks = [[0, "drums", 0, "", 200], [1, "bass", 33, "", 100], [2, "pad", 89, "", 50], [3, "lead", 80, "", 50]]
    return {"file": name, "ts": ["4/4"], "n_tempos": 1, "tempo": 120.0, "roles": roles, "tracks": tracks, **changes}


def test_indexed_files_are_read_with_the_index_roles(tmp_path: Path) -> None:
    entries = [index_entry("a.mid"), index_entry("b.mid", tracks=[[0, "drums", 0, "", 200], [2, "lead", 89, "", 50]])]
    for entry in entries:
        write_song(tmp_path / "simutrans" / str(entry["file"]), band(8))
    (tmp_path / "simutrans" / "tracks_index.json").write_text(json.dumps(entries), encoding="utf-8")
    first, second = read_corpus(tmp_path, "simutrans").songs
    assert (first.song_id, first.tier, list(first.parts)) == (
        "simutrans_a.mid", "B", ["percussion", "bass", "pads", "leads"],
    )  # fmt: skip
    assert second.parts["leads"].pitches.max() <= first.parts["pads"].pitches.max()


def test_freedoom_by_its_index_takes_whole_files_in_one_metre(tmp_path: Path) -> None:
    entries = [
        index_entry("a.mid"), index_entry("b.mid", ts=["3/4"]), index_entry("c.mid", n_tempos=2),
        index_entry("d.mid", roles={"drums": 200}), index_entry("gone.mid"),
    ]  # fmt: skip
    for entry in entries[:-1]:
        write_song(tmp_path / "freedoom" / str(entry["file"]), band(8))
    (tmp_path / "freedoom" / "tracks_index.json").write_text(json.dumps(entries), encoding="utf-8")
    reading = read_corpus(tmp_path, "freedoom")
    assert [song.song_id for song in reading.songs] == ["freedoom_a.mid"]
    assert sorted(reading.reasons) == [
        "60 drum or bass notes or fewer", "the file is not there", "the metre is not 4/4 throughout",
        "the tempo changes",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "place"),
    [("freedoom", "freedoom/musics"), ("easyrpg", "easyrpg_rtp/Music"), ("openmsx", "openmsx/src")],
)
def test_repositories_without_an_index_get_guessed_roles(tmp_path: Path, name: str, place: str) -> None:
    write_song(tmp_path / place / "song.mid", band(8))
    (song,) = read_corpus(tmp_path, name).songs
    assert (song.corpus, song.tier) == (name, CORPORA[name].tier)
    assert list(song.parts) == ["percussion", "bass", "pads", "leads"]


# Drum patterns

PATTERN = {
    "source": "dmp_200", "name": "Rock1MeasureA", "style": "Rock", "ts": "4/4", "steps": 16,
    "lanes": {"42": "x-x-x-x-x-x-x-x-", "38": "----x-------f---", "36": "x-------x-------"},
    "accent": "----x-----------",
}  # fmt: skip


def test_drum_patterns_are_played_four_times_with_accents(tmp_path: Path) -> None:
    (tmp_path / "drum_patterns").mkdir()
    fill = {**PATTERN, "name": "Rock1Break"}
    odd = {**PATTERN, "name": "Waltz1", "ts": "3/4"}
    path = tmp_path / "drum_patterns" / "dmp_patterns.json"
    path.write_text(json.dumps([PATTERN, fill, odd]), encoding="utf-8")
    reading = read_corpus(tmp_path, "drum_patterns")
    song, ending = reading.songs
    part = song.parts["percussion"]
    assert (song.bars, song.style, song.source, song.tier) == (4, "rock", "sequenced", "A")
    snares = part.pitches == 38
    assert part.onsets_beats[snares][:3].tolist() == pytest.approx([1.0, 3.0 - 1 / 24, 3.0])
    accented, grace, plain = part.velocities[snares][:3]
    assert accented > plain > grace
    assert len(part) == 4 * (8 + 3 + 2)
    assert (song.remaining.sum(), ending.remaining.tolist()) == (0, [1] * 4)
    assert ending.split == song.split
    assert reading.reasons == {"16 steps do not fill a bar of 3/4": 1}


def test_drum_patterns_as_published_are_the_same(tmp_path: Path) -> None:
    lanes = {"42": "ClosedHiHat", "38": "SnareDrum", "36": "BassDrum"}
    words = {"x": "Note", "f": "Flam", "-": "Rest"}
    entry = {
        "title": "Rock1MeasureA", "signature": "4/4", "length": 16,
        "tracks": {lanes[lane]: [words[sign] for sign in signs] for lane, signs in PATTERN["lanes"].items()},  # type: ignore[attr-defined]
        "accent": ["Accent" if sign == "x" else "Rest" for sign in str(PATTERN["accent"])],
    }  # fmt: skip
    (tmp_path / "dmp_midi" / "input").mkdir(parents=True)
    (tmp_path / "dmp_midi" / "input" / "Patterns_200.json").write_text(json.dumps([entry]), encoding="utf-8")
    (tmp_path / "other" / "drum_patterns").mkdir(parents=True)
    (tmp_path / "other" / "drum_patterns" / "dmp_patterns.json").write_text(json.dumps([PATTERN]), encoding="utf-8")
    (published,), (prepared,) = (
        read_corpus(folder, "drum_patterns").songs for folder in (tmp_path, tmp_path / "other")
    )
    assert published.song_id == prepared.song_id
    for name in ("onsets_beats", "pitches", "velocities"):
        np.testing.assert_array_equal(
            getattr(published.parts["percussion"], name), getattr(prepared.parts["percussion"], name)
        )


def test_steps_fill_bars() -> None:
    assert bar_of("12/8", 12) == (4, 1 / 3)
    assert bar_of("3/4", 12) == (3, 1 / 4)
    with pytest.raises(SkippedError, match="do not fill"):
        bar_of("5/4", 16)


# Progressions


def test_progressions_carry_moods_in_both_layouts(tmp_path: Path) -> None:
    prepared = tmp_path / "a" / "free_chord_progressions"
    prepared.mkdir(parents=True)
    lines = ["list,degrees,moods", "prog_maj,I V vi IV,New Romantic Hopeful", "prog_min,i VI VII,Sad"]
    lines += ["prog_modal,im bIIM,Cadence", "prog_maj,I IM-5,Odd", "chord_types_maj,sus2,"]
    (prepared / "progressions.csv").write_text("\n".join(lines), encoding="utf-8")
    published = tmp_path / "b" / "free-midi-chords"
    published.mkdir(parents=True)
    code = 'import os\nprog_maj = ["I V vi IV =New Romantic Hopeful"]\nprog_min = ["i VI VII =Sad"]\n'
    code += 'prog_modal = ["im bIIM =Cadence"]\nother = os.getcwd()\n'
    (published / "chords.py").write_text(code, encoding="utf-8")
    reading = read_corpus(tmp_path / "a", "progressions")
    songs = reading.songs
    assert [song.mood for song in songs] == ["romantic hopeful", "sad", ""]
    assert [song.bars for song in songs] == [8, 8, 8]
    assert [(chord.root, chord.quality) for chord in songs[1].chords[:4]] == [
        (0, "min"), (8, "maj"), (10, "maj"), (10, "maj"),
    ]  # fmt: skip
    assert [str(song.key) for song in songs] == ["C major", "C minor", "C minor"]
    assert reading.reasons == {"a chord cannot be named": 1}
    others = read_corpus(tmp_path / "b", "progressions").songs
    assert [song.chords for song in others] == [song.chords for song in songs]
    assert [song.mood for song in others] == [song.mood for song in songs]


@pytest.mark.parametrize(
    ("degree", "scale", "expected"),
    [
        ("I7", "major", (0, "maj7")), ("V7", "major", (7, "7")), ("ii7", "major", (2, "min7")),
        ("vii7", "major", (11, "hdim7")), ("vii", "major", (11, "dim")), ("v7", "minor", (7, "min7")),
        ("VII", "minor", (10, "maj")), ("V", "minor", (7, "maj")), ("#IVdim", "major", (6, "dim")),
        ("ivmadd9", "major", (5, "min9")), ("Idom7", "major", (0, "7")), ("bVII6", "major", (10, "maj6")),
        ("IM-5", "major", None), ("X", "major", None),
    ],
)  # fmt: skip
def test_degrees(degree: str, scale: str, expected: tuple[int, str] | None) -> None:
    assert parse_degree(degree, scale) == expected


def test_code_in_the_published_list_is_not_run(tmp_path: Path) -> None:
    root = tmp_path / "free-midi-chords"
    root.mkdir()
    (root / "chords.py").write_text(f'open({str(tmp_path / "ran")!r}, "w")\nprog_maj = [open]\n', encoding="utf-8")
    with pytest.raises(CorpusError, match=r"chords\.py is damaged"):
        read_corpus(tmp_path, "progressions")
    assert not (tmp_path / "ran").exists()


# Nottingham


def test_nottingham_reads_melody_and_chords(tmp_path: Path) -> None:
    melody = [(beat / 2, 0.5, 74) for beat in range(2 * 3 * 8)]
    chords = [(3.0 * bar, 3.0, pitch) for bar in range(8) for pitch in ((43, 47, 50), (38, 42, 45, 48))[bar % 2]]
    changes = [
        (0, mido.MetaMessage("time_signature", numerator=3, denominator=4)),
        (0, mido.MetaMessage("key_signature", key="G")),
    ]
    tracks = [midi_track("", 0, 0, melody), midi_track("", 0, 0, chords)]
    write_song(tmp_path / "nottingham" / "MIDI" / "waltzes1.mid", tracks, changes)
    write_song(tmp_path / "nottingham" / "MIDI" / "melody" / "waltzes1.mid", tracks[:1], changes)
    write_song(tmp_path / "nottingham" / "MIDI" / "alone1.mid", tracks[:1], changes)
    reading = read_corpus(tmp_path, "nottingham")
    (song,) = reading.songs
    assert (song.bars, song.bar_beats, song.tier, str(song.key)) == (8, 3, "B", "G major")
    assert list(song.parts) == ["leads"]
    assert [(chord.root, chord.quality) for chord in song.chords[:2]] == [(7, "maj"), (2, "7")]
    assert reading.reasons == {"no track of chords": 1}


def test_blocks_are_named_by_their_tones() -> None:
    pitches = np.array([52, 55, 60, 60, 61, 62])  # C/E, then a cluster that is no chord
    onsets = np.array([0.0, 0, 0, 2, 2, 2])
    (chord,) = name_blocks(NoteTable(onsets, np.ones(6), pitches, np.full(6, 90)), 4.0)
    assert (chord.root, chord.quality, chord.bass, chord.duration_beats) == (0, "maj", 4, 4.0)


# Splits


def test_source_split_is_the_known_one() -> None:
    assert [source_split(f"pop909_{number:03d}") for number in (1, 2, 3, 22)] == [
        "train", "train", "train", "validation",
    ]  # fmt: skip


def test_split_by_content_is_steady_when_files_come() -> None:
    digests = [f"{number:08x}" for number in range(0, 2**32, 2**27)]
    before = dict(zip(digests, split_by_content(digests), strict=True))
    after = dict(zip([*digests, "7" * 8], split_by_content([*digests, "7" * 8]), strict=True))
    assert all(after[digest] == side for digest, side in before.items())
    assert 0.1 < sum(side == "validation" for side in before.values()) / len(before) < 0.2


def test_the_official_layouts_of_real_sets_keep_the_shipped_split(development_data: Path) -> None:
    """The splits that the shipped weights were trained on follow from the ids alone."""
    path = development_data / "midi" / "splits_by_source_song.json"
    if not path.is_file():
        pytest.skip(f"{path} is absent")
    known = json.loads(path.read_text(encoding="utf-8"))
    sides = {"train": "train", "val": "validation"}
    assert all(source_split(name) == sides[side] for name, side in known.items() if name.startswith("pop909"))
