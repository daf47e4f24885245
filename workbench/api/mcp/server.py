"""The protocol around `SongFolder`: tools with types and descriptions, over standard input and output."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from anyio import from_thread, lowlevel, to_thread
from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError

from workbench.api.mcp.songs import SongFolder, request_from
from workbench.api.parameters_page import parameters_response
from workbench.domain.clock import Progress
from workbench.domain.errors import WorkbenchError
from workbench.provenance import installed_versions

_Result = TypeVar("_Result")

_INSTRUCTIONS = """\
BeatsFoundry writes songs as scores and gives them sound: tempo, key, chords and sections are exact. Make a song with
`generate` from a sentence or a request (`parameters` tells every field), look at it with `describe`, change it with
`modify` (the schema of edits is in `parameters`), and write it in another format with `render`. A song takes some
seconds to a minute. It is a folder with master, stems and MIDI files. Each change makes a new song and leaves the
old one."""


def create_server(folder: Path) -> MCPServer:
    """An MCP server whose tools work on the songs of one folder."""
    songs = SongFolder(folder)
    server = MCPServer(
        "beatsfoundry", instructions=_INSTRUCTIONS, version=installed_versions()["beatsfoundry"], log_level="WARNING"
    )

    @server.tool()
    def parameters() -> dict[str, Any]:
        """Every field of a request with unit, range and default; styles, presets, patches, references; the edits."""
        return parameters_response().model_dump()

    @server.tool()
    async def explain(request: str | dict[str, Any]) -> list[dict[str, str]]:
        """How a sentence or a request is understood: each parameter, its value, where it comes from and why."""
        return await _worked(lambda: _explained(request))

    @server.tool()
    async def generate(request: str | dict[str, Any], name: str, context: Context) -> dict[str, Any]:
        """Make a song from a sentence or a request and keep it under a name."""
        report = _progress(context)
        return await _worked(lambda: songs.generate(request, name, report))

    @server.tool()
    async def modify(name: str, edits: list[dict[str, Any]], new_name: str, context: Context) -> dict[str, Any]:
        """Edit a song into a new one; what no edit touches stays the same."""
        report = _progress(context)
        return await _worked(lambda: songs.modify(name, edits, new_name, report))

    @server.tool()
    async def render(name: str, options: dict[str, Any], new_name: str, context: Context) -> dict[str, Any]:
        """Write a song anew: format, sample_rate, bit_depth, delivery, target_loudness, stem_export."""
        report = _progress(context)
        return await _worked(lambda: songs.render(name, options, new_name, report))

    @server.tool()
    def list_songs() -> list[str]:
        """The names of the songs that are there."""
        return songs.names()

    @server.tool()
    async def describe(name: str) -> dict[str, Any]:
        """Style, tempo, key, sections, measurements and warnings of a song."""
        return await _worked(lambda: songs.describe(name))

    return server


async def _worked(work: Callable[[], _Result]) -> _Result:
    """Work done in a thread; what the workbench refuses becomes the tool's own error, in one line."""
    try:
        return await to_thread.run_sync(work)
    except WorkbenchError as error:
        raise ToolError(str(error)) from None


def _progress(context: Context) -> Progress:
    # The pipeline reports from threads of its own, which know nothing of the event loop.
    token = lowlevel.current_token()

    def report(fraction: float, stage: str) -> None:
        from_thread.run(context.report_progress, fraction, 1.0, stage, token=token)

    return report


def _explained(request: str | dict[str, Any]) -> list[dict[str, str]]:
    from workbench.concept import translate
    from workbench.pipeline import load_references

    asked = request_from(request, "explained")
    plan = translate(asked, references=load_references(asked))
    return [
        {"parameter": one.parameter, "value": one.value, "source": one.source, "reason": one.reason}
        for one in plan.decisions
    ]
