"""The conformance suite of a family: what both halves of a plugin must keep, checked by running it.

As a function, for any framework or none:

    problems = check_family(Copy(), CopyAnswers())     # [] where all is well

As pytest classes, a test per rule:

    class TestMine(FamilyConformance):
        family = Mine()
        answers = MineAnswers()

Each rule of `RULES` tries a family at several levels on proposed and adversarial prompts and
yields a sentence per breach. A family that raises breaks the rule that it raised in. Not covered:
whether the reference solution is the truth (two routes inside `verify` stand for that), whether
self checks peek at the truth, and families whose problems have more than one solution.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ouroboros.envs import Family, Format
from ouroboros.errors import UsageError
from ouroboros_judges.answers import Answers

LEVELS = (1, 2, 3, 7, 40, 5000)  # 5000 is past Python's 4300 digits of int(str)
LARGE = 1000  # a level from which on two prompts of each kind do
BREACHES_SHOWN = 3  # per rule
SHOWN = 60  # characters of a text that a message quotes
JUNK_PROMPTS = ("", " ", "=", "junk", "\u0661\u0662\u0663=", "\n", "\x00", "\ud800", "7" * 100_000)
JUNK_LINES: tuple[tuple[str, ...], ...] = (
    (),
    ("",),
    ("", ""),
    ("\n",),
    ("no",),
    ("\u0661\u0662\u0663",),
    ("\ud800",),
    ("\u0663" * 100_000,),
    ("1",) * 10_000,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Both halves of a family and what to try them on."""

    family: Family
    answers: Answers
    levels: Sequence[int]
    count: int
    """Prompts of each kind at a level."""

    def prompts(self, seed: int = 1) -> Iterator[tuple[int, str]]:
        """(level, prompt) of proposed and adversarial problems at every level."""
        for level in self.levels:
            count = self.count if level < LARGE else 2
            for task in self.family.propose(level, seed, count):
                yield level, task.prompt
            for prompt in self.answers.adversarial(level, seed, count):
                yield level, prompt

    def solved(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """(prompt, reference lines) of the same problems."""
        for _, prompt in self.prompts():
            yield prompt, self.answers.solve(prompt)


Rule = Callable[[Subject], Iterator[str]]


def check_family(
    family: Family, answers: Answers, levels: Sequence[int] = LEVELS, count: int = 12
) -> list[str]:
    """Every breach found, as sentences that name the rule; empty where there is none.

    Args:
        family: The asking half.
        answers: The answering half.
        levels: Levels to try; from 1,000 on with two prompts of each kind.
        count: Prompts of each kind, proposed and adversarial, at other levels.
    """
    subject = Subject(family=family, answers=answers, levels=levels, count=count)
    return [breach for rule in RULES for breach in breaches(rule, subject)]


def breaches(rule: Rule, subject: Subject) -> list[str]:
    """The first breaches of one rule; what the family raises is one."""
    title, found = rule.__name__.replace("_", " "), list[str]()
    try:
        for breach in rule(subject):
            found.append(f"{title}: {breach}")
            if len(found) == BREACHES_SHOWN:
                break
    except Exception as error:  # noqa: BLE001 a plugin may raise anything; that is the finding
        found.append(f"{title}: raised {type(error).__name__}: {_quote(str(error))}")
    return found


def both_halves_fit_their_protocols(subject: Subject) -> Iterator[str]:
    """Members, names, wall, alphabet and format are there and sensible."""
    family, answers = subject.family, subject.answers
    if not isinstance(family, Family):
        yield "the family lacks a member of ouroboros.envs.Family"
    if not isinstance(answers, Answers):
        yield "the answers lack a member of ouroboros_judges.answers.Answers"
    if family.name != answers.name:
        yield f"the halves are called {family.name!r} and {answers.name!r}"
    if not re.fullmatch("[a-z][a-z0-9_]*", family.name):
        yield f"{family.name!r} is no lower-case identifier"
    if family.wall < 1:
        yield f"the wall is at {family.wall}"
    alphabet = family.alphabet
    if not alphabet.isascii() or len(set(alphabet)) != len(alphabet) or "\n" in alphabet:
        yield "the alphabet must be distinct ASCII characters without the line break"
    described = family.describe()
    if not isinstance(described, Format) or not (described.summary and described.lines):
        yield "describe() must return a Format with a summary and lines"


def prompts_are_of_their_level(subject: Subject) -> Iterator[str]:
    """What is asked at a level is of it, in the alphabet and matches the pattern."""
    family = subject.family
    pattern = re.compile(family.describe().prompt_pattern)
    for level, prompt in subject.prompts():
        if family.level_of(prompt) != level:
            yield f"level_of({_quote(prompt)}) is {family.level_of(prompt)}, not {level}"
        if not prompt or set(prompt) - set(family.alphabet):
            yield f"{_quote(prompt)} is empty or leaves the alphabet"
        if pattern.fullmatch(prompt) is None:
            yield f"{_quote(prompt)} does not match the described pattern"


def tasks_are_as_many_as_asked(subject: Subject) -> Iterator[str]:
    """Counts and fields are those asked for; impossible levels and counts are refused."""
    family, answers = subject.family, subject.answers
    for count in (0, 1, 2, 5):
        tasks = family.propose(subject.levels[0], 3, count)
        if {(t.family, t.level, t.seed) for t in tasks} - {(family.name, subject.levels[0], 3)}:
            yield "a proposed task states another family, level or seed"
        if len(tasks) != count:
            yield f"propose gave {len(tasks)} tasks for {count}"
        if len(answers.adversarial(subject.levels[0], 3, count)) != count:
            yield f"adversarial gave another number than {count}"
    for level, count in ((0, 1), (-1, 1), (1, -1)):
        if not _refuses(lambda n=level, c=count: family.propose(n, 0, c)):
            yield f"propose(level={level}, count={count}) must raise UsageError"
        if not _refuses(lambda n=level, c=count: answers.adversarial(n, 0, c)):
            yield f"adversarial(level={level}, count={count}) must raise UsageError"


def a_seed_repeats_and_another_differs(subject: Subject) -> Iterator[str]:
    """The same request gives the same prompts, another seed gives others."""
    first, again = list(subject.prompts(seed=1)), list(subject.prompts(seed=1))
    if first != again:
        yield "the same level, seed and count gave other prompts the second time"
    level = max(subject.levels)
    proposed = [[t.prompt for t in subject.family.propose(level, s, 16)] for s in (1, 2)]
    if proposed[0] == proposed[1]:
        yield f"propose gives seeds 1 and 2 the same prompts at level {level}"
    adversarial = [subject.answers.adversarial(level, s, 16) for s in (1, 2)]
    if adversarial[0] == adversarial[1]:
        yield f"adversarial gives seeds 1 and 2 the same prompts at level {level}"


def junk_is_no_prompt(subject: Subject) -> Iterator[str]:
    """Texts that are no prompts are refused in one line, and nothing about them is correct."""
    family, answers = subject.family, subject.answers
    for junk in JUNK_PROMPTS:
        for ask in (family.level_of, family.completion_length, answers.solve):
            if not _refuses(lambda ask=ask, junk=junk: ask(junk)):
                yield f"{ask.__name__}({_quote(junk)}) must raise UsageError, in one line"
        if answers.verify(junk, ("1",)).correct or family.check(junk, ("1",)):
            yield f"an attempt at {_quote(junk)} passes"


def the_reference_solution_passes(subject: Subject) -> Iterator[str]:
    """It verifies, passes the self checks, keeps to the alphabet and to the bound on length."""
    family, answers = subject.family, subject.answers
    for prompt, lines in subject.solved():
        verdict = answers.verify(prompt, lines)
        if not verdict.correct or verdict.first_bad_line is not None:
            yield f"verify rejects the reference solution of {_quote(prompt)}"
        if not family.check(prompt, lines):
            yield f"check rejects the reference solution of {_quote(prompt)}"
        if not lines or set("".join(lines)) - set(family.alphabet):
            yield f"the solution of {_quote(prompt)} is empty or leaves the alphabet"
        if len("\n".join(lines)) > family.completion_length(prompt):
            yield f"the solution of {_quote(prompt)} is longer than completion_length"


def near_misses_and_junk_fail(subject: Subject) -> Iterator[str]:
    """Whatever differs from the solution is wrong, and the verdict says from which line on."""
    for prompt, lines in subject.solved():
        for attempt in (*near_misses(lines, subject.family.alphabet), *JUNK_LINES):
            if attempt == tuple(lines):
                continue
            pairs = enumerate(zip(attempt, lines, strict=False))
            shared = min(len(attempt), len(lines))
            first = next((i for i, (line, right) in pairs if line != right), shared)
            verdict = subject.answers.verify(prompt, attempt)
            if verdict.correct or verdict.first_bad_line != first:
                yield f"{_quote(attempt)} for {_quote(prompt)} got {verdict}"


def self_checks_never_raise(subject: Subject) -> Iterator[str]:
    """`check` refuses foreign characters and empty attempts, `echo` what `check` refuses."""
    family = subject.family
    for prompt, lines in subject.solved():
        for attempt in (*near_misses(lines, family.alphabet), *JUNK_LINES):
            accepted = family.check(prompt, attempt)
            echo = family.echo(prompt, attempt)
            text = "".join(attempt)
            if accepted and (not text or set(text) - set(family.alphabet)):
                yield f"check accepts {_quote(attempt)} for {_quote(prompt)}"
            if echo is not None and not accepted:
                yield f"echo of {_quote(prompt)} builds on {_quote(attempt)}, which check refuses"


def verifying_is_deterministic(subject: Subject) -> Iterator[str]:
    """The same attempt gets the same verdict, whatever was judged in between."""
    cases = [
        (prompt, attempt)
        for prompt, lines in subject.solved()
        for attempt in (lines, *near_misses(lines, subject.family.alphabet)[:2])
    ]
    forth = [subject.answers.verify(*case) for case in cases]
    back = [subject.answers.verify(*case) for case in reversed(cases)]
    for case, one, other in zip(cases, forth, reversed(back), strict=True):
        if one != other:
            yield f"verify gave two verdicts on {_quote(case)}"


def an_echo_is_right(subject: Subject) -> Iterator[str]:
    """What follows from a right solution is another problem with its right solution."""
    for prompt, lines in subject.solved():
        echo = subject.family.echo(prompt, lines)
        if echo is None:
            continue
        if echo[0] == prompt:
            yield f"the echo of {_quote(prompt)} asks the same again"
        if not subject.answers.verify(*echo).correct:
            yield f"the echo of {_quote(prompt)}, {_quote(echo)}, is wrong"


def an_echo_of_a_wrong_solution_is_wrong(subject: Subject) -> Iterator[str]:
    """An echo that is right whatever the lines confirms nothing."""
    for prompt, lines in subject.solved():
        for attempt in near_misses(lines, subject.family.alphabet):
            echo = subject.family.echo(prompt, attempt) if attempt != tuple(lines) else None
            if echo is not None and subject.answers.verify(*echo).correct:
                yield f"the echo of {_quote(attempt)} for {_quote(prompt)} is right nevertheless"


RULES: tuple[Rule, ...] = (
    both_halves_fit_their_protocols,
    prompts_are_of_their_level,
    tasks_are_as_many_as_asked,
    a_seed_repeats_and_another_differs,
    junk_is_no_prompt,
    the_reference_solution_passes,
    near_misses_and_junk_fail,
    self_checks_never_raise,
    verifying_is_deterministic,
    an_echo_is_right,
    an_echo_of_a_wrong_solution_is_wrong,
)


def near_misses(lines: Sequence[str], alphabet: str) -> list[tuple[str, ...]]:
    """Attempts that differ little from `lines`: a slip in one line, a line lost or added."""
    attempts = [
        (*lines[:i], slip, *lines[i + 1 :])
        for i in range(len(lines))
        for slip in _slips(lines[i], alphabet)
    ]
    return [
        *attempts,
        tuple(lines[:-1]),
        tuple(lines[1:]),
        (*lines, ""),
        (*lines, lines[-1]),
        (lines[0], *lines),
        ("\n".join(lines), ""),
        tuple(line + "\n" for line in lines),
    ]


def _slips(line: str, alphabet: str) -> list[str]:
    """The line with a character changed, two swapped, some lost or added, look-alikes."""
    slips = ["", line[1:], line[:-1], line + line[-1:], "0" + line, line + "0"]
    slips += [line + " ", " " + line, line + "\n", line + "\x00", line + "\u200b", line * 2]
    for place in {0, len(line) // 2, len(line) - 1} if line else ():
        others = [_next(line[place], alphabet, step) for step in (1, -1)]
        others += [chr(0xFF00 + ord(line[place]) - 0x20), "\u0663", "\ud800"]  # look-alikes
        slips += [line[:place] + other + line[place + 1 :] for other in others]
        slips.append(line[:place] + line[place : place + 2][::-1] + line[place + 2 :])
    return [slip for slip in slips if slip != line]


def _next(character: str, alphabet: str, step: int) -> str:
    """The neighbour in the alphabet: for digits, off by one."""
    return alphabet[(alphabet.find(character) + step) % len(alphabet)]


def _refuses(ask: Callable[[], object]) -> bool:
    """Whether a call raises a UsageError of one short line."""
    try:
        ask()
    except UsageError as error:
        return "\n" not in str(error) and len(str(error)) < 1000
    return False


def _quote(value: object) -> str:
    """A text short enough for a message."""
    shown = ascii(value)
    return shown if len(shown) <= SHOWN else shown[:SHOWN] + "..."


class FamilyConformance:
    """A pytest class to inherit: set `family` and `answers`, and each rule is a test.

    `levels` and `count` mean what they mean to `check_family`.
    """

    family: Family
    answers: Answers
    levels: Sequence[int] = LEVELS
    count: int = 12

    def test_both_halves_fit_their_protocols(self) -> None:
        """See the rule of the same name; so for each test below."""
        self._demand(both_halves_fit_their_protocols)

    def test_prompts_are_of_their_level(self) -> None:
        self._demand(prompts_are_of_their_level)

    def test_tasks_are_as_many_as_asked(self) -> None:
        self._demand(tasks_are_as_many_as_asked)

    def test_a_seed_repeats_and_another_differs(self) -> None:
        self._demand(a_seed_repeats_and_another_differs)

    def test_junk_is_no_prompt(self) -> None:
        self._demand(junk_is_no_prompt)

    def test_the_reference_solution_passes(self) -> None:
        self._demand(the_reference_solution_passes)

    def test_near_misses_and_junk_fail(self) -> None:
        self._demand(near_misses_and_junk_fail)

    def test_self_checks_never_raise(self) -> None:
        self._demand(self_checks_never_raise)

    def test_verifying_is_deterministic(self) -> None:
        self._demand(verifying_is_deterministic)

    def test_an_echo_is_right(self) -> None:
        self._demand(an_echo_is_right)

    def test_an_echo_of_a_wrong_solution_is_wrong(self) -> None:
        self._demand(an_echo_of_a_wrong_solution_is_wrong)

    def _demand(self, rule: Rule) -> None:
        """Fail the test with every breach found."""
        subject = Subject(
            family=self.family, answers=self.answers, levels=self.levels, count=self.count
        )
        found = breaches(rule, subject)
        if found:
            raise AssertionError("\n".join(found))
