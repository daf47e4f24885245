"""The bundle: everything about a finished track in one folder.

::

    master.wav              the song
    stems/bass.wav          one file an element; they sum to the mix before the master
    midi/song.mid           the score; midi/bass.mid and so on by element
    score.json              the score without loss; edits.json what was edited since, if anything was
    mix.json                what the desk settled on, so that one stem can be mixed again beside the others
    plan.json               what was decided, and why
    report.json report.html what was measured
    alternatives/1/...      the same again for each further candidate
    manifest.json           request, seed, model hashes, versions, time, and the SHA-256 of every other file

The same request and seed give the same bytes in every file but `manifest.json`: it alone says when the track was made
and how long each stage took.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from workbench.domain.audio import Audio
from workbench.domain.collecting import rarely_collected
from workbench.domain.cores import thread_count
from workbench.domain.edit_state import EditState
from workbench.domain.errors import ParameterError
from workbench.domain.plan import Delivery, Plan
from workbench.domain.plan_form import plan_to_dict
from workbench.domain.results import Track
from workbench.domain.score import Score
from workbench.domain.seeding import derived_seed
from workbench.output.files.audio_files import encode_to, roundtrip
from workbench.output.files.documents import report_document, to_json
from workbench.output.files.folder import MANIFEST, appearing
from workbench.output.files.midi_files import midi_bytes
from workbench.output.files.song_files import compact, desk_document
from workbench.output.files.stamping import stamp
from workbench.output.files.tags import Tags, master_tags, stem_tags

Writer = Callable[[Path], str]
"""Writes one file to its path and returns its SHA-256."""


def export(track: Track, directory: str | Path, *, overwrite: bool = False) -> dict[str, Any]:
    """Write a track's bundle; the folder appears whole or not at all.

    Parameters
    ----------
    track : Track
        The song and its alternatives.
    directory : path
        A folder that is absent or empty.
    overwrite : bool
        Whether an earlier bundle there is replaced.

    Returns
    -------
    dict
        The `outputs` of the published response: `master`, `stems` by element, `alternatives` (their masters), as paths.

    Raises
    ------
    ParameterError
        If `track` is no track.
    OutputError
        If the folder is occupied or cannot be written.

    Examples
    --------
    >>> import workbench
    >>> track = workbench.generate("rainy lo-fi study beat")  # doctest: +SKIP
    >>> workbench.export(track, "songs/rain")["master"]  # doctest: +SKIP
    'songs/rain/master.wav'
    """
    if not isinstance(track, Track):
        raise ParameterError(f"track: expected a Track, as generate and load give it, got {type(track).__name__}")
    files = track_files(track)
    with appearing(directory, overwrite=overwrite) as folder, rarely_collected():
        digests = _write_all(files, folder)
        (folder / MANIFEST).write_text(to_json(_manifest(track, digests)), encoding="utf-8")
    return outputs_of(track, directory)


def export_composition(
    plan: Plan, score: Score, directory: str | Path, *, edits: EditState | None = None, overwrite: bool = False
) -> list[Path]:
    """Write plan, score and MIDI files alone, with a manifest; return the paths.

    Raises
    ------
    OutputError
        If the folder is occupied or cannot be written.
    """
    edits = edits or EditState()
    files = {
        **_score_files(score, edits, plan.patches),
        "plan.json": _bytes(lambda: to_json(plan_to_dict(plan)).encode()),
    }
    with appearing(directory, overwrite=overwrite) as folder:
        digests = _write_all(files, folder)
        manifest = {
            "project_id": plan.project_id, "seed": plan.seed, "creation_time": _now(), "edits": edits.history,
            "files": digests,
        }  # fmt: skip
        (folder / MANIFEST).write_text(to_json(manifest), encoding="utf-8")
    return [Path(directory) / name for name in files]


def master_as_heard(master: Audio, plan: Plan) -> Audio:
    """The master as a listener of the bundle's file hears it: encoded with that file's very dither, and decoded."""
    return roundtrip(master, plan.delivery, seed=derived_seed(plan.seed, "dither", "master"))


def outputs_of(track: Track, directory: str | Path) -> dict[str, Any]:
    """The paths that `export` writes for a track, in the published form."""
    root, suffix = Path(directory), track.plan.delivery.suffix
    stems = {name: str(root / "stems" / f"{name}{suffix}") for name in _stem_names(track)}
    others = range(1, len(track.alternatives) + 1)
    return {
        "master": str(root / f"master{suffix}"),
        "stems": stems,
        "alternatives": [str(root / "alternatives" / str(number) / f"master{suffix}") for number in others],
    }


def track_files(track: Track) -> dict[str, Writer]:
    """Each file of the bundle but the manifest: its path in the folder, and what makes its bytes."""
    files = _candidate_files(track)
    for number, other in enumerate(track.alternatives, start=1):
        files |= {f"alternatives/{number}/{name}": writer for name, writer in _candidate_files(other).items()}
    return files


def _candidate_files(track: Track) -> dict[str, Writer]:
    delivery, seed = track.plan.delivery, track.provenance.seed
    suffix = delivery.suffix
    files: dict[str, Writer] = {
        f"master{suffix}": _sound(track.master, delivery, derived_seed(seed, "dither", "master"), master_tags(track))
    }
    for name in _stem_names(track):
        dither_seed = derived_seed(seed, "dither", name)
        files[f"stems/{name}{suffix}"] = _sound(track.mix.stems[name], delivery, dither_seed, stem_tags(track, name))
    files |= _score_files(track.score, track.edits, track.plan.patches)
    desk = track.mix.desk
    if desk is not None and track.plan.delivery.stem_export:
        files["mix.json"] = _bytes(lambda: desk_document(desk))
    files["plan.json"] = _bytes(lambda: to_json(plan_to_dict(track.plan)).encode())
    files["report.json"] = _bytes(lambda: to_json(report_document(track.report)).encode())
    files["report.html"] = _bytes(lambda: _report_html(track))
    return files


def _stem_names(track: Track) -> tuple[str, ...]:
    return tuple(track.mix.stems) if track.plan.delivery.stem_export else ()


def _sound(audio: Audio, delivery: Delivery, seed: int, tags: Tags) -> Writer:
    def write(path: Path) -> str:
        encode_to(path, audio, delivery, seed=seed)
        return stamp(path, delivery.format, tags)

    return write


def _bytes(make: Callable[[], bytes]) -> Writer:
    def write(path: Path) -> str:
        content = make()
        path.write_bytes(content)
        return hashlib.sha256(content).hexdigest()

    return write


def _score_files(score: Score, edits: EditState, patches: Mapping[str, str]) -> dict[str, Writer]:
    files: dict[str, Writer] = {
        "midi/song.mid": _bytes(lambda: midi_bytes(score, patches=patches)),
        "score.json": _bytes(lambda: compact(score)),
    }
    if edits.history:
        files["edits.json"] = _bytes(lambda: compact(edits))
    for name in score.parts:
        files[f"midi/{name}.mid"] = _bytes(partial(midi_bytes, score, name, patches))
    return files


def _report_html(track: Track) -> bytes:
    from workbench.analysis.references import ReferenceLibrary
    from workbench.dsp.dither import lies_on_steps
    from workbench.output.report.report_html import render

    library = ReferenceLibrary()
    delivery = track.plan.delivery
    if delivery.format != "mp3" and not lies_on_steps(track.master.samples, bit_depth=delivery.bit_depth):
        # Drawn from what the file holds, so that a track that is loaded again has the same page.
        track = replace(track, master=master_as_heard(track.master, track.plan))
    return render(track, references=[library.get(name) for name in track.plan.references]).encode()


def _write_all(files: Mapping[str, Writer], folder: Path) -> dict[str, dict[str, Any]]:
    """Write the files, audio encoders in parallel; return size and SHA-256 by path."""

    def write(item: tuple[str, Writer]) -> tuple[str, dict[str, Any]]:
        name, writer = item
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        digest = writer(path)
        return name, {"sha256": digest, "bytes": path.stat().st_size}

    # Pictures are drawn in this thread: matplotlib is not thread-safe. Encoders release the interpreter lock.
    drawn = [item for item in files.items() if item[0].endswith(".html")]
    with ThreadPoolExecutor(max_workers=thread_count()) as pool:
        encoded = [pool.submit(write, item) for item in files.items() if item not in drawn]
        try:
            digests = dict(write(item) for item in drawn)
            digests |= dict(future.result() for future in encoded)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return {name: digests[name] for name in files}


def _manifest(track: Track, digests: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "project_id": track.request.project_id,
        "creation_time": track.provenance.created or _now(),
        "request": track.request.model_dump(mode="json"),
        # What it leaves open stays open: a palette that is stated is read in another way than one that is not.
        "request_as_stated": track.request.model_dump(mode="json", exclude_unset=True),
        **_origin(track),
        "edits": track.edits.history,
        "alternatives": {str(number): _origin(other) for number, other in enumerate(track.alternatives, start=1)},
        "files": digests,
    }


def _origin(track: Track) -> dict[str, Any]:
    origin = track.provenance
    return {
        "seed": origin.seed,
        **({} if track.ranking is None else {"ranking": asdict(track.ranking)}),
        "model_hashes": origin.model_hashes,
        "versions": origin.versions,
        "licences": origin.licences,
        "seconds_by_stage": {stage: round(seconds, 3) for stage, seconds in origin.seconds_by_stage.items()},
    }


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
