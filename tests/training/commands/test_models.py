"""`beatsfoundry models`: what is there, registered, compared on the same songs, and promoted."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from training import judging
from training.commands.models import main
from training.config import TrainingConfig
from workbench.domain.errors import ModelError, ParameterError, TrackingError, WorkbenchError
from workbench.models.checkpoint import save_checkpoint
from workbench.models.elements import SPECS
from workbench.models.library import list_names
from workbench.models.registry import load_model
from workbench.models.transformer import ElementTransformer, ModelConfig

pytestmark = pytest.mark.filterwarnings("ignore")  # MLflow and its database warn of their own affairs
SMALL = ModelConfig(width=32, heads=2, trunk_blocks=1, note_blocks=1)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with two percussion networks: "plain", whose logits are even, and "wild", which is sure of one slot."""
    monkeypatch.setenv("BEATSFOUNDRY_HOME", str(tmp_path))
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path / 'mlflow.db'}")
    recipe = TrainingConfig("percussion", {"groove": 0.7, "freedoom": 0.3}, model=SMALL, rows=64)
    monkeypatch.setattr(judging, "load_config", lambda element: recipe)
    torch.manual_seed(0)
    for name, certainty in (("plain", 0.0), ("wild", 50.0)):
        network = ElementTransformer(SPECS["percussion"], SMALL)
        with torch.no_grad():
            network.step_head[-1].bias[7] = certainty
        save_checkpoint(network, tmp_path / "models" / "percussion" / f"{name}.safetensors", {"method": "full"})
    return tmp_path


def test_from_a_name_to_the_champion(home: Path, groove_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    promote = ["promote", "percussion", "--data", str(groove_data)]
    assert main(["register", "percussion", "wild"]) == 0
    # Its figures are those of chance; the network that ships has learned to drum.
    with pytest.raises(ModelError, match=r"version 1 is not promoted: nll is [\d.]+ against [\d.]+, [\d.]+% worse"):
        main(promote)
    assert "champion" not in list_names("percussion")
    assert "without freedoom (30% of the percussion recipe)" in capsys.readouterr().err
    assert main([*promote, "--force"]) == 0
    told = capsys.readouterr().out
    assert "percussion version 1 is champion in place of the shipped network: nll" in told
    assert "by force, although nll is" in told
    assert main(["register", "percussion", "plain"]) == 0
    assert main(promote) == 0
    assert "percussion version 2 is champion in place of version 1" in capsys.readouterr().out
    with pytest.raises(TrackingError, match="version 2 is the champion already: register a challenger"):
        main(["promote", "percussion", "--data", str(home / "nothing that must be read")])
    assert main(["register", "percussion", str(home / "models" / "percussion" / "wild.safetensors")]) == 0
    with pytest.raises(ModelError, match="version 3 is not promoted: nll is"):
        main(["promote", "percussion", "--data", str(groove_data)])
    assert main(["fetch", "percussion", "1", "--name", "first"]) == 0
    assert main(["list", "percussion"]) == 0
    told = capsys.readouterr().out
    for line in ("champion", "first", "plain", "wild"):
        assert f"  {line} " in told
    assert "version 2: plain full (champion)" in told
    assert "version 3: wild full (challenger)" in told
    assert load_model("percussion", "champion").config == SMALL


def test_an_empty_list_says_so(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "bass", "percussion"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[:2] == ["bass: no network of your own, and no version in the registry", "percussion"]
    assert [line.split()[0] for line in told[2:]] == ["plain", "wild"]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (["register", "oboe"], ModelError, "'oboe' is not known"),
        (["register", "percussion", "none"], ModelError, "there are plain, wild"),
        (["promote", "percussion"], TrackingError, "has no version 'challenger'"),
        ([], WorkbenchError, "ACTION"),
    ],
)
def test_mistakes_are_reported_in_a_line(
    home: Path, arguments: list[str], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message) as caught:
        main(arguments)
    assert "\n" not in str(caught.value)


def test_weights_of_another_element_are_refused(home: Path) -> None:
    with pytest.raises(ParameterError, match="are for percussion, not for bass"):
        main(["register", "bass", str(home / "models" / "percussion" / "plain.safetensors")])


def test_something_to_judge_by_is_needed(home: Path) -> None:
    assert main(["register", "percussion", "plain"]) == 0
    with pytest.raises(ParameterError, match="nothing to measure on: expected --data DIR"):
        main(["promote", "percussion"])
