"""Kepler's third law: "t12a3^2t?" -> 21*3=63, 63*3=801, 801*3=423, 324.

The outer orbit's semi-major axis is k squared times the inner one's ("a3^2": nine times), so that
its period is k cubed times as long. Not covered: ratios that are no squares of whole numbers.
"""

import random
from typing import Any

from ouroboros.envs.plan import Given, Step
from ouroboros.envs.staged import Staged


class Orbit(Staged):
    """The period of an orbit from that of a smaller one round the same star."""

    name = "orbit"
    form = "t{t}a{k}^2t?"
    asked = "period of the outer orbit"
    assumes = (
        "both bodies orbit the same star",
        "their masses are negligible beside the star's",
    )
    givens = (
        Given(name="t", means="period of the inner orbit", unit="yr"),
        Given(
            name="k",
            means="square root of the ratio of the outer semi-major axis to the inner one",
            short=(2, 9),
            absent="1",
        ),
    )
    steps = (
        Step("root", "t", "*", "k", "period times the root of the ratio of axes", "yr"),
        Step("ratio", "root", "*", "k", "period times the ratio of axes", "yr"),
        Step("outer", "ratio", "*", "k", "period times the ratio to the power 3/2", "yr"),
    )
    cast = (
        ({"body": "planet"}, {"body": "rocky planet"}, {"body": "minor planet"}),
        ({"body": "planet"}, {"body": "gas giant"}, {"body": "minor planet"}),
        ({"body": "dwarf planet"}, {"body": "distant planet"}, {"body": "minor planet"}),
    )
    templates = (
        (
            "A {body} orbits its star with a period of {t}. The semi-major axis of a second {body} "
            "of this star is {ratio} times as long. What is the period of the second one, in "
            "{unit}?"
        ),
        (
            "Two bodies orbit the same star. The inner one, a {body}, takes {t} for one "
            "revolution; the outer one has {ratio} times the semi-major axis. How long, in {unit}, "
            "does the outer one take?"
        ),
        (
            "A {body} moves round its star on a circle of radius r with a period of {t}. A second "
            "{body} moves round the same star on a circle of radius {ratio} r. How long does one "
            "of its revolutions take, in {unit}?"
        ),
        (
            "The semi-major axes of two orbits round the same star are in the ratio 1 : {ratio}. A "
            "{body} on the inner orbit has a period of {t}. By Kepler's third law, what is the "
            "period on the outer orbit, in {unit}?"
        ),
        (
            "Astronomers find a {body} with a period of {t} and, round the same star, another one "
            "with {ratio} times its semi-major axis. Use Kepler's third law to find the period of "
            "the outer one, in {unit}."
        ),
    )

    def facts(self, prompt: str) -> dict[str, Any]:
        """The period and the ratio of the axes."""
        found = super().facts(prompt)
        ratio = str(int(found.pop("k")["value"]) ** 2)
        means = "ratio of the outer semi-major axis to the inner one"
        return found | {"ratio": {"value": ratio, "unit": "", "means": means}}

    def words(self, prompt: str, rng: random.Random) -> dict[str, str]:
        """The period and the ratio of the axes."""
        return super().words(prompt, rng) | {"ratio": self.facts(prompt)["ratio"]["value"]}
