"""What a figure reads of a problem: its facts, as numbers and as labels.

number(facts, "u")        6
quantity(facts, "u")      "6 m/s"
named(facts, "u")         "_u_ = 6 m/s"
"""

from collections.abc import Mapping
from typing import Any

from ouroboros.envs.planned import spelled

Facts = Mapping[str, Any]


def number(facts: Facts, name: str) -> int:
    """The value of a given."""
    return int(facts[name]["value"])


def quantity(facts: Facts, name: str) -> str:
    """The value of a given, with its unit."""
    return f"{facts[name]['value']} {spelled(facts[name]['unit'])}".strip()


def named(facts: Facts, name: str, symbol: str = "") -> str:
    """A given by its symbol."""
    return f"_{symbol or name}_ = {quantity(facts, name)}"


def wanted(symbol: str) -> str:
    """What is asked for."""
    return f"_{symbol}_ = ?"
