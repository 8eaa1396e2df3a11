"""Networks of resistors in series (+) and in parallel (|), worked from the inside out.

    "2+(3|6)R?"       lines 3|6=2    2+2=4               4 kohm, the equivalent resistance
    "12V2+(3|6)I?"    lines 3|6=2    2+2=4    12:4=3     3 mA, the total current from 12 V

Parts are joined two at a time, from the left, as soon as both are known. Resistances are in kohm;
results are whole numbers or fractions in lowest terms, `6/5`. The level is the number of resistors.
Half of the networks are hard: ladders, each rung of which encloses all before, of equal resistors
or of larger ones. That brackets match, and that + and | are kept apart by them, is beyond the
pattern's sight; `parts` looks. Not covered: the results, and networks such as the bridge, which are
neither series nor parallel.
"""

import random
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ouroboros.envs.asking import Asking
from ouroboros.envs.base import Domain, Format
from ouroboros.envs.digits import to_digits, to_int
from ouroboros.envs.networks import assembled, blocks, edges, walk
from ouroboros.envs.plan import Result
from ouroboros.envs.planned import spelled
from ouroboros.errors import UsageError

VALUE = re.compile("[1-9][0-9]*(?:/(?:[2-9]|[1-9][0-9]+))?")
LINE = re.compile("([0-9/]+)([+|:])([0-9/]+)=(.+)")
UNITS = {"R": "kohm", "I": "mA"}
READINGS = {
    "+": "{0} k\u03a9 and {1} k\u03a9 in series: {0} + {1} = {2} k\u03a9",
    "|": "{0} k\u03a9 and {1} k\u03a9 in parallel: {0} \u00d7 {1} \u00f7 ({0} + {1}) = {2} k\u03a9",
    ":": "Total current: {0} V \u00f7 ({1} k\u03a9) = {2} mA",
}
WIRES = "Resistors connect numbered points: {}. The terminals are points 1 and 2."
LEGEND = (
    "In the network {} between two terminals the numbers are resistances in k\u03a9; + joins parts "
    "in series and | joins them in parallel."
)
RULE = (
    "Let a + b stand for two parts in series and a | b for two parts in parallel. A circuit "
    "between two terminals is then {}, with all resistances in k\u03a9."
)
QUESTIONS = {
    "R": (
        "What is the exact equivalent resistance between the terminals, in k\u03a9?",
        (
            "Find the exact resistance, in k\u03a9, of the one resistor that could replace the "
            "whole network."
        ),
        (
            "What resistance, in k\u03a9, does an ideal ohmmeter show between the terminals? Give "
            "the exact value."
        ),
    ),
    "I": (
        (
            "An ideal source of {voltage} V is connected to the terminals. What is the exact total "
            "current, in mA?"
        ),
        (
            "A battery of {voltage} V without internal resistance is connected to the terminals. "
            "Find the exact current, in mA, that it supplies."
        ),
        (
            "The voltage between the terminals is {voltage} V. How much current, in mA, flows from "
            "one to the other in all? Give the exact value."
        ),
    ),
}


def unreduced(sign: str, left: str, right: str) -> str:
    """What two values come to as a fraction that is never reduced: no shorter than the truth."""
    (a, b), (c, d) = (map(to_int, f"{value}/1".split("/")[:2]) for value in (left, right))
    sum_ = a * d + b * c
    top, bottom = {"+": (sum_, b * d), "|": (a * c, sum_), ":": (a * d, b * c)}[sign]
    return to_digits(top) + (f"/{to_digits(bottom)}" if bottom > 1 else "")


class Circuit(Asking):
    """The resistance of a network or the current through it: "2+(3|6)R?" -> 3|6=2, 2+2=4, 4."""

    name = "circuit"
    domain: Domain = "physics"
    alphabet = "0123456789+|():/=VRI?"
    pattern = re.compile(
        r"(?:(?P<voltage>[1-9][0-9]?)V)?"
        r"(?P<network>\(*[1-9][0-9]?(?:\)*[+|]\(*[1-9][0-9]?)*\)*)"
        r"(?P<asked>(?(voltage)I|R))\?"
    )
    templates = (
        "{blocks} {question}",
        "{wires} {question}",
        "{legend} {question}",
        "{rule} {question}",
    )

    def parts(self, prompt: str) -> re.Match[str]:
        """The pattern's groups; UsageError where the text is not a prompt."""
        found = super().parts(prompt)
        try:
            walk(found["network"], str, lambda *_: "")
        except ValueError as error:
            raise UsageError(f"{self.name}: not a network of this family: {error}") from error
        return found

    def draw(self, rng: np.random.Generator, level: int, hard: NDArray[np.bool_]) -> list[str]:
        """Networks of so many resistors, for either question."""
        N = len(hard)
        equal = (rng.random(N) < 0.5)[:, None] & hard[:, None]
        values = rng.integers(1, np.where(hard, 100, 10)[:, None], (N, level))
        values = np.where(equal, values[:, :1], values)
        signs = rng.integers(0, 2, (N, level - 1))
        signs = np.where(hard[:, None], (signs[:, :1] + np.arange(level - 1)) % 2, signs)
        places = rng.random((N, level - 1))
        places = np.where(hard[:, None], places[:, :1] < 0.5, places)
        voltages = rng.integers(1, 100, N).tolist()
        asked = (rng.random(N) < 0.5).tolist()
        networks = map(assembled, values.tolist(), signs.tolist(), places.tolist())
        return [
            f"{voltage}V{network}I?" if current else f"{network}R?"
            for network, voltage, current in zip(networks, voltages, asked, strict=True)
        ]

    def level_of(self, prompt: str) -> int:
        """Number of resistors; UsageError where the text is not a prompt."""
        return len(re.findall("[0-9]+", self.parts(prompt)["network"]))

    def work(self, prompt: str, result: Result) -> tuple[str, ...]:
        """The solution with the right sides of its lines from `result`."""
        scene, lines = self.parts(prompt), list[str]()

        def found(sign: str, left: str, right: str) -> str:
            lines.append(f"{left}{sign}{right}={result(sign, left, right)}")
            return lines[-1].partition("=")[2]

        answer = walk(scene["network"], str, found)
        if scene["voltage"]:
            answer = found(":", scene["voltage"], answer)
        return (*lines, answer)

    def fits(self, prompt: str, lines: Sequence[str]) -> bool:
        """Whether the lines are those of the network but perhaps for the results."""
        results = [line.partition("=")[2] for line in lines[:-1]]
        ahead = iter(results)
        try:
            followed = self.work(prompt, lambda *_: next(ahead)) == tuple(lines)
        except StopIteration:
            return False
        return followed and all(map(VALUE.fullmatch, results))

    def completion_length(self, prompt: str) -> int:
        """Characters of the lines were no fraction ever reduced."""
        return len("\n".join(self.work(prompt, unreduced)))

    def describe(self) -> Format:
        """The exact format."""
        return Format(
            summary="Find the resistance (R) of a network, or the current (I) at a voltage (V).",
            level="number of resistors",
            prompt_pattern=self.pattern.pattern,
            lines=(
                "a+b=c or a|b=c for each two parts that are joined, in series or in parallel",
                "where the current is asked for, voltage:resistance=current",
                "the resistance in kohm or the current in mA",
            ),
        )

    def facts(self, prompt: str) -> dict[str, Any]:
        """Every resistor with the points that it joins, the terminals and what is asked for."""
        scene = self.parts(prompt)
        resistors = [
            {"joins": [a, b], "resistance": {"value": value, "unit": "kohm"}}
            for a, b, value in edges(scene["network"])
        ]
        means = "total current" if scene["voltage"] else "resistance between the terminals"
        asked = {"means": means, "unit": UNITS[scene["asked"]]}
        found: dict[str, Any] = {"resistors": resistors, "terminals": [1, 2], "asked": asked}
        found["assumes"] = ["wires and sources have no resistance"]
        if scene["voltage"]:
            found["voltage"] = {"value": scene["voltage"], "unit": "V", "between": [1, 2]}
        return found

    def words(self, prompt: str, rng: random.Random) -> dict[str, str]:
        """The network in four ways, and one of the questions."""
        scene = self.parts(prompt)
        network, asked = scene["network"], rng.choice(QUESTIONS[scene["asked"]])
        ways = {name: blocks(network) for name in ("blocks", "legend", "rule")}
        if not network.isdigit():
            spaced = re.sub("[+|]", r" \g<0> ", network)
            ways |= {"legend": LEGEND.format(spaced), "rule": RULE.format(spaced)}
        wires = (f"{value} k\u03a9 between {a} and {b}" for a, b, value in edges(network))
        ways["wires"] = WIRES.format(", ".join(wires))
        return ways | {"question": asked.format(voltage=scene["voltage"])}

    def read(self, prompt: str, lines: Sequence[str]) -> tuple[str, ...]:
        """Each line with the rule that it follows, and the answer with its unit."""
        if not self.fits(prompt, lines):
            return tuple(lines)
        unit = spelled(UNITS[self.parts(prompt)["asked"]])
        sums = (LINE.fullmatch(line) for line in lines[:-1])
        return (
            *(READINGS[found[2]].format(found[1], found[3], found[4]) for found in sums if found),
            f"{lines[-1]} {unit}",
        )
