"""A bundle as the session of a studio program: stems that line up to the sample, notes, tempo map and markers."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

from workbench.domain.audio import Audio
from workbench.domain.errors import OutputError, reason
from workbench.domain.files import atomic_file
from workbench.domain.plan import Delivery, Plan
from workbench.domain.results import Track
from workbench.domain.score import Score
from workbench.output.daw.formats import SessionFormat, find_format
from workbench.output.daw.session import AudioClip, session_of
from workbench.output.files.audio_files import encode_to
from workbench.output.files.folder import appearing
from workbench.output.files.loading import load_song, stem_files
from workbench.output.files.wave_chunks import Broadcast, add_chunks, broadcast_chunk, cue_chunks

_STEM_BITS = 24
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_ORIGINATOR = "BeatsFoundry"


class StemSource(Protocol):
    """A stem that is read when it is needed."""

    @property
    def length_samples(self) -> int:
        """Its length."""

    @property
    def sample_rate_hz(self) -> int:
        """Its sample rate."""

    def read(self) -> Audio:
        """The sound."""


@dataclass(frozen=True, slots=True)
class _HeldStem:
    """A stem of a track that is in memory."""

    audio: Audio

    @property
    def length_samples(self) -> int:
        return int(self.audio.samples.shape[1])

    @property
    def sample_rate_hz(self) -> int:
        return self.audio.sample_rate_hz

    def read(self) -> Audio:
        return self.audio


def export_session(source: Track | str | Path, daw: str, out: str | Path, *, overwrite: bool = False) -> Path:
    """Write a track, or a bundle, as a session of a studio program.

    Parameters
    ----------
    source : Track or path
        A track; or the folder of a bundle, with or without sound: of one without stems the notes alone.
    daw : str
        A format of `FORMATS`.
    out : path
        The file to write. Formats that lie beside their stems get a folder of that name without its suffix.
    overwrite : bool
        Whether an earlier session there is replaced.

    Returns
    -------
    Path
        The session file.

    Raises
    ------
    ParameterError
        If there is no such format.
    OutputError
        If the folder is no bundle, or if the session cannot be written.

    Examples
    --------
    >>> import workbench
    >>> workbench.export_session("songs/rain", "reaper", "sessions/rain.rpp").name  # doctest: +SKIP
    'rain.rpp'
    """
    form = find_format(daw)
    plan, score, held = _song(source)
    stems = held() if form.media is not None else {}
    clips = {name: AudioClip(f"{name}.wav", stem.length_samples, stem.sample_rate_hz) for name, stem in stems.items()}
    session = session_of(plan, score, clips)
    target = Path(out).expanduser()
    name = target.name.removesuffix(form.suffix)
    if not name:
        raise OutputError(f"{out!s:.200} names no file: expected a name such as song{form.suffix}")
    writers = {element: _stem_writer(element, stem, score) for element, stem in stems.items()}
    files = form.documents(session, version("beatsfoundry"))
    documents = {path.format(name=name): data for path, data in files.items()}
    media = (form.media or "").format(name=name)
    if form.packing == "folder":
        return _write_folder(target.with_name(name), name + form.suffix, documents, media, writers, overwrite)
    return _write_file(target.with_name(name + form.suffix), form, documents, media, writers, overwrite)


def _song(source: Track | str | Path) -> tuple[Plan, Score, Callable[[], Mapping[str, StemSource]]]:
    """Plan, score, and how to come by the stems."""
    if isinstance(source, Track):
        held = {name: _HeldStem(source.mix.stems[name]) for name in source.score.parts if name in source.mix.stems}
        return source.plan, source.score, lambda: held
    plan, score, _ = load_song(source)
    return plan, score, lambda: stem_files(source)


def _stem_writer(element: str, stem: StemSource, score: Score) -> Callable[[Path], None]:
    """Writes a stem as WAV of 24 bits that says where it begins, and where the sections do."""
    rate = stem.sample_rate_hz
    markers = [(round(score.seconds_at_bar(one.start_bar) * rate), one.name) for one in score.sections]
    broadcast = Broadcast(f"{score.title}: {element} stem, AI-assisted", _ORIGINATOR)

    def write(path: Path) -> None:
        audio = stem.read()
        encode_to(path, audio, Delivery(sample_rate_hz=rate, bit_depth=_STEM_BITS))
        inside = [(sample, name) for sample, name in markers if sample < stem.length_samples]
        add_chunks(path, [broadcast_chunk(broadcast), *cue_chunks(inside)])

    return write


def _write_folder(
    folder: Path,
    main: str,
    documents: Mapping[str, bytes],
    media: str,
    stems: Mapping[str, Callable[[Path], None]],
    overwrite: bool,
) -> Path:
    with appearing(folder, overwrite=overwrite, known_by=main) as draft:
        for path, data in documents.items():
            (draft / path).parent.mkdir(parents=True, exist_ok=True)
            (draft / path).write_bytes(data)
        for name, write in stems.items():
            (draft / media).mkdir(parents=True, exist_ok=True)
            write(draft / media / f"{name}.wav")
    return folder / main


def _write_file(
    path: Path,
    form: SessionFormat,
    documents: Mapping[str, bytes],
    media: str,
    stems: Mapping[str, Callable[[Path], None]],
    overwrite: bool,
) -> Path:
    with _appearing_file(path, overwrite) as draft:
        if form.packing == "file":
            draft.write_bytes(next(iter(documents.values())))
            return path
        with zipfile.ZipFile(draft, "w") as archive:
            for name, data in documents.items():
                archive.writestr(_entry(name, zipfile.ZIP_DEFLATED), data)
            for name, write in stems.items():
                sound = draft.with_name("stem.wav")
                write(sound)
                archive.writestr(_entry(f"{media}/{name}.wav", zipfile.ZIP_STORED), sound.read_bytes())
                sound.unlink()
    return path


@contextmanager
def _appearing_file(path: Path, overwrite: bool) -> Iterator[Path]:
    """A draft of a file that takes its place at the end of the block.

    Raises
    ------
    OutputError
        If the place is taken, or cannot be written.
    """
    try:
        if path.exists() and not overwrite:
            raise OutputError(f"{path} exists: name another file, or overwrite it (--overwrite)")
        with atomic_file(path) as place:
            yield place
    except (OSError, ValueError) as error:
        raise OutputError(f"{path} cannot be written: {reason(error)}") from None


def _entry(name: str, compression: int) -> zipfile.ZipInfo:
    """An entry without the date of today, so that the same song gives the same bytes."""
    entry = zipfile.ZipInfo(name, _ZIP_TIME)
    entry.compress_type = compression
    entry.external_attr = 0o644 << 16
    return entry
