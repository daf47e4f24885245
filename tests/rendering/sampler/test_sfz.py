"""SFZ files as people write them: each test is a file that was reported to play wrongly, or its like."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile

from workbench.cli.main import main
from workbench.domain.errors import ParameterError
from workbench.domain.score import Note
from workbench.rendering.sampler import Instrument, load_instrument, render_instrument

RATE = 48000


def wav(path: Path, hz: float = 240.0, seconds: float = 0.5, sampler: tuple[int, int, int] | None = None) -> Path:
    """A 16-bit tone; `sampler` is a root key, and the first and the last frame of a loop."""
    frames = round(seconds * RATE)
    data = (16000 * np.sin(2 * np.pi * hz * np.arange(frames) / RATE)).astype("<i2").tobytes()
    body = b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, RATE, 2 * RATE, 2, 16)
    if sampler is not None:
        root, first, last = sampler
        body += (
            b"smpl"
            + struct.pack("<10I", 60, 0, 0, 0, root, 0, 0, 0, 1, 0)
            + struct.pack("<6I", 0, 0, first, last, 0, 0)
        )
    body += b"data" + struct.pack("<I", len(data)) + data
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    return path


def sfz(folder: Path, text: str, **samples: float) -> Instrument:
    for name, hz in samples.items():
        wav(folder / f"{name}.wav", hz)
    (folder / "x.sfz").write_text(text)
    return load_instrument(folder / "x.sfz")


def play(instrument: Instrument, *notes: Note, seconds: float = 2.0) -> np.ndarray:
    frames = round(seconds * RATE)
    return render_instrument(notes, instrument, samples_per_beat=RATE, length=frames, sample_rate_hz=RATE)


def hz(sound: np.ndarray, start: float, stop: float) -> float:
    part = sound[0, round(start * RATE) : round(stop * RATE)]
    power = np.abs(np.fft.rfft(part * np.hanning(part.size), 1 << 18))
    return float(power.argmax() * RATE / (1 << 18)) if power.max() > 1.0 else 0.0


def loudest(sound: np.ndarray, start: float, stop: float) -> float:
    return float(np.abs(sound[:, round(start * RATE) : round(stop * RATE)]).max())


def heard(instrument: Instrument, *notes: Note, at: float = 0.02) -> float:
    """What sounds behind the start of the last note."""
    start = notes[-1].start_beats + at
    return hz(play(instrument, *notes), start, start + 0.15)


def mapped(instrument: Instrument) -> list[tuple[str, int, int, float]]:
    return [(zone.sample, zone.low_key, zone.high_key, zone.root) for zone in instrument.zones]


# The preprocessor and the control header


def test_included_regions_are_read_from_the_folder_of_the_instrument(tmp_path: Path) -> None:
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "map.sfz").write_text('<region> sample=c4.wav key=60\n#include "modules/deep.sfz"')
    (tmp_path / "modules" / "deep.sfz").write_text("<region> sample=g4.wav key=67")
    wav(tmp_path / "Samples" / "c4.wav")
    wav(tmp_path / "Samples" / "g4.wav")
    text = '<control> default_path=Samples/\n<global> ampeg_release=0.3\n#include "modules/map.sfz"\n'
    instrument = sfz(tmp_path, text)
    assert mapped(instrument) == [("Samples/c4.wav", 60, 60, 60.0), ("Samples/g4.wav", 67, 67, 67.0)]
    assert instrument.zones[1].release_ms == 300.0
    assert instrument.missing() == ()


@pytest.mark.parametrize(
    "text",
    [
        '#include "high.sfz"\n<region> sample=c.wav lokey=0 hikey=63 pitch_keycenter=60\n',
        '<region> sample=c.wav lokey=0 hikey=63 pitch_keycenter=60\n#include "high.sfz"\n',
        '<region> sample=c.wav lokey=0 hikey=63 pitch_keycenter=60 #include "HIGH.sfz"\n',
        '<region> sample=c.wav lokey=0 #include "opcodes.sfz" pitch_keycenter=60\n#include ".\\high.sfz"\n',
    ],
)
def test_includes_may_stand_anywhere(tmp_path: Path, text: str) -> None:
    (tmp_path / "high.sfz").write_text("<region> sample=g.wav lokey=64 hikey=127 pitch_keycenter=67\n")
    (tmp_path / "opcodes.sfz").write_text("hikey=63")
    found = sorted(mapped(sfz(tmp_path, text, c=262.0, g=392.0)))
    assert found == [("c.wav", 0, 63, 60.0), ("g.wav", 64, 127, 67.0)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('#include "gone.sfz"', r"#include 'gone.sfz' is not there"),
        ('#include "../outside.sfz"', "outside the instrument's folder"),
        ('#include "/etc/passwd"', "outside the instrument's folder"),
        ('#include "x.sfz"', "deeper than 32"),
        ('#include "two.sfz"', "deeper than 32"),
        ("#define $A $B$B$B$B$B$B$B$B\n#define $B $A$A\n<region> sample=$A", "without end"),
    ],
)
def test_what_cannot_be_included_is_said_in_one_line(tmp_path: Path, text: str, message: str) -> None:
    folder = tmp_path / "instrument"
    folder.mkdir()
    (tmp_path / "outside.sfz").write_text("<region> sample=a.wav")
    (folder / "two.sfz").write_text('#include "two.sfz"\n#include "two.sfz"')
    with pytest.raises(ParameterError, match=message) as refused:
        sfz(folder, f"<region> sample=a.wav\n{text}")
    assert "\n" not in str(refused.value)


def test_a_sample_whose_name_holds_a_nul_byte_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "odd.sfz").write_text("<region> sample=a\0b.wav\n")
    (zone,) = load_instrument(tmp_path / "odd.sfz").zones
    assert zone.sample == "a\0b.wav"


def test_a_link_does_not_lead_out_of_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "instrument"
    folder.mkdir()
    (tmp_path / "secret.sfz").write_text("<region> sample=a.wav")
    (folder / "in.sfz").symlink_to(tmp_path / "secret.sfz")
    with pytest.raises(ParameterError, match="outside"):
        sfz(folder, '#include "in.sfz"')


def test_macros_mean_what_was_defined_last_before_them(tmp_path: Path) -> None:
    text = """#define $SAMPLE a.wav #define $KEY 60 // two on a line
    <region> sample=$SAMPLE key=$KEY
    #define $SAMPLE b.wav
    <region> sample=$SAMPLE key=62 #define $KEY 72
    <region> sample=$SAMPLE key=$KEY /* a comment
    over lines */ $OP=64"""
    instrument = sfz(tmp_path, text, a=220.0, b=330.0)
    assert mapped(instrument) == [("a.wav", 60, 60, 60.0), ("b.wav", 62, 62, 62.0), ("b.wav", 72, 72, 72.0)]


def test_macros_stand_in_names_of_opcodes_and_in_paths(tmp_path: Path) -> None:
    wav(tmp_path / "Close" / "tone_rr1.wav")
    text = "#define $MIC Close #define $N 20\n<region> sample=$MIC/tone_rr1.wav key=60 locc$N=0 hicc$N=10"
    assert mapped(sfz(tmp_path, text)) == [("Close/tone_rr1.wav", 60, 60, 60.0)]


def test_offsets_of_the_control_header_move_all_keys(tmp_path: Path) -> None:
    text = """<control> octave_offset=1 note_offset=-2
    <region> sample=a.wav key=c3
    <region> sample=a.wav lokey=40 hikey=44 pitch_keycenter=42 sw_last=10 sw_default=10
    <control> note_offset=0 octave_offset=0
    <region> sample=a.wav key=c3"""
    instrument = sfz(tmp_path, text, a=220.0)
    assert [row[1:] for row in mapped(instrument)] == [(58, 58, 58.0), (50, 54, 52.0), (48, 48, 48.0)]
    assert instrument.zones[1].conditions.switched_by == (20, 20)


# Conditions


def test_a_keyswitch_chooses_one_articulation(tmp_path: Path) -> None:
    text = "<global> sw_lokey=24 sw_hikey=26 sw_default=24\n" + "".join(
        f"<group> sw_last={key}\n<region> sample={name}.wav lokey=48 hikey=84 pitch_keycenter=60\n"
        for key, name in ((24, "sustain"), (25, "staccato"), (26, "pizzicato"))
    )
    instrument = sfz(tmp_path, text, sustain=240.0, staccato=480.0, pizzicato=720.0)
    note = Note(1.0, 60, 0.5, 100)
    assert heard(instrument, note) == pytest.approx(240, abs=2)
    assert loudest(play(instrument, note), 1.0, 1.4) < 0.5, "one zone, not three"
    for key, wanted in ((25, 480), (26, 720), (24, 240)):
        assert heard(instrument, Note(0.0, 26, 0.1, 100), Note(0.5, key, 0.1, 100), note) == pytest.approx(
            wanted, abs=2
        )


@pytest.mark.parametrize(
    ("opcode", "notes", "sounds"),
    [
        ("sw_down=30", [(0.0, 30, 0.2)], False),
        ("sw_down=30", [(0.0, 30, 2.0)], True),
        ("sw_up=30", [(0.0, 30, 0.2)], True),
        ("sw_up=30", [(0.0, 30, 2.0)], False),
        ("sw_previous=62", [(0.0, 62, 0.2)], True),
        ("sw_previous=62", [(0.0, 62, 0.2), (0.5, 64, 0.1)], False),
        ("sw_previous=62", [], False),
        ("sw_lolast=30 sw_hilast=32 sw_default=31", [], True),
        ("sw_lolast=30 sw_hilast=32", [], False),
        ("trigger=first", [(0.0, 40, 0.2)], True),
        ("trigger=first", [(0.0, 40, 2.0)], False),
        ("trigger=legato", [(0.0, 40, 0.2)], False),
        ("trigger=legato", [(0.0, 40, 2.0)], True),
        ("lobpm=50 hibpm=70", [], True),
        ("lobpm=100", [], False),
    ],
)
def test_what_is_held_and_was_played_decides(tmp_path: Path, opcode: str, notes: list, sounds: bool) -> None:
    instrument = sfz(tmp_path, f"<region> sample=a.wav key=60 {opcode}", a=240.0)
    before = [Note(start, key, duration, 100) for start, key, duration in notes]
    assert (loudest(play(instrument, *before, Note(1.0, 60, 0.5, 100)), 1.0, 1.4) > 0.05) is sounds


def test_random_layers_play_one_at_a_time_and_all_in_turn(tmp_path: Path) -> None:
    regions = "".join(f"<region> sample=r{i}.wav lorand={i / 4} hirand={(i + 1) / 4}\n" for i in range(4))
    pitches = {f"r{i}": 240.0 * (i + 1) for i in range(4)}
    instrument = sfz(tmp_path, f"<global> key=60 loop_mode=one_shot\n{regions}", **pitches)
    notes = [Note(float(i), 60, 0.2, 127) for i in range(24)]
    sound = play(instrument, *notes, seconds=25)
    found = [round(hz(sound, i + 0.05, i + 0.45) / 240) for i in range(24)]
    assert set(found) == {1, 2, 3, 4}
    assert loudest(sound, 0, 25) < 0.55, "one at a time"
    assert np.array_equal(sound, play(instrument, *notes, seconds=25)), "and the same again"


def test_turns_are_taken_region_by_region(tmp_path: Path) -> None:
    regions = "".join(f"<region> sample=r{i}.wav seq_position={i + 1}\n" for i in range(3))
    instrument = sfz(
        tmp_path, f"<global> lokey=60 hikey=61 seq_length=3 pitch_keytrack=0\n{regions}", r0=240.0, r1=480.0, r2=720.0
    )
    sound = play(instrument, *(Note(i * 0.5, 60 + i % 2, 0.3, 127) for i in range(6)), seconds=3)
    assert [round(hz(sound, i * 0.5 + 0.05, i * 0.5 + 0.3) / 240) for i in range(6)] == [1, 2, 3, 1, 2, 3]


def test_layers_behind_controllers_stay_silent_and_are_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = """<global> lokey=21 hikey=108 pitch_keycenter=60
    <region> sample=tone.wav locc64=0 hicc64=63
    <region> sample=pedal.wav locc64=64 hicc64=127
    <region> sample=noise.wav on_locc64=126 on_hicc64=127 hikey=-1
    <region> sample=room.wav xfin_locc20=0 xfin_hicc20=127
    <region> sample=far.wav amplitude_oncc21=100
    <region> sample=bent.wav lobend=100
    <region> sample=later.wav lotimer=1
    <region> sample=gone.wav end=-1
    <region> sample=*sine
    <region> sample=up.wav trigger=release_something"""
    names = ("tone", "pedal", "noise", "room", "far", "bent", "later", "gone", "up")
    instrument = sfz(tmp_path, text, **dict.fromkeys(names, 240.0))
    assert [zone.sample for zone in instrument.zones] == ["tone.wav"]
    assert main(["samples", str(tmp_path / "x.sfz")]) == 0
    told = [line for line in capsys.readouterr().out.splitlines() if line.startswith("not played: ")]
    assert told == [
        "not played: 1 region: controller 64 stands at 0, they ask for 64 to 127 (pedal.wav)",
        "not played: 1 region: a controller alone plays them (noise.wav)",
        "not played: 2 regions: they have no level while controllers rest (room.wav, far.wav)",
        "not played: 1 region: bend stands at 0, they ask for 100 to 8191 (bent.wav)",
        "not played: 1 region: the condition lotimer is not known (later.wav)",
        "not played: 1 region: they are switched off (end) (gone.wav)",
        "not played: 1 region: their sound would have to be generated (*sine)",
        "not played: 1 region: trigger=release_something is not known (up.wav)",
    ]


def test_opcodes_and_headers_that_are_not_played_are_named(tmp_path: Path) -> None:
    text = (
        "<region> sample=a.wav key=60 eg1_time1=2 polyphony=1\n<effect> type=fverb\n<region> sample=a.wav polyphony=2"
    )
    told = sfz(tmp_path, text, a=240.0).left_out
    assert told == ("opcode eg1_time1 (1 region)", "opcode polyphony (2 regions)", "header <effect>")
    told = sfz(tmp_path, "words before\n<region> sample=a.wav\n<<region", a=240.0).left_out
    assert told == tuple(f"{word!r}, which is no SFZ" for word in ("words", "before", "<", "region"))


def test_controllers_that_the_file_sets_open_their_layers(tmp_path: Path) -> None:
    text = "<control> set_cc20=127 set_hdcc21=0.5\n<region> sample=a.wav key=60 locc20=64 amplitude_oncc21=100"
    instrument = sfz(tmp_path, text, a=240.0)
    assert instrument.zones[0].gain_db == pytest.approx(-6.02, abs=0.01)


def test_what_aria_numbers_as_controllers_of_the_note_is_read(tmp_path: Path) -> None:
    text = """<region> sample=a.wav key=60 locc131=0 hicc131=63
    <region> sample=b.wav key=60 locc131=64 hicc131=127
    <region> sample=a.wav locc133=70 hicc133=72"""
    instrument = sfz(tmp_path, text, a=240.0, b=480.0)
    assert [(zone.low_key, zone.high_key, zone.low_velocity, zone.high_velocity) for zone in instrument.zones] == [
        (60, 60, 1, 63), (60, 60, 64, 127), (70, 72, 1, 127),
    ]  # fmt: skip


def test_release_samples_sound_when_the_key_is_let_go_quieter_with_time(tmp_path: Path) -> None:
    text = "<region> sample=a.wav key=60 ampeg_release=0.01\n<region> sample=b.wav key=60 trigger=release rt_decay=6"
    instrument = sfz(tmp_path, text, a=240.0, b=960.0)
    short = play(instrument, Note(0.0, 60, 0.3, 127))
    assert hz(short, 0.05, 0.25) == pytest.approx(240, abs=2)
    assert hz(short, 0.35, 0.6) == pytest.approx(960, abs=2)
    long = play(instrument, Note(0.0, 60, 1.0, 127))
    assert 20 * np.log10(loudest(short, 0.4, 0.7) / loudest(long, 1.1, 1.4)) == pytest.approx(6 * 0.7, abs=0.1)


def test_a_group_ends_another(tmp_path: Path) -> None:
    text = """<region> sample=a.wav key=60 loop_mode=one_shot group=1 off_by=2 off_mode=fast
    <region> sample=b.wav key=62 group=2
    <region> sample=a.wav key=64 loop_mode=one_shot group=3 off_by=3"""
    instrument = sfz(tmp_path, text, a=240.0, b=960.0)
    assert hz(play(instrument, Note(0.0, 60, 0.1, 127), Note(0.2, 62, 0.1, 1)), 0.25, 0.45) in (
        0.0,
        pytest.approx(960, abs=3),
    )
    twice = play(instrument, Note(0.0, 64, 0.1, 127), Note(0.25, 64, 0.1, 127))
    assert loudest(twice, 0.26, 0.45) > 0.6, "a note does not silence its own key"


# The sample's own root key and loops


def test_the_loop_of_the_sample_holds_the_note(tmp_path: Path) -> None:
    wav(tmp_path / "organ.wav", sampler=(60, 4800, 23999))
    for opcodes in ("", "loop_mode=loop_continuous", "loop_mode=loop_sustain"):
        instrument = sfz(tmp_path, f"<region> sample=organ.wav pitch_keycenter=60 {opcodes}")
        assert instrument.zones[0].loop == (4800, 24000)
        sound = play(instrument, Note(0.0, 60, 1.8, 100))
        assert loudest(sound, 1.6, 1.75) > 0.2
        assert hz(sound, 0.6, 1.7) == pytest.approx(240.0, abs=0.2)
    assert sfz(tmp_path, "<region> sample=organ.wav loop_mode=no_loop").zones[0].loop is None
    assert sfz(tmp_path, "<region> sample=organ.wav loop_start=9600 loop_end=14399").zones[0].loop == (9600, 14400)


def test_the_root_key_of_the_sample_counts_where_it_is_asked_for(tmp_path: Path) -> None:
    wav(tmp_path / "a.wav", sampler=(72, 0, 100))
    assert sfz(tmp_path, "<region> sample=a.wav pitch_keycenter=sample").zones[0].root == 72
    assert sfz(tmp_path, "<region> sample=a.wav").zones[0].root == 60, "as in sfizz"
    assert sfz(tmp_path, "<region> sample=a.wav key=64").zones[0].root == 64
    wav(tmp_path / "plain.wav")
    assert sfz(tmp_path, "<region> sample=plain.wav pitch_keycenter=sample").zones[0].root == 60


def test_aiff_and_flac_hold_loops_too(tmp_path: Path) -> None:
    tone = 0.5 * np.sin(2 * np.pi * 240 * np.arange(24000) / RATE)
    soundfile.write(tmp_path / "a.aiff", tone, RATE, subtype="PCM_16")
    marks = struct.pack(">H", 2) + struct.pack(">hIB", 1, 4800, 1) + b"b" + struct.pack(">hIB", 2, 24000, 1) + b"e"
    instrument = bytes([72, 0, 0, 127, 1, 127, 0, 0]) + struct.pack(">6h", 1, 1, 2, 0, 0, 0)
    for name, body in ((b"MARK", marks), (b"INST", instrument)):
        with (tmp_path / "a.aiff").open("ab") as file:
            file.write(name + struct.pack(">I", len(body)) + body)
    whole = (tmp_path / "a.aiff").read_bytes()
    (tmp_path / "a.aiff").write_bytes(whole[:4] + struct.pack(">I", len(whole) - 8) + whole[8:])
    soundfile.write(tmp_path / "b.flac", tone, RATE)
    sampler = struct.pack("<9I", 0, 0, 0, 72, 0, 0, 0, 1, 0) + struct.pack("<6I", 0, 0, 4800, 23999, 0, 0)
    block = b"riffsmpl" + struct.pack("<I", len(sampler)) + sampler
    flac = (tmp_path / "b.flac").read_bytes()
    (tmp_path / "b.flac").write_bytes(
        flac[:42].replace(b"fLaC\x80", b"fLaC\x00") + bytes([2]) + len(block).to_bytes(3, "big") + block + flac[42:]
    )
    for name in ("a.aiff", "b.flac"):
        zone = sfz(tmp_path, f"<region> sample={name} pitch_keycenter=sample").zones[0]
        assert (zone.root, zone.loop) == (72.0, (4800, 24000)), name
        assert loudest(play(load_instrument(tmp_path / "x.sfz"), Note(0.0, 72, 1.5, 127)), 1.3, 1.4) > 0.2


# Names of samples


@pytest.mark.parametrize(
    ("written", "on_disk"),
    [
        ("samples\\Tone C4.WAV", "Samples/tone c4.wav"),
        ("SAMPLES/TONE.wav", "samples/Tone.Wav"),
        ("./tone.wav", "tone.wav"),
        ("Flo\u0308te.wav", "Flöte.wav"),
        ("Flöte.wav", "Flo\u0308te.wav"),
        ("Bass & Guitar #2 (soft) C#2.wav", "Bass & Guitar #2 (soft) C#2.wav"),
        ("a=b.wav", "a=b.wav"),
    ],
)
def test_samples_are_found_however_their_names_are_spelled(tmp_path: Path, written: str, on_disk: str) -> None:
    wav(tmp_path / on_disk)
    instrument = sfz(tmp_path, f"<region> sample={written} key=60 // a comment")
    assert instrument.missing() == ()
    assert loudest(play(instrument, Note(0.0, 60, 0.4, 100)), 0.1, 0.3) > 0.1


@pytest.mark.parametrize("coding", ["cp1252", "utf-8", "utf-8-sig", "utf-16"])
def test_text_of_older_editors_is_read(tmp_path: Path, coding: str) -> None:
    wav(tmp_path / "Flöte_c4.wav")
    (tmp_path / "x.sfz").write_bytes("<region> sample=Flöte_c4.wav key=60\r\n".encode(coding))
    assert load_instrument(tmp_path / "x.sfz").missing() == ()


def test_the_near_name_of_a_missing_sample_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wav(tmp_path / "piano_c4.wav")
    sfz(tmp_path, "<region> sample=piano_C-4.wav key=60")
    assert main(["samples", str(tmp_path / "x.sfz")]) == 1
    assert "piano_C-4.wav (did you mean piano_c4.wav?)" in capsys.readouterr().err


# Values


@pytest.mark.parametrize("name", ["volume", "ampeg_attack", "offset", "lorand", "eq1_gain", "transpose"])
def test_a_value_that_is_no_number_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(ParameterError, match=rf"{name}='loud' is no number"):
        sfz(tmp_path, f"<region> sample=a.wav {name}=loud")


@pytest.mark.parametrize("value", ["1e400", "-1e400", "999999999999999999999", "1e9", "-1e9"])
def test_absurd_values_stay_within_their_ranges(tmp_path: Path, value: str) -> None:
    names = "transpose tune cutoff resonance offset loop_start ampeg_release pan count pitcheg_depth fileg_depth"
    names += " pitchlfo_freq pitchlfo_depth amp_keytrack eq1_gain loop_count delay ampeg_attack width lfo1_freq"
    for name in names.split():
        instrument = sfz(tmp_path, f"<region> sample=a.wav {name}={value}", a=240.0)
        assert np.isfinite(play(instrument, Note(0.0, 60, 0.2, 100), seconds=0.5)).all(), name


def test_a_folder_of_samples_uses_their_loops(tmp_path: Path) -> None:
    wav(tmp_path / "organ_b3.wav", 246.94, sampler=(60, 4859, 14577))
    instrument = load_instrument(tmp_path)
    assert instrument.zones[0].loop == (4859, 14578)
    assert loudest(play(instrument, Note(0.0, 59, 1.8, 127)), 1.5, 1.7) > 0.2
