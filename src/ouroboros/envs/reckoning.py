"""Families whose lines are sums that follow from one another, with signs: written, or read again.

    reckoning = Reckoning(result)
    reckoning.product("12", "-5")     "-60", and the line 21*5=06
    reckoning.total("-60", "14")      "-46", and the line 06-41=64

The lines are those of `ouroboros.envs.plan`: sizes without signs, sums and products from the last
digit on. Signs are the reader's to keep; a sum of unlike signs is the larger size less the smaller.
What is done next may hang on what was found before, which a plan cannot say. Where the results
come from is not known here: a judge supplies them, or an attempt, which is how its form is checked.
Not covered: negative quotients.
"""

from abc import abstractmethod
from collections.abc import Sequence

from ouroboros.envs.asking import Asking
from ouroboros.envs.digits import plain, smaller
from ouroboros.envs.plan import Operation, Result, Step, Worked, widest, width, work


class Reckoning:
    """The lines so far. Numbers go in and come out as people write them, "-60"."""

    def __init__(self, result: Result) -> None:
        self.lines: list[str] = []
        self._result = result

    def difference(self, left: str, right: str) -> str:
        """What is left of a number from which one that is not larger is taken."""
        return plain(self._work(left, "-", right).values["found"])

    def product(self, left: str, right: str) -> str:
        """The product; the longer number is taken times the digits of the shorter."""
        longer, shorter = sorted((size(left), size(right)), key=len, reverse=True)
        found = self._work(longer, "*", shorter).values["found"]
        return signed(plain(found), negative=negative(left) != negative(right))

    def total(self, left: str, right: str) -> str:
        """The sum."""
        return self._together(left, size(right), minus=negative(right))

    def less(self, left: str, right: str) -> str:
        """The first number less the second."""
        return self._together(left, size(right), minus=not negative(right))

    def quotient(self, left: str, right: str) -> str:
        """The quotient of two numbers without signs, "2+1/3" where it is not whole."""
        return self._work(left, "/", right).answer()

    def whole_quotient(self, left: str, right: str) -> str:
        """The quotient of two numbers without signs; ValueError where it is not whole."""
        found = self.quotient(left, right)
        if "/" in found:
            raise ValueError("a division leaves a rest")
        return found

    def _together(self, left: str, right: str, *, minus: bool) -> str:
        """The sum of a number and of a size that may count as negative."""
        first, sign = size(left), negative(left)
        if sign == minus:
            return signed(plain(self._work(first, "+", right).values["found"]), negative=sign)
        if smaller(first, right):
            first, right, sign = right, first, minus
        return signed(self.difference(first, right), negative=sign)

    def _work(self, left: str, op: Operation, right: str) -> Worked:
        return work((Step("found", left, op, right),), {}, self._write)

    def _write(self, op: str, left: str, right: str) -> str:
        found = self._result(op, left, right)
        self.lines.append(f"{left}{op}{right}={found}")
        return found


class Rereading(Reckoning):
    """Takes the results from an attempt's lines; IndexError or ValueError where they do not fit."""

    def __init__(self, attempt: Sequence[str]) -> None:
        super().__init__(self._read)
        self._attempt = attempt

    def _read(self, op: str, left: str, right: str) -> str:
        start = f"{left}{op}{right}="
        line = self._attempt[len(self.lines)]
        found = line[len(start) :]
        spare = len(found) - width(op, left, right)
        formed = found.isascii() and found.isdigit() and spare in (0, op in "+*")
        if not (line.startswith(start) and formed):
            raise ValueError(f"not of the form {start}...")
        return found


class Reckoned(Asking):
    """The asking half of a family that is solved by reckoning."""

    domain = "mathematics"

    @abstractmethod
    def reckon(self, prompt: str, reckoning: Reckoning) -> str:
        """Write the lines that solve a problem and return its answer.

        Raises ValueError where the problem has no answer of our form, UsageError where the text is
        no prompt.
        """

    def text(self, prompt: str, result: Result) -> tuple[str, ...]:
        """The solution: every line, then the answer."""
        reckoning = Reckoning(result)
        answer = self.reckon(prompt, reckoning)
        return (*reckoning.lines, answer)

    def fits(self, prompt: str, lines: Sequence[str]) -> bool:
        """Whether the lines are those of a solution but perhaps for the results."""
        reread = Rereading(lines)
        try:
            answer = self.reckon(prompt, reread)
        except (IndexError, ValueError):
            return False
        return (*reread.lines, answer) == tuple(lines)

    def completion_length(self, prompt: str) -> int:
        """Characters of the lines were all results as long as can be."""
        return len("\n".join(self.text(prompt, longest)))


def longest(op: str, left: str, right: str) -> str:
    """The longest result there could be where no division by a digit leaves a rest."""
    found = widest(op, left, right)
    return f"{found[:-1]}0" if op == "%" else found


def size(number: str) -> str:
    """A number without its sign."""
    return number.lstrip("-")


def negative(number: str) -> bool:
    """Whether a number has a minus before it."""
    return number.startswith("-")


def signed(digits: str, *, negative: bool) -> str:
    """A number with its sign, which 0 has not."""
    return f"-{digits}" if negative and digits != "0" else digits


def opposite(number: str) -> str:
    """The number with the other sign."""
    return signed(size(number), negative=not negative(number))


def enclosed(number: str) -> str:
    """A number as it is written behind a sign: a negative one in brackets."""
    return f"(\u2212{size(number)})" if negative(number) else number
