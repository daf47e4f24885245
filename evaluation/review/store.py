"""Answers on disk, in MLflow and as CSV: one file, and one run, for each reviewer and session."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from evaluation.review.design import Answer, ListeningSession
from evaluation.review.outcome import results
from workbench.domain.errors import ParameterError
from workbench.domain.files import write_text_atomically
from workbench.tracking import LoggedRun, workspace
from workbench.tracking.records import RunRecord, log_records

EXPERIMENT = "beatsfoundry/review"
_FIELDS = ("session", "kind", "reviewer", "item", "trial", "version", "value", "truth", "heard_seconds", "comment")


def review_folder() -> Path:
    """Where answers lie: `runs/review` of the workspace."""
    return workspace() / "runs" / "review"


def save_answers(answers: Sequence[Answer], *, folder: Path | None = None) -> Path:
    """Write the answers of one reviewer to one session, in one step.

    They replace what they go on from; answers to other sounds of the same name are kept beside them, as NAME.json.1,
    NAME.json.2 and so on, and count no longer.

    Raises
    ------
    ParameterError
        If there are none, or if they are of several sessions or reviewers.
    """
    whose = {(answer.session, answer.reviewer) for answer in answers}
    if len(whose) != 1:
        raise ParameterError("answers: expected those of one reviewer to one session")
    session, reviewer = whose.pop()
    path = _place(session, folder) / f"{_plain(reviewer)}.json"
    before = _read(path) if path.is_file() else []
    if before != list(answers[: len(before)]):
        _set_aside(path)
    write_text_atomically(path, json.dumps([asdict(answer) for answer in answers], indent=1, ensure_ascii=False) + "\n")
    return path


def _set_aside(path: Path) -> None:
    number = 1
    while path.with_name(f"{path.name}.{number}").exists():
        number += 1
    path.rename(path.with_name(f"{path.name}.{number}"))


def load_answers(session: str, *, folder: Path | None = None) -> list[Answer]:
    """The answers of every reviewer to a session.

    Raises
    ------
    ParameterError
        If nobody has answered, or a file is damaged.
    """
    place = _place(session, folder)
    answers = [answer for path in sorted(place.glob("*.json")) for answer in _read(path)]
    if not answers:
        raise ParameterError(f"session {session!r}: nobody has answered yet (looked in {place})")
    return answers


def has_answers(session: str, *, folder: Path | None = None) -> bool:
    """Whether anybody has answered a session."""
    return any(_place(session, folder).glob("*.json"))


def write_csv(sessions: Iterable[ListeningSession], path: Path, *, folder: Path | None = None) -> int:
    """Write the answers of every reviewer to some sessions into one CSV file; returns their number.

    A session that nobody has answered adds none.

    Raises
    ------
    ParameterError
        If a file of answers is damaged.
    """
    names = [session.name for session in sessions if has_answers(session.name, folder=folder)]
    answers = [answer for name in names for answer in load_answers(name, folder=folder)]
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(to_csv(answers), encoding="utf-8")
    return len(answers)


def answers_so_far(session: ListeningSession, *, folder: Path | None = None) -> list[Answer]:
    """What the reviewer of a session has answered of it before; nothing where questions or sounds were others.

    Raises
    ------
    ParameterError
        If the file is damaged.
    """
    path = _place(session.name, folder) / f"{_plain(session.reviewer)}.json"
    found = _read(path) if path.is_file() else []
    asked = [(session.kind, session.reviewer, trial.item, set(trial.versions.values())) for trial in session.trials]
    presented = [(one.kind, one.reviewer, one.item, set(one.heard_seconds or ())) for one in found]
    same = presented == asked[: len(presented)] and all(
        one.digest in ("", trial.digest) for one, trial in zip(found, session.trials, strict=False)
    )
    return found if same else []


def _place(session: str, folder: Path | None) -> Path:
    return (folder or review_folder()) / _plain(session)


def _read(path: Path) -> list[Answer]:
    try:
        return [Answer(**fields) for fields in json.loads(path.read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError) as error:
        raise ParameterError(f"{path}: expected answers of a review ({error})") from None


def log_answers(answers: Sequence[Answer], *, tracking_uri: str | None = None) -> LoggedRun:
    """Log one reviewer's answers as a run; answers that changed since are a new run.

    Raises
    ------
    TrackingError
        If the store cannot be written.
    """
    found, first = results(answers), answers[0]
    metrics = {f"review/{one.version.replace(' ', '_')}": one.value for one in found.versions}
    metrics |= {"review/trials": float(len(answers))} | ({} if found.p_value is None else {"review/p": found.p_value})
    comments = [f"- {answer.item}: {answer.comment}" for answer in answers if answer.comment]
    text = json.dumps([asdict(answer) for answer in answers], sort_keys=True)
    record = RunRecord(
        EXPERIMENT, f"{first.session}: {first.reviewer}", {"kind": first.kind, "session": first.session}, metrics,
        {"session": first.session, "reviewer": first.reviewer, "kind": first.kind},
        "\n".join([f"**{found.verdict}**", "", *comments]) + "\n", id=hashlib.sha256(text.encode()).hexdigest()[:32],
    )  # fmt: skip
    with TemporaryDirectory() as beside:
        (Path(beside) / "answers.csv").write_text(to_csv(answers), encoding="utf-8")
        (Path(beside) / "answers.json").write_text(text + "\n", encoding="utf-8")
        return log_records([(record, Path(beside))], tracking_uri=tracking_uri)[0]


def to_csv(answers: Iterable[Answer]) -> str:
    """One line for each choice, or for each version that was rated."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(_FIELDS)
    for answer in answers:
        start = (answer.session, answer.kind, answer.reviewer, answer.item, answer.trial)
        heard = answer.heard_seconds or {}
        for version, value in (answer.ratings or {answer.choice: 1.0}).items():
            writer.writerow(
                [*start, version, f"{value:g}", answer.truth, f"{heard.get(version, 0.0):.1f}", answer.comment]
            )
    return buffer.getvalue()


def _plain(name: str) -> str:
    """A name as a file may be called."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.") or "unnamed"
