"""Generated songs in MLflow, where the server knows of one; a song is finished whether it is recorded or not."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from workbench.domain.errors import TrackingError

if TYPE_CHECKING:
    from workbench.domain.results import Track

AWAY = "the song is complete, but it could not be recorded in MLflow yet"


def recorded(track: Track, bundle: Path, tracking_uri: str | None) -> list[str]:
    """Log a track as `beatsfoundry generate` does; return what its owner should know, nothing if all is well.

    Runs that waited while MLflow was away are logged with the first one that gets through.
    """
    if tracking_uri is None:
        return []
    from workbench.tracking import log_track
    from workbench.tracking.records import upload_pending

    try:
        log_track(track, bundle, tracking_uri=tracking_uri)
    except (TrackingError, OSError) as error:
        structlog.get_logger().warning("not recorded in MLflow", reason=str(error))
        return [AWAY]
    with suppress(TrackingError, OSError):
        upload_pending(tracking_uri=tracking_uri)
    return []
