"""The truth about lift-off: a second of flight in tenths, with the energy as witness.

Each engine and gravity change the momentum every tenth of a second; the force is the momentum
gained in the first second. That the work of thrust and weight on the way flown is the kinetic
energy gained is checked: p^2 / 2m = (thrust - weight) y.
"""

from collections.abc import Mapping

from ouroboros.envs.rocket import Rocket
from ouroboros_judges.answers.planned import PlannedAnswers

TICKS = 10  # in a second, in which gravity takes 10 m/s


class RocketAnswers(PlannedAnswers):
    """Answers to `rocket`."""

    name = "rocket"
    family = Rocket()

    def simulate(self, values: Mapping[str, int]) -> int:
        """The momentum after a second; ValueError on the pad and where energy leaks."""
        f, n, m = values["f"], values["n"], values["m"]
        momentum = way = 0  # in kN s / TICKS; the sum of all momenta stands for the way
        for _ in range(TICKS):
            before = momentum
            for _ in range(n):
                momentum += f
            momentum -= m * TICKS
            way += before + momentum
        if momentum <= 0:
            raise ValueError("stays on the pad")
        if momentum**2 != (n * f - 10 * m) * way:
            raise ValueError("energy is not conserved")
        return momentum // TICKS
