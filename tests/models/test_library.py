"""Networks by name: found, merged, hashed; refused when they are not there, damaged, or for other weights."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from workbench.domain.errors import ModelError
from workbench.models.checkpoint import file_hash, read_card, save_checkpoint, write_card
from workbench.models.elements import SPECS
from workbench.models.library import check_name, list_names, named_path, save_adapter
from workbench.models.lora import adapter_state, with_lora
from workbench.models.registry import check_models, load_model, model_hashes, weights_path
from workbench.models.transformer import ElementTransformer, ModelConfig

CONFIG = ModelConfig(width=32, heads=2, trunk_blocks=1, note_blocks=1)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with a bass base of its own, an adapter "warm" for it, and whole weights "new"."""
    monkeypatch.setenv("BEATSFOUNDRY_HOME", str(tmp_path))
    monkeypatch.setenv("BEATSFOUNDRY_WEIGHTS", str(tmp_path / "own"))
    torch.manual_seed(0)
    save_checkpoint(ElementTransformer(SPECS["bass"], CONFIG), tmp_path / "own" / "bass.safetensors", {})
    save_adapter(
        trained(load_model("bass")), tmp_path / "models" / "bass" / "warm.safetensors", load_model("bass"),
        file_hash(weights_path("bass")), {"name": "warm"},
    )  # fmt: skip
    save_checkpoint(
        ElementTransformer(SPECS["bass"], CONFIG), tmp_path / "models" / "bass" / "new.safetensors", {"method": "full"}
    )
    return tmp_path


def trained(base: ElementTransformer, rank: int = 2) -> dict[str, torch.Tensor]:
    changed = with_lora(base, rank)
    with torch.no_grad():
        for name, parameter in changed.named_parameters():
            if name.endswith(".up"):
                parameter += 0.1
    return adapter_state(changed)


def weight(model: ElementTransformer) -> torch.Tensor:
    return model.trunk[0].qkv.weight  # type: ignore[union-attr,return-value]


def test_an_adapter_changes_the_weights_in_use(home: Path) -> None:
    base, warm = load_model("bass"), load_model("bass", "warm")
    assert warm.config == base.config
    assert not warm.training
    assert not torch.allclose(weight(warm), weight(base))
    assert load_model("bass", "warm") is warm
    state = trained(base)
    change = state["trunk.0.qkv.up"] @ state["trunk.0.qkv.down"]
    assert torch.allclose(weight(warm), weight(base) + change, atol=1e-2)


def test_hashes_tell_what_wrote(home: Path) -> None:
    plain = model_hashes()
    with_adapter, with_whole = model_hashes({"bass": "warm"}), model_hashes({"bass": "new"})
    assert set(plain) == set(SPECS)
    assert with_adapter == plain | {"bass/warm": file_hash(named_path("bass", "warm"))}
    assert with_whole == {name: digest for name, digest in plain.items() if name != "bass"} | {
        "bass/new": file_hash(named_path("bass", "new"))
    }


def test_names_are_listed_and_reported(home: Path) -> None:
    assert list_names("bass") == ["new", "warm"]
    with pytest.raises(ModelError, match=r"'cold' for bass is not there: there are new, warm") as caught:
        load_model("bass", "cold")
    assert "\n" not in str(caught.value)
    assert str(home) not in str(caught.value)  # a client of a server reads it
    with pytest.raises(ModelError, match="there are none yet"):
        check_models({"pads": "cold"})


def test_a_folder_of_own_weights_goes_before_the_home(home: Path) -> None:
    own = home / "own" / "bass" / "warm.safetensors"
    save_checkpoint(ElementTransformer(SPECS["bass"], CONFIG), own, {})
    assert named_path("bass", "warm") == own
    assert list_names("bass") == ["new", "warm"]


def test_an_adapter_of_other_weights_is_refused(home: Path) -> None:
    save_checkpoint(ElementTransformer(SPECS["bass"], CONFIG), home / "own" / "bass.safetensors", {})
    with pytest.raises(ModelError, match="was made for other bass weights") as caught:
        load_model("bass", "warm")
    assert "\n" not in str(caught.value)
    with pytest.raises(ModelError, match="was made for other bass weights"):
        check_models({"bass": "warm"})


def test_damage_is_reported(home: Path) -> None:
    path = named_path("bass", "warm")
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(ModelError, match="damaged"):
        load_model("bass", "warm")


def test_a_network_of_another_element_is_refused(home: Path) -> None:
    path = named_path("bass", "new")
    (home / "models" / "pads").mkdir()
    for suffix in (".json", ".safetensors"):
        (home / "models" / "pads" / f"new{suffix}").write_bytes(path.with_suffix(suffix).read_bytes())
    with pytest.raises(ModelError, match="is for bass, not for pads"):
        load_model("pads", "new")


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../bass", "a/b", "a\\b", ".hidden", "/etc/passwd", "ü", "a b", "x" * 65]
)
def test_no_name_leads_out_of_the_folder(name: str) -> None:
    with pytest.raises(ModelError, match="is none"):
        check_name(name)


def test_an_adapter_above_a_megabyte_is_refused_and_leaves_nothing(home: Path) -> None:
    wide = ElementTransformer(SPECS["bass"], ModelConfig(width=192, heads=2, trunk_blocks=3, note_blocks=2))
    path = home / "models" / "bass" / "big.safetensors"
    with pytest.raises(ModelError, match="at most 1 MB: take a lower rank"):
        save_adapter(trained(wide, 64), path, wide, "0" * 64, {})
    assert sorted(item.name for item in path.parent.iterdir()) == [
        "new.json", "new.safetensors", "warm.json", "warm.safetensors",
    ]  # fmt: skip


def test_a_broken_card_is_reported(home: Path) -> None:
    path = named_path("bass", "warm")
    write_card(path, {**read_card(path), "base_sha256": None})
    with pytest.raises(ModelError, match="other bass weights"):
        load_model("bass", "warm")
    path.with_suffix(".json").write_text(json.dumps([]), encoding="utf-8")
    with pytest.raises(ModelError, match="model card"):
        check_models({"bass": "warm"})
