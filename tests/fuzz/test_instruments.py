"""SFZ text, SoundFonts and sample files at random: no traceback, no hang, bounded memory, nothing left unsaid."""

from __future__ import annotations

import struct
import time
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.rendering.sampler.soundfonts import Font, Sample, chunk, tone
from workbench.domain.errors import WorkbenchError
from workbench.domain.score import Note
from workbench.rendering.sampler import Instrument, inspect, load_instrument, render_instrument
from workbench.rendering.sampler.sfz_opcodes import plain_name

RATE = 44100
LONGEST_SECONDS = 10.0
MOST_BYTES = 256 << 20
QUICK, MANY = 120, 10_000
"""Cases of each fuzzer in `make test` and in `make test-long`; three of them run."""

OPCODES = """
    key lokey hikey lovel hivel pitch_keycenter pitch_keytrack tune transpose volume gain amplitude pan width
    position amp_veltrack amp_velcurve_64 ampeg_attack ampeg_decay ampeg_sustain ampeg_release
    ampeg_vel2attack ampeg_delay offset end loop_mode loop_start loop_end loop_count loop_crossfade count
    delay direction trigger sw_last sw_default sw_down sw_up sw_previous lorand hirand seq_length seq_position
    locc64 hicc64 on_locc1 xfin_lovel xfin_hivel xfout_lokey cutoff resonance fil_type fil_veltrack
    fileg_depth pitcheg_depth pitchlfo_freq pitchlfo_depth amplfo_depth eq1_gain eq1_freq eq1_bw group off_by
    off_mode lobend lotimer eg1_time1 polyphony note_selfmask volume_oncc7 cutoff_cc1 unknown_1 lfo1_freq
    lfo1_pitch lobpm hichan loprog rt_decay
"""
WORDS = (
    "c4 -1 0 1 60 127 0.5 -6 1e9 loop_continuous one_shot release legato reverse hpf_2p sample x $A 1e400 -9999999999"
)
PIECES = (
    "<region>", "<group>", "<global>", "<master>", "<control>", "<effect>", "<curve>", "<", ">", "\n", " ", "//",
    "/*", "*/", '#include "a.sfz"', '#include "../b.sfz"', "#define $A 1", "#define $A $A$A",
    "#define", "#include",
    "sample=a.wav", "sample=b.wav", "sample=*sine", "default_path=x/", "note_offset=12", "set_cc7=0", "ü", "\0",
)  # fmt: skip

opcode = st.builds("{}={}".format, st.sampled_from(OPCODES.split()), st.sampled_from([*WORDS.split(), ""]))
sfz_text = st.lists(st.one_of(opcode, st.sampled_from(PIECES), st.text(max_size=6)), max_size=40).map(" ".join)
region_text = st.lists(opcode, max_size=25).map(lambda parts: "<region> sample=a.wav " + " ".join(parts))


def fuzzed(strategy: st.SearchStrategy, cases: int):
    """A test over a strategy whose cases are the same at each run."""
    calm = (HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large)
    fixed = settings(max_examples=cases, deadline=None, derandomize=True, database=None, suppress_health_check=calm)
    return lambda function: fixed(given(strategy)(function))


class Guard:
    """Holds that what runs inside ends in time, takes little memory, and fails in one line if at all."""

    def __init__(self) -> None:
        self.refused: str | None = None

    def __enter__(self) -> Guard:
        self._start = time.process_time()
        tracemalloc.start()
        return self

    def __exit__(self, kind: object, error: BaseException | None, _: object) -> bool:
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert time.process_time() - self._start < LONGEST_SECONDS
        assert most < MOST_BYTES
        if isinstance(error, WorkbenchError):
            self.refused = str(error)
            assert "\n" not in self.refused
            assert self.refused
            return True
        return False


def play(instrument: Instrument) -> None:
    """A few notes over the keyboard are finite, and silent or not as they like."""
    keys = sorted({zone.low_key for zone in instrument.zones[:4]} | {60})
    notes = [Note(0.1 * place, key, 0.1, 1 + 21 * place % 127) for place, key in enumerate(keys)]
    sound = render_instrument(notes, instrument, samples_per_beat=RATE, length=RATE, sample_rate_hz=RATE)
    assert np.isfinite(sound).all()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("fuzz")
    soundfile.write(made / "a.wav", tone(frames=4410) / 32768, RATE)
    (made / "a.sfz").write_text("<region> sample=a.wav key=61")
    return made


def check_sfz(folder: Path, text: str) -> None:
    (folder / "x.sfz").write_text(text, encoding="utf-8", errors="surrogatepass")
    with Guard() as guard:
        instrument = load_instrument(folder / "x.sfz")
        if not instrument.missing():
            play(instrument)
    if guard.refused is None and "#" not in text and "/" not in text:
        check_named(text, instrument)


def check_named(text: str, instrument: Instrument) -> None:
    """Each opcode that nobody knows stands among what is left out, where its region plays at all."""
    told = " ".join(instrument.left_out)
    plain = text.split()
    if plain[:2] == ["<region>", "sample=a.wav"] and "<" not in " ".join(plain[1:]):
        for name in ("eg1_time1", "polyphony", "note_selfmask", "unknown_1"):
            if any(part.startswith(f"{name}=") for part in plain):
                assert f"opcode {plain_name(name)} " in told


def check_font(folder: Path, data: bytes) -> None:
    (folder / "x.sf2").write_bytes(data)
    with Guard():
        play(load_instrument(folder / "x.sf2"))


def check_sample(folder: Path, data: bytes) -> None:
    (folder / "b.wav").write_bytes(data)
    (folder / "y.sfz").write_text("<region> sample=b.wav pitch_keycenter=sample")
    with Guard():
        facts = inspect(folder / "b.wav")
        assert facts.seconds * facts.sample_rate_hz * max(1, facts.channels) <= 2 * len(data) + 1
    with Guard():
        instrument = load_instrument(folder / "y.sfz")
        samples, _ = instrument.read("b.wav")
        assert samples.nbytes <= 8 * len(data), "no more sound than the file has bytes"
        play(instrument)


amounts = st.integers(-32768, 32767)
zones = st.lists(st.tuples(st.integers(0, 60).filter(lambda kind: kind not in (41, 53)), amounts), max_size=20)
modulators = st.lists(st.tuples(*(st.integers(0, 65535),) * 2, amounts, *(st.integers(0, 65535),) * 2), max_size=4)


@st.composite
def fonts(draw: st.DrawFn) -> bytes:
    """A SoundFont of random generators and modulators, of which some bytes may be wrong and the end cut off."""
    loop = draw(st.tuples(st.integers(0, 500), st.integers(0, 500)))
    font = Font([Sample(tone(frames=400), loop)], [(*draw(zones), (54, 1), (53, 0))], modulators=draw(modulators))
    return spoiled(draw, font.bytes())


@st.composite
def samples(draw: st.DrawFn) -> bytes:
    """A WAV file with a sampler chunk whose numbers are anything, some bytes wrong and the end cut off."""
    rate, channels = (
        draw(st.sampled_from((44100, 8000, 0, 1, 2**31, 2**32 - 1))),
        draw(st.sampled_from((1, 2, 0, 9, 65535))),
    )
    tag, bits = draw(st.sampled_from(((1, 16), (3, 32), (1, 24), (3, 64), (0xFFFE, 32), (85, 0))))
    fmt = struct.pack("<HHIIHH", tag, channels, rate, draw(st.sampled_from((0, 88200))), 4 * channels & 0xFFFF, bits)
    body = (0.3 * np.sin(np.arange(300) / 9.0)).astype("<f4").tobytes()
    size = draw(st.sampled_from((len(body), 0, 3, 2**31, 2**32 - 1, len(body) + 50)))
    sampler = struct.pack("<15I", *draw(st.lists(st.integers(0, 2**32 - 1), min_size=15, max_size=15)))
    parts = [chunk(b"smpl", sampler), b"data" + struct.pack("<I", size) + body, chunk(b"bext", bytes(range(200)))]
    whole = b"WAVE" + chunk(b"fmt ", fmt) + b"".join(draw(st.permutations(parts)))
    kind = draw(st.sampled_from((b"RIFF", b"RF64", b"FORM")))
    return spoiled(draw, kind + struct.pack("<I", len(whole)) + whole)


def spoiled(draw: st.DrawFn, data: bytes) -> bytes:
    wrong = bytearray(data)
    for place, value in draw(st.lists(st.tuples(st.integers(0, len(data) - 1), st.integers(0, 255)), max_size=4)):
        wrong[place] = value
    return bytes(wrong[: draw(st.one_of(st.just(len(wrong)), st.integers(0, len(wrong))))])


@fuzzed(st.one_of(region_text, sfz_text), QUICK)
def test_sfz_text_is_read_or_refused(folder: Path, text: str) -> None:
    check_sfz(folder, text)


@fuzzed(fonts(), QUICK)
def test_soundfonts_are_read_or_refused(folder: Path, data: bytes) -> None:
    check_font(folder, data)


@fuzzed(samples(), QUICK)
def test_samples_are_read_or_refused(folder: Path, data: bytes) -> None:
    check_sample(folder, data)


@pytest.mark.long
@fuzzed(st.one_of(region_text, sfz_text), MANY)
def test_ten_thousand_sfz_texts(folder: Path, text: str) -> None:
    check_sfz(folder, text)


@pytest.mark.long
@fuzzed(fonts(), MANY)
def test_ten_thousand_soundfonts(folder: Path, data: bytes) -> None:
    check_font(folder, data)


@pytest.mark.long
@fuzzed(samples(), MANY)
def test_ten_thousand_samples(folder: Path, data: bytes) -> None:
    check_sample(folder, data)
