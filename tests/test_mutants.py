"""The list of mutants that no test can notice names nothing that is not made."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests import mutants as mutants_tool
from tests.equivalent_mutants import EQUIVALENT
from tests.mutants import ROOMS, equivalent_ones, mutants

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("room", ROOMS)
def test_equivalent_mutants_are_made(room: str) -> None:
    source = (REPOSITORY / Path(*room.split("."))).with_suffix(".py").read_text(encoding="utf-8")
    found = list(mutants(ast.parse(source)))
    assert found
    reasons = set(equivalent_ones(room, source, found).values())
    assert reasons == set(EQUIVALENT.get(room, {}).values()), "a line has changed: is the mutant still equivalent?"
    assert all((REPOSITORY / each).is_file() for each in ROOMS[room])


def test_a_mutant_changes_one_place() -> None:
    source = "low = 1 + 2 if a < b else 0.5"
    assert sorted(each.name for each in mutants(ast.parse(source))) == [
        "1:11: 2 -> 3",
        "1:16: a < b -> a <= b",
        "1:27: 0.5 -> 0.56",
        "1:7: 1 + 2 -> 1 - 2",
        "1:7: 1 -> 2",
    ]


def test_annotations_decorators_and_words_of_errors_stay() -> None:
    source = (
        "@dataclass(order=1 < 2)\nclass A:\n    b: Literal[3] = 4\n    def c(self, d: Literal[5] = 6) -> Literal[7]:\n"
    )
    source += "        raise ValueError(f'{d + 8}')"
    assert [each.change for each in mutants(ast.parse(source))] == ["4 -> 5", "6 -> 7"]


def test_a_run_that_was_stopped_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped at the third of five; what was tried is not tried again until the module or its tests change."""
    path, tests = tmp_path / "room.py", tmp_path / "tests.py"
    path.write_text("low = 1 + 2 if 3 < 4 else 0\n")
    tests.write_text("")
    tried: list[str] = []

    def is_killed(room: str, path: Path, tree: ast.Module, mutant: mutants_tool.Mutant | None) -> bool:
        if mutant is not None:
            tried.append(mutant.name)
            if len(tried) == 3:
                raise KeyboardInterrupt
        return mutant is not None and mutant.field == "value"

    monkeypatch.setattr(mutants_tool, "FOUND", tmp_path / "cache" / "found.json")
    monkeypatch.setattr(mutants_tool, "ROOMS", {"room": (str(tests),)})
    monkeypatch.setattr(mutants_tool, "is_killed", is_killed)

    def run() -> list[bool]:
        tree = ast.parse(path.read_text())
        return mutants_tool.verdicts("room", path, tree, list(mutants(tree)))

    with pytest.raises(KeyboardInterrupt):
        run()
    assert sum(run()) == 5
    assert len(tried) == 3 + 5, "two of seven were known, and the third was begun twice"
    run()
    assert len(tried) == 8
    tests.write_text("# another test\n")
    run()
    assert len(tried) == 8 + 7
