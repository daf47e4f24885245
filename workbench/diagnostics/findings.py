"""What a tool found: good, or a failure by its code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from workbench.diagnostics.codes import CODES

Outcome = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing that was looked at: by which tool, what, how it is, and in words what was measured."""

    tool: str
    subject: str
    outcome: Outcome
    message: str
    code: str = ""

    @property
    def remedy(self) -> str:
        """What helps; empty where nothing is wrong."""
        return CODES[self.code].remedy if self.code else ""


def judged(tool: str, subject: str, message: str, code: str, *, fails: bool, warns: bool = False) -> Diagnosis:
    """A finding that has the code only where something is wrong."""
    outcome: Outcome = "fail" if fails else "warn" if warns else "ok"
    return Diagnosis(tool, subject, outcome, message, code if outcome != "ok" else "")
