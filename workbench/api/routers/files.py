"""`/files`: the files of a bundle, by signed addresses that expire; parts of them by range requests."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse
from starlette.datastructures import MutableHeaders
from starlette.types import Message, Receive, Scope, Send

from workbench.api.previews import PREVIEW
from workbench.api.problems import ApiError, problem, responses
from workbench.api.services import Services, ServicesIn
from workbench.api.signing import is_signed
from workbench.output import read_manifest

router = APIRouter(tags=["files"])


class SongFile(FileResponse):
    """A file or the part of it that is asked for; a range that it cannot give is refused as a problem."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, but hold back a refusal in plain text."""
        refusal: Message | None = None

        async def answer(message: Message) -> None:
            nonlocal refusal
            if message["type"] == "http.response.start" and message["status"] >= 400:
                refusal = message
            if refusal is None:
                await send(message)

        asks_head = scope.get("state", {}).get("asks_head", False)
        await super().__call__({**scope, "method": "HEAD"} if asks_head else scope, receive, answer)
        if refusal is not None:
            held = MutableHeaders(raw=refusal["headers"])
            kept = {name: held[name] for name in ("Content-Range",) if name in held}
            why = "expected a Range such as bytes=0-1023, within the file"
            await problem(Request(scope), refusal["status"], why, field="Range", headers=kept)(scope, receive, send)


@router.get(
    "/files/{version_id}/{path:path}",
    response_class=SongFile,
    responses={
        200: {"description": "The file", "content": {"application/octet-stream": {"schema": {"type": "string"}}}},
        206: {"description": "The part that a `Range` header asks for"},
        **responses(400, 403, 404, 416, 422, 503),
    },
)
def read_file(
    version_id: str,
    path: str,
    services: ServicesIn,
    expires: Annotated[int, Query(ge=0, le=2**53)],
    signature: Annotated[str, Query(min_length=1, max_length=128)],
) -> SongFile:
    """A file of a finished song; the address is one that the server gave out."""
    if not is_signed(services.secret, version_id, path, expires, signature):
        raise ApiError(403, "the address is not valid or has expired: ask for the project again")
    file = _song_file(services, version_id, path) if path != PREVIEW else _preview_file(services, version_id)
    if file is None:
        raise ApiError(404, "this file is no longer there")
    return SongFile(file, headers={"Cache-Control": "private"})


def _song_file(services: Services, version_id: str, path: str) -> Path | None:
    """A file that the manifest of a finished song names, unless the key that made it is revoked."""
    version = services.projects.find(version_id)
    if version is None or services.keys.get(version.key_id).revoked is not None:
        return None
    bundle = services.projects.bundle(version_id)
    named = path in read_manifest(bundle)["files"] and (bundle / path).is_file()
    return bundle / path if named else None


def _preview_file(services: Services, version_id: str) -> Path | None:
    """The preview of a song that is being made, unless the key that asked for it is revoked."""
    job = services.jobs.making(version_id)
    if job is None or services.keys.get(job.key_id).revoked is not None:
        return None
    return services.previews.find(version_id)
