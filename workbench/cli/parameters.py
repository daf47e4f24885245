"""`beatsfoundry parameters`."""

from __future__ import annotations

import argparse
import json
from typing import Any


def add_to(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser("parameters", help="print the request's JSON schema", description=parameters.__doc__)
    parser.set_defaults(run=parameters)


def parameters(options: argparse.Namespace) -> int:
    """Print every parameter of a request with its unit, range and default, as JSON schema."""
    from workbench.domain.request import GenerationRequest

    print(json.dumps(GenerationRequest.model_json_schema(), indent=2, ensure_ascii=False))
    return 0
