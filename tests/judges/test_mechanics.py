"""Mechanics: motion, braking, throws, collisions, springs, pendulums, ramps, momentum, rockets."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from ouroboros.errors import UsageError
from ouroboros.testing import check_family
from ouroboros_judges.answers.braking import BrakingAnswers
from ouroboros_judges.answers.collision import CollisionAnswers, ElasticCollisionAnswers, united
from ouroboros_judges.answers.incline import InclineAnswers
from ouroboros_judges.answers.kinematics import KinematicsAnswers
from ouroboros_judges.answers.momentum import MomentumAnswers
from ouroboros_judges.answers.pendulum import PendulumAnswers, speed_ratio
from ouroboros_judges.answers.projectile import ProjectileAnswers
from ouroboros_judges.answers.quantities import number_of
from ouroboros_judges.answers.rocket import RocketAnswers
from ouroboros_judges.answers.springs import SpringsAnswers
from ouroboros_judges.answers.sums import by_columns

ANSWERS: dict[str, Any] = {
    answers.name: answers
    for answers in (
        KinematicsAnswers(),
        BrakingAnswers(),
        ProjectileAnswers(),
        CollisionAnswers(),
        ElasticCollisionAnswers(),
        SpringsAnswers(),
        PendulumAnswers(),
        InclineAnswers(),
        MomentumAnswers(),
        RocketAnswers(),
    )
}
FORMULAS = {
    "kinematics": lambda u, a, t: u + a * t,
    "braking": lambda u, v, t: Fraction(u * u - v * v, 2) / Fraction(u - v, t),
    "projectile": lambda h, u, t: h + Fraction(u * u - (u - 10 * t) ** 2, 20),
    "collision": lambda m, u, n, w: Fraction(m * u + n * w, m + n),
    "elastic_collision": lambda u, w: u + 2 * w,
    "springs": lambda k, c, x: k * x + c * x,
    "pendulum": lambda a, b: 2 * 10 * Fraction(a + b, 10),
    "incline": lambda w, h, f, s: w * h + f * s,
    "momentum": lambda m, u, n, v, k, w: m * u + n * v + k * w,
    "rocket": lambda f, n, m: f * n - 10 * m,
}
WEIGHTY = {"projectile", "pendulum", "rocket"}  # need to know g
each = pytest.mark.parametrize("name", list(ANSWERS))
relaxed = settings(deadline=None)


@st.composite
def problems(draw):
    """A family's name and a prompt of it, proposed or adversarial."""
    name, level = draw(st.sampled_from(list(ANSWERS))), draw(st.integers(1, 40))
    seed, answers = draw(st.integers(0, 2**64)), ANSWERS[name]
    if draw(st.booleans()):
        return name, answers.family.propose(level, seed, 1)[0].prompt
    return name, answers.adversarial(level, seed, 1)[0]


def numbers(name, prompt):
    return {given: int(digits) for given, digits in ANSWERS[name].family.values(prompt).items()}


@each
def test_the_family_keeps_every_rule(name):
    answers = ANSWERS[name]
    assert check_family(answers.family, answers) == []


@pytest.mark.parametrize(
    ("name", "prompt", "lines"),
    [
        ("kinematics", "u43a12t5v?", "21*5=06 34+06=301 103"),
        ("braking", "u25v8t7s?", "52+8=33 33*7=132 231%2=011 231/2=115 115+1/2"),
        ("braking", "u9v1t3s?", "9+1=01 01*3=03 30%2=10 30/2=15 15"),
        ("projectile", "h12u30t4y?", "03*4=021 21+021=231 4*4=61 61*5=08 231-08=250 52"),
        ("projectile", "h4u1t1y?", "1*1=1 4+1=5 1*1=1 1*5=5 5-5=0 0"),
        ("collision", "m2u9n3w4v?", "9*2=81 4*3=21 81+21=03 2+3=5 30%5=30 30/5=06 6"),
        ("collision", "m2u5n1w1v?", "5*2=01 1*1=1 01+1=11 2+1=3 11%3=12 11/3=03 3+2/3"),
        ("elastic_collision", "u45w12b?", "21*2=42 54+42=96 69"),
        ("springs", "k25c8x3f?", "52+8=33 33*3=99 99"),
        ("pendulum", "a25b8vv?", "52+8=33 33*2=66 66"),
        ("incline", "w95h2f40s7a?", "59*2=091 04*7=082 091+082=074 470"),
        ("momentum", "m2u9n3v4k5w6p?", "9*2=81 4*3=21 6*5=03 81+21=03 03+03=06 60"),
        ("rocket", "f845n9m549r?", "548*9=5067 945*01=0945 5067-0945=5112 2115"),
    ],
)
def test_solutions_worked_by_hand(name, prompt, lines):
    assert ANSWERS[name].solve(prompt) == tuple(lines.split())
    assert ANSWERS[name].verify(prompt, lines.split()).correct


@pytest.mark.parametrize(
    ("name", "prompt", "right", "wrong"),
    [
        ("kinematics", "u43a12t5v?", "103 m/s|0.103 km/s|10300 cm/s", "103 m|60|103 km/s"),
        ("braking", "u25v8t7s?", "115.5|115 1/2 m|231/2 m|0.1155 km", "115|115.5 m/s|116 m"),
        ("projectile", "h12u30t4y?", "52 m|5200 cm|52.0", "52 s|-52|132 m|520 cm"),
        ("collision", "m2u5n1w1v?", "3 2/3 cm/s|11/3|22/6 cm/s|11/300 m/s", "3|3.67|11/3 m/s"),
        ("elastic_collision", "u45w12b?", "69 m/s|6900 cm/s|0.069 km/s", "57|33 m/s|69 km/s"),
        ("springs", "k25c8x3f?", "99 N|0.099 kN|99 J/m", "99 N/cm|99 J|33"),
        ("pendulum", "a25b8vv?", "66 m\u00b2/s\u00b2|66 m^2/s^2|66 J/kg", "66 m/s|660|66 J"),
        ("incline", "w95h2f40s7a?", "470 J|0.47 kJ|470 N m", "470 N|190 J|470 W"),
        ("momentum", "m2u9n3v4k5w6p?", "60 kg\u00b7m/s|60 N s|6000 kg cm/s", "60 kg|19|60 J"),
        ("rocket", "f845n9m549r?", "2115 kN|2115000 N|2.115 MN", "2115 N|7605 kN|296 kN"),
    ],
)
def test_the_same_quantity_is_accepted_and_no_other(name, prompt, right, wrong):
    assert all(ANSWERS[name].accepts(prompt, answer) for answer in right.split("|"))
    assert not any(ANSWERS[name].accepts(prompt, answer) for answer in wrong.split("|"))


@relaxed
@given(problems())
def test_answers_are_those_of_the_textbook(problem):
    name, prompt = problem
    lines = ANSWERS[name].solve(prompt)
    assert ANSWERS[name].verify(prompt, lines).correct
    assert number_of(lines[-1]) == FORMULAS[name](**numbers(name, prompt))


@relaxed
@given(problems())
def test_no_element_of_a_scene_is_idle(problem):
    name, prompt = problem
    values, simulate = numbers(name, prompt), ANSWERS[name].simulate
    truth = simulate(values)
    for element in values:
        try:
            assert simulate(values | {element: 0}) != truth
        except (ValueError, ZeroDivisionError):
            continue


@each
def test_a_wrong_simulation_is_caught_by_the_plan(name, monkeypatch):
    answers = type(ANSWERS[name])()
    prompt = answers.family.propose(3, 1, 1)[0].prompt
    truth = answers.simulate(numbers(name, prompt))
    monkeypatch.setattr(answers, "simulate", lambda values: truth + 1)
    assert not answers.verify(prompt, answers.solve(prompt)).correct


@each
def test_a_wrong_formula_is_caught_by_the_simulation(name, monkeypatch):
    answers = type(ANSWERS[name])()
    prompt = answers.family.propose(3, 1, 1)[0].prompt
    steps = answers.family.steps
    last = max(i for i, step in enumerate(steps) if step.op != "/")
    slip = replace(steps[last], op={"+": "*", "*": "+", "-": "+"}[steps[last].op])
    monkeypatch.setattr(answers.family, "steps", (*steps[:last], slip, *steps[last + 1 :]))
    lines = answers.solve(prompt)
    assert answers.lines(answers.family.values(prompt), by_columns) == lines
    assert answers.family.check(prompt, lines)
    assert not answers.verify(prompt, lines).correct


@pytest.mark.parametrize(
    ("name", "prompt"),
    [
        ("braking", "u8v25t7s?"),  # gets faster
        ("braking", "u8v8t7s?"),
        ("projectile", "h1u1t1y?"),  # below the ground
        ("projectile", "h9u20t4y?"),  # is where it started
        ("collision", "m2u4n3w9v?"),  # never catches up
        ("incline", "w40h2f95s7a?"),
        ("incline", "w40h2f21s7a?"),  # more friction than half of the weight
        ("rocket", "f10n3m4r?"),  # stays on the pad
        ("rocket", "f20n2m4r?"),
    ],
)
def test_a_scene_that_cannot_be_is_no_prompt(name, prompt):
    answers = ANSWERS[name]
    for ask in (answers.family.level_of, answers.family.facts, answers.solve):
        with pytest.raises(UsageError, match=name):
            ask(prompt)
    assert not answers.family.check(prompt, ("1",))
    assert not answers.verify(prompt, ("1",)).correct
    assert not answers.accepts(prompt, "1")


def test_a_real_pendulum_has_the_speed_of_the_answer():
    length, drop = 2.0, 2.9  # m
    swing = solve_ivp(
        lambda _, state: (state[1], -10 / length * np.sin(state[0])),
        (0, 9),
        (np.arccos(1 - drop / length), 0.0),
        rtol=1e-10,
        atol=1e-12,
        dense_output=True,
    )
    angle, turning = swing.sol(np.linspace(0, 9, 100_001))
    lowest = np.abs(angle).argmin()
    assert float((length * turning[lowest]) ** 2) == pytest.approx(58, rel=1e-6)
    assert ANSWERS["pendulum"].solve("a21b8vv?")[-1] == "58"
    assert speed_ratio() == 2


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_a_bounce_is_what_a_very_heavy_body_makes_of_conserved_momentum_and_energy(u, w):
    heavy = 10**30
    exact = Fraction((1 - heavy) * -u + 2 * heavy * w, 1 + heavy)
    assert round(exact) == ANSWERS["elastic_collision"].simulate({"u": u, "w": w})


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 10**6)), min_size=2, max_size=5))
def test_in_whatever_order_bodies_stick_together_they_end_alike(bodies):
    assert united(bodies) == united(bodies[::-1])
    mass, speed = united(bodies)
    assert mass * speed == sum(m * u for m, u in bodies)


@each
def test_the_facts_say_all_that_the_answer_needs(name):
    answers = ANSWERS[name]
    for task in answers.family.propose(2, 5, 20):
        facts = answers.family.facts(task.prompt)
        values = {given: int(facts[given]["value"]) for given in numbers(name, task.prompt)}
        answer = f"{FORMULAS[name](**values)} {facts['asked']['unit']}"
        assert answers.accepts(task.prompt, answer)
        assert any("g = 10 m/s^2" in text for text in facts["assumes"]) == (name in WEIGHTY)


@each
def test_every_question_states_all_its_numbers_and_the_unit_asked_for(name):
    family = ANSWERS[name].family
    for template in family.templates:
        assert all(f"{{{given.name}}}" in template for given in family.givens)
        assert "{unit}" in template
        assert ("10 m/s\u00b2" in template) == (name in WEIGHTY)


@each
def test_who_acts_goes_by_the_size_of_the_numbers(name):
    family = ANSWERS[name].family
    for level, cast in enumerate(family.cast, start=1):
        actors = {actor for roles in cast for actor in roles.values()}
        others = {a for roles in sum(family.cast, ()) for a in roles.values()} - actors
        for task in family.propose(level, 2, 20):
            text = family.phrase(task.prompt, 1)
            assert not any(f" {other} " in text for other in others)


def drawn(name, level):
    """The givens of problems proposed and adversarial."""
    answers = ANSWERS[name]
    proposed = [task.prompt for task in answers.family.propose(level, 3, 200)]
    return [numbers(name, p) for p in (*proposed, *answers.adversarial(level, 3, 200))]


@pytest.mark.parametrize("level", [1, 2, 3])
def test_scenes_of_up_to_three_digits_are_of_a_size_that_there_is(level):
    assert all(v["u"] - v["v"] <= 111 * v["t"] for v in drawn("braking", level))
    assert all(level == 1 or v["u"] >= 10 for v in drawn("projectile", level))
    assert all(10 * v["m"] < v["f"] * v["n"] <= 50 * v["m"] for v in drawn("rocket", level))
    assert all(2 * v["f"] <= v["w"] for v in drawn("incline", level))


@pytest.mark.parametrize(
    ("prompt", "heights"),
    [("a4b3vv?", ("40 cm", "30 cm")), ("a25b8vv?", ("2.5 m", "0.8 m"))],
)
def test_both_heights_of_a_pendulum_are_told_in_one_unit(prompt, heights):
    for seed in range(20):
        text = ANSWERS["pendulum"].family.phrase(prompt, seed)
        assert all(height in text for height in heights)


def test_a_solution_reads_as_people_write_it():
    assert ANSWERS["projectile"].family.read(
        "h12u30t4y?", ANSWERS["projectile"].solve("h12u30t4y?")
    ) == (
        "Rise without gravity: 30 \u00d7 4 = 120 m",
        "Height without gravity: 12 + 120 = 132 m",
        "Square of the time: 4 \u00d7 4 = 16 s\u00b2",
        "Fall, 5 m for each s\u00b2: 16 \u00d7 5 = 80 m",
        "Height: 132 \u2212 80 = 52 m",
        "52 m",
    )
