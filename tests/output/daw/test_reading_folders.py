"""A folder is no session, and the message tells what is meant instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.domain.errors import ParameterError
from workbench.output.daw.reading import read_session


def test_a_bundle_is_no_session(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"is a folder: .*midi/song\.mid"):
        read_session(tmp_path)
