"""Errors as problem+JSON (RFC 9457), from one handler over the tree of `WorkbenchError`."""

from __future__ import annotations

import errno
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from workbench.api.database import BusyError
from workbench.api.settings import ApiSettings
from workbench.domain.errors import (
    AudioFileError,
    CorpusError,
    MidiFileError,
    ModelError,
    OutputError,
    ParameterError,
    TrackingError,
    WorkbenchError,
)
from workbench.domain.request import GenerationRequest
from workbench.domain.request_errors import explain, fault_in_words

MEDIA_TYPE = "application/problem+json"
_LONGEST_DETAIL = 1000


class Problem(BaseModel):
    """What went wrong: RFC 9457, with the field that is wrong and a hint where there is one."""

    type: str = Field("about:blank", description="What kind of problem it is.")
    title: str = Field(description="The HTTP status in words.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="One line: what was expected, what came, what to do.")
    field: str | None = Field(None, description="The part of the request that is wrong.")
    request_id: str | None = Field(None, description="Names this request in the server's log.")


class ApiError(WorkbenchError):
    """A refusal with its HTTP status, the field that it is about, and headers that tell when to come back."""

    def __init__(
        self, status: int, detail: str, *, field: str | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status, self.field, self.headers = status, field, dict(headers or {})


_STATUS: Sequence[tuple[type[WorkbenchError], int]] = (
    (BusyError, 503),
    (ParameterError, 422),
    (AudioFileError, 422),
    (MidiFileError, 422),
    (ModelError, 500),
    (CorpusError, 500),
    (TrackingError, 503),
    (OutputError, 507),
)


def for_strangers(text: str, settings: ApiSettings) -> str:
    """A message without the place of the server's folder, which is no business of its clients."""
    return text.replace(str(settings.home.absolute()), "server")


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems that an endpoint may answer with, for its OpenAPI description."""
    content = {"content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    return {status: {"description": HTTPStatus(status).phrase, **content} for status in statuses}


def install(app: FastAPI) -> None:
    """Answer every error of the application as a problem."""
    # Starlette's type asks for handlers of any exception; each of these gets the one that it is installed for.
    app.add_exception_handler(WorkbenchError, _workbench)  # type: ignore[arg-type]
    app.add_exception_handler(RequestValidationError, _validation)  # type: ignore[arg-type]
    app.add_exception_handler(HTTPException, _http)  # type: ignore[arg-type]
    app.add_exception_handler(OSError, _system)  # type: ignore[arg-type]
    app.add_exception_handler(Exception, _unexpected)


def problem(
    request: Request,
    status: int,
    detail: str,
    *,
    field: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """A problem as a response."""
    body = Problem(
        title=HTTPStatus(status).phrase, status=status, detail=detail[:_LONGEST_DETAIL], field=field,
        request_id=getattr(request.state, "request_id", None),
    )  # fmt: skip
    return JSONResponse(body.model_dump(), status, headers=dict(headers or {}), media_type=MEDIA_TYPE)


async def _workbench(request: Request, error: WorkbenchError) -> JSONResponse:
    if isinstance(error, ApiError):
        return problem(request, error.status, str(error), field=error.field, headers=error.headers)
    detail = for_strangers(str(error), request.app.state.services.settings)
    status = next((number for kind, number in _STATUS if isinstance(error, kind)), 500)
    headers = {"Retry-After": "5"} if status == 503 else {}
    if status >= 500:
        structlog.get_logger().error("failed", reason=str(error), status=status)
    return problem(request, status, detail, headers=headers)


async def _system(request: Request, error: OSError) -> JSONResponse:
    if not _is_full(error):
        return await _unexpected(request, error)
    structlog.get_logger().error("failed", reason=str(error), status=507)
    return problem(request, 507, "the server's disk is full: try again later", headers={"Retry-After": "60"})


def _is_full(error: BaseException | None) -> bool:
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


async def _validation(request: Request, error: RequestValidationError) -> JSONResponse:
    first = error.errors()[0]
    place = [str(part) for part in first["loc"] if part != "body"]
    if first["loc"] == ("body",) and isinstance(first["input"], bytes):
        # FastAPI reads no body as JSON that does not say that it is.
        return problem(request, 422, "the body is not JSON: send Content-Type: application/json", field="Content-Type")
    detail = _as_elsewhere(request, error) or f"{'.'.join(place) or 'body'}: {_fault(first)}"
    return problem(request, 422, detail, field=".".join(place) or None)


def _fault(error: Any) -> str:
    """What is wrong with a value, in the words of the command line and of Python."""
    if "UploadFile" in error["msg"]:
        return "is no file"
    return str(error["msg"]) if error["type"] == "json_invalid" else fault_in_words(error)


def _as_elsewhere(request: Request, error: RequestValidationError) -> str:
    """What is wrong with a form, in the words of the command line and of Python; empty where there is no form."""
    faults = [{**one, "loc": one["loc"][1:]} for one in error.errors() if one["loc"][:1] == ("body",)]
    field = getattr(request.scope.get("route"), "body_field", None)
    form = getattr(getattr(field, "field_info", None), "annotation", None)
    if len(faults) < len(error.errors()) or any(one["type"] == "json_invalid" for one in faults):
        return ""
    return explain(faults, form) if isinstance(form, type) and issubclass(form, GenerationRequest) else ""


async def _http(request: Request, error: HTTPException) -> JSONResponse:
    if isinstance(error.__cause__, OSError) and _is_full(error.__cause__):
        # FastAPI takes whatever keeps it from storing an upload for a fault of the upload.
        return await _system(request, error.__cause__)
    return problem(request, error.status_code, str(error.detail), headers=error.headers)


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    # No traceback leaves the server; the log has it under the request's id.
    structlog.get_logger().error("unexpected", exc_info=error)
    return problem(request, 500, "an unexpected error: the server's log tells it under this request's id")
