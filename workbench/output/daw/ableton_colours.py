"""The 70 colours that Live gives tracks, in the order of its palette."""

from __future__ import annotations

PALETTE = tuple(
    f"#{colour}"
    for row in (
        "ff94a6 ffa529 cc9927 f7f47c bffb00 1aff2f 25ffa8 5cffe8 8bc5ff 5480e4 92a7ff d86ce4 e553a0 ffffff",
        "ff3636 f66c03 99724b fff034 87ff67 3dc300 00bfaf 19e9ff 10a4ee 007dc0 886ce4 b677c6 ff39d4 d0d0d0",
        "e2675a ffa374 d3ad71 edffae d2e498 bad074 9bc48d d4fde1 cdf1f8 b9c1e3 cdbbe4 ae98e5 e5dce1 a9a9a9",
        "c6928b b78256 99836a bfba69 a6be00 7db04d 88c2ba 9bb3c4 85a5c2 8393cc a595b5 bf9fbe bc7196 7b7b7b",
        "af3333 a95131 724f41 dbc300 85961f 539f31 0a9c8e 236384 1a2f96 2f52a2 624bad a34bad cc2e6e 3c3c3c",
    )
    for colour in row.split()
)
FIRST_INDEX = 140
"""Index of the first colour in Live 10, where the palette of Live 9 takes the numbers before; Live 11 counts from 0."""


def nearest(colour: str) -> int:
    """The place in the palette of what looks most like `#rrggbb`, by distance in red, green and blue.

    Examples
    --------
    >>> PALETTE[nearest("#0fa3ef")]
    '#10a4ee'
    """
    return min(range(len(PALETTE)), key=lambda place: _distance(PALETTE[place], colour))


def _distance(one: str, other: str) -> int:
    return sum((int(one[at : at + 2], 16) - int(other[at : at + 2], 16)) ** 2 for at in (1, 3, 5))
