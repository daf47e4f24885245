"""What a bench found, as lines for people, as plain data and as a run's values."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from evaluation.bench.against import Ratio
from evaluation.bench.measure import Measured, Run
from evaluation.bench.peers import Peer

STAGES = ("translate", "compose", "render", "mix", "master", "check", "export")


@dataclass(frozen=True, slots=True)
class BenchResult:
    """Measurements by length of song, ratios against a revision by length, peers, and what changes cost by name."""

    measured: Mapping[str, Measured]
    revision: str | None
    ratios: Mapping[str, Sequence[Ratio]]
    peers: Sequence[Peer]
    changes: Mapping[str, float] = field(default_factory=dict)


def as_plain(result: BenchResult) -> dict[str, Any]:
    """The result as JSON holds it; a bound that is not finite is null."""
    data = asdict(result)
    for length, found in result.measured.items():
        for name, run in _runs(found).items():
            derived = {"real_time_factor": run.real_time_factor, "notes_per_second": run.notes_per_second}
            data["measured"][length][name] |= derived
    for ratios in data["ratios"].values():
        for ratio in ratios:
            ratio |= {name: ratio[name] if math.isfinite(ratio[name]) else None for name in ("low", "high")}
    return data


def lines_of(result: BenchResult) -> list[str]:
    """The result as text."""
    head = f"{'song':8}{'':6}{'wall':>8}{'cpu':>8}" + "".join(f"{stage:>10}" for stage in STAGES)
    lines = [f"{head}{'x real':>9}{'notes/s':>9}{'peak MB':>9}"]
    for length, found in result.measured.items():
        lines += [_run_line(length, name, run, found) for name, run in _runs(found).items()]
    for length, ratios in result.ratios.items():
        lines += ["", f"{length}: this checkout over {result.revision}, below 1 is better (pairs)"]
        lines += [
            f"{one.name:24}{one.ratio:8.3f}   {one.low:.3f} to {one.high:.3f}, pairs: {one.pairs}" for one in ratios
        ]
    if result.peers:
        lines += ["", "peers on the same material, ours over theirs"]
    return lines + [_peer_line(peer) for peer in result.peers]


def values_of(result: BenchResult) -> dict[str, float]:
    """The result as metrics by name, such as `4_min/warm/mix_seconds`."""
    values: dict[str, float] = {}
    for length, found in result.measured.items():
        for name, run in _runs(found).items():
            place = f"{length.replace(' ', '_')}/{name}"
            values |= {f"{place}/{stage}_seconds": seconds for stage, seconds in run.seconds.items()}
            values |= {
                f"{place}/wall_seconds": run.wall_seconds,
                f"{place}/cpu_seconds": run.cpu_seconds,
                f"{place}/real_time_factor": run.real_time_factor,
                f"{place}/notes_per_second": run.notes_per_second,
                f"{place}/peak_mb": run.peak_mb,
            }
        values[f"{length.replace(' ', '_')}/start_seconds"] = found.start_seconds
    for length, ratios in result.ratios.items():
        place = f"{length.replace(' ', '_')}/ratio"
        values |= {f"{place}/{one.name.replace(', ', '_').replace(' ', '_')}": one.ratio for one in ratios}
    values |= {
        f"peer/{peer.name.replace(' ', '_')}_seconds": peer.seconds for peer in result.peers if peer.seconds is not None
    }
    return values | {f"change/{name.replace(' ', '_')}": value for name, value in result.changes.items()}


def _runs(found: Measured) -> dict[str, Run]:
    return {"cold": found.cold} | ({} if found.warm is None else {"warm": found.warm})


def _run_line(length: str, name: str, run: Run, found: Measured) -> str:
    wall = found.cold_seconds if name == "cold" else run.wall_seconds
    stages = "".join(f"{run.seconds.get(stage, 0.0):10.2f}" for stage in STAGES)
    line = f"{length:8}{name:6}{wall:8.2f}{run.cpu_seconds:8.2f}{stages}"
    return f"{line}{run.real_time_factor:9.1f}{run.notes_per_second:9.0f}{run.peak_mb:9.0f}"


def _peer_line(peer: Peer) -> str:
    if peer.seconds is None:
        return f"{peer.name:18}left out: {peer.skipped}"
    return f"{peer.name:18}{peer.ours_seconds / peer.seconds:8.3f}   {peer.work}: {peer.seconds:.2f} s"
