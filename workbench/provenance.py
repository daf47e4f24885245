"""Where a track comes from: seed, networks, licences, and the versions that its bytes depend on."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

from workbench.domain.plan import Plan
from workbench.domain.results import Provenance

_PACKAGES = ("beatsfoundry", "numpy", "scipy", "numba", "torch", "soundfile", "mido")


def provenance(plan: Plan, seconds: dict[str, float], hashes: Mapping[str, str] | None = None) -> Provenance:
    """Where a track comes from: seed, networks, licences, versions, when, and the seconds that its stages took."""
    from workbench.models.licences import network_licences
    from workbench.rendering.sampler.licences import sample_licences

    if hashes is None:
        from workbench.models.registry import model_hashes

        hashes = model_hashes(plan.models)
    return Provenance(
        seed=plan.seed,
        model_hashes=hashes,
        versions=installed_versions(),
        seconds_by_stage=seconds,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        licences={**network_licences(plan.models), "samples": sample_licences(plan.patches)},
    )


def installed_versions() -> dict[str, str]:
    """Versions of Python and of the packages that a track's bytes depend on."""
    versions = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            versions[package] = "not installed"
    return versions
