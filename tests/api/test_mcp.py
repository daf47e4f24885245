"""The tools as an assistant's client drives them, over standard input and output of a real process."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from workbench.api.mcp.songs import SongFolder
from workbench.domain.errors import ParameterError

REQUEST: dict[str, Any] = {
    "parameters": {
        "creative": {"concept": "calm house"},
        "technical": {"duration": 8, "tempo": 120, "key": "A minor", "structure": ["verse"]},
        "sound_design": {"palette": ["bass", "percussion"]},
    },
    "options": {"preview": True},
}


def test_an_assistant_makes_and_edits_a_song(tmp_path: Path) -> None:
    anyio.run(_drive, tmp_path)


async def _drive(folder: Path) -> None:
    command = StdioServerParameters(
        command=sys.executable, args=["-m", "workbench.cli.main", "mcp", "--folder", str(folder)]
    )
    stages: list[str | None] = []

    async def note(progress: float, total: float | None, message: str | None) -> None:
        stages.append(message)

    async with Client(stdio_client(command)) as client:
        tools = {tool.name for tool in (await client.list_tools()).tools}
        assert tools == {"parameters", "explain", "generate", "modify", "render", "list_songs", "describe"}
        made = await client.call_tool("generate", {"request": REQUEST, "name": "calm"}, progress_callback=note)
        assert not made.is_error, made
        assert (folder / "calm" / "master.wav").is_file()
        assert "compose" in " ".join(stage or "" for stage in stages)
        told = await client.call_tool("describe", {"name": "calm"})
        assert told.structured_content is not None
        assert (told.structured_content["tempo_bpm"], told.structured_content["key"]) == (120.0, "A minor")
        written = {"bar": 1, "beat": 2.5, "pitch": 60}
        edits = [{"edit": "mute", "element": "bass"}, {"edit": "notes", "element": "pads", "add": [written]}]
        edited = await client.call_tool("modify", {"name": "calm", "edits": edits, "new_name": "calmer"})
        assert not edited.is_error, edited
        refused = await client.call_tool("describe", {"name": "clam"})
        assert refused.is_error
        assert "did you mean calm" in str(refused.content[0])
        names = await client.call_tool("list_songs", {})
        assert names.structured_content == {"result": ["calm", "calmer"]}


@pytest.mark.parametrize("name", ["../out", "/etc", "", ".hidden", "a/b", "x" * 65])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(ParameterError, match="expected letters, digits"):
        SongFolder(tmp_path).path(name, finished=False)
