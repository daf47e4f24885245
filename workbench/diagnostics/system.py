"""System monitor: processor, memory, disk and accelerator against what the manual asks for; drafts that were left."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from workbench.diagnostics.findings import Diagnosis, judged
from workbench.domain.cores import usable_cores
from workbench.domain.drafts import LOCK, abandoned
from workbench.domain.errors import ParameterError

TOOL = "system"
LEAST_CORES, GOOD_CORES = 2, 4
LEAST_MEMORY_GB, GOOD_MEMORY_GB = 1.5, 4.0
"""Free memory: a song of four minutes takes 1 GB, one of 15 minutes 1.4 GB, 3.5 GB where the system is not Linux."""
LEAST_DISK_GB, GOOD_DISK_GB = 2.0, 8.0
"""Free disk: while a song is made it lies there, 1 GB for each four minutes; its bundle takes 0.35 GB."""
_GB = 1e9


@dataclass(frozen=True, slots=True)
class Machine:
    """What a machine has to give at the moment."""

    cores: int
    free_memory_gb: float
    free_disk_gb: float
    has_gpu: bool


def measure(folder: Path) -> Machine:
    """What the machine has now; the disk is the one of a folder."""
    return Machine(
        cores=usable_cores(),
        free_memory_gb=psutil.virtual_memory().available / _GB,
        free_disk_gb=psutil.disk_usage(str(folder)).free / _GB,
        has_gpu=shutil.which("nvidia-smi") is not None or Path("/dev/kfd").exists(),
    )


def judge(machine: Machine) -> list[Diagnosis]:
    """The machine against minimum (a failure below it) and recommendation (a warning)."""
    return [
        _limit("processor cores", machine.cores, LEAST_CORES, GOOD_CORES, "", "BFD002"),
        _limit("free memory", machine.free_memory_gb, LEAST_MEMORY_GB, GOOD_MEMORY_GB, " GB", "BFD001"),
        _limit("free disk", machine.free_disk_gb, LEAST_DISK_GB, GOOD_DISK_GB, " GB", "BFD003"),
        Diagnosis(TOOL, "GPU", "ok", "there is one, for training" if machine.has_gpu else "none, and none is needed"),
    ]


def _limit(subject: str, value: float, least: float, good: float, unit: str, code: str) -> Diagnosis:
    message = f"{value:.3g}{unit}; at least {least:g}{unit}, better {good:g}{unit}"
    return judged(TOOL, subject, message, code, fails=value < least, warns=value < good)


def devices(cards: Path = Path("/proc/asound/cards")) -> list[Diagnosis]:
    """Sound cards and MIDI ports; music is made without either, so that none is no fault."""
    return [
        Diagnosis(TOOL, "audio devices", "ok", ", ".join(_sound_cards(cards)) or "none, and none is needed"),
        Diagnosis(TOOL, "MIDI ports", "ok", _midi_ports()),
    ]


def _sound_cards(listing: Path) -> list[str]:
    """Cards that the kernel lists, as ` 0 [PCH            ]: HDA-Intel - HDA Intel PCH`."""
    try:
        lines = listing.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    return [line.split(" - ", 1)[1].strip() for line in lines if "]:" in line and " - " in line]


def _midi_ports() -> str:
    from workbench.session.midi_ports import input_names, output_names

    try:
        return ", ".join(dict.fromkeys([*input_names(), *output_names()])) or "none"
    except ParameterError as error:
        return str(error)


def drafts(folder: Path) -> list[Diagnosis]:
    """Drafts beside a bundle, or in a folder of bundles, whose processes are dead; they are left where they are."""
    left = list(_abandoned(folder))
    return [Diagnosis(TOOL, str(draft), "warn", "the process that wrote it is dead", "BFD004") for draft in left]


def _abandoned(folder: Path) -> Iterator[Path]:
    for lock in sorted(folder.glob(f".*-*/{LOCK}")):
        with abandoned(lock) as dead:
            if dead:
                yield lock.parent
