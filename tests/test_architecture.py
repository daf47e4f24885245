"""The floors of the house, and what importing it costs."""

import ast
import importlib.util
import os
import re
import subprocess
import sys
from collections import Counter
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import workbench

HEAVY = ("torch", "lightning", "mlflow", "matplotlib", "librosa", "numba", "scipy", "pandas", "IPython")


def python(code: str, repository: Path) -> str:
    done = subprocess.run([sys.executable, "-c", code], cwd=repository, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def best_seconds(code: str, repository: Path) -> float:
    """The least of three: what the code costs, not what else the machine does."""
    timer = f"import time; began = time.perf_counter()\n{code}\nprint(time.perf_counter() - began)"
    return min(float(python(timer, repository)) for _ in range(3))


def loaded(code: str, repository: Path) -> set[str]:
    found = python(f"import sys\n{code}\nprint(*(name for name in {HEAVY} if name in sys.modules))", repository)
    return set(found.split())


def test_imports_only_go_down(repository: Path) -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=repository, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


def test_importing_the_workbench_costs_next_to_nothing(repository: Path) -> None:
    assert best_seconds("import workbench", repository) < 0.3
    assert loaded("import workbench", repository) == set()


def test_help_is_quick_and_light(repository: Path) -> None:
    code = "import contextlib, io\nfrom workbench.cli.main import build_parser\nbuild_parser().format_help()"
    assert loaded(code, repository) == set()
    assert best_seconds(code, repository) < 1.0


def test_planning_needs_no_network(repository: Path) -> None:
    code = "import workbench\nworkbench.translate(workbench.GenerationRequest.from_concept('night drive'))"
    assert loaded(code, repository) & {"torch", "lightning", "mlflow", "matplotlib"} == set()


def test_composing_needs_no_pytorch(repository: Path) -> None:
    request = "{'parameters': {'creative': {'concept': 'night drive'}, 'technical': {'duration': 16}}}"
    code = f"import workbench\nworkbench.compose(workbench.translate(workbench.parse_request({request})))"
    assert loaded(code, repository) & {"torch", "lightning", "mlflow", "matplotlib", "librosa"} == set()


@pytest.mark.parametrize("name", workbench.__all__)
def test_every_public_name_exists_and_is_documented(name: str) -> None:
    value = getattr(workbench, name)
    assert value.__doc__
    assert name in dir(workbench)


def test_unknown_names_are_attribute_errors() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        workbench.nothing  # noqa: B018


def test_the_stub_tells_the_same_names() -> None:
    tree = ast.parse(Path(workbench.__file__).with_suffix(".pyi").read_text())
    stub = {(node.module, name.name) for node in tree.body if isinstance(node, ast.ImportFrom) for name in node.names}
    assert stub == {(module, name) for name, module in workbench._HOME.items()}


def test_added_commands_can_be_loaded() -> None:
    added = {entry.name: entry for entry in entry_points(group="beatsfoundry.commands")}
    assert set(added) == {"train", "finetune", "sweep", "models", "evaluate", "corpora", "bench"}, "install again"
    for entry in added.values():
        assert callable(entry.load())


def test_every_room_of_the_map_exists(repository: Path) -> None:
    """The map in docs/architecture.md names the folders that there are, and no others."""
    text = (repository / "docs" / "architecture.md").read_text()
    start = text.index("| place | owns |")
    named = set(re.findall(r"^\| `([a-z_/.]+)`", text[start:].split("\n\n")[0], re.MULTILINE))
    rooms = {
        f"workbench/{path.name}/" for path in (repository / "workbench").iterdir() if (path / "__init__.py").is_file()
    }
    tops = {f"{name}/" for name in ("training", "evaluation", "notebooks", "data", "tests", "docs")}
    assert {name for name in named if name.endswith("/")} == rooms | tops
    assert all((repository / name).exists() for name in named)


def test_evaluation_stays_in_wings(repository: Path) -> None:
    spec = importlib.util.spec_from_file_location("house_map", repository / "docs" / "house_map.py")
    assert spec is not None
    assert spec.loader is not None
    house_map = importlib.util.module_from_spec(spec)
    sys.modules["house_map"] = house_map  # dataclasses look their module up
    spec.loader.exec_module(house_map)
    found = house_map.arrows(house_map.read_modules(repository), "evaluation")
    assert len(found) <= 14
    assert max(house_map.floors(found).values()) <= 4


def test_modules_stay_short(repository: Path) -> None:
    long = [
        f"{path.relative_to(repository)}: {count} lines"
        for package in ("workbench", "training", "evaluation")
        for path in (repository / package).rglob("*.py")
        if (count := len(path.read_text().splitlines())) > 400
    ]
    assert long == []


@pytest.fixture(scope="session")
def sources(repository: Path) -> dict[str, ast.Module]:
    """The syntax trees of all modules, by path."""
    return {
        path.relative_to(repository).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for package in ("workbench", "training", "evaluation")
        for path in sorted((repository / package).rglob("*.py"))
    }


def test_private_words_do_not_come_back(sources: dict[str, ast.Module]) -> None:
    """Names with several meanings, for which the glossary has one word each."""
    modules = {"said", "gates", "surround", "frame", "feel", "proofs", "told"}
    assert [path for path in sources if Path(path).stem in modules] == []
    names = {"told", "_told", "Said", "said", "Surroundings", "SlotGate"}
    guilty = [
        f"{path}:{node.lineno} {name}"
        for path, tree in sources.items()
        for node in ast.walk(tree)
        for name in (getattr(node, "id", None), getattr(node, "arg", None), getattr(node, "name", None))
        if name in names
    ]
    assert guilty == []


def test_public_classes_and_modules_have_names_of_their_own(sources: dict[str, ast.Module]) -> None:
    """No two public classes share a name, and a module's name stands three times at most."""
    # The edit `mix` names its class in the published schema of edits; `Mix` of the domain is in the public interface.
    classes_apart = {"Mix"}
    modules_apart = {"__init__", "command"}
    homes: dict[str, list[str]] = {}
    for path, tree in sources.items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes.setdefault(node.name, []).append(path)
    assert {name for name, paths in homes.items() if len(paths) > 1} == classes_apart
    stems = Counter(Path(path).stem for path in sources)
    assert {name for name, count in stems.items() if count > 3} == modules_apart


def test_types_of_arrays_have_one_home(sources: dict[str, ast.Module]) -> None:
    """An alias of an array type is written in `workbench.domain.arrays`: one name, one kind of number."""
    home = "workbench/domain/arrays.py"

    def is_array_type(value: ast.expr | None) -> bool:
        return isinstance(value, ast.Subscript) and ast.unparse(value.value).split(".")[-1] in {"NDArray", "ndarray"}

    written = {
        path: [
            node.lineno
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign | ast.AnnAssign | getattr(ast, "TypeAlias", ast.Assign))
            and is_array_type(node.value)
        ]
        for path, tree in sources.items()
    }
    assert written.pop(home)
    assert {path: lines for path, lines in written.items() if lines} == {}


def test_elements_are_asked_for_their_kind(sources: dict[str, ast.Module]) -> None:
    """Nothing is decided by the name of an element where its kind would do."""
    named = {"percussion", "pads", "leads"}
    # Drum roles, the roles of foreign tracks, and how a set of metrics divides are words of their own.
    apart = ("workbench/rendering/drums.py", "workbench/midi/", "evaluation/")
    guilty = [
        f"{path}:{node.lineno}"
        for path, tree in sources.items()
        if not path.startswith(apart)
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq | ast.NotEq)
        for side in (node.left, *node.comparators)
        if isinstance(side, ast.Constant) and side.value in named
    ]
    assert guilty == []


def test_no_machine_path_in_the_repository(repository: Path) -> None:
    """Nothing tracked names a folder of the machine on which it was written."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=repository, capture_output=True, text=True)
    if listed.returncode != 0:
        pytest.skip("not a git checkout, so there is no list of the files")
    home = str(repository)
    if len(home) < 6:
        pytest.skip(f"the checkout lies at {home}, too short to search for")
    suffixes = {".py", ".pyi", ".md", ".toml", ".yaml", ".json", ".ipynb", ".txt", ".lock", ".html", ".css", ".js"}
    guilty = [
        name
        for name in listed.stdout.split("\0")
        if Path(name).suffix in suffixes
        and (repository / name).is_file()
        and (home + os.sep) in (repository / name).read_text(encoding="utf-8")
    ]
    assert guilty == []
