"""Uploads of any bytes: measured or refused, within ten seconds of the processor and bounded memory.

A dozen damaged files here; `make test-long` sends 200, and the files of the development data that broke other readers.
"""

from __future__ import annotations

import io
import random
import resource
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import mido
import numpy as np
import pytest
import soundfile

from tests.api.conftest import PREFIX, Server

LONGEST_SECONDS = 10.0
LARGEST_BYTES = 1.5e9
Upload = tuple[str, bytes]


def _whole() -> dict[str, bytes]:
    """Small files as they should be: a second of a chord in each format, and a MIDI file."""
    seconds = np.arange(24000) / 24000
    chord = sum(0.2 * np.sin(2 * np.pi * hz * seconds) for hz in (220.0, 277.2, 329.6))
    made = {}
    for suffix, form in (("wav", "WAV"), ("flac", "FLAC"), ("ogg", "OGG"), ("mp3", "MP3")):
        buffer = io.BytesIO()
        soundfile.write(buffer, chord, 24000, format=form)
        made[f"a.{suffix}"] = buffer.getvalue()
    song = mido.MidiFile(ticks_per_beat=480)
    song.tracks.append(mido.MidiTrack([mido.Message("note_on", note=60), mido.Message("note_off", note=60, time=480)]))
    buffer = io.BytesIO()
    song.save(file=buffer)
    return {**made, "a.mid": buffer.getvalue()}


def _mutated(data: bytes, chance: random.Random) -> bytes:
    """A file with one to four kinds of damage, headers above all."""
    kinds = (_cut, _flipped, _repeated, _blanked, _extreme)
    for damage in chance.sample(kinds, chance.randint(1, 4)):
        data = damage(data, chance)
    return data


def _place(data: bytes, chance: random.Random) -> int:
    return chance.randrange(min(len(data), chance.choice((64, 4096, len(data)))) or 1)


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: _place(data, chance)]


def _flipped(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randint(1, 16) if data else 0):
        changed[_place(data, chance)] = chance.randrange(256)
    return bytes(changed)


def _repeated(data: bytes, chance: random.Random) -> bytes:
    start = _place(data, chance)
    part = data[start : start + chance.randint(1, 2000)]
    return data[:start] + part * chance.randint(2, 20) + data[start:]


def _blanked(data: bytes, chance: random.Random) -> bytes:
    start, length = _place(data, chance), chance.randint(1, 500)
    return data[:start] + bytes(min(length, len(data) - start)) + data[start + length :]


def _extreme(data: bytes, chance: random.Random) -> bytes:
    """A number of a header as large, as small or as negative as it can be."""
    start = 4 * (_place(data, chance) // 4)
    return data[:start] + chance.choice((b"\xff" * 4, bytes(4), b"\xff\xff\xff\x7f", b"\0\0\0\x80")) + data[start + 4 :]


def _damaged(count: int) -> Iterator[Upload]:
    chance, files = random.Random(20261201), list(_whole().items())
    for number in range(count):
        name, data = files[number % len(files)]
        yield f"{number}-{name}", _mutated(data, chance)


def _largest_child_bytes() -> int:
    """The most that any child process so far held, those of earlier tests too."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024


def _hold(server: Server, uploads: Iterable[Upload]) -> Counter[int]:
    """Send files; each is answered by a measurement or a refusal in words."""
    key, statuses = server.key(), Counter[int]()
    # A child that is forked counts what its parent holds, until it becomes a program of its own.
    allowed = max(_largest_child_bytes(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, LARGEST_BYTES)
    for name, data in uploads:
        before = _children_seconds()
        answer = server.client.post(f"{PREFIX}/analyze", files={"file": (name, data)}, headers=key)
        assert answer.status_code in (200, 413, 422), (name, answer.text)
        assert _children_seconds() - before < LONGEST_SECONDS, name
        if answer.status_code != 200:
            assert "/tmp" not in answer.json()["detail"], answer.text
        statuses[answer.status_code] += 1
    assert _largest_child_bytes() <= max(allowed, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
    return statuses


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _torture(folder: Path) -> list[Upload]:
    return [(path.name, path.read_bytes()) for path in sorted((folder / "torture").iterdir()) if path.is_file()]


def test_whole_files_are_measured(server: Server) -> None:
    statuses = {name: _hold(server, [(name, data)]) for name, data in _whole().items()}
    assert {name: dict(told) for name, told in statuses.items()} == {
        "a.wav": {200: 1}, "a.flac": {200: 1}, "a.ogg": {200: 1}, "a.mp3": {200: 1}, "a.mid": {422: 1},
    }  # fmt: skip


def test_damaged_files_are_measured_or_refused(server: Server) -> None:
    assert _hold(server, _damaged(12)).total() == 12


@pytest.mark.long
def test_many_damaged_files_are_measured_or_refused(server: Server) -> None:
    print(f"\n{dict(_hold(server, _damaged(200)))}")


@pytest.mark.long
def test_files_that_broke_other_readers(server: Server, development_data: Path) -> None:
    if not (development_data / "torture").is_dir():
        pytest.skip(f"{development_data} has no folder torture")
    print(f"\n{dict(_hold(server, _torture(development_data)))}")


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a\x00b.wav", "ä ö.wav", "C:\\x.wav", "x" * 3000, "%2e%2e%2f.wav"]
)
def test_a_file_may_be_called_anything(server: Server, name: str) -> None:
    """A name is only told back; where the file lies is the server's affair."""
    files = {"file": (name, b"RIFF....WAVE", "text/html")}
    answer = server.client.post(f"{PREFIX}/analyze", files=files, headers=server.key())
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(answer.json()["detail"]) <= 1000
