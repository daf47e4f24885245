"""After `beatsfoundry prepare` nothing is left to compile."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

REQUEST = {
    "parameters": {
        "creative": {"concept": "late-night drive through neon rain"},
        "technical": {"tempo": 104, "key": "F minor", "duration": 60},
    },
    "options": {"seed": 7},
}


def kernels(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*.nbc")}


@pytest.mark.long
def test_a_song_after_prepare_compiles_no_kernel(tmp_path: Path) -> None:
    cache, request = tmp_path / "kernels", tmp_path / "request.json"
    request.write_text(json.dumps(REQUEST), encoding="utf-8")
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(cache), "BEATSFOUNDRY_HOME": str(tmp_path / "home")}

    def run(*words: str) -> None:
        command = [sys.executable, "-m", "workbench.cli.main", *words]
        subprocess.run(command, env=environment, check=True, capture_output=True, timeout=1800)

    run("prepare")
    compiled = kernels(cache)
    run("generate", str(request), "--out", str(tmp_path / "song"), "--no-track", "--quiet")
    assert kernels(cache) - compiled == set()
    assert len(compiled) > 50
