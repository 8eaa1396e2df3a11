"""The textbook: what is printed is true, complete, the same every time, and cannot run anything."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from ouroboros.cli.textbook import textbook
from ouroboros.envs import BUILT_IN, load_families
from ouroboros.errors import UsageError
from ouroboros.mill.book import html as pages
from ouroboros.mill.book import markdown as texts
from ouroboros.mill.book.chapter import Chapter, Outline, Problem, Section, compose, shares
from ouroboros.mill.book.lessons import LESSONS, lesson_of
from ouroboros.mill.book.lessons.lesson import Lesson, summary_of
from ouroboros.mill.book.prose import Block, Span, blocks, bound, curled, pieces, spans
from ouroboros.mill.book.syllabus import COURSES, Course, course_of
from ouroboros.mill.items import Item, Mint
from ouroboros_judges.answers import load_answers

ROOT = Path(__file__).parents[2]
SMALL = ("gcd", "lens", "maze")
FAMILIES = load_families(list(BUILT_IN))
NASTY = "<script>alert(1)</script> & $x$ [a](http://evil.example) `code` *b* # h | t {c} ~~d~~ _e_"


@pytest.fixture(scope="module")
def book() -> list[Chapter]:
    """Every family, with three exercises each."""
    return compose(Outline(families=tuple(BUILT_IN), seed=3, examples=2, exercises=3))


def problems(book: list[Chapter]) -> Iterator[Problem]:
    """All problems of a book."""
    for chapter in book:
        for section in chapter.sections:
            yield from (*section.examples, *section.exercises)


def item(prompt: str, answer: str, steps: tuple[str, ...] = ()) -> Item:
    """An item by hand."""
    return Item(
        family="made_up", domain="logic", level=1, seed=0, prompt=prompt, steps=list(steps),
        answer=answer, facts="{}", signature="", compact="", lines=[],
    )  # fmt: skip


def chapter_of(asked: Item, lesson: Lesson) -> Chapter:
    """A chapter with one problem, as example and as exercise."""
    problem = Problem(number="1.1", grade=1, item=asked)
    section = Section(
        number=1, family="made_up", lesson=lesson, figure=None,
        examples=(problem,), exercises=(problem,),
    )  # fmt: skip
    return Chapter(domain="logic", seed=0, sections=(section,), disputed=0)


# what is printed


def test_every_built_in_family_has_a_lesson_that_says_what_goes_wrong_and_how_to_check() -> None:
    assert set(LESSONS) >= set(BUILT_IN)
    for name in BUILT_IN:
        lesson = LESSONS[name]
        assert len(lesson.paragraphs()) >= 2, name
        assert lesson.mistake, name
        assert lesson.check, name
        assert all(part.count("$") % 2 == 0 for part in (*lesson.paragraphs(), lesson.check))


def test_every_family_of_physics_has_a_figure(book: list[Chapter]) -> None:
    physics = next(chapter for chapter in book if chapter.domain == "physics")
    assert [section.family for section in physics.sections if section.figure is None] == []


def test_every_section_is_full_and_its_problems_go_from_easy_to_hard(book: list[Chapter]) -> None:
    assert sum(len(chapter.sections) for chapter in book) == len(BUILT_IN)
    assert sum(chapter.disputed for chapter in book) == 0
    for chapter in book:
        for section in chapter.sections:
            assert len(section.examples) == 2, section.family
            assert len(section.exercises) == 3, section.family
            levels = [problem.item.level for problem in section.exercises]
            grades = [problem.grade for problem in section.exercises]
            assert levels == sorted(levels)
            assert grades == sorted(grades)
            assert [p.number for p in section.exercises] == [
                f"{section.number}.{place}" for place in (1, 2, 3)
            ]


def test_no_problem_occurs_twice(book: list[Chapter]) -> None:
    asked = [problem.item.prompt for problem in problems(book)]
    assert len(set(asked)) == len(asked)
    facts = [(problem.item.domain, problem.item.facts) for problem in problems(book)]
    assert len(set(facts)) == len(facts)


def test_both_routes_accept_every_printed_answer(book: list[Chapter]) -> None:
    judges = load_answers(list(BUILT_IN))
    for problem in problems(book):
        made, judge = problem.item, judges[problem.item.family]
        assert judge.verify(made.compact, made.lines).correct, made.compact
        assert judge.accepts(made.compact, made.answer), (made.compact, made.answer)


def test_numbers_are_printable_and_nothing_is_left_over(book: list[Chapter]) -> None:
    for problem in problems(book):
        made = problem.item
        shown = "\n".join((made.prompt, *made.steps, made.answer))
        assert not re.search(r"[{}]|\b(None(?! of)|nan|inf)\b", shown), shown
        if course_of(FAMILIES[made.family]).counts:
            assert not re.search(r"[0-9]{5}", made.prompt), made.prompt


def test_steps_are_sentences_of_their_own(book: list[Chapter]) -> None:
    for problem in problems(book):
        for step in problem.item.steps:
            assert not re.match("[a-z]{2}", step), step
            assert not re.search(r"place by place|\[\[", step), step


def test_worked_examples_work_something_out(book: list[Chapter]) -> None:
    lookups = {"copy", "reverse"}
    for section in (section for chapter in book for section in chapter.sections):
        if section.family not in lookups:
            assert all(problem.item.steps for problem in section.examples), section.family


def test_an_article_fits_the_word_behind_it() -> None:
    wrong = re.compile(r"\b[Aa] (?!one\b|uni|use)[aeiou]|\b[Aa]n [bcdfgjklmnpqrstvwxz]")
    for family in FAMILIES.values():
        if family.domain == "physics":
            for level in course_of(family).levels:
                for made in Mint(family.name, level=level, seed=0).rows(30):
                    assert not wrong.search(made.prompt), made.prompt


# the same every time


def test_the_same_outline_gives_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from ouroboros.mill.book.chapter import Outline, compose\n"
        "from ouroboros.mill.book.html import write_html\n"
        "from ouroboros.mill.book.markdown import write_markdown\n"
        f"for c in compose(Outline(families={SMALL!r}, seed=5)):\n"
        "    write_html(c, Path(sys.argv[1])); write_markdown(c, Path(sys.argv[1]))\n"
    )
    made = []
    for hash_seed in ("1", "2"):
        folder = tmp_path / hash_seed
        folder.mkdir()
        environment = os.environ | {"PYTHONHASHSEED": hash_seed}
        command = [sys.executable, "-c", program, str(folder)]
        subprocess.run(command, check=True, env=environment, cwd=ROOT)
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        made.append([(path.relative_to(folder), path.read_bytes()) for path in files])
    assert made[0] == made[1]
    assert len(made[0]) == 9


def test_another_seed_gives_other_problems() -> None:
    (one,) = compose(Outline(families=("gcd",), seed=1, exercises=4))
    (two,) = compose(Outline(families=("gcd",), seed=2, exercises=4))
    assert {p.item.prompt for p in problems([one])} != {p.item.prompt for p in problems([two])}


def test_exercises_are_shared_out_among_levels() -> None:
    assert shares(8, (1, 2, 3)) == {1: 3, 2: 3, 3: 2}
    assert shares(2, (1, 2, 3)) == {1: 1, 2: 1, 3: 0}


# pages


def test_html_is_well_formed_and_every_exercise_has_its_answer(book: list[Chapter]) -> None:
    for chapter in book:
        page = pages.html(chapter)
        ElementTree.fromstring(page)
        for section in chapter.sections:
            for problem in section.exercises:
                answer = pages.typeset(problem.item.answer)
                assert f'<li id="e{problem.number}">' in page
                assert f'href="#e{problem.number}">{problem.number}</a>{answer}</li>' in page


def test_html_needs_nothing_else_and_runs_nothing(book: list[Chapter]) -> None:
    for chapter in book:
        root = ElementTree.fromstring(pages.html(chapter))
        identifiers = [element.get("id") for element in root.iter() if element.get("id")]
        assert len(set(identifiers)) == len(identifiers)
        for element in root.iter():
            assert element.tag.rpartition("}")[2] not in {"script", "link", "img", "iframe"}
            for name, value in element.attrib.items():
                assert not name.startswith("on"), name
                if name.rpartition("}")[2] in {"href", "src"}:
                    assert value.startswith("#"), value
                    assert value[1:] in identifiers, value
        style = "".join(element.text or "" for element in root.iter() if "style" in element.tag)
        assert "url(" not in style
        assert "@import" not in style


def test_markdown_links_to_its_sections_and_figures(book: list[Chapter], tmp_path: Path) -> None:
    for chapter in book:
        text = texts.write_markdown(chapter, tmp_path).read_text(encoding="utf-8")
        headings = {texts.slug(h) for h in re.findall(r"^## (.*)$", text, re.MULTILINE)}
        assert set(re.findall(r"\]\(#([^)]*)\)", text)) == headings - {"contents"}
        sources = re.findall(r"\]\((figures/[^)]*)\)", text)
        assert len(sources) == sum(section.figure is not None for section in chapter.sections)
        for source in sources:
            ElementTree.parse(tmp_path / source)
        for problem in (p for section in chapter.sections for p in section.exercises):
            assert f"- **{problem.number}** {texts.typeset(problem.item.answer)}\n" in text


def test_formulas_have_the_signs_that_browsers_space_rightly() -> None:
    assert "<mo>&#x000B1;</mo>" in pages.mathml(r"a \pm b")
    assert "<mi>gcd</mi>" in pages.mathml(r"\gcd(a, b)")
    assert "<mi>&#x02205;</mi>" in pages.mathml(r"A = \emptyset")
    assert '<mi mathvariant="normal">d</mi>' in pages.mathml(r"\int x\,\mathrm{d}x")
    assert "<msup>" not in pages.mathml("(c x)' = c")
    assert "<mi>d</mi>" in pages.mathml("a d")  # a letter stays one
    letters = r"<mi>(?![A-Za-z]|gcd|min|max|det|&#x(?:003C1|02032|000AC|02113|02205);)"
    for name in BUILT_IN:
        if LESSONS[name].formula:
            assert not re.search(letters, pages.mathml(LESSONS[name].formula)), name


def test_the_parts_of_a_formula_may_stand_below_each_other() -> None:
    page = pages.html(
        chapter_of(item("?", "1"), Lesson(title="T", text="T", formula=r"a, \qquad b"))
    )
    assert page.count('display="block"') == 2
    assert "mspace" not in page


def test_what_touches_a_formula_stays_on_its_line() -> None:
    told = pages.typeset("Take (1/2) of it, x = 3 1/4 m, and A\u2013B 7 km.")
    kept = re.findall(r'<span class="kept">(.*?)</span>', told)
    bare = [re.sub("<[^>]+>", "", text) for text in kept]
    assert bare == ["(12)", "x = 314\u00a0m,", "A\u2013B\u00a07\u00a0km."]
    clause = pages.typeset("by (x1 \u2228 \u00acx2), but")
    assert (
        '<span class="kept">(<i>x</i><sub>1</sub> \u2228 \u00ac<i>x</i><sub>2</sub>),</span>'
        in clause
    )


def test_only_a_grid_of_several_lines_is_spread() -> None:
    lesson = Lesson(title="T", text="T")
    assert "<pre>abc</pre>" in pages.html(chapter_of(item("Copy:\nabc", "abc"), lesson))
    assert '<pre class="grid">.S\n#E</pre>' in pages.html(
        chapter_of(item("Go:\n.S\n#E", "1"), lesson)
    )


def test_nothing_from_a_problem_or_a_plugin_is_markup() -> None:
    lesson = Lesson(title=NASTY, text=f"{NASTY} costs $5\n\n{NASTY}", has_formulas=False)
    grid = NASTY.replace(" ", "")
    chapter = chapter_of(item(f"{NASTY}\n{grid}", NASTY, (NASTY, NASTY)), lesson)
    root = ElementTree.fromstring(pages.html(chapter))
    assert not [element for element in root.iter() if element.tag.endswith("script")]
    assert "costs $5" in "".join(root.itertext())
    fenced = f"```text\n{grid}\n```"
    text = texts.markdown(chapter)
    assert fenced in text
    outside = re.sub(r"\\.", "", text.replace(fenced, ""))
    assert not re.search(r"<script|\[a\]\(|\$x|\*b\*|`code|~~d|http:", outside)


def test_every_sign_of_markdown_is_escaped() -> None:
    left = re.sub(r"\\.|&(amp|lt|gt|#36);", "", texts.escaped(NASTY + "\\"))
    assert not set(left) & set("\\`*_[]#|~<>&$")
    assert texts.typeset("- one") == "\\- one"
    assert texts.typeset("2. two") == "2\\. two"


def test_a_grid_with_backquotes_cannot_close_its_fence() -> None:
    lesson = Lesson(title="T", text="T")
    text = texts.markdown(chapter_of(item("Look:\n````\n.#", "1"), lesson))
    assert "`````text\n````\n.#\n`````" in text


# text


def test_fractions_variables_and_units_are_recognised() -> None:
    assert list(spans("x = 31 1/2, 7y")) == [
        Span("variable", ("x", "")),
        Span("plain", (" = ",)),
        Span("fraction", ("31", "1", "2")),
        Span("plain", (", 7",)),
        Span("variable", ("y", "")),
    ]
    assert list(spans("3 m/s for 5 s")) == [Span("plain", ("3\u00a0m/s for 5\u00a0s",))]
    assert list(spans("a 3 by 4 box, 1/0.5 of axes")) == [
        Span("plain", ("a 3 by 4 box, 1/0.5 of axes",))
    ]


def test_letters_are_recognised_where_they_stand_for_something() -> None:
    def letters(text: str) -> list[str]:
        return [span.parts[0] for span in spans(text) if span.kind == "variable"]

    assert letters("'p or q' is true where at least one of p and q is.") == ["p", "q", "p", "q"]
    assert letters("Let v = 0. Then v := v and 1; find v\u00b2") == ["v", "v", "v", "v"]
    assert letters("Let a + b stand for this and a | b for that") == ["a", "b", "a", "b"]
    assert letters("it reads the digit d in state s, then (s + d) mod 9") == ["d", "s", "s", "d"]
    assert letters("each letter a puts a plate on, 3 v and a copy of it") == []


def test_a_unit_and_an_equation_are_not_torn() -> None:
    assert bound("How fast, in m/s? Take g = 10 m/s\u00b2.") == (
        "How fast, in\u00a0m/s? Take g\u00a0=\u00a010\u00a0m/s\u00b2."
    )
    assert bound("In a mill, mass = 4 kg") == "In a mill, mass =\u00a04\u00a0kg"
    assert bound("(1 + 6) mod 4 = 3") == "(1\u00a0+\u00a06)\u00a0mod\u00a04 = 3"
    assert bound("'no ... are ...'") == "'no\u00a0... are\u00a0...'"


def test_quotation_marks_face_what_they_enclose() -> None:
    assert curled("\"I'm\" ('or') \"it's 'so'\"") == (
        "\u201cI\u2019m\u201d (\u2018or\u2019) \u201cit\u2019s \u2018so\u2019\u201d"
    )
    assert curled("(3x)' = 3") == "(3x)\u2032 = 3"
    assert pieces('"$A$\'s"', has_formulas=True) == [
        ("\u201c", False), ("A", True), ("\u2019s\u201d", False)
    ]  # fmt: skip


def test_matrices_are_recognised_and_typeset() -> None:
    said = "the matrix A with the rows (1, \u22122) and (3, 4), or [[5], [6]]"
    assert list(spans(said)) == [
        Span("plain", ("the matrix ",)),
        Span("variable", ("A", "")),
        Span("plain", (" = ",)),
        Span("matrix", ("1, \u22122", "3, 4")),
        Span("plain", (", or ",)),
        Span("matrix", ("5", "6")),
    ]
    assert r"*A* = $\begin{pmatrix} 1 & -2 \cr 3 & 4 \end{pmatrix}$" in texts.typeset(said)
    assert "<mtr><mtd><mn>1</mn></mtd><mtd><mn>\u22122</mn></mtd></mtr>" in pages.typeset(said)
    plain = "with the rows (a, $) and [[x], <b>]"
    assert "matrix" not in {span.kind for span in spans(plain)}


def test_lines_without_spaces_are_a_grid() -> None:
    assert blocks("A maze.\n.S\n#E\n\nWhere to?") == [
        Block("A maze.", is_grid=False),
        Block(".S\n#E", is_grid=True),
        Block("Where to?", is_grid=False),
    ]


def test_a_dollar_is_a_formula_in_our_lessons_only() -> None:
    assert pieces("a $b$ c", has_formulas=True) == [("a ", False), ("b", True), (" c", False)]
    assert pieces("a $b$ c", has_formulas=False) == [("a $b$ c", False)]


def test_a_family_without_a_lesson_is_introduced_by_its_summary() -> None:
    family = FAMILIES["gcd"]
    assert lesson_of(family) is LESSONS["gcd"]
    lesson = summary_of(family)
    assert lesson.title == "Gcd"
    assert family.describe().summary in lesson.text


# the command


def test_the_command_writes_a_chapter_a_domain(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert textbook(out=tmp_path / "book", families="gcd,lens", exercises=2, as_json=True) == 0
    found = json.loads(capsys.readouterr().out)
    assert [each["domain"] for each in found["chapters"]] == ["mathematics", "physics"]
    assert found["disputed"] == 0
    assert found["short"] == {}
    for each in found["chapters"]:
        assert Path(each["html"]).is_file()
        assert Path(each["markdown"]).is_file()
    assert (tmp_path / "book/figures/physics/lens.svg").is_file()


@pytest.mark.parametrize(
    ("families", "said"), [("nonsense", "unknown family"), (" , ", "takes names")]
)
def test_misuse_is_one_clear_line(tmp_path: Path, families: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        textbook(out=tmp_path / "book", families=families)
    assert not (tmp_path / "book").exists()


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="not empty"):
        textbook(out=tmp_path, families="gcd")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_family_with_few_problems_gives_what_it_has(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(COURSES, "gcd", Course((1,)))
    assert textbook(out=tmp_path / "book", families="gcd", exercises=99) == 0
    said = capsys.readouterr().err
    assert "gcd: has only" in said
    assert "Mathematics: 1 section, in" in said


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "latex2mathml.converter", None)
    pages.mathml.cache_clear()
    with pytest.raises(UsageError, match="pip install latex2mathml"):
        textbook(out=tmp_path / "book", families="gcd")
    pages.mathml.cache_clear()
