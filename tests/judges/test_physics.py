"""Circuits, orbits, heat, buoyancy, levers and lenses: the truth, by plan and by simulation."""

import re
from fractions import Fraction
from string import Formatter

import numpy as np
import pint
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroboros.envs.digits import to_int
from ouroboros.envs.networks import assembled, blocks, edges
from ouroboros.errors import UsageError
from ouroboros.testing import check_family
from ouroboros_judges.answers import circuit, orbit
from ouroboros_judges.answers.buoyancy import BuoyancyAnswers
from ouroboros_judges.answers.circuit import CircuitAnswers
from ouroboros_judges.answers.heat import HeatAnswers, MixingAnswers
from ouroboros_judges.answers.lens import LensAnswers
from ouroboros_judges.answers.lever import LeverAnswers, TorqueAnswers
from ouroboros_judges.answers.orbit import OrbitAnswers
from ouroboros_judges.answers.quantities import number_of
from ouroboros_judges.answers.series_circuit import SeriesCircuitAnswers

PLANNED = {
    answers.name: answers
    for answers in (
        SeriesCircuitAnswers(),
        OrbitAnswers(),
        HeatAnswers(),
        MixingAnswers(),
        BuoyancyAnswers(),
        LeverAnswers(),
        TorqueAnswers(),
        LensAnswers(),
    )
}
CIRCUIT = CircuitAnswers()
ALL = PLANNED | {"circuit": CIRCUIT}
QUADRATIC = ("lens", "circuit")  # in the level, which a solution's length grows with
relaxed = settings(deadline=None, max_examples=60)  # two cores may be busy
each = pytest.mark.parametrize("name", list(ALL))
each_planned = pytest.mark.parametrize("name", list(PLANNED))


@each
def test_both_halves_keep_the_rules_of_a_family(name):
    levels = (1, 2, 3, 7) if name in QUADRATIC else (1, 2, 3, 7, 40, 5000)
    assert check_family(ALL[name].family, ALL[name], levels=levels, count=5) == []


@pytest.mark.parametrize(
    ("name", "prompt", "lines"),
    [
        ("series_circuit", "i5r120r47r330u?", "021+74=761 761+033=794 794*5=5842 2485"),
        ("orbit", "t12a3^2t?", "21*3=63 63*3=801 801*3=423 324"),
        ("heat", "m12c4k30d5q?", "21*4=84 84+03=87 87*5=093 390"),
        ("mixing", "m3t80m5t20t?", "08*3=042 5-3=2 02*2=04 042+04=082 280%5=230 280/5=056 56"),
        ("mixing", "m1t1m3t3t?", "1*1=1 3-1=2 3*2=6 1+6=7 7%3=1 7/3=2 2+1/3"),
        ("buoyancy", "v12b8f1w?", "21*8=69 21*1=21 69-21=48 48*01=048 840"),
        ("lever", "l12a3l40a5r7f?", "21*3=63 04*5=002 63+002=632 236%7=225 236/7=033 33+5/7"),
        ("torque", "l2a3l5a4r1a2m?", "2*3=6 5*4=02 6+02=62 1*2=2 62-2=42 24"),
        (
            "lens",
            "f12u20v?",
            "02-21=80 02*2=04 02*01=002 04+002=042 240%8=200 240/8=030 30",
        ),
        ("circuit", "5R?", "5"),
        ("circuit", "2+(3|6)R?", "3|6=2 2+2=4 4"),
        ("circuit", "12V2+(3|6)I?", "3|6=2 2+2=4 12:4=3 3"),
        ("circuit", "1+1+(2|3|6)R?", "1+1=2 2|3=6/5 6/5|6=1 2+1=3 3"),
        ("circuit", "9V(4+4)|1I?", "4+4=8 8|1=8/9 9:8/9=81/8 81/8"),
    ],
)
def test_solutions_worked_by_hand(name, prompt, lines):
    assert ALL[name].solve(prompt) == tuple(lines.split())
    assert ALL[name].verify(prompt, lines.split()).correct


@pytest.mark.parametrize(
    ("name", "prompt", "right", "wrong"),
    [
        ("series_circuit", "i5r120r47r330u?", "2.485 V, 2485000 uV", "2485 V, 835 mV, 2485 mA"),
        ("orbit", "t12a3^2t?", "324 yr, 3888 month", "108 yr, 324 month, 972 yr, 324 d"),
        ("heat", "m12c4k30d5q?", "0.39 kJ, 390 J, 3.9e2 J", "240 J, 390 kJ, 390 J/K, 390 K"),
        ("mixing", "m3t80m5t20t?", "56 degC, 329.15 K, 280/5 °C", "56 K, 50 °C, 329 K, 44 °C"),
        ("mixing", "m1t1m3t3t?", "7/3 °C, 2 1/3 °C, 14/6", "2 °C, 2.3 °C, 2 2/3 °C"),
        ("buoyancy", "v12b8f1w?", "0.84 kN, 840000 mN", "840 kN, 84 N, 960 N, 0.12 kN, 840 kg"),
        ("lever", "l12a3l40a5r7f?", "236/7 kN, 236000/7 N", "33 kN, 33 2/7 kN, 33 5/7 N"),
        ("torque", "l12a3l40a5r7a2m?", "0.222 kN·m, 22200 N cm", "222 N, 250 N·m, -222 N·m"),
        ("lens", "f12u20v?", "300 mm, 0.3 m, 240/8 cm", "30 mm, 7.5 cm, -30 cm, 30 cm²"),
        ("circuit", "2+(3|6)R?", "4000 ohm, 4 kohm, 8/2 kΩ, 0.004 MΩ", "11 kΩ, 4 Ω, 4 mA, 4/11"),
        ("circuit", "12V2+(3|6)I?", "0.003 A, 3 mA, 3000 uA", "4 mA, 3 A, 3 kΩ, 12/11 mA"),
    ],
)
def test_equivalent_answers_are_accepted_and_mistakes_are_not(name, prompt, right, wrong):
    for answer in right.split(", "):
        assert ALL[name].accepts(prompt, answer), answer
    for answer in wrong.split(", "):
        assert not ALL[name].accepts(prompt, answer), answer


@each_planned
def test_a_wrong_arithmetic_convinces_nobody(name, monkeypatch):
    answers = type(PLANNED[name])()
    prompt = answers.family.propose(2, 1, 1)[0].prompt
    lines = answers.solve(prompt)
    monkeypatch.setattr(
        "ouroboros_judges.answers.sums.by_columns", lambda op, left, right: "9" * len(left)
    )
    answers = type(PLANNED[name])()
    assert not answers.verify(prompt, lines).correct


@each_planned
def test_a_simulation_that_differs_convinces_nobody(name, monkeypatch):
    answers = type(PLANNED[name])()
    prompt = answers.family.propose(2, 1, 1)[0].prompt
    lines = answers.solve(prompt)
    monkeypatch.setattr(answers, "simulate", lambda values: sum(values.values()) + Fraction(1, 77))
    assert not answers.verify(prompt, lines).correct
    assert not answers.accepts(prompt, lines[-1])


@pytest.mark.parametrize(
    ("part", "fault"),
    [
        ("_joined", lambda left, sign, right: "2"),
        ("_reduced", lambda sign, left, right: "2"),
        ("edges", lambda network: [(1, 2, "7")]),
        ("potentials", lambda graph, voltage: dict.fromkeys((2, 3), Fraction(0)) | {1: voltage}),
    ],
)
def test_a_fault_in_any_route_through_a_circuit_is_caught(part, fault, monkeypatch):
    prompt, lines = "2+(3|6)R?", ("3|6=2", "2+2=4", "4")
    assert CircuitAnswers().verify(prompt, lines).correct
    monkeypatch.setattr(circuit, part, fault)
    assert not CircuitAnswers().verify(prompt, lines).correct


@each_planned
def test_an_element_that_makes_no_difference_is_a_fault(name, monkeypatch):
    answers = type(PLANNED[name])()
    prompt = answers.family.propose(2, 1, 1)[0].prompt
    lines = answers.solve(prompt)
    truth = number_of(lines[-1])
    monkeypatch.setattr(answers, "simulate", lambda values: truth)
    assert not answers.verify(prompt, lines).correct


@pytest.mark.parametrize(
    ("name", "prompts"),
    [
        ("mixing", "m3t20m5t20t? m5t20m5t30t? m6t20m5t30t?"),
        ("buoyancy", "v12b2f2w? v12b2f3w?"),
        ("torque", "l1a1l2a3r3a3m? l1a1l3a2r2a3m?"),
        ("lens", "f20u20v? f20u12v?"),
        ("circuit", "2+3|6R? (2+3R? 2+3)R? (2+3)R? ((2+3))|1R? (2)+3R? 2+R? 12V5R? 5I? 0R? 05R?"),
    ],
)
def test_scenes_that_cannot_be_are_no_prompts(name, prompts):
    for prompt in prompts.split():
        with pytest.raises(UsageError):
            ALL[name].solve(prompt)
        assert not ALL[name].verify(prompt, ("1",)).correct
        assert not ALL[name].family.check(prompt, ("1",))


@each_planned
def test_units_by_pint_turn_the_plan_into_the_answer(name):
    registry = pint.UnitRegistry(non_int_type=Fraction)
    family, answers = PLANNED[name].family, PLANNED[name]
    operations = {"+": "__add__", "-": "__sub__", "*": "__mul__", "/": "__truediv__"}

    def quantity(number, unit):
        return registry.Quantity(Fraction(number), unit.replace("degC", "delta_degC"))

    for task in family.propose(3, 5, 5):
        found = {"10": quantity(10, "N/kg")}
        for given_ in family.givens:
            found[given_.name] = quantity(family.values(task.prompt)[given_.name], given_.unit)
        for step in family.steps:
            sum_ = getattr(found[step.left], operations[step.op])(found[step.right])
            found[step.name] = sum_.to(step.unit.replace("degC", "delta_degC"))
        answer = found[family.steps[-1].name].magnitude
        assert answer == number_of(answers.solve(task.prompt)[-1])


@each_planned
def test_every_question_states_every_given_and_the_unit(name):
    family = PLANNED[name].family
    stated = {given.name for given in family.givens} | {"unit"}
    if name == "orbit":
        stated = stated - {"k"} | {"ratio"}
    for template in family.templates:
        assert stated <= {field for _, field, _, _ in Formatter().parse(template)}, template


def test_solutions_read_as_people_write_them():
    lever, lens = PLANNED["lever"], PLANNED["lens"]
    assert lever.family.read("l12a3l40a5r7f?", lever.solve("l12a3l40a5r7f?")) == (
        "Torque of the first load: 12 \u00d7 3 = 36 kN\u00b7m",
        "Torque of the second load: 40 \u00d7 5 = 200 kN\u00b7m",
        "Torque of both: 36 + 200 = 236 kN\u00b7m",
        "Digit by digit: 23 \u00f7 7 = 3, remainder 2; 26 \u00f7 7 = 3, remainder 5",
        "Force: 236 \u00f7 7 = 33 5/7 kN",
        "33 5/7 kN",
    )
    assert lens.family.read("f10u54v?", lens.solve("f10u54v?")) == (
        "Distance of the object beyond the focal point: 54 \u2212 10 = 44 cm",
        "Object distance times focal length: 54 \u00d7 10 = 540 cm\u00b2",
        "Image distance: 540 \u00f7 44 = 12 3/11 cm",
        "12 3/11 cm",
    )
    assert CIRCUIT.family.read("9V(4+4)|1I?", CIRCUIT.solve("9V(4+4)|1I?")) == (
        "4 k\u03a9 and 4 k\u03a9 in series: 4 + 4 = 8 k\u03a9",
        "8 k\u03a9 and 1 k\u03a9 in parallel: 8 \u00d7 1 \u00f7 (8 + 1) = 8/9 k\u03a9",
        "Total current: 9 V \u00f7 (8/9 k\u03a9) = 81/8 mA",
        "81/8 mA",
    )
    assert CIRCUIT.family.read("2+3R?", ("no",)) == lens.family.read("f1u2v?", ("no",)) == ("no",)


def test_facts_say_what_a_stranger_must_know():
    assert PLANNED["orbit"].family.facts("t12a3^2t?")["ratio"]["value"] == "9"
    assert "g = 10 m/s^2" in PLANNED["buoyancy"].family.facts("v12b8f1w?")["assumes"]
    facts = CIRCUIT.family.facts("12V2+(3|6)I?")
    assert [resistor["joins"] for resistor in facts["resistors"]] == [[1, 3], [3, 2], [3, 2]]
    assert facts["voltage"] == {"value": "12", "unit": "V", "between": [1, 2]}
    assert facts["asked"] == {"means": "total current", "unit": "mA"}


digits = st.integers(1, 9)
sizes = st.integers(1, 10**40)


@relaxed
@given(digits, sizes, digits, sizes)
def test_virtual_work_finds_the_force_of_the_lever_law(a, p, b, q):
    for e in range(2, 10):
        values = {"a": a, "p": p, "b": b, "q": q, "e": e}
        assert PLANNED["lever"].simulate(values) == Fraction(a * p + b * q, e)


@relaxed
@given(sizes, sizes, st.integers(1, 8), st.integers(1, 8))
def test_parcels_of_heat_come_to_the_weighted_mean(s, t, m, n):
    if s != t and m + n < 10:
        found = PLANNED["mixing"].simulate({"s": s, "t": t, "m": m, "w": m + n})
        assert found == Fraction(m * s + n * t, m + n)


@relaxed
@given(sizes, st.integers(2, 9), st.integers(1, 3))
def test_pressure_on_slices_gives_archimedes_principle(v, b, f):
    if b > f:
        found = PLANNED["buoyancy"].simulate({"v": v, "b": b, "f": f})
        assert found == 10 * v * (b - f)


@relaxed
@given(sizes, sizes)
def test_traced_rays_meet_where_the_lens_equation_says(f, beyond):
    u = f + beyond
    v = PLANNED["lens"].simulate({"f": f, "u": u})
    assert 1 / Fraction(f) == 1 / Fraction(u) + 1 / v


def test_no_rays_meet_behind_no_lens_or_from_within_the_focal_length():
    for values in ({"f": 0, "u": 20}, {"f": 12, "u": 10}):
        with pytest.raises(ValueError, match="do not meet"):
            PLANNED["lens"].simulate(values)


@pytest.mark.parametrize("k", range(1, 10))
def test_flown_orbits_keep_keplers_third_law(k):
    assert orbit.ratio_of_periods(k**2) == k**3


def test_an_orbit_under_another_law_of_force_is_refused(monkeypatch):
    def drag(time, state):
        vx, vy, ax, ay = pull(time, state)
        return vx, vy, ax - 1e-5 * vx, ay - 1e-5 * vy

    pull = orbit._pull
    monkeypatch.setattr(orbit, "_pull", drag)
    with pytest.raises(ValueError, match="energy is not conserved"):
        orbit.period.__wrapped__(4)


def between_terminals(graph):
    """The resistance by the pseudo-inverse of the graph's Laplacian; infinite where cut."""
    nodes = sorted({1, 2} | {node for a, b, _ in graph for node in (a, b)})
    laplacian = np.zeros((len(nodes), len(nodes)))
    for a, b, resistance in graph:
        i, j = nodes.index(a), nodes.index(b)
        laplacian[[i, j], [i, j]] += 1 / int(resistance)
        laplacian[[i, j], [j, i]] -= 1 / int(resistance)
    ends = np.zeros(len(nodes))
    ends[[nodes.index(1), nodes.index(2)]] = 1, -1
    potentials = np.linalg.lstsq(laplacian, ends, rcond=None)[0]
    return ends @ potentials if np.allclose(laplacian @ potentials, ends) else np.inf


@st.composite
def networks(draw):
    """Any way to join two to nine resistors."""
    values = draw(st.lists(st.integers(1, 99), min_size=2, max_size=9))
    signs = [draw(st.integers(0, 1)) for _ in values[1:]]
    return assembled(values, signs, [draw(st.floats(0, 1)) for _ in values[1:]])


@relaxed
@given(networks())
def test_a_networks_resistance_is_that_of_its_graph_and_needs_every_resistor(network):
    lines, graph = CIRCUIT.solve(f"{network}R?"), edges(network)
    right = between_terminals(graph)
    assert CIRCUIT.verify(f"{network}R?", lines).correct
    assert float(number_of(lines[-1])) == pytest.approx(right)
    for i in range(len(graph)):
        assert between_terminals(graph[:i] + graph[i + 1 :]) > right * (1 + 1e-9)


@relaxed
@given(networks(), st.integers(1, 99))
def test_blocks_in_words_join_to_the_same_resistance(network, voltage):
    texts = re.findall("(?:Block [0-9]+|The whole network) consists of ([^.]+)", blocks(network))
    found: list[Fraction] = []
    for text in texts:
        members = re.findall("(block )?([0-9]+)", text)
        values = [found[int(n) - 1] if block else Fraction(n) for block, n in members]
        if "series" in text:
            found.append(sum(values, Fraction(0)))
        else:
            found.append(1 / sum(1 / value for value in values))
    assert number_of(CIRCUIT.solve(f"{network}R?")[-1]) == found[-1]
    assert number_of(CIRCUIT.solve(f"{voltage}V{network}I?")[-1]) == voltage / found[-1]


def test_a_resistor_without_current_is_a_fault(monkeypatch):
    bridge = [(1, 3, "1"), (1, 4, "1"), (3, 2, "1"), (4, 2, "1"), (3, 4, "5")]
    assert between_terminals(bridge) == pytest.approx(1)
    assert CircuitAnswers().confirms("1R?", "1")
    monkeypatch.setattr(circuit, "edges", lambda network: bridge)
    assert not CircuitAnswers().confirms("1R?", "1")


def test_networks_may_be_as_deep_as_they_like():
    for prompt in CIRCUIT.adversarial(1100, 3, 2):
        assert CIRCUIT.verify(prompt, CIRCUIT.solve(prompt)).correct
        assert CIRCUIT.family.phrase(prompt, 1)


@each_planned
def test_levels_have_no_top(name):
    level = 60 if name in QUADRATIC else 20_000
    for prompt in PLANNED[name].adversarial(level, 1, 2):
        lines = PLANNED[name].solve(prompt)
        assert PLANNED[name].verify(prompt, lines).correct
        assert to_int(re.match("[0-9]+", lines[-1])[0]) > 0
