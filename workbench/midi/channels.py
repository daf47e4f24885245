"""Which channels of a file play percussion, and which program each begins with, whatever track says so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from workbench.midi.events import Event

DRUM_CHANNEL = 9
"""MIDI channel 10, counted from 0: percussion in General MIDI."""

_BANK_SELECT = 0
_GM2_RHYTHM_BANK = 120
_XG_DRUM_BANKS = {126, 127}
_XG = bytes([0x43, 0x10, 0x4C])
"""System exclusive of Yamaha's XG, device 0. Bank 127 is a kit only there: Roland's GS has other sounds in it."""
_GS = bytes([0x41, 0x10, 0x42, 0x12, 0x40])
"""System exclusive of Roland's GS, device 0x10, with the first byte of the address of a part's parameters."""


def drum_channels(tracks: Iterable[Sequence[Event]]) -> frozenset[int]:
    """Channels (from 0) that play percussion: channel 10, and those that GM2, GS or XG messages turn into it."""
    found = {DRUM_CHANNEL: True}
    xg_banks: set[int] = set()
    is_xg = False
    for events in tracks:
        for _, status, data in events:
            if status == 0xF0:
                is_xg |= data[:3] == _XG
                found.update(_rhythm_part(data))
            elif status & ~0x0F == 0xB0 and data[0] == _BANK_SELECT:
                if data[1] == _GM2_RHYTHM_BANK:
                    found[status & 0x0F] = True
                elif data[1] in _XG_DRUM_BANKS:
                    xg_banks.add(status & 0x0F)
    return frozenset({channel for channel, drums in found.items() if drums} | (xg_banks if is_xg else set()))


def first_programs(tracks: Iterable[Sequence[Event]]) -> dict[int, int]:
    """The program that each channel is given first; for tracks that play on a channel which another one sets up."""
    first: dict[int, tuple[int, int]] = {}
    for events in tracks:
        for tick, status, data in events:
            channel = status & 0x0F
            if status & ~0x0F == 0xC0 and (channel not in first or tick < first[channel][0]):
                first[channel] = (tick, data[0])
    return {channel: program for channel, (_, program) in first.items()}


def _rhythm_part(data: bytes) -> dict[int, bool]:
    """Channel -> whether it plays percussion, as a GS or XG message sets it; empty for other messages."""
    if data[:5] == _GS and len(data) >= 8 and data[5] & 0xF0 == 0x10 and data[6] == 0x15:
        # GS counts its parts as channel 10, 1 to 9, 11 to 16.
        part = data[5] & 0x0F
        return {DRUM_CHANNEL if part == 0 else part - 1 if part < 10 else part: data[7] > 0}
    if data[:4] == _XG + b"\x08" and len(data) >= 7 and data[4] < 16 and data[5] == 0x07:
        return {data[4]: data[6] > 0}
    return {}
