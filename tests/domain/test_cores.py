"""Cores that a process may use: its affinity, and what its control groups grant."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from workbench.domain import cores


def groups(root: Path, own: str, files: dict[str, str]) -> tuple[Path, Path]:
    for name, text in files.items():
        path = root / "cgroup" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="ascii")
    (root / "own").write_text(own, encoding="ascii")
    return root / "cgroup", root / "own"


def first_version(quota_us: str) -> dict[str, str]:
    return {"cpu,cpuacct/cpu.cfs_quota_us": quota_us, "cpu,cpuacct/cpu.cfs_period_us": "100000"}


@pytest.mark.parametrize(
    ("own", "files", "quota"),
    [
        ("0::/\n", {"cpu.max": "150000 100000\n"}, 1.5),
        ("0::/\n", {"cpu.max": "max 100000\n"}, None),
        ("0::/a/b\n", {"a/b/cpu.max": "max 100000\n", "a/cpu.max": "200000 100000\n"}, 2.0),
        ("0::/a\n", {"a/cpu.max": "400000 100000\n", "cpu.max": "50000 100000\n"}, 0.5),
        # Version 1, where each controller has a tree of its own.
        ("4:memory:/x\n3:cpu,cpuacct:/\n", first_version("300000"), 3.0),
        ("3:cpu,cpuacct:/\n", first_version("-1"), None),
        ("4:memory:/\n", {"memory/cpu.max": "100000 100000"}, None),
        ("0::/gone\n", {}, None),
    ],
)  # fmt: skip
def test_the_least_quota_counts(own: str, files: dict[str, str], quota: float | None, tmp_path: Path) -> None:
    assert cores.read_quota(*groups(tmp_path, own, files)) == quota


def test_without_control_groups_there_is_no_quota(tmp_path: Path) -> None:
    assert cores.read_quota(tmp_path, tmp_path / "none") is None


@pytest.mark.parametrize(("quota", "usable"), [(None, 8), (0.5, 1), (1.5, 2), (8.0, 8), (64.0, 8)])
def test_parts_of_a_core_count_as_one(quota: float | None, usable: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: set(range(8)) if process == 0 else set())
    monkeypatch.setattr(cores, "_quota", lambda: quota)
    assert cores.usable_cores() == usable


def test_what_is_stated_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cores, "_quota", lambda: 1.0)
    monkeypatch.setenv(cores.THREADS_VARIABLE, "6")
    assert cores.thread_count() == 6
    monkeypatch.setenv(cores.THREADS_VARIABLE, "0")
    assert cores.thread_count() == 1
    monkeypatch.setenv(cores.THREADS_VARIABLE, "many")
    assert cores.thread_count() == 1
