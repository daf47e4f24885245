"""Commands work with the corpora that are there, and say what is missing and what that changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from training.commands.train import main
from training.config import list_configs, load_config
from training.presence import fit_to_data
from workbench.domain.errors import CorpusError

pytestmark = pytest.mark.filterwarnings("ignore")


def folders(data: Path, *names: str) -> Path:
    for name in names:
        (data / name).mkdir(parents=True)
    return data


def test_a_whole_folder_changes_nothing(tmp_path: Path) -> None:
    recipe = load_config("bass")
    fitted = fit_to_data(recipe, folders(tmp_path, "mma_synth", "freedoom"))
    assert (fitted.config, fitted.remarks) == (recipe, ())


def test_what_is_there_takes_the_shares_of_what_is_not(tmp_path: Path) -> None:
    fitted = fit_to_data(load_config("percussion"), folders(tmp_path, "groove", "freedoom"))
    assert fitted.config.corpora == pytest.approx({"groove": 0.74 / 0.84, "freedoom": 0.10 / 0.84})
    assert fitted.config.validate_on == ("groove",)
    (line,) = fitted.remarks
    assert line.startswith("without accompaniment (16% of the percussion recipe), which is not in ")
    assert "now groove 88%, freedoom 12%" in line
    assert line.endswith("`beatsfoundry corpora make accompaniment --data DIR` makes accompaniment")
    assert "figures" not in line, "the validation songs are those of the whole recipe"


def test_other_validation_songs_are_reported(tmp_path: Path) -> None:
    fitted = fit_to_data(load_config("percussion"), folders(tmp_path, "freedoom"))
    assert fitted.config.validate_on == ()
    assert any("figures are of other songs" in line for line in fitted.remarks)


@pytest.mark.parametrize("element", list_configs())
def test_public_sets_alone_train_every_element(element: str, tmp_path: Path) -> None:
    public = folders(tmp_path, "groove", "POP909-Dataset", "McGill-Billboard", "freedoom", "free-midi-chords")
    fitted = fit_to_data(load_config(element), public)
    assert sum(fitted.config.corpora.values()) == pytest.approx(1.0)


def test_an_empty_folder_tells_how_each_set_is_had(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no corpus of the bass recipe") as caught:
        main(["bass", "--data", str(tmp_path)])
    remarks = str(caught.value)
    assert "`beatsfoundry corpora get freedoom --data DIR` has freedoom" in remarks
    assert "\n" not in remarks


def test_corpora_that_are_named_are_not_replaced(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="accompaniment"):
        main(["bass", "--corpora", "accompaniment,freedoom", "--data", str(folders(tmp_path, "freedoom"))])
