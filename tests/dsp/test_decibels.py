"""Decibels on vectors against numpy's in double precision."""

import numpy as np

from workbench.dsp.decibels import db_to_gains, gains_to_db


def test_levels_are_those_of_the_logarithm() -> None:
    gains = np.geomspace(1e-20, 1e6, 100_001).astype(np.float32)
    db = np.empty_like(gains)
    gains_to_db(gains, db)
    np.testing.assert_allclose(db, 20.0 * np.log10(gains.astype(np.float64)), rtol=2e-7, atol=1e-6)


def test_gains_are_those_of_the_power() -> None:
    db = np.linspace(-300.0, 60.0, 100_001).astype(np.float32)
    gains = np.empty_like(db)
    db_to_gains(db, gains)
    np.testing.assert_allclose(gains, 10.0 ** (db.astype(np.float64) / 20.0), rtol=2e-6)


def test_nothing_is_exactly_one() -> None:
    gains = np.empty(3, np.float32)
    db_to_gains(np.zeros(3, np.float32), gains)
    assert gains.tolist() == [1.0, 1.0, 1.0]


def test_what_is_too_low_for_a_number_stays_a_number() -> None:
    gains = np.empty(1, np.float32)
    db_to_gains(np.array([-2000.0], np.float32), gains)
    assert 0.0 < gains[0] < 1e-37
