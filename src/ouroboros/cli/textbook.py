"""`ouro data textbook`: chapters that a teacher can print."""

from pathlib import Path
from typing import Annotated

import typer

from ouroboros.cli.options import AsJson


def textbook(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="A folder to be made.")],
    families: Annotated[
        str, typer.Option("--families", help="Names or domains, with commas; or all.")
    ] = "all",
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same gives the same.")] = 0,
    examples: Annotated[
        int, typer.Option("--examples", min=1, max=9, help="Worked ones of each family.")
    ] = 2,
    exercises: Annotated[
        int, typer.Option("--exercises", min=1, max=99, help="Of each family, easy to hard.")
    ] = 8,
    as_json: AsJson = False,
) -> int:
    """Write a textbook: a chapter a domain, as HTML for printing and as Markdown."""
    from ouroboros.cli.data import chosen_families
    from ouroboros.cli.output import emit, note
    from ouroboros.mill.book.chapter import Outline, compose
    from ouroboros.mill.book.html import mathml, write_html
    from ouroboros.mill.book.markdown import write_markdown
    from ouroboros.mill.book.preface import counted
    from ouroboros.mill.export import empty_folder

    names = chosen_families(families)
    mathml("x")  # is what it needs installed? better now than after the work
    empty_folder(out)
    chapters = compose(Outline(families=names, seed=seed, examples=examples, exercises=exercises))
    made = [
        (chapter, write_html(chapter, out), write_markdown(chapter, out)) for chapter in chapters
    ]
    counts = {s.family: len(s.exercises) for chapter in chapters for s in chapter.sections}
    short = {family: count for family, count in counts.items() if count < exercises}
    if as_json:
        emit({
            "chapters": [
                {"domain": chapter.domain, "sections": len(chapter.sections),
                 "exercises": sum(len(s.exercises) for s in chapter.sections),
                 "html": str(page), "markdown": str(text)}
                for chapter, page, text in made
            ],
            "disputed": sum(chapter.disputed for chapter in chapters), "short": short,
            "out": str(out),
        })  # fmt: skip
        return 0
    for family, count in short.items():
        note(f"{family}: has only {count} of {exercises} exercises that fit on a page")
    for chapter, page, _ in made:
        note(f"{chapter.title}: {counted(len(chapter.sections), 'section')}, in {page}")
    return 0
