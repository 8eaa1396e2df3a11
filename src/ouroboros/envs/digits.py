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
    digits = draw_digits(rng, sizes, chosen, lowest)
    return texts(digits + np.uint8(ZERO), np.arange(digits.shape[1]) < sizes[:, None])


def draw_digits(
    rng: np.random.Generator, sizes: NDArray[np.int64], hard: NDArray[np.bool_], lowest: int
) -> NDArray[np.uint8]:
    """The same numbers as digits (N, W): each in the first of its row, whatever stands behind."""
    N, width = len(sizes), int(sizes.max()) if len(sizes) else 1
    digits = rng.integers(0, 10, (N, width), np.uint8)
    digits[:, 0] = rng.integers(1, 10, N)
    rows = hard.nonzero()[0]
    digits[rows] = _hard(rng, digits[rows], sizes[rows])
    lone = (sizes == 1).nonzero()[0]
    if len(lone):
        digits[lone, 0] = rng.integers(lowest, 10, len(lone))
    return digits


def _hard(
    rng: np.random.Generator, digits: NDArray[np.uint8], sizes: NDArray[np.int64]
) -> NDArray[np.uint8]:
    """(N, W) digits, made hard in ways that take turns; the first digit stays from 1 to 9."""
    turn = int(rng.integers(KINDS))
    if not len(sizes):
        return digits
    starts = rng.integers(0, sizes)
    ends = rng.integers(starts, sizes + 1)
    places = np.arange(digits.shape[1])
    inside = (places >= starts[:, None]) & (places < ends[:, None])
    turns = [slice((kind - turn) % KINDS, None, KINDS) for kind in range(KINDS)]
    nines, power, run_of_nines, run_of_zeros, alike, hollow = (digits[rows] for rows in turns)
    nines[:] = 9
    power[:] = places == 0
    run_of_nines[inside[turns[2]]] = 9
    run_of_zeros[:, 1:] *= ~inside[turns[3], 1:]
    alike[:] = alike[:, :1]
    hollow[:, 1:] *= places[1:] == sizes[turns[5], None] - 1
    return digits


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


def shifted(digits: str, power: int) -> str:
    """A whole number times ten to a power, as a decimal."""
    if power >= 0:
        return digits + "0" * power
    padded = digits.rjust(1 - power, "0")
    return f"{padded[:power]}.{padded[power:]}".rstrip("0").rstrip(".")
