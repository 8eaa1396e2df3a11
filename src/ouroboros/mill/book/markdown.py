"""A chapter as GitHub Markdown: formulas between dollar signs, figures as SVG files beside it.

    write_markdown(chapter, Path("out"))

    out/physics.md
    out/figures/physics/kinematics.svg

Whatever comes from problems or from other people's families is escaped, so that it can be neither
a heading nor a link nor a formula nor HTML.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from ouroboros.mill.book.chapter import Chapter, Problem, Section
from ouroboros.mill.book.figures.sketch import PAPER
from ouroboros.mill.book.lessons.lesson import Lesson, flat
from ouroboros.mill.book.preface import ANSWERS, CONTENTS, SUBTITLES, grade_of, preface
from ouroboros.mill.book.prose import Span, blocks, curled, pieces, spans

_SIGNS = {sign: f"\\{sign}" for sign in "\\`*_[]#|~"}
_SIGNS |= {"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "&#36;", "\n": " "}
_ESCAPES = str.maketrans(_SIGNS)
MINUS = "\u2212"
_LEADING = re.compile(r"^([0-9]*)([-+.)])(?=\s)")  # would begin a list


def write_markdown(chapter: Chapter, folder: Path) -> Path:
    """Write the chapter and its figures; the place of the chapter."""
    pictures = folder / "figures" / chapter.domain
    pictures.mkdir(parents=True, exist_ok=True)
    for section in chapter.sections:
        if section.figure is not None:
            drawing = on_paper(section.figure.svg)
            path = pictures / f"{section.family}.svg"
            path.write_text(drawing, encoding="utf-8", newline="\n")
    path = folder / f"{chapter.domain}.md"
    path.write_text(markdown(chapter), encoding="utf-8", newline="\n")
    return path


def markdown(chapter: Chapter) -> str:
    """The text of the chapter."""
    lines = [f"# {chapter.title}", "", f"*{SUBTITLES[chapter.domain]}*", ""]
    for paragraph in preface(chapter):
        lines += [curled(paragraph), ""]
    lines += [f"## {CONTENTS}", ""]
    headings = [_heading(section) for section in chapter.sections]
    lines += [f"- [{heading}](#{slug(heading)})" for heading in [*headings, ANSWERS]]
    for section in chapter.sections:
        lines += ["", *_section(section, chapter)]
    lines += ["", f"## {ANSWERS}", ""]
    for section in chapter.sections:
        lines += [f"**{_heading(section)}**", "", *_answers(section), ""]
    return "\n".join(lines).rstrip() + "\n"


def _heading(section: Section) -> str:
    return escaped(curled(f"{section.number} {section.lesson.title}"))


def slug(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _section(section: Section, chapter: Chapter) -> Iterator[str]:
    yield f"## {_heading(section)}"
    yield from _lesson(section.lesson)
    for place, problem in enumerate(section.examples):
        yield from ("", f"### Example {problem.number}", "")
        yield from _question(problem.item.prompt, "")
        if place == 0 and section.figure is not None:
            caption = curled(f"Figure {section.number}. {section.figure.caption}")
            source = f"figures/{chapter.domain}/{section.family}.svg"
            yield from ("", f"![{escaped(caption)}]({source})", "", f"*{escaped(caption)}*")
        yield from ("", *_solution(problem))
    if section.exercises:
        yield from ("", f"### Exercises {section.number}")
    for problem in section.exercises:
        yield ""
        yield from _question(problem.item.prompt, f"**{problem.number}** {grade_of(problem)} ")


def _lesson(lesson: Lesson) -> Iterator[str]:
    for paragraph in lesson.paragraphs():
        yield from ("", _told(paragraph, lesson))
    if lesson.formula:
        yield from ("", "$$", lesson.formula, "$$", "")
    for symbol, meaning in lesson.symbols:
        yield f"- ${symbol}$: {_told(meaning, lesson)}"
    for head, text in (("The usual mistake.", lesson.mistake), ("To check.", lesson.check)):
        if text:
            yield from ("", f"**{head}** {_told(flat(text), lesson)}")


def _told(text: str, lesson: Lesson) -> str:
    """A lesson's sentence, its formulas left as they are."""
    parts = pieces(text, has_formulas=lesson.has_formulas)
    return "".join(f"${part}$" if is_formula else escaped(part) for part, is_formula in parts)


def _question(prompt: str, head: str) -> Iterator[str]:
    for place, block in enumerate(blocks(prompt)):
        if block.is_grid:
            fence = "`" * max(3, 1 + max(map(len, re.findall("`+", block.text)), default=0))
            yield from ("", f"{fence}text", block.text, fence, "")
        else:
            yield (head if place == 0 else "") + typeset(block.text)


def _solution(problem: Problem) -> Iterator[str]:
    item = problem.item
    if len(item.steps) == 1:
        yield from (f"*Solution.* {typeset(item.steps[0])}", "")
    elif item.steps:
        yield from ("*Solution.*", "")
        yield from (f"{place}. {typeset(step)}" for place, step in enumerate(item.steps, 1))
        yield ""
    yield f"**Answer:** {typeset(item.answer)}"


def _answers(section: Section) -> Iterator[str]:
    for problem in section.exercises:
        yield f"- **{problem.number}** {typeset(problem.item.answer)}"


def typeset(text: str) -> str:
    """A line of a problem, its fractions and variables set as such."""
    line = "".join(_set(span) for span in spans(text))
    return _LEADING.sub(r"\1\\\2", line)


def _set(span: Span) -> str:
    if span.kind == "fraction":
        whole, above, below = span.parts
        return f"${whole}\\tfrac{{{above}}}{{{below}}}$"
    if span.kind == "matrix":
        rows = r" \cr ".join(row.replace(", ", " & ") for row in span.parts)
        return rf"$\begin{{pmatrix}} {rows.replace(MINUS, '-')} \end{{pmatrix}}$"
    if span.kind == "variable":
        letter, index = span.parts
        return f"*{letter}*" + (f"<sub>{index}</sub>" if index else "")
    return escaped(span.parts[0])


def escaped(text: str) -> str:
    """Text that means nothing to Markdown, in a single line."""
    return text.translate(_ESCAPES).replace("://", "\\://")


def on_paper(svg: str) -> str:
    """A drawing as a file of its own, on white."""
    opening, rest = svg.split(">", 1)
    return f'{opening}>\n<rect width="100%" height="100%" fill="{PAPER}"/>{rest}\n'
