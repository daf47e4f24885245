"""MIDI files and lists of edits at random: no traceback, no hang, nothing half done, and what is untouched stays."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.midi.writing import At, beat, body, chunk, header, meta, note, riff, tune
from training.corpora.items import SkippedError
from training.corpora.note_tables import parse_midi
from training.corpora.stretch import MOST_BARS, longest_stretch
from workbench.composition import compose
from workbench.concept import translate
from workbench.domain.edit_state import EditState
from workbench.domain.elements import element_of, is_drums
from workbench.domain.errors import MidiFileError, ParameterError
from workbench.domain.plain_data import to_plain
from workbench.domain.request import parse_request
from workbench.editing import Song, adopt, edit_song
from workbench.midi.chord_texts import written_chords
from workbench.midi.file import read_midi
from workbench.midi.parts import ROLES, facts_of, guess
from workbench.output.daw import read_session

LONGEST_SECONDS = 10.0
QUICK_FILES, QUICK_ADOPTED, QUICK_EDITS, MANY = 300, 100, 80, 10_000
"""Cases of the three fuzzers in `make test`, and of each in `make test-long`."""

octet = st.integers(0, 255)
low = st.integers(0, 127)
at = st.floats(0, 40).map(lambda beats: round(beats, 3))
words = st.sampled_from(["A", "B", "Am7", "C°7", "Verse", "key: X", "chord: F", "", "\0", "Ünïcode", "コード", "N.C."])
a_note = st.builds(note, at, st.one_of(st.none(), st.floats(0.01, 8)), low, low, st.integers(0, 15))
a_meta = st.builds(
    lambda place, kind, data: [(place, meta(kind, data))],
    at, st.sampled_from([0, 1, 3, 4, 5, 6, 7, 0x20, 0x2F, 0x51, 0x54, 0x58, 0x59, 0x7F, 0x33]), st.binary(max_size=8),
)  # fmt: skip
a_text = st.builds(lambda place, kind, text: [(place, meta(kind, text))], at, st.sampled_from([1, 3, 5, 6]), words)
a_message = st.builds(
    lambda place, status, one, two: [(place, bytes([status, one, two][: 2 if 0xC0 <= status < 0xE0 else 3]))],
    at, st.integers(0x80, 0xEF), octet, octet,
)  # fmt: skip
odd_bytes = st.builds(lambda place, data: [(place, data)], at, st.binary(min_size=1, max_size=5))
events = st.lists(st.one_of(a_note, a_note, a_meta, a_text, a_message, odd_bytes), max_size=30).map(
    lambda lists: [event for one in lists for event in one]
)
track = st.one_of(events, events.map(lambda more: [*tune(4), *more]), events.map(lambda more: [*beat(4, 0), *more]))


def _file(kind: int, division: int, tracks: list[list[At]], wrong: tuple[int, int], wrapped: bool) -> bytes:
    chunks = [chunk(body(one)) for one in tracks]
    if chunks and wrong[0]:
        data = body(tracks[-1])
        chunks[-1] = chunk(data, length=max(0, len(data) + wrong[1]))
    whole = header(kind, len(tracks) + wrong[0] % 3, division) + b"".join(chunks)
    return riff(whole) if wrapped else whole


well_or_ill_formed = st.builds(
    _file, st.integers(0, 3), st.sampled_from([1, 24, 96, 480, 960, 0x7FFF, 0, 0xE728, 0xE200]),
    st.lists(track, max_size=4), st.tuples(st.integers(0, 3), st.integers(-40, 60)), st.booleans(),
)  # fmt: skip


def _damaged(data: bytes, changes: list[tuple[int, int]], end: float) -> bytes:
    damaged = bytearray(data)
    for place, value in changes:
        if damaged:
            damaged[place % len(damaged)] = value
    return bytes(damaged[: round(len(damaged) * end)])


places = st.lists(st.tuples(st.integers(0, 5000), octet), max_size=8)
files = st.one_of(
    well_or_ill_formed, st.builds(_damaged, well_or_ill_formed, places, st.sampled_from([1.0, 1.0, 0.9, 0.5]))
)


def fuzzed(strategy: st.SearchStrategy[Any], cases: int) -> Any:
    """A test over a strategy whose cases are the same at each run."""
    calm = (HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large)
    fixed = settings(max_examples=cases, deadline=None, derandomize=True, database=None, suppress_health_check=calm)
    return lambda function: fixed(given(strategy)(function))


def one_line(error: Exception, text: str) -> None:
    assert "\n" not in text, repr(error)
    assert len(text) < 4000, repr(error)


def check_reading(data: bytes) -> None:
    """A file is music with valid notes, or one line."""
    began = time.process_time()
    try:
        music = read_midi(data)
    except MidiFileError as error:
        one_line(error, error.reason)
        return
    assert all("\n" not in line for line in music.remarks)
    for part in music.parts:
        assert len(part.notes) > 0
        assert (part.notes.lengths >= 0).all()
        assert (part.notes.onsets >= 0).all()
        assert ((part.notes.pitches >= 0) & (part.notes.pitches < 128)).all()
        assert ((part.notes.velocities > 0) & (part.notes.velocities < 128)).all()
    assert all(bpm > 0 for _, bpm in music.tempi)
    assert {guess(facts).role for facts in facts_of(music)} <= set(ROLES)
    changes = [beats for beats, _ in written_chords(music).changes]
    assert changes == sorted(set(changes))
    try:
        assert 4 <= longest_stretch(parse_midi(data)).bars <= MOST_BARS
    except SkippedError as skipped:
        one_line(skipped, skipped.reason)
    assert time.process_time() - began < LONGEST_SECONDS


def check_adopting(data: bytes, folder: Path) -> None:
    """A file becomes a whole song, or one line says why not."""
    began, path = time.process_time(), folder / "session.mid"
    path.write_bytes(data)
    try:
        song = adopt(read_session(path), concept="pop").song
    except ParameterError as error:
        one_line(error, str(error))
        return
    check_song(song)
    assert all("\n" not in line for line in song.remarks)
    assert time.process_time() - began < LONGEST_SECONDS


@fuzzed(files, QUICK_ADOPTED)
def test_a_midi_file_becomes_a_song_or_is_refused(tmp_path: Path, data: bytes) -> None:
    check_adopting(data, tmp_path)


@pytest.mark.long
@fuzzed(files, MANY)
def test_many_midi_files_become_songs_or_are_refused(tmp_path: Path, data: bytes) -> None:
    check_adopting(data, tmp_path)


@fuzzed(files, QUICK_FILES)
def test_a_midi_file_is_read_or_refused(data: bytes) -> None:
    check_reading(data)


@pytest.mark.long
@fuzzed(files, MANY)
def test_many_midi_files_are_read_or_refused(data: bytes) -> None:
    check_reading(data)


@pytest.fixture(scope="module")
def song() -> Song:
    """Twelve bars in which two sections have a tempo of their own."""
    request = {
        "project_id": "fuzz",
        "parameters": {
            "creative": {"concept": "steady pop groove"},
            "technical": {
                "tempo": 120, "key": "C major", "metre": "4/4", "structure": ["intro", "verse", "chorus"],
                "section_bars": {"intro": 2, "verse": 6, "chorus": 4}, "section_tempos": {"chorus": 97.3},
            },
        },
        "options": {"seed": 5, "preview": True},
    }  # fmt: skip
    plan = translate(parse_request(request))
    return Song(plan, compose(plan), EditState())


element = st.sampled_from(["percussion", "bass", "pads", "leads"])
placed = st.one_of(
    st.just({}),
    st.fixed_dictionaries({"section": st.sampled_from(["intro", "verse", "chorus", "chorus 2", "outro"])}),
    st.tuples(st.integers(0, 14), st.integers(0, 14)).map(lambda bars: {"bars": list(bars)}),
)
kept = st.builds(
    lambda kind, name, place: {"edit": kind, "element": name, **place},
    st.sampled_from(["mute", "unmute", "mute", "unmute", "lock", "unlock"]), element, placed,
)  # fmt: skip
moved = st.one_of(
    st.builds(lambda n, place: {"edit": "transpose", "semitones": n, **place}, st.integers(-26, 26), placed),
    st.builds(lambda bpm: {"edit": "tempo", "bpm": bpm}, st.sampled_from([39.9, 40, 60.5, 97, 120, 239.99, 240])),
    st.builds(lambda name: {"edit": "drop", "element": name}, element),
    st.builds(lambda order: {"edit": "reorder", "sections": order},
              st.lists(st.sampled_from(["intro", "verse", "chorus"]), max_size=4)),
)  # fmt: skip
taken = st.builds(
    lambda data, role, name, bar, track, semitones: (
        data,
        {"edit": "import", "role": role, "element": name, "bar": bar, "semitones": semitones, "around": False}
        | ({"track": track} if track is not None else {}),
    ),
    files, st.sampled_from(["melody", "chords", "drums"]), st.sampled_from(["bass", "pads", "leads"]),
    st.integers(1, 14), st.sampled_from([None, None, 1, 2, 9, "Lead"]), st.sampled_from([0, 0, 12, -24, 48]),
)  # fmt: skip
edit_lists = st.lists(st.one_of(kept.map(lambda e: (None, e)), moved.map(lambda e: (None, e)), taken),
                      min_size=1, max_size=5)  # fmt: skip


def written(song: Song) -> str:
    return json.dumps(to_plain((song.plan, song.score, song.state)))


def check_edits(song: Song, folder: Path, listed: list[tuple[bytes | None, dict[str, Any]]]) -> None:
    """Each edit of a list is made, and then everything holds, or refused in one line, and then nothing happened."""
    began, current = time.process_time(), song
    for number, (data, edit) in enumerate(listed):
        if data is not None:
            path = folder / f"{number}.mid"
            path.write_bytes(data)
            edit = {**edit, "file": str(path)}
        before = written(current)
        try:
            changed = edit_song(current, [edit])
        except ParameterError as error:
            one_line(error, str(error))
            refused = written(current)
        else:
            check_step(current, changed, edit)
            current, refused = changed, before
        assert refused == before
    assert time.process_time() - began < LONGEST_SECONDS


def check_step(before: Song, after: Song, edit: dict[str, Any]) -> None:
    """The song is whole, what the edit does not name is the same, and the same edit gives the same song."""
    check_song(after)
    named = "percussion" if edit.get("role") == "drums" else edit.get("element")
    if edit["edit"] in ("mute", "unmute", "drop", "lock", "unlock") or edit.get("role") in ("melody", "drums"):
        others = set(before.score.parts) - {named}
        assert all(after.score.parts[name] == before.score.parts[name] for name in others)
    assert written(edit_song(before, [edit])) == written(after)


def check_song(song: Song) -> None:
    for name, part in song.score.parts.items():
        low, high = (0, 127) if is_drums(name) else element_of(name).compass
        assert all(low <= one.pitch <= high and 1 <= one.velocity <= 127 for one in part.notes)
        assert all(0 <= one.onset_beats < song.score.length_beats and one.duration_beats > 0 for one in part.notes)
        assert list(part.notes) == sorted(part.notes)
    assert all(40 <= section.tempo_bpm <= 240 for section in song.plan.sections if section.tempo_bpm)
    assert song.score.chords[0].onset_beats == 0
    assert song.score.chords[-1].end_beats == pytest.approx(song.score.length_beats)


@fuzzed(edit_lists, QUICK_EDITS)
def test_edits_hold_or_are_refused(song: Song, tmp_path: Path, data: list[tuple[bytes | None, dict[str, Any]]]) -> None:
    check_edits(song, tmp_path, data)


@pytest.mark.long
@fuzzed(edit_lists, MANY)
def test_many_edits_hold_or_are_refused(
    song: Song, tmp_path: Path, data: list[tuple[bytes | None, dict[str, Any]]]
) -> None:
    check_edits(song, tmp_path, data)
