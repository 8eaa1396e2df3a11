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

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import get_args

from ouroboros.envs import Family, Format
from ouroboros.envs.base import Domain
from ouroboros.errors import UsageError
from ouroboros.testing.mutants import JUNK_LINES, JUNK_PROMPTS, near_misses, wrong_answers
from ouroboros.testing.relations import (
    a_piece_put_back_changes_nothing,
    a_wrong_solution_has_wrong_views,
    an_echo_is_right,
    an_echo_of_a_wrong_solution_is_wrong,
    mistakes_are_mended_piece_by_piece,
    views_of_a_right_solution_are_right,
    what_does_not_fit_is_not_put_in,
)
from ouroboros.testing.subject import Rule, Subject, quote
from ouroboros_judges.answers import Answers

LEVELS = (1, 2, 3, 7, 40, 5000)  # 5000 is past Python's 4300 digits of int(str)
BREACHES_SHOWN = 3  # per rule
PHRASINGS, LEAST_PHRASINGS = 12, 3


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
        found.append(f"{title}: raised {type(error).__name__}: {quote(str(error))}")
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
            yield f"level_of({quote(prompt)}) is {family.level_of(prompt)}, not {level}"
        if not prompt or set(prompt) - set(family.alphabet):
            yield f"{quote(prompt)} is empty or leaves the alphabet"
        if pattern.fullmatch(prompt) is None:
            yield f"{quote(prompt)} does not match the described pattern"


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
        for ask in (
            family.level_of,
            family.completion_length,
            answers.solve,
            answers.reference,
        ):
            if not _refuses(lambda ask=ask, junk=junk: ask(junk)):
                yield f"{ask.__name__}({quote(junk)}) must raise UsageError, in one line"
        if answers.verify(junk, ("1",)).correct or family.check(junk, ("1",)):
            yield f"an attempt at {quote(junk)} passes"


def the_reference_solution_passes(subject: Subject) -> Iterator[str]:
    """It verifies, passes the self checks, keeps to the alphabet and to the bound on length."""
    family, answers = subject.family, subject.answers
    for prompt, lines in subject.solved():
        verdict = answers.verify(prompt, lines)
        if not verdict.correct or verdict.first_bad_line is not None:
            yield f"verify rejects the reference solution of {quote(prompt)}"
        if answers.reference(prompt) != tuple(lines):
            yield f"reference is not what solve finds for {quote(prompt)}"
        if not family.check(prompt, lines):
            yield f"check rejects the reference solution of {quote(prompt)}"
        if not lines or set("".join(lines)) - set(family.alphabet):
            yield f"the solution of {quote(prompt)} is empty or leaves the alphabet"
        if len("\n".join(lines)) > family.completion_length(prompt):
            yield f"the solution of {quote(prompt)} is longer than completion_length"


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
                yield f"{quote(attempt)} for {quote(prompt)} got {verdict}"


def self_checks_never_raise(subject: Subject) -> Iterator[str]:
    """`check` refuses foreign characters and empty attempts, the others what `check` refuses."""
    family = subject.family
    for prompt, lines in subject.solved():
        for attempt in (*near_misses(lines, family.alphabet), *JUNK_LINES):
            accepted = family.check(prompt, attempt)
            echo = family.echo(prompt, attempt)
            text = "".join(attempt)
            if accepted and (not text or set(text) - set(family.alphabet)):
                yield f"check accepts {quote(attempt)} for {quote(prompt)}"
            if echo is not None and not accepted:
                yield f"echo of {quote(prompt)} builds on {quote(attempt)}, which check refuses"
            if family.views(prompt, attempt) and not accepted:
                yield f"views of {quote(prompt)} build on {quote(attempt)}, which check refuses"


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
            yield f"verify gave two verdicts on {quote(case)}"


def problems_read_in_words(subject: Subject) -> Iterator[str]:
    """Facts are JSON, the question is asked in several ways, and a solution reads as text."""
    family = subject.family
    if family.domain not in get_args(Domain):
        yield f"{family.domain!r} is no domain; there are {', '.join(get_args(Domain))}"
    ways: set[str] = set()
    for prompt, lines in subject.solved():
        facts = family.facts(prompt)
        if not isinstance(facts, dict) or not facts or json.loads(json.dumps(facts)) != facts:
            yield f"facts({quote(prompt)}) is no JSON object"
        asked = [family.phrase(prompt, seed) for seed in range(PHRASINGS)]
        if asked != [family.phrase(prompt, seed) for seed in range(PHRASINGS)]:
            yield f"phrase({quote(prompt)}) differs from call to call"
        if any(not text.strip() or "{" in text for text in asked):
            yield f"phrase({quote(prompt)}) is empty or has a hole"
        ways |= {re.sub("[0-9]+", "", text) for text in asked}
        read = family.read(prompt, lines)
        if not read or not all(read):
            yield f"read({quote(prompt)}) is empty"
    if len(ways) < LEAST_PHRASINGS:
        yield f"the question is put in {len(ways)} ways; at least {LEAST_PHRASINGS} are asked for"
    for junk in JUNK_PROMPTS:
        for ask in (family.facts, lambda text: family.phrase(text, 0)):
            if not _refuses(lambda ask=ask, junk=junk: ask(junk)):
                yield f"facts and phrase of {quote(junk)} must raise UsageError, in one line"


def free_answers_are_judged_by_meaning(subject: Subject) -> Iterator[str]:
    """The answer is accepted as it reads; what differs from it or is junk is not."""
    answers = subject.answers
    for prompt, lines in subject.solved():
        read = subject.family.read(prompt, lines)[-1]
        for right in (read, f" {read}\n"):
            if not answers.accepts(prompt, right):
                yield f"accepts refuses {quote(right)} for {quote(prompt)}"
        for wrong in wrong_answers(read):
            if answers.accepts(prompt, wrong):
                yield f"accepts takes {quote(wrong)} for {quote(prompt)}, not {quote(read)}"
    for junk in JUNK_PROMPTS:
        if answers.accepts(junk, "1"):
            yield f"an answer to {quote(junk)} is accepted"


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
    views_of_a_right_solution_are_right,
    a_wrong_solution_has_wrong_views,
    a_piece_put_back_changes_nothing,
    what_does_not_fit_is_not_put_in,
    mistakes_are_mended_piece_by_piece,
    problems_read_in_words,
    free_answers_are_judged_by_meaning,
)


def _refuses(ask: Callable[[], object]) -> bool:
    """Whether a call raises a UsageError of one short line."""
    try:
        ask()
    except UsageError as error:
        return "\n" not in str(error) and len(str(error)) < 1000
    return False


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

    def test_views_of_a_right_solution_are_right(self) -> None:
        self._demand(views_of_a_right_solution_are_right)

    def test_a_wrong_solution_has_wrong_views(self) -> None:
        self._demand(a_wrong_solution_has_wrong_views)

    def test_a_piece_put_back_changes_nothing(self) -> None:
        self._demand(a_piece_put_back_changes_nothing)

    def test_what_does_not_fit_is_not_put_in(self) -> None:
        self._demand(what_does_not_fit_is_not_put_in)

    def test_mistakes_are_mended_piece_by_piece(self) -> None:
        self._demand(mistakes_are_mended_piece_by_piece)

    def test_problems_read_in_words(self) -> None:
        self._demand(problems_read_in_words)

    def test_free_answers_are_judged_by_meaning(self) -> None:
        self._demand(free_answers_are_judged_by_meaning)

    def _demand(self, rule: Rule) -> None:
        """Fail the test with every breach found."""
        subject = Subject(
            family=self.family, answers=self.answers, levels=self.levels, count=self.count
        )
        found = breaches(rule, subject)
        if found:
            raise AssertionError("\n".join(found))
