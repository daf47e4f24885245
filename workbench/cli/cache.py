"""`beatsfoundry cache`."""

from __future__ import annotations

import argparse
import json
import re
from typing import Any

from workbench.domain.errors import WorkbenchError

_UNITS = {"": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}


def add_to(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser("cache", help="show, clear or limit what is kept", description=cache.__doc__)
    parser.add_argument("action", nargs="?", choices=("show", "clear", "limit"), default="show", help="what to do")
    parser.add_argument("size", nargs="?", type=bytes_of, help="for limit: how much may be kept, such as 10GB")
    parser.add_argument("--json", action="store_true", help="print figures as JSON")
    parser.set_defaults(run=cache)


def cache(options: argparse.Namespace) -> int:
    """Show, clear or limit the store of scores, stems and bundles that earlier requests left; it is safe to delete."""
    from workbench.store import open_store, set_limit

    if (options.action == "limit") != (options.size is not None):
        raise WorkbenchError("expected cache show, cache clear, or cache limit SIZE such as 10GB")
    store = set_limit(options.size) if options.action == "limit" else open_store()
    held = store.clear() if options.action == "clear" else store.size()
    if options.json:
        figures = {"folder": str(store.folder), "limit_bytes": store.limit_bytes}
        print(json.dumps({**figures, "entries": held.entries, "bytes": held.bytes}))
        return 0
    verb = "removed" if options.action == "clear" else "holds"
    print(f"{verb:7} {held.entries} entries, {size_text(held.bytes)}, of {size_text(store.limit_bytes)} at most")
    print(f"folder  {store.folder}")
    return 0


def bytes_of(text: str) -> int:
    """A size in words as bytes.

    Examples
    --------
    >>> bytes_of("1.5GB"), bytes_of("300 mb")
    (1500000000, 300000000)
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT]B)?", text.strip().upper(), re.ASCII)
    if found is None:
        raise argparse.ArgumentTypeError(f"expected a size such as 500MB or 10GB, got {text!r}")
    return round(float(found[1]) * _UNITS[found[2] or ""])


def size_text(size_bytes: int) -> str:
    """Bytes as people read them.

    Examples
    --------
    >>> size_text(512), size_text(4_000_000_000)
    ('512 B', '4.0 GB')
    """
    if size_bytes < 1000:
        return f"{size_bytes} B"
    unit = next(name for name in ("KB", "MB", "GB", "TB") if size_bytes < 1000 * _UNITS[name] or name == "TB")
    return f"{size_bytes / _UNITS[unit]:.1f} {unit}"
