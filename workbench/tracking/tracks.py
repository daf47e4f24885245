"""A finished track as a run in MLflow."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from workbench.domain.errors import TrackingError
from workbench.domain.paths import is_folder
from workbench.domain.results import Track
from workbench.output.figures.track_figures import draw_all
from workbench.output.report.page_audio import track_addresses
from workbench.output.report.report_html import render
from workbench.tracking.items import run_items
from workbench.tracking.records import RunRecord, log_records
from workbench.tracking.saved_views import save_view
from workbench.tracking.store import EXPERIMENT, LoggedRun
from workbench.tracking.track_view import tracks_view


def log_track(
    track: Track, bundle: str | Path, *, tracking_uri: str | None = None, experiment: str | None = None
) -> LoggedRun:
    """Record a finished track and its bundle as one run.

    Parameters
    ----------
    track : Track
        What was made.
    bundle : path
        The folder that `output.export` wrote; it is only read.
    tracking_uri : str, optional
        An MLflow address (`sqlite:///...` or `http://...`); by default `default_tracking_uri()`.
    experiment : str, optional
        Name of the experiment; by default `beatsfoundry/generation`.

    Returns
    -------
    LoggedRun
        Ids of run and experiment, and the address of its page.

    Raises
    ------
    TrackingError
        If the store cannot be reached or written. The bundle stays as it is.

    Examples
    --------
    >>> import workbench
    >>> track = workbench.load("songs/rain")  # doctest: +SKIP
    >>> run = workbench.log_track(track, "songs/rain", experiment="rain")  # doctest: +SKIP
    """
    folder = Path(bundle)
    if not is_folder(folder):
        raise TrackingError(f"bundle {folder} does not exist: export the track before it is logged")
    items = run_items(track)
    record = RunRecord(experiment or EXPERIMENT, items.name, items.params, items.metrics, items.tags, items.note)
    with TemporaryDirectory() as beside:
        pictures = draw_all(track)
        _gather_files(Path(beside), folder, pictures)
        _write_pages(Path(beside), track, pictures)
        try:
            logged = log_records([(record, Path(beside))], tracking_uri=tracking_uri)[0]
            save_view(logged.experiment_id, tracks_view(), tracking_uri=tracking_uri)
        except TrackingError as error:
            raise TrackingError(f"{error}; the bundle in {folder} is complete") from error
    return logged


def _gather_files(target: Path, bundle: Path, pictures: Mapping[str, bytes]) -> None:
    """Lay out the artifacts of a run: what of the bundle is logged, and the pictures. Files are linked, not copied."""
    names = [path.name for path in sorted(bundle.iterdir()) if path.is_file()]
    for folder in ("stems", "midi", "alternatives"):
        names += [path.relative_to(bundle).as_posix() for path in (bundle / folder).rglob("*") if path.is_file()]
    for name in names:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).symlink_to((bundle / name).resolve())
    (target / "pictures").mkdir()
    for name, data in pictures.items():
        (target / "pictures" / f"{name}.png").write_bytes(data)


def _write_pages(target: Path, track: Track, pictures: Mapping[str, bytes]) -> None:
    """Put reports that hold their sound in the place of the bundle's, whose players look for the files beside them.

    MLflow shows a page in a frame of its own, without any file beside it.
    """
    pages = {"report.html": (track, pictures)}
    pages |= {f"alternatives/{n}/report.html": (one, draw_all(one)) for n, one in enumerate(track.alternatives, 1)}
    for name, (one, figures) in pages.items():
        page = target / name
        page.unlink(missing_ok=True)
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(render(one, figures=figures, audio_files=track_addresses(one)), encoding="utf-8")
