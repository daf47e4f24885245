"""The line with a store: the same bytes as without, and only what depends on a change is made again."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workbench.cli.main import main
from workbench.composition.compose import compose
from workbench.domain.plan import Plan
from workbench.domain.request import GenerationRequest, parse_request
from workbench.domain.score import Score
from workbench.output import export
from workbench.pipeline import compose_only, generate
from workbench.rendering import stems
from workbench.rendering.stems import render
from workbench.store import Store

REQUEST = {
    "project_id": "twice",
    "parameters": {
        "creative": {"concept": "driving synthwave at night"},
        "technical": {"tempo": 120, "key": "F minor", "duration": 16, "structure": ["intro", "verse"]},
        "sound_design": {"palette": ["percussion", "bass"]},
    },
    "options": {"seed": 3, "preview": True},
}


@pytest.fixture
def request_of() -> GenerationRequest:
    return parse_request(REQUEST)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store", 10**9)


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Elements that were really rendered, in order."""
    names: list[str] = []
    real = stems._render_part

    def noted(name: str, *rest: Any) -> Any:
        names.append(name)
        return real(name, *rest)

    monkeypatch.setattr(stems, "_render_part", noted)
    return names


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "manifest.json"
    }


def test_bytes_are_the_same_with_and_without_and_again(
    request_of: GenerationRequest, store: Store, tmp_path: Path
) -> None:
    for name, used in (("without", None), ("filling", store), ("reading", store)):
        export(generate(request_of, store=used), tmp_path / name)
    without = hashes(tmp_path / "without")
    assert len(without) > 5
    assert hashes(tmp_path / "filling") == without
    assert hashes(tmp_path / "reading") == without


def test_another_patch_renders_one_stem(tiny_score: Score, tiny_plan: Plan, store: Store, rendered: list[str]) -> None:
    first = render(tiny_score, tiny_plan, store=store)
    assert sorted(rendered) == ["bass", "leads", "pads", "percussion"]
    rendered.clear()
    other = replace(tiny_plan, patches={"bass": "sub-sine"})
    second = render(tiny_score, other, store=store)
    assert rendered == ["bass"]
    assert not np.array_equal(first["bass"].samples, second["bass"].samples)
    alone = render(tiny_score, other)
    assert all(np.array_equal(second[name].samples, alone[name].samples) for name in alone)


@pytest.mark.parametrize(
    "changed", [{"processing_style": "dark"}, {"mix_profile": "trance"}, {"concept": "told otherwise"}]
)
def test_what_only_the_desk_hears_renders_nothing(
    tiny_score: Score, tiny_plan: Plan, store: Store, rendered: list[str], changed: dict[str, Any]
) -> None:
    render(tiny_score, tiny_plan, store=store)
    rendered.clear()
    render(tiny_score, replace(tiny_plan, **changed), store=store)
    assert rendered == []


@pytest.mark.parametrize(
    "changed",
    [
        {"seed": 8},
        {"delivery": {"sample_rate_hz": 44100}},
        {"delivery": {"preview": True}},
    ],
)
def test_what_every_voice_hears_renders_all(
    tiny_score: Score, tiny_plan: Plan, store: Store, rendered: list[str], changed: dict[str, Any]
) -> None:
    render(tiny_score, tiny_plan, store=store)
    rendered.clear()
    if "delivery" in changed:
        changed = {"delivery": replace(tiny_plan.delivery, **changed["delivery"])}
    render(tiny_score, replace(tiny_plan, **changed), store=store)
    assert len(rendered) == 4


def test_a_song_is_composed_once_whatever_it_is_played_on(
    request_of: GenerationRequest, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, score = compose_only(request_of, store=store)
    monkeypatch.setattr(
        import_module("workbench.composition.compose"), "_composed", None
    )  # composing would fail from here on
    heard = replace(plan, project_id="other", patches={"bass": "sub-sine"}, processing_style="dark", decisions=())
    assert compose(heard, store=store) == replace(score, title="other")
    with pytest.raises(TypeError):
        compose(replace(plan, seed=4), store=store)


def test_the_command_copies_a_bundle_that_it_made_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], rendered: list[str]
) -> None:
    request = tmp_path / "request.json"
    request.write_text(json.dumps(REQUEST))
    common = ["generate", str(request), "--json", "--no-track", "--quiet", "--out"]
    answers = []
    for name, more in (("one", []), ("two", []), ("three", ["--no-cache"])):
        assert main([*common, str(tmp_path / name), *more]) == 0
        answers.append(json.loads(capsys.readouterr().out))
        count = len(rendered)
        assert count == {"one": 2, "two": 2, "three": 4}[name]
    assert hashes(tmp_path / "one") == hashes(tmp_path / "two") == hashes(tmp_path / "three")
    for answer, name in zip(answers, ("one", "two", "three"), strict=True):
        assert answer["outputs"]["stems"]["bass"] == str(tmp_path / name / "stems" / "bass.wav")
        answer["outputs"] = answer["metadata"]["creation_time"] = None
    assert answers[0] == answers[1] == answers[2]

    # The same words again load nothing that knows of sound or of requests; without --out the project names the folder.
    code = (
        "import sys\nfrom workbench.cli.main import main\n"
        f"main(['generate', {str(request)!r}, '--no-track', '--quiet'])\n"
        "print(*{'numpy', 'pydantic', 'scipy'} & set(sys.modules), sep='', end='nothing')\n"
    )
    place = {"cwd": tmp_path, "env": {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, **place)
    assert done.stdout.endswith("report  out/twice/report.html\nnothing")
    assert hashes(tmp_path / "out" / "twice") == hashes(tmp_path / "one")

    assert main(["cache", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["entries"] == 5  # score, two stems, bundle, and what the words led to
    assert main(["cache", "clear"]) == 0
    assert "removed 5 entries" in capsys.readouterr().out
    assert main(["cache", "limit", "12GB"]) == 0
    assert "12.0 GB at most" in capsys.readouterr().out
    assert main(["cache", "limit"]) == 2
    assert "cache limit SIZE such as 10GB" in capsys.readouterr().err


def test_other_words_are_read_again(tmp_path: Path, rendered: list[str]) -> None:
    request = tmp_path / "request.json"
    request.write_text(json.dumps(REQUEST))
    common = ["generate", str(request), "--no-track", "--quiet", "--out"]
    assert main([*common, str(tmp_path / "one")]) == 0
    assert main([*common, str(tmp_path / "seed"), "--seed", "4"]) == 0
    assert hashes(tmp_path / "seed") != hashes(tmp_path / "one")
    request.write_text(json.dumps({**REQUEST, "project_id": "another"}))
    assert main([*common, str(tmp_path / "renamed")]) == 0
    assert json.loads((tmp_path / "renamed" / "manifest.json").read_text())["project_id"] == "another"
    count = len(rendered)
    request.write_text(json.dumps(REQUEST, indent=2))
    assert main([*common, str(tmp_path / "laid out")]) == 0
    assert len(rendered) == count, "other words, the same request"
    assert hashes(tmp_path / "laid out") == hashes(tmp_path / "one")
