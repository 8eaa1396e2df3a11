"""The conformance suite passes what ships and catches what is broken, rule by rule."""

import random
from contextlib import suppress
from dataclasses import replace

import pytest

from ouroboros.envs import BUILT_IN, load_families
from ouroboros.envs.addition import ForwardAddition
from ouroboros.envs.base import View
from ouroboros.envs.boolean_chain import BooleanChain
from ouroboros.envs.kinematics import Kinematics
from ouroboros.envs.parity import ParityChain
from ouroboros.envs.strings import Copy, Reverse
from ouroboros.testing import FamilyConformance, check_family, conformance
from ouroboros.types import Verdict
from ouroboros_judges.answers import load_answers
from ouroboros_judges.answers.addition import ForwardAdditionAnswers
from ouroboros_judges.answers.boolean_chain import BooleanChainAnswers
from ouroboros_judges.answers.kinematics import KinematicsAnswers
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


class TestBooleanChain(FamilyConformance):
    family = BooleanChain()
    answers = BooleanChainAnswers()


class TestKinematics(FamilyConformance):
    family = Kinematics()
    answers = KinematicsAnswers()
    levels = (1, 2, 3, 7, 40)


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


class Viewed(Copy):
    """The twin is the string turned around, the parts are its halves, a step its first character.

    A broken one changes what `seen` says of the string that is asked for and of the line.
    """

    def views(self, prompt, lines):
        if not self.check(prompt, lines):
            return ()
        return tuple(
            View(kind=kind, family=family, prompt=f"{asked}=", lines=(found,))
            for kind, family, asked, found in self.seen(prompt[:-1], lines[0])
        )

    def seen(self, text, line):
        yield "twin", "reverse", text, line[::-1]
        yield "step", "copy", text[0], line[0]
        if half := len(text) // 2:
            yield "split", "copy", text[:half], line[:half]
            yield "split", "copy", text[half:], line[half:]


class WrongTwin(Viewed):
    def seen(self, text, line):
        yield "twin", "reverse", text, line


class WrongPart(Viewed):
    def seen(self, text, line):
        yield from super().seen(text, line)
        yield "split", "copy", text, line[::-1]


class FormlessStep(Viewed):
    def seen(self, text, line):
        yield "step", "reverse", text, line + line[-1]


class SameTwin(Viewed):
    def seen(self, text, line):
        yield "twin", "copy", text, line


class EmptyTwin(Viewed):
    """Right whatever the line says."""

    def seen(self, text, line):
        yield "twin", "reverse", text, text[::-1]


class HalfSeen(Viewed):
    """Never looks at the last character, and covers that up with a twin."""

    def seen(self, text, line):
        yield "twin", "reverse", text, line[::-1]
        if rest := text[:-1]:
            yield "split", "copy", rest, line[:-1]


class ViewsOfJunk(Viewed):
    def check(self, prompt, lines):
        return super().check(prompt, lines) and len(prompt) < 4

    def views(self, prompt, lines):
        return Viewed().views(prompt, lines)


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
        (ViewsOfJunk, "self checks never raise"),
        (WrongTwin, "views of a right solution are right"),
        (WrongPart, "views of a right solution are right"),
        (FormlessStep, "views of a right solution are right"),
        (SameTwin, "views of a right solution are right"),
        (EmptyTwin, "a wrong solution has wrong views"),
        (HalfSeen, "a wrong solution has wrong views"),
    ],
)
def test_a_broken_family_is_caught_by_its_rule(family, rule):
    problems = check_family(family(), CopyAnswers(), count=4)
    assert any(problem.startswith(rule) for problem in problems), problems


class Distant(Viewed):
    """Some views are of a family that is not installed here."""

    def seen(self, text, line):
        yield "twin", "chess", text, text
        yield "split", "chess", text, text
        yield "split", "copy", text, text


@pytest.mark.parametrize("family", [Viewed, Distant])
def test_views_that_look_at_every_character_or_cannot_be_judged_conform(family):
    assert check_family(family(), CopyAnswers(), count=4) == []


def test_a_step_may_be_right_where_the_solution_is_not():
    step = Viewed().views("ab=", ("ac",))[1]
    assert (step.kind, step.prompt, step.lines) == ("step", "a=", ("a",))


@pytest.mark.parametrize("name", ["forward_addition", "boolean_chain"])
def test_among_the_wrong_solutions_are_some_that_agree_with_themselves(name):
    family, found = load_families([name])[name], load_answers([name])[name]
    subject = conformance.Subject(family=family, answers=found, levels=(4,), count=8)
    cases = list(subject.mistaken())
    assert sum(family.check(*case) for case in cases) >= 8
    assert not any(found.verify(*case).correct for case in cases)


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
