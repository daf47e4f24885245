"""Mutants: does a test fail when a comparison, a sign or a number of a module is changed?

`make mutants` (or `python tests/mutants.py ROOM ...`) changes modules in one place at a time, runs their tests and
doctests against each change in a process of its own, and prints the share that was noticed ("killed") and what was
not. It takes minutes and stands outside CI. Modules with compiled kernels are left out, since Numba would take the
kernel of before from its cache.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import doctest
import importlib.util
import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

ROOMS = {
    "workbench.analysis.loudness": ("tests/analysis/test_loudness_meter.py", "tests/analysis/test_true_peak.py"),
    "workbench.dsp.levels": ("tests/dsp/test_levels.py",),
    "workbench.domain.theory": ("tests/domain/test_theory.py", "tests/domain/test_chord_symbols.py"),
    "workbench.domain.units": ("tests/domain/test_units.py",),
    "evaluation.metrics.tempo": ("tests/evaluation/test_tempo_key_and_overlap.py",),
    "evaluation.metrics.key": ("tests/evaluation/test_tempo_key_and_overlap.py",),
    "evaluation.metrics.overlap": ("tests/evaluation/test_tempo_key_and_overlap.py",),
    "training.corpora.splits": ("tests/training/corpora/test_splits.py",),
    "workbench.domain.cores": ("tests/domain/test_cores.py",),
}
"""Modules without compiled kernels, and the tests that are to notice."""
_PIECES = "pieces = (samples[:, first + start : last + start] for first, last in blocks(stop - start, _SMALL))"
_BORDER = "border = min(max(border, 1), len(contents) - 1) if len(contents) > 1 else 0"
EQUIVALENT = {
    # The size of pieces, which no result depends on.
    ("_SMALL = 1 << 16", "1 -> 2"),
    ("_SMALL = 1 << 16", "16 -> 17"),
    # Pieces beyond the end are empty, and a peak may be looked at twice.
    (_PIECES, "stop - start -> stop + start"),
    (_PIECES, "first + start -> first - start"),
    # Where all numbers are one, every bin but the last is empty on both sides.
    ("if high <= low:", "high <= low -> high < low"),
    # Of a single content the border is zero either way.
    (_BORDER, "len(contents) > 1 -> len(contents) >= 1"),
}
"""Lines and changes that cannot be noticed, since they change no result: they are left out."""
LEAST_KILLED = 0.9
_HEAVY = ("hypothesis", "mido", "numba", "numpy", "pydantic", "pytest", "scipy.signal", "scipy.stats", "torch")
"""What takes long to import and is never changed."""
_SECONDS, _WAIT_SECONDS = 60, 900
"""Of the processor, and by the clock: on a machine that is busy a test that passes must not count as one that hangs."""
_SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.Mod: ast.Add,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mutant:
    """A module with one change; `line` and `change` say where and what."""

    tree: ast.Module
    line: int
    change: str


def mutants(source: str) -> Iterator[Mutant]:
    """Every change of an operator or a number; annotations and decorators stay as they are."""
    whole, lines = ast.parse(source), source.splitlines()
    for number, node in enumerate(ast.walk(whole)):
        changed = copy.deepcopy(whole)
        place = next(each for index, each in enumerate(ast.walk(changed)) if index == number)
        change = None if id(node) in _untouched(whole) else _change(place)
        line = getattr(node, "lineno", 0)
        if change is not None and (lines[line - 1].strip(), change) not in EQUIVALENT:
            yield Mutant(ast.fix_missing_locations(changed), line, change)


def _untouched(tree: ast.Module) -> set[int]:
    kept: list[ast.AST] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            kept += [*node.decorator_list, *filter(None, [node.returns]), node.args]
        elif isinstance(node, ast.ClassDef):
            kept += node.decorator_list
        elif isinstance(node, ast.AnnAssign):
            kept.append(node.annotation)
    return {id(inner) for node in kept for inner in ast.walk(node)}


def _change(node: ast.AST) -> str | None:
    """Change a node in place; what became of it, None where there is nothing to change."""
    before = ast.unparse(node) if isinstance(node, ast.expr) else ""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in _SWAPS:
        node.ops[0] = _SWAPS[type(node.ops[0])]()  # type: ignore[call-overload]
    elif isinstance(node, ast.BinOp | ast.BoolOp) and type(node.op) in _SWAPS:
        node.op = _SWAPS[type(node.op)]()  # type: ignore[assignment]
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        node.value = node.value + 1 if isinstance(node.value, int) else node.value * 1.1 + 0.01
    else:
        return None
    return f"{before} -> {ast.unparse(node)}"


class _Mutated(MetaPathFinder, Loader):
    """Imports one module from a changed tree."""

    def __init__(self, name: str, path: Path, tree: ast.Module) -> None:
        self._name, self._path, self._tree = name, path, tree

    def find_spec(self, fullname: str, path: object, target: ModuleType | None = None) -> ModuleSpec | None:
        """The spec of the changed module, None for any other."""
        if fullname != self._name:
            return None
        return importlib.util.spec_from_file_location(fullname, self._path, loader=self)

    def exec_module(self, module: ModuleType) -> None:
        """Run the changed tree."""
        exec(compile(self._tree, str(self._path), "exec"), module.__dict__)


def is_killed(room: str, path: Path, mutant: Mutant) -> bool:
    """Whether a test fails, or takes too long, with the change; the process of the test knows nothing of others."""
    child = os.fork()
    if child == 0:
        signal.setitimer(signal.ITIMER_PROF, _SECONDS)
        signal.alarm(_WAIT_SECONDS)
        os._exit(_run(room, path, mutant))
    return os.waitpid(child, 0)[1] != 0


def _run(room: str, path: Path, mutant: Mutant) -> int:
    import pytest

    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # loading them takes longer than the tests
    sys.meta_path.insert(0, _Mutated(room, path, mutant.tree))
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
        try:
            failed = doctest.testmod(importlib.import_module(room)).failed
            return (
                1 if failed else int(pytest.main(["-q", "-x", "-p", "no:cacheprovider", "--no-header", *ROOMS[room]]))
            )
        except BaseException:
            return 1


def main(rooms: list[str]) -> int:
    """Print the killed share of each room and what survived; 1 if the share of all lies below the least."""
    for heavy in _HEAVY:
        importlib.import_module(heavy)  # once, for every child
    killed = total = 0
    for room in rooms or list(ROOMS):
        path = Path(*room.split(".")).with_suffix(".py")
        source = path.read_text(encoding="utf-8")
        if is_killed(room, path, Mutant(ast.parse(source), 0, "nothing")):
            raise SystemExit(f"{room}: its tests fail as it is: {', '.join(ROOMS[room])}")
        found = list(mutants(source))
        survivors = [each for each in found if not is_killed(room, path, each)]
        killed, total = killed + len(found) - len(survivors), total + len(found)
        print(f"{room}: {len(found) - len(survivors)} of {len(found)} killed", flush=True)
        for each in survivors:
            print(f"  {path}:{each.line}: {each.change}", flush=True)
    print(f"{killed} of {total} killed ({killed / total:.0%}; at least {LEAST_KILLED:.0%})")
    return 0 if killed >= LEAST_KILLED * total else 1


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    sys.exit(main(sys.argv[1:]))
