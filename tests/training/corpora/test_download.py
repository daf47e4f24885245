"""Downloads from a server on this machine that knows ranges, breaks off, and serves wrong bytes."""

from __future__ import annotations

import hashlib
import io
import json
import stat
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from training.commands.corpora import main
from training.corpora import catalogue, unpack
from training.corpora.catalogue import get_corpus, list_corpora, wanted_by_recipes
from training.corpora.corpus import Source
from training.corpora.download import download
from training.corpora.registry import CORPORA, SOURCES
from workbench.domain.errors import CorpusError

CONTENT = bytes(range(256)) * 1024


@dataclass
class Server:
    """What is served, after how many bytes each answer breaks off, and the ranges that were asked for."""

    content: bytes = CONTENT
    etag: str = '"one"'
    ranges: bool = True
    status: int = 0
    cuts: list[int] = field(default_factory=list)
    asked: list[str | None] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    state = Server()
    monkeypatch.setenv("no_proxy", "127.0.0.1")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = self.headers.get("Range")
            state.asked.append(wanted)
            if state.status:
                self.send_error(state.status)
                return
            start = 0
            if state.ranges and wanted and self.headers.get("If-Range") == state.etag:
                start = int(wanted.removeprefix("bytes=").split("-")[0])
                if start >= len(state.content):
                    self.send_error(416)
                    return
            body = state.content[start:]
            self.send_response(206 if start else 200)
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(state.content) - 1}/{len(state.content)}")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("ETag", state.etag)
            self.end_headers()
            self.wfile.write(body[: state.cuts.pop(0)] if state.cuts else body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{running.server_address[1]}/set.zip"
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield state
    running.shutdown()
    thread.join()
    running.server_close()


def sha256(data: bytes = CONTENT) -> str:
    return hashlib.sha256(data).hexdigest()


def test_a_whole_file_is_checked_and_appears(server: Server, tmp_path: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    path = tmp_path / "new" / "set.zip"
    found = download(server.url, path, checksum=f"sha256:{sha256()}", progress=lambda *step: seen.append(step))
    assert found == sha256()
    assert path.read_bytes() == CONTENT
    assert [entry.name for entry in path.parent.iterdir()] == ["set.zip"]
    assert seen[-1] == (len(CONTENT), len(CONTENT))


def test_a_cut_connection_goes_on_where_it_stopped(server: Server, tmp_path: Path) -> None:
    server.cuts = [1000, 70_000]
    download(server.url, tmp_path / "set.zip", checksum=f"md5:{hashlib.md5(CONTENT).hexdigest()}")
    assert (tmp_path / "set.zip").read_bytes() == CONTENT
    assert server.asked == [None, "bytes=1000-", "bytes=71000-"]


def test_a_later_call_goes_on_too(server: Server, tmp_path: Path) -> None:
    server.cuts = [500] * 5
    with pytest.raises(CorpusError, match=r"breaks off after 2,500 bytes.*run it again"):
        download(server.url, tmp_path / "set.zip")
    assert not (tmp_path / "set.zip").exists()
    assert (tmp_path / "set.zip.part").stat().st_size == 2500
    download(server.url, tmp_path / "set.zip")
    assert (tmp_path / "set.zip").read_bytes() == CONTENT
    assert server.asked[-1] == "bytes=2500-"


def test_a_file_that_changed_meanwhile_begins_anew(server: Server, tmp_path: Path) -> None:
    server.cuts = [500] * 5
    with pytest.raises(CorpusError):
        download(server.url, tmp_path / "set.zip")
    server.content, server.etag = CONTENT[::-1], '"two"'
    download(server.url, tmp_path / "set.zip")
    assert (tmp_path / "set.zip").read_bytes() == CONTENT[::-1]


def test_a_server_without_ranges_gives_all_again(server: Server, tmp_path: Path) -> None:
    server.ranges, server.cuts = False, [1000]
    download(server.url, tmp_path / "set.zip")
    assert (tmp_path / "set.zip").read_bytes() == CONTENT


def test_a_part_that_is_already_whole_is_loaded_again(server: Server, tmp_path: Path) -> None:
    (tmp_path / "set.zip.part").write_bytes(CONTENT)
    (tmp_path / "set.zip.part.json").write_text('{"validator": "\\"one\\""}', encoding="utf-8")
    download(server.url, tmp_path / "set.zip")
    assert (tmp_path / "set.zip").read_bytes() == CONTENT


def test_wrong_bytes_are_thrown_away(server: Server, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="published is"):
        download(server.url, tmp_path / "set.zip", checksum=f"sha256:{sha256(b'other')}")
    assert list(tmp_path.iterdir()) == []


def test_the_first_checksum_is_kept_where_none_is_published(server: Server, tmp_path: Path, home: Path) -> None:
    download(server.url, tmp_path / "set.zip")
    known = json.loads((home / "downloads.json").read_text(encoding="utf-8"))
    assert known[server.url] == {"sha256": sha256(), "bytes": len(CONTENT)}
    server.content = CONTENT[:-1]
    with pytest.raises(CorpusError, match="of the first download"):
        download(server.url, tmp_path / "again.zip")
    assert not (tmp_path / "again.zip").exists()


def test_refusals_are_reported_at_once(server: Server, tmp_path: Path) -> None:
    server.status = 404
    with pytest.raises(CorpusError, match="answers 404"):
        download(server.url, tmp_path / "set.zip")
    assert len(server.asked) == 1
    with pytest.raises(CorpusError, match="expected http or https"):
        download("file:///etc/hostname", tmp_path / "set.zip")


# Unpacking


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def tarred(path: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for info, data in members:
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def test_files_are_unpacked_without_the_outermost_folder(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "a.zip", {"set-1/musics/a.mid": b"1", "set-1/readme": b"2", "beside": b"3"})
    assert unpack.unpack(archive, tmp_path / "set", keep=("musics/*.mid",)) == 1
    assert (tmp_path / "set" / "musics" / "a.mid").read_bytes() == b"1"
    assert not (tmp_path / "set" / "readme").exists()
    assert unpack.check_manifest(tmp_path / "set") == (1, [])
    (tmp_path / "set" / "musics" / "a.mid").write_bytes(b"x")
    assert unpack.check_manifest(tmp_path / "set") == (1, ["musics/a.mid"])


@pytest.mark.parametrize("name", ["../evil", "set/../../evil", "/etc/evil", "set\\..\\evil", "C:/evil"])
def test_names_that_lead_out_are_refused(tmp_path: Path, name: str) -> None:
    archive = tarred(tmp_path / "a.tar.gz", (tarfile.TarInfo("set/good"), b"1"), (tarfile.TarInfo(name), b"2"))
    with pytest.raises(CorpusError, match="leads out"):
        unpack.unpack(archive, tmp_path / "data" / "set")
    assert [path.name for path in tmp_path.iterdir()] == ["a.tar.gz"]


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_are_refused(tmp_path: Path, kind: bytes) -> None:
    info = tarfile.TarInfo("set/link")
    info.type, info.linkname = kind, "/etc/passwd"
    with pytest.raises(CorpusError, match="no plain file"):
        unpack.unpack(tarred(tmp_path / "a.tar.gz", (info, b"")), tmp_path / "set")
    assert not (tmp_path / "set").exists()


def test_a_link_in_a_zip_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        info = zipfile.ZipInfo("set/link")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(CorpusError, match="no plain file"):
        unpack.unpack(tmp_path / "a.zip", tmp_path / "set")


def test_a_bomb_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "MOST_BYTES", 1_000_000)
    archive = zipped(tmp_path / "a.zip", {"set/zeros": bytes(5_000_000)})
    assert archive.stat().st_size < 10_000
    with pytest.raises(CorpusError, match="unpacks to more"):
        unpack.unpack(archive, tmp_path / "set")
    monkeypatch.setattr(unpack, "MOST_FILES", 2)
    with pytest.raises(CorpusError, match="more than 2 files"):
        unpack.unpack(zipped(tmp_path / "b.zip", {f"set/{n}": b"" for n in range(3)}), tmp_path / "set")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip", "b.zip"]


@pytest.mark.parametrize("data", [b"", b"no archive", b"PK\3\4 broken", b"\x1f\x8b broken"])
def test_damaged_archives_are_reported(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(data)
    with pytest.raises(CorpusError, match=r"a\.zip"):
        unpack.unpack(tmp_path / "a.zip", tmp_path / "set")
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


# The catalogue


def test_a_set_comes_here_whole(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = b'prog_maj = ["I V vi IV =Romantic"]'
    server.content = zipped(tmp_path / "made.zip", {"x-1/chords.py": code, "x-1/big.bin": b"0"}).read_bytes()
    source = Source("page", songs=1, url=server.url, folder="free-midi-chords", keep=("chords.py",))
    monkeypatch.setitem(SOURCES, "progressions", source)
    data = tmp_path / "data"
    assert get_corpus("progressions", data) == (data / "free-midi-chords", 1)
    assert [path.name for path in data.iterdir()] == ["free-midi-chords"]
    (entry,) = (entry for entry in list_corpora(data) if entry.name == "progressions")
    assert (entry.state, entry.here, entry.expected) == ("whole", 1, 1)
    with pytest.raises(CorpusError, match="is there already"):
        get_corpus("progressions", data)
    (data / "free-midi-chords" / "chords.py").write_bytes(code + b" ")
    (entry,) = (entry for entry in list_corpora(data) if entry.name == "progressions")
    assert entry.state == "damaged"


def test_several_sets_come_by_one_command(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    server.content = zipped(
        tmp_path / "set.zip", {"set-1/chords.py": b"prog_maj = ['I V vi IV=Hopeful', 'ii V I=Calm']"}
    ).read_bytes()
    for name in wanted_by_recipes():
        source = Source(page="", url=server.url, folder=f"of-{name}")
        monkeypatch.setitem(SOURCES, name, source)
        monkeypatch.setitem(CORPORA, name, replace(CORPORA[name], folders=(f"of-{name}",)))
    assert main(["get", "--data", str(tmp_path)]) == 0
    told = capsys.readouterr().out.splitlines()
    sets = ["groove", "pop909", "billboard", "freedoom", "progressions"]
    assert [line.partition(":")[0] for line in told] == [*sets, "accompaniment"]
    assert "corpora make accompaniment" in told[-1]
    assert all((tmp_path / f"of-{name}" / "chords.py").is_file() for name in wanted_by_recipes())
    assert main(["get", "--data", str(tmp_path)]) == 0
    assert all("is there already" in line for line in capsys.readouterr().out.splitlines()[:-1])


def test_a_set_that_fails_keeps_no_other_from_coming(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    server.content = zipped(tmp_path / "set.zip", {"set-1/chords.py": b"prog_maj = []"}).read_bytes()
    monkeypatch.setitem(SOURCES, "progressions", Source(page="", url=server.url, folder="free-midi-chords"))
    with pytest.raises(CorpusError, match="accompaniment could not be had"):
        main(["get", "accompaniment", "progressions", "--data", str(tmp_path)])
    assert (tmp_path / "free-midi-chords" / "chords.py").is_file()
    assert "`beatsfoundry corpora make accompaniment --data DIR` makes accompaniment" in capsys.readouterr().err


def test_an_archive_of_something_else_leaves_nothing(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.content = zipped(tmp_path / "made.zip", {"x-1/other": b"0"}).read_bytes()
    monkeypatch.setitem(SOURCES, "openmsx", Source("page", url=server.url, folder="openmsx", keep=("src/*.mid",)))
    with pytest.raises(CorpusError, match="not the set"):
        get_corpus("openmsx", tmp_path / "data")
    assert list((tmp_path / "data").iterdir()) == []


@pytest.mark.parametrize(
    ("name", "message"), [("oboe", "is not known"), ("lmms", "see https://github.com/LMMS"), ("folder", "not public")]
)
def test_sets_without_a_download_are_reported(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(CorpusError, match=message):
        get_corpus(name, tmp_path)


def test_the_catalogue_is_complete() -> None:
    entries = list_corpora()
    assert {entry.name for entry in entries} == set(SOURCES)
    for entry in entries:
        assert entry.page.startswith("https://")
        assert entry.licence
        assert entry.citation
        source = SOURCES[entry.name]
        assert source.checksum.partition(":")[0] in ("", "sha256", "md5")
        assert not source.url or source.url.startswith("https://")
        assert not source.url or source.folder in entry.folders
        assert entry.can_get or source.note


def test_a_copy_is_partial_or_absent(groove_data: Path) -> None:
    states = {entry.name: (entry.state, entry.here, entry.expected) for entry in list_corpora(groove_data)}
    assert states["groove"] == ("partial", 8, 1150)
    assert states["nottingham"] == ("absent", 0, 1034)
    assert catalogue.list_corpora()[0].state == ""
