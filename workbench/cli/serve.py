"""`beatsfoundry serve`, `beatsfoundry keys` and `beatsfoundry mcp`."""

from __future__ import annotations

import argparse
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.cli.parser import port, positive

if TYPE_CHECKING:
    from workbench.api.keys import ApiKey, KeyStore


def add_to(commands: Any) -> None:
    """Declare both commands."""
    server = commands.add_parser("serve", help="serve the HTTP API", description=serve.__doc__)
    server.add_argument("--host", default="127.0.0.1", help="address to listen at (default: this machine only)")
    server.add_argument("--port", type=port, default=8000, help="port (default: 8000)")
    _home(server)
    server.add_argument("--workers", type=positive, default=1, metavar="N", help="songs made at once (default: 1)")
    server.add_argument("--redis", metavar="URL", help="Redis for queue and limits, where several machines serve")
    server.add_argument(
        "--tracking-uri", metavar="URI",
        help="MLflow address where songs are recorded (default: MLFLOW_TRACKING_URI; nowhere if unset)",
    )  # fmt: skip
    server.add_argument("--cert", type=Path, metavar="FILE", help="TLS certificate (PEM)")
    server.add_argument("--cert-key", type=Path, metavar="FILE", help="private key of the certificate (PEM)")
    server.add_argument("--dev-tls", action="store_true", help="make and use a self-signed certificate for localhost")
    server.add_argument(
        "--trusted-proxy", action="append", default=[], metavar="ADDRESS",
        help="a proxy whose X-Forwarded-Proto is believed",
    )  # fmt: skip
    server.add_argument("--cors", action="append", default=[], metavar="ORIGIN", help="origin whose pages may call")
    server.set_defaults(run=serve)
    _add_keys(commands)
    tools = commands.add_parser("mcp", help="serve the verbs as tools for assistants", description=serve_tools.__doc__)
    tools.add_argument("--folder", type=Path, default=Path("out"), metavar="DIR", help="where songs lie (default: out)")
    tools.set_defaults(run=serve_tools)


def _add_keys(commands: Any) -> None:
    parser = commands.add_parser("keys", help="keys of the HTTP API", description="Make, list, rotate and revoke keys.")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True, parser_class=type(parser))
    create = actions.add_parser("create", help="make a key; it is shown once")
    create.add_argument("--name", required=True, help="what the key is for")
    create.add_argument("--tier", default="free", help="free, pro or studio (default: free)")
    create.add_argument(
        "--scope", action="append", default=[], help="generate, read, analyze, metrics (default: the first three)"
    )
    create.set_defaults(run=create_key)
    listed = actions.add_parser("list", help="every key, without its secret")
    listed.set_defaults(run=list_keys)
    rotate = actions.add_parser("rotate", help="give a key a new secret; it is shown once")
    rotate.set_defaults(run=rotate_key)
    revoke = actions.add_parser("revoke", help="refuse a key from now on")
    revoke.set_defaults(run=revoke_key)
    for one in (rotate, revoke):
        one.add_argument("id", help="identifier of the key, as 'keys list' shows it")
    for one in (create, listed, rotate, revoke):
        _home(one)
        one.add_argument("--json", action="store_true", help="print JSON")


def _home(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--home", type=Path, metavar="DIR", help="folder of the server (default: ~/.beatsfoundry/api)")


def serve(options: argparse.Namespace) -> int:
    """Serve the HTTP API: generate, parameters, analyze, modify, render, with keys, sessions and jobs."""
    from workbench.api.certificates import development_certificate
    from workbench.api.serving import Listening
    from workbench.api.serving import serve as run
    from workbench.api.settings import ApiSettings, default_home

    home = (options.home or default_home()).absolute()
    settings = ApiSettings(
        home, redis_url=options.redis, workers=options.workers, trusted_proxies=tuple(options.trusted_proxy),
        cors_origins=tuple(options.cors),
        tracking_uri=options.tracking_uri or os.environ.get("MLFLOW_TRACKING_URI") or None,
    )  # fmt: skip
    certificate, key = options.cert, options.cert_key
    if options.dev_tls and certificate is None:
        certificate, key = development_certificate(home)
    return run(settings, Listening(options.host, options.port, certificate, key))


def serve_tools(options: argparse.Namespace) -> int:
    """Serve the Model Context Protocol over standard input and output: an assistant starts this command."""
    from workbench.api.mcp.server import create_server

    create_server(options.folder).run()
    return 0


def create_key(options: argparse.Namespace) -> int:
    """Make a key and print it, this once."""
    from workbench.api.keys import DEFAULT_SCOPES
    from workbench.api.settings import default_home
    from workbench.api.tiers import find_tier, load_tiers

    find_tier(load_tiers(options.home or default_home()), options.tier)
    key, text = _keys(options).create(options.name, options.tier, options.scope or DEFAULT_SCOPES)
    _print_secret(key, text, options)
    return 0


def list_keys(options: argparse.Namespace) -> int:
    """Print every key without its secret."""
    keys = _keys(options).list()
    if options.json:
        print(json.dumps([_form(key) for key in keys], indent=1))
        return 0
    for key in keys:
        state = "revoked" if key.revoked else "active"
        print(f"{key.id}  {state:8} {key.tier:8} {_day(key.created)}  {key.name}  ({', '.join(key.scopes)})")
    return 0


def rotate_key(options: argparse.Namespace) -> int:
    """Give a key a new secret and print it, this once."""
    _print_secret(*_keys(options).rotate(options.id), options)
    return 0


def revoke_key(options: argparse.Namespace) -> int:
    """Refuse a key from now on; what it made stays."""
    key = _keys(options).revoke(options.id)
    print(json.dumps(_form(key)) if options.json else f"{key.id} ({key.name}) is revoked")
    return 0


def _print_secret(key: ApiKey, text: str, options: argparse.Namespace) -> None:
    if options.json:
        print(json.dumps({"key": text, **_form(key)}))
    else:
        print(text)


def _keys(options: argparse.Namespace) -> KeyStore:
    from workbench.api.database import Database
    from workbench.api.keys import KeyStore
    from workbench.api.settings import ApiSettings, default_home

    return KeyStore(Database(ApiSettings(options.home or default_home()).database))


def _form(key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.id, "name": key.name, "tier": key.tier, "scopes": list(key.scopes), "created": _day(key.created),
        "revoked": key.revoked is not None,
    }  # fmt: skip


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()
