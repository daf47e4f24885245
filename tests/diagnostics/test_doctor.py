"""Each failure is provoked, and named with its remedy."""

import json
import shutil
import socket
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from safetensors.numpy import load_file, save_file

from workbench.cli import main as cli
from workbench.diagnostics import CODES, Diagnosis, library, networks, services, signal_path, system
from workbench.domain.audio import Audio
from workbench.domain.drafts import draft_beside
from workbench.domain.moves import Insert, StripMove
from workbench.domain.results import Track
from workbench.domain.score import Note, Part, Score
from workbench.models import registry
from workbench.models.checkpoint import file_hash
from workbench.models.registry import weights_path
from workbench.output import export
from workbench.output.files import bundle as bundles
from workbench.plugins import scanning

GOOD = system.Machine(cores=8, free_memory_gb=16.0, free_disk_gb=100.0, has_gpu=False)
RATE = 48000


def codes(findings: Sequence[Diagnosis]) -> list[tuple[str, str, str]]:
    return [(finding.subject, finding.outcome, finding.code) for finding in findings if finding.code]


def tone(level: float = 0.2, right: float = 1.0) -> Audio:
    wave = level * np.sin(2 * np.pi * 220.0 * np.arange(4 * RATE) / RATE)
    return Audio(np.stack([wave, right * wave]).astype(np.float32), RATE)


@pytest.fixture
def song(tiny_track: Track, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(bundles, "_report_html", lambda track: b"<!doctype html>")
    export(tiny_track, tmp_path / "song")
    return tmp_path / "song"


@pytest.mark.parametrize(
    ("machine", "found"),
    [
        (GOOD, []),
        (replace(GOOD, free_memory_gb=1.0), [("free memory", "fail", "BFD001")]),
        (replace(GOOD, free_memory_gb=3.0), [("free memory", "warn", "BFD001")]),
        (replace(GOOD, cores=1), [("processor cores", "fail", "BFD002")]),
        (replace(GOOD, free_disk_gb=0.5), [("free disk", "fail", "BFD003")]),
    ],
)
def test_a_small_machine_is_named(machine: system.Machine, found: list[tuple[str, str, str]]) -> None:
    assert codes(system.judge(machine)) == found


def test_this_machine_is_measured(tmp_path: Path) -> None:
    machine = system.measure(tmp_path)
    assert machine.free_disk_gb == pytest.approx(shutil.disk_usage(tmp_path).free / 1e9, rel=0.05)
    assert machine.cores >= 1
    assert machine.free_memory_gb > 0


def test_drafts_of_dead_processes_are_named_and_living_ones_are_not(tmp_path: Path) -> None:
    dead = tmp_path / ".song-abcdefgh"
    dead.mkdir()
    (dead / "lock").write_text("song")
    (tmp_path / "busy").mkdir()
    with draft_beside(tmp_path / "busy" / "song"):
        assert codes(system.drafts(tmp_path / "busy")) == []
    assert codes(system.drafts(tmp_path)) == [(str(dead), "warn", "BFD004")]
    assert dead.is_dir(), "the doctor removes nothing"


@pytest.fixture
def own_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a copy of the bass network, which the workbench uses."""
    shipped = weights_path("bass")
    folder = tmp_path / "weights"
    folder.mkdir()
    for suffix in (".safetensors", ".json"):
        shutil.copy(shipped.with_suffix(suffix), folder)
    monkeypatch.setenv("BEATSFOUNDRY_WEIGHTS", str(folder))
    return folder


def test_networks_as_they_ship_are_good(own_weights: Path) -> None:
    findings = networks.validate()
    assert [finding.subject for finding in findings] == ["harmony", "percussion", "bass", "pads", "leads"]
    assert codes(findings) == []


def test_a_damaged_network_is_named(own_weights: Path) -> None:
    weights = own_weights / "bass.safetensors"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    assert codes(networks.validate()) == [("bass", "fail", "BFD011")]


def test_a_network_that_does_not_load_is_named(own_weights: Path) -> None:
    (own_weights / "bass.json").write_text("{")
    assert codes(networks.validate()) == [("bass", "fail", "BFD010")]


def test_a_network_that_computes_something_else_is_named(
    own_weights: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Weights of another training run under a card that has their hash: only music tells them apart."""
    shipped = tmp_path / "shipped"
    shutil.copytree(weights_path("harmony").parent, shipped)
    monkeypatch.delenv("BEATSFOUNDRY_WEIGHTS")
    monkeypatch.setattr(registry, "_SHIPPED", shipped)
    assert codes(networks.validate()) == []
    told = [finding.message for finding in networks.validate()]
    assert all("nats a note on" in message and "100.0 % of the choices" in message for message in told)
    file = shipped / "pads.safetensors"
    weights = load_file(file)
    rng = np.random.default_rng(1)
    weights["step_head.3.weight"] += rng.normal(0, 0.05, weights["step_head.3.weight"].shape).astype(np.float16)
    save_file(weights, file)
    card = json.loads((shipped / "pads.json").read_text())
    (shipped / "pads.json").write_text(json.dumps({**card, "sha256": file_hash(file)}))
    assert codes(networks.validate()) == [("pads", "fail", "BFD011")]
    del card["slice"]
    (shipped / "pads.json").write_text(json.dumps({**card, "sha256": file_hash(file)}))
    (pads,) = [finding for finding in networks.validate() if finding.subject == "pads"]
    assert (pads.code, pads.message) == ("BFD011", "its card tells no nats a note of the slice that ships")


def test_networks_of_your_own_are_weighed_without_a_verdict(own_weights: Path) -> None:
    (bass,) = [finding for finding in networks.validate() if finding.subject == "bass"]
    assert bass.outcome == "ok"
    assert "your own, 6.940 nats a note" in bass.message


def test_services_that_do_not_answer_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    # What services say is tested in test_live.py; here nobody answers.
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://127.0.0.1:{port}")
    assert codes(services.reach()) == [("tracking server", "fail", "BFD020")]
    assert codes(services.reach(["http://"]))[-1] == ("service", "fail", "BFD020")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:////srv/mlflow.db")
    assert codes(services.reach()) == []


def test_a_changed_project_is_named(song: Path) -> None:
    assert codes(signal_path.examine_project(song)) == []
    (song / "stems" / "bass.wav").write_bytes(b"RIFF")
    assert codes(signal_path.examine_project(song)) == [("stems/bass.wav", "fail", "BFD030")]


def test_sample_rates_that_differ_are_named() -> None:
    other = Audio(tone().samples, 44100)
    assert codes(signal_path.examine_stages({"bass": other}, tone())) == [("sample rates", "fail", "BFD031")]


def test_clipping_is_named_at_its_stage() -> None:
    loud = Audio(np.clip(tone(4.0).samples, -1.0, 1.0), RATE)
    found = codes(signal_path.examine_stages({"bass": tone(0.1), "leads": tone(0.1)}, loud))
    assert ("master", "fail", "BFD032") in found
    assert all(subject == "master" for subject, _, _ in found)


def test_clicks_are_named_with_their_time() -> None:
    jump = tone(0.1).samples.copy()
    jump[:, RATE:] += np.float32(0.3)
    findings = signal_path.examine_stages({"bass": Audio(jump, RATE)}, tone(0.1))
    click = next(finding for finding in findings if finding.code == "BFD033")
    assert (click.subject, click.outcome) == ("bass", "warn")
    assert click.message.startswith("1 click, at 1.00 s")


def test_what_a_note_begins_with_is_no_click(tiny_score: Score) -> None:
    """An attack may rise like one; a stem is held to its own notes."""
    jump = tone(0.1).samples.copy()
    jump[:, RATE:] += np.float32(0.3)
    part = Part("bass", (Note(tiny_score.tempo_map.beats_at(1.0), 40, 0.5, 90),))
    played = replace(tiny_score, parts={"bass": part, "leads": Part("leads", ())})
    for stem, expected in (("bass", []), ("leads", ["BFD033"])):
        findings = signal_path.examine_stages({stem: Audio(jump, RATE)}, tone(0.1), played)
        assert [finding.code for finding in findings if finding.subject == stem and finding.code] == expected


def test_channels_that_cancel_are_named() -> None:
    found = codes(signal_path.examine_stages({"pads": tone(right=-0.9)}, tone()))
    assert ("pads", "warn", "BFD034") in found


def test_the_command_prints_code_and_remedy(song: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (song / "plan.json").write_text("{}")
    assert cli.main(["doctor", str(song)]) == 1
    printed = capsys.readouterr().out
    assert "fail files: plan.json: edited\n" in printed
    assert f"     BFD030: {CODES['BFD030'].remedy}\n" in printed
    assert cli.main(["doctor", str(song), "--json"]) == 1
    listed = json.loads(capsys.readouterr().out)
    assert {"tool", "subject", "outcome", "message", "code", "remedy"} == set(listed[0])


def test_every_code_is_in_the_manual_and_is_provoked_here(repository: Path) -> None:
    manual = (repository / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
    provoked = "".join(file.read_text(encoding="utf-8") for file in Path(__file__).parent.glob("test_*.py"))
    for code, failure in CODES.items():
        assert f"| {code} | {failure.title} | {failure.symptom} | {failure.remedy} |" in manual, code
        assert f'"{code}"' in provoked, code


def test_a_sample_library_is_checked(tmp_path: Path) -> None:
    note = tone().samples.T[: RATE // 2]
    for name in ("piano", "broken", "loud"):
        (tmp_path / name).mkdir()
        soundfile.write(tmp_path / name / "a A3.wav", note, RATE)
    (tmp_path / "broken" / "b A4.wav").write_bytes(b"RIFF")
    soundfile.write(tmp_path / "loud" / "c A3.wav", np.clip(20.0 * note, -1.0, 1.0), RATE)
    (tmp_path / "flute.sfz").write_text("<region> sample=none.wav pitch_keycenter=60")
    (tmp_path / "notes.txt").write_text("no instrument")
    findings = library.check(tmp_path)
    assert codes(findings) == [
        ("broken", "fail", "BFD035"), ("flute.sfz", "fail", "BFD035"), ("loud", "warn", "BFD035"),
    ]  # fmt: skip
    messages = {finding.subject: finding.message for finding in findings}
    assert messages["piano"] == "1 sample without fault"
    assert "b A4.wav: corrupt" in messages["broken"]
    assert "none.wav" in messages["flute.sfz"]
    assert library.check(tmp_path / "nowhere") == []


def test_devices_are_listed_and_none_is_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cards = tmp_path / "cards"
    cards.write_text(
        " 0 [PCH            ]: HDA-Intel - HDA Intel PCH\n                      HDA Intel PCH at 0xf7f10000\n"
    )
    monkeypatch.setattr("workbench.session.midi_ports.input_names", lambda: ["Keys 20:0"])
    monkeypatch.setattr("workbench.session.midi_ports.output_names", lambda: ["Drums 24:0", "Keys 20:0"])
    found = [finding.message for finding in system.devices(cards)]
    assert found == ["HDA Intel PCH", "Keys 20:0, Drums 24:0"]
    none = system.devices(tmp_path / "absent")[0]
    assert (none.outcome, none.message) == ("ok", "none, and none is needed")


def test_plug_ins_that_a_project_names_and_this_machine_lacks_are_named(
    tiny_track: Track, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundles, "_report_html", lambda track: b"<!doctype html>")
    monkeypatch.setattr(scanning, "_FOLDERS", {})
    monkeypatch.setenv("BEATSFOUNDRY_HOME", str(tmp_path / "home"))
    move = StripMove(inserts=(Insert("Elsewhere"), Insert("Bypassed", bypass=True)))
    plan = replace(tiny_track.plan, mix={"bass": move}, patches={**tiny_track.plan.patches, "leads": "plugin:Synth"})
    export(replace(tiny_track, plan=plan), tmp_path / "song")
    found = [finding for finding in signal_path.examine_project(tmp_path / "song") if finding.code == "BFD037"]
    assert [(one.subject, one.outcome) for one in found] == [("Synth", "warn"), ("Elsewhere", "warn")]
    assert all("is not there" in one.message for one in found)
    assert "--rescan" in CODES["BFD037"].remedy
