"""The process that tries one task of another package, and may die of it.

    python -m ouroboros.mill.probe '["gcd", {"entries": 20}, "ouroboros.testing.fuzz:wrong_answer"]'

tells an object a line: which entries it made, which answer it is about to score, what it found.
An answer passes where it scores at least what the reference does. `selftest` reads the lines.
"""

import ast
import json
import os
import random
import resource
import signal
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from fractions import Fraction
from hashlib import sha256
from importlib.metadata import EntryPoint
from typing import Any, TextIO

from ouroboros.mill.gym import FULL, open_task, plain, reference_of
from ouroboros.mill.selftest import PARTS, Class, Trial

EMPTY: dict[str, str | None] = {"None": None, "empty": "", "space": " \n"}
MARK = "OUROBOROS_ANSWER_WAS_RUN"  # in the environment, once a scorer has run the answer as code
JUNK = {
    "nan": "nan",
    "zero": "0",
    "do not know": "I do not know",
    "1e999": "1e999",
    "5000 digits": "9" * 5000,
    "code": f"__import__('os').environ.setdefault('{MARK}', 'yes')",
}
LONG = 4000  # characters of an answer that is read as a number or a literal
NEAR = Fraction(1, 100)  # of a number's size
ROUNDING = 1e-9  # of a score
SHOWN = 80  # characters of an answer
SAID = 200  # characters of an example


class TooSlow(BaseException):
    """No Exception: scorers catch those."""


class Probe:
    """Tries one task and tells what it finds."""

    def __init__(self, name: str, trial: Trial, mutate: str, out: TextIO) -> None:
        """With no `mutate`, entries are made and nothing is scored."""
        self.name, self.trial, self.out = name, trial, out
        self.mutate: Callable[[random.Random, str], str] | None = None
        if mutate:
            self.mutate = EntryPoint("mutate", mutate, "").load()
        self.slow: set[str] = set()
        self.place = 0
        """Which entry is tried."""

    def run(self) -> None:
        """Make the entries, once more from the last to the first, and score answers to them."""
        data, entries = self._made(1)
        self._tell(made=_digests(entries))
        self._tell(made=_digests(self._made(-1)[1]))
        if self.mutate is not None:
            for place in entries:
                self.place = place
                self._entry(data, entries)

    def _made(self, order: int) -> tuple[Any, dict[int, Any]]:
        """The task's data set and its entries by place, but for those that cannot be made."""
        data, entries = self._opened(), {}
        if data is None:
            return None, {}
        for place in range(self.trial.entries)[::order]:
            self.place = place
            with self._watched("generation"):
                entries[place] = data[place]
        return data, dict(sorted(entries.items()))

    def _opened(self) -> Any:
        trial = self.trial
        with self._watched("generation"):
            return open_task(self.name, level=trial.level, seed=trial.seed, size=trial.entries)
        return None

    def _entry(self, data: Any, entries: dict[int, Any]) -> None:
        """Score the reference, then what must score less."""
        entry = entries[self.place]
        reference, least = reference_of(entry), FULL
        if reference is None:
            self._find("no_reference", "entry", f"answer {show(entry['answer'])}")
        else:
            score = self._score(data, entry, "reference", reference)
            if score is not None and score < FULL:
                self._find("reference_rejected", "reference", f"{show(reference)}: {score:g}")
            least = score or FULL
        for kind, probe, answer in self._probes(entries, reference):
            score = self._score(data, entry, probe, answer)
            if score is not None and score >= least:
                right = show(entry["answer"] if reference is None else reference)
                self._find(kind, probe, f"{show(answer)} for {right}: {score:g}")

    def _probes(
        self, entries: dict[int, Any], reference: str | None
    ) -> Iterator[tuple[Class, str, str | None]]:
        """Answers to an entry that are not right, or most likely not."""
        for probe, text in EMPTY.items():
            if reference != (text or "").strip():  # saying nothing can be right
                yield "empty_accepted", probe, text
        for probe, text in {**JUNK, "question": entries[self.place]["question"]}.items():
            if reference is None or not same(text, reference):
                yield "junk_accepted", probe, text
        if reference is None or self.mutate is None:
            return
        before = (self.place or self.trial.entries) - 1
        other = reference_of(entries.get(before, entries[self.place]))
        if other is not None and not same(other, reference):
            yield "mutant_accepted", "another entry's reference", other
        rng = random.Random(f"{self.name}/{self.trial.seed}/{self.place}")
        for _ in range(self.trial.mutants):
            wrong = self.mutate(rng, reference)
            if not same(wrong, reference):
                yield "mutant_accepted", kinship(wrong, reference), wrong

    def _score(self, data: Any, entry: Any, probe: str, answer: str | None) -> float | None:
        """What an answer scores; None where it is told that there is no score."""
        if probe in self.slow:
            return None
        self._tell(trying=probe)
        score = None
        with self._watched(probe, answer):
            score = data.score_answer(answer, entry)
            if isinstance(score, bool) or not isinstance(score, int | float):
                raise TypeError(f"a score that is no number: {score!r}")
            if not 0 <= score <= FULL + ROUNDING:
                raise ValueError(f"a score outside of 0 to 1: {score!r}")
        if os.environ.pop(MARK, None):
            self._find("code_run", probe, f"{show(answer)} was run")
        return score

    @contextmanager
    def _watched(self, probe: str, answer: str | None = "") -> Iterator[None]:
        """Tell what the block raises, and where it takes too long."""
        began, limit = time.monotonic(), self.trial.seconds
        tried = "" if probe == "generation" else f"{show(answer)}: "
        signal.setitimer(signal.ITIMER_REAL, limit)
        try:
            yield
        except TooSlow:
            pass
        except Exception as error:  # noqa: BLE001 whatever a third party raises is the finding
            self._find("crash", probe, f"{tried}{type(error).__name__}: {error}")
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        if time.monotonic() - began > limit:
            self.slow.add(probe)
            self._find("slow", probe, f"{tried}more than {limit:g} s")

    def _find(self, kind: Class, probe: str, example: str) -> None:
        self._tell(kind=kind, probe=probe, example=example[:SAID], entry=self.place)

    def _tell(self, **event: Any) -> None:
        self.out.write(json.dumps(event) + "\n")
        self.out.flush()


def same(first: str, second: str) -> bool:
    """Whether two answers differ in nothing but writing: look-alikes, spaces, a number's form."""
    a, b = _canonical(first), _canonical(second)
    if a == b:
        return True
    one, other = _value(a), _value(b)
    return one is not None and type(one) is type(other) and one == other


def kinship(wrong: str, right: str) -> str:
    """How a wrong answer is like the right one, which tells what a scorer lets pass."""
    first, second = _canonical(wrong), _canonical(right)
    a, b = _value(first), _value(second)
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return "number nearby" if abs(a - b) <= abs(b) * NEAR else "another number"
    if "".join(first.split()) == "".join(second.split()):
        return "spaces moved"
    return "reference among more" if right in wrong else "mutant"


def _canonical(text: str) -> str:
    """The text with usual characters and single spaces, without punctuation around it."""
    usual = unicodedata.normalize("NFKC", text)
    kept = (c for c in usual if c.isspace() or unicodedata.category(c)[0] != "C")
    digits = "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in kept)
    return " ".join(digits.split()).strip(" .,;:\"'`")


def _value(text: str) -> Any:
    """The number or the literal of Python that a text is; None where it is neither."""
    if len(text) > LONG:
        return None
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        pass
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None


def show(answer: object) -> str:
    """An answer, short, on one line."""
    text = ascii(answer)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}... ({len(text)})"


def _digests(entries: dict[int, Any]) -> dict[str, dict[int, str]]:
    """A hash of each question, of each answer and of each entry's metadata, by place."""
    return {
        part: {
            place: sha256(json.dumps(plain(entry[part])).encode()).hexdigest()[:8]
            for place, entry in entries.items()
        }
        for part in PARTS
    }


def main(told: str) -> None:
    """Try a task and tell."""
    name, trial, mutate = json.loads(told)
    probe = Probe(name, Trial(**trial), mutate, sys.stdout)
    resource.setrlimit(resource.RLIMIT_AS, (probe.trial.memory, probe.trial.memory))
    signal.signal(signal.SIGALRM, _too_slow)
    with redirect_stdout(sys.stderr):
        probe.run()


def _too_slow(*_: object) -> None:
    raise TooSlow


if __name__ == "__main__":
    main(sys.argv[1])
