"""Machines, stack programs, sorting, shortest ways, mazes, longest rises: asked and answered."""

import tracemalloc
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroboros.envs.automata import FiniteAutomaton, StackDepth
from ouroboros.envs.labels import label
from ouroboros.envs.maze import Maze
from ouroboros.envs.shortest_path import ShortestPath
from ouroboros.envs.sorting import Sorting
from ouroboros.envs.stack_program import StackProgram
from ouroboros.envs.subsequence import IncreasingSubsequence
from ouroboros.errors import UsageError
from ouroboros.testing import check_family
from ouroboros.testing.mutants import near_misses
from ouroboros_judges.answers import maze, shortest_path
from ouroboros_judges.answers.automata import FiniteAutomatonAnswers, StackDepthAnswers
from ouroboros_judges.answers.maze import MazeAnswers
from ouroboros_judges.answers.shortest_path import ShortestPathAnswers
from ouroboros_judges.answers.sorting import SortingAnswers
from ouroboros_judges.answers.stack_program import StackProgramAnswers
from ouroboros_judges.answers.subsequence import IncreasingSubsequenceAnswers

LINEAR = (1, 2, 3, 7, 40, 5000)
QUADRATIC = (1, 2, 3, 7, 20)
ANSWERS = {
    answers.name: answers
    for answers in (
        StackDepthAnswers(),
        FiniteAutomatonAnswers(),
        StackProgramAnswers(),
        SortingAnswers(),
        ShortestPathAnswers(),
        MazeAnswers(),
        IncreasingSubsequenceAnswers(),
    )
}
TESTED = {"maze": maze, "shortest_path": shortest_path}  # route two tests the lines of route one
FAMILIES = {name: answers.family for name, answers in ANSWERS.items()}
relaxed = settings(deadline=None)  # two cores may be busy
each = pytest.mark.parametrize("name", list(ANSWERS))


@st.composite
def prompts(draw, name, most):
    """A prompt of a family, proposed or adversarial, of a level up to `most`."""
    level, seed = draw(st.integers(1, most)), draw(st.integers(0, 2**64))
    if draw(st.booleans()):
        return FAMILIES[name].propose(level, seed, 1)[0].prompt
    return ANSWERS[name].adversarial(level, seed, 8)[draw(st.integers(0, 7))]


@pytest.mark.parametrize(
    ("family", "answers", "levels"),
    [
        (StackDepth(), StackDepthAnswers(), LINEAR),
        (FiniteAutomaton(), FiniteAutomatonAnswers(), LINEAR),
        (IncreasingSubsequence(), IncreasingSubsequenceAnswers(), LINEAR),
        (StackProgram(), StackProgramAnswers(), QUADRATIC),
        (Sorting(), SortingAnswers(), QUADRATIC),
        (ShortestPath(), ShortestPathAnswers(), (1, 2, 3, 10)),
        (Maze(), MazeAnswers(), (1, 2, 3, 4)),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_both_halves_keep_the_rules(family, answers, levels):
    assert check_family(family, answers, levels=levels) == []


@pytest.mark.parametrize(
    ("name", "prompt", "lines"),
    [
        ("stack_depth", "5aabb=", ("6765", "5")),
        ("stack_depth", "8aaab=", ("9998", "8")),
        ("stack_depth", "1bbba=", ("0001", "1")),
        ("finite_automaton", "7m31415=", ("34120", "0")),
        ("finite_automaton", "2m0=", ("0", "0")),
        ("finite_automaton", "9m999=", ("000", "0")),
        ("stack_program", "473ads=", ("13ds", "113s", "113", "1")),
        ("stack_program", "38t=", ("5", "5")),
        ("stack_program", "83t=", ("5", "5")),
        ("stack_program", "83st=", ("38t", "5", "5")),
        ("stack_program", "7dm=", ("77m", "9", "9")),
        ("sorting", "31415=", ("3|1415", "13|415", "134|15", "1134|5", "11345")),
        ("sorting", "7=", ("7",)),
        ("sorting", "10=", ("1|0", "01")),
        ("shortest_path", "a3b,b4c,a9c=", ("a0", "b3a", "c7b", "a3b4c", "7")),
        ("shortest_path", "a8b=", ("a0", "b8a", "a8b", "8")),
        ("shortest_path", "a1b,a1c,b2d,c2d=", ("a0", "b1a", "c1a", "d3b", "a1b2d", "3")),
        ("shortest_path", "b1c,a9b,a2c=", ("a0", "c2a", "a2c", "2")),
        ("maze", "S../##./E..=", ("a1", "b1", "c1", "c2", "c3", "b3", "a3", "6")),
        ("maze", "S./.E=", ("a1", "b1a2", "b2", "2")),
        ("maze", "S#/#E=", ("a1", "0")),
        ("maze", "SE/..=", ("a1", "b1a2", "1")),
        ("increasing_subsequence", "31415926=", ("11213424", "4")),
        ("increasing_subsequence", "987=", ("111", "1")),
        ("increasing_subsequence", "5555=", ("1111", "1")),
        ("increasing_subsequence", "123456789=", ("123456789", "9")),
    ],
)
def test_solutions_worked_by_hand(name, prompt, lines):
    assert ANSWERS[name].solve(prompt) == lines
    assert ANSWERS[name].verify(prompt, lines).correct


@pytest.mark.parametrize(
    ("name", "prompt"),
    [
        ("stack_program", "7a="),
        ("stack_program", "72pp="),
        ("stack_program", "7dmp="),
        ("shortest_path", "a3b,a4b="),
        ("shortest_path", "b3a="),
        ("shortest_path", "a3a="),
        ("shortest_path", "a3c="),
        ("maze", "S#./E..="),
        ("maze", "S.../.E..="),
        ("maze", "SS/E.="),
        ("maze", "S./..="),
    ],
)
def test_a_problem_that_makes_no_sense_is_no_prompt(name, prompt):
    with pytest.raises(UsageError):
        FAMILIES[name].level_of(prompt)
    assert not FAMILIES[name].check(prompt, ("1", "1"))
    assert not ANSWERS[name].verify(prompt, ("1", "1")).correct


@pytest.mark.parametrize(
    ("name", "prompt", "answer"),
    [
        ("stack_depth", "5aabb=", "5.0"),
        ("finite_automaton", "7m31415=", "0"),
        ("stack_program", "473ads=", " 1 "),
        ("sorting", "31415=", "11345"),
        ("sorting", "31415=", "1 1 3 4 5"),
        ("sorting", "31415=", "1,1,3,4,5"),
        ("sorting", "00=", "00"),
        ("shortest_path", "a3b,b4c,a9c=", "7"),
        ("shortest_path", "a3b,b4c,a9c=", "7000 m"),
        ("maze", "S./.E=", "2"),
        ("increasing_subsequence", "31415926=", "8/2"),
    ],
)
def test_equivalent_answers_are_accepted(name, prompt, answer):
    assert ANSWERS[name].accepts(prompt, answer)


@pytest.mark.parametrize(
    ("name", "prompt", "answer"),
    [
        ("stack_depth", "8aaab=", "10"),  # as if there were room for more
        ("stack_depth", "1bbba=", "-1"),
        ("finite_automaton", "7m31415=", "14"),  # the sum itself
        ("finite_automaton", "7m31415=", "7"),
        ("stack_program", "38t=", "-5"),
        ("sorting", "31415=", "54311"),
        ("sorting", "31415=", "1345"),  # without the repetition
        ("sorting", "31415=", "1 1345"),
        ("sorting", "00=", "0"),
        ("shortest_path", "a3b,b4c,a9c=", "9"),  # the direct road
        ("shortest_path", "a3b,b4c,a9c=", "7 m"),
        ("maze", "S../##./E..=", "2"),  # through the wall
        ("maze", "S../##./E..=", "7"),  # squares for steps
        ("increasing_subsequence", "5555=", "4"),  # not strictly
    ],
)
def test_tempting_wrong_answers_are_refused(name, prompt, answer):
    assert not ANSWERS[name].accepts(prompt, answer)


@pytest.mark.parametrize("name", [name for name in ANSWERS if name not in TESTED])
@pytest.mark.parametrize("route", ["solve", "again"])
def test_a_fault_of_either_route_is_caught_by_the_other(name, route, monkeypatch):
    faulty = type(ANSWERS[name])()
    prompt = faulty.family.propose(3, 1, 1)[0].prompt
    *work, answer = ANSWERS[name].solve(prompt)
    wrong = (*work, str(int(answer) + 1))
    monkeypatch.setattr(faulty, route, lambda _: wrong)
    assert not faulty.verify(prompt, wrong).correct
    assert not faulty.verify(prompt, (*work, answer)).correct
    assert not faulty.accepts(prompt, wrong[-1])
    assert not faulty.accepts(prompt, answer)


@pytest.mark.parametrize(
    ("name", "part", "faulty"),
    [
        ("maze", "by_flooding", lambda rows: ("a1", "a2", "1")),
        ("maze", "holds", lambda rows, lines: False),
        ("shortest_path", "by_places", lambda roads: ("a0", "b1a", "a1b", "1")),
        ("shortest_path", "_nearest", lambda roads, told: {}),
        ("shortest_path", "_leads", lambda path, number, told: False),
    ],
)
def test_lines_that_are_tested_must_be_found_and_pass(name, part, faulty, monkeypatch):
    truth = {p: ANSWERS[name].solve(p) for p in ANSWERS[name].adversarial(5, 1, 40)}
    monkeypatch.setattr(TESTED[name], part, faulty)
    doubted = type(ANSWERS[name])()
    for prompt, lines in truth.items():
        assert not doubted.verify(prompt, lines).correct
        assert not doubted.verify(prompt, doubted.solve(prompt)).correct
        assert not doubted.accepts(prompt, lines[-1])


@relaxed
@given(prompts("stack_depth", 60))
def test_depths_are_those_of_a_real_stack(prompt):
    facts = FAMILIES["stack_depth"].facts(prompt)
    stack, depths = ["plate"] * int(facts["start"]["value"]), ""
    for letter in facts["inputs"]:
        if letter == "a" and len(stack) < 9:
            stack.append("plate")
        elif letter == "b" and stack:
            stack.pop()
        depths += str(len(stack))
    assert ANSWERS["stack_depth"].verify(prompt, (depths, depths[-1])).correct


@relaxed
@given(prompts("finite_automaton", 60))
def test_states_are_remainders_of_sums(prompt):
    facts = FAMILIES["finite_automaton"].facts(prompt)
    digits = [int(digit) for digit in facts["inputs"]]
    modulus = int(facts["modulus"]["value"])
    states = "".join(str(sum(digits[:i]) % modulus) for i in range(1, len(digits) + 1))
    assert ANSWERS["finite_automaton"].verify(prompt, (states, states[-1])).correct


@relaxed
@given(prompts("stack_program", 10))
def test_programs_compute_what_their_expressions_say(prompt):
    facts = FAMILIES["stack_program"].facts(prompt)
    stack = list(facts["stack"]["value"])
    for step in facts["program"]:
        match step:
            case "copy":
                stack[:0] = stack[:1]
            case "drop":
                del stack[0]
            case "swap":
                stack[:2] = stack[1], stack[0]
            case _:
                sign = {"add": "+", "subtract": "-", "multiply": "*"}[step]
                stack[:2] = [f"({stack[1]}{sign}{stack[0]})"]
    assert ANSWERS["stack_program"].solve(prompt)[-1] == str(eval(stack[0]) % 10)


@relaxed
@given(prompts("sorting", 60))
def test_the_sorted_digits_are_those_of_python(prompt):
    digits = FAMILIES["sorting"].facts(prompt)["digits"]
    lines = ["".join(sorted(digits[:i])) for i in range(1, len(digits) + 1)]
    found = ANSWERS["sorting"].solve(prompt)
    assert [line.split("|")[0] for line in found] == lines


@relaxed
@given(prompts("increasing_subsequence", 9))
def test_the_longest_rise_is_the_longest_of_all_rises(prompt):
    numbers = FAMILIES["increasing_subsequence"].facts(prompt)["numbers"]
    longest = max(
        size
        for size in range(1, len(numbers) + 1)
        for kept in combinations(numbers, size)
        if all(a < b for a, b in pairwise(kept))
    )
    assert ANSWERS["increasing_subsequence"].solve(prompt)[-1] == str(longest)


@relaxed
@given(prompts("shortest_path", 6))
def test_the_shortest_way_is_the_shortest_of_all_ways(prompt):
    facts = FAMILIES["shortest_path"].facts(prompt)
    roads = {frozenset(road["between"]): int(road["length"]["value"]) for road in facts["roads"]}

    def ways(place, seen):
        if place == facts["goal"]:
            yield 0
        for road, length in roads.items():
            for other in road - {place} if place in road else ():
                if other not in seen:
                    yield from (length + rest for rest in ways(other, {*seen, other}))

    assert ANSWERS["shortest_path"].solve(prompt)[-1] == str(min(ways("a", {"a"})))


@relaxed
@given(prompts("maze", 6))
def test_the_fewest_steps_are_the_first_power_that_joins_both_ends(prompt):
    rows = FAMILIES["maze"].facts(prompt)["rows"]
    signs = {(y, x): sign for y, row in enumerate(rows) for x, sign in enumerate(row)}
    free = [place for place, sign in signs.items() if sign != "#"]
    joined = np.array([[abs(y - v) + abs(x - u) == 1 for v, u in free] for y, x in free])
    reached = np.array([signs[place] == "S" for place in free])
    end = [signs[place] for place in free].index("E")
    steps = 0
    while not reached[end] and steps <= len(free):
        reached, steps = joined @ reached, steps + 1
    answer = str(steps) if reached[end] else "0"
    assert ANSWERS["maze"].solve(prompt)[-1] == answer


@relaxed
@given(prompts("maze", 5))
def test_of_a_maze_only_the_map_of_least_steps_holds(prompt):
    rows, lines = FAMILIES["maze"].rows(prompt), ANSWERS["maze"].solve(prompt)
    assert maze.holds(rows, lines)
    for attempt in near_misses(lines, FAMILIES["maze"].alphabet):
        assert attempt == lines or not maze.holds(rows, attempt)


@relaxed
@given(prompts("shortest_path", 8))
def test_of_a_network_only_the_least_distances_hold(prompt):
    roads, lines = FAMILIES["shortest_path"].roads(prompt), ANSWERS["shortest_path"].solve(prompt)
    assert shortest_path.holds(roads, lines)
    for attempt in near_misses(lines, FAMILIES["shortest_path"].alphabet):
        assert attempt == lines or not shortest_path.holds(roads, attempt)


@pytest.mark.parametrize(
    ("name", "level"),
    [("stack_program", 200), ("sorting", 300), ("shortest_path", 3000), ("maze", 40)],
)
def test_both_routes_agree_far_beyond_the_wall(name, level):
    for task in FAMILIES[name].propose(level, 1, 2):
        assert ANSWERS[name].verify(task.prompt, ANSWERS[name].solve(task.prompt)).correct


def test_an_echo_counts_free_places_or_reads_backwards_or_sorts_complements():
    assert StackDepth().echo("5aabb=", ("6765", "5")) == ("4bbaa=", ("3234", "4"))
    assert FiniteAutomaton().echo("7m314=", ("341", "1")) == ("7m413=", ("451", "1"))
    assert FiniteAutomaton().echo("7m313=", ("340", "0")) is None
    assert Sorting().echo("31=", ("3|1", "13")) == ("68=", ("6|8", "68"))


def test_a_solution_reads_as_a_person_writes_it():
    def read(name, prompt):
        return FAMILIES[name].read(prompt, ANSWERS[name].solve(prompt))

    assert read("stack_depth", "5aab=") == ("After each sign in turn: 6, 7, 6", "6")
    assert read("finite_automaton", "7m314=") == (
        "Digit by digit: (0 + 3) mod 7 = 3, (3 + 1) mod 7 = 4, (4 + 4) mod 7 = 1",
        "1",
    )
    assert read("stack_program", "473as=") == ("Add: 1, 3", "Swap: 3, 1", "3")
    assert read("sorting", "314=") == (
        "Begin with 3",
        "Insert 1: 13",
        "Insert 4: 134",
        "134",
    )
    assert read("shortest_path", "a3b,b4c,a9c=") == (
        "Start at A: 0 km",
        "B: 3 km, coming from A",
        "C: 7 km, coming from B",
        "The way A\u2013B\u2013C: 3 km + 4 km",
        "7 km",
    )
    assert read("maze", "S./#E=")[1:] == ("Step 1: b1", "Step 2: b2", "2")
    assert read("maze", "S#/#E=")[1:] == ("No other square can be reached", "0")
    assert read("increasing_subsequence", "313=") == (
        (
            "The longest rise that ends with each number in turn: "
            "3 (length 1), 1 (length 1), 3 (length 2)"
        ),
        "2",
    )


def test_some_hard_mazes_have_no_way():
    answers = [ANSWERS["maze"].solve(p)[-1] for p in ANSWERS["maze"].adversarial(5, 1, 100)]
    assert 5 <= answers.count("0") <= 50


def test_labels_go_on_as_the_columns_of_a_spreadsheet_do():
    assert [label(place) for place in (0, 25, 26, 701, 702)] == ["a", "z", "aa", "zz", "aaa"]


def test_a_stack_that_grows_costs_no_more_memory_than_its_lines():
    prompt = f"{'1' * 401}{'d' * 200}{'a' * 200}="
    tracemalloc.start()
    lines = ANSWERS["stack_program"].again(prompt)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert lines == ANSWERS["stack_program"].solve(prompt)
    assert most < 2 * len("".join(lines or ()))
