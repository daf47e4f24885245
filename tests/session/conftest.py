"""A short song with sound, made once."""

from __future__ import annotations

from typing import Any

import pytest

from workbench.domain.request import parse_request
from workbench.domain.results import Track
from workbench.pipeline import generate

REQUEST: dict[str, Any] = {
    "project_id": "session",
    "parameters": {
        "creative": {"concept": "driving synthwave at night"},
        "technical": {"tempo": 160, "key": "F minor", "duration": 12, "structure": ["verse", "chorus"]},
    },
    "options": {"seed": 3, "preview": True, "sample_rate": 44100},
}


@pytest.fixture(scope="session")
def track() -> Track:
    return generate(parse_request(REQUEST))
