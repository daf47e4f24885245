"""What SFZ regions ask for before they sound, decided as far as a part of notes alone decides it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from workbench.rendering.sampler.conditions import Conditions, Trigger
from workbench.rendering.sampler.instrument import Fade
from workbench.rendering.sampler.sfz_controllers import OF_THE_NOTE, Controllers
from workbench.rendering.sampler.sfz_opcodes import Opcodes, leading_number

_TRIGGERS: dict[str, Trigger] = {
    "attack": "attack", "first": "first", "legato": "legato", "release": "release", "release_key": "release",
}  # fmt: skip
# What a part cannot send stands still: where it stands, and the ends of its range.
_STILL = {
    "bend": (0.0, -8192.0, 8191.0), "chanaft": (0.0, 0.0, 127.0), "polyaft": (0.0, 0.0, 127.0),
    "prog": (0.0, 0.0, 127.0),
}  # fmt: skip
_RANGES = {"key", "vel", "rand", "bpm", "chan", *_STILL}
_FILLED = 0.999


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys and the root of a region, as its opcodes say in their order; `silent` where notes do not trigger it."""

    low: int
    high: int
    root: int | None
    silent: bool


def read_keys(opcodes: Opcodes, names: list[str], shift: int) -> Keys:
    """Keys of a region: `key` sets both ends and the root, and what comes behind it sets them again."""
    low, high, silent = 0, 127, False
    root: int | None = 60
    for name in names:
        value = opcodes.key(name) if name != "pitch_keycenter" or opcodes.word(name) != "sample" else None
        if name == "lokey":
            low = max(0, value or 0)
        elif name in ("hikey", "key") and value is not None:
            silent, high = value < 0, value if value >= 0 else 127
            low, root = (high, high) if name == "key" and not silent else (low, root)
        elif name == "pitch_keycenter":
            root = value
    if (low, high) != (0, 127):
        low, high = (max(0, min(127, key + shift)) for key in (low, high))
    return Keys(low, high, None if root is None else max(0, min(127, root + shift)), silent)


def read_conditions(opcodes: Opcodes, shift: int) -> Conditions:
    """Switches, chance, tempo and trigger; keys of switches are shifted as all keys are."""

    def switch(name: str) -> int | None:
        value = opcodes.key(name)
        return None if value is None or value < 0 else max(0, min(127, value + shift))

    last, lowest, highest = switch("sw_last"), switch("sw_lolast"), switch("sw_hilast")
    ends = [key for key in (lowest, highest) if key is not None]
    by = (min(ends), max(ends)) if ends else None if last is None else (last, last)
    return Conditions(
        trigger=_TRIGGERS.get(opcodes.word("trigger", "attack"), "attack"),
        switched_by=by,
        default_switch=switch("sw_default"),
        while_down=switch("sw_down"),
        while_up=switch("sw_up"),
        after=switch("sw_previous"),
        chance=(opcodes.number("lorand", 0.0), opcodes.number("hirand", 1.0)),
        tempo_bpm=(opcodes.number("lobpm", 0.0), opcodes.number("hibpm", math.inf, high=math.inf)),
        velocity_of_before=opcodes.word("sw_vel") == "previous",
    )


def why_silent(opcodes: Opcodes, keys: Keys, rest: Controllers) -> str | None:
    """Why a part of notes never plays a region, None where it may; a condition that is not known is such a reason."""
    if opcodes.number("end", 1.0) <= 0.0:
        return "they are switched off (end)"
    if (trigger := opcodes.word("trigger", "attack")) not in _TRIGGERS:
        return f"trigger={trigger} is not known"
    for low, high, number in _controller_ranges(opcodes):
        place = 127.0 * rest.at(number)
        if number > 127 and number not in OF_THE_NOTE and number != 128:
            return f"controller {number} is not known"
        if number not in OF_THE_NOTE and not low <= place <= high + _FILLED:
            return f"controller {number} stands at {place:.0f}, they ask for {low:g} to {high:g}"
    if keys.silent:
        return "no key plays them"
    return _why_still(opcodes) or _unknown_condition(opcodes)


def _controller_ranges(opcodes: Opcodes) -> list[tuple[float, float, int]]:
    found = opcodes.matching(r"(?:lo|hi)(hd)?cc(\d{1,3})")
    ranges = {(one[1], int(one[2])) for one in found}
    return [
        (
            opcodes.number(f"lo{fine or ''}cc{number}", 0.0) * (127.0 if fine else 1.0),
            opcodes.number(f"hi{fine or ''}cc{number}", 1.0 if fine else 127.0) * (127.0 if fine else 1.0),
            number,
        )
        for fine, number in sorted(ranges, key=str)
    ]


def note_ranges(opcodes: Opcodes) -> dict[str, tuple[float, float]]:
    """Ranges (0..127) over what ARIA numbers as controllers though it belongs to the note: velocity, key, chance."""
    return {
        OF_THE_NOTE[number]: (low, high) for low, high, number in _controller_ranges(opcodes) if number in OF_THE_NOTE
    }


def _why_still(opcodes: Opcodes) -> str | None:
    for name, (place, lowest, highest) in _STILL.items():
        low, high = opcodes.number(f"lo{name}", lowest), opcodes.number(f"hi{name}", highest)
        if not low <= place <= high:
            return f"{name} stands at {place:g}, they ask for {low:g} to {high:g}"
    return None


def _unknown_condition(opcodes: Opcodes) -> str | None:
    """A range or switch that nobody here knows: rather silence than a region at the wrong time."""
    for match in opcodes.found(r"(?:lo|hi)([a-z]+)\d*|sw_(\w+)"):
        if match[1] is not None and match[1] not in _RANGES | {"cc", "hdcc"}:
            return f"the condition {match[0]} is not known"
        known = ("last", "lolast", "hilast", "default", "down", "up", "previous", "vel", "lokey", "hikey", "label")
        if match[2] is not None and match[2] not in known:
            return f"the condition {match[0]} is not known"
    return None


def read_fades(opcodes: Opcodes, shift: int) -> tuple[Fade, ...]:
    """Crossfades by key and velocity."""
    fades = []
    for by, end in (("key", "key"), ("velocity", "vel")):
        power = opcodes.word(f"xf_{end}curve", "power") != "gain"
        for rising, side, edge in ((True, "xfin", 0.0), (False, "xfout", 127.0)):
            names = [f"{side}_lo{end}", f"{side}_hi{end}"]
            if any(name in opcodes for name in names):
                low, high = (_edge(opcodes, name, edge, shift if end == "key" else 0) for name in names)
                fades.append(Fade(by, low, high, rising, power))
    return tuple(fades)


def _edge(opcodes: Opcodes, name: str, default: float, shift: int) -> float:
    if not name.endswith("key"):
        return opcodes.number(name, default)
    value = opcodes.key(name, int(default))
    return float((default if value is None else value) + shift)


def controller_fades(opcodes: Opcodes, rest: Controllers) -> list[tuple[Fade, float]]:
    """Crossfades by controllers, and where each stands."""
    power = opcodes.word("xf_cccurve", "power") != "gain"
    found = []
    for side, number in {(one[1], int(one[2])) for one in opcodes.matching(r"xf(in|out)_(?:lo|hi)cc(\d{1,3})")}:
        edge = 0.0 if side == "in" else 127.0
        low, high = (opcodes.number(f"xf{side}_{end}cc{number}", edge) for end in ("lo", "hi"))
        found.append((Fade("controller", low, high, side == "in", power), 127.0 * rest.at(number)))
    return found


def is_noise_of_a_controller(opcodes: Opcodes) -> bool:
    """Whether a controller's movement is what triggers the region (`on_loccN`)."""
    return bool(opcodes.matching(r"on_(?:lo|hi)(?:hd)?cc\d{1,3}"))


def curve_points(block: dict[str, str]) -> tuple[tuple[float, float], ...]:
    """Points of a `<curve>` header (`v000` to `v127`), its ends at 0 and 1 where it leaves them out."""
    points = {0.0: 0.0, 127.0: 1.0}
    for name, text in block.items():
        if (found := re.fullmatch(r"v(\d{1,3})", name)) and int(found[1]) <= 127:
            points[float(found[1])] = leading_number(text) or 0.0
    return tuple(sorted(points.items()))
