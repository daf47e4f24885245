"""A typed client of the HTTP API.

Examples
--------
>>> client = Client("http://127.0.0.1:8000", key="bf_...")  # doctest: +SKIP
>>> job = client.generate({"parameters": {"creative": {"concept": "rainy lo-fi"}}})  # doctest: +SKIP
>>> song = client.wait(job)  # doctest: +SKIP
>>> client.download(song.outputs.master, "song.wav")  # doctest: +SKIP
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from workbench.api.forms import (
    AnalysisResponse,
    Health,
    JobStatus,
    ParametersResponse,
    ProjectList,
    SessionStatus,
    SongResponse,
)
from workbench.api.settings import API_PREFIX
from workbench.domain.errors import WorkbenchError
from workbench.domain.request import GenerationRequest


class ApiClientError(WorkbenchError):
    """The server refused a request, or could not be reached; `status` is None in the latter case."""

    def __init__(self, status: int | None, detail: str) -> None:
        super().__init__(detail if status is None else f"{status}: {detail}")
        self.status, self.detail = status, detail


class Client:
    """Speaks to one server with one key.

    Parameters
    ----------
    address : str
        Such as "https://music.example:8000".
    key : str
        What `beatsfoundry keys create` printed.
    session_id : str, optional
        A session that the work belongs to; `begin_session` begins one.
    verify : bool or ssl.SSLContext
        Whether certificates are checked, or the context that they are checked in
        (`ssl.create_default_context(cafile=...)` for a certificate of one's own).
    transport : httpx.BaseTransport, optional
        How requests are sent, for tests.
    """

    def __init__(
        self,
        address: str,
        *,
        key: str,
        session_id: str | None = None,
        verify: bool | ssl.SSLContext = True,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.session_id = session_id
        self._http = httpx.Client(
            base_url=address, headers={"X-API-Key": key}, timeout=180.0, verify=verify, transport=transport
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def health(self) -> Health:
        """Whether the server can do its work."""
        return Health(**self._json("GET", "/health"))

    def metrics(self) -> str:
        """Counts of requests and jobs in Prometheus' text format."""
        return self._answer("GET", "/metrics").text

    def parameters(self) -> ParametersResponse:
        """Everything that a request can say."""
        return ParametersResponse(**self._json("GET", "/parameters"))

    def generate(
        self,
        request: GenerationRequest | Mapping[str, Any],
        *,
        wait_seconds: int = 0,
        idempotency_key: str | None = None,
    ) -> SongResponse | JobStatus:
        """Ask for a song; the song itself if it is finished in time, else the job."""
        form = (
            request.model_dump(mode="json", exclude_unset=True) if isinstance(request, GenerationRequest) else request
        )
        return self._work("/generate", form, wait_seconds, idempotency_key)

    def modify(
        self, project_id: str, edits: Sequence[Mapping[str, Any]], *, version: int | None = None, wait_seconds: int = 0
    ) -> SongResponse | JobStatus:
        """Edit a finished song."""
        form = {"project_id": project_id, "version": version, "edits": list(edits)}
        return self._work("/modify", form, wait_seconds, None)

    def render(
        self, project_id: str, *, version: int | None = None, wait_seconds: int = 0, **options: Any
    ) -> SongResponse | JobStatus:
        """A finished song in another delivery: `format`, `sample_rate`, `bit_depth`, `delivery`, `target_loudness`."""
        return self._work("/render", {"project_id": project_id, "version": version, **options}, wait_seconds, None)

    def analyze(self, source: str | Path, *, dual_mono: bool = False) -> AnalysisResponse:
        """Measure an audio file of this machine; with `dual_mono` a mono file as two speakers play it."""
        path = Path(source)
        form = {"dual_mono": str(dual_mono).lower()}
        with path.open("rb") as file:
            return AnalysisResponse(**self._json("POST", "/analyze", files={"file": (path.name, file)}, data=form))

    def analyze_project(self, project_id: str, path: str | None = None) -> AnalysisResponse:
        """Measure a file of a finished song, by default its master."""
        form = {"project_id": project_id} | ({} if path is None else {"path": path})
        return AnalysisResponse(**self._json("POST", "/analyze", data=form))

    def job(self, job_id: str) -> JobStatus:
        """The state of a job."""
        return JobStatus(**self._json("GET", f"/jobs/{job_id}"))

    def cancel(self, job_id: str) -> JobStatus:
        """Cancel a job."""
        return JobStatus(**self._json("DELETE", f"/jobs/{job_id}"))

    def events(self, job_id: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Name and data of each event of a job until it ends."""
        name = ""
        with self._http.stream("GET", f"{API_PREFIX}/jobs/{job_id}/events") as response:
            if response.is_error:
                response.read()
                raise _refusal(response)
            for line in response.iter_lines():
                if line.startswith("event: "):
                    name = line.removeprefix("event: ")
                elif line.startswith("data: "):
                    yield name, json.loads(line.removeprefix("data: "))

    def wait(self, work: SongResponse | JobStatus) -> SongResponse:
        """The finished song of a job.

        Raises
        ------
        ApiClientError
            If the job fails or is cancelled.
        """
        if isinstance(work, SongResponse):
            return work
        ended = work
        for name, data in self.events(work.job_id):
            ended = JobStatus(**data) if name == "end" else ended
        if ended.result is None:
            raise ApiClientError(None, ended.error or f"job {ended.job_id} is {ended.status}")
        return ended.result

    def projects(self) -> ProjectList:
        """What this key has made."""
        return ProjectList(**self._json("GET", "/projects"))

    def project(self, project_id: str, version: int | None = None) -> SongResponse:
        """A finished song, with addresses that are signed anew."""
        query = {} if version is None else {"version": version}
        return SongResponse(**self._json("GET", f"/projects/{project_id}", params=query))

    def begin_session(self) -> SessionStatus:
        """Begin a session; every request from now on belongs to it."""
        session = SessionStatus(**self._json("POST", "/sessions"))
        self.session_id = session.session_id
        return session

    def session(self) -> SessionStatus:
        """The projects and the history of the session."""
        return SessionStatus(**self._json("GET", f"/sessions/{self.session_id}"))

    def end_session(self) -> None:
        """End the session; its songs stay."""
        self._answer("DELETE", f"/sessions/{self.session_id}")
        self.session_id = None

    def undo(self) -> SessionStatus:
        """Go back to the version before."""
        return SessionStatus(**self._json("POST", f"/sessions/{self.session_id}/undo"))

    def redo(self) -> SessionStatus:
        """Go on to the version that was undone."""
        return SessionStatus(**self._json("POST", f"/sessions/{self.session_id}/redo"))

    def download(self, address: str, target: str | Path) -> Path:
        """Write the file at a signed address."""
        with self._http.stream("GET", address) as response, Path(target).open("wb") as file:
            if response.is_error:
                response.read()
                raise _refusal(response)
            for part in response.iter_bytes():
                file.write(part)
        return Path(target)

    def _work(
        self, path: str, form: Mapping[str, Any], wait_seconds: int, idempotency_key: str | None
    ) -> SongResponse | JobStatus:
        headers = {"Prefer": f"wait={wait_seconds}"} if wait_seconds else {}
        headers |= {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        headers |= {"X-Session-Id": self.session_id} if self.session_id else {}
        body = self._json("POST", path, json=form, headers=headers)
        return SongResponse(**body) if "outputs" in body else JobStatus(**body)

    def _json(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        return dict(self._answer(method, path, **options).json())

    def _answer(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            response = self._http.request(method, API_PREFIX + path, **options)
        except httpx.HTTPError as error:
            raise ApiClientError(None, f"{self._http.base_url} does not answer: {error}") from None
        if response.is_error:
            raise _refusal(response)
        return response


def _refusal(response: httpx.Response) -> ApiClientError:
    try:
        detail = str(response.json()["detail"])
    except (ValueError, KeyError, TypeError):
        detail = response.reason_phrase
    return ApiClientError(response.status_code, detail)
