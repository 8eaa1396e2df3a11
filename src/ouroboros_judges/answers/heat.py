"""The truth about heat: kelvin by kelvin, and kilogram by kilogram.

For `heat` a heater warms vessel and liquid one kelvin at a time, the liquid in as many layers as
its specific heat has joules; what both hold in the end must be what it gave. For `mixing` one
kilogram after another joins the rest and heat flows until all is equally warm; no heat may be lost.
"""

from collections.abc import Mapping
from fractions import Fraction

from ouroboros.envs.heat import Heat, Mixing
from ouroboros_judges.answers.planned import PlannedAnswers

PARTS = 2520  # of a degree: the mean of up to nine whole temperatures is whole in them


class HeatAnswers(PlannedAnswers):
    """Answers to `heat`."""

    name = "heat"
    family = Heat()

    def simulate(self, values: Mapping[str, int]) -> int:
        """What liquid and vessel took up; ValueError where the heater gave another amount."""
        layers = [0] * values["c"]
        vessel = given = 0
        for _ in range(values["d"]):
            layers = [held + values["m"] for held in layers]
            vessel += values["k"]
            given += values["m"] * len(layers) + values["k"]
        taken = sum(layers) + vessel
        if given != taken:
            raise ValueError("energy is not conserved")
        return taken


class MixingAnswers(PlannedAnswers):
    """Answers to `mixing`."""

    name = "mixing"
    family = Mixing()

    def simulate(self, values: Mapping[str, int]) -> Fraction:
        """The temperature of all kilograms in the end; ValueError where heat is lost."""
        m, n = values["m"], values["w"] - values["m"]
        warm, cool = values["s"] * PARTS, values["t"] * PARTS
        first, *others = [warm] * m + [cool] * n
        temperature = first
        for mass, joining in enumerate(others, start=1):
            temperature += (joining - temperature) // (mass + 1)
        if m * (warm - temperature) != n * (temperature - cool):
            raise ValueError("energy is not conserved")
        if temperature == warm:
            raise ValueError("the second portion makes no difference")
        return Fraction(temperature, PARTS)
