"""The truth about levers: by virtual work, with a beam that is really turned.

The beam is tilted to the left by the angle whose sine is 3/5 and to the right by that whose sine is
-8/17, so that all heights are whole fractions of the arms. In balance no tilt does any work; the
torque is the work done per sine, the same for both tilts.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from ouroboros.envs.lever import Lever, Torque
from ouroboros_judges.answers.planned import PlannedAnswers

TILTS = (3, -8)  # sines, in fifths and seventeenths


def work_done(forces: Sequence[tuple[int, int]], sine: int) -> int:
    """By downward forces (force, arm; left arms positive), in the fractions of the sine."""
    return sum(force * (arm * sine) for force, arm in forces)


class LeverAnswers(PlannedAnswers):
    """Answers to `lever`."""

    name = "lever"
    family = Lever()

    def simulate(self, values: Mapping[str, int]) -> Fraction:
        """The force that keeps every tilt from doing work; ValueError where none does."""
        loads = [(values["p"], values["a"]), (values["q"], values["b"])]
        one = [(1, -values["e"])]
        forces = {Fraction(-work_done(loads, sine), work_done(one, sine)) for sine in TILTS}
        if len(forces) > 1:
            raise ValueError("energy is not conserved")
        return forces.pop()


class TorqueAnswers(PlannedAnswers):
    """Answers to `torque`."""

    name = "torque"
    family = Torque()

    def simulate(self, values: Mapping[str, int]) -> int:
        """The work per sine; ValueError where it depends on the tilt."""
        arms = ("p", values["a"]), ("q", values["b"]), ("r", -values["c"])
        forces = [(values[name], arm) for name, arm in arms]
        torques = {work_done(forces, sine) // sine for sine in TILTS}
        if len(torques) > 1:
            raise ValueError("energy is not conserved")
        return torques.pop()
