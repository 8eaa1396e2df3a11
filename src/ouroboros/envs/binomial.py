"""The number of ways to choose some of many, by the multiplicative formula.

    "C(12,3)="  3 of 12: 12 * 11 / 2 = 66 pairs, 66 * 10 / 3 = 220
                lines 21-1=11    21*1=21    21*01=021    21+021=231    132%2=110    132/2=066
                      21-2=01    660*01=0660    0660%3=0000    0660/3=0220    220

The level is the number of digits of the larger number; 2 to 5 are chosen. Every line is as in
`ouroboros.envs.plan`. Not covered: choosing more than five, and the ways.
"""

from ouroboros.envs.digits import smaller
from ouroboros.envs.mixed import Mixed
from ouroboros.envs.plan import Given, Step
from ouroboros.envs.planned import Planned

FEWEST, MOST = 2, 5  # of those chosen
ORDINALS = {2: "second", 3: "third", 4: "fourth", 5: "fifth"}
COEFFICIENT = "What is the binomial coefficient \u201c{n} choose {k}\u201d?"


class Choose(Planned):
    """Choosing a fixed number of any."""

    domain = "mathematics"
    asked = "number of ways to choose k of the n things, without regard to order"
    templates = (
        "In how many ways can {k} of {n} different books be chosen? The order does not matter.",
        "How many subsets with exactly {k} elements does a set of {n} elements have?",
        (
            "A club of {n} people chooses a committee of {k} of its members, all with equal roles. "
            "How many committees are possible?"
        ),
        (
            "How many different hands of {k} cards can be drawn from a pack of {n} different "
            "cards? The order does not matter."
        ),
        COEFFICIENT,
    )

    def __init__(self, size: int) -> None:
        self.name = f"choose_{size}"
        self.form = "C({n},{k})="
        self.givens = (
            Given(name="n", means="number of things to choose from", lowest=size),
            Given(name="k", means="number of things chosen", short=(size, size)),
        )
        self.steps = tuple(step for count in range(2, size + 1) for step in _one_more(count))

    def allowed(self, values: dict[str, str]) -> bool:
        """Whether there are as many as are chosen."""
        return not smaller(values["n"], values["k"])

    def phrase(self, prompt: str, seed: int) -> str:
        """The question in words; a choice of all things is asked for as a coefficient."""
        values = self.values(prompt)
        if values["n"] == values["k"]:
            return COEFFICIENT.format(**values)
        return super().phrase(prompt, seed)


def _one_more(count: int) -> tuple[Step, Step, Step]:
    """From the ways to choose one fewer to those to choose `count`."""
    fewer, others, counted, sets = count - 1, f"others{count}", f"counted{count}", f"sets{count}"
    before = f"sets{fewer}" if fewer > 1 else "n"
    ordered = f"sets of {fewer} with one thing more" if fewer > 1 else "ordered pairs"
    often = f"{count} times" if count > 2 else "twice"
    return (
        Step(others, "n", "-", str(fewer), f"things left for the {ORDINALS[count]} choice"),
        Step(counted, before, "*", others, ordered),
        Step(sets, counted, "/", str(count), f"sets of {count}, each of which was counted {often}"),
    )


class Binomial(Mixed):
    """Choosing two to five: "C(12,3)=" -> 220."""

    name = "binomial"
    domain = "mathematics"
    wall = 2
    summary = "Find in how many ways k of n things can be chosen, without regard to order."
    kinds = tuple(Choose(size) for size in range(FEWEST, MOST + 1))
