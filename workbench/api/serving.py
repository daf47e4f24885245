"""Running a server: uvicorn, its workers, and the watch over jobs whose worker has died."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from workbench.api.database import BusyError
from workbench.api.services import Services
from workbench.api.settings import ApiSettings
from workbench.domain.errors import ParameterError, reason

_WATCH_SECONDS = 2.0
_WATCHES_BETWEEN_SWEEPS = 15
_GRACE_SECONDS = 10.0
_REDIS_SCHEMES = ("redis://", "rediss://", "unix://")


@dataclass(frozen=True, slots=True)
class Listening:
    """Where a server listens, and with what certificate."""

    host: str = "127.0.0.1"
    port: int = 8000
    certificate: Path | None = None
    private_key: Path | None = None

    @property
    def over_tls(self) -> bool:
        """Whether it speaks TLS itself."""
        return self.certificate is not None

    @property
    def address(self) -> str:
        """What a client on this machine opens."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.over_tls else 'http'}://{host}:{self.port}"


def serve(settings: ApiSettings, listening: Listening) -> int:
    """Serve until interrupted.

    Raises
    ------
    ParameterError
        If it would speak plain HTTP to other machines.
    """
    import uvicorn

    from workbench.api.app import create_app
    from workbench.api.logs import configure_logs, configure_other_logs

    check_listening(settings, listening)
    check_free(listening)
    configure_logs()
    configure_other_logs()
    settings = replace(settings, secure=listening.over_tls or bool(settings.trusted_proxies))
    workers = Workers(settings)
    app = create_app(settings, living_workers=workers.living)
    with workers.running(app.state.services):
        print(f"BeatsFoundry's API: {listening.address}/api/v1  (Ctrl-C ends it)", flush=True)
        uvicorn.run(
            app, host=listening.host, port=listening.port, log_config=None, access_log=False, server_header=False,
            ssl_certfile=listening.certificate, ssl_keyfile=listening.private_key, proxy_headers=False,
        )  # fmt: skip
    return 0


def check_free(listening: Listening) -> None:
    """See that nobody listens where the server is going to, before anything is started.

    Raises
    ------
    ParameterError
        If the address cannot be taken.
    """
    family = socket.AF_INET6 if ":" in listening.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((listening.host, listening.port))
        except OSError as error:
            where = f"port {listening.port} of {listening.host}"
            raise ParameterError(f"{where} cannot be served: {reason(error)}; take another with --port") from None


def check_listening(settings: ApiSettings, listening: Listening) -> None:
    """Refuse to send keys over a network in the clear.

    Raises
    ------
    ParameterError
        If the host is not this machine, and there is neither a certificate nor a trusted proxy; if certificate or key
        cannot be read; or if the address of Redis is none.
    """
    if (listening.certificate is None) != (listening.private_key is None):
        raise ParameterError("expected both a certificate and its key")
    if listening.certificate is not None and listening.private_key is not None:
        _check_certificate(listening.certificate, listening.private_key)
    if settings.redis_url and not settings.redis_url.startswith(_REDIS_SCHEMES):
        raise ParameterError(f"redis {settings.redis_url!r}: expected an address such as redis://127.0.0.1:6379")
    if listening.over_tls or settings.trusted_proxies or _is_loopback(listening.host):
        return
    raise ParameterError(
        f"host {listening.host}: plain HTTP is served on this machine only; give --cert and --cert-key, --dev-tls, or "
        "--trusted-proxy"
    )


def _check_certificate(certificate: Path | str, private_key: Path | str) -> None:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, private_key)
    except FileNotFoundError:
        missing = next(str(path) for path in (certificate, private_key) if not Path(path).is_file())
        raise ParameterError(f"{missing} is not there: expected a PEM file") from None
    except OSError as error:
        raise ParameterError(f"{certificate} and {private_key} are no certificate with its key ({error})") from None


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Workers:
    """The worker processes of a server. One that dies is replaced; its job runs again or fails with the reason."""

    def __init__(self, settings: ApiSettings) -> None:
        self._settings = settings
        self._processes: list[subprocess.Popen[bytes]] = []
        self._done = threading.Event()

    def living(self) -> int:
        """How many live now."""
        return sum(process.poll() is None for process in self._processes)

    @contextmanager
    def running(self, services: Services) -> Iterator[None]:
        """Workers and their watch, until the block ends."""
        self._processes = [self._start() for _ in range(self._settings.workers)]
        watch = threading.Thread(target=self._watch, args=(services,), daemon=True)
        watch.start()
        try:
            yield
        finally:
            self._done.set()
            watch.join()
            for process in self._processes:
                process.terminate()
            for process in self._processes:
                _wait(process)

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "workbench.api.worker", "--home", str(self._settings.home)]
        if self._settings.redis_url:
            command += ["--redis", self._settings.redis_url]
        if self._settings.tracking_uri:
            command += ["--tracking-uri", self._settings.tracking_uri]
        # A group of its own, so that Ctrl-C reaches the server alone, which then ends its workers in order; and no
        # session of its own, beyond which Linux does not count how nice a process is (sched_autogroup).
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, process_group=0)

    def _watch(self, services: Services) -> None:
        recover(services, every=True)
        watches = 0
        while not self._done.wait(_WATCH_SECONDS):
            watches += 1
            for place, process in enumerate(self._processes):
                if process.poll() is not None:
                    structlog.get_logger().warning("worker died", pid=process.pid, status=process.returncode)
                    self._processes[place] = self._start()
            # Now and then also what waits unknown to the queue, as after Redis was away.
            sweeps = watches % _WATCHES_BETWEEN_SWEEPS == 0
            recover(services, every=sweeps)
            if sweeps:
                services.previews.sweep(services.settings.address_seconds)


def recover(services: Services, *, every: bool = False) -> None:
    """Take jobs back from dead workers; with `every`, also put all that wait into the queue again, as at a start.

    A job that is in the queue twice is done once: a worker claims it in the table first.
    """
    try:
        again = services.jobs.reclaim(services.settings.lease_seconds, services.settings.attempts)
        for job_id in services.jobs.queued() if every else again:
            services.queue.put(job_id)
    except BusyError as error:
        structlog.get_logger().warning("jobs cannot be watched", reason=str(error))


def _wait(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
