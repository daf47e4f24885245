"""What the training notebooks show: tables that tell the truth, pictures of what they are given, a growing curve."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("ipywidgets", reason="ipywidgets is not installed: the extra lab has it")

from training import notebook, pictures, tutorial_data
from training.config import TrainingConfig, load_config
from training.corpora import read_corpora, read_folder
from training.dataset import EncodedPart, encode_part
from training.fit import fit
from workbench.models.elements import SPECS
from workbench.models.transformer import ElementTransformer, ModelConfig
from workbench.output.figures.drawing import to_png

pytestmark = pytest.mark.filterwarnings("ignore")
SMALL = ModelConfig(width=32, heads=2, trunk_blocks=1, note_blocks=1, dropout=0.0)
RECIPE = TrainingConfig(
    "percussion", {"groove": 1.0}, model=SMALL, rows=64, batch=4, steps=4, warm_up=2, validate_every=2, sample_every=0
)


@pytest.fixture(scope="module")
def parts(groove_data: Path) -> list[EncodedPart]:
    songs = read_corpora(groove_data, ("groove",))
    return [part for song in songs if (part := encode_part(song, SPECS["percussion"])) is not None]


def test_the_recipe_falls_back_to_the_tutorial_corpus(groove_data: Path) -> None:
    assert notebook.choose_recipe("percussion", groove_data).corpora == {"groove": 1.0}
    assert notebook.choose_recipe("percussion", tutorial_data(), steps=7).corpora == {"tutorial": 1.0}
    assert notebook.choose_recipe("bass", groove_data, name="").model == load_config("bass").model


def test_every_value_of_a_recipe_is_explained() -> None:
    html = notebook.recipe_table(load_config("percussion")).html
    assert set(notebook._MEANINGS) | {"element"} == set(TrainingConfig.__dataclass_fields__)
    assert "groove 74%" in html
    assert "width 192" in html


def test_the_data_is_counted_by_split(parts: list[EncodedPart]) -> None:
    html = notebook.data_table(parts).html
    assert "CC BY 4.0" in html
    assert f">{5 * 8 * 13}<" in html
    assert f">{2 * 8 * 13}<" in html


def test_pictures_show_what_they_are_given(parts: list[EncodedPart]) -> None:
    place, drums, velocity = pictures.data_picture(parts, SPECS["percussion"]).axes
    assert sum(bar.get_height() for bar in place.patches) == 7 * 8 * 13
    assert [bar.get_height() for bar in drums.patches][:2] == [7 * 8 * 3, 7 * 8 * 2]
    assert velocity.get_title(loc="left") == "Velocity class"
    (axes,) = pictures.field_bars({"a": {"step": 1.0, "nll": 1.0}, "b": {"step": 2.0, "nll": 2.5}}, "nats").axes
    assert [bar.get_height() for bar in axes.patches] == [1.0, 1.0, 2.0, 2.5]
    left, right = pictures.loss_curves([(1, 5.0), (2, 3.0)], {"nll": [(2, 4.0)]}, 4).axes
    assert left.lines[1].get_ydata().tolist() == [5.0, 4.0]
    assert right.lines[0].get_ydata().tolist() == [4.0]
    assert to_png(pictures.loss_curves([], {}, 4)).startswith(b"\x89PNG")


@pytest.mark.parametrize("element", sorted(SPECS))
def test_every_element_has_its_picture(element: str) -> None:
    song = next(read_corpora(tutorial_data(), ("tutorial",)))
    part = encode_part(song, SPECS[element])
    assert part is not None
    assert len(pictures.data_picture([part], SPECS[element]).axes) == 3


def test_the_curve_grows_while_a_network_learns(groove_data: Path, tmp_path: Path) -> None:
    curve = notebook.LiveCurve()
    fit(RECIPE, groove_data, tmp_path / "run", progress=False, callbacks=(curve,))
    assert [step for step, _ in curve.training] == [1, 2, 3, 4]
    assert [step for step, _ in curve.validation["nll"]] == [2, 4]
    image = curve.widget.children[1]
    assert bytes(image.value).startswith(b"\x89PNG")
    assert "learned for 4 steps" in curve.bar.label.value


def test_a_run_that_goes_on_shows_the_whole_curve(groove_data: Path, tmp_path: Path) -> None:
    recipe = replace(RECIPE, checkpoint_every=3)
    for _ in range(2):
        curve = notebook.LiveCurve()
        fit(recipe, groove_data, tmp_path / "run", progress=False, callbacks=(curve,))
        assert [step for step, _ in curve.training] == [1, 2, 3, 4]
        assert [step for step, _ in curve.validation["nll"]] == [2, 4]


def test_files_that_are_left_out_say_why(tmp_path: Path) -> None:
    folder = notebook.example_folder(tmp_path / "midi", ["house"])
    (folder / "broken.mid").write_bytes(b"MThd nonsense")
    html = notebook.folder_table(read_folder(folder, use_cache=False)).html
    assert "house-1.mid" in html
    assert "broken.mid" in html
    assert "percussion" in html


def test_figures_of_a_network_and_its_card(parts: list[EncodedPart]) -> None:
    network = ElementTransformer(SPECS["percussion"], SMALL).eval()
    figures = notebook.figures_of({"untrained": network}, parts, RECIPE)
    assert figures["untrained"]["nll"] == pytest.approx(
        sum(nats for name, nats in figures["untrained"].items() if name != "nll"), abs=1e-3
    )
    card: dict[str, Any] = {"config": {"width": 32}, "data": [{"name": "groove", "share": 1.0, "licence": "CC BY 4.0"}]}
    html = notebook.card_table({"mine": {**card, "validation_nats_per_note": {"nll": 5.25}, "steps": 4}}).html
    assert "5.250" in html
    assert "groove 100%" in html
