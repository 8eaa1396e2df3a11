"""Whole numbers as strings of digits, of any length, most significant digit first.

    draw_numbers(rng, lengths=[3, 1], hard=[False, True])     ["407", "9"]

Levels have no top, so nothing here passes through Python's conversion between integers and
decimals, which stops at 4,300 digits. Hard numbers are those on which column arithmetic slips: all
nines, a one and zeros, a run of nines or zeros within, one digit again and again, a lone digit.
Not covered: arithmetic.
"""

import decimal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ouroboros.envs.base import texts

ZERO = ord("0")
KINDS = 6
CHUNK = 4000  # digits that Python converts at once
SHORT = 512  # bits below which Python's own conversion is the faster one


def draw_numbers(
    rng: np.random.Generator, *, lengths: ArrayLike, hard: ArrayLike, lowest: int = 0
) -> list[str]:
    """One number of exactly so many digits for each of `lengths` (N,).

    Args:
        rng: The one source of randomness.
        lengths: (N,) digits wanted, from 1.
        hard: (N,) whether a number is to be of a kind that is often got wrong.
        lowest: The least lone digit, 0 to 9; longer numbers never begin with a zero.
    """
    sizes, chosen = np.asarray(lengths, dtype=np.int64), np.asarray(hard, dtype=np.bool_)
    N, width = len(sizes), int(max(sizes, default=1))
    digits = rng.integers(0, 10, (N, width), dtype=np.uint8)
    digits[:, 0] = rng.integers(1, 10, N)
    rows = np.flatnonzero(chosen)
    digits[rows] = _hard(rng, digits[rows], sizes[rows])
    lone = np.flatnonzero(sizes == 1)
    digits[lone, 0] = rng.integers(lowest, 10, len(lone))
    return texts(digits + np.uint8(ZERO), np.arange(width) < sizes[:, None])


def _hard(
    rng: np.random.Generator, digits: NDArray[np.uint8], sizes: NDArray[np.int64]
) -> NDArray[np.uint8]:
    """(N, W) digits, made hard in ways that take turns; the first digit stays from 1 to 9."""
    N, W = digits.shape
    places, kinds = np.arange(W), (np.arange(N) + rng.integers(KINDS)) % KINDS
    starts = rng.integers(0, sizes)[:, None]
    ends = rng.integers(starts[:, 0], sizes + 1)[:, None]
    inside = (places >= starts) & (places < ends)
    last = places == sizes[:, None] - 1
    first = places == 0
    nines = np.full_like(digits, 9)
    made = np.select(
        [(kinds == kind)[:, None] for kind in range(KINDS)],
        [
            nines,
            np.where(first, 1, 0),
            np.where(inside, 9, digits),
            np.where(inside & ~first, 0, digits),
            np.broadcast_to(digits[:, :1], digits.shape),
            np.where(first | last, digits, 0),
        ],
    )
    return made.astype(np.uint8)


def plain(digits: str) -> str:
    """The number without leading zeros."""
    return digits.lstrip("0") or "0"


def to_int(digits: str) -> int:
    """The value of a string of ASCII digits of any length; the empty one is 0."""
    if len(digits) <= CHUNK:
        return int(digits or "0")
    half = len(digits) // 2
    return to_int(digits[:-half]) * 10**half + to_int(digits[-half:])


def to_digits(value: int) -> str:
    """The digits of a whole number from 0 on, of any length."""
    return str(value) if value.bit_length() < SHORT else str(decimal.Decimal(value))


def smaller(first: str, second: str) -> bool:
    """Whether the first of two numbers without leading zeros is the smaller."""
    return (len(first), first) < (len(second), second)


def pick(rng: np.random.Generator, choices: list[str], count: int) -> list[str]:
    """`count` of the choices, with repetition."""
    return [choices[i] for i in rng.integers(0, len(choices), count)]
