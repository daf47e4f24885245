"""What is wrong here: the machine, the networks, the services and a project, each failure with a code and a remedy."""

from workbench.diagnostics.codes import CODES, Code
from workbench.diagnostics.doctor import examine
from workbench.diagnostics.findings import Diagnosis
from workbench.diagnostics.logs import LoggedFailure, LogReport, analyse_lines, analyse_logs

__all__ = ["CODES", "Code", "Diagnosis", "LogReport", "LoggedFailure", "analyse_lines", "analyse_logs", "examine"]
