from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from training.tools.mood_words import correlations, fit_ridge, load_embedding, read_emobank
from workbench.concept.mood import load_lexicon, load_table, read_mood
from workbench.domain.errors import CorpusError


def test_ridge_finds_a_known_map() -> None:
    generator = np.random.default_rng(0)
    inputs = generator.normal(size=(400, 6))
    matrix, offset = generator.normal(size=(6, 2)), np.array([0.3, -0.2])
    found, level = fit_ridge(inputs, inputs @ matrix + offset, np.ones(400), penalty=1e-9)
    np.testing.assert_allclose(found, matrix, atol=1e-8)
    np.testing.assert_allclose(level, offset, atol=1e-8)


def test_weights_decide_between_rows_that_disagree() -> None:
    inputs = np.array([[0.0], [1.0], [0.0], [1.0]])
    targets = np.array([[0.0, 0.0], [1.0, 1.0], [0.0, 0.0], [-1.0, -1.0]])
    found, _ = fit_ridge(inputs, targets, np.array([1.0, 1.0, 0.0, 0.0]), penalty=1e-9)
    np.testing.assert_allclose(found, [[1.0, 1.0]], atol=1e-6)


def test_correlations_of_known_columns() -> None:
    true = np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]])
    assert correlations(true * [2.0, -3.0], true) == pytest.approx((1.0, -1.0))


def test_emobank_is_scaled_to_the_plane(tmp_path: Path) -> None:
    path = tmp_path / "emobank.csv"
    path.write_text("id,split,V,A,D,text\n1,train,5,1,3,So GLAD\n2,test,3,3,3,a chair\n", encoding="utf-8")
    corpus = read_emobank(path)
    assert corpus["train"][0] == ["so glad"]
    np.testing.assert_allclose(corpus["train"][1], [[1.0, -1.0]])
    np.testing.assert_allclose(corpus["test"][1], [[0.0, 0.0]])


def test_a_damaged_corpus_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    for name in ("other.csv", "absent.csv"):
        with pytest.raises(CorpusError, match="EmoBank"):
            read_emobank(tmp_path / name)


@pytest.mark.skipif(importlib.util.find_spec("wordllama") is not None, reason="wordllama is installed")
def test_missing_embeddings_are_named() -> None:
    with pytest.raises(CorpusError, match="wordllama"):
        load_embedding()


def test_the_shipped_table_knows_words_outside_the_lexicon() -> None:
    table = load_table()
    assert len(table) > 2000
    assert not set(table) & set(load_lexicon())
    assert read_mood("the village was destroyed by enemies").valence < -0.2
    assert read_mood("a delightful, wonderful afternoon").valence > 0.2
    assert read_mood("delightful").weight < read_mood("happy").weight
