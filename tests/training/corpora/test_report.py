from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.training.corpora.tiny_midi import band, write_song
from training.commands.corpora import main
from training.corpora import read_folder
from training.corpora.song import NoteTable
from training.corpora.tally import DEVIATION_EDGES_MS, deviations_ms, tally
from workbench.domain.errors import WorkbenchError


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for number in range(3):
        write_song(tmp_path / "data" / "openmsx" / f"{number}.mid", band(8, transpose=number))
    (tmp_path / "data" / "openmsx" / "broken.mid").write_bytes(b"MThd")
    chords = tmp_path / "data" / "free_chord_progressions"
    chords.mkdir()
    (chords / "progressions.csv").write_text("list,degrees,moods\nprog_maj,I IV V I,Joyful\n", encoding="utf-8")
    return tmp_path / "data"


def test_figures_of_a_known_song(tmp_path: Path) -> None:
    write_song(tmp_path / "song.mid", band(8))
    figures = tally(read_folder(tmp_path))
    bass = figures.elements["bass"]
    assert (bass.notes, bass.bars, bass.distinct_bars) == (32, 8, 4)
    assert bass.onsets.nonzero()[0].tolist() == [0, 12, 24, 36]
    assert bass.velocities[80] == 32
    assert bass.deviations.argmax() == len(DEVIATION_EDGES_MS) // 2 - 1
    assert figures.keys == {"C major": 1}
    assert figures.metres == {"4/4": 1}
    assert figures.sections == {"not stated": 8}
    assert json.loads(json.dumps(figures.to_json()))["tempi_bpm"]["median"] == 120.0


def test_deviations_are_reported_in_ms() -> None:
    onsets = np.array([0.02, 1.25, 2.24, 3 + 1 / 3])
    part = NoteTable(onsets, np.ones(4), np.full(4, 60), np.full(4, 80))
    np.testing.assert_allclose(deviations_ms(part, 120.0), [10.0, 0.0, -5.0], atol=1e-9)


def test_a_report_is_written_whole(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "report"
    assert main(["report", "--data", str(data), "--out", str(out)]) == 0
    text = capsys.readouterr().out
    assert "dropped    1: damaged MIDI" in text
    assert "3 of 4 kept" in text
    assert sorted(path.name for path in out.iterdir()) == [
        "index.html", "openmsx.png", "progressions.png", "report.json",
    ]  # fmt: skip
    page = (out / "index.html").read_text(encoding="utf-8")
    assert 'src="openmsx.png"' in page
    assert "http" not in page
    for name in ("openmsx.png", "progressions.png"):
        assert (out / name).read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    counts = {corpus["corpus"]: corpus["counts"] for corpus in json.loads((out / "report.json").read_text())["corpora"]}
    assert counts["openmsx"]["dropped"] == 1


def test_json_is_printed_for_named_corpora(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["report", "progressions", "--data", str(data), "--json", "--processes", "1"])
    (corpus,) = json.loads(capsys.readouterr().out)["corpora"]
    assert corpus["moods"] == {"joyful": 1}


def test_list_tells_source_licence_and_state(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["list", "--data", str(data), "--json"])
    entries = {entry["name"]: entry for entry in json.loads(capsys.readouterr().out)}
    assert (entries["openmsx"]["state"], entries["openmsx"]["here"]) == ("partial", 4)
    assert entries["lmms"]["can_get"] is False
    assert [name for name, entry in entries.items() if entry["can_make"]] == ["accompaniment"]
    main(["list"])
    assert "groove: tier A, CC BY 4.0\n" in capsys.readouterr().out


def test_roles_are_shown_and_written(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["roles", str(data / "openmsx")]) == 0
    shown = capsys.readouterr()
    assert "percussion" in shown.out
    assert "broken.mid: damaged MIDI" in shown.err
    rows = json.loads((data / "openmsx" / "roles.json").read_text(encoding="utf-8"))
    assert len(rows) == 12


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "ACTION"),
        (["report", "--data", "/nowhere"], "is not there"),
        (["report", "oboe", "--data", "."], "is not known"),
        (["report", "--data", ".", "--processes", "0"], "above 0"),
        (["list", "--data", "/nowhere"], "is not there"),
        (["get", "oboe", "--data", "."], "is not known"),
        (["roles", "/nowhere"], "is not there"),
    ],
)
def test_mistakes_are_reported_in_a_line(arguments: list[str], message: str) -> None:
    with pytest.raises(WorkbenchError, match=message) as caught:
        main(arguments)
    assert "\n" not in str(caught.value)


def test_a_folder_without_midi_is_reported(tmp_path: Path) -> None:
    with pytest.raises(WorkbenchError, match="holds no MIDI file"):
        main(["roles", str(tmp_path)])


def test_help_is_light(repository: Path) -> None:
    heavy = ("torch", "lightning", "mlflow", "matplotlib", "librosa", "numba", "scipy", "pandas", "symusic", "joblib")
    code = (
        "import sys\nfrom training.commands.corpora import build_parser\nbuild_parser().format_help()\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=repository, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]", done.stderr
