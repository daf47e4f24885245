"""Versions, aliases and promotion in a real registry; the champion can be composed with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import torch

from workbench.domain.errors import ModelError, TrackingError
from workbench.models.checkpoint import file_hash, save_checkpoint
from workbench.models.elements import SPECS
from workbench.models.registry import load_model
from workbench.models.transformer import ElementTransformer, ModelConfig
from workbench.tracking.model_registry import (
    card_metrics,
    fetch_model,
    get_version,
    list_versions,
    promote,
    register_model,
)

pytestmark = pytest.mark.filterwarnings("ignore")  # MLflow and its database warn of their own affairs
CONFIG = ModelConfig(width=32, heads=2, trunk_blocks=1, note_blocks=1)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BEATSFOUNDRY_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def in_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A network in use of a size that tests can afford, in the place of the shipped one."""
    path = tmp_path / "own" / "bass.safetensors"
    torch.manual_seed(9)
    save_checkpoint(ElementTransformer(SPECS["bass"], CONFIG), path, {})
    monkeypatch.setenv("BEATSFOUNDRY_WEIGHTS", str(tmp_path / "own"))
    return path


@pytest.fixture(scope="module")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store without runs; making its tables takes longer than everything else here."""
    path = tmp_path_factory.mktemp("registry") / "mlflow.db"
    assert list_versions("bass", tracking_uri=f"sqlite:///{path}") == []
    return path


@pytest.fixture
def uri(empty_store: Path, tmp_path: Path) -> str:
    path = tmp_path / "mlflow.db"
    path.write_bytes(empty_store.read_bytes())
    return f"sqlite:///{path}"


def weights(folder: Path, seed: int, nll: float) -> Path:
    torch.manual_seed(seed)
    path = folder / f"bass-{seed}.safetensors"
    save_checkpoint(
        ElementTransformer(SPECS["bass"], CONFIG), path, {"validation_nats_per_note": {"step": 0.5, "nll": nll}}
    )
    return path


def measuring(figures: Mapping[Path, Mapping[str, float]]) -> Callable[[Path], Mapping[str, float]]:
    """A measure that knows the files by what is in them."""
    known = {file_hash(path): values for path, values in figures.items()}
    return lambda path: known[file_hash(path)]


def test_a_version_tells_what_its_card_tells(tmp_path: Path, uri: str) -> None:
    path = weights(tmp_path, 1, 1.5)
    made = register_model(path, tracking_uri=uri)
    assert (made.version, made.aliases, made.method, made.name) == (1, ("challenger",), "whole", "bass-1")
    assert made.sha256 == file_hash(path)
    assert made.metrics == {"val_step": 0.5, "val_nll": 1.5}
    register_model(weights(tmp_path, 2, 1.4), tracking_uri=uri)
    assert [(item.version, item.aliases) for item in list_versions("bass", tracking_uri=uri)] == [
        (2, ("challenger",)),
        (1, ()),
    ]
    assert list_versions("pads", tracking_uri=uri) == []
    assert get_version("bass", 1, tracking_uri=uri).name == "bass-1"


def test_a_better_challenger_becomes_champion(home: Path, in_use: Path, tmp_path: Path, uri: str) -> None:
    first, second = weights(tmp_path, 1, 1.5), weights(tmp_path, 2, 1.4)
    measure = measuring({in_use: {"nll": 1.6}, first: {"nll": 1.5}, second: {"nll": 1.4}})
    register_model(first, tracking_uri=uri)
    begun = promote("bass", measure=measure, tracking_uri=uri)
    assert str(begun) == "bass version 1 is champion in place of the shipped network: nll 1.5 (was 1.6)"
    register_model(second, tracking_uri=uri)
    done = promote("bass", measure=measure, tracking_uri=uri)
    assert str(done) == "bass version 2 is champion in place of version 1: nll 1.4 (was 1.5)"
    assert get_version("bass", "champion", tracking_uri=uri).version == 2
    assert file_hash(home / "models" / "bass" / "champion.safetensors") == file_hash(second)
    assert load_model("bass", "champion").config == CONFIG
    with pytest.raises(TrackingError, match="is the champion already"):
        promote("bass", measure=measure, tracking_uri=uri)


@pytest.mark.parametrize(
    ("figures", "directions", "message"),
    [
        ({"nll": 1.6}, None, r"nll is 1.6 against 1.5, 6.7% worse \(at most 0.5% is accepted\)"),
        ({"nll": float("nan")}, None, "nll is nan"),
        (
            {"nll": 1.4, "overlap": 0.8},
            {"nll": "lower", "overlap": "higher"},
            "overlap is 0.8 against 0.9, 11.1% worse",
        ),
        ({"nll": 1.4}, {"groove": "lower"}, "'groove' was not measured"),
    ],
)
def test_a_worse_challenger_is_refused(
    figures: Mapping[str, float],
    directions: Mapping[str, str] | None,
    message: str,
    home: Path,
    in_use: Path,
    tmp_path: Path,
    uri: str,
) -> None:
    first, second = weights(tmp_path, 1, 1.5), weights(tmp_path, 2, 1.4)
    measure = measuring({in_use: {"nll": 2.0}, first: {"nll": 1.5, "overlap": 0.9}, second: figures})
    register_model(first, tracking_uri=uri)
    promote("bass", measure=measure, tracking_uri=uri)
    register_model(second, tracking_uri=uri)
    with pytest.raises(ModelError, match=message) as caught:
        promote("bass", measure=measure, directions=directions, tracking_uri=uri)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)
    assert get_version("bass", "champion", tracking_uri=uri).version == 1
    assert file_hash(home / "models" / "bass" / "champion.safetensors") == file_hash(first)


def test_the_network_in_use_is_the_first_champion(home: Path, in_use: Path, tmp_path: Path, uri: str) -> None:
    trained_for_four_steps = weights(tmp_path, 1, 17.0)
    measure = measuring({in_use: {"nll": 1.34}, trained_for_four_steps: {"nll": 17.0}})
    register_model(trained_for_four_steps, tracking_uri=uri)
    with pytest.raises(ModelError, match=r"version 1 is not promoted: nll is 17 against 1\.34"):
        promote("bass", measure=measure, tracking_uri=uri)
    assert get_version("bass", 1, tracking_uri=uri).aliases == ("challenger",)
    assert not (home / "models" / "bass").exists()
    forced = promote("bass", measure=measure, force=True, tracking_uri=uri)
    assert str(forced).endswith(
        "nll 17 (was 1.34); by force, although nll is 17 against 1.34, 1168.7% worse (at most 0.5% is accepted)"
    )
    assert load_model("bass", "champion").config == CONFIG


def test_a_little_worse_is_within_the_tolerance(home: Path, in_use: Path, tmp_path: Path, uri: str) -> None:
    first, second = weights(tmp_path, 1, 1.5), weights(tmp_path, 2, 1.5)
    measure = measuring({in_use: {"nll": 2.0}, first: {"nll": 1.5}, second: {"nll": 1.51}})
    register_model(first, tracking_uri=uri)
    promote("bass", measure=measure, tracking_uri=uri)
    register_model(second, tracking_uri=uri)
    with pytest.raises(ModelError, match="not promoted"):
        promote("bass", measure=measure, tracking_uri=uri)
    assert promote("bass", measure=measure, tolerances={"nll": 0.01}, tracking_uri=uri).version == 2


def test_any_version_can_be_fetched_by_name(home: Path, tmp_path: Path, uri: str) -> None:
    register_model(weights(tmp_path, 1, 1.5), tracking_uri=uri)
    path = fetch_model("bass", 1, "old-one", tracking_uri=uri)
    assert path == home / "models" / "bass" / "old-one.safetensors"
    assert load_model("bass", "old-one").config == CONFIG
    with pytest.raises(ModelError, match="is none"):
        fetch_model("bass", 1, "../escape", tracking_uri=uri)
    with pytest.raises(TrackingError, match="no version 7 in the registry: there are 1 challenger"):
        fetch_model("bass", 7, "x", tracking_uri=uri)


def test_weights_that_are_not_their_cards_are_refused(tmp_path: Path, uri: str) -> None:
    path = weights(tmp_path, 1, 1.5)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(ModelError, match="not those that their card tells"):
        register_model(path, tracking_uri=uri)


def test_figures_of_an_adapters_card() -> None:
    figures = {"new_before": {"nll": 3.0}, "new_after": {"nll": 2.5}, "old_before": None, "old_after": None}
    assert card_metrics({"nats_per_note": figures}) == {"new_before_nll": 3.0, "new_after_nll": 2.5}
