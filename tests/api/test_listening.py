"""What a server refuses before it starts, each in one line that says what to give."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.api.serving import Listening, check_listening
from workbench.api.settings import ApiSettings
from workbench.domain.errors import ParameterError


def test_a_certificate_must_be_one(tmp_path: Path) -> None:
    words = tmp_path / "words.pem"
    words.write_text("no certificate", encoding="utf-8")
    with pytest.raises(ParameterError, match=r"none\.pem is not there: expected a PEM file"):
        check_listening(ApiSettings(home=tmp_path), Listening(certificate=tmp_path / "none.pem", private_key=words))
    with pytest.raises(ParameterError, match="are no certificate with its key"):
        check_listening(ApiSettings(home=tmp_path), Listening(certificate=words, private_key=words))


def test_redis_has_an_address(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="expected an address such as redis://"):
        check_listening(ApiSettings(home=tmp_path, redis_url="nowhere"), Listening())
    check_listening(ApiSettings(home=tmp_path, redis_url="redis://127.0.0.1:6379"), Listening())
