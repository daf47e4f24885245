"""Reading SFZ: the opcodes that most instruments use (sfzformat.com, version 1 and some of ARIA)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from workbench.domain.errors import ParameterError
from workbench.rendering.sampler.instrument import Instrument, Zone
from workbench.rendering.sampler.naming import LETTERS

_HEADER = re.compile(r"<(\w+)>")
_OPCODE = re.compile(r"(\w+)=(.*?)(?=\s+\w+=|\s*<|$)", re.DOTALL)
_NOTE = re.compile(r"^([a-g])(#|b)?(-?\d+)$", re.IGNORECASE)
_INHERITED = ("global", "master", "group", "region")


def read_sfz(path: Path) -> Instrument:
    """Read an SFZ file; samples are found relative to it (and to `default_path`).

    Understood: sample, key, lokey, hikey, pitch_keycenter, pitch_keytrack, tune, transpose, lovel, hivel, volume,
    pan, amp_veltrack, ampeg_attack/hold/decay/sustain/release, offset, end, loop_mode, loop_start, loop_end, cutoff,
    group, off_by, seq_length, seq_position, trigger (attack alone), #define. Others are passed over, and so are regions
    of generated sound (`sample=*silence`, `*sine`). Whether the samples are there, `Instrument.missing` tells.

    Raises
    ------
    ParameterError
        If the file cannot be read, holds no region, or a value is no number.
    """
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise ParameterError(f"{path}: cannot be read ({error.strerror})") from None
    levels: dict[str, dict[str, str]] = {name: {} for name in _INHERITED}
    control: dict[str, str] = {}
    zones = []
    for header, opcodes in _blocks(_expanded(text)):
        if header == "control":
            control.update(opcodes)
        elif header in levels:
            for below in _INHERITED[_INHERITED.index(header) :]:
                levels[below] = {}
            levels[header] = opcodes
            if header == "region":
                merged = {key: value for level in _INHERITED for key, value in levels[level].items()}
                played = merged.get("trigger", "attack") == "attack" and "sample" in merged
                if played and not merged["sample"].startswith("*"):
                    zones.append(_zone(merged, control.get("default_path", ""), path))
    if not zones:
        raise ParameterError(f"{path.name}: expected at least one <region> with a sample")
    return Instrument(path.stem, tuple(zones), path.parent)


def _expanded(text: str) -> str:
    """Text without comments and with macros replaced, longest names first."""
    plain = re.sub(r"//[^\n]*|/\*.*?\*/", "", text, flags=re.DOTALL)
    macros = dict(re.findall(r"#define\s+(\$\w+)\s+(\S+)", plain))
    plain = re.sub(r"#define[^\n]*", "", plain)
    for name in sorted(macros, key=len, reverse=True):
        plain = plain.replace(name, macros[name])
    return plain


def _blocks(text: str) -> list[tuple[str, dict[str, str]]]:
    pieces = _HEADER.split(text)
    return [
        (header.lower(), {name.lower(): value.strip() for name, value in _OPCODE.findall(body)})
        for header, body in zip(pieces[1::2], pieces[2::2], strict=True)
    ]


def _zone(opcodes: Mapping[str, str], prefix: str, path: Path) -> Zone:
    def number(name: str, default: float) -> float:
        try:
            return float(opcodes.get(name, default))
        except ValueError:
            raise ParameterError(f"{path.name}: {name}={opcodes[name]!r} is no number") from None

    def key(name: str, default: int) -> int:
        return _key(opcodes.get(name, str(default)), name, path)

    single = key("key", -1)
    low, high = key("lokey", single if single >= 0 else 0), key("hikey", single if single >= 0 else 127)
    mode = opcodes.get("loop_mode", opcodes.get("loopmode", "no_loop"))
    looped = mode in ("loop_continuous", "loop_sustain")
    loop_end = number("loop_end", number("loopend", 0.0))
    loop = (int(number("loop_start", number("loopstart", 0.0))), int(loop_end)) if looped and loop_end > 0 else None
    return Zone(
        sample=(prefix + opcodes["sample"]).replace("\\", "/"),
        low_key=low,
        high_key=high,
        root=float(key("pitch_keycenter", single if single >= 0 else 60)),
        low_velocity=max(1, int(number("lovel", 1))),
        high_velocity=int(number("hivel", 127)),
        tune_cents=number("tune", 0.0) + 100.0 * number("transpose", 0.0),
        gain_db=number("volume", 0.0),
        pan=number("pan", 0.0) / 100.0,
        key_track=number("pitch_keytrack", 100.0) / 100.0,
        loop=loop,
        offset=int(number("offset", 0.0)),
        end=int(number("end", -1)) + 1 if number("end", -1) > 0 else None,
        one_shot=mode == "one_shot",
        attack_ms=1000.0 * number("ampeg_attack", 0.0),
        hold_ms=1000.0 * number("ampeg_hold", 0.0),
        decay_ms=1000.0 * number("ampeg_decay", 0.0),
        sustain=number("ampeg_sustain", 100.0) / 100.0,
        release_ms=1000.0 * number("ampeg_release", 0.05),
        velocity_track=number("amp_veltrack", 100.0) / 100.0,
        cutoff_hz=number("cutoff", 0.0) or None,
        group=int(number("group", 0)),
        off_by=int(number("off_by", 0)),
        sequence=(int(number("seq_position", 1)), max(1, int(number("seq_length", 1)))),
    )


def _key(text: str, name: str, path: Path) -> int:
    """A key as number or as note name, C4 being 60."""
    if found := _NOTE.match(text):
        shift = {"#": 1, "b": -1}.get(found[2] or "", 0)
        return 12 * (int(found[3]) + 1) + LETTERS[found[1].upper()] + shift
    try:
        return int(float(text))
    except ValueError:
        raise ParameterError(
            f"{path.name}: {name}={text!r} is no key: expected 0 to 127 or a note such as c4"
        ) from None
