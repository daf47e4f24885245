"""Services that speak, and processes that work, are watched as they are."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from socketserver import BaseRequestHandler, TCPServer

import pytest

from workbench.cli import main as cli
from workbench.diagnostics import Diagnosis, monitor, services
from workbench.domain.errors import ParameterError


def codes(findings: list[Diagnosis]) -> list[tuple[str, str, str]]:
    return [(finding.subject, finding.outcome, finding.code) for finding in findings]


@contextmanager
def serving(server: TCPServer) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def web(status: int = 200, ahead_seconds: float = 0.0, delay_seconds: float = 0.0) -> HTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            time.sleep(delay_seconds)
            self.send_response(status)
            self.end_headers()

        def date_time_string(self, timestamp: float | None = None) -> str:
            return formatdate(time.time() + ahead_seconds, usegmt=True)

        def log_message(self, format: str, *values: object) -> None:
            pass

    return HTTPServer(("127.0.0.1", 0), Handler)


def store(password: str = "", ahead_seconds: float = 0.0) -> TCPServer:
    """A server that knows AUTH and TIME as Redis does."""

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            known = not password
            while said := self.request.recv(512):
                words = said.decode().split("\r\n")[2::2]
                if words[0] == "AUTH":
                    known = words[-1] == password
                    self.request.sendall(b"+OK\r\n" if known else b"-WRONGPASS\r\n")
                elif not known:
                    self.request.sendall(b"-NOAUTH Authentication required.\r\n")
                else:
                    now = str(int(time.time() + ahead_seconds)).encode()
                    self.request.sendall(b"*2\r\n$%d\r\n%s\r\n$1\r\n0\r\n" % (len(now), now))

    return TCPServer(("127.0.0.1", 0), Handler)


def test_a_web_service_tells_time_and_trouble() -> None:
    with serving(web()) as port:
        found = services.reach([f"http://127.0.0.1:{port}/health"], {})
        assert codes(found) == [("service", "ok", ""), ("service's clock", "ok", "")]
    with serving(web(ahead_seconds=-300)) as port:
        late = services.reach([], {"MLFLOW_TRACKING_URI": f"http://127.0.0.1:{port}"})[1]
        assert (late.subject, late.outcome, late.code) == ("tracking server's clock", "fail", "BFD021")
        assert "300 s behind" in late.message or "301 s behind" in late.message
    with serving(web(status=503)) as port:
        (ill, _) = services.reach([f"http://127.0.0.1:{port}"], {})
        assert (ill.outcome, ill.code) == ("fail", "BFD020")
        assert ill.message.endswith("answers with status 503")
    with serving(web(delay_seconds=0.6)) as port:
        assert codes(services.reach([f"http://127.0.0.1:{port}"], {}))[0] == ("service", "warn", "BFD022")


def test_redis_is_spoken_with_in_its_own_language() -> None:
    with serving(store("hush", ahead_seconds=90)) as port:
        good, clock = services.reach([f"redis://:hush@127.0.0.1:{port}/0"], {})
        assert good.outcome == "ok"
        assert (clock.outcome, clock.code) == ("fail", "BFD021")
        assert "hush" not in good.message + clock.message
        (wrong,) = services.reach([f"redis://:loud@127.0.0.1:{port}/0"], {})
        assert wrong.message.endswith("refuses the password")
        (none,) = services.reach([f"redis://127.0.0.1:{port}/0"], {})
        assert (none.code, none.message.split(" ", 1)[1]) == ("BFD020", "asks for a password")
    with serving(web()) as port:
        (other,) = services.reach([f"redis://127.0.0.1:{port}"], {})
        assert other.message.endswith("is no Redis")


def test_an_object_store_is_found_by_the_environment() -> None:
    with serving(web(status=403)) as port:
        environment = {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}"}
        # That it refuses strangers is an answer.
        assert codes(services.reach([], environment))[0] == ("object store", "ok", "")
        assert codes(services.reach(["s3://songs"], environment))[2] == ("service", "ok", "")
    assert codes(services.reach(["s3://songs"], {})) == [("service", "fail", "BFD020")]


WORK = "import time; data = bytearray(60_000_000); end = time.monotonic() + 1.5\nwhile time.monotonic() < end: pass"


def test_a_working_process_is_watched_until_it_ends(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", WORK])
    watcher = monitor.watch(process.pid, seconds=30.0, interval_seconds=0.2)
    seen = [next(watcher) for _ in range(3)]
    process.wait()
    assert list(watcher) == []
    assert max(usage.memory_mb for usage in seen) > 60.0
    assert max(usage.cores for usage in seen) > 0.05
    assert [finding.subject for finding in monitor.judge(seen)] == ["memory", "processor"]


def usage(cores: float = 1.0, free_mb: float = 4000.0, busy: float = 0.5) -> monitor.Usage:
    return monitor.Usage(1.0, cores, 500.0, 0.0, 0.0, free_mb, busy)


@pytest.mark.parametrize(
    ("seen", "code", "words"),
    [
        (usage(free_mb=100.0), "BFD001", "100 MB left"),
        (usage(cores=0.2, busy=1.0), "BFD006", "others have the processor"),
        (usage(cores=0.2, busy=0.1), "BFD006", "waits for disk or network"),
        (usage(), "", ""),
    ],
)
def test_what_holds_a_process_up_is_named(seen: monitor.Usage, code: str, words: str) -> None:
    found = [finding for finding in monitor.judge([seen] * 10) if finding.code]
    assert [finding.code for finding in found] == ([code] if code else [])
    assert all(words in finding.message for finding in found)


def test_a_run_is_found_by_its_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(20)"])
    try:
        (tmp_path / "a.jsonl").write_text(f'{{"event": "run began", "run_id": "c0ffee", "pid": {process.pid}}}\n')
        assert monitor.find_process("c0f", tmp_path) == monitor.find_process(str(process.pid), tmp_path) == process.pid
    finally:
        process.kill()
        process.wait()
    with pytest.raises(ParameterError, match="expected the number of a running process"):
        monitor.find_process("c0f", tmp_path)
    monkeypatch.setenv("BEATSFOUNDRY_LOGS", str(tmp_path))
    assert cli.main(["doctor", "--watch", "c0f"]) == 2


def test_the_command_prints_what_a_process_uses(capsys: pytest.CaptureFixture[str]) -> None:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1.6)"])
    assert cli.main(["doctor", "--watch", str(process.pid)]) == 0
    process.wait()
    printed = capsys.readouterr().out
    assert " cores " in printed
    assert "ok   monitor: memory: at most" in printed
