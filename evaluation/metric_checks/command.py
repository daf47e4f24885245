"""`beatsfoundry evaluate metrics` and `estimators`: the judge on trial."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import Any


def add_to(subjects: Any) -> None:
    """Add the parsers of both subjects."""
    metrics = subjects.add_parser(
        "metrics", help="a song is made worse step by step: exit code 1 if a metric does not follow"
    )
    metrics.add_argument("--json", action="store_true", help="print JSON")
    metrics.set_defaults(run=prove_metrics)
    errors = subjects.add_parser("estimators", help="how far estimators err on signals whose truth is known")
    errors.add_argument("--update", action="store_true", help="keep the errors as those that stand beside values")
    errors.add_argument("--json", action="store_true", help="print JSON")
    errors.set_defaults(run=measure_errors)


def prove_metrics(options: argparse.Namespace) -> int:
    """Show that every metric moves the right way; 0 if all do, else 1."""
    from evaluation.metric_checks.checks import prove
    from workbench.output.report.text_tables import columns, number

    proofs = prove()
    if options.json:
        print(json.dumps([asdict(proof) for proof in proofs], indent=1))
    else:
        rows = [
            (proof.metric, proof.degradation, " ".join(number(value) for value in proof.strengths) + f" {proof.unit}",
             " ".join(number(value) for value in proof.values), proof.expected, "yes" if proof.holds else "NO")
            for proof in proofs
        ]  # fmt: skip
        print("\n".join(columns(("metric", "made worse by", "strengths", "values", "must be", "holds"), rows)))
    return 0 if all(proof.holds for proof in proofs) else 1


def measure_errors(options: argparse.Namespace) -> int:
    """Measure the estimators on their signals."""
    from evaluation.metric_checks.estimators import measure_estimators
    from evaluation.metrics.estimator_errors import to_json
    from workbench.domain.paths import data_dir
    from workbench.output.report.text_tables import columns

    errors = measure_estimators()
    if options.update:
        (data_dir() / "evaluation" / "estimators.json").write_text(to_json(errors), encoding="utf-8")
    if options.json:
        print(to_json(errors), end="")
        return 0
    rows = [
        (name, f"{one.mean:g} {one.unit}", f"{one.worst:g} {one.unit}", str(one.n), one.signals)
        for name, one in errors.items()
    ]
    print("\n".join(columns(("estimator", "mean error", "95th percentile", "n", "signals"), rows)))
    return 0
