"""The truth about resistors in a row: a walk round the loop, and the power as witness.

The current is raised milliampere by milliampere; with each, every resistor takes its share of the
voltage. That the source gives what the resistors turn into heat is checked: U I = sum of R I^2.
"""

from collections.abc import Mapping

from ouroboros.envs.series_circuit import SeriesCircuit
from ouroboros_judges.answers.planned import PlannedAnswers


class SeriesCircuitAnswers(PlannedAnswers):
    """Answers to `series_circuit`."""

    name = "series_circuit"
    family = SeriesCircuit()

    def simulate(self, values: Mapping[str, int]) -> int:
        """The voltage of the source; ValueError where power is not conserved."""
        resistances = [values[name] for name in "rst"]
        drops = [0, 0, 0]
        for _ in range(values["i"]):
            drops = [drop + r for drop, r in zip(drops, resistances, strict=True)]
        voltage = sum(drops)
        if voltage * values["i"] != sum(r * values["i"] ** 2 for r in resistances):
            raise ValueError("power is not conserved")
        return voltage
