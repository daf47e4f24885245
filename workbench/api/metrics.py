"""Counts in Prometheus' text format (version 0.0.4)."""

from __future__ import annotations

from collections.abc import Mapping

from workbench.api.jobs import ENDED
from workbench.api.services import Services

Counts = Mapping[tuple[str, str, int], int]
"""Requests by method, path template and status."""


def prometheus_text(services: Services, requests: Counts) -> str:
    """Requests by method, path and status since the server began, and jobs by state."""
    jobs = dict.fromkeys(("queued", "running", *ENDED), 0) | services.jobs.counts()
    lines = ["# HELP beatsfoundry_requests_total Requests answered.", "# TYPE beatsfoundry_requests_total counter"]
    lines += [
        f'beatsfoundry_requests_total{{method="{method}",path="{path}",status="{status}"}} {count}'
        for (method, path, status), count in sorted(requests.items())
    ]
    lines += ["# HELP beatsfoundry_jobs Jobs by state.", "# TYPE beatsfoundry_jobs gauge"]
    lines += [f'beatsfoundry_jobs{{state="{state}"}} {count}' for state, count in jobs.items()]
    return "\n".join(lines) + "\n"
