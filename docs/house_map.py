"""Prints the structure of the code: rooms with their floor and size, arrows between them, and what grew too long.

Run it in the repository's root: `python docs/house_map.py [PACKAGE]`, or `make map`. A room is a package or module
directly inside PACKAGE (by default all of `workbench`, with `training` and `evaluation` above it). A room's floor is
one more than the highest floor that it imports from; imports inside functions and for type checking count as well.
"""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

PACKAGES = ("workbench", "training", "evaluation")
LONGEST_MODULE, LONGEST_FUNCTION = 400, 60


@dataclass(frozen=True)
class Module:
    """One file: its dotted name, lines, the names that it imports, and its functions with their lines."""

    name: str
    lines: int
    imports: frozenset[str]
    functions: tuple[tuple[str, int], ...]


def read_modules(root: Path) -> list[Module]:
    """Every module of the three packages below a folder."""
    return [_module(path, root) for package in PACKAGES for path in sorted((root / package).rglob("*.py"))]


def _module(path: Path, root: Path) -> Module:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    name = ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
    functions = tuple(
        (node.name, (node.end_lineno or node.lineno) - node.lineno + 1)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    return Module(name, len(text.splitlines()), frozenset(_imported(tree)), functions)


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room_of(name: str, package: str) -> str | None:
    """The room of a module inside a package; the three packages themselves are one room each, but for `workbench`.

    Examples
    --------
    >>> room_of("workbench.models.kernels", "workbench"), room_of("training.fit", "workbench")
    ('workbench.models', 'training')
    >>> room_of("evaluation.sound.judge", "evaluation"), room_of("training.fit", "evaluation")
    ('evaluation.sound', None)
    """
    parts = name.split(".")
    if parts[0] not in PACKAGES:
        return None
    if parts[0] != package:
        return parts[0] if package == "workbench" else None
    return ".".join(parts[:2]) if len(parts) > 1 else None


def arrows(modules: list[Module], package: str) -> dict[str, set[str]]:
    """For each room the rooms that it imports from."""
    known = {module.name for module in modules}
    found: dict[str, set[str]] = defaultdict(set)
    for module in modules:
        room = room_of(module.name, package)
        if room is None:
            continue
        targets = {room_of(name, package) for name in module.imports if name in known}
        found[room] |= {target for target in targets if target and target != room}
    return dict(found)


def floors(found: Mapping[str, set[str]]) -> dict[str, int]:
    """The floor of each room, from 1; rooms of a circle stand on one floor."""
    level = dict.fromkeys(found, 1)
    for _ in found:
        for room, targets in found.items():
            level[room] = max([1, *(level[target] + 1 for target in targets if room not in _reached(target, found))])
    return level


def _reached(start: str, found: Mapping[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        for target in found.get(waiting.pop(), set()) - seen:
            seen.add(target)
            waiting.append(target)
    return seen


def report(root: Path, package: str) -> str:
    """The map as text."""
    modules = read_modules(root)
    found = arrows(modules, package)
    level = floors(found)
    sizes: dict[str, int] = defaultdict(int)
    for module in modules:
        sizes[room_of(module.name, package) or ""] += module.lines
    lines = [f"{package}: {len(found)} rooms, {max(level.values())} floors, {sum(map(len, found.values()))} arrows", ""]
    for room in sorted(found, key=lambda room: (-level[room], room)):
        below = ", ".join(sorted(target.removeprefix(f"{package}.") for target in found[room]))
        lines.append(f"{level[room]:3}  {room:28} {sizes[room]:6} lines   {below}")
    long = [f"  {module.name}: {module.lines} lines" for module in modules if module.lines > LONGEST_MODULE]
    wide = [
        f"  {module.name}.{name}: {length} lines"
        for module in modules
        for name, length in module.functions
        if length > LONGEST_FUNCTION and not name.startswith("_")
    ]
    lines += ["", f"modules over {LONGEST_MODULE} lines: {len(long)}", *long]
    lines += [f"public functions over {LONGEST_FUNCTION} lines: {len(wide)}", *wide]
    return "\n".join(lines)


if __name__ == "__main__":
    chosen = sys.argv[1] if len(sys.argv) > 1 else "workbench"
    print(report(Path(__file__).resolve().parents[1], chosen))
