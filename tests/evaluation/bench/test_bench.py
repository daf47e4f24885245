"""The bench: what the child prints is read, ratios are right on made-up pairs, peers that are away are told."""

import contextlib
import json
import math
import shutil
import subprocess
from pathlib import Path

import pytest

import evaluation.bench.cli as bench
from evaluation.bench import against, knobs, measure, peers
from evaluation.bench.bars import BARS, bar_lines
from evaluation.bench.measure import Measured, Run, bench_request, parse_measured
from evaluation.bench.peers import Peer, measure_peers
from evaluation.bench.result import STAGES, BenchResult, as_plain, lines_of, values_of
from workbench.domain.errors import WorkbenchError
from workbench.domain.request import parse_request


def run_of(scale: float) -> Run:
    return Run(dict.fromkeys(STAGES, scale), 7 * scale, 9 * scale, 28.0, 100, 500.0 * scale)


def measured(scale: float, warm: float | None = None) -> Measured:
    return Measured(1.0 * scale, run_of(scale), None if warm is None else run_of(warm))


@pytest.mark.parametrize("seconds", measure.LENGTHS.values())
def test_the_requests_are_valid(seconds: int) -> None:
    request = parse_request(bench_request(seconds))
    assert request.parameters.technical.duration == seconds
    assert request.options.iterations == 1


def test_figures_of_a_run() -> None:
    run = run_of(2.0)
    assert run.real_time_factor == 2.0  # 28 s of music in 14 s
    assert run.notes_per_second == 50.0  # 100 notes in the 2 s of composing
    assert measured(2.0).cold_seconds == 16.0  # 2 s until it could begin, 14 s of work


def test_ratios_are_geometric_means_with_an_interval() -> None:
    ours = [measured(1.0, 1.0), measured(4.0, 2.0)]
    theirs = [measured(2.0, 4.0), measured(8.0, 8.0)]
    found = {one.name: one for one in against.ratios(ours, theirs)}
    assert found["cold, wall"].ratio == pytest.approx(0.5)
    assert (found["cold, wall"].low, found["cold, wall"].high) == pytest.approx((0.5, 0.5))
    assert found["compose, warm"].ratio == pytest.approx(0.25)
    spread = {one.name: one for one in against.ratios([measured(1.0), measured(1.0)], [measured(1.0), measured(4.0)])}
    assert spread["peak memory"].ratio == pytest.approx(0.5)  # the root of 1 x 1/4
    assert spread["peak memory"].low <= 0.25 + 1e-9
    assert spread["peak memory"].high >= 1.0 - 1e-9
    assert "compose, warm" not in spread
    (alone,) = (one for one in against.ratios([measured(1.0)], [measured(2.0)]) if one.name == "cold, wall")
    assert (alone.low, alone.high) == (0.0, math.inf)


def test_pairs_take_turns(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    order: list[str] = []

    def noted(seconds: int, *, root: Path) -> Measured:
        order.append("ours" if root == measure.CURRENT else "theirs")
        return measured(1.0 if root == measure.CURRENT else 2.0)

    monkeypatch.setattr(against, "measure", noted)
    found, ours, theirs = against.compare(tmp_path, 30, 3)
    assert order == ["ours", "theirs", "theirs", "ours", "ours", "theirs"]
    assert (len(ours), len(theirs)) == (3, 3)
    assert all(one.ratio == pytest.approx(0.5) for one in found)


def test_a_revision_is_checked_out_and_forgotten(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    if shutil.which("git") is None:
        pytest.skip("git is not installed")

    def git(*words: str) -> str:
        settings = ("-c", "user.name=t", "-c", "user.email=t@example.org")
        return subprocess.run(
            ["git", *settings, *words], cwd=tmp_path, capture_output=True, text=True, check=True
        ).stdout

    git("init", "-q")
    (tmp_path / "file").write_text("one")
    git("add", "file")
    git("commit", "-qm", "one")
    (tmp_path / "file").write_text("two")
    git("commit", "-qam", "two")
    monkeypatch.setattr(against, "CURRENT", tmp_path)
    with against.worktree("HEAD~1") as place:
        assert (place / "file").read_text() == "one"
    assert not place.exists()
    assert len(git("worktree", "list").splitlines()) == 1
    with pytest.raises(WorkbenchError, match="no-such-revision"), against.worktree("no-such-revision"):
        pass


def test_a_peer_that_is_away_is_reported_and_one_that_is_there_is_timed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(peers.PYTHON_VARIABLE, shutil.which("false") or "/bin/false")
    monkeypatch.setattr(peers.shutil, "which", lambda name: None)
    monkeypatch.setattr(peers, "_SOUNDFONTS", ())
    monkeypatch.delenv(peers.SOUNDFONT_VARIABLE, raising=False)
    away = measure_peers(tmp_path, run_of(1.0))
    assert [peer.seconds for peer in away] == [None] * 4
    assert [peer.skipped for peer in away] == [
        "no SoundFont: name one in BEATSFOUNDRY_SOUNDFONT",
        "pedalboard is not installed",
        "matchering is not installed",
        "ffmpeg is not installed",
    ]
    monkeypatch.delenv(peers.PYTHON_VARIABLE)
    assert peers._module("json", "print(1.25)", []) == 1.25
    assert peers._module("json", "raise SystemExit('no licence')", []) == "json failed: no licence"


def test_the_result_as_lines_data_and_metrics() -> None:
    ratios = {"30 s": against.ratios([measured(1.0)], [measured(2.0)])}
    result = BenchResult(
        {"30 s": measured(1.0, 0.5)}, "v1", ratios, [Peer("matchering", "master the mix", 4.0, 1.0), Peer(
            "ffmpeg loudnorm", "master the mix", None, 1.0, "ffmpeg is not installed"
        )],
    )  # fmt: skip
    text = "\n".join(lines_of(result))
    for told in (
        "30 s    cold",
        "this checkout over v1",
        "0.250   master the mix",
        "left out: ffmpeg is not installed",
    ):
        assert told in text
    plain = json.loads(json.dumps(as_plain(result), allow_nan=False))
    assert plain["measured"]["30 s"]["warm"]["real_time_factor"] == 8.0
    assert plain["ratios"]["30 s"][0]["high"] is None
    values = values_of(result)
    assert values["30_s/warm/mix_seconds"] == 0.5
    assert values["30_s/ratio/cold_wall"] == pytest.approx(0.5)
    assert values["peer/matchering_seconds"] == 4.0
    assert "peer/ffmpeg_loudnorm_seconds" not in values


def test_each_bar_is_told_with_what_was_found() -> None:
    ratios = {"4 min": against.ratios([measured(1.0, 1.0)], [measured(7.0, 7.0)])}
    changes = {knobs.PATCH: 0.3, knobs.AGAIN: 0.02}
    found = BenchResult({"4 min": measured(1.0, 1.0)}, "v1", ratios, [Peer("matchering", "master", 4.0, 1.0)], changes)
    lines = dict(zip((bar.name for bar in BARS), bar_lines(found)[1:], strict=True))
    assert lines["4 minutes, cold, wall over the revision"].split()[-3:] == ["0.143", "0.167", "holds"]
    assert lines["mix and master over the revision"].endswith("missed")  # a seventh, of an eighth
    assert lines["master over matchering"].endswith("holds")  # exactly a quarter
    assert lines["patch parameter to 4 bars, seconds"].split()[-3:] == ["0.3", "0.25", "missed"]
    assert lines["same request again over the first"].endswith("holds")
    assert lines["15 minutes, peak memory in MB"].endswith("not taken")


def test_the_command_prints_json_alone(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    lengths: list[int] = []

    def noted(seconds: int, *, keep: Path | None = None, warm: bool = True) -> Measured:
        lengths.append(seconds)
        return measured(1.0, 0.5 if warm else None)

    ready: list[Path] = []
    monkeypatch.setattr(bench, "measure", noted)
    monkeypatch.setattr(bench, "make_ready", ready.append)
    monkeypatch.setattr(bench, "_changes", lambda seconds, say: {knobs.AGAIN: 0.01})
    assert bench.main(["--long", "--json", "--no-peers", "--no-track"]) == 0
    out = capsys.readouterr()
    assert lengths == [30, 240, 900]
    assert ready == [measure.CURRENT], "kernels are compiled before anything is measured"
    assert set(json.loads(out.out)["measured"]) == {"30 s", "4 min", "15 min"}
    assert out.err == ""


def test_a_revision_is_made_ready_and_the_longest_song_is_made_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    order: list[tuple[str, int]] = []

    def noted(seconds: int, *, root: Path = measure.CURRENT, warm: bool = True, **_: object) -> Measured:
        order.append(("ours" if root == measure.CURRENT else "theirs", seconds))
        return measured(1.0, 0.5 if warm else None)

    for module in (bench, against, measure):
        monkeypatch.setattr(module, "measure", noted)
    monkeypatch.setattr(against, "worktree", lambda revision: contextlib.nullcontext(tmp_path))
    monkeypatch.setattr(bench, "_changes", lambda seconds, say: {})
    assert bench.main(["--against", "v1", "--pairs", "1", "--no-peers", "--no-track"]) == 0
    first = [("ours", 30), ("theirs", 30)]
    assert order == [*first, *first, ("ours", 240), ("theirs", 240), ("ours", 900)]
    assert "not taken" in capsys.readouterr().out, "peers were left out"


def test_a_child_that_fails_is_reported_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "workbench.py").write_text("raise SystemExit('weights are missing')")
    with pytest.raises(WorkbenchError, match=r"30 s could not be made in .*: weights are missing"):
        measure.measure(30, root=tmp_path)


def test_a_child_measures_what_a_checkout_makes(tmp_path: Path) -> None:
    """A stand-in for a workbench: two songs of one second, cold and warm, in a process of its own."""
    (tmp_path / "workbench.py").write_text(STAND_IN)
    found = measure.measure(30, root=tmp_path, keep=tmp_path)
    assert found.cold.seconds["compose"] == 1.5
    assert found.cold.song_seconds == 30.0
    assert found.cold.notes == 3
    assert found.warm is not None
    assert found.cold.peak_mb > 5.0
    assert (tmp_path / "bundle" / "made").is_file()
    assert (tmp_path / "mix.wav").is_file()
    assert parse_measured(json.dumps({"start_seconds": 0.5, "runs": [vars_of(found.cold)]})).warm is None


def vars_of(run: Run) -> dict[str, object]:
    return {name: getattr(run, name) for name in Run.__slots__}


STAND_IN = """
from pathlib import Path
from types import SimpleNamespace as Made

def parse_request(data):
    return data["parameters"]["technical"]["duration"]

def generate(seconds):
    score = Made(parts={"bass": Made(notes=[1, 2, 3])})
    return Made(provenance=Made(seconds_by_stage={"compose": 1.5}), master=Made(duration_seconds=float(seconds)),
                score=score, mix=Made(audio=b""))

def export(track, folder):
    folder.mkdir(parents=True)
    (folder / "made").write_text("")

def write_audio(audio, path):
    path.write_bytes(audio)
"""
