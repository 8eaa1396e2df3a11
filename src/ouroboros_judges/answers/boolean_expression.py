"""The truth about expressions, from a stack and by rewriting the text.

    BooleanExpressionAnswers().solve("(t>!f)=")   ("!f=t", "t>t=t", "t")

Route one goes through the postfix notation with a stack and computes with Python's operators. Route
two knows neither: it rewrites the text itself, always the leftmost operation on constants, by a
list of what each operation of two letters gives, until a lone letter is left.
"""

import operator
import re
from collections.abc import Iterator

from ouroboros.envs.boolean_expression import TRUTHS, BooleanExpression, operations
from ouroboros_judges.answers.answering import Answering

OPERATORS = {"&": operator.and_, "|": operator.or_, "^": operator.ne, ">": operator.le}
TRUE = frozenset(("!f", "t&t", "t|t", "t|f", "f|t", "t^f", "f^t", "t>t", "f>t", "f>f"))
"""The operations on constants that give t."""
REDEX = re.compile(r"!([tf])|\(([tf][&|^>][tf])\)")
BEFORE = 3  # characters at most from the start of an operation to its last operand


def value_of(asked: str) -> str:
    """What an operation on constants gives."""
    if asked[0] == "!":
        return "ft"[asked == "!f"]
    return "ft"[OPERATORS[asked[1]](asked[0] == "t", asked[2] == "t")]


def rewritten(text: str) -> Iterator[str]:
    """The lines of the solution, from one rewriting to the next."""
    start = 0
    while found := REDEX.search(text, start):
        asked = found[2] or found[0]
        value = "t" if asked in TRUE else "f"
        yield f"{asked}={value}"
        text = text[: found.start()] + value + text[found.end() :]
        start = max(found.start() - BEFORE, 0)
    yield text


class BooleanExpressionAnswers(Answering):
    """Answers to `boolean_expression`."""

    name: str = "boolean_expression"
    family: BooleanExpression = BooleanExpression()  # pyright: ignore[reportIncompatibleVariableOverride]

    def solve(self, prompt: str) -> tuple[str, ...]:
        """The reference lines, from a stack; UsageError where the text is not a prompt."""
        return tuple(operations(self.family.symbols(prompt), value_of))

    def again(self, prompt: str) -> tuple[str, ...]:
        """The same lines, by rewriting."""
        return tuple(rewritten(prompt[:-1]))

    def means(self, prompt: str, answer: str, right: str) -> bool:
        """Whether a free answer is the same truth value in full or as T or F."""
        del prompt
        told = answer.strip(" \n") if len(answer) <= 100 else ""
        return told == right.upper() or told.lower() == TRUTHS[right]
