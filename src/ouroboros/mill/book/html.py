"""A chapter as one HTML file that needs nothing else: drawings and formulas are inside it.

    write_html(chapter, Path("out"))       out/physics.html

Drawings are inline SVG that takes the page's colours, formulas are MathML. The text is well-formed
XML as well. Whatever comes from problems or from other people's families is escaped.
"""

from collections.abc import Iterator
from functools import lru_cache
from html import escape
from pathlib import Path

from ouroboros.errors import UsageError
from ouroboros.mill.book.chapter import Chapter, Problem, Section
from ouroboros.mill.book.figures import Figure
from ouroboros.mill.book.figures.sketch import BLUE, INK, PAPER
from ouroboros.mill.book.lessons.lesson import Lesson, flat
from ouroboros.mill.book.preface import ANSWERS, CONTENTS, SUBTITLES, grade_of, preface
from ouroboros.mill.book.prose import Span, blocks, pieces, spans
from ouroboros.mill.book.stylesheet import STYLESHEET

WIDE, LONG = 14, 30  # characters of an answer that wants half a line, or a line of its own


def write_html(chapter: Chapter, folder: Path) -> Path:
    """Write the chapter; its place. UsageError where latex2mathml is not installed."""
    path = folder / f"{chapter.domain}.html"
    path.write_text(html(chapter), encoding="utf-8", newline="\n")
    return path


def html(chapter: Chapter) -> str:
    """The whole page."""
    return "\n".join([
        "<!DOCTYPE html>",
        '<html lang="en" xmlns="http://www.w3.org/1999/xhtml">',
        '<head><meta charset="utf-8"/>',
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>',
        f"<title>{escape(chapter.title)}</title>",
        f"<style>{STYLESHEET}</style></head>",
        "<body><main>",
        *_opening(chapter),
        *(line for section in chapter.sections for line in _section(section)),
        *_key(chapter),
        "</main></body></html>", "",
    ])  # fmt: skip


def _opening(chapter: Chapter) -> Iterator[str]:
    yield f"<header><h1>{escape(chapter.title)}</h1>"
    yield f'<p class="subtitle">{SUBTITLES[chapter.domain]}</p>'
    yield from (f"<p>{escape(paragraph)}</p>" for paragraph in preface(chapter))
    yield f"</header><nav><h2>{CONTENTS}</h2><ol>"
    for section in chapter.sections:
        number = f'<span class="number">{section.number}</span>'
        yield f'<li><a href="#s{section.number}">{number}{escape(section.lesson.title)}</a></li>'
    yield f'<li><a href="#answers"><span class="number"></span>{ANSWERS}</a></li></ol></nav>'


def _section(section: Section) -> Iterator[str]:
    yield f'<section id="s{section.number}">'
    yield f"<h2>{section.number}\u2002{escape(section.lesson.title)}</h2>"
    yield from _lesson(section.lesson)
    for place, problem in enumerate(section.examples):
        yield f'<div class="example"><h3>Example {problem.number}</h3>'
        yield from _question(problem)
        if place == 0 and section.figure is not None:
            yield from _figure(section.figure, section.number)
        yield from (*_solution(problem), "</div>")
    if section.exercises:
        yield f'<h3>Exercises {section.number}</h3><ol class="exercises">'
        for problem in section.exercises:
            yield f'<li id="e{problem.number}"><span class="number">{problem.number}</span>'
            yield f'<span class="grade">{grade_of(problem)}</span><div>'
            yield from (*_question(problem), "</div></li>")
        yield "</ol>"
    yield "</section>"


def _lesson(lesson: Lesson) -> Iterator[str]:
    yield from (f"<p>{_told(paragraph, lesson)}</p>" for paragraph in lesson.paragraphs())
    if lesson.formula:
        yield f'<div class="formula">{mathml(lesson.formula, display="block")}</div>'
    if lesson.symbols:
        yield "<dl>"
        for symbol, meaning in lesson.symbols:
            yield f"<dt>{mathml(symbol)}</dt><dd>{_told(meaning, lesson)}</dd>"
        yield "</dl>"
    for name, head, text in (
        ("mistake", "The usual mistake.", lesson.mistake), ("check", "To check.", lesson.check),
    ):  # fmt: skip
        if text:
            yield f'<p class="{name}"><strong>{head}</strong> {_told(flat(text), lesson)}</p>'


def _told(text: str, lesson: Lesson) -> str:
    """A lesson's sentence with its formulas."""
    parts = pieces(text, has_formulas=lesson.has_formulas)
    return "".join(mathml(part) if is_formula else escape(part) for part, is_formula in parts)


def _figure(figure: Figure, number: int) -> Iterator[str]:
    drawing = figure.svg
    for color, ours in ((INK, "currentColor"), (PAPER, "var(--page)"), (BLUE, "var(--blue)")):
        drawing = drawing.replace(color, ours)
    opening = f'<svg role="img" aria-label="{escape(figure.caption)}" '
    yield f"<figure>{drawing.replace('<svg ', opening, 1)}"
    caption = f"<strong>Figure {number}.</strong> {escape(figure.caption)}"
    yield f"<figcaption>{caption}</figcaption></figure>"


def _question(problem: Problem) -> Iterator[str]:
    for block in blocks(problem.item.prompt):
        if block.is_grid:
            yield f"<pre>{escape(block.text)}</pre>"
        else:
            yield f"<p>{typeset(block.text)}</p>"


def _solution(problem: Problem) -> Iterator[str]:
    item = problem.item
    if len(item.steps) == 1:
        yield f"<p><em>Solution.</em> {typeset(item.steps[0])}</p>"
    elif item.steps:
        yield '<p><em>Solution.</em></p><ol class="steps">'
        yield from (f"<li>{typeset(step)}</li>" for step in item.steps)
        yield "</ol>"
    yield f'<p class="answer">Answer: <span class="given">{typeset(item.answer)}</span></p>'


def _key(chapter: Chapter) -> Iterator[str]:
    yield f'<section id="answers"><h2>{ANSWERS}</h2>'
    for section in chapter.sections:
        longest = max((len(problem.item.answer) for problem in section.exercises), default=0)
        room = " long" if longest > LONG else " wide" if longest > WIDE else ""
        yield f"<h3>{section.number}\u2002{escape(section.lesson.title)}</h3>"
        yield f'<ol class="key{room}">'
        for problem in section.exercises:
            number = f'<a class="number" href="#e{problem.number}">{problem.number}</a>'
            yield f"<li>{number}{typeset(problem.item.answer)}</li>"
        yield "</ol>"
    yield "</section>"


def typeset(text: str) -> str:
    """A line of a problem, its fractions and variables set as such."""
    return "".join(_set(span) for span in spans(text))


def _set(span: Span) -> str:
    if span.kind == "fraction":
        whole, above, below = span.parts
        kept = f"<mn>{whole}</mn>" if whole else ""
        fraction = f"<mfrac><mn>{above}</mn><mn>{below}</mn></mfrac>"
        return f'<math class="fraction">{kept}{fraction}</math>'
    if span.kind == "matrix":
        rows = "".join(f"<mtr>{_entries(row)}</mtr>" for row in span.parts)
        return f"<math><mo>(</mo><mtable>{rows}</mtable><mo>)</mo></math>"
    if span.kind == "variable":
        letter, index = span.parts
        return f"<i>{letter}</i>" + (f"<sub>{index}</sub>" if index else "")
    return escape(span.parts[0])


def _entries(row: str) -> str:
    """A row of a matrix, its entries divided by commas."""
    return "".join(f"<mtd><mn>{escape(entry)}</mn></mtd>" for entry in row.split(", "))


@lru_cache(maxsize=1024)
def mathml(formula: str, display: str = "inline") -> str:
    """A formula in LaTeX as MathML."""
    try:
        from latex2mathml.converter import convert
    except ImportError as error:
        raise UsageError("HTML needs latex2mathml: pip install latex2mathml") from error
    return convert(formula, display=display)
