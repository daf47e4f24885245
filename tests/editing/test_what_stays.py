"""Every kind of edit, and the hashes of what it must not change."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import mido
import pytest

from workbench.domain.elements import element_of
from workbench.domain.errors import ParameterError
from workbench.domain.score import Note
from workbench.editing import Song, edit_song
from workbench.editing.edits import KINDS
from workbench.output import write_midi

ALL = ("percussion", "bass", "pads", "leads")
Hash = Callable[..., str]
INTRO, VERSE_1, CHORUS_1, VERSE_2, CHORUS_2 = (range(start, start + 4) for start in range(0, 20, 4))
BARS = range(20)


def without(*pieces: range) -> list[int]:
    return [bar for bar in BARS if not any(bar in piece for piece in pieces)]


@pytest.fixture
def everything(digest: Callable[[object], str]) -> Callable[[Song], str]:
    return lambda song: digest((song.plan, song.score, song.state))


@pytest.fixture(scope="module")
def files(song: Song, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A melody of three bars, a drum pattern of two, and the whole song, as MIDI files."""
    folder = tmp_path_factory.mktemp("midi")
    write_midi(song.score, folder / "song.mid")
    for name, channel, pitches in (("melody", 0, (65, 68, 72, 70)), ("drums", 9, (36, 42, 38, 42))):
        file = mido.MidiFile(ticks_per_beat=480)
        track = mido.MidiTrack()
        for step in range(12 if name == "melody" else 8):
            pitch = pitches[step % 4]
            track.append(mido.Message("note_on", channel=channel, note=pitch, velocity=70 + step, time=10))
            track.append(mido.Message("note_off", channel=channel, note=pitch, time=470))
        file.tracks.append(track)
        file.save(folder / f"{name}.mid")
    return folder


CASES: list[tuple[str, list[dict[str, Any]], dict[str, Any]]] = [
    ("regenerate", [{"element": "bass"}], {"percussion": BARS, "pads": BARS, "leads": BARS, "chords": BARS}),
    ("regenerate", [{"section": "verse 2"}], dict.fromkeys(ALL, without(VERSE_2)) | {"chords": BARS}),
    ("regenerate", [{"bars": [7, 10]}], dict.fromkeys(ALL, without(range(6, 10))) | {"chords": BARS}),
    ("regenerate", [{"element": "pads", "section": "chorus 1"}],
     dict.fromkeys(ALL, BARS) | {"pads": without(CHORUS_1), "chords": BARS}),
    ("regenerate", [{"element": "harmony", "section": "chorus 1"}],
     dict.fromkeys(ALL, without(CHORUS_1)) | {"percussion": BARS}),
    ("vary", [{"element": "percussion", "section": "verse", "strength": 0.3}],
     dict.fromkeys(ALL, BARS) | {"percussion": without(VERSE_1, VERSE_2), "chords": BARS}),
    ("lock", [{"element": "bass"}], dict.fromkeys(ALL, BARS) | {"chords": BARS}),
    ("unlock", [{}], dict.fromkeys(ALL, BARS) | {"chords": BARS}),
    ("transpose", [{"semitones": 3}], {"percussion": BARS}),
    ("transpose", [{"semitones": 12, "element": "leads"}],
     {"percussion": BARS, "bass": BARS, "pads": BARS, "chords": BARS}),
    ("transpose", [{"semitones": -2, "section": "chorus 2"}],
     dict.fromkeys(ALL, without(CHORUS_2)) | {"percussion": BARS}),
    ("tempo", [{"bpm": 98}], dict.fromkeys(ALL, BARS) | {"chords": BARS}),
    ("tempo", [{"bpm": 110, "section": "chorus 2"}], dict.fromkeys(ALL, BARS) | {"chords": BARS}),
    ("patch", [{"element": "bass", "patch": "sub-sine"}], dict.fromkeys(ALL, BARS) | {"chords": BARS}),
    ("sound", [{"element": "bass", "settings": {"amplifier.release_ms": 90}}],
     dict.fromkeys(ALL, BARS) | {"chords": BARS}),
    ("mix", [{"element": "bass", "gain_db": 2.0, "pan": -0.2}], dict.fromkeys(ALL, BARS) | {"chords": BARS}),
    ("style", [{"element": "percussion", "style": "trap"}],
     {"bass": BARS, "pads": BARS, "leads": BARS, "chords": BARS}),
    ("mute", [{"element": "pads", "section": "verse 1"}],
     dict.fromkeys(ALL, BARS) | {"pads": without(VERSE_1), "chords": BARS}),
    ("unmute", [{"element": "bass"}], dict.fromkeys(ALL, BARS) | {"chords": BARS}),
    ("add", [{"element": "leads", "section": "intro"}],
     dict.fromkeys(ALL, BARS) | {"leads": without(INTRO), "chords": BARS}),
    ("drop", [{"element": "leads"}], {"percussion": BARS, "bass": BARS, "pads": BARS, "chords": BARS}),
    ("chords", [{"chords": "Fm Db | Ab Eb", "section": "verse 1"}],
     dict.fromkeys(ALL, without(VERSE_1)) | {"percussion": BARS}),
    ("notes", [{"element": "pads", "add": [{"bar": 3, "beat": 2, "pitch": 100}]}],
     dict.fromkeys(ALL, BARS) | {"pads": without(range(2, 3)), "chords": BARS}),
    ("import", [{"file": "melody.mid", "role": "melody", "bar": 9}],
     dict.fromkeys(ALL, without(range(8, 11))) | {"percussion": BARS}),
    ("import", [{"file": "drums.mid", "role": "drums", "bar": 5}],
     dict.fromkeys(ALL, without(range(4, 6))) | {"chords": BARS}),
    ("import", [{"file": "song.mid", "role": "chords"}], {"percussion": BARS}),
    ("remix", [{}], dict.fromkeys(ALL, BARS) | {"chords": BARS}),
    ("extend", [{"section": "chorus 2", "bars": 2}], dict.fromkeys(ALL, range(19))),
    ("shorten", [{"section": "chorus 2", "bars": 2}], dict.fromkeys(ALL, range(17))),
    ("reorder", [{"sections": ["intro", "verse 1", "chorus 2"]}], dict.fromkeys(ALL, range(8))),
    ("loop", [{"bars": [1, 8]}], dict.fromkeys(ALL, range(8)) | {"chords": range(8)}),
]  # fmt: skip
BEFORE: dict[str, dict[str, Any]] = {
    "unlock": {"edit": "lock", "element": "leads"},
    "unmute": {"edit": "mute", "element": "bass"},
}
"""What must have been done before."""


def chord_words(song: Song, bars: list[int] | range) -> list[tuple[int, str, int]]:
    chords = song.score.chords
    beats = [bar * 4 + beat + 0.01 for bar in bars for beat in range(4)]
    found = [next(chord for chord in chords if chord.end_beats > beat) for beat in beats]
    return [(chord.root, chord.quality, chord.bass) for chord in found]


@pytest.mark.parametrize(("kind", "edits", "stays"), CASES, ids=lambda value: value if isinstance(value, str) else "")
def test_what_is_not_touched_keeps_its_bytes(
    song: Song,
    notes_hash: Hash,
    everything: Hash,
    files: Path,
    kind: str,
    edits: list[dict[str, Any]],
    stays: dict[str, Any],
) -> None:
    whole = everything(song)
    wanted = [{**edit, "edit": kind} for edit in edits]
    for edit in wanted:
        if "file" in edit:
            edit["file"] = str(files / edit["file"])
    first = edit_song(song, [BEFORE[kind]]) if kind in BEFORE else song
    changed = edit_song(first, wanted)
    for element, bars in stays.items():
        if element == "chords":
            assert chord_words(changed, bars) == chord_words(song, bars)
        else:
            assert notes_hash(changed, element, bars) == notes_hash(song, element, bars), element
    assert everything(song) == whole, "the song that is edited stays as it is"
    assert everything(edit_song(first, wanted)) == everything(changed), "the same edit gives the same song"
    assert len(changed.state.history) == len(first.state.history) + 1
    assert changed.plan.decisions[-1].value.startswith(kind)
    assert list(changed.score.parts) == [name for name in ALL if name in changed.plan.palette]


def test_every_kind_is_tested() -> None:
    assert {kind for kind, _, _ in CASES} == set(KINDS)


def test_the_history_replayed_gives_the_same_song(song: Song, everything: Hash, files: Path) -> None:
    edits = [
        {"edit": "vary", "element": "leads", "strength": 0.4},
        {"edit": "import", "file": str(files / "drums.mid"), "role": "drums", "bar": 5, "around": False},
        {"edit": "reorder", "sections": ["verse 1", "chorus 1", "verse 1", "chorus 2"]},
        {"edit": "regenerate", "element": "bass", "bars": [9, 12]},
    ]
    changed = edit_song(song, edits)
    again = edit_song(song, [dict(entry) for entry in changed.state.history])
    assert everything(again) == everything(changed)


@pytest.mark.parametrize("element", ALL)
def test_regenerate_writes_something_else(song: Song, notes_hash: Hash, element: str) -> None:
    edit = {"edit": "regenerate", "element": element, "section": "chorus 2"}
    hashes = {notes_hash(edit_song(song, [{**edit, "seed": seed}]), element, CHORUS_2) for seed in (1, 2)}
    assert len(hashes | {notes_hash(song, element, CHORUS_2)}) == 3


def test_a_greater_strength_varies_more(song: Song) -> None:
    def changed_bars(strength: float) -> set[int]:
        edit = {"edit": "vary", "element": "bass", "strength": strength, "seed": 5}
        after = edit_song(song, [edit]).score.parts["bass"].notes
        moved = set(after) ^ set(song.score.parts["bass"].notes)
        return {song.bar_of(note) for note in moved}

    little, much = changed_bars(0.2), changed_bars(0.8)
    assert 0 < len(little) <= 4 < len(much) <= 16


def test_locked_notes_are_left_alone_or_refused(song: Song, notes_hash: Hash) -> None:
    locks = [{"edit": "lock", "element": "bass", "section": "verse 2"}, {"edit": "lock", "element": "pads"}]
    held = edit_song(song, locks)
    changed = edit_song(held, [{"edit": "regenerate"}, {"edit": "vary", "strength": 1}])
    assert notes_hash(changed, "bass", VERSE_2) == notes_hash(song, "bass", VERSE_2)
    assert notes_hash(changed, "pads") == notes_hash(song, "pads")
    assert notes_hash(changed, "bass", VERSE_1) != notes_hash(song, "bass", VERSE_1)
    moved = edit_song(held, [{"edit": "reorder", "sections": ["verse 2", "intro", "chorus 2", "verse 1", "chorus 1"]}])
    assert moved.locked_bars("bass") == set(range(4))


def test_a_mute_comes_back_note_for_note(song: Song, notes_hash: Hash) -> None:
    silent = edit_song(song, [{"edit": "mute", "element": "pads"}])
    assert "pads" not in silent.score.parts
    assert "pads" not in silent.plan.palette
    assert all("pads" not in section.elements for section in silent.plan.sections)
    back = edit_song(silent, [{"edit": "unmute", "element": "pads"}])
    assert (back.score.parts, back.plan.palette, back.plan.sections) == (
        song.score.parts, song.plan.palette, song.plan.sections,
    )  # fmt: skip
    lower = edit_song(silent, [{"edit": "transpose", "semitones": -3}, {"edit": "unmute", "element": "pads"}])
    assert [n.pitch + 3 for n in lower.score.parts["pads"].notes] == [n.pitch for n in song.score.parts["pads"].notes]


def test_form_moves_bars_with_their_notes(song: Song) -> None:
    def bar(of: Song, element: str, number: int) -> list[tuple[float, int, float, int]]:
        notes = [note for note in of.score.parts[element].notes if of.bar_of(note) == number]
        return [(round(n.onset_beats - 4 * number, 6), n.pitch, n.duration_beats, n.velocity) for n in notes]

    longer = edit_song(song, [{"edit": "extend", "section": "verse 1", "bars": 4, "strength": 0}])
    assert longer.plan.bars == 24
    assert [section.bars for section in longer.plan.sections] == [4, 8, 4, 4, 4]
    shorter = edit_song(song, [{"edit": "shorten", "section": "verse 1", "bars": 2}])
    assert shorter.plan.bars == 18
    twice = edit_song(song, [{"edit": "reorder", "sections": ["chorus 2", "chorus 2"]}])
    for element in ALL:
        assert bar(longer, element, 11) == bar(song, element, 7), "the last bar of the section stays the last"
        assert bar(longer, element, 23) == bar(song, element, 19)
        assert [bar(longer, element, n) for n in (7, 8, 9, 10)] == [bar(song, element, n) for n in (7, 4, 5, 6)]
        assert [bar(shorter, element, n) for n in (4, 5, 6)] == [bar(song, element, n) for n in (4, 7, 8)]
        assert [bar(twice, element, n) for n in (0, 4)] == [bar(song, element, 16)] * 2
    for changed in (longer, shorter, twice):
        chords = changed.score.chords
        assert chords[0].onset_beats == 0
        assert chords[-1].end_beats == changed.score.length_beats
        assert all(a.end_beats == b.onset_beats for a, b in itertools.pairwise(chords))


def test_transposition_takes_key_and_chords_along(song: Song) -> None:
    up = edit_song(song, [{"edit": "transpose", "semitones": 2}])
    assert str(up.plan.key) == str(up.score.key) == "G minor"
    assert [(c.root - 2) % 12 for c in up.score.chords] == [c.root for c in song.score.chords]
    lifted = edit_song(song, [{"edit": "transpose", "semitones": 1, "section": "chorus 2"}])
    assert [str(section.key) for section in lifted.plan.sections] == ["None"] * 4 + ["F# minor"]
    again = edit_song(lifted, [{"edit": "transpose", "semitones": 2}])
    assert [str(again.plan.key), str(again.plan.sections[-1].key)] == ["G minor", "G# minor"]
    part = edit_song(song, [{"edit": "transpose", "semitones": 2, "bars": [18, 18]}])
    assert str(part.plan.key) == "F minor"
    assert part.score.chords[-1].end_beats == song.score.length_beats


def test_an_import_is_in_the_song_as_it_was_played(song: Song, files: Path) -> None:
    changed = edit_song(song, [{"edit": "import", "file": str(files / "melody.mid"), "role": "melody", "bar": 9}])
    heard = [note for note in changed.score.parts["leads"].notes if changed.bar_of(note) in range(8, 11)]
    assert [note.pitch for note in heard] == [65, 68, 72, 70] * 3
    assert [note.velocity for note in heard] == list(range(70, 82))
    starts = [note.start_beats - 32 for note in heard]
    assert starts == pytest.approx([step + 10 / 480 for step in range(12)], abs=1e-5)
    tones = [pitch for chord in changed.score.chords for pitch in chord.pitch_classes]
    assert tones


def test_chords_written_in_a_file_are_read_back(song: Song, files: Path) -> None:
    other = edit_song(song, [{"edit": "chords", "chords": "Bbm | Db", "bars": [1, 20]}])
    back = edit_song(other, [{"edit": "import", "file": str(files / "song.mid"), "role": "chords", "around": False}])
    assert chord_words(back, BARS) == chord_words(song, BARS)


def test_chords_that_are_only_written_have_no_track_to_choose(song: Song, tmp_path: Path) -> None:
    file = mido.MidiFile(ticks_per_beat=96)
    file.tracks.append(mido.MidiTrack())
    for symbol in ("Dm", "G7", "C", "C"):
        file.tracks[0] += [mido.MetaMessage("text", text=symbol), mido.MetaMessage("marker", text="", time=384)]
    file.save(tmp_path / "sheet.mid")
    edit = {"edit": "import", "file": str(tmp_path / "sheet.mid"), "role": "chords", "bar": 5, "around": False}
    heard = chord_words(edit_song(song, [edit]), range(4, 7))
    assert heard[::4] == [(2, "min", 2), (7, "7", 7), (0, "maj", 0)]
    with pytest.raises(ParameterError, match="track 9 cannot be chosen: no track of the MIDI file holds notes"):
        edit_song(song, [{**edit, "track": 9}])


def test_chords_are_heard_in_notes(song: Song, tmp_path: Path) -> None:
    file = mido.MidiFile(ticks_per_beat=96)
    track = mido.MidiTrack()
    for pitches in ((53, 56, 60), (49, 53, 56, 60), (51, 55, 58)):
        track += [mido.Message("note_on", note=pitch, velocity=80) for pitch in pitches]
        track += [mido.Message("note_off", note=p, time=384 * (index == 0)) for index, p in enumerate(pitches)]
    file.tracks.append(track)
    file.save(tmp_path / "pads.mid")
    edit = {"edit": "import", "file": str(tmp_path / "pads.mid"), "role": "chords", "bar": 5, "around": False}
    changed = edit_song(song, [edit])
    symbols = [chord.symbol(song.plan.key) for chord in changed.score.chords if 16 <= chord.onset_beats < 28]
    assert symbols == ["Fm", "Dbmaj7", "Eb"]


def test_a_style_of_one_element_is_kept_for_later_edits(song: Song) -> None:
    styled = edit_song(song, [{"edit": "style", "element": "percussion", "style": "trap"}])
    assert (styled.plan.style, styled.state.styles) == (song.plan.style, {"percussion": "trap"})
    assert styled.plan.patches["percussion"] != song.plan.patches["percussion"]

    def hats(of: Song) -> int:
        return sum(note.pitch == 42 for note in of.score.parts["percussion"].notes)

    again = edit_song(styled, [{"edit": "regenerate", "element": "percussion", "section": "chorus"}])
    assert again.state.styles == {"percussion": "trap"}
    assert hats(styled) != hats(song)


def test_notes_stay_sorted_and_in_the_song(song: Song) -> None:
    changed = edit_song(song, [{"edit": "vary", "strength": 0.5}, {"edit": "extend", "section": "intro", "bars": 3}])
    for part in changed.score.parts.values():
        assert list(part.notes) == sorted(part.notes)
        assert all(isinstance(n, Note) and 0 <= n.onset_beats < changed.score.length_beats for n in part.notes)


@pytest.mark.parametrize("semitones", [-24, -19, 24])
def test_a_song_is_transposed_within_what_instruments_play(song: Song, semitones: int) -> None:
    moved = edit_song(song, [{"edit": "transpose", "semitones": semitones}])
    shifts = {}
    for element in ("bass", "pads", "leads"):
        low, high = element_of(element).compass
        before, after = ([note.pitch for note in one.score.parts[element].notes] for one in (song, moved))
        steps = {new - old for old, new in zip(sorted(before), sorted(after), strict=True)}
        assert len(steps) == 1, "the line keeps its shape"
        shifts[element] = steps.pop()
        assert low <= min(after) <= max(after) <= high
        assert (shifts[element] - semitones) % 12 == 0
        traits = moved.plan.parts[element]
        assert low <= traits.low_pitch <= traits.high_pitch - 12 <= high - 12
    if semitones < 0:
        assert shifts["bass"] > semitones
    assert moved.plan.key.tonic == (song.plan.key.tonic + semitones) % 12


def test_notes_that_lie_outside_already_may_come_back(song: Song) -> None:
    """A part as an import may leave it: a semitone further is refused, back is not."""
    bass = song.score.parts["bass"].notes
    down = 12 - min(note.pitch for note in bass)
    deep = song.with_notes("bass", [replace(note, pitch=note.pitch + down) for note in bass])
    back = edit_song(deep, [{"edit": "transpose", "element": "bass", "semitones": 2}])
    assert min(note.pitch for note in back.score.parts["bass"].notes) == 14
    with pytest.raises(ParameterError, match="bass would lie at MIDI 11 to"):
        edit_song(deep, [{"edit": "transpose", "element": "bass", "semitones": -1}])
