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
        ({"body": "planet"}, {"body": "rocky planet"}, {"body": "comet"}),
        ({"body": "planet"}, {"body": "comet"}, {"body": "gas giant"}),
        ({"body": "dwarf planet"}, {"body": "comet"}, {"body": "ball of ice"}),
    )
    templates = (
        (
            "A {body} goes round its star in {t}. The semi-major axis of a second {body} of this "
            "star is {ratio} times as long. What is the period of the second one, in {unit}?"
        ),
        (
            "Two bodies orbit one star. The inner one, a {body}, comes round once in {t}; the "
            "outer one has {ratio} times the semi-major axis. After what time, in {unit}, does the "
            "outer one come round?"
        ),
        (
            "A {body} circles a star at a distance r once in {t}. Another moves on a circle of "
            "radius {ratio} r about the same star. How long does one of its revolutions take, in "
            "{unit}?"
        ),
        (
            "The semi-major axes of two orbits about the same star are in the ratio 1 : {ratio}. A "
            "{body} on the inner orbit has a period of {t}. By Kepler's third law, what is the "
            "period on the outer orbit, in {unit}?"
        ),
        (
            "Astronomers find a {body} with a period of {t}, and farther out one with {ratio} "
            "times its semi-major axis, about the same star. Use Kepler's third law to find the "
            "period of the farther one in {unit}."
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
