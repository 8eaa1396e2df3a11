"""The truth about networks of resistors: joined part by part, and by Kirchhoff's laws.

    CircuitAnswers().solve("2+(3|6)R?")     ("3|6=2", "2+2=4", "4")

Route one rewrites the text of the network, pair by pair; the same lines come from a walk through it
with whole numbers. Route two knows no series and no parallel: it puts a voltage on the graph's
terminals, solves the linear equations of the nodes exactly, and demands that current is conserved
at every point, that the source gives the power that the resistors take, and that no resistor is
without a current: one that were could be taken out.
"""

import math
import re
from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction

from ouroboros.envs.circuit import UNITS, Circuit, unreduced
from ouroboros.envs.digits import to_digits, to_int
from ouroboros.envs.networks import Edge, edges
from ouroboros_judges.answers.answering import Answering
from ouroboros_judges.answers.quantities import number_of, same_quantity

PAIR = re.compile(r"([0-9/]+)([+|])([0-9/]+)")
SOURCE, GROUND = 1, 2


class CircuitAnswers(Answering):
    """Answers to `circuit`."""

    name = "circuit"
    family: Circuit = Circuit()  # pyright: ignore[reportIncompatibleVariableOverride]

    def solve(self, prompt: str) -> tuple[str, ...]:
        """The reference lines, by rewriting; UsageError where the text is not a prompt."""
        scene = self.family.parts(prompt)
        text, lines = scene["network"], list[str]()
        while pair := PAIR.search(text):
            lines.append(f"{pair[0]}={_joined(*pair.groups())}")
            before, after = text[: pair.start()], text[pair.end() :]
            if before.endswith("(") and after.startswith(")"):
                before, after = before[:-1], after[1:]
            text = before + lines[-1].partition("=")[2] + after
        if scene["voltage"]:
            current = _written(to_int(scene["voltage"]) / Fraction(*_parts(text)))
            lines.append(f"{scene['voltage']}:{text}={current}")
            text = current
        return (*lines, text)

    def again(self, prompt: str) -> tuple[str, ...]:
        """The same lines, by a walk through the network with numerators and denominators."""
        return self.family.work(prompt, _reduced)

    def confirms(self, prompt: str, answer: str) -> bool:
        """Whether the answer keeps Kirchhoff's laws, and needs every resistor."""
        scene = self.family.parts(prompt)
        graph, voltage = edges(scene["network"]), Fraction(int(scene["voltage"] or 1))
        potential = potentials(graph, voltage)
        flows = [(a, b, (potential[a] - potential[b]) / int(r), int(r)) for a, b, r in graph]
        surplus: defaultdict[int, Fraction] = defaultdict(Fraction)
        for a, b, current, _ in flows:
            surplus[a] += current
            surplus[b] -= current
        total = surplus.pop(SOURCE)
        conserved = surplus.pop(GROUND) == -total and not any(surplus.values())
        balanced = voltage * total == sum(current**2 * r for *_, current, r in flows)
        needed = all(current for _, _, current, _ in flows)
        asked = total if scene["voltage"] else voltage / total
        return conserved and balanced and needed and number_of(answer) == asked

    def means(self, prompt: str, answer: str, right: str) -> bool:
        """Whether a free answer is the same quantity, in whatever unit and notation."""
        unit = UNITS[self.family.parts(prompt)["asked"]]
        return len(answer) <= 2 * len(right) + 100 and same_quantity(answer, right, unit)


def potentials(graph: Sequence[Edge], voltage: Fraction) -> dict[int, Fraction]:
    """The potential of every point by nodal analysis, with `voltage` from source to ground.

    The current into each inner point is zero; the points with the fewest neighbours are eliminated
    first, which keeps the equations short.
    """
    rows: defaultdict[int, defaultdict[int, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    for a, b, resistance in graph:
        for here, there in ((a, b), (b, a)):
            rows[here][here] += Fraction(1, int(resistance))
            rows[here][there] -= Fraction(1, int(resistance))
    eliminated: list[tuple[int, dict[int, Fraction]]] = []
    for terminal in (SOURCE, GROUND):
        del rows[terminal]
    while rows:
        point = min(rows, key=lambda p: len(rows[p]))
        row = rows.pop(point)
        pivot = row.pop(point)
        weights = {other: -value / pivot for other, value in row.items()}
        eliminated.append((point, weights))
        for other in weights.keys() & rows.keys():
            value = rows[other].pop(point)
            for third, weight in weights.items():
                rows[other][third] += value * weight
    potential = {SOURCE: voltage, GROUND: Fraction(0)}
    for point, weights in reversed(eliminated):
        potential[point] = sum((potential[p] * w for p, w in weights.items()), Fraction(0))
    return potential


def _parts(value: str) -> tuple[int, int]:
    """Numerator and denominator."""
    top, _, bottom = value.partition("/")
    return to_int(top), to_int(bottom or "1")


def _written(value: Fraction) -> str:
    whole = to_digits(value.numerator)
    return whole if value.denominator == 1 else f"{whole}/{to_digits(value.denominator)}"


def _joined(left: str, sign: str, right: str) -> str:
    """What two resistances are together: the sum, or the reciprocal of that of the reciprocals."""
    first, second = Fraction(*_parts(left)), Fraction(*_parts(right))
    return _written(first + second if sign == "+" else 1 / (1 / first + 1 / second))


def _reduced(sign: str, left: str, right: str) -> str:
    """What two values come to, in lowest terms, by their numerators and denominators."""
    top, bottom = _parts(unreduced(sign, left, right))
    common = math.gcd(top, bottom)
    whole = to_digits(top // common)
    return whole if bottom == common else f"{whole}/{to_digits(bottom // common)}"
