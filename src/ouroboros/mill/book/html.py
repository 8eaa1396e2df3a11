"""A chapter as one HTML file that needs nothing else: drawings and formulas are inside it.

    write_html(chapter, Path("out"))       out/physics.html

Drawings are inline SVG that takes the page's colours, formulas are MathML. The text is well-formed
XML as well. Whatever comes from problems or from other people's families is escaped.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from html import escape
from pathlib import Path

from ouroboros.errors import UsageError
from ouroboros.mill.book.chapter import Chapter, Problem, Section
from ouroboros.mill.book.figures import Figure
from ouroboros.mill.book.figures.sketch import BLUE, GREEN, INK, PAPER, RED
from ouroboros.mill.book.lessons.lesson import Lesson, flat
from ouroboros.mill.book.preface import ANSWERS, CONTENTS, SUBTITLES, grade_of, preface
from ouroboros.mill.book.prose import Span, blocks, curled, pieces, spans
from ouroboros.mill.book.stylesheet import STYLESHEET

WIDE, LONG = 14, 30  # characters of an answer that wants half a line, or a line of its own
_PARTS = re.compile(r"\s*\\q?quad\s*")  # of a formula, which may stand below each other
_BESIDE = re.compile(  # a formula and what touches it, a road (A-B 7 km), a clause of variables
    r"(?:<i>[A-Za-z]</i> =[ \u00a0])?[^\s<>]*(?:<math.*?</math>[^ \n<]*)+"
    r"|\b[A-Z](?:\u2013[A-Z])+\b[^ \n<]*"
    r"|\((?:[\u00ac\u2228 ]|<i>x</i>|<sub>[0-9]+</sub>)+\)[^ \n<]*"
)
_COLORS = (
    (INK, "currentColor"), (PAPER, "var(--page)"), (BLUE, "var(--blue)"), (RED, "var(--red)"),
    (GREEN, "var(--green)"),
)  # fmt: skip
_NAMES = re.compile(r"<mo[^>]*>(gcd|min|max|det)</mo>")
_MENDED = (
    ("<mi>&#x000B1;</mi>", "<mo>&#x000B1;</mo>"),
    ("<mi>:</mi>", "<mo>:</mo>"),
    ("<mo>&#x02205;</mo>", "<mi>&#x02205;</mi>"),
    ("<mo>&#x0002F;</mo>", '<mo lspace="0" rspace="0">&#x0002F;</mo>'),
    ("<mi>&#x00064;</mi>", '<mi mathvariant="normal">d</mi>'),
    (
        '<msup><mo stretchy="false">&#x00029;</mo><mi>&#x02032;</mi></msup>',
        '<mo stretchy="false">&#x00029;</mo><mo lspace="0" rspace="0">&#x02032;</mo>',
    ),
)
"""Where latex2mathml takes an operator for a letter or a letter for an operator, and a prime that
would be raised twice: the spaces and heights about them would be wrong."""


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
    yield from (f"<p>{_plain(paragraph)}</p>" for paragraph in preface(chapter))
    yield f"</header><nav><h2>{CONTENTS}</h2><ol>"
    for section in chapter.sections:
        number = f'<span class="number">{section.number}</span>'
        yield f'<li><a href="#s{section.number}">{number}{_plain(section.lesson.title)}</a></li>'
    yield f'<li><a href="#answers"><span class="number"></span>{ANSWERS}</a></li></ol></nav>'


def _section(section: Section) -> Iterator[str]:
    yield f'<section id="s{section.number}">'
    yield f"<h2>{section.number}\u2002{_plain(section.lesson.title)}</h2>"
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
        parts = (mathml(part, display="block") for part in _PARTS.split(lesson.formula))
        yield f'<div class="formula">{"".join(parts)}</div>'
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


def _plain(text: str) -> str:
    """A text of ours without formulas."""
    return escape(curled(text))


def _told(text: str, lesson: Lesson) -> str:
    """A lesson's sentence with its formulas."""
    parts = pieces(text, has_formulas=lesson.has_formulas)
    told = (mathml(part) if is_formula else escape(part) for part, is_formula in parts)
    return _kept("".join(told))


def _figure(figure: Figure, number: int) -> Iterator[str]:
    drawing = figure.svg
    for color, ours in _COLORS:
        drawing = drawing.replace(color, ours)
    opening = f'<svg role="img" aria-label="{_plain(figure.caption)}" '
    yield f"<figure>{drawing.replace('<svg ', opening, 1)}"
    caption = f"<strong>Figure {number}.</strong> {_plain(figure.caption)}"
    yield f"<figcaption>{caption}</figcaption></figure>"


def _question(problem: Problem) -> Iterator[str]:
    for block in blocks(problem.item.prompt):
        if block.is_grid:
            kind = ' class="grid"' if "\n" in block.text else ""
            yield f"<pre{kind}>{escape(block.text)}</pre>"
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
        yield f"<h3>{section.number}\u2002{_plain(section.lesson.title)}</h3>"
        yield f'<ol class="key{room}">'
        for problem in section.exercises:
            number = f'<a class="number" href="#e{problem.number}">{problem.number}</a>'
            yield f"<li>{number}{typeset(problem.item.answer)}</li>"
        yield "</ol>"
    yield "</section>"


def typeset(text: str) -> str:
    """A line of a problem, its fractions and variables set as such."""
    return _kept("".join(_set(span) for span in spans(text)))


def _kept(line: str) -> str:
    """The line with no break between things that stand beside each other without a space."""
    return _BESIDE.sub(lambda found: f'<span class="kept">{found[0]}</span>', line)


def _set(span: Span) -> str:
    if span.kind == "fraction":
        whole, above, below = span.parts
        fraction = f"<mfrac><mn>{above}</mn><mn>{below}</mn></mfrac>"
        return f'{whole}<math class="fraction">{fraction}</math>'
    if span.kind == "matrix":
        rows = "".join(f"<mtr>{_entries(row)}</mtr>" for row in span.parts)
        return f'<math class="matrix"><mo>(</mo><mtable>{rows}</mtable><mo>)</mo></math>'
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
    made = _NAMES.sub(r"<mi>\1</mi>", convert(formula, display=display))
    for wrong, right in _MENDED:
        made = made.replace(wrong, right)
    return made
