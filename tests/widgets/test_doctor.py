"""The doctor as a plain object: it looks, reads logs, watches, and tells what helps."""

import json
import time
from pathlib import Path

import pytest

from tests.widgets.conftest import Page
from workbench.diagnostics import Diagnosis, networks
from workbench.domain.errors import ParameterError
from workbench.widgets import Doctor


def test_findings_have_their_remedies(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bad = Diagnosis("models", "bass", "fail", "another hash", "BFD011")
    monkeypatch.setattr(networks, "validate", lambda: [bad])
    widget = Doctor(logs=tmp_path)
    page = Page(widget)
    page.ask("examine")
    widget.wait()
    (shown,) = [one for one in widget.findings if one["subject"] == "bass"]
    assert (shown["outcome"], shown["code"]) == ("fail", "BFD011")
    assert shown["remedy"].startswith("install the workbench again")
    assert shown["meaning"] == "The weights of a network are not those of its card"
    assert {one["tool"] for one in widget.findings} >= {"models", "system"}
    assert f"{len(widget.findings)} things were looked at: 1 fail" in widget.message
    assert widget.progress == -1.0


def test_a_project_that_is_none_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(networks, "validate", list)
    widget = Doctor(tmp_path / "nowhere")
    Page(widget).ask("examine")
    widget.wait()
    assert widget.failed
    assert "nowhere" in widget.message


def test_logs_are_told_by_failure(tmp_path: Path) -> None:
    lines = [
        {"timestamp": "2026-11-30T10:00:00+00:00", "level": "info", "event": "run began", "run_id": "a1"},
        {
            "timestamp": "2026-11-30T10:00:05+00:00", "level": "warning", "event": "run failed", "run_id": "a1",
            "kind_of_error": "ModelError", "reason": "weights bass.safetensors are missing",
        },
        {
            "timestamp": "2026-11-30T10:00:06+00:00", "level": "info", "event": "run ended", "run_id": "a1",
            "state": "failed",
        },
    ]  # fmt: skip
    (tmp_path / "run.log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    widget = Doctor(logs=tmp_path)
    Page(widget).ask("read_logs")
    widget.wait()
    (failure,) = widget.failures
    assert failure["code"] == "BFD010"
    assert failure["remedy"]
    assert "3 lines" in widget.message
    gone = Doctor(logs=tmp_path / "gone")
    Page(gone).ask("read_logs")
    gone.wait()
    assert gone.failed


def test_the_live_look_ends_when_it_is_told_to() -> None:
    widget = Doctor(interval_seconds=0.05)
    page = Page(widget)
    page.ask("watch", on=True)
    assert widget.watching
    until = time.monotonic() + 20.0
    while len(widget.looks) < 3 and time.monotonic() < until:
        time.sleep(0.02)
    page.ask("watch", on=False)
    assert not widget.watching
    assert len(widget.looks) >= 3
    assert widget.looks[-1]["memory_mb"] > 10
    assert [one["subject"] for one in widget.findings] == ["memory", "processor"]
    page.ask("watch", on=False)  # ends nothing twice
    page.ask("dance")
    assert "which this widget does not do" in widget.message


def test_one_address_is_no_list() -> None:
    with pytest.raises(ParameterError, match="expected a list of addresses, got 'redis://x'"):
        Doctor(services="redis://x")  # type: ignore[arg-type]
