"""One SFZ region as a zone: amplifier, pitch, filters, equaliser, envelopes and loops, by the laws of sfizz."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from workbench.domain.units import gain_to_db
from workbench.rendering.sampler.curves import crossfade_gain
from workbench.rendering.sampler.files import SampleNotes
from workbench.rendering.sampler.instrument import Zone
from workbench.rendering.sampler.sfz_conditions import (
    Keys,
    controller_fades,
    note_ranges,
    read_conditions,
    read_fades,
)
from workbench.rendering.sampler.sfz_controllers import Controllers
from workbench.rendering.sampler.sfz_opcodes import Opcodes, leading_number
from workbench.rendering.sampler.shapes import (
    WAVES,
    Envelope,
    EqualiserBand,
    FilterKind,
    Lfo,
    ModulationEnvelope,
    ZoneFilter,
)

WHOLE = 1 << 40
"""End of a loop that goes to the end of its sample."""
_SHORTEST_FALL_MS = 6.0
_MOST_CENTS = 12000.0
_NEVER_LOUDER_DB = -120.0
_FILTERS: dict[str, tuple[FilterKind, int]] = {
    "lpf_1p": ("lowpass_1", 1), "hpf_1p": ("highpass_1", 1), "apf_1p": ("allpass_1", 1), "brf_1p": ("notch", 1),
    "lpf_2p": ("lowpass", 1), "hpf_2p": ("highpass", 1), "bpf_2p": ("bandpass", 1), "brf_2p": ("notch", 1),
    "lpf_4p": ("lowpass", 2), "hpf_4p": ("highpass", 2), "bpf_4p": ("bandpass", 2),
    "lpf_6p": ("lowpass", 3), "hpf_6p": ("highpass", 3), "bpf_6p": ("bandpass", 3),
    "lpf_2p_sv": ("lowpass", 1), "hpf_2p_sv": ("highpass", 1), "bpf_2p_sv": ("bandpass", 1), "brf_2p_sv": ("notch", 1),
    "pkf_2p": ("peak", 1), "bpk_2p": ("peak", 1), "peq": ("peak", 1), "lsh": ("low_shelf", 1), "hsh": ("high_shelf", 1),
}  # fmt: skip
_BANDS: dict[str, FilterKind] = {"peak": "peak", "lshelf": "low_shelf", "hshelf": "high_shelf"}
_BAND_HZ = {1: 50.0, 2: 500.0, 3: 5000.0}
_TIMES = ("delay", "attack", "hold", "decay", "release")


@dataclass(frozen=True, slots=True)
class RegionPlace:
    """Where a region stands: its sample, what that says of itself, its keys, and by how much keys are shifted."""

    sample: str
    notes: SampleNotes
    keys: Keys
    shift: int


def read_zone(opcodes: Opcodes, rest: Controllers, place: RegionPlace) -> Zone:
    """A region as a zone."""
    keys = place.keys
    root = keys.root if keys.root is not None else place.notes.root
    zone = Zone(
        sample=place.sample,
        low_key=keys.low,
        high_key=keys.high,
        root=float(60 if root is None else root),
        low_velocity=max(1, opcodes.whole("lovel", 1)),
        high_velocity=opcodes.whole("hivel", 127),
        conditions=read_conditions(opcodes, place.shift),
        sequence=(opcodes.whole("seq_position", 1), max(1, opcodes.whole("seq_length", 1))),
        fades=read_fades(opcodes, place.shift),
        lfos=_lfos(opcodes),
        filters=_filters(opcodes),
        bands=_bands(opcodes),
    )
    for part in (_narrowed, _amplifier, _pitch, _playback, _envelopes, _groups):
        zone = part(zone, opcodes)
    gain = math.prod(crossfade_gain(fade, value) for fade, value in controller_fades(opcodes, rest))
    return _looped(replace(zone, gain_db=zone.gain_db + gain_to_db(gain)), opcodes, place.notes)


def is_never_heard(zone: Zone) -> bool:
    """Whether controllers at rest take the whole level of a zone away."""
    return zone.gain_db <= _NEVER_LOUDER_DB


def _narrowed(zone: Zone, opcodes: Opcodes) -> Zone:
    """Ranges over what belongs to the note, written as controllers."""
    ranges = note_ranges(opcodes)
    low, high = ranges.get("velocity", (0.0, 127.0))
    lowest, highest = ranges.get("key", (0.0, 127.0))
    chance = zone.conditions.chance
    if "chance" in ranges:
        chance = (ranges["chance"][0] / 127.0, (ranges["chance"][1] + 1.0) / 128.0)
    return replace(
        zone,
        low_velocity=max(zone.low_velocity, math.ceil(low)),
        high_velocity=min(zone.high_velocity, math.floor(high)),
        low_key=max(zone.low_key, math.ceil(lowest)),
        high_key=min(zone.high_key, math.floor(highest)),
        conditions=replace(zone.conditions, chance=chance),
    )


def _amplifier(zone: Zone, opcodes: Opcodes) -> Zone:
    volumes = ("volume", "group_volume", "master_volume", "global_volume")
    decibels = sum(opcodes.number(name, 0.0, -144.0, 48.0) for name in volumes)
    gain = opcodes.without_controllers("amplitude", 100.0) / 100.0
    gain *= math.prod(depth / 100.0 * place for depth, place in opcodes.moved("amplitude"))
    for level in ("group", "master", "global"):
        gain *= opcodes.number(f"{level}_amplitude", 100.0) / 100.0
    return replace(
        zone,
        gain_db=decibels + gain_to_db(abs(gain)),
        gain_key_db=opcodes.number("amp_keytrack", 0.0, -96.0, 12.0),
        gain_key_center=opcodes.key("amp_keycenter", 60) or 0,
        gain_random_db=opcodes.number("amp_random", 0.0, -24.0, 24.0),
        velocity_track=opcodes.number("amp_veltrack", 100.0, -100.0, 100.0) / 100.0,
        velocity_curve=_velocity_curve(opcodes),
        pan=opcodes.number("pan", 0.0, -100.0, 100.0) / 100.0,
        width=opcodes.number("width", 100.0, -100.0, 100.0) / 100.0,
        position=opcodes.number("position", 0.0, -100.0, 100.0) / 100.0,
        release_decay_db=opcodes.number("rt_decay", 0.0, 0.0, 200.0),
        release_alone=opcodes.word("rt_dead", "off") in ("on", "1"),
    )


def _velocity_curve(opcodes: Opcodes) -> tuple[tuple[int, float], ...]:
    points = {0: 0.0, 127: 1.0}
    found = opcodes.matching(r"amp_velcurve_(\d{1,3})")
    for one in found:
        points[min(127, int(one[1]))] = min(1.0, max(0.0, leading_number(opcodes.word(one[0])) or 0.0))
    return tuple(sorted(points.items())) if found else ()


def _pitch(zone: Zone, opcodes: Opcodes) -> Zone:
    return replace(
        zone,
        tune_cents=opcodes.number("pitch", 0.0, -_MOST_CENTS, _MOST_CENTS)
        + 100.0 * opcodes.number("transpose", 0.0, -127.0, 127.0),
        tune_velocity_cents=opcodes.number("pitch_veltrack", 0.0, -_MOST_CENTS, _MOST_CENTS),
        tune_random_cents=opcodes.number("pitch_random", 0.0, -_MOST_CENTS, _MOST_CENTS),
        key_track=opcodes.number("pitch_keytrack", 100.0, -1200.0, 1200.0) / 100.0,
    )


def _playback(zone: Zone, opcodes: Opcodes) -> Zone:
    end = opcodes.whole("end", -1, low=-1)
    return replace(
        zone,
        delay_ms=1000.0 * opcodes.number("delay", 0.0, 0.0, 100.0),
        delay_random_ms=1000.0 * opcodes.number("delay_random", 0.0, 0.0, 100.0),
        offset=opcodes.whole("offset"),
        offset_random=opcodes.whole("offset_random"),
        end=end + 1 if end > 0 else None,
        reverse=opcodes.word("direction") == "reverse",
    )


def _looped(zone: Zone, opcodes: Opcodes, notes: SampleNotes) -> Zone:
    """Loop and its mode: what the region says, else what its sample says; `loop_end` is the last frame of the loop."""
    released = zone.conditions.trigger == "release"
    usual = "loop_continuous" if notes.loop else "one_shot" if released else "no_loop"
    mode = opcodes.word("loop_mode", usual)
    first = opcodes.whole("loop_start") or (notes.loop[0] if notes.loop else 0)
    last = opcodes.whole("loop_end", -1, low=-1)
    stop = last + 1 if last >= 0 else notes.loop[1] if notes.loop else WHOLE
    repeats = opcodes.whole("loop_count") if "loop_count" in opcodes else None
    crossfade = 1000.0 * opcodes.number("loop_crossfade", 0.0, 0.0, 10.0)
    if "count" in opcodes:
        again = max(0, opcodes.whole("count") - 1)
        return replace(zone, one_shot=True, loop=(zone.offset, WHOLE) if again else None, loop_count=again)
    if mode in ("loop_continuous", "loop_sustain") and stop > first:
        return replace(
            zone,
            loop=(first, stop),
            loop_held=mode == "loop_sustain",
            loop_count=repeats,
            loop_crossfade_ms=crossfade,
        )
    return replace(zone, one_shot=mode == "one_shot")


def _envelopes(zone: Zone, opcodes: Opcodes) -> Zone:
    return replace(
        zone,
        amp=_envelope(opcodes, "ampeg", release=0.001),
        amp_slopes=_slopes(opcodes, "ampeg"),
        pitch_sweep=_sweep(opcodes, "pitcheg"),
        filter_sweep=_sweep(opcodes, "fileg"),
    )


def _sweep(opcodes: Opcodes, name: str) -> ModulationEnvelope | None:
    depth = opcodes.number(f"{name}_depth", 0.0, -_MOST_CENTS, _MOST_CENTS)
    more = opcodes.number(f"{name}_vel2depth", 0.0, -_MOST_CENTS, _MOST_CENTS)
    shape, slopes = _envelope(opcodes, name), _slopes(opcodes, name)
    return ModulationEnvelope(shape, depth, more, slopes) if depth or more else None


def _envelope(opcodes: Opcodes, name: str, release: float = 0.0) -> Envelope:
    times = {
        part: 1000.0 * opcodes.number(f"{name}_{part}", release if part == "release" else 0.0, 0.0, 100.0)
        for part in _TIMES
    }
    return Envelope(
        delay_ms=times["delay"],
        start=opcodes.number(f"{name}_start", 0.0, 0.0, 100.0) / 100.0,
        attack_ms=times["attack"],
        hold_ms=times["hold"],
        decay_ms=times["decay"] and max(_SHORTEST_FALL_MS, times["decay"]),
        sustain=opcodes.number(f"{name}_sustain", 100.0, 0.0, 100.0) / 100.0,
        release_ms=max(_SHORTEST_FALL_MS, times["release"]),
    )


def _slopes(opcodes: Opcodes, name: str) -> Envelope:
    delay, attack, hold, decay, release = (
        1000.0 * opcodes.number(f"{name}_vel2{part}", 0.0, -100.0, 100.0) for part in _TIMES
    )
    return Envelope(
        delay_ms=delay,
        attack_ms=attack,
        hold_ms=hold,
        decay_ms=decay,
        release_ms=release,
        sustain=opcodes.number(f"{name}_vel2sustain", 0.0, -100.0, 100.0) / 100.0,
    )


def _lfos(opcodes: Opcodes) -> tuple[Lfo, ...]:
    """The three oscillators of SFZ 1, and the numbered ones of SFZ 2 as far as they have one wave."""
    found = []
    for name in ("amplfo", "pitchlfo", "fillfo"):
        depth = opcodes.number(f"{name}_depth", 0.0, -1200.0, 1200.0)
        volume, pitch, cutoff = (depth if name == one else 0.0 for one in ("amplfo", "pitchlfo", "fillfo"))
        found.append(replace(_lfo(opcodes, name, ""), volume_db=volume, pitch_cents=pitch, filter_cents=cutoff))
    numbers = {one[1] for one in opcodes.matching(r"lfo(\d{1,2})_freq")}
    found += [_lfo(opcodes, f"lfo{number}", f"lfo{number}_") for number in sorted(numbers)]
    return tuple(one for one in found if one.hz > 0.0 and (one.volume_db or one.pitch_cents or one.filter_cents))


def _lfo(opcodes: Opcodes, name: str, targets: str) -> Lfo:
    wave = opcodes.whole(f"{name}_wave", 1 if not targets else 0)
    shape = Lfo(
        hz=opcodes.number(f"{name}_freq", 0.0, 0.0, 100.0),
        delay_ms=1000.0 * opcodes.number(f"{name}_delay", 0.0, 0.0, 100.0),
        fade_ms=1000.0 * opcodes.number(f"{name}_fade", 0.0, 0.0, 100.0),
        phase=opcodes.number(f"{name}_phase", 0.0),
        wave=WAVES[wave] if wave < len(WAVES) else "sine",
    )
    if not targets:
        return shape
    return replace(
        shape,
        volume_db=opcodes.number(f"{targets}volume", 0.0, -48.0, 48.0),
        pitch_cents=opcodes.number(f"{targets}pitch", 0.0, -_MOST_CENTS, _MOST_CENTS),
        filter_cents=opcodes.number(f"{targets}cutoff", 0.0, -_MOST_CENTS, _MOST_CENTS),
    )


def _filters(opcodes: Opcodes) -> tuple[ZoneFilter, ...]:
    found = []
    for number in ("", "2"):
        name, cutoff = f"fil{number}", f"cutoff{number}"
        kind, times = _FILTERS.get(opcodes.word(f"{name}_type", "lpf_2p"), (None, 0))
        hertz = opcodes.without_controllers(cutoff, 0.0)
        shape = ZoneFilter(
            kind or "lowpass",
            max(1.0, hertz) * 2.0 ** (max(-_MOST_CENTS, min(_MOST_CENTS, opcodes.added(cutoff))) / 1200.0),
            resonance_db=opcodes.number(f"resonance{number}", 0.0, -60.0, 60.0),
            times=times,
            gain_db=opcodes.number(f"{name}_gain", 0.0, -96.0, 60.0),
            key_cents=opcodes.number(f"{name}_keytrack", 0.0, -1200.0, 1200.0),
            key_center=opcodes.key(f"{name}_keycenter", 60) or 0,
            velocity_cents=opcodes.number(f"{name}_veltrack", 0.0, -_MOST_CENTS, _MOST_CENTS),
            random_cents=opcodes.number(f"{name}_random", 0.0, -_MOST_CENTS, _MOST_CENTS),
        )
        if cutoff in opcodes and kind is not None:
            found.append(shape)
        elif cutoff in opcodes:
            opcodes.leave(f"{name}_type")
    return tuple(found)


def _bands(opcodes: Opcodes) -> tuple[EqualiserBand, ...]:
    found = []
    usual = True
    for number in range(1, 9):
        # As in sfizz: the usual frequencies hold up to the first band that names its own.
        usual = usual and f"eq{number}_freq" not in opcodes
        band = EqualiserBand(
            _BANDS.get(opcodes.word(f"eq{number}_type", "peak"), "peak"),
            opcodes.number(f"eq{number}_freq", _BAND_HZ.get(number, 0.0) if usual else 0.0, 0.0, 30000.0),
            opcodes.number(f"eq{number}_gain", 0.0, -96.0, 60.0),
            opcodes.number(f"eq{number}_bw", 1.0, 0.001, 12.0),
            opcodes.number(f"eq{number}_vel2freq", 0.0, -30000.0, 30000.0),
            opcodes.number(f"eq{number}_vel2gain", 0.0, -96.0, 96.0),
        )
        if (band.gain_db or band.velocity_db) and (band.frequency_hz or band.velocity_hz):
            found.append(band)
    return tuple(found)


def _groups(zone: Zone, opcodes: Opcodes) -> Zone:
    fast = 1000.0 * opcodes.number("off_time", 0.006, 0.0, 100.0)
    mode = opcodes.word("off_mode", "time" if "off_time" in opcodes else "fast")
    fades = {"fast": 6.0, "time": fast, "normal": zone.amp.release_ms}
    return replace(
        zone,
        group=opcodes.whole("group", 0, low=-(1 << 31)),
        off_by=opcodes.whole("off_by", 0, low=-(1 << 31)),
        off_ms=max(1.0, fades.get(mode, 6.0)),
        off_same_key=False,
    )
