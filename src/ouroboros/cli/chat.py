"""`ouro chat`: talk to the champion, and hear from the judges whether it is right."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ouroboros.cli.options import AsJson, RunArgument

if TYPE_CHECKING:
    from ouroboros.cli.champion import Problem, Solver

GREETING = """{checkpoint} knows {families}.
Type a problem, with its family in front if several could be meant: `reverse_addition 345+87=`.
An empty line or Ctrl-D ends the talk."""


def chat(
    run_dir: RunArgument = None,
    prompt: Annotated[
        str | None, typer.Option("--prompt", help="One problem, as you would type it.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Answer problems as they are typed, showing every step and the judges' verdict."""
    from ouroboros.cli.champion import load_solver
    from ouroboros.cli.output import emit, note
    from ouroboros.cli.runs import find_run
    from ouroboros.errors import UsageError

    solver = load_solver(find_run(run_dir))
    if prompt is not None:
        _show(converse(solver, prompt), as_json=as_json)
        return 0
    note(GREETING.format(checkpoint=solver.checkpoint, families=", ".join(solver.families)))
    count = 0
    while text := _typed():
        try:
            _show(converse(solver, text), as_json=as_json)
            count += 1
        except UsageError as error:
            note(str(error))
    if as_json:
        emit({"answered": count, "checkpoint": solver.checkpoint})
    return 0


def converse(solver: "Solver", text: str) -> dict[str, Any]:
    """The champion's answer to what a person typed, and what the judges say of it.

    Raises:
        UsageError: No family reads it so, or several do.
    """
    from ouroboros.cli.champion import answer_object
    from ouroboros.errors import UsageError
    from ouroboros_judges.answers import load_answers

    problem = understand(solver, text)
    (answer,) = solver.answer([problem])
    if isinstance(answer, UsageError):
        raise answer
    verdict = load_answers([problem.family])[problem.family].verify(problem.prompt, answer.lines)
    asked = {"family": problem.family, "prompt": problem.prompt}
    return {**asked, **answer_object(answer), "correct": verdict.correct}


def understand(solver: "Solver", text: str) -> "Problem":
    """The problem that is meant; its closing "=" may be left out."""
    from ouroboros.cli.champion import Problem
    from ouroboros.errors import UsageError

    head, _, rest = text.strip().partition(" ")
    names, said = ([head], rest.strip()) if head in solver.families else (solver.families, head)
    if head not in solver.families and rest:
        raise UsageError(f"no family {head!r} here; known: {', '.join(solver.families)}")
    for written in (said, f"{said}="):
        fitting = [name for name in names if _fits(solver, name, written)]
        if len(fitting) > 1:
            which = ", ".join(fitting)
            raise UsageError(f"{written} could be {which}; put the one you mean in front")
        if fitting:
            return Problem(family=fitting[0], prompt=written)
    raise UsageError(f"{said!r} is no problem of {', '.join(names)}; see `ouro envs show FAMILY`")


def _fits(solver: "Solver", name: str, prompt: str) -> bool:
    from ouroboros.errors import UsageError
    from ouroboros.plugins import blame

    try:
        with blame(f"family {name!r}"):
            solver.families[name].level_of(prompt)
    except UsageError:
        return False
    return True


def _typed() -> str:
    if sys.stdin.isatty():
        import readline  # noqa: F401 importing it is what makes input() editable
    sys.stderr.write("> ")
    sys.stderr.flush()
    try:
        return input().strip()
    except EOFError:
        sys.stderr.write("\n")
        return ""


def _show(found: dict[str, Any], *, as_json: bool) -> None:
    from ouroboros.cli.output import emit

    if as_json:
        emit(found)
        return
    for step in found["steps"][:-1]:
        typer.echo(f"  {step}")
    verdict = "the judges agree" if found["correct"] else "the judges disagree"
    typer.echo(f"  {found['answer']}    ({found['family']}; {verdict})")
