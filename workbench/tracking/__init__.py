"""The record: a finished track as typed items, written to MLflow in one place."""

from workbench.domain.paths import workspace
from workbench.tracking.dashboard import launch_dashboard
from workbench.tracking.items import RunItems, run_items
from workbench.tracking.opening import address_and_command
from workbench.tracking.pages import dashboard_url
from workbench.tracking.store import LoggedRun, default_tracking_uri
from workbench.tracking.tracks import log_track

__all__ = [
    "LoggedRun",
    "RunItems",
    "address_and_command",
    "dashboard_url",
    "default_tracking_uri",
    "launch_dashboard",
    "log_track",
    "run_items",
    "workspace",
]
