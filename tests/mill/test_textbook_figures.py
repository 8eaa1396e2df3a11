"""The textbook's figures: labels that do not touch, and nothing shown that the judges deny."""

from itertools import combinations, pairwise
from xml.etree import ElementTree

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from ouroboros.envs import BUILT_IN, load_families
from ouroboros.mill.book.figures import DRAWINGS, draw
from ouroboros.mill.book.figures.circuits import network
from ouroboros.mill.book.figures.columns import carries, written
from ouroboros.mill.book.figures.maps import flooded, free_bend, shortest_way
from ouroboros.mill.book.figures.sketch import CENTIMETRE, EDGE, Sketch
from ouroboros.mill.book.syllabus import course_of
from ouroboros_judges.answers import load_answers

FAMILIES = load_families(list(BUILT_IN))
DRAWN = sorted(set(DRAWINGS) & set(FAMILIES))
ANSWERED = (
    "binomial", "boolean_chain", "finite_automaton", "increasing_subsequence", "lattice_paths",
    "stack_depth", "stack_program",
)  # fmt: skip


def touching(sketch: Sketch) -> list[str]:
    """Labels that overlap each other or leave the sheet."""
    renderer = FigureCanvasAgg(sketch.figure).get_renderer()
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in sketch.axes.texts]
    sheet = sketch.figure.bbox
    found = [
        text
        for text, box in boxes
        if box.x0 < -1 or box.y0 < -1 or box.x1 > sheet.x1 + 1 or box.y1 > sheet.y1 + 1
    ]
    for (one, a), (other, b) in combinations(boxes, 2):
        apart = a.x1 < b.x0 + 1 or b.x1 < a.x0 + 1 or a.y1 < b.y0 + 1 or b.y1 < a.y0 + 1
        if not apart:
            found.append(f"{one} / {other}")
    return found


@pytest.mark.parametrize("name", DRAWN)
def test_figures_of_random_problems_are_clear(name: str) -> None:
    family, (drawing, caption) = FAMILIES[name], DRAWINGS[name]
    levels = course_of(family).levels
    drawn = 0
    for place, level in enumerate(levels):
        for task in family.propose(level, place, -(-20 // len(levels))):
            sketch = drawing(family.facts(task.prompt))
            if sketch is not None:
                drawn += 1
                assert touching(sketch) == [], task.prompt
    assert drawn > 0
    assert caption.endswith(".")


@pytest.mark.parametrize("name", ANSWERED)
def test_an_answer_that_is_drawn_is_the_judges(name: str) -> None:
    family, judge = FAMILIES[name], load_answers([name])[name]
    drawn = 0
    for level in course_of(family).levels:
        for task in family.propose(level, 1, 15):
            sketch = DRAWINGS[name][0](family.facts(task.prompt))
            labels = [] if sketch is None else [text.get_text() for text in sketch.axes.texts]
            if labels and not labels[-1].startswith("one choice"):  # of many, and not their number
                drawn += 1
                answer = judge.solve(task.prompt)[-1]
                assert {answer, f"length {answer}"} & set(labels), task.prompt
    assert drawn > 0


def test_a_tree_has_the_value_of_its_expression_at_its_root() -> None:
    family, judge = FAMILIES["boolean_expression"], load_answers(["boolean_expression"])
    for task in family.propose(3, 2, 30):
        sketch = DRAWINGS["boolean_expression"][0](family.facts(task.prompt))
        if sketch is not None:
            value = judge["boolean_expression"].solve(task.prompt)[-1].upper()
            assert sketch.axes.texts[-1].get_text().endswith(f"= {value}")


def test_ways_that_are_drawn_are_the_shortest() -> None:
    family, judge = FAMILIES["shortest_path"], load_answers(["shortest_path"])["shortest_path"]
    for task in family.propose(5, 2, 30):
        facts = family.facts(task.prompt)
        roads = [(*road["between"], int(road["length"]["value"])) for road in facts["roads"]]
        way = shortest_way(roads, facts["start"], facts["goal"])
        lengths = {frozenset(road[:2]): road[2] for road in roads}
        total = sum(lengths[frozenset(leg)] for leg in pairwise(way))
        assert str(total) == judge.solve(task.prompt)[-1]
    family, judge = FAMILIES["maze"], load_answers(["maze"])["maze"]
    for task in family.propose(4, 2, 30):
        rows = family.facts(task.prompt)["rows"]
        (end,) = ((i, row.index("E")) for i, row in enumerate(rows) if "E" in row)
        assert str(flooded(rows).get(end, 0)) == judge.solve(task.prompt)[-1]


def test_a_drawing_is_the_same_every_time_and_stands_for_itself() -> None:
    facts = FAMILIES["circuit"].facts("21V4|(5+6)I?")
    one, two = draw("circuit", facts), draw("circuit", facts)
    assert one == two
    assert one is not None
    root = ElementTree.fromstring(one.svg)
    words = ["".join(e.itertext()).strip() for e in root.iter() if e.tag.endswith("text")]
    assert words.count("4 kΩ") == 1
    assert "I = ?" in words
    assert "url(" not in one.svg


def test_a_network_is_drawn_as_it_is_connected() -> None:
    family = FAMILIES["circuit"]
    part = network(family.facts("1+(2|(3+4))+5R?"))
    assert part.kind == "series"
    assert [inner.kind for inner in part.parts] == ["resistor", "parallel", "resistor"]
    assert [inner.label for inner in part.parts[1].parts[1].parts] == ["3 kΩ", "4 kΩ"]


def test_a_number_is_drawn_in_the_base_that_is_asked_for() -> None:
    family, judge = FAMILIES["base_conversion"], load_answers(["base_conversion"])
    for task in family.propose(3, 0, 40):
        asked = family.facts(task.prompt)
        number, base = int(asked["number"]["value"]), int(asked["base"]["value"])
        assert written(number, base) == judge["base_conversion"].solve(task.prompt)[-1]
    assert carries("99", "2", 10) == [1, 1]
    assert carries("ff", "1", 16) == [1, 1]


def test_a_drawing_is_trimmed_to_what_is_on_it() -> None:
    sketch = Sketch(12.0, 9.0)
    sketch.line((5.0, 4.0), (7.0, 4.0), (7.0, 5.0))
    root = ElementTree.fromstring(sketch.svg())
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    inside, edge = 72 * CENTIMETRE, 2 * 72 * (EDGE + 0.03)  # points
    assert 2 * inside < width < 2 * inside + edge
    assert 1 * inside < height < 1 * inside + edge


def test_an_arrow_curves_about_what_stands_in_its_way() -> None:
    assert free_bend((0, 0), (6, 0), []) == 0
    assert free_bend((0, 0), (6, 0), [(3, 1)]) == 0
    assert free_bend((0, 0), (6, 0), [(3, 0)]) != 0


def test_a_parallelogram_that_would_look_like_a_line_is_not_drawn() -> None:
    drawing = DRAWINGS["determinant"][0]
    assert drawing({"matrix by rows": [["7", "-5"], ["9", "-7"]]}) is None
    assert drawing({"matrix by rows": [["1", "2"], ["2", "4"]]}) is None
    assert drawing({"matrix by rows": [["2", "-5"], ["-4", "1"]]}) is not None


def test_a_bridge_is_no_network_of_series_and_parallel_parts() -> None:
    ohm = {"value": "1", "unit": "kohm"}
    joins = [(1, 3), (1, 4), (3, 4), (3, 2), (4, 2)]
    facts = {"resistors": [{"joins": j, "resistance": ohm} for j in joins], "terminals": [1, 2]}
    with pytest.raises(ValueError, match="series and parallel"):
        network(facts)
