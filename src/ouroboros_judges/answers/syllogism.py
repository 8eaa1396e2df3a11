"""The truth about chains of statements: by moods, by Venn diagrams and by following people.

    SyllogismAnswers().solve("aec=")   ("aee", "e")

Route one applies the valid moods, learnt by heart as at school. Route two finds the same lines by
models: all ways in which the eight regions of three circles can be inhabited are tried, and a
conclusion is what holds in each that obeys both premises. That two statements at a time are enough
is not taken for granted: `confirms` looks at the chain as a whole, and at people instead of moods.
All that the statements say there is, is a member of each group and a witness of each `i`, `o` and
`u`; whether one must belong to the first or the last group is found by going along the chain.
"""

from functools import cache
from itertools import product

from ouroboros.envs.syllogism import WORDINGS, Syllogism
from ouroboros_judges.answers.answering import Answering

MOODS = {
    "aa": "a", "ae": "e", "au": "u",
    "ca": "i", "cc": "c", "ce": "o", "ci": "i", "co": "o",
    "ea": "u", "ec": "e", "ei": "u",
    "ia": "i", "ie": "o",
    "oc": "o",
    "ua": "u",
}  # fmt: skip
"""What follows of two statements; nothing does from other pairs."""
FORMS = "aceiou"  # no form comes behind one that it implies
REGIONS = list(product((False, True), repeat=3))  # outside or inside each circle
ONWARD = {"a": {1: 1}, "c": {0: 0}, "e": {1: 0}}
"""What being in a group (1) or not (0) means for the next one."""
BACKWARD = {"a": {0: 0}, "c": {1: 1}, "e": {1: 0}}
WITNESSES = {"i": (1, 1), "o": (1, 0), "u": (0, 1)}


def by_moods(forms: str) -> str:
    """What follows about the first group after each statement."""
    found = forms[0]
    for form in forms[1:]:
        found += MOODS.get(found[-1] + form, "n")
    return found


def by_models(forms: str) -> str:
    """The same, from Venn diagrams of three circles."""
    found = forms[0]
    for form in forms[1:]:
        found += _strongest(found[-1], form)
    return found


@cache
def _strongest(first: str, second: str) -> str:
    """What holds of circles 0 and 2 wherever `first` holds of 0 and 1, `second` of 1 and 2."""
    models = _models(first, 0, 1) & _models(second, 1, 2)
    following = [form for form in FORMS if models <= _models(form, 0, 2)]
    return min(following, key=lambda form: len(_models(form, 0, 2)), default="n")


@cache
def _models(form: str, x: int, y: int) -> frozenset[int]:
    """The sets of inhabited regions, as numbers of eight bits, in which a statement holds."""
    found = set[int]()
    for model in range(1 << len(REGIONS)):
        people = [region for i, region in enumerate(REGIONS) if model >> i & 1]
        if all(any(person[circle] for person in people) for circle in range(3)):
            seen = {(person[x], person[y]) for person in people}
            if _holds(form, seen):
                found.add(model)
    return frozenset(found)


def _holds(form: str, seen: set[tuple[bool, bool]]) -> bool:
    """Whether a statement holds of two circles with people in the places `seen`."""
    if form in WITNESSES:
        return WITNESSES[form] in seen
    excluded = {"a": (True, False), "c": (False, True), "e": (True, True)}
    return excluded.get(form) not in seen


def by_people(forms: str) -> str:
    """The strongest conclusion about the first and the last group, from whom there must be."""
    last = _reached(forms[::-1], ONWARD)[::-1]
    first = _reached(forms, BACKWARD)
    members = {(first[i][1], last[i][1]) for i in range(len(forms) + 1)}
    for i, form in enumerate(forms):
        if form in WITNESSES:
            here, there = WITNESSES[form]
            members.add((first[i][here], last[i + 1][there]))
    universal = {"a": last[0][1] == 1, "c": first[-1][1] == 1, "e": last[0][1] == 0}
    particular = {form: seen in members for form, seen in WITNESSES.items()}
    return next((form for form, follows in (universal | particular).items() if follows), "n")


def _reached(forms: str, rules: dict[str, dict[int, int]]) -> list[tuple[int | None, int | None]]:
    """For each group along a chain, what being outside or inside it means for where it began.

    1 and 0 are being inside and outside of the group at the beginning, None means either.
    """
    found: list[tuple[int | None, int | None]] = [(0, 1)]
    for form in forms:
        rule, before = rules.get(form, {}), found[-1]
        outside, inside = (before[rule[v]] if v in rule else None for v in (0, 1))
        found.append((outside, inside))
    return found


class SyllogismAnswers(Answering):
    """Answers to `syllogism`."""

    name: str = "syllogism"
    family: Syllogism = Syllogism()  # pyright: ignore[reportIncompatibleVariableOverride]

    def solve(self, prompt: str) -> tuple[str, ...]:
        """The reference lines, by moods; UsageError where the text is not a prompt."""
        found = by_moods(self.family.parts(prompt)[1])
        return found, found[-1]

    def again(self, prompt: str) -> tuple[str, ...]:
        """The same lines, by models."""
        found = by_models(prompt[:-1])
        return found, found[-1]

    def confirms(self, prompt: str, answer: str) -> bool:
        """Whether following people along the chain leads to the same conclusion."""
        return by_people(prompt[:-1]) == answer

    def means(self, prompt: str, answer: str, right: str) -> bool:
        """Whether a free answer is the right statement in one of its wordings."""
        groups = self.family.groups(prompt)
        ways = {way.format(x=groups[0], y=groups[-1]) for way in WORDINGS[right]}
        told = answer.strip(" \n").lower() if len(answer) <= 200 else ""
        return told in ways or (right == "n" and told == "nothing follows")
