"""The third route: answers from facts alone, without a line of the package.

    TRUTHS["kinematics"]({"u": {"value": "43", ...}, ...})     103
    SAME["number"](103, "103 m/s", facts)                      True

`TRUTHS` maps a family to a function from a row's facts to its answer; `SAME` says how that answer
is compared with what the row says, where it is not by its value and unit.
"""

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

Facts = dict[str, Any]
Truth = Callable[[Facts], Any]
Same = Callable[[Any, str, Facts], bool]

_SPELLED = {"\u00b2": "^2", "\u00b3": "^3", "\u00b7": "*", "\u00b0C": "degC", "\u03a9": "ohm"}


def same_number(truth: Any, answer: str, facts: Facts) -> bool:
    """Whether an answer states a value in the unit that the facts ask for."""
    found = re.fullmatch(r"([-\u2212]?[0-9]+)(?:/([0-9]+)| ([0-9]+)/([0-9]+))?(?: (\D.*))?", answer)
    if found is None:
        return False
    whole, bottom, up, low, unit = found.groups()
    whole = whole.replace("\u2212", "-")
    value = Fraction(whole) / Fraction(bottom or 1)
    if up:
        part = Fraction(int(up), int(low))
        value += -part if whole.startswith("-") else part
    asked = facts.get("asked")
    wanted = asked.get("unit", "") if isinstance(asked, dict) else ""
    stated = unit or ""
    for written, plain in _SPELLED.items():
        stated = stated.replace(written, plain)
    return value == truth and stated == wanted


def same_text(truth: Any, answer: str, facts: Facts) -> bool:
    """Whether an answer is the same text."""
    del facts
    return answer == truth


from third import algebra, basics, logic, mechanics, numbers, physics, programs  # noqa: E402 they need what stands above

_ROUTES = (algebra, basics, logic, mechanics, numbers, physics, programs)
TRUTHS: dict[str, Truth] = {name: f for route in _ROUTES for name, f in route.TRUTHS.items()}
SAME: dict[str, Same] = {"number": same_number}
for _route in _ROUTES:
    SAME |= _route.SAME
