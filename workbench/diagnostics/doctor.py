"""All tools in turn."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from workbench.diagnostics import library, networks, services, signal_path, system
from workbench.diagnostics.findings import Diagnosis


def examine(project: Path | None = None, addresses: Sequence[str] = ()) -> list[Diagnosis]:
    """Look at the machine, the networks, the sample library and the services, and at a project if one is named.

    `addresses` are those of further services, such as `redis://host:6379`.

    Raises
    ------
    OutputError
        If the project is no bundle.
    """
    folder = Path.cwd() if project is None else project.expanduser().absolute()
    findings = [*system.judge(system.measure(folder if folder.is_dir() else Path.cwd()))]
    findings += system.drafts(folder if project is None else folder.parent)
    findings += system.devices()
    findings += [*networks.validate(), *library.check(), *services.reach(addresses)]
    if project is not None:
        findings += signal_path.examine_project(folder)
    return findings
