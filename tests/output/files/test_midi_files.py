import io
from dataclasses import replace
from itertools import pairwise

import mido
import pytest
import symusic
from hypothesis import given
from hypothesis import strategies as st

from workbench.domain.errors import OutputError, ParameterError
from workbench.domain.score import Note, Part, Score
from workbench.domain.theory import SCALES, Key
from workbench.midi.programs import _programs, program_of
from workbench.output.files.midi_files import TICKS_PER_BEAT, midi_bytes, write_midi
from workbench.rendering import list_patches


def read(data: bytes) -> mido.MidiFile:
    return mido.MidiFile(file=io.BytesIO(data), clip=False)


def timed(track: mido.MidiTrack) -> list[tuple[int, mido.Message]]:
    now, found = 0, []
    for message in track:
        now += message.time
        found.append((now, message))
    return found


def sounding(track: mido.MidiTrack) -> list[tuple[int, int, int, int]]:
    """Start, end, pitch, velocity of each note, by pairing ons and offs as a player does."""
    on: dict[int, tuple[int, int]] = {}
    notes = []
    for tick, message in timed(track):
        if message.type == "note_on" and message.velocity:
            assert message.note not in on, "a note begins while the same pitch still sounds"
            on[message.note] = (tick, message.velocity)
        elif message.type in ("note_off", "note_on"):
            start, velocity = on.pop(message.note)
            notes.append((start, tick, message.note, velocity))
    assert not on, "a note never ends"
    return sorted(notes)


def test_conductor_holds_tempo_metre_key_sections_and_chords(tiny_score: Score) -> None:
    events = timed(read(midi_bytes(tiny_score)).tracks[0])
    found = {message.type: message for _, message in events}
    assert found["set_tempo"].tempo == 500_000
    assert (found["time_signature"].numerator, found["time_signature"].denominator) == (4, 4)
    assert found["key_signature"].key == "Fm"
    bar = 4 * TICKS_PER_BEAT
    markers = [(tick, message.text) for tick, message in events if message.type == "marker"]
    assert markers == [(0, "intro"), (bar, "verse"), (3 * bar, "chorus")]
    texts = [(tick, message.text) for tick, message in events if message.type == "text"]
    assert texts == [(0, "key: F minor"), (0, "Fm7"), (bar, "Dbmaj7"), (2 * bar, "Ab"), (3 * bar, "Eb/G")]


def test_tracks_are_named_and_programmed(tiny_score: Score) -> None:
    tracks = read(midi_bytes(tiny_score)).tracks
    assert [track.name for track in tracks] == ["tiny", "percussion", "bass", "pads", "leads"]
    programs = {t.name: (m.channel, m.program) for t in tracks for m in t if m.type == "program_change"}
    assert programs == {"percussion": (9, 0), "bass": (0, 38), "pads": (1, 89), "leads": (2, 81)}
    channels = {t.name: {m.channel for m in t if m.type == "note_on"} for t in tracks[1:]}
    assert channels == {name: {channel} for name, (channel, _) in programs.items()}


def test_programs_suit_what_the_song_is_played_on(tiny_score: Score) -> None:
    played = {"percussion": "studio", "bass": "upright", "pads": "nylon-chords", "leads": "clarinet"}
    tracks = read(midi_bytes(tiny_score, patches=played)).tracks
    programs = {t.name: m.program for t in tracks for m in t if m.type == "program_change"}
    # General MIDI 1, counted from 0: acoustic bass, nylon guitar, clarinet.
    assert programs == {"percussion": 0, "bass": 32, "pads": 24, "leads": 71}


def test_every_patch_that_ships_has_a_program() -> None:
    table = _programs()
    for element in ("bass", "pads", "leads"):
        assert set(table[element]) == set(list_patches(element)), element
        assert all(0 <= program <= 127 for program in table[element].values())
    assert program_of("pads", "samples:my-piano") == program_of("pads")


def test_notes_keep_their_microtiming(tiny_score: Score) -> None:
    tracks = {track.name: track for track in read(midi_bytes(tiny_score)).tracks}
    for element, part in tiny_score.parts.items():
        expected = sorted(
            (round(n.start_beats * TICKS_PER_BEAT), round(n.end_beats * TICKS_PER_BEAT), n.pitch, n.velocity)
            for n in part.notes
        )
        assert sounding(tracks[element]) == expected
    snares = [note[0] for note in sounding(tracks["percussion"]) if note[2] == 38]
    assert snares[0] == round(1.02 * TICKS_PER_BEAT)


def test_every_track_ends_with_the_song(tiny_score: Score) -> None:
    for track in read(midi_bytes(tiny_score)).tracks:
        assert timed(track)[-1][0] == 16 * TICKS_PER_BEAT


def test_an_element_alone_is_the_same_track(tiny_score: Score) -> None:
    whole = {track.name: list(track) for track in read(midi_bytes(tiny_score)).tracks}
    for element in tiny_score.parts:
        alone = read(midi_bytes(tiny_score, element)).tracks
        assert [list(track) for track in alone] == [whole["tiny"], whole[element]]


def test_another_library_reads_the_same(tiny_score: Score) -> None:
    song = symusic.Score.from_midi(midi_bytes(tiny_score))
    assert song.tempos[0].qpm == pytest.approx(120.0)
    assert sum(len(track.notes) for track in song.tracks) == sum(len(p.notes) for p in tiny_score.parts.values())
    assert [track.is_drum for track in song.tracks if track.notes] == [True, False, False, False]


def test_bytes_are_steady(tiny_score: Score) -> None:
    assert midi_bytes(tiny_score) == midi_bytes(tiny_score)


def test_order_of_parts_does_not_matter(tiny_score: Score) -> None:
    turned = replace(tiny_score, parts=dict(reversed(tiny_score.parts.items())))
    assert midi_bytes(turned) == midi_bytes(tiny_score)


times = st.integers(0, 400).map(lambda ticks: ticks / 25)
notes = st.builds(
    Note, times, st.integers(40, 43), times.map(lambda t: t + 0.01), st.integers(1, 127), st.floats(-0.1, 0.1)
)


@given(st.lists(notes, min_size=1, max_size=40))
def test_overlapping_notes_never_swallow_each_other(tiny_score: Score, played: list[Note]) -> None:
    score = replace(tiny_score, parts={"leads": Part("leads", tuple(sorted(played)))})
    found = sounding(read(midi_bytes(score)).tracks[1])
    assert len(found) == len(played), "every note of the score is written"
    for pitch in range(40, 44):
        wanted = sorted(round(note.start_beats * TICKS_PER_BEAT) for note in played if note.pitch == pitch)
        written = [start for start, _, own, _ in found if own == pitch]
        # Those that begin together follow each other a tick apart.
        assert all(0 <= late <= len(wanted) for late in (b - a for a, b in zip(wanted, written, strict=True)))
    assert all(end > start for start, end, _, _ in found)
    for pitch in range(40, 44):
        line = [note for note in found if note[2] == pitch]
        assert all(before[1] <= after[0] for before, after in pairwise(line))


@pytest.mark.parametrize("mode", list(SCALES))
@pytest.mark.parametrize("tonic", range(12))
def test_every_key_has_a_signature_with_its_accidentals(tiny_score: Score, tonic: int, mode: str) -> None:
    key = Key(tonic, mode)
    conductor = read(midi_bytes(replace(tiny_score, key=key))).tracks[0]
    (name,) = {message.key for message in conductor if message.type == "key_signature"}
    # The scale that the signature writes is the key's own, whatever the mode.
    assert set(Key.parse(name).pitch_classes) == set(key.pitch_classes)


def test_what_does_not_fit_into_seven_bits_is_refused(tiny_score: Score) -> None:
    note = replace(tiny_score.parts["bass"].notes[0], pitch=128)
    score = replace(tiny_score, parts={"bass": Part("bass", (note,))})
    with pytest.raises(ParameterError, match="expected values of 0 to 127, got 128"):
        midi_bytes(score)


def test_unknown_element_and_unwritable_path(tiny_score: Score, tmp_path) -> None:
    with pytest.raises(ParameterError, match="'flute' is not in the score"):
        midi_bytes(tiny_score, "flute")
    with pytest.raises(OutputError, match="cannot be written"):
        write_midi(tiny_score, tmp_path / "absent" / "song.mid")
    assert write_midi(tiny_score, tmp_path / "song.mid").read_bytes()[:4] == b"MThd"


def test_each_track_tells_metre_and_keys_from_its_beginning(tiny_score: Score) -> None:
    """MuseScore 3 takes the key from the instrument's own track."""
    for track in read(midi_bytes(replace(tiny_score, key=Key.parse("E mixolydian")))).tracks:
        found = {message.type: (tick, message) for tick, message in timed(track) if message.is_meta}
        assert found["key_signature"][0] == found["time_signature"][0] == 0
        assert found["key_signature"][1].key == "A"


def test_an_elements_file_keeps_its_place(tiny_score: Score) -> None:
    late = replace(tiny_score, parts={"leads": Part("leads", (Note(8.0, 60, 1.0, 90),))})
    track = read(midi_bytes(late, "leads")).tracks[1]
    assert sounding(track) == [(8 * TICKS_PER_BEAT, 9 * TICKS_PER_BEAT, 60, 90)]


def test_notes_of_one_pitch_that_begin_together_are_all_written(tiny_score: Score) -> None:
    together = (Note(1.0, 60, 0.5, 90), Note(1.0, 60, 2.0, 80), Note(1.0, 60, 1.0, 70, 1e-5))
    score = replace(tiny_score, parts={"leads": Part("leads", together)})
    tick = TICKS_PER_BEAT
    assert sounding(read(midi_bytes(score)).tracks[1]) == [
        (tick, tick + 1, 60, 90), (tick + 1, tick + 2, 60, 70), (tick + 2, 3 * tick, 60, 80),
    ]  # fmt: skip
