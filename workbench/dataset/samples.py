"""A song of a batch as a sample: the files that stand under its key in a shard."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from workbench.batch import Place
from workbench.batch.place import MANIFEST, SONGS
from workbench.dataset.labels import jams_document
from workbench.domain.errors import OutputError
from workbench.domain.score import Score

_DOCUMENTS = (MANIFEST, "plan.json", "score.json")


@dataclass(frozen=True, slots=True)
class SongFiles:
    """A finished song in a batch: its id, its score, and the names of its files below its folder."""

    id: str
    score: Score
    files: tuple[str, ...]


def read_song(place: Place, song_id: str) -> SongFiles:
    """Score and list of files of a song, wherever the batch lies."""
    from workbench.output import load_song

    with TemporaryDirectory() as beside:
        for name in _DOCUMENTS:
            (Path(beside) / name).write_bytes(_bytes(place, song_id, name))
        _, score, _ = load_song(beside)
        manifest = json.loads((Path(beside) / MANIFEST).read_text(encoding="utf-8"))
    return SongFiles(song_id, score, tuple(manifest["files"]))


def sample_files(place: Place, song: SongFiles) -> Iterator[tuple[str, bytes]]:
    """The files of a sample, one after the other: what follows its key in the name, and the bytes.

    `mix.flac` (the master), `bass.flac` and so on (stems), `mid`, `plan.json`, `jams`.
    """
    import io

    import soundfile

    (master,) = (name for name in song.files if name.startswith("master."))
    data = _bytes(place, song.id, master)
    info = soundfile.info(io.BytesIO(data))
    yield f"mix{Path(master).suffix}", data
    for name in song.files:
        if name.startswith("stems/"):
            yield Path(name).name, _bytes(place, song.id, name)
    yield "mid", _bytes(place, song.id, "midi/song.mid")
    yield "plan.json", _bytes(place, song.id, "plan.json")
    labels = jams_document(song.score, identifier=song.id, duration_seconds=info.frames / info.samplerate)
    yield "jams", (json.dumps(labels, ensure_ascii=False) + "\n").encode()


def _bytes(place: Place, song_id: str, name: str) -> bytes:
    data = place.read(f"{SONGS}/{song_id}/{name}")
    if data is None:
        raise OutputError(f"{place.at(f'{SONGS}/{song_id}/{name}')} is not there: make the batch again")
    return data
