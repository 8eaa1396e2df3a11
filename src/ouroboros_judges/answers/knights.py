"""The truth about knights and knaves: by truth tables, by possible truth values, and by Z3.

    KnightsAnswers().solve("a:!b,b:a=b?")   ("b:a=k", "a:b=v", "kv")

Route one reads all claims anew for each line and writes down the truth table of each. Route two
looks at a claim again only when one of its people has become known; it supposes a kind and works
out which truth values the claim can still have, without a table. Z3 knows no claims one by one: it
confirms that the kinds agree with all of them, and that no others do.
"""

import heapq
from collections import defaultdict
from collections.abc import Mapping
from itertools import product

from ouroboros.envs.claims import Claim
from ouroboros.envs.knights import KINDS, Knights
from ouroboros.errors import UsageError
from ouroboros_judges.answers.answering import Answering
from ouroboros_judges.answers.satisfiability import is_satisfiable

BOTH = frozenset((False, True))
LETTERS = {True: "k", False: "v", None: "?"}
CONNECTIVES = {"": "and", "&": "and", "|": "or", "=": "=", "#": "xor"}


def by_table(claim: Claim, knights: Mapping[str, bool]) -> dict[str, bool]:
    """Whom a claim settles beyond what is known, by all cases of its people that agree with it."""
    unknown = sorted({claim.speaker, *claim.people} - knights.keys(), key=_place)
    rows = [dict(zip(unknown, kinds, strict=True)) for kinds in product(BOTH, repeat=len(unknown))]
    rows = [row for row in rows if claim.agrees({**knights, **row})]
    kinds = {name: {row[name] for row in rows} for name in unknown}
    return {name: kinds[name].pop() for name in unknown if len(kinds[name]) == 1}


def by_values(claim: Claim, knights: Mapping[str, bool]) -> dict[str, bool]:
    """The same, by what the claim can be worth when somebody is supposed to be of a kind."""
    settled = dict[str, bool]()
    for name in sorted({claim.speaker, *claim.people} - knights.keys(), key=_place):
        possible = [kind for kind in BOTH if _can_be(claim, {**knights, name: kind})]
        if len(possible) == 1:
            settled[name] = possible[0]
    return settled


def _can_be(claim: Claim, knights: Mapping[str, bool]) -> bool:
    """Whether a claim leaves room for these kinds."""
    kinds = [knights[claim.speaker]] if claim.speaker in knights else BOTH
    return any(kind in _worth(claim, {**knights, claim.speaker: kind}) for kind in kinds)


def _worth(claim: Claim, knights: Mapping[str, bool]) -> frozenset[bool]:
    """The truth values that are left to a claim; its sides depend on different people."""
    left, *others = (
        frozenset([knights[name] == told]) if name in knights else BOTH
        for name, told in claim.sides
    )
    if not others:
        return left
    right = others[0]
    if claim.sign == "&":
        return frozenset(map(min, product(left, right)))
    if claim.sign == "|":
        return frozenset(map(max, product(left, right)))
    return frozenset((x != y) == (claim.sign == "#") for x, y in product(left, right))


def _place(name: str) -> tuple[int, str]:
    """Where a person stands: z comes before a1."""
    return int(name[1:] or 0), name[0]


class KnightsAnswers(Answering):
    """Answers to `knights`."""

    name: str = "knights"
    family: Knights = Knights()  # pyright: ignore[reportIncompatibleVariableOverride]

    def solve(self, prompt: str) -> tuple[str, ...]:
        """The reference lines, by truth tables; UsageError where claim by claim does not do."""
        claims = self.family.claims(prompt)
        knights, lines = dict[str, bool](), list[str]()
        while len(knights) < len(claims):
            found = ((claim, by_table(claim, knights)) for claim in claims)
            claim, settled = next((pair for pair in found if pair[1]), (None, {}))
            if claim is None:
                raise UsageError("knights: no claim by itself settles anybody more")
            name = next(iter(settled))
            knights[name] = settled[name]
            lines.append(f"{claim.speaker}:{name}={LETTERS[settled[name]]}")
        if not all(claim.agrees(knights) for claim in claims):
            raise UsageError("knights: these claims contradict each other")
        return *lines, "".join(LETTERS[knights[claim.speaker]] for claim in claims)

    def again(self, prompt: str) -> tuple[str, ...]:
        """The same lines, by possible truth values."""
        claims = self.family.claims(prompt)
        concerning = defaultdict[str, list[int]](list)
        for place, claim in enumerate(claims):
            for name in {claim.speaker, *claim.people}:
                concerning[name].append(place)
        knights, lines, ready = dict[str, bool](), list[str](), list(range(len(claims)))
        while ready:
            place = heapq.heappop(ready)
            settled = by_values(claims[place], knights)
            for name in list(settled)[:1]:
                knights[name] = settled[name]
                lines.append(f"{claims[place].speaker}:{name}={LETTERS[settled[name]]}")
                for other in concerning[name]:
                    heapq.heappush(ready, other)
        return *lines, "".join(LETTERS[knights.get(claim.speaker)] for claim in claims)

    def confirms(self, prompt: str, answer: str) -> bool:
        """Whether Z3 finds these kinds possible, and no others."""
        claims = self.family.claims(prompt)
        names = [claim.speaker for claim in claims]
        assertions = [_as_text(claim) for claim in claims]
        kinds = zip(names, answer, strict=True)
        answered = f"(and {' '.join(n if kind == 'k' else f'(not {n})' for n, kind in kinds)})"
        return is_satisfiable(names, [*assertions, answered]) and not is_satisfiable(
            names, [*assertions, f"(not {answered})"]
        )

    def means(self, prompt: str, answer: str, right: str) -> bool:
        """Whether a free answer gives everybody's kind in order, all with their names or none."""
        named = self.family.read(prompt, (right,))[-1]
        bare = ", ".join(KINDS[kind] for kind in right)
        if len(answer) > len(named) + 100:
            return False
        return answer.strip(" \n").lower() in (named.lower(), bare, right)


def _as_text(claim: Claim) -> str:
    """A claim for Z3: the speaker is a knight just where it holds."""
    sides = " ".join(name if told else f"(not {name})" for name, told in claim.sides)
    return f"(= {claim.speaker} ({CONNECTIVES[claim.sign]} {sides}))"
