"""Fine-tuning lowers the nats on new songs, measures the old, writes a named network, and refuses what cannot be."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

import training
from tests.conftest import write_drums
from training import finetuning
from training.budget import Budget
from training.commands.finetune import main
from training.config import TrainingConfig
from training.corpora import read_corpora
from training.corpora.song import CorpusSong
from training.finetuning import finetune, new_parts, old_parts
from training.module import ElementDataModule, ElementModule
from training.tuned_run import finetune_run
from training.tuning import TuningRecipe, nats_per_note, tune
from workbench.domain.errors import CorpusError, ModelError, WorkbenchError
from workbench.models.checkpoint import file_hash, read_card, save_checkpoint
from workbench.models.elements import SPECS
from workbench.models.licences import network_licences
from workbench.models.registry import load_model, weights_path
from workbench.models.transformer import Batch, ElementTransformer, ModelConfig

pytestmark = pytest.mark.filterwarnings("ignore")
SMALL = ModelConfig(width=32, heads=2, trunk_blocks=1, note_blocks=1, dropout=0.0)
RECIPE = TrainingConfig("percussion", {"groove": 1.0}, validate_on=("groove",), model=SMALL, rows=64)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with a small percussion network in use, and a recipe of one corpus."""
    monkeypatch.setenv("BEATSFOUNDRY_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BEATSFOUNDRY_WEIGHTS", str(tmp_path / "own"))
    torch.manual_seed(0)
    save_checkpoint(ElementTransformer(SPECS["percussion"], SMALL), tmp_path / "own" / "percussion.safetensors", {})
    monkeypatch.setattr(finetuning, "load_config", lambda element: RECIPE)
    return tmp_path / "home"


@pytest.fixture(scope="module")
def songs(groove_data: Path) -> list[CorpusSong]:
    return [replace(song, corpus="folder") for song in read_corpora(groove_data, ("groove",), use_cache=False)]


@pytest.mark.parametrize("method", ["lora", "full"])
def test_new_songs_are_learned_and_the_old_are_measured(
    method: str, home: Path, songs: list[CorpusSong], groove_data: Path
) -> None:
    result = finetune(
        "percussion", songs, "mine", method=method, rank=4, data=groove_data, steps=20, learning_rate=0.01,
    )  # type: ignore[arg-type]  # fmt: skip
    assert result.gain > 0.02
    assert result.forgetting is not None
    assert result.forgetting < 0
    assert result.path == home / "models" / "percussion" / "mine.safetensors"
    card = read_card(result.path)
    assert card["base_sha256"] == file_hash(weights_path("percussion"))
    assert card["method"] == method
    assert card["new_data"]["train_songs"] + card["new_data"]["validation_songs"] == result.files == 7
    assert card["nats_per_note"]["new_after"] == result.new_after
    assert card["seconds"] > 0
    assert [(data["name"], data["share"]) for data in card["data"]] == [("folder", 0.5), ("groove", 0.5)]
    named = load_model("percussion", "mine")
    parts = new_parts(songs, "percussion")
    assert nats_per_note(named, parts, replace(RECIPE, validate_on=())) == pytest.approx(result.new_after, abs=2e-4)


def test_the_table_shows_before_and_after(home: Path, songs: list[CorpusSong]) -> None:
    result = finetune("percussion", songs, "mine", steps=2)
    assert result.forgetting is None
    assert list(result.frame().columns) == ["new before", "new after"]
    assert "old data not measured" in str(result)
    assert "<table" in result._repr_html_()
    assert read_card(result.path)["old_data"] == "not measured"
    assert training.finetune is finetune


def test_the_same_seed_gives_the_same_network(home: Path, songs: list[CorpusSong]) -> None:
    hashes = [
        file_hash(finetune("percussion", songs, f"run-{number}", steps=3, seed=seed).path)
        for number, seed in enumerate((1, 1, 2))
    ]
    assert hashes[0] == hashes[1] != hashes[2]


def test_a_taken_name_is_kept_unless_overwritten(home: Path, songs: list[CorpusSong]) -> None:
    finetune("percussion", songs, "mine", steps=1)
    with pytest.raises(ModelError, match="is there already"):
        finetune("percussion", songs, "mine", steps=1)
    assert finetune("percussion", songs, "mine", method="full", steps=1, overwrite=True).method == "full"


def test_time_ends_it(home: Path, songs: list[CorpusSong]) -> None:
    assert finetune("percussion", songs, "mine", steps=5000, minutes=1e-6).steps <= 1


class Slow:
    """A clock that moves by 10 s when new data is measured and by 2 s a step; and the learning rates of the steps."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.rates = 0.0, list[float]()
        begin = ElementModule.on_train_batch_start

        def measured(*_: object, most: int) -> dict[str, float]:
            self.now += 10.0
            return {"nll": 5.0 - self.now / 1000}

        def begun(module: ElementModule, batch: Batch, index: int) -> None:
            self.now += 2.0
            self.rates.append(module.trainer.optimizers[0].param_groups[0]["lr"])
            begin(module, batch, index)

        for place in ("training.tuning.time", "training.budget.time"):
            monkeypatch.setattr(place, SimpleNamespace(monotonic=lambda: self.now))
        monkeypatch.setattr("training.tuning.nats_per_note", measured)
        monkeypatch.setattr(ElementModule, "on_train_batch_start", begun)


@pytest.mark.parametrize("ample", [False, True])
def test_the_rate_comes_down_in_the_time_that_there_is(
    ample: bool, home: Path, songs: list[CorpusSong], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 130 s three measurements take 30 s and those at the end 20 s; the rest is for steps of 2 s."""
    slow, told = Slow(monkeypatch), list[tuple[float, str]]()
    recipe = TuningRecipe(steps=60, validate_every=20, learning_rate=1e-4)
    budget = Budget(1000.0 if ample else 130.0, lambda fraction, message: told.append((fraction, message)))
    done = tune(load_model("percussion"), new_parts(songs, "percussion"), [], RECIPE, recipe, budget=budget)
    assert done.steps == 60 if ample else 30 <= done.steps < 60
    assert slow.now <= (1000.0 if ample else 130.0)
    assert slow.rates[-1] < 0.15 * max(slow.rates), "the learning rate has come down"
    known = [fraction for fraction, message in told if message[:7] not in ("step 0 ", "step 1 ")]
    assert known == sorted(known)
    (planned,) = [int(message.split()[3][:-1]) for _, message in told if message.startswith("step 20 of ")]
    assert abs(planned - done.steps) <= 4


def test_what_is_told_is_the_share_of_the_time(
    home: Path, songs: list[CorpusSong], monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, told = Slow(monkeypatch), dict[str, tuple[float, float]]()
    recipe = TuningRecipe(steps=40, validate_every=20)
    budget = Budget(1e6, lambda fraction, message: told.update({message.split(":")[0]: (fraction, slow.now)}))
    tune(load_model("percussion"), new_parts(songs, "percussion"), [], RECIPE, recipe, budget=budget)
    whole = slow.now + 10.0  # the written network is measured after this
    fraction, now = told["step 20 of 40"]
    assert fraction == pytest.approx(now / whole, abs=0.12)
    assert told["step 6 of 40"][0] < fraction


def test_learning_has_a_third_however_long_reading_took(
    home: Path, songs: list[CorpusSong], monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Slow(monkeypatch)
    budget = Budget(300.0)
    slow.now = 290.0
    done = tune(load_model("percussion"), new_parts(songs, "percussion"), [], RECIPE, TuningRecipe(), budget=budget)
    assert 10 <= done.steps < 60
    assert slow.now <= 290.0 + 100.0 + 10.0


def test_only_so_many_blocks_are_measured(home: Path, songs: list[CorpusSong]) -> None:
    parts, every = new_parts(songs, "percussion"), replace(RECIPE, validate_on=())
    blocks = [sum(len(batch.scored) for batch in ElementDataModule(parts, every, most_blocks=most).val_dataloader())
              for most in (None, 3)]  # fmt: skip
    assert blocks[0] > 3 >= blocks[1] >= 2


def test_what_is_kept_forgets_no_more_than_allowed(home: Path, songs: list[CorpusSong], groove_data: Path) -> None:
    """With a limit that nothing can keep, the network stays what it was."""
    parts, old = new_parts(songs, "percussion"), old_parts(groove_data, RECIPE)
    base = load_model("percussion")
    done = tune(base, parts, old, RECIPE, TuningRecipe(method="full", steps=4, validate_every=2, forgetting=-0.9))
    assert all(torch.equal(tensor, base.state_dict()[name]) for name, tensor in done.network.state_dict().items())
    assert [step for step, _, _ in done.course] == [0, 2, 4]
    assert done.share == 0.0


def test_a_state_that_forgets_is_taken_back_a_part_of_the_way(
    home: Path, songs: list[CorpusSong], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nats of old data that grow with the way: 1 at the base, 1.1 at the end; 1.05 is allowed, so 0.4 of it is kept."""
    parts = new_parts(songs, "percussion")
    base = load_model("percussion")
    seen: dict[str, float] = {}

    def measured(
        network: ElementTransformer, measured_parts: object, config: TrainingConfig, *, most: int
    ) -> dict[str, float]:
        way = float((network.start.detach() - base.start).abs().sum())
        if measured_parts is not old:
            seen["way"] = max(seen.get("way", 0.0), way)
            return {"nll": 5.0 - way}
        return {"nll": 1.0 + 0.1 * way / max(seen["way"], 1e-9)}

    old = [*parts]
    monkeypatch.setattr("training.tuning.nats_per_note", measured)
    recipe = TuningRecipe(method="full", steps=3, validate_every=3, learning_rate=0.01, forgetting=0.05)
    done = tune(base, parts, old, RECIPE, recipe)
    assert done.share == 0.4


def test_training_parts_without_validation_are_parted(songs: list[CorpusSong]) -> None:
    same = [replace(song, split="train") for song in songs]
    parts = new_parts(same, "percussion")
    held = {part.song_id for part in parts if part.split == "validation"}
    assert len(held) == 1
    assert {part.song_id for part in new_parts(same[::-1], "percussion") if part.split == "validation"} == held


def test_old_songs_are_spread_and_steady(groove_data: Path) -> None:
    first, again = (old_parts(groove_data, RECIPE) for _ in range(2))
    assert [part.song_id for part in first] == [part.song_id for part in again]
    assert {part.split for part in first} == {"train", "validation"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "midi").mkdir()
    for number in range(4):
        write_drums(tmp_path / "midi" / f"{number}.mid", bars=8, seed=10 + number)
    return tmp_path / "midi"


def test_the_command_teaches_a_folder(
    home: Path, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["percussion", "--midi", str(folder), "--name", "mine", "--steps", "2", "--no-track", "--no-samples"]
    assert main(arguments) == 0
    told = capsys.readouterr().out
    assert "4 files" in told
    assert '"models": {"percussion": "mine"}' in told
    assert (home / "models" / "percussion" / "mine.json").is_file()


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (["oboe", "--midi", ".", "--name", "x"], ModelError, "'oboe' is not known"),
        (["bass", "--midi", "/nowhere", "--name", "x", "--no-track"], CorpusError, "/nowhere is not there"),
        (["bass", "--midi", ".", "--name", "../x", "--no-track"], ModelError, "is none"),
        (["bass", "--midi", ".", "--name", "champion", "--no-track"], ModelError, "alias of the registry"),
        (["bass", "--midi", "."], WorkbenchError, "--name"),
        (["bass", "--midi", ".", "--name", "x", "--minutes", "0"], WorkbenchError, "expected minutes above 0, got 0"),
    ],
)
def test_mistakes_are_reported_in_a_line(
    home: Path, arguments: list[str], error: type[Exception], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(error, match=message) as caught:
        main([*arguments, *(["--no-track"] if "--no-track" not in arguments else [])])
    assert "\n" not in str(caught.value)
    assert not (home / "models").exists() or not list((home / "models").rglob("*.safetensors"))


def test_too_few_songs_are_reported(home: Path, songs: list[CorpusSong]) -> None:
    def none() -> Iterator[CorpusSong]:
        yield songs[0]

    with pytest.raises(CorpusError, match="1 of the songs hold percussion: expected at least two"):
        finetune("percussion", none(), "mine")


def test_a_run_tells_what_was_learned_from_what(
    home: Path, songs: list[CorpusSong], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mlflow import MlflowClient

    from training import before_after
    from workbench.tracking.lineage import run_lineage
    from workbench.tracking.model_registry import register_model

    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)

    def page_only(element: str, name: str, folder: Path, **_: object) -> dict[str, Path]:
        folder.mkdir()
        (folder / "before-after.html").write_text("page", encoding="utf-8")
        return {"before-after.html": folder / "before-after.html"}

    monkeypatch.setattr(before_after, "write_before_after", page_only)
    result = finetune_run("percussion", songs, "mine", steps=2, samples=tmp_path / "samples")
    assert result.page == tmp_path / "samples" / "before-after.html"
    client = MlflowClient(uri)
    place = client.get_experiment_by_name("beatsfoundry/training")
    assert place is not None
    (run,) = client.search_runs([place.experiment_id])
    assert run.info.run_name == "percussion/mine"
    assert run.info.status == "FINISHED"
    assert f"/runs/{run.info.run_id}?" in result.run
    assert run.data.params["card/method"] == "lora"
    assert run.data.params["card/recipe/steps"] == "2"
    assert run.data.metrics["new_after_nll"] == result.new_after["nll"]
    assert "percussion/mine (lora" in run.data.tags["mlflow.note.content"]
    counted = {entry.tags[0].value: json.loads(str(entry.dataset.profile)) for entry in run.inputs.dataset_inputs}
    assert counted["training"]["songs"] + counted["validation"]["songs"] == result.files == 7
    assert len({profile["sha256"] for profile in counted.values()}) == 2
    logged = {item.path for folder in (None, "weights") for item in client.list_artifacts(run.info.run_id, folder)}
    assert logged >= {"before-after.html", "weights/mine.safetensors", "weights/mine.json"}
    made = register_model(result.path)
    assert made.run_id == run.info.run_id, "the version is one of the run that trained it"
    (origin,) = run_lineage(run.info.run_id)
    assert (origin.element, origin.sha256, origin.version) == ("percussion", made.sha256, "1")
    assert (origin.data, len(origin.data_sha256)) == ("folder", 64)
    assert network_licences({"percussion": "mine"})["data"]["folder"] == "your own"
