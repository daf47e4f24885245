"""What help shows beside the options: commands in groups, and examples that can be copied."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import Any

COMMAND_GROUPS: Mapping[str, Sequence[str]] = {
    "make and change music": ("generate", "compose", "batch", "modify", "master", "export", "import", "play"),
    "understand": ("verify", "sign", "explain", "analyze", "parameters", "presets"),
    "your material": ("references", "samples", "plugins", "corpora"),
    "teach and judge": ("train", "finetune", "sweep", "models", "dataset", "evaluate", "bench"),
    "workplace": ("doctor", "lab", "dashboard", "serve", "keys", "mcp", "upload", "prepare", "cache", "completion"),
}

EXAMPLES: Mapping[str, Sequence[str]] = {
    "generate": (
        'beatsfoundry generate "warm lo-fi at 80 bpm, 2 minutes"',
        "beatsfoundry generate my-song.yaml --out out/my-song --seed 7",
        'echo "dark techno in F minor" | beatsfoundry generate -',
    ),
    "compose": ('beatsfoundry compose "house over Am, F, C and G" --out out/notes',),
    "batch": (
        "beatsfoundry batch requests.jsonl --out out/songs",
        'beatsfoundry batch "warm lo-fi, 1 minute" --grid tempo=70,80,90 --grid seed=1..10 --out out/lo-fi',
        "beatsfoundry batch requests.jsonl --out s3://bucket/songs --backend dask --address tcp://scheduler:8786",
    ),
    "dataset": ('beatsfoundry dataset make "house, 30 seconds" --grid seed=1..200 --out out/house',),
    "dataset make": (
        'beatsfoundry dataset make "house, 30 seconds" --grid seed=1..200 --out out/house',
        "beatsfoundry dataset make requests.jsonl --out s3://bucket/set --backend dask --address tcp://scheduler:8786",
    ),
    "explain": ('beatsfoundry explain "slow waltz in F# minor, no drums"', "beatsfoundry explain my-song.json --json"),
    "modify": ("beatsfoundry modify out/song changes.json --out out/song-2", "beatsfoundry modify --schema"),
    "export": (
        "beatsfoundry export out/song --daw reaper --out sessions/song",
        "beatsfoundry export out/song --daw dawproject --out song.dawproject",
    ),
    "import": (
        'beatsfoundry import song.dawproject --out out/song-2 --concept "late-night house"',
        "beatsfoundry import takes/ --tempo 96 --key 'D minor' --sections 'intro 4, verse 8' --out out/takes",
    ),
    "play": ('beatsfoundry play out/song --port "Drum Machine"', "beatsfoundry play"),
    "sign": ("beatsfoundry sign out/song/master.wav --out song-signed.wav",),
    "plugins": ("beatsfoundry plugins", "beatsfoundry plugins ZamComp"),
    "verify": ("beatsfoundry verify out/song/master.wav", "beatsfoundry verify out/song --remake"),
    "doctor": ("beatsfoundry doctor out/song", "beatsfoundry doctor --service redis://127.0.0.1:6379 --json"),
    "master": (
        "beatsfoundry master mix.wav --out master.wav --delivery streaming",
        "beatsfoundry master mix.wav --out master.wav --match record.flac --amount 0.7",
    ),
    "analyze": ("beatsfoundry analyze mine.wav theirs.flac", "beatsfoundry analyze song.mp3 --json"),
    "samples": ("beatsfoundry samples ~/sounds/piano.sfz",),
    "references": (
        "beatsfoundry references add record.flac --style house",
        "beatsfoundry references remove record",
    ),
    "presets": ("beatsfoundry presets", "beatsfoundry presets night-drive"),
    "parameters": ("beatsfoundry parameters > request.schema.json",),
    "lab": ("beatsfoundry lab --port 8899",),
    "dashboard": ("beatsfoundry dashboard --port 5001",),
    "completion": (
        "beatsfoundry completion bash > ~/.local/share/bash-completion/completions/beatsfoundry",
        'beatsfoundry completion zsh > "${fpath[1]}/_beatsfoundry"',
    ),
    "serve": (
        "beatsfoundry serve",
        "beatsfoundry serve --host 0.0.0.0 --port 8443 --cert server.pem --cert-key server.key --workers 2",
    ),
    "keys": ("beatsfoundry keys create --name my-laptop", "beatsfoundry keys list"),
    "keys create": ("beatsfoundry keys create --name my-laptop --tier pro",),
    "keys rotate": ("beatsfoundry keys rotate ID",),
    "keys revoke": ("beatsfoundry keys revoke ID",),
    "cache": ("beatsfoundry cache", "beatsfoundry cache limit 10GB", "beatsfoundry cache clear"),
    "bench": ("beatsfoundry bench --quick", "beatsfoundry bench --against main~20 --pairs 3"),
    "upload": ("MLFLOW_TRACKING_URI=http://127.0.0.1:5000 beatsfoundry upload",),
    "mcp": ("beatsfoundry mcp --folder ~/songs",),
    "prepare": ("beatsfoundry prepare",),
    "train": ("beatsfoundry train bass --data corpora --recipe small",),
    "finetune": ("beatsfoundry finetune bass --midi ~/midi/bass --name my-bass",),
    "models": ("beatsfoundry models list", "beatsfoundry models promote bass"),
    "sweep": ("beatsfoundry sweep bass --data corpora --trials 8",),
    "corpora": (
        "beatsfoundry corpora get --data corpora",
        "beatsfoundry corpora make accompaniment --data corpora",
        "beatsfoundry corpora roles ~/midi",
    ),
    "corpora make": ("beatsfoundry corpora make accompaniment --data corpora",),
    "evaluate": ("beatsfoundry evaluate suite smoke", "beatsfoundry evaluate control --quick"),
}
_EXAMPLES_BEGIN = "examples:\n"


def examples_of(program: str) -> str | None:
    """The examples of a command, by what it is called with: "beatsfoundry generate"."""
    lines = EXAMPLES.get(program.removeprefix("beatsfoundry").strip())
    return None if lines is None else _EXAMPLES_BEGIN + "\n".join(f"  {line}" for line in lines)


class GroupedHelp(argparse.HelpFormatter):
    """Help in which commands stand in groups, and examples keep their lines."""

    def __init__(self, prog: str, **kwargs: Any) -> None:
        super().__init__(prog, **{"max_help_position": 28, **kwargs})

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return text if text.startswith(_EXAMPLES_BEGIN) else super()._fill_text(text, width, indent)

    def _format_action(self, action: argparse.Action) -> str:
        if not isinstance(action, argparse._SubParsersAction):
            return super()._format_action(action)
        commands = {each.dest: each for each in action._get_subactions()}
        if not any(name in commands for names in COMMAND_GROUPS.values() for name in names):
            return super()._format_action(action)
        named = [name for names in COMMAND_GROUPS.values() for name in names]
        groups = {**COMMAND_GROUPS, "more": [name for name in commands if name not in named]}
        return "\n".join(filter(None, (self._group(title, names, commands) for title, names in groups.items())))

    def _group(self, title: str, names: Sequence[str], commands: Mapping[str, argparse.Action]) -> str:
        there = [commands[name] for name in names if name in commands]
        self._indent()
        lines = "".join(super(GroupedHelp, self)._format_action(command) for command in there)
        self._dedent()
        return f"  {title}:\n{lines}" if there else ""


def print_versions() -> None:
    """The version of BeatsFoundry, and those of what a song's bytes depend on."""
    from workbench.provenance import installed_versions

    versions = installed_versions()
    print(versions.pop("beatsfoundry"))
    print(", ".join(f"{name} {version}" for name, version in versions.items()))
