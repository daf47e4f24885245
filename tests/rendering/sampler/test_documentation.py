"""The page on sound names what is played: each opcode there changes no list of what is left out."""

from __future__ import annotations

import re
from pathlib import Path

import soundfile

from tests.rendering.sampler.soundfonts import RATE, tone
from workbench.rendering.sampler import load_instrument

PAGE = Path(__file__).parents[3] / "docs" / "sound.md"
WITHIN_TEXT = {"default_path", "note_offset", "octave_offset", "sample", "set_ccN", "set_hdccN"}
WORDS = {
    "loop_mode": "no_loop", "direction": "forward", "trigger": "attack", "fil_type": "lpf_2p", "fil2_type": "lpf_2p",
    "off_mode": "fast", "sw_vel": "current", "rt_dead": "on",
}  # fmt: skip


def documented() -> list[str]:
    """Opcodes in the table of the page, with a number for each N; words that only introduce others are left out."""
    text = PAGE.read_text(encoding="utf-8")
    table = text[text.index("### SFZ") : text.index("What a number opcode")]
    names = set(re.findall(r"`([a-z]\w*)`", table)) - WITHIN_TEXT - {"xfout", "pitcheg", "fileg", "pitchlfo", "fillfo"}
    return sorted(re.sub(r"N(?=_|$)", "1", name) for name in names)


def value_of(name: str) -> str:
    """A value under which a region still plays."""
    starts = {"lo": "0", "hi": "127", "sw_": "0", "seq": "1"}
    usual = next((value for start, value in starts.items() if name.startswith(start)), "1")
    return WORDS.get(name, usual)


def test_documented_opcodes_are_read(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", tone(frames=4410) / 32768, RATE)
    names = documented()
    assert len(names) > 120
    for name in names:
        opcodes = f"cutoff=900 lfo1_freq=1 sw_default=0 {name}={value_of(name)}"
        (tmp_path / "x.sfz").write_text(f"<region> sample=a.wav <region> sample=a.wav {opcodes}")
        told = load_instrument(tmp_path / "x.sfz").left_out
        assert not [sentence for sentence in told if sentence.startswith("opcode ")], name


def test_an_opcode_that_is_documented_as_left_out_is_named(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", tone(frames=4410) / 32768, RATE)
    (tmp_path / "x.sfz").write_text("<region> sample=a.wav key=60 note_polyphony=1")
    assert load_instrument(tmp_path / "x.sfz").left_out == ("opcode note_polyphony (1 region)",)
