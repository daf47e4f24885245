"""Tables of plan, checks, measurements, references and provenance as HTML, for the report and for notebooks.

Each function returns a `<table>` whose cells are escaped; the style is `stylesheet("tables")`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.domain.plan import Plan
from workbench.domain.results import Provenance, QualityReport
from workbench.output.figures.labels import (
    MEASUREMENT_GROUPS,
    distance_label,
    format_number,
    label_and_unit,
    measured_value,
    measurement_group,
)
from workbench.output.figures.palette import OUTCOME_COLOURS
from workbench.output.figures.reference_texts import chords_text, sections_text, tempo_text

if TYPE_CHECKING:
    from workbench.analysis.references import ReferenceProfile

_OVERALL = "overall"
_METERS = ("meters.js", "levels.js")
_ASSETS = Path(__file__).resolve().parent / "assets"
_SOURCES = {
    "stated": "you asked for it",
    "text": "the concept",
    "mood": "the mood",
    "style": "the style",
    "reference": "a reference",
    "default": "default",
}


@cache
def asset(name: str) -> str:
    """The text of a style sheet or script that ships with the package; a sheet brings the theme's colours along."""
    theme = (_ASSETS / "theme.css").read_text(encoding="utf-8") if name.endswith(".css") else ""
    return theme + (_ASSETS / name).read_text(encoding="utf-8")


def script(name: str) -> str:
    """A script that ships with the package, with what it is built of before it."""
    return scripts(name)


def scripts(*names: str) -> str:
    """Several scripts that ship with the package, after what they are built of."""
    built_of = ["parts.js", *(_METERS if "player.js" in names else ())]
    return "".join(asset(name) for name in [*built_of, *names])


def decisions_html(plan: Plan) -> str:
    """Each decision of the plan: parameter, value, where it came from, and why."""
    rows = (
        (
            _cell(label_and_unit(decision.parameter)[0], "key"),
            _cell(decision.value),
            f'<td><span class="bf-tag {decision.source}">{_SOURCES[decision.source]}</span></td>',
            _cell(decision.reason, "quiet"),
        )
        for decision in plan.decisions
    )
    return _table(("Parameter", "Value", "Decided by", "Reason"), rows)


def checks_html(report: QualityReport) -> str:
    """Each check with its light, what was measured, what is accepted, and what it means."""
    rows = (
        (
            f'<td class="bf-outcome">{light(check.outcome)}{check.outcome}</td>',
            f'<td class="key"><span title="{escape(check.code)}">{escape(check.title)}</span></td>',
            _cell(measured_value(check), "num"),
            _cell(check.limit),
            _cell(check.explanation, "quiet"),
        )
        for check in report.checks
    )
    return _table(("Outcome", "Check", "Measured", "Accepted", "What it means"), rows, numeric=(2,))


def measurements_html(report: QualityReport) -> dict[str, str]:
    """One table of measurements for each group that has any, in reading order."""
    groups: dict[str, list[tuple[str, float]]] = {group: [] for group in MEASUREMENT_GROUPS}
    for name, value in sorted(report.measurements.items()):
        groups[measurement_group(name)].append((name, value))
    return {group: _measurement_rows(items) for group, items in groups.items() if items}


def references_html(report: QualityReport) -> str:
    """The distance of the track to each reference, as `distances_html` shows it."""
    return distances_html(dict(sorted(report.references.items())))


def distances_html(references: Mapping[str, Mapping[str, float]]) -> str:
    """Distances to references: one column a reference, one row a distance, the whole one first.

    The last column is the distance that is usual between two tracks of different kinds.
    """
    from workbench.analysis.distances import TYPICAL

    found = {name for distances in references.values() for name in distances}
    names = sorted(found, key=lambda name: (name != _OVERALL, name))
    rows = (
        (
            _cell(distance_label(name), "key"),
            *(_cell(_optional(distances.get(name)), "num") for distances in references.values()),
            _cell(_optional(TYPICAL.get(name, 1.0 if name == _OVERALL else None)), "num quiet"),
        )
        for name in names
    )
    heads = ("Distance", *references, "Usual of unlike tracks")
    return _table(heads, rows, numeric=range(1, len(heads)))


def forms_table(references: Sequence[ReferenceProfile]) -> str:
    """Styles, tempo, key, sections and chords of each reference, as an HTML table."""
    rows = [
        (
            profile.id, ", ".join(profile.styles), tempo_text(profile), profile.key or "none", sections_text(profile),
            chords_text(profile),
        )
        for profile in references
    ]  # fmt: skip
    return plain_table(("Reference", "Styles", "BPM (confidence)", "Key", "Sections begin", "Chords most heard"), rows)


def provenance_html(provenance: Provenance) -> str:
    """Seed, model hashes and versions."""
    rows = [("Seed", str(provenance.seed))]
    rows += [(f"Model: {name}", digest) for name, digest in sorted(provenance.model_hashes.items())]
    rows += [(f"Version: {name}", version) for name, version in sorted(provenance.versions.items())]
    return _table(("", ""), ((_cell(name, "key"), f"<td><code>{escape(value)}</code></td>") for name, value in rows))


def plain_table(heads: Sequence[str], rows: Iterable[Sequence[str]], *, numeric: Sequence[int] = ()) -> str:
    """A table of texts; the columns in `numeric` stand to the right.

    Examples
    --------
    >>> "<td>bass</td>" in plain_table(("element", "notes"), [("bass", "12")], numeric=(1,))
    True
    """
    cells = ([_cell(text, "num" if index in numeric else "") for index, text in enumerate(row)] for row in rows)
    return _table(heads, cells, numeric=numeric)


def folded(title: str, inner_html: str) -> str:
    """HTML that a click on its title opens.

    Examples
    --------
    >>> folded("2 < 3", "<p>yes</p>")
    '<details><summary style="cursor:pointer">2 &lt; 3</summary><p>yes</p></details>'
    """
    return f'<details><summary style="cursor:pointer">{escape(title)}</summary>{inner_html}</details>'


def light(outcome: str) -> str:
    """A small round light in the colour of an outcome."""
    return f'<span class="bf-light" style="background:{OUTCOME_COLOURS[outcome]}" aria-hidden="true"></span>'


def verdict(report: QualityReport) -> tuple[str, str]:
    """The report in one line, with the outcome that colours it.

    Examples
    --------
    >>> verdict(QualityReport((), {}, {}))
    ('no checks ran', 'not applicable')
    """
    counts = {outcome: sum(check.outcome == outcome for check in report.checks) for outcome in OUTCOME_COLOURS}
    judged = counts["pass"] + counts["warn"] + counts["fail"]
    if judged == 0:
        return "no checks ran", "not applicable"
    parts = [f"{counts['pass']} of {judged} checks pass"]
    parts += [f"{counts['warn']} to look at"] * bool(counts["warn"])
    parts += [f"{counts['fail']} failed"] * bool(counts["fail"])
    return ", ".join(parts), "fail" if counts["fail"] else "warn" if counts["warn"] else "pass"


def _measurement_rows(items: Iterable[tuple[str, float]]) -> str:
    def row(name: str, value: float) -> tuple[str, ...]:
        label, unit = label_and_unit(name)
        return _cell(label), _cell(format_number(value), "num"), _cell(unit, "quiet")

    return _table(("Measurement", "Value", "Unit"), (row(name, value) for name, value in items), numeric=(1,))


def _optional(value: float | None) -> str:
    return "\N{EN DASH}" if value is None else format_number(value)


def _cell(text: str, name: str = "") -> str:
    return f'<td class="{name}">{escape(text)}</td>' if name else f"<td>{escape(text)}</td>"


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]], *, numeric: Iterable[int] = ()) -> str:
    right = set(numeric)
    head = "".join(
        f'<th scope="col"{" class=num" if index in right else ""}>{escape(text)}</th>'
        for index, text in enumerate(heads)
    )
    body = "".join(f"<tr>{''.join(cells)}</tr>" for cells in rows)
    return f'<table class="bf bf-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
