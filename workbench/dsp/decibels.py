"""Decibels of many values at once: logarithm and power in single precision, on vectors.

The parts of a floating-point number are its own logarithm's whole and fraction: exponents are read and written as
integers, what is left is a short series. Levels lie within 2e-7 of their size (1e-5 dB at -100 dB), gains within 2e-6
of theirs.
"""

from __future__ import annotations

import numba
import numpy as np

_MANTISSA, _ONE_BITS, _MANTISSA_BITS, _BIAS = np.int32(0x7FFFFF), np.int32(0x3F800000), np.int32(23), np.int32(127)
_ONE, _HALF = np.float32(1.0), np.float32(0.5)
_DB_A_DOUBLING = np.float32(20.0 * np.log10(2.0))
_DOUBLINGS_A_DB = np.float32(1.0 / (20.0 * np.log10(2.0)))
_TO_LOG2 = np.float32(2.0 / np.log(2.0))
_THIRD, _FIFTH, _SEVENTH, _NINTH = (np.float32(1.0 / n) for n in range(3, 11, 2))
_LN2 = np.float32(np.log(2.0))
_LEAST_DOUBLINGS = np.float32(-126.0)


@numba.njit(cache=True, nogil=True, fastmath={"contract"}, error_model="numpy")
def gains_to_db(gains, db):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Fill `db` (n,) with 20 log10 of gains (n,), both float32; gains are above 0 and normal numbers.

    log2(m) = 2 artanh((m - 1) / (m + 1)) / ln 2 for the mantissa m between the roots of 1/2 and 2.

    Returns
    -------
    None
        The levels are in `db`.

    Examples
    --------
    Half the amplitude is 6 dB less.

    >>> db = np.empty(3, np.float32)
    >>> gains_to_db(np.array([1.0, 0.5, 0.1], np.float32), db)
    >>> db.astype(float).round(2).tolist()
    [0.0, -6.02, -20.0]
    """
    bits = gains.view(np.int32)
    parts = np.empty_like(gains)
    part_bits = parts.view(np.int32)
    for i in range(gains.shape[0]):
        part_bits[i] = (bits[i] & _MANTISSA) | _ONE_BITS
    for i in range(gains.shape[0]):
        exponent = np.float32((bits[i] >> _MANTISSA_BITS) - _BIAS)
        above = parts[i] > np.float32(1.4142135)
        m = parts[i] * _HALF if above else parts[i]
        z = (m - _ONE) / (m + _ONE)
        w = z * z
        log2 = _TO_LOG2 * z * (_ONE + w * (_THIRD + w * (_FIFTH + w * (_SEVENTH + w * _NINTH))))
        db[i] = _DB_A_DOUBLING * ((exponent + _ONE if above else exponent) + log2)


@numba.njit(cache=True, nogil=True, fastmath={"contract"}, error_model="numpy")
def db_to_gains(db, gains):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Fill `gains` (n,) with 10 to the power db / 20 of levels (n,), both float32; below -758 dB they stay there.

    2 to the power of a whole number is an exponent; of the rest, within a half of 0, a series of seven terms.

    Returns
    -------
    None
        The gains are in `gains`.

    Examples
    --------
    >>> gains = np.empty(3, np.float32)
    >>> db_to_gains(np.array([0.0, 6.0, -20.0], np.float32), gains)
    >>> gains.astype(float).round(4).tolist()
    [1.0, 1.9953, 0.1]
    """
    bits = np.empty(gains.shape[0], dtype=np.int32)
    for i in range(db.shape[0]):
        x = db[i] * _DOUBLINGS_A_DB
        x = x if x > _LEAST_DOUBLINGS else _LEAST_DOUBLINGS
        whole = np.floor(x + _HALF)
        bits[i] = (np.int32(whole) + _BIAS) << _MANTISSA_BITS
        r = (x - whole) * _LN2
        e = _ONE + r * np.float32(1.0 / 7.0)
        e = _ONE + e * r * np.float32(1.0 / 6.0)
        e = _ONE + e * r * np.float32(1.0 / 5.0)
        e = _ONE + e * r * np.float32(1.0 / 4.0)
        e = _ONE + e * r * np.float32(1.0 / 3.0)
        e = _ONE + e * r * _HALF
        gains[i] = _ONE + e * r
    powers = bits.view(np.float32)
    for i in range(db.shape[0]):
        gains[i] *= powers[i]
