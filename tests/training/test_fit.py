"""Training learns, writes a card, and goes on from where it was stopped."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
import yaml

from training import config
from training.checkpoints import read_checkpoint
from training.commands.train import main
from training.config import list_configs, load_config, parse_corpora
from training.corpora import CORPORA
from workbench.domain.errors import CorpusError, ModelError, ParameterError, WorkbenchError
from workbench.models.checkpoint import load_checkpoint
from workbench.models.elements import SPECS

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    path = tmp_path / "recipe.yaml"
    model = {"width": 32, "heads": 2, "trunk_blocks": 1, "note_blocks": 1, "dropout": 0.1}
    data = {"element": "percussion", "corpora": {"groove": 1.0}, "model": model, "rows": 64, "batch": 4}
    data |= {"steps": 8, "warm_up": 2, "validate_every": 4, "checkpoint_every": 4, "sample_every": 0}
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    return path


def train(recipe: Path, data: Path, out: Path, *more: str) -> dict[str, object]:
    arguments = ["percussion", "--data", str(data), "--out", str(out), "--config", str(recipe), "--no-track", *more]
    assert main(arguments) == 0
    return json.loads((out / "percussion.json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def test_learns_and_tells_where_from(recipe: Path, groove_data: Path, tmp_path: Path) -> None:
    little = train(recipe, groove_data, tmp_path / "little", "--steps", "4")
    much = train(recipe, groove_data, tmp_path / "much", "--steps", "40")
    assert much["validation_nats_per_note"]["nll"] < little["validation_nats_per_note"]["nll"] - 1.0  # type: ignore[index]
    assert much["data"][0]["licence"] == "CC BY 4.0"  # type: ignore[index]
    assert set(much["temperatures"]) == {"step", "symbol", "velocity", "offset"}  # type: ignore[call-overload]
    model = load_checkpoint(tmp_path / "much" / "percussion.safetensors")
    assert model.config.width == 32


def test_stopped_run_goes_on_to_the_same_weights(recipe: Path, groove_data: Path, tmp_path: Path) -> None:
    whole = train(recipe, groove_data, tmp_path / "whole")
    stopped = tmp_path / "stopped"
    _stop_in_the_sixth_step(recipe, groove_data, stopped)
    resumed = train(recipe, groove_data, stopped)
    assert resumed["steps"] == whole["steps"] == 8
    assert resumed["validation_nats_per_note"] == whole["validation_nats_per_note"]


class Marked:
    """Leaves a file behind if it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return Path.touch, (self.mark,)


@pytest.mark.parametrize("hidden", [lambda mark: Marked(mark), lambda mark: {"state_dict": {}, "more": Marked(mark)}])
def test_a_checkpoint_with_more_than_tensors_is_refused_unread(
    hidden: Callable[[Path], object], recipe: Path, groove_data: Path, tmp_path: Path
) -> None:
    mark, out = tmp_path / "mark", tmp_path / "out"
    out.mkdir()
    torch.save(hidden(mark), out / "last.ckpt")
    torch.load(out / "last.ckpt", weights_only=False)
    assert mark.exists(), "the object must do something, or its refusal shows nothing"
    mark.unlink()
    with pytest.raises(ModelError, match=r"last\.ckpt is no checkpoint of tensors and plain values") as caught:
        train(recipe, groove_data, out)
    assert "\n" not in str(caught.value)
    with pytest.raises(ModelError, match="not read"):
        read_checkpoint(out / "last.ckpt")
    assert not mark.exists()


def test_no_module_unpickles(repository: Path) -> None:
    """Every torch.load is one of tensors only, and pickle loads nothing."""
    loads = re.compile(r"torch\.load\((?P<arguments>[^)]*)\)|pickle\.loads?\(|allow_pickle=True|weights_only=False")
    for room in ("workbench", "training", "evaluation"):
        for path in (repository / room).rglob("*.py"):
            for found in loads.finditer(path.read_text(encoding="utf-8")):
                assert "weights_only=True" in (found["arguments"] or ""), f"{path}: {found[0]}"


def _stop_in_the_sixth_step(recipe: Path, data: Path, folder: Path) -> None:
    from lightning.pytorch.callbacks import Callback

    from training import fit as fitting

    class PowerCutError(RuntimeError):
        pass

    class Stop(Callback):
        def on_train_batch_start(self, trainer: object, module: torch.nn.Module, batch: object, batch_idx: int) -> None:
            if batch_idx == 5:
                raise PowerCutError

    with pytest.raises(PowerCutError):
        fitting.fit(load_config(recipe), data, folder, progress=False, callbacks=(Stop(),))
    assert (folder / "last.ckpt").is_file()


def test_a_training_tells_what_it_does_from_the_start(
    recipe: Path, groove_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from training import callbacks

    told = callbacks.ProgressLog
    monkeypatch.setattr(callbacks, "ProgressLog", lambda: told(0.0))
    train(recipe, groove_data, tmp_path / "out")
    lines = capsys.readouterr().err.splitlines()
    size = sum(weight.numel() for weight in load_checkpoint(tmp_path / "out" / "percussion.safetensors").parameters())
    assert lines[0] == f"reads groove in {groove_data}"
    start = r"percussion from groove: \d+ songs of \d+ bars, \d+ to validate on; "
    assert re.fullmatch(
        rf"{start}{size:,} parameters; 8 steps; not logged; checkpoints in {tmp_path / 'out'}", lines[1]
    )
    line = r"step (\d) of 8: loss (\d+\.\d{3}) nats a row, (\d+\.\d{3}) nats a note while learning, about \d+ s left"
    found = [match for match in (re.fullmatch(line, text) for text in lines[2:]) if match]
    assert [int(match[1]) for match in found] == list(range(1, 9))
    # A row is a note or a bar line, so that there are fewer notes than rows.
    assert all(float(match[3]) > float(match[2]) for match in found)
    assert len([text for text in lines if text.endswith("nats a note on validation")]) == 2


@pytest.mark.parametrize("name", sorted(path.stem for path in (Path(config.__file__).parent / "configs").iterdir()))
def test_every_recipe_parses(name: str) -> None:
    recipe = load_config(name)
    assert recipe.element == name.partition("-")[0]
    assert sum(recipe.corpora.values()) == pytest.approx(1.0)
    assert set(recipe.corpora) <= set(CORPORA)


def test_every_element_has_a_recipe_and_a_small_one() -> None:
    assert list_configs() == sorted(SPECS)
    for element in SPECS:
        assert load_config(f"{element}-small").model.width < load_config(element).model.width


def test_corpora_are_named_with_shares() -> None:
    assert parse_corpora("groove=3, freedoom") == {"groove": 0.75, "freedoom": 0.25}
    for wrong in ("groove=0", "=2", "groove=much", "groove=-1", "groove=inf"):
        with pytest.raises(ParameterError, match="expected names with shares above 0"):
            parse_corpora(wrong)
    assert load_config("percussion", corpora={"groove": 0.5, "tutorial": 0.5}).validate_on == ("groove",)
    assert load_config("percussion", corpora={"tutorial": 1.0}).validate_on == ()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["oboe", "--data", "."], "element 'oboe' is not known"),
        (["bass", "--data", "/nowhere"], "data folder /nowhere is not there"),
        (["bass"], "--data"),
        (["bass", "--data", ".", "--steps", "0"], "above 0"),
        (["bass", "--data", ".", "--recipe", "huge"], "recipe 'bass-huge' is not there"),
        (["bass", "--data", ".", "--recipe", "small", "--config", "x.yaml"], "not allowed with"),
    ],
)
def test_mistakes_are_reported_in_a_line(arguments: list[str], message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BEATSFOUNDRY_DATA", raising=False)
    with pytest.raises(WorkbenchError, match=message) as caught:
        main(arguments)
    assert "\n" not in str(caught.value)


def test_empty_folder_is_reported(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no corpus"):
        main(["percussion", "--data", str(tmp_path), "--no-track", "--out", str(tmp_path / "out")])


def test_unknown_field_of_a_recipe_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "r.yaml"
    path.write_text("{element: bass, corpora: {groove: 1.0}, stepz: 3}", encoding="utf-8")
    with pytest.raises(ParameterError, match="stepz"):
        load_config(path)
