"""Mutants: does a test fail when a comparison, a sign or a number of a module is changed?

`make mutants` (or `python -m tests.mutants ROOM ...`) changes modules in one place at a time, runs their tests and
doctests against each change in a process of its own, and prints the share that was noticed ("killed") and what was
not. It takes minutes and stands outside CI. What was found is kept in `.cache/mutants.json` as long as a module and
its tests stay as they are, so a run that was stopped goes on where it was; `--anew` forgets it.

Left out, because no test of a value can notice it: annotations, decorators (`frozen=True`), and the wording of errors.
Modules with compiled kernels are left out as a whole, since Numba would take the kernel of before from its cache.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import doctest
import hashlib
import importlib.util
import json
import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.equivalent_mutants import EQUIVALENT

ROOMS = {
    "workbench.analysis.loudness": (
        "tests/analysis/test_loudness_meter.py",
        "tests/analysis/test_loudness_values.py",
    ),
    "workbench.analysis.peaks": (
        "tests/analysis/test_loudness_meter.py",
        "tests/analysis/test_loudness_values.py",
        "tests/analysis/test_true_peak.py",
    ),
    "workbench.dsp.levels": ("tests/dsp/test_levels.py",),
    "workbench.domain.theory": (
        "tests/domain/test_theory_tables.py",
        "tests/domain/test_chord_symbols.py",
        "tests/domain/test_theory.py",
    ),
    "workbench.domain.units": ("tests/domain/test_units.py",),
    "evaluation.metrics.tempo": ("tests/evaluation/test_tempo_key_and_overlap.py",),
    "evaluation.metrics.key": ("tests/evaluation/test_tempo_key_and_overlap.py",),
    "evaluation.metrics.overlap": ("tests/evaluation/test_tempo_key_and_overlap.py",),
    "training.corpora.splits": ("tests/training/corpora/test_splits.py",),
    "workbench.domain.cores": ("tests/domain/test_cores.py",),
}
"""Modules without compiled kernels, and the tests that are to notice, quick ones first."""
LEAST_KILLED = 0.9
"""Share of the mutants that are not equivalent."""
FOUND = Path(".cache/mutants.json")
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
    """One change of a module: `field` of a node of its tree becomes `value`."""

    node: ast.expr
    field: str
    value: object

    @property
    def change(self) -> str:
        """What becomes of what."""
        changed = copy.copy(self.node)
        setattr(changed, self.field, self.value)
        return f"{ast.unparse(self.node)} -> {ast.unparse(changed)}"

    @property
    def name(self) -> str:
        """Line, column and change."""
        return f"{self.node.lineno}:{self.node.col_offset + 1}: {self.change}"


def mutants(tree: ast.Module) -> Iterator[Mutant]:
    """Every change of an operator or a number of a module, in order."""
    untouched = _untouched(tree)
    for node in ast.walk(tree):
        change = None if id(node) in untouched else _change(node)
        if change is not None:
            yield Mutant(*change)


def equivalent_ones(room: str, source: str, found: list[Mutant]) -> dict[str, str]:
    """Names of the mutants that no test can notice, and why."""
    lines, reasons = source.splitlines(), EQUIVALENT.get(room, {})
    keys = {each.name: (lines[each.node.lineno - 1].strip(), each.change) for each in found}
    return {name: reasons[key] for name, key in keys.items() if key in reasons}


def _untouched(tree: ast.Module) -> set[int]:
    kept: list[ast.AST] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            kept += [*node.decorator_list, *filter(None, [node.returns])]
        elif isinstance(node, ast.ClassDef):
            kept += node.decorator_list
        elif isinstance(node, ast.AnnAssign | ast.arg) and node.annotation:
            kept.append(node.annotation)
        elif isinstance(node, ast.Raise):
            kept.append(node)
    return {id(inner) for node in kept for inner in ast.walk(node)}


def _change(node: ast.AST) -> tuple[ast.expr, str, object] | None:
    """Node, field and new value; None where there is nothing to change."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in _SWAPS:
        return node, "ops", [_SWAPS[type(node.ops[0])](), *node.ops[1:]]
    if isinstance(node, ast.BinOp | ast.BoolOp) and type(node.op) in _SWAPS:
        return node, "op", _SWAPS[type(node.op)]()
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return node, "value", node.value + 1 if isinstance(node.value, int) else node.value * 1.1 + 0.01
    return None


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


def is_killed(room: str, path: Path, tree: ast.Module, mutant: Mutant | None) -> bool:
    """Whether a test fails, or takes too long, with the change; the process of the test knows nothing of others."""
    child = os.fork()
    if child == 0:
        signal.setitimer(signal.ITIMER_PROF, _SECONDS)
        signal.alarm(_WAIT_SECONDS)
        if mutant is not None:
            setattr(mutant.node, mutant.field, mutant.value)
        os._exit(_run(room, path, ast.fix_missing_locations(tree)))
    return os.waitpid(child, 0)[1] != 0


def _run(room: str, path: Path, tree: ast.Module) -> int:
    import pytest

    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # loading them takes longer than the tests
    sys.meta_path.insert(0, _Mutated(room, path, tree))
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
        try:
            failed = doctest.testmod(importlib.import_module(room)).failed
            return (
                1 if failed else int(pytest.main(["-q", "-x", "-p", "no:cacheprovider", "--no-header", *ROOMS[room]]))
            )
        except BaseException:
            return 1


def _state_of(room: str, path: Path) -> str:
    """A digest of what decides whether a mutant of the room is killed: the module and its tests."""
    files = [path, *map(Path, ROOMS[room])]
    return hashlib.sha256(b"".join(each.read_bytes() for each in files)).hexdigest()


def verdicts(room: str, path: Path, tree: ast.Module, found: list[Mutant]) -> list[bool]:
    """Whether each mutant is killed: read where it stands in `FOUND`, tried and written there where it does not."""
    kept = json.loads(FOUND.read_text(encoding="utf-8")) if FOUND.is_file() else {}
    state = _state_of(room, path)
    if kept.get(room, {}).get("state") != state:
        kept[room] = {"state": state, "killed": {}}
        if is_killed(room, path, tree, None):
            raise SystemExit(f"{room}: its tests fail as it is: {', '.join(ROOMS[room])}")
    known: dict[str, bool] = kept[room]["killed"]
    FOUND.parent.mkdir(exist_ok=True)
    for each in found:
        if each.name not in known:
            known[each.name] = is_killed(room, path, tree, each)
            _keep(kept)
    return [known[each.name] for each in found]


def _keep(kept: dict[str, Any]) -> None:
    """Written beside and moved into place, so that a run that is ended while it writes loses nothing."""
    draft = FOUND.with_suffix(".part")
    draft.write_text(json.dumps(kept, indent=1), encoding="utf-8")
    os.replace(draft, FOUND)


def main(arguments: list[str]) -> int:
    """Print the killed share of each room and what survived; 1 if the share of all lies below the least."""
    if "--anew" in arguments:
        FOUND.unlink(missing_ok=True)
    for heavy in _HEAVY:
        importlib.import_module(heavy)  # once, for every child
    killed = total = equivalent = 0
    for room in [each for each in arguments if each != "--anew"] or list(ROOMS):
        path = Path(*room.split(".")).with_suffix(".py")
        source = path.read_text(encoding="utf-8")
        tree = ast.parse(source)
        every = list(mutants(tree))
        same = equivalent_ones(room, source, every)
        found = [each for each in every if each.name not in same]
        noticed = verdicts(room, path, tree, found)
        killed, total, equivalent = killed + sum(noticed), total + len(found), equivalent + len(same)
        print(f"{room}: {sum(noticed)} of {len(found)} killed, {len(same)} more are equivalent", flush=True)
        for each, is_noticed in zip(found, noticed, strict=True):
            if not is_noticed:
                print(f"  {path}:{each.name}", flush=True)
    print(f"{killed} of {total} killed ({killed / total:.1%}; at least {LEAST_KILLED:.0%})")
    print(f"{killed / (total + equivalent):.1%} if the {equivalent} equivalent ones are counted as alive")
    return 0 if killed >= LEAST_KILLED * total else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
