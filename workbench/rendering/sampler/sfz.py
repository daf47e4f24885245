"""Reading SFZ (sfzformat.com, versions 1 and 2 and some of ARIA): regions become zones, the rest is named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from workbench.domain.errors import ParameterError
from workbench.rendering.sampler.files import FileFinder, SampleNotes, sample_notes
from workbench.rendering.sampler.instrument import Instrument, Zone
from workbench.rendering.sampler.sfz_conditions import (
    curve_points,
    is_noise_of_a_controller,
    read_keys,
    why_silent,
)
from workbench.rendering.sampler.sfz_controllers import Controllers
from workbench.rendering.sampler.sfz_opcodes import Opcodes, leading_number, plain_name
from workbench.rendering.sampler.sfz_text import SfzBlock, read_text
from workbench.rendering.sampler.sfz_zone import RegionPlace, is_never_heard, read_zone

_LEVELS = ("global", "master", "group", "region")
_KEYS = ("key", "lokey", "hikey", "pitch_keycenter")
_MOST_NAMED = 3
# Opcodes that change nothing that a part of notes could hear: labels, pedals, the wheel, what players do with memory.
_WITHOUT_EFFECT = (
    r"(?:sw|region|group|master|global|label)_?label\w*|label_\w+|sw_(?:lokey|hikey)|(?:lo|hi)chan|image\w*"
    r"|(?:sustain|sostenuto)_\w+|bend_\w+|hint_\w+|\w+_(?:curve|smooth|step)cc\d+|sample_quality|output"
    r"|(?:\w+_)?(?:chanaft|polyaft)|ampeg_depth|ampeg_vel2depth|\w+_dynamic"
)


@dataclass(frozen=True, slots=True)
class _Region:
    """Opcodes of a region by plain name in their order, the folder of its samples, and the shift of its keys."""

    opcodes: dict[str, str]
    prefix: str
    shift: int


@dataclass(slots=True)
class _LeftOut:
    """What is not played, counted by reason."""

    reasons: dict[str, list[str]] = field(default_factory=dict)
    opcodes: Counter[str] = field(default_factory=Counter)
    headers: Counter[str] = field(default_factory=Counter)

    def region(self, reason: str, sample: str) -> None:
        self.reasons.setdefault(reason, []).append(sample.replace("\\", "/").rpartition("/")[2])

    def remarks(self, unread: tuple[str, ...]) -> tuple[str, ...]:
        regions = (f"{_counted(len(them), 'region')}: {why} ({_some(them)})" for why, them in self.reasons.items())
        opcodes = (f"opcode {name} ({_counted(n, 'region')})" for name, n in self.opcodes.items())
        headers = (f"header <{name}>" for name in self.headers)
        return (*regions, *opcodes, *headers, *unread)


def read_sfz(path: Path) -> Instrument:
    """Read an SFZ file; samples are found relative to it and to `default_path`, whatever the case of their letters.

    `Instrument.left_out` names regions that no note plays and opcodes that are not played; docs/sound.md lists those
    that are. Whether the samples are there, `Instrument.missing` tells.

    Raises
    ------
    ParameterError
        If the file cannot be read, holds no region with a sample, or a value is no number.
    """
    text = read_text(path)
    regions, rest, left = _regions(list(text.blocks))
    finder = FileFinder(path.parent)
    known: dict[str, SampleNotes] = {}
    zones = [zone for one in regions if (zone := _zone(one, rest, finder, known, left, path)) is not None]
    remarks = left.remarks(text.unread)
    if not zones:
        why = f": {remarks[0]}" if remarks else ""
        raise ParameterError(f"{path.name}: expected at least one <region> with a sample that a note plays{why}")
    return Instrument(path.stem, tuple(zones), path.parent, left_out=remarks)


def _regions(blocks: list[SfzBlock]) -> tuple[list[_Region], Controllers, _LeftOut]:
    """Regions with what they inherit; a header forgets the headers below it."""
    levels: dict[str, dict[str, str]] = {name: {} for name in _LEVELS}
    control: dict[str, str] = {}
    places: dict[int, float] = {}
    curves: dict[int, tuple[tuple[float, float], ...]] = {}
    left, regions = _LeftOut(), []
    for block in blocks:
        if block.header == "control":
            control |= block.opcodes
            places |= dict(_set_controllers(block.opcodes))
        elif block.header == "curve":
            curves[int(leading_number(block.opcodes.get("curve_index", "")) or 7)] = curve_points(block.opcodes)
        elif block.header in _LEVELS:
            levels |= {below: {} for below in _LEVELS[_LEVELS.index(block.header) :]}
            levels[block.header] = block.opcodes
            if block.header == "region":
                shift = 12 * _whole(control, "octave_offset") + _whole(control, "note_offset")
                regions.append(_Region(_merged(levels), control.get("default_path", ""), shift))
        else:
            left.headers[block.header] += 1
    return regions, Controllers(places, curves), left


def _merged(levels: dict[str, dict[str, str]]) -> dict[str, str]:
    """Opcodes of all levels by plain name; one that is said again stands where it was said last."""
    merged: dict[str, str] = {}
    for level in _LEVELS:
        for name, value in levels[level].items():
            plain = plain_name(name)
            merged.pop(plain, None)
            merged[plain] = value
    return merged


def _set_controllers(opcodes: dict[str, str]) -> Iterator[tuple[int, float]]:
    for name, text in opcodes.items():
        for prefix, most in (("set_cc", 127.0), ("set_hdcc", 1.0), ("set_realcc", 1.0)):
            number = name.removeprefix(prefix)
            if name.startswith(prefix) and number.isdecimal():
                yield int(number[:4]), min(1.0, max(0.0, (leading_number(text) or 0.0) / most))


def _whole(opcodes: dict[str, str], name: str) -> int:
    return max(-127, min(127, int(leading_number(opcodes.get(name, "")) or 0)))


def _zone(
    region: _Region, rest: Controllers, finder: FileFinder, known: dict[str, SampleNotes], left: _LeftOut, path: Path
) -> Zone | None:
    opcodes = Opcodes(region.opcodes, rest, path.name)
    named = opcodes.word("sample")
    if not named or named.startswith("*"):
        left.region("their sound would have to be generated" if named else "they name no sample", named or "no sample")
        return None
    keys = read_keys(opcodes, [name for name in region.opcodes if name in _KEYS], region.shift)
    triggered = is_noise_of_a_controller(opcodes)
    if (why := why_silent(opcodes, keys, rest)) is not None:
        left.region("a controller alone plays them" if triggered and keys.silent else why, named)
        return None
    sample = finder.find(region.prefix + named)
    if sample not in known:
        known[sample] = sample_notes(path.parent / sample)
    zone = read_zone(opcodes, rest, RegionPlace(sample, known[sample], keys, region.shift))
    if is_never_heard(zone):
        left.region("they have no level while controllers rest", named)
        return None
    opcodes.matching(_WITHOUT_EFFECT)
    left.opcodes.update(opcodes.unread)
    return zone


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _some(names: list[str]) -> str:
    unique = list(dict.fromkeys(names))
    more = f" and {len(unique) - _MOST_NAMED} more" if len(unique) > _MOST_NAMED else ""
    return f"{', '.join(unique[:_MOST_NAMED])}{more}"
