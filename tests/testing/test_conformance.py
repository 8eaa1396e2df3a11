"""The conformance suite passes what ships and catches what is broken, rule by rule."""

import random
from contextlib import suppress
from dataclasses import replace

import pytest

from ouroboros.envs import BUILT_IN, load_families
from ouroboros.envs.addition import ForwardAddition
from ouroboros.envs.parity import ParityChain
from ouroboros.envs.strings import Copy, Reverse
from ouroboros.testing import FamilyConformance, check_family, conformance
from ouroboros.types import Verdict
from ouroboros_judges.answers import load_answers
from ouroboros_judges.answers.addition import ForwardAdditionAnswers
from ouroboros_judges.answers.parity import ParityChainAnswers
from ouroboros_judges.answers.strings import CopyAnswers, ReverseAnswers


class TestReverseAddition(FamilyConformance):
    family = load_families(["reverse_addition"])["reverse_addition"]
    answers = load_answers(["reverse_addition"])["reverse_addition"]


class TestForwardAddition(FamilyConformance):
    family = ForwardAddition()
    answers = ForwardAdditionAnswers()


class TestCopy(FamilyConformance):
    family = Copy()
    answers = CopyAnswers()


class TestReverse(FamilyConformance):
    family = Reverse()
    answers = ReverseAnswers()


class TestParityChain(FamilyConformance):
    family = ParityChain()
    answers = ParityChainAnswers()


@pytest.mark.parametrize("name", list(BUILT_IN))
def test_what_ships_conforms(name):
    family, found = load_families([name])[name], load_answers([name])[name]
    assert check_family(family, found, levels=(1, 2, 3), count=4) == []


def test_the_pytest_class_has_a_test_for_every_rule():
    tests = {name.removeprefix("test_") for name in vars(FamilyConformance) if "test_" in name}
    assert tests == {rule.__name__ for rule in conformance.RULES}


class Nameless(Copy):
    name = "Copy That"


class WithoutEcho:
    name = "copy"
    wall = 6
    alphabet = Copy.alphabet
    propose, level_of, check = Copy.propose, Copy.level_of, Copy.check
    describe, completion_length = Copy.describe, Copy.completion_length


class TooLong(Copy):
    def propose(self, level, seed, count):
        return [replace(t, prompt="a" + t.prompt) for t in super().propose(level, seed, count)]


class Foreign(Copy):
    alphabet = "0123456789abcdefgh="


class OneTooFew(Copy):
    def propose(self, level, seed, count):
        return super().propose(level, seed, count)[:-1]


class AnyLevel(Copy):
    def propose(self, level, seed, count):
        return super().propose(max(level, 1), seed, max(count, 0))


class Forgetful(Copy):
    def propose(self, level, seed, count):
        return super().propose(level, random.Random().getrandbits(60), count)


class Unchanging(Copy):
    def propose(self, level, seed, count):
        return [replace(t, seed=seed) for t in super().propose(level, 1, count)]


class Permissive(Copy):
    def level_of(self, prompt):
        return max(1, len(prompt) - 1)


class Tight(Copy):
    def completion_length(self, prompt):
        return super().completion_length(prompt) - 1


class Strict(Copy):
    def check(self, prompt, lines):
        return super().check(prompt, lines) and len(prompt) < 20


class Lax(Copy):
    def check(self, prompt, lines):
        return True


class Nervous(Copy):
    def check(self, prompt, lines):
        return lines[0] is not None and super().check(prompt, lines)


class WrongEcho(Copy):
    def mirror(self, text, line):
        return text[::-1], line


class SameEcho(Copy):
    def echo(self, prompt, lines):
        return (prompt, tuple(lines)) if self.check(prompt, lines) else None


class EmptyEcho(Copy):
    def mirror(self, text, line):
        return text[::-1], text[::-1]


class EchoOfJunk(Copy):
    def echo(self, prompt, lines):
        return super().echo(prompt, (prompt[:-1],))


class Tasteless(Copy):
    def describe(self):
        return replace(super().describe(), prompt_pattern="[a-j]+=")


@pytest.mark.parametrize(
    ("family", "rule"),
    [
        (Nameless, "both halves fit their protocols"),
        (WithoutEcho, "both halves fit their protocols"),
        (TooLong, "prompts are of their level"),
        (Foreign, "prompts are of their level"),
        (Tasteless, "prompts are of their level"),
        (OneTooFew, "tasks are as many as asked"),
        (AnyLevel, "tasks are as many as asked"),
        (Forgetful, "a seed repeats and another differs"),
        (Unchanging, "a seed repeats and another differs"),
        (Permissive, "junk is no prompt"),
        (Tight, "the reference solution passes"),
        (Strict, "the reference solution passes"),
        (Lax, "self checks never raise"),
        (Nervous, "self checks never raise"),
        (EchoOfJunk, "self checks never raise"),
        (WrongEcho, "an echo is right"),
        (SameEcho, "an echo is right"),
        (EmptyEcho, "an echo of a wrong solution is wrong"),
    ],
)
def test_a_broken_family_is_caught_by_its_rule(family, rule):
    problems = check_family(family(), CopyAnswers(), count=4)
    assert any(problem.startswith(rule) for problem in problems), problems


class Generous(CopyAnswers):
    """Accepts every line of the right length."""

    def verify(self, prompt, lines):
        right = len(lines) == 1 and len(lines[0]) == len(prompt) - 1
        return Verdict(correct=right, first_bad_line=None if right else 0, judge="copy")


class Stripping(CopyAnswers):
    """Forgives white space, as a careless judge would."""

    def verify(self, prompt, lines):
        return super().verify(prompt, [line.strip() for line in lines])


class Unicode(ForwardAdditionAnswers):
    """Compares numbers by int(), which reads every script's digits."""

    def verify(self, prompt, lines):
        with suppress(ValueError):
            lines = [str(int(line)) if i else line for i, line in enumerate(lines)]
        return super().verify(prompt, lines)


class Divided(CopyAnswers):
    """Finds no agreement between its routes."""

    def reference(self, prompt):
        return super().reference(prompt) and None


class Harsh(CopyAnswers):
    def verify(self, prompt, lines):
        return Verdict(correct=False, first_bad_line=0, judge="copy")


class Fragile(CopyAnswers):
    def verify(self, prompt, lines):
        return super().verify(prompt, [lines[0], *lines[1:]])


class Moody(CopyAnswers):
    """Tires while it judges."""

    judged = 0

    def verify(self, prompt, lines):
        self.judged += 1
        return replace(super().verify(prompt, lines), judge=f"copy, after {self.judged}")


class Vague(CopyAnswers):
    """Says that something is wrong, but not where."""

    def verify(self, prompt, lines):
        return replace(super().verify(prompt, lines), first_bad_line=None)


class Capped(ForwardAdditionAnswers):
    """Falls over Python's limit of 4300 digits."""

    def solve(self, prompt):
        first, second = self.family.operands(prompt)
        total = str(int(first) + int(second))
        return (total[::-1], total)


class Mistaken(CopyAnswers):
    def solve(self, prompt):
        return (super().solve(prompt)[0][::-1],)


class Stray(CopyAnswers):
    def adversarial(self, level, seed, count):
        return super().adversarial(level + 1, seed, count)


@pytest.mark.parametrize(
    ("answers", "rule"),
    [
        (Generous, "near misses and junk fail"),
        (Stripping, "near misses and junk fail"),
        (Unicode, "near misses and junk fail"),
        (Fragile, "near misses and junk fail"),
        (Vague, "near misses and junk fail"),
        (Harsh, "the reference solution passes"),
        (Divided, "the reference solution passes"),
        (Capped, "the reference solution passes"),
        (Mistaken, "the reference solution passes"),
        (Moody, "verifying is deterministic"),
        (Stray, "prompts are of their level"),
    ],
)
def test_broken_answers_are_caught_by_their_rule(answers, rule):
    family = load_families([answers.name])[answers.name]
    problems = check_family(family, answers(), count=4)
    assert any(problem.startswith(rule) for problem in problems), problems


def test_halves_of_two_families_do_not_conform():
    problems = check_family(Copy(), ReverseAnswers())
    assert "the halves are called 'copy' and 'reverse'" in problems[0]


def test_a_breach_fails_the_test_of_the_pytest_class_and_names_the_problem():
    class Broken(FamilyConformance):
        family = WrongEcho()
        answers = CopyAnswers()

    with pytest.raises(AssertionError, match="an echo is right: the echo of"):
        Broken().test_an_echo_is_right()


def test_reports_are_short_even_where_everything_is_wrong():
    problems = check_family(Copy(), Harsh())
    assert len(problems) <= conformance.BREACHES_SHOWN * len(conformance.RULES)
    assert max(map(len, problems)) < 400


def test_near_misses_hold_the_promised_kinds():
    attempts = conformance.near_misses(("129",), "0123456789")
    wanted = [
        "128",
        "120",
        "139",
        "029",
        "219",
        "12",
        "29",
        "1299",
        "0129",
        "129 ",
        "\uff1129",
        "\u066329",
        "",
    ]
    assert {(line,) for line in wanted} <= set(attempts)
    assert ("129",) not in attempts
    assert () in attempts
    assert ("129", "129") in attempts
