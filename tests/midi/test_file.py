"""What files of practice hold is read: every case after a report of somebody whose file was refused, or read wrong."""

from __future__ import annotations

import numpy as np
import pytest

from tests.midi.writing import (
    TUNE,
    At,
    beat,
    body,
    chords,
    chunk,
    header,
    meta,
    metre,
    name,
    note,
    notes,
    quantity,
    riff,
    smf,
    sysex,
    tempo,
    tune,
)  # fmt: skip
from workbench.domain.errors import MidiFileError
from workbench.midi.file import MidiFile, read_midi
from workbench.midi.parts import facts_of, guess

LEAD: list[At] = [(0, name("Lead")), (0, tempo(100)), *tune()]
PLAIN = smf([(0, tempo(120))], tune())


def spans(file: MidiFile, part: int = 0) -> list[tuple[float, float, int]]:
    """Onset and end in quarter notes, and pitch."""
    columns = file.parts[part].notes
    starts, ends = columns.onsets / file.ticks_per_beat, (columns.onsets + columns.lengths) / file.ticks_per_beat
    return list(zip(starts.tolist(), ends.tolist(), columns.pitches.tolist(), strict=True))


def is_the_tune(file: MidiFile) -> bool:
    return [pitch for _, _, pitch in spans(file)] == list(TUNE) * 4


WRAPPED = {
    "a foreign chunk between header and tracks": header(1, 2) + chunk(b"hello!", b"XFIH") + PLAIN[14:],
    "a foreign chunk that the header counts as a track": header(1, 3) + chunk(b"hello!", b"XFKM") + PLAIN[14:],
    "a foreign chunk behind the tracks": PLAIN + chunk(b"markers", b"CASM"),
    "a header of eight bytes": b"MThd\0\0\0\x08" + PLAIN[8:14] + b"\0\0" + PLAIN[14:],
    "RIFF": riff(PLAIN),
    "RIFF with a list of information in front": b"RIFF" + (len(PLAIN) + 28).to_bytes(4, "little")
    + b"RMIDLIST\x04\0\0\0INFOdata" + len(PLAIN).to_bytes(4, "little") + PLAIN,
    "a MacBinary header in front": b"\0\x05tunes" + bytes(121) + PLAIN,
    "zeros behind": PLAIN + bytes(512),
    "garbage behind": PLAIN + b"\x8f\x02\xff" * 20,
    "a track that the header does not count": header(1, 1) + PLAIN[14:],
    "fewer tracks than the header counts": header(1, 9) + PLAIN[14:],
    "an empty track chunk": header(1, 3) + chunk(b"") + PLAIN[14:],
    "a track without its end": header(0, 1) + chunk(body(LEAD)[:-4]),
    "a track whose length is too long": header(1, 2)
    + chunk(body([(0, tempo(120))]), length=300) + chunk(body(tune())),
    "a last track whose length is too long": header(0, 1) + chunk(body(LEAD), length=9999),
    "a track whose length is 0xFFFFFFFF": header(0, 1) + chunk(body(LEAD), length=2**32 - 1),
    "type 5": smf(LEAD, kind=5),
    "a file of type 1 that says type 0": smf([(0, tempo(120))], tune(), kind=0),
    "a key of 255": smf([*LEAD, (0, meta(0x59, bytes([0xFE, 0xFF])))]),
    "a key of nine sharps": smf([*LEAD, (0, meta(0x59, bytes([9, 0])))]),
    "a key without its bytes": smf([*LEAD, (0, meta(0x59, b""))]),
    "a tempo of two bytes": smf([*LEAD, (4, meta(0x51, b"\1\2"))]),
    "a metre of one byte": smf([*LEAD, (4, meta(0x58, b"\4"))]),
    "sequencer data and an unknown meta event": smf([*LEAD, (1, meta(0x7F, b"\x43\x7b\0XF02")), (2, meta(0x4B, b"?"))]),
    "an active sensing byte": smf([*LEAD, (3.5, b"\xfe")]),
    "a system message in two packets": smf([*LEAD, (1, sysex(b"\x43\x12\0")), (1.1, b"\xf7\x03\x43\x12\xf7")]),
    "velocities above 127": smf([*LEAD, (31.95, b"\xb0\x07\xff")]),
}  # fmt: skip


@pytest.mark.parametrize("data", WRAPPED.values(), ids=WRAPPED)
def test_whatever_is_around_the_notes_they_are_read(data: bytes) -> None:
    assert is_the_tune(read_midi(data))


@pytest.mark.parametrize(
    ("case", "line"),
    [
        ("a foreign chunk between header and tracks", "a foreign chunk (XFIH) is left out"),
        ("a MacBinary header in front", "128 bytes in front of the MIDI header are left out"),
        ("garbage behind", "60 bytes that are no track are left out"),
        ("fewer tracks than the header counts", "the header counts 9 tracks, there are 2: all of them are read"),
        ("a key of 255", "left out: 1 key event that no reader understands"),
        ("type 5", "type 5 is not defined: read as type 1"),
        ("a track whose length is 0xFFFFFFFF", "track 1 states"),
    ],
)
def test_what_is_left_out_is_reported(case: str, line: str) -> None:
    assert any(remark.startswith(line) for remark in read_midi(WRAPPED[case]).remarks)


def test_a_clean_file_has_nothing_to_tell() -> None:
    assert read_midi(PLAIN).remarks == ()


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"", "the file is empty"),
        (b"RIFF\4\0\0\0WAVEfmt ", "not a MIDI file: it is WAV audio"),
        (b"ID3\4\0\0", "not a MIDI file: it is MP3 audio"),
        (b"<?xml version='1.0'?>", "not a MIDI file: it is XML, such as MusicXML"),
        (b"FORM\0\0\0\x20XDIR", "not a MIDI file: it is an XMI file"),
        (b"\0\1\2\3", "not a MIDI file: it has no MIDI header"),
        (header(1, 0), "no track"),
    ],
)
def test_what_is_no_midi_says_what_it_is(data: bytes, line: str) -> None:
    with pytest.raises(MidiFileError) as caught:
        read_midi(data)
    assert str(caught.value) == line


def test_a_track_that_is_cut_off_keeps_what_is_there() -> None:
    data = smf([(0, tempo(120))], tune())
    file = read_midi(data[: len(data) - 90])
    assert [pitch for _, _, pitch in spans(file)] == (list(TUNE) * 4)[: len(file.parts[0].notes)]
    assert 16 <= len(file.parts[0].notes) < 32
    assert any("damaged" in line or "states" in line for line in file.remarks)


def test_damage_in_one_track_leaves_the_next() -> None:
    broken = body(tune(2))[:30] + b"\x00\x40\xff\xff\xff\xff\xff" + bytes(5)
    file = read_midi(header(1, 2) + chunk(broken) + chunk(body(tune())))
    assert len(file.parts[-1].notes) == 32
    assert any("track 1 is damaged" in line for line in file.remarks)


def test_running_status_goes_on_over_meta_events() -> None:
    data = quantity(0) + tempo(120) + quantity(0) + bytes([0x90, TUNE[0], 90])
    for step in range(1, 32):
        data += quantity(480) + bytes([TUNE[(step - 1) % 8], 0])
        data += quantity(0) + meta(0x06, "bar") if step % 4 == 0 else b""
        data += quantity(0) + bytes([TUNE[step % 8], 90])
    data += quantity(480) + bytes([TUNE[31 % 8], 0]) + b"\0\xff\x2f\0"
    file = read_midi(header(0, 1) + chunk(data))
    assert spans(file) == [(float(n), n + 1.0, TUNE[n % 8]) for n in range(32)]


def test_sequences_of_type_2_each_begin_at_zero() -> None:
    file = read_midi(smf(beat(4), notes(((n, 0.9, 40 + n % 3) for n in range(16)), 1), tune(4), kind=2))
    assert file.kind == 2
    assert [guess(facts).role for facts in facts_of(file)] == ["percussion", "bass", "leads"]
    assert [part.notes.onsets[0] for part in file.parts] == [0, 0, 0]


@pytest.mark.parametrize(("frames", "ticks", "bpm"), [(25, 40, 120), (24, 80, 90), (30, 100, 140)])
def test_time_in_frames_becomes_beats_by_the_tempo(frames: int, ticks: int, bpm: float) -> None:
    second = frames * ticks
    data, now = quantity(0) + tempo(bpm), 0
    for step in range(32):
        # A quarter note every 60 / bpm seconds.
        at = round(step * 60 / bpm * second)
        data += quantity(at - now) + bytes([0x90, TUNE[step % 8], 90]) + quantity(9) + bytes([TUNE[step % 8], 0])
        now = at + 9
    file = read_midi(header(0, 1, (256 - frames) << 8 | ticks) + chunk(data + b"\0\xff\x2f\0"))
    assert [start for start, _, _ in spans(file)] == pytest.approx(list(range(32)), abs=2 / ticks)
    assert file.remarks == (f"time is given in SMPTE frames: beats are counted at {bpm:g} BPM",)


def test_channels_of_one_track_are_parts() -> None:
    file = read_midi(smf([*notes(((n, 0.9, 36) for n in range(32)), 0), *tune(8, 2), *beat(8)], kind=0))
    assert [(part.channel, len(part.notes), part.is_drum) for part in file.parts] == [
        (0, 32, False), (2, 32, False), (9, 96, True),
    ]  # fmt: skip


@pytest.mark.parametrize(("value", "is_remarked"), [(127, True), (64, True), (63, False), (0, False)])
def test_a_pedal_that_is_pressed_is_remarked(value: int, is_remarked: bool) -> None:
    file = read_midi(smf([*tune(2), (0.5, bytes([0xB0, 64, value])), (1.5, bytes([0xB0, 64, 0]))], kind=0))
    assert spans(file) == spans(read_midi(smf(tune(2), kind=0)))
    assert (file.remarks == ("the sustain pedal is not played: notes end where their keys are let go",)) is is_remarked


def test_names_and_texts_are_one_line() -> None:
    file = read_midi(smf([(0, name("Lead\n\0Guitar\x1b ")), (0, meta(6, "A\r\nB")), *tune(1)], kind=0))
    assert file.parts[0].name == "Lead Guitar"
    assert file.texts[0].text == "A B"


class TestNotesWithoutEnd:
    def test_they_last_to_the_end_of_the_track(self) -> None:
        line = [*chords([(57, 60, 64), (53, 57, 60), (48, 52, 55)], 8.0), *notes((24.0, None, p) for p in (55, 59, 62))]
        file = read_midi(smf([(0, tempo(90)), *line], kind=0, end=32))
        assert spans(file)[-3:] == [(24.0, 32.0, 55), (24.0, 32.0, 59), (24.0, 32.0, 62)]
        assert len(file.parts[0].notes) == 12
        assert file.remarks == ("3 notes without an end: held to the next of the pitch or the track's end",)

    def test_a_track_without_its_end_lasts_as_long_as_its_last_event(self) -> None:
        data = body([*note(0, None, 60), *note(3, 1, 62)])[:-4]
        assert spans(read_midi(header(0, 1) + chunk(data)))[0] == (0.0, 4.0, 60)

    def test_drum_hits_need_none(self) -> None:
        hits = [(n / 2, None, (36, 42)[n % 2]) for n in range(16)]
        file = read_midi(smf(notes(hits, 9), kind=0))
        assert [start for start, _, _ in spans(file)] == [n / 2 for n in range(16)]
        assert all(end - start <= 0.25 for start, end, _ in spans(file))
        assert file.remarks == ()

    def test_a_machine_that_writes_no_ends_is_drums_on_any_channel(self) -> None:
        hits = [(n / 2, None, (36, 42, 38, 42)[n % 4]) for n in range(64)]
        assert guess(facts_of(read_midi(smf(notes(hits, 0))))[0]).role == "percussion"

    def test_all_notes_off_ends_them(self) -> None:
        line = [*notes((0, None, p) for p in (60, 64, 67)), (2, b"\xb0\x7b\0"), *note(4, 1, 72)]
        assert spans(read_midi(smf(line)))[:3] == [(0.0, 2.0, 60), (0.0, 2.0, 64), (0.0, 2.0, 67)]

    def test_all_notes_off_on_the_tick_of_a_beginning_is_a_set_up(self) -> None:
        line = [*note(0, 1, 60), (0, b"\xb0\x7b\0"), *note(2, 1, 62)]
        assert spans(read_midi(smf(line))) == [(0.0, 1.0, 60), (2.0, 3.0, 62)]

    def test_a_doubled_beginning_does_not_ring_to_the_end(self) -> None:
        line = [*note(0, None, 60), *note(0, 1, 60), *note(8, 1, 62)]
        assert spans(read_midi(smf(line)))[:2] == [(0.0, 1.0, 60), (0.0, 1.0, 60)]

    def test_an_end_on_the_tick_of_the_beginning_gives_way_to_a_later_one(self) -> None:
        line = [(0.0, b"\x90\x3c\x50"), (0.0, b"\x80\x3c\0"), (2.0, b"\x80\x3c\0"), *note(4, 0.0, 62), *note(6, 1, 62)]
        assert spans(read_midi(smf(line))) == [(0.0, 2.0, 60), (4.0, 4.0, 62), (6.0, 7.0, 62)]

    def test_the_first_that_began_ends_first(self) -> None:
        line = [*note(0, None, 60), *note(1, None, 60), (2, b"\x80\x3c\0"), (3, b"\x80\x3c\0")]
        assert spans(read_midi(smf(line))) == [(0.0, 2.0, 60), (1.0, 3.0, 60)]


class TestOrderOfTime:
    def test_events_of_all_tracks_are_merged_and_the_last_of_one_moment_wins(self) -> None:
        file = read_midi(smf(
            [(0, tempo(100)), (8, tempo(140)), (0, metre(3, 2))],
            [(0, tempo(90)), (4, tempo(120)), (0, metre(4, 2)), (0, meta(0x59, b"\x02\x00"))],
        ))  # fmt: skip
        assert [(at, round(bpm)) for at, bpm in file.tempi] == [(0.0, 90), (4.0, 120), (8.0, 140)]
        assert file.metres == ((0.0, (4, 4)),)
        assert file.keys == ((0.0, (2, False)),)

    def test_a_tempo_one_tick_late_holds_from_the_beat(self) -> None:
        file = read_midi(smf([(1 / 480, tempo(100)), (16 + 1 / 480, tempo(140))], tune()))
        assert [at for at, _ in file.tempi] == [0.0, 16.0]

    def test_seconds_follow_the_tempo(self) -> None:
        file = read_midi(smf([(0, tempo(120)), (4, tempo(60))], tune()))
        assert file.seconds_at(np.array([0.0, 2.0, 4.0, 6.0])).tolist() == [0.0, 1.0, 2.0, 4.0]

    def test_a_program_set_up_in_another_track_counts(self) -> None:
        file = read_midi(smf([(0, b"\xc3\x21")], tune(8, 3)))
        assert file.parts[0].program == 33
        own = read_midi(smf([(0, b"\xc0\x21"), *tune()], [(0, b"\xc0\x59"), *tune()]))
        assert [part.program for part in own.parts] == [33, 89]


@pytest.mark.parametrize(
    ("setup", "channel"),
    [
        ([(0, b"\xb3\x00\x78")], 3),
        ([(0, sysex(bytes([0x41, 0x10, 0x42, 0x12, 0x40, 0x1B, 0x15, 0x02, 0x0E, 0xF7])))], 11),
        ([(0, sysex(bytes([0x43, 0x10, 0x4C, 0x08, 0x0A, 0x07, 0x02, 0xF7])))], 10),
        ([(0, sysex(bytes([0x43, 0x10, 0x4C, 0, 0, 0x7E, 0, 0xF7]))), (0, b"\xb5\x00\x7f")], 5),
    ],
    ids=("GM2 bank", "GS rhythm part", "XG part mode", "XG bank"),
)
def test_channels_are_turned_into_drums_by_message(setup: list[At], channel: int) -> None:
    assert read_midi(smf(setup, tune(8, channel))).parts[0].is_drum
    assert not read_midi(smf([], tune(8, channel))).parts[0].is_drum


def test_names_in_other_alphabets_are_kept() -> None:
    for text, encoding in (("Schlagzeug für München", "latin-1"), ("ドラム", "shift_jis"), ("Ударные", "utf-8")):
        assert read_midi(smf([(0, meta(0x03, text.encode(encoding))), *tune()])).parts[0].name == text


@pytest.mark.parametrize("kind", [0x80, 0x9F, 0xB0, 0xC5, 0xE0])
def test_unknown_meta_events_are_no_channel_messages(kind: int) -> None:
    """Types of meta events above 127 share their upper half with channel messages (found by the fuzzer)."""
    file = read_midi(smf([(0, tempo(120)), (0, meta(kind, b""))], tune()))
    assert [pitch for _, _, pitch in spans(file)] == list(TUNE) * 4
