"""Letters that number things without end, as the columns of a spreadsheet are.

    label(0), label(25), label(26)     "a", "z", "aa"

Not covered: capitals.
"""

from functools import lru_cache


@lru_cache(maxsize=4096)
def label(place: int) -> str:
    """The letters of a place, counted from 0."""
    letters = ""
    while place >= 0:
        letters = chr(ord("a") + place % 26) + letters
        place = place // 26 - 1
    return letters
