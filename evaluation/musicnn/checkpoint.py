"""Reads a TensorFlow checkpoint (version 2) with numpy: an index of a sorted string table, and raw values.

The index is a LevelDB table (magic number at its end, two block handles before it); each entry's value is a
`BundleEntryProto`: type, shape, offset and size. Only uncompressed blocks and float32 values are read.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from workbench.domain.errors import ModelError

Weights = dict[str, npt.NDArray[np.float32]]

_MAGIC = 0xDB4775248B80FB57
_FOOTER_BYTES, _FLOAT = 48, 1


def read_checkpoint(index: bytes, data: bytes) -> Weights:
    """Every float32 value of a checkpoint by name.

    Raises
    ------
    ModelError
        If the bytes are none, or if a block is compressed.
    """
    footer = index[-_FOOTER_BYTES:]
    if len(footer) < _FOOTER_BYTES or struct.unpack("<Q", footer[-8:])[0] != _MAGIC:
        raise ModelError("musicnn: expected the index of a TensorFlow checkpoint")
    place = 0
    for _ in range(2):  # the handle of the meta index comes first and is not needed
        _, place = _varint(footer, place)
    start, place = _varint(footer, place)
    size, _ = _varint(footer, place)
    weights: Weights = {}
    for _, handle in _entries(_block(index, start, size)):
        offset, after = _varint(handle, 0)
        length, _ = _varint(handle, after)
        for name, value in _entries(_block(index, offset, length)):
            array = _value(value, data) if name else None
            if array is not None:
                weights[name.decode()] = array
    return weights


def _value(entry: bytes, data: bytes) -> npt.NDArray[np.float32] | None:
    fields = _message(entry)
    if fields.get(1, [0])[0] != _FLOAT:
        return None
    dimensions = _message(_bytes(fields[2][0])).get(2, []) if 2 in fields else []
    shape = [int(_number(_message(_bytes(one)).get(1, [0])[0])) for one in dimensions]
    offset, size = _number(fields.get(4, [0])[0]), _number(fields.get(5, [0])[0])
    return np.frombuffer(data[offset : offset + size], "<f4").reshape(shape).copy()


def _block(buffer: bytes, offset: int, size: int) -> bytes:
    if buffer[offset + size] != 0:
        raise ModelError("musicnn: expected an uncompressed checkpoint")
    return buffer[offset : offset + size]


def _entries(block: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Keys share their beginning with the key before; the restart points at the end are not needed."""
    restarts = struct.unpack("<I", block[-4:])[0]
    end, place, key = len(block) - 4 - 4 * restarts, 0, b""
    while place < end:
        shared, place = _varint(block, place)
        own, place = _varint(block, place)
        length, place = _varint(block, place)
        key = key[:shared] + block[place : place + own]
        place += own
        yield key, block[place : place + length]
        place += length


def _message(data: bytes) -> dict[int, list[int | bytes]]:
    """Fields of a protocol buffer by number."""
    fields: dict[int, list[int | bytes]] = {}
    place = 0
    while place < len(data):
        tag, place = _varint(data, place)
        value: int | bytes
        if tag & 7 == 0:
            value, place = _varint(data, place)
        else:
            length = {1: 8, 5: 4}.get(tag & 7)
            if length is None:
                length, place = _varint(data, place)
            value = data[place : place + length]
            place += length
        fields.setdefault(tag >> 3, []).append(value)
    return fields


def _varint(data: bytes, place: int) -> tuple[int, int]:
    result = shift = 0
    while True:
        byte = data[place]
        place += 1
        result |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return result, place


def _bytes(value: int | bytes) -> bytes:
    return value if isinstance(value, bytes) else b""


def _number(value: int | bytes) -> int:
    return value if isinstance(value, int) else 0
