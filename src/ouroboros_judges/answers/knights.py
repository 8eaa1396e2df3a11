"""The truth about knights and knaves: by truth tables, by possible truth values, and by Z3.

    KnightsAnswers().solve("a:!b,b:a=b?")   ("b:a=k", "a:b=v", "kv")

Route one writes down the truth table of each claim, as a set of cases, and reads all of them anew
for each line. Route two looks at a claim again only when one of its people has become known; it
supposes a kind and works out which truth values the claim can still have, without a table. Last,
the kinds are put into all claims, and Z3 confirms that no others agree with them.
"""

import heapq
from collections import defaultdict
from collections.abc import Mapping, Sequence

from ouroboros.envs.claims import Claim
from ouroboros.envs.knights import KINDS, Knights
from ouroboros.errors import UsageError
from ouroboros_judges.answers.answering import Answering
from ouroboros_judges.answers.satisfiability import is_satisfiable

CONNECTIVES = {"": "and", "&": "and", "|": "or", "=": "=", "#": "xor"}
CASES = 0b10101010, 0b11001100, 0b11110000
"""Of the eight cases of three people those in which the first is a knight, the second, the last."""
ALL = 0b11111111
Table = tuple[Mapping[str, int], int]
"""The cases in which each of a claim's people is a knight, and those that agree with the claim."""
FALSE, TRUE, EITHER = 1, 2, 3
"""Sets of truth values; of a person, whether it is true that he is a knight."""
OPPOSITE = (0, TRUE, FALSE, EITHER)
LETTERS = "?vk?"


def by_tables(claims: Sequence[Claim]) -> tuple[str, ...]:
    """The lines; UsageError where claim by claim does not do."""
    tables = [(claim.speaker, truth_table(claim)) for claim in claims]
    knights, lines = dict[str, bool](), list[str]()
    while len(knights) < len(claims):
        for speaker, table in tables:
            settled = by_table(table, knights)
            if settled:
                name, is_knight = settled
                knights[name] = is_knight
                lines.append(f"{speaker}:{name}={'vk'[is_knight]}")
                break
        else:
            raise UsageError("knights: no claim by itself settles anybody more")
    if not all(_left(table, knights) for _, table in tables):
        raise UsageError("knights: these claims contradict each other")
    return *lines, "".join(["vk"[knights[speaker]] for speaker, _ in tables])


def truth_table(claim: Claim) -> Table:
    """The table of a claim, its people in order."""
    people = sorted({claim.speaker, *claim.people}, key=_place)
    knight = dict(zip(people, CASES, strict=False))
    holds, *others = (knight[name] if told else ~knight[name] for name, told in claim.sides)
    for other in others:
        match claim.sign:
            case "&":
                holds &= other
            case "|":
                holds |= other
            case "#":
                holds ^= other
            case _:
                holds ^= ~other
    return knight, ~(holds ^ knight[claim.speaker]) & ALL


def by_table(table: Table, knights: Mapping[str, bool]) -> tuple[str, bool] | None:
    """Whom a claim settles first beyond what is known: one of a kind in all cases left."""
    left = _left(table, knights)
    for name, knight in table[0].items():
        if name not in knights and bool(left & knight) != bool(left & ~knight):
            return name, bool(left & knight)
    return None


def _left(table: Table, knights: Mapping[str, bool]) -> int:
    """The cases that agree with a claim and with what is known."""
    people, left = table
    for name, knight in people.items():
        if name in knights:
            left &= knight if knights[name] else ~knight
    return left


def by_values(claims: Sequence[Claim]) -> tuple[str, ...]:
    """The same lines, from what claims can be worth."""
    people = [sorted({claim.speaker, *claim.people}, key=_place) for claim in claims]
    concerning = defaultdict[str, list[int]](list)
    for place, names in enumerate(people):
        for name in names:
            concerning[name].append(place)
    kinds, lines = {claim.speaker: EITHER for claim in claims}, list[str]()
    ready = list(range(len(claims)))
    while ready:
        place = heapq.heappop(ready)
        settled = _by_worth(claims[place], {name: kinds[name] for name in people[place]})
        if settled:
            name, kind = settled
            kinds[name] = kind
            lines.append(f"{claims[place].speaker}:{name}={LETTERS[kind]}")
            for other in concerning[name]:
                heapq.heappush(ready, other)
    return *lines, "".join([LETTERS[kind] for kind in kinds.values()])


def _by_worth(claim: Claim, kinds: Mapping[str, int]) -> tuple[str, int] | None:
    """Whom a claim settles first of its people: who can be of one kind only."""
    for name, kind in kinds.items():
        if kind == EITHER:
            knave = _can_be(claim, {**kinds, name: FALSE})
            if knave != _can_be(claim, {**kinds, name: TRUE}):
                return name, FALSE if knave else TRUE
    return None


def _can_be(claim: Claim, kinds: Mapping[str, int]) -> bool:
    """Whether a claim leaves room for these kinds."""
    speaker = kinds[claim.speaker]
    if speaker != EITHER:
        return bool(speaker & _worth(claim, kinds))
    supposed = ((kind, _worth(claim, {**kinds, claim.speaker: kind})) for kind in (FALSE, TRUE))
    return any(kind & worth for kind, worth in supposed)


def _worth(claim: Claim, kinds: Mapping[str, int]) -> int:
    """The truth values that are left to a claim; its sides depend on different people."""
    worth, *others = [kinds[name] if told else OPPOSITE[kinds[name]] for name, told in claim.sides]
    for other in others:
        both, either = worth & other, worth | other
        match claim.sign:
            case "&":
                worth = both & TRUE | either & FALSE
            case "|":
                worth = either & TRUE | both & FALSE
            case _:
                same = TRUE * bool(both) | FALSE * bool(worth & OPPOSITE[other])
                worth = same if claim.sign == "=" else OPPOSITE[same]
    return worth


def _place(name: str) -> tuple[int, str]:
    """Where a person stands: z comes before a1."""
    return int(name[1:] or 0), name[0]


def are_alone(claims: Sequence[Claim], answer: str) -> bool:
    """Whether everybody can claim what he does if these are the kinds, and by Z3 with no others."""
    names = [claim.speaker for claim in claims]
    kinds = dict(zip(names, map(LETTERS.index, answer), strict=True))
    if any(_worth(claim, kinds) != kinds[claim.speaker] for claim in claims):
        return False
    told = [name if kinds[name] == TRUE else f"(not {name})" for name in names]
    others = f"(not (and {' '.join(told)}))"
    return not is_satisfiable(names, [*map(_as_text, claims), others])


class KnightsAnswers(Answering):
    """Answers to `knights`."""

    name: str = "knights"
    family: Knights = Knights()  # pyright: ignore[reportIncompatibleVariableOverride]

    def solve(self, prompt: str) -> tuple[str, ...]:
        """The reference lines, by truth tables; UsageError where claim by claim does not do."""
        return by_tables(self.family.claims(prompt))

    def work_out(self, prompt: str) -> tuple[tuple[str, ...], bool]:
        """By truth tables, and whether truth values lead to the same and no other kinds will do."""
        claims = self.family.claims(prompt)
        lines = by_tables(claims)
        return lines, by_values(claims) == lines and are_alone(claims, lines[-1])

    def means(self, prompt: str, answer: str, right: str) -> bool:
        """Whether a free answer gives everybody's kind in order, all with their names or none."""
        named = self.family.read(prompt, (right,))[-1]
        bare = ", ".join(KINDS[kind] for kind in right)
        if len(answer) > len(named) + 100 or not answer.isascii():
            return False
        return answer.strip(" \n").lower() in (named.lower(), bare, right)


def _as_text(claim: Claim) -> str:
    """A claim for Z3: the speaker is a knight just where it holds."""
    sides = " ".join(name if told else f"(not {name})" for name, told in claim.sides)
    return f"(= {claim.speaker} ({CONNECTIVES[claim.sign]} {sides}))"
