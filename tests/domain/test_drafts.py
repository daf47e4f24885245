"""What a killed process leaves is cleared away by the next one; what a living one writes is never touched."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from workbench.domain.drafts import draft_beside, sweep

WRITER = """
import sys, time
from pathlib import Path
from workbench.domain.drafts import draft_beside, REPLACED
target = Path(sys.argv[1])
with draft_beside(target) as draft:
    (draft / "half").write_bytes(b"x" * 1000)
    if len(sys.argv) > 2:
        target.rename(draft / REPLACED)
    print(draft, flush=True)
    time.sleep(60)
"""


def begun(target: Path, *more: str) -> tuple[subprocess.Popen[str], Path]:
    """A process in the middle of its draft."""
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(target), *more], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def killed(process: subprocess.Popen[str]) -> None:
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()


def test_the_draft_of_a_killed_process_goes_and_that_of_a_living_one_stays(tmp_path: Path) -> None:
    living, kept = begun(tmp_path / "song")
    dead, left = begun(tmp_path / "song")
    try:
        killed(dead)
        assert left.is_dir()
        with draft_beside(tmp_path / "other") as draft:
            assert (draft.is_dir(), left.exists(), (kept / "half").is_file()) == (True, False, True)
        assert set(tmp_path.iterdir()) == {kept}
    finally:
        killed(living)
    sweep(tmp_path)
    assert not list(tmp_path.iterdir())


def test_what_was_moved_aside_goes_back(tmp_path: Path) -> None:
    name = "song " + "of a long name " * 10
    (tmp_path / name).mkdir()
    (tmp_path / name / "manifest.json").write_text("{}")
    process, _ = begun(tmp_path / name, "aside")
    killed(process)
    assert not (tmp_path / name).exists()
    sweep(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name / "manifest.json").is_file()


def test_folders_of_others_stay(tmp_path: Path) -> None:
    (tmp_path / ".config-abcdefgh").mkdir()
    (tmp_path / ".config-abcdefgh" / "precious").touch()
    (tmp_path / "lock").touch()
    sweep(tmp_path)
    sweep(tmp_path / "nowhere")
    assert (tmp_path / ".config-abcdefgh" / "precious").is_file()


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_nothing_is_left_of_what_failed(error: type[BaseException], tmp_path: Path) -> None:
    with pytest.raises(error), draft_beside(tmp_path / "song"):
        raise error
    assert not list(tmp_path.iterdir())
