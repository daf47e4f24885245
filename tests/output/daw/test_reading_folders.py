"""A folder stands for the session in it; where none or several are there, the message tells what is meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.domain.errors import ParameterError
from workbench.domain.plan import Plan
from workbench.domain.score import Score
from workbench.output import export_composition
from workbench.output.daw import export_session
from workbench.output.daw.session_reading import read_session


def test_a_bundle_is_no_session(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"is a folder: .*midi/song\.mid"):
        read_session(tmp_path)


@pytest.mark.parametrize("daw", ["reaper", "ableton"])
def test_the_folder_of_a_project_is_its_session(tiny_plan: Plan, tiny_score: Score, daw: str, tmp_path: Path) -> None:
    export_composition(tiny_plan, tiny_score, tmp_path / "bundle")
    session = export_session(tmp_path / "bundle", daw, tmp_path / "night")
    folder = session if session.is_dir() else session.parent
    (folder / "._night.rpp").write_bytes(b"")
    (folder / "take.mid").write_bytes(b"")
    direct = read_session(next(file for file in folder.iterdir() if file.name.startswith("night.")))
    assert read_session(folder) == direct


def test_of_several_sessions_in_a_folder_one_has_to_be_named(tmp_path: Path) -> None:
    for name in ("a.rpp", "b.RPP", "c.als", "d.dawproject"):
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(ParameterError, match=r"several sessions: expected one of a\.rpp, b\.RPP, c\.als and 1 more"):
        read_session(tmp_path)
