from __future__ import annotations

import numpy as np

from training.tools.word_vectors import own_words, reduce_axes
from workbench.concept.neighbours import _table


def test_reducing_keeps_who_is_near_to_whom() -> None:
    generator = np.random.default_rng(0)
    hidden = generator.normal(size=(200, 4))
    vectors = hidden @ generator.normal(size=(4, 32)) + 0.01 * generator.normal(size=(200, 32))
    reduced = reduce_axes(vectors, axes=4)
    assert reduced.shape == (200, 4)
    np.testing.assert_allclose(np.linalg.norm(reduced, axis=1), 1.0)
    centred = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    centred = centred - centred.mean(0)
    centred /= np.linalg.norm(centred, axis=1, keepdims=True)
    assert np.abs(reduced @ reduced.T - centred @ centred.T).max() < 0.05


def test_axes_point_the_same_way_every_time() -> None:
    vectors = np.random.default_rng(1).normal(size=(50, 8))
    np.testing.assert_allclose(reduce_axes(vectors, 3), reduce_axes(np.array(vectors), 3))


def test_the_shipped_table_holds_the_words_of_styles_and_moods() -> None:
    table = _table()
    assert len(table) > 9000
    known = own_words()
    assert len(known & set(table)) / len(known) > 0.95
    assert {vector.shape for vector in table.values()} == {(64,)}
    assert table["beach"] @ table["ocean"] > 0.5 > 0.0 > table["beach"] @ table["factory"]
